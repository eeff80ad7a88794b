import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { gzipSync as gzip, zstdCompressSync as zstd } from "node:zlib";
import { decode } from "fast-png";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import {
  evenPlane,
  fitsOf,
  lopsidedPlane,
  temporaryFolder,
  TINY,
  WARY,
} from "../tiny.ts";
import { spit } from "./resident_spit.ts";
import { startSpit } from "./spit.ts";

const ON_TINY = ["--model", TINY, "--device", "cpu"];

Deno.test("inspect prints how the frame was classified, and writes the input image", async () => {
  using folder = temporaryFolder();
  Deno.writeFileSync(
    `${folder.path}/r6.fits`,
    fitsOf([lopsidedPlane()], { OBSTYPE: "OBJECT" }),
  );
  const { code, out, err } = await spit(
    ["inspect", ...ON_TINY, "r6.fits"],
    folder.path,
  );
  assertEquals([code, err], [0, ""]);
  assertMatch(out, /frame +700 × 260\n/);
  assertMatch(out, /trim +rows 1 to 258 kept, of 260\n/);
  assertMatch(out, /zscale +1000 to 2000\n/);
  assertMatch(
    out,
    / arc +0\.\d+.*\n.* arc +0\.\d+.*\n.* science +0\.\d+.*\n.* science +0\.\d+/,
  );
  assertMatch(out, /\npixels +unknown.*2 arc 2 science\nexposure +-\n/);
  assertMatch(
    out,
    /\nheader +science; OBSTYPE=OBJECT\nanswer +science.* decided by header\nuse +yes\n/,
  );
  // How strongly each kind of evidence favours each type.
  const rows = new Map(
    out.slice(out.indexOf("\nlikelihood")).trim().split("\n").map((line) => [
      line.slice(0, 10).trim(),
      line.slice(10).trim().split(/ +/),
    ]),
  );
  assertEquals(rows.get("likelihood"), [...FRAME_TYPES]);
  // The claim favours the sky, and does not tell a standard from a science frame.
  assertEquals(rows.get("header")!.slice(4), ["1.000", "1.000"]);
  assert(rows.get("header")!.slice(0, 4).every((value) => value !== "1.000"));
  const probabilities = rows.get("answer")!.map(Number);
  assertEquals(Math.max(...probabilities), probabilities[5]);

  const png = decode(Deno.readFileSync(`${folder.path}/r6.png`));
  assertEquals([png.width, png.height, png.channels, png.depth], [
    650,
    210,
    1,
    8,
  ]);
  assertEquals(new Uint8Array(png.data), preprocess(lopsidedPlane()).pixels);
});

