/**
 * Compares lib/fits with CFITSIO's tools: the pixels of every tiled (`.fz`) file
 * must equal those of the file that funpack writes, and fitsverify must accept
 * what `encodeFits` writes. Exits with 1 if either fails.
 *
 *     deno run -A scripts/oracle/check_cfitsio.ts FOLDER
 *
 * Needs funpack and fitsverify (Debian: libcfitsio-bin, fitsverify).
 */
import type { Frame, Pixels } from "../../lib/fits/frame.ts";
import { imageHdus, openFits } from "../../lib/fits/open_fits.ts";
import {
  card,
  encodeFits,
  type HduToWrite,
} from "../../lib/fits/write_fits.ts";

async function readFrames(path: string): Promise<Frame[]> {
  using file = await openFits(path);
  const hdus = imageHdus(file);
  return await Array.fromAsync(hdus, ({ index }) => file.readFrame(index));
}

/** Compares type and values; NaN equals NaN, and -0 equals 0. */
function equalPixels(a: Pixels, b: Pixels): boolean {
  return a.constructor === b.constructor && a.length === b.length &&
    a.every((value, i) => Object.is(value + 0, b[i]! + 0));
}

async function* findTiledFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* findTiledFiles(path);
    else if (name.endsWith(".fz")) yield path;
  }
}

async function run(command: string, ...args: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(command, { args })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, output: text(stdout), error: text(stderr) };
}

/** Returns how many tiled files differ from what funpack makes of them. */
async function compareWithFunpack(folder: string): Promise<number> {
  const unpacked = await Deno.makeTempFile({ suffix: ".fits" });
  let files = 0, images = 0, differing = 0;
  for await (const path of findTiledFiles(folder)) {
    // funpack refuses to overwrite a file.
    await Deno.remove(unpacked);
    const { success, error } = await run("funpack", "-O", unpacked, path);
    if (!success) throw new Error(`Cannot unpack ${path}: ${error}`);
    const theirs = await readFrames(unpacked);
    const ours = await readFrames(path);
    const isEqual = ours.length === theirs.length &&
      ours.every(({ pixels }, i) => equalPixels(pixels, theirs[i]!.pixels));
    if (!isEqual) console.log(`differs from funpack: ${path}`);
    files++;
    images += ours.length;
    differing += isEqual ? 0 : 1;
  }
  await Deno.remove(unpacked);
  console.log(
    `${files} tiled files, ${images} images: ${differing} files differ from funpack`,
  );
  return differing;
}

/** Returns one HDU per pixel type, with cards of every kind. */
function makeHdus(): HduToWrite[] {
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
    card("HISTORY", null, "written by check_cfitsio.ts"),
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

/** Returns how many written files fitsverify finds an error or warning in. */
async function verifyWrittenFiles(): Promise<number> {
  const path = await Deno.makeTempFile({ suffix: ".fits" });
  const hdus = makeHdus();
  const files = [...hdus.map((hdu) => [hdu]), hdus, [{ cards: [] }, ...hdus]];
  let rejected = 0;
  for (const file of files) {
    await Deno.writeFile(path, encodeFits(file));
    // The exit code counts errors, so the report alone is checked.
    const { output } = await run("fitsverify", path);
    if (!output.includes("0 warning(s) and 0 error(s)")) {
      console.log(output);
      rejected++;
    }
  }
  await Deno.remove(path);
  console.log(`${files.length} written files: fitsverify rejects ${rejected}`);
  return rejected;
}

const [folder] = Deno.args;
if (folder === undefined) {
  console.error("usage: check_cfitsio.ts FOLDER");
  Deno.exit(2);
}
const failures = await compareWithFunpack(folder) + await verifyWrittenFiles();
Deno.exit(failures === 0 ? 0 : 1);
