/**
 * Holds lib/fits against CFITSIO's own tools (Debian: libcfitsio-bin, fitsverify):
 * every tiled file must read to the pixels of the file that funpack makes of it,
 * and fitsverify must find no error in what encodeFits writes.
 *
 *     deno run -A scripts/oracle/check_cfitsio.ts FOLDER
 *
 * @module
 */
import {
  card,
  encodeFits,
  type HduToWrite,
} from "../../lib/fits/write_fits.ts";
import type { Frame, Pixels } from "../../lib/fits/frame.ts";
import { imageHdus, openFits } from "../../lib/fits/open_fits.ts";

async function framesOf(path: string): Promise<Frame[]> {
  using file = await openFits(path);
  const frames: Frame[] = [];
  for (const { index } of imageHdus(file)) {
    frames.push(await file.readFrame(index));
  }
  return frames;
}

function isSame(a: Pixels, b: Pixels): boolean {
  return a.constructor === b.constructor && a.length === b.length &&
    a.every((value, i) => Object.is(value + 0, b[i]! + 0));
}

async function* tiledFilesUnder(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* tiledFilesUnder(path);
    else if (name.endsWith(".fz")) yield path;
  }
}

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, { args })
    .output();
  const text = new TextDecoder().decode(stdout);
  if (!success && command !== "fitsverify") {
    throw new Error(`${command} ${args.join(" ")} failed: ${text}`);
  }
  return text;
}

async function countUnlikeFunpack(folder: string): Promise<number> {
  const unpacked = await Deno.makeTempFile({ suffix: ".fits" });
  let files = 0, images = 0, differing = 0;
  for await (const path of tiledFilesUnder(folder)) {
    await Deno.remove(unpacked);
    await run("funpack", "-O", unpacked, path);
    const theirs = await framesOf(unpacked);
    const ours = await framesOf(path);
    const isEqual = ours.length === theirs.length &&
      ours.every(({ pixels }, i) => isSame(pixels, theirs[i]!.pixels));
    if (!isEqual) console.log(`differs from funpack: ${path}`);
    files++;
    images += ours.length;
    differing += isEqual ? 0 : 1;
  }
  await Deno.remove(unpacked);
  console.log(
    `${files} tiled files, ${images} images: ${differing} differ from funpack`,
  );
  return differing;
}

function samples(): HduToWrite[] {
  const cards = [
    card("OBJECT", "O'NEILL / 3C 273", "quotes and a slash"),
    card("EXPTIME", 1.5e-30, "[s] exposure"),
    card("NEGATIVE", -42),
    card("SHUTTER", true),
    card("ESO DPR TYPE", "LAMP,FLAT", "observation type"),
    card("ESO DET OUT1 CONAD", 1.25),
    card("LONGSTRN", "OGIP 1.0"),
    card("LONGTEXT", "it's long / ".repeat(30), "with a comment"),
    card("COMMENT", null, "a comment of more than one record ".repeat(5)),
    card("HISTORY", null, "made"),
  ];
  const arrays: Pixels[] = [
    new Uint8Array([0, 255, 7, 9]),
    new Int8Array([-128, 127, 0, 1]),
    new Int16Array([-32768, 32767, 0, 1]),
    new Uint16Array([0, 65535, 1, 40000]),
    new Int32Array([-2147483648, 2147483647, 0, 1]),
    new Uint32Array([0, 4294967295, 1, 2]),
    new Float32Array([NaN, 1.5, -0, 3e38]),
    new Float64Array([NaN, 1.5, -0, 1e300]),
  ];
  return arrays.map((pixels) => ({
    cards,
    plane: { width: 2, height: 2, pixels },
  }));
}

async function countFitsverifyErrors(): Promise<number> {
  const path = await Deno.makeTempFile({ suffix: ".fits" });
  const all = samples();
  const files = [...all.map((hdu) => [hdu]), all, [{ cards: [] }, ...all]];
  let bad = 0;
  for (const hdus of files) {
    await Deno.writeFile(path, encodeFits(hdus));
    const report = await run("fitsverify", path);
    if (!report.includes("0 warning(s) and 0 error(s)")) {
      console.log(report);
      bad++;
    }
  }
  await Deno.remove(path);
  console.log(`${files.length} files written: fitsverify objects to ${bad}`);
  return bad;
}

const [folder] = Deno.args;
if (folder === undefined) {
  console.error("usage: check_cfitsio.ts FOLDER");
  Deno.exit(2);
}
const faults = await countUnlikeFunpack(folder) + await countFitsverifyErrors();
Deno.exit(faults === 0 ? 0 : 1);