Deno.test("inspect writes an input image per HDU, and replaces files only with --overwrite", async () => {
  using folder = temporaryFolder();
  Deno.writeFileSync(
    `${folder.path}/two.fits`,
    fitsOf([evenPlane(), lopsidedPlane()]),
  );
  const args = ["inspect", ...ON_TINY, "two.fits", "-o", "seen.png"];
  assertEquals((await spit(args, folder.path)).code, 0);
  assertEquals(
    [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(),
    ["seen.hdu0.png", "seen.hdu1.png", "two.fits"],
  );
  const again = await spit(args, folder.path);
  assertEquals(again.code, 2);
  assertMatch(again.err, /seen\.hdu0\.png exists: replace it with --overwrite/);
  for (const option of ["--overwrite", "--force", "-f"]) {
    assertEquals((await spit([...args, option], folder.path)).code, 0);
  }
  const { out } = await spit(["inspect", "--help"], folder.path);
  assertStringIncludes(out, "--overwrite");
  assertEquals(out.includes("--force"), false);
});

Deno.test("inspect of a frame whose image exists says so, and goes on", async () => {
  using folder = temporaryFolder();
  Deno.writeFileSync(`${folder.path}/r1.fits`, fitsOf([evenPlane()]));
  const args = ["inspect", ...ON_TINY, "r1.fits"];
  await spit(args, folder.path);
  const before = Deno.statSync(`${folder.path}/r1.png`).mtime;
  const again = await spit(args, folder.path);
  assertEquals([again.code, again.err], [0, ""]);
  assertMatch(
    again.out,
    /input image r1\.png exists and was not replaced \(--overwrite replaces it\)\n/,
  );
  assertMatch(again.out, /\nanswer +bias/);
  assertEquals(Deno.statSync(`${folder.path}/r1.png`).mtime, before);
  const { out } = await spit([...args, "--overwrite"], folder.path);
  assertMatch(out, /input image r1\.png\n/);
});

Deno.test("inspect names the input image after the frame, without the extensions of a compressed one", async () => {
  using folder = temporaryFolder();
  const frame = fitsOf([evenPlane()]);
  Deno.mkdirSync(`${folder.path}/night.v1`);
  Deno.writeFileSync(`${folder.path}/night.v1/r1.fits.zst`, zstd(frame));
  Deno.writeFileSync(`${folder.path}/r2.FIT.fz.gz`, gzip(frame));
  Deno.writeFileSync(`${folder.path}/r3.dat`, frame);
  for (const path of ["night.v1/r1.fits.zst", "r2.FIT.fz.gz", "r3.dat"]) {
    const run = await spit(["inspect", ...ON_TINY, path], folder.path);
    assertEquals([run.code, run.err], [0, ""]);
  }
  assertEquals(
    [...Deno.readDirSync(folder.path)].map(({ name }) => name)
      .filter((name) => name.endsWith(".png")).sort(),
    ["r1.png", "r2.png", "r3.dat.png"],
  );
});

Deno.test("inspect writes the input image although its reader closes the pipe", async () => {
  using folder = temporaryFolder();
  Deno.writeFileSync(`${folder.path}/r1.fits`, fitsOf([evenPlane()]));
  const child = startSpit(["inspect", ...ON_TINY, "r1.fits"], folder.path);
  await Promise.all([child.stdin.close(), child.stdout.cancel()]);
  const err = await new Response(child.stderr).text();
  assertEquals([(await child.status).code, err], [0, ""]);
  assert(Deno.statSync(`${folder.path}/r1.png`).isFile);
});

Deno.test("inspect prints the out-of-distribution scores and their threshold", async () => {
  using folder = temporaryFolder();
  Deno.writeFileSync(
    `${folder.path}/two.fits`,
    fitsOf([evenPlane(), evenPlane(700, 260, 60_000)]),
  );
  const args = ["inspect", "--model", WARY, "--device", "cpu", "two.fits"];
  const whole = await spit(args, folder.path);
  assertEquals([whole.code, whole.err], [0, ""]);
  assertMatch(whole.out, / science +ood\n.* bias .* 0\.057\n/);
  assertMatch(whole.out, / bias .* 0\.995\n/);
  assertMatch(
    whole.out,
    /HDU 1 differs: unlike any spectral frame: ood 0\.995\n.*\n.* 0\.057, unknown above 0\.5\n/,
  );
  const alone = await spit([...args, "--hdu", "1"], folder.path);
  assertMatch(alone.out, / 0\.995, unknown above 0\.5\n/);
  assertEquals(alone.out.includes("likelihood"), false);
  const { out } = await spit(
    [...args, "--hdu", "0", "--overwrite"],
    folder.path,
  );
  assertMatch(out, /\npixels +bias 0\.993\n/);
  assertMatch(out, /\nlimits +ood 0\.057, /);
});

Deno.test("inspect exits 2 with the reason for a file that is not FITS", async () => {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/a.fits`, "not one");
  const { code, out, err } = await spit(
    ["inspect", ...ON_TINY, "a.fits"],
    folder.path,
  );
  assertEquals([code, out], [2, ""]);
  assertMatch(err, /^error: .*not a FITS file/);
});
