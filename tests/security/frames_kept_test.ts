import { assertEquals, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { spit } from "../commands/spit.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const ON_TINY = ["--model", TINY, "--device", "cpu"];
const TYPING = [...ON_TINY, "--workers", "0", "-q"];

/**
 * A folder of frames: `r1.fits`, `raw` (a frame without an ending), `packed` (one
 * under gzip), `link.csv` (a link to the first), `labels.csv`.
 */
async function rawNight() {
  const folder = temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const frame = fitsOf([evenPlane()], { IMAGETYP: "OBJECT" });
  await Deno.mkdir(at("night"));
  await Deno.writeFile(at("night/r1.fits"), frame);
  await Deno.writeFile(at("raw"), frame);
  await Deno.writeFile(at("packed"), gzipSync(frame));
  await Deno.symlink("night/r1.fits", at("link.csv"));
  await Deno.writeTextFile(
    at("labels.csv"),
    "path,label\nnight/r1.fits,bias\n",
  );
  return { ...folder, at, frame };
}

/** Every option that names a file to write, with the rest of its command. */
const WRITERS: readonly (readonly string[])[] = [
  ["classify", "night", ...TYPING, "--format", "csv", "-o"],
  ["classify", "night", ...TYPING, "--format", "ndjson", "-o"],
  ["audit", "night", ...TYPING, "-o"],
  ["report", "night", ...TYPING, "-o"],
  ["inspect", "night/r1.fits", ...ON_TINY, "--force", "-o"],
  ["evaluate", "labels.csv", ...ON_TINY, "--page"],
  ["evaluate", "labels.csv", ...ON_TINY, "--predictions"],
  ["score", "rows.ndjson", "--page"],
  ["merge", "rows", "night", "-o"],
  ["merge", "rows", "night", "--missing"],
  ["watch", "night", ...TYPING, "--stop-file", "stop", "--append"],
  ["watch", "night", ...TYPING, "--stop-file", "stop", "--report"],
  ["review", "night", ...TYPING, "--labels"],
];

for (const writer of WRITERS) {
  const name = `${writer[0]} ${writer.at(-1)}`;
  Deno.test(`a raw frame is never written over: ${name}`, async () => {
    using night = await rawNight();
    const { at, frame } = night;
    await prepare(writer[0]!, night.path);
    const packed = await Deno.readFile(at("packed"));
    const outputs = [
      "night/r1.fits",
      "new.fits.gz",
      "raw",
      "packed",
      "link.csv",
    ];
    await Promise.all(outputs.map(async (output) => {
      const { code, err } = await spit([...writer, output], night.path);
      assertEquals(code, 2, `${output}: ${err}`);
      assertStringIncludes(err, "error: ");
      assertEquals(err.includes("    at "), false, err);
    }));
    assertEquals(await Deno.readFile(at("night/r1.fits")), frame);
    assertEquals(await Deno.readFile(at("raw")), frame);
    assertEquals(await Deno.readFile(at("packed")), packed);
    assertEquals((await Deno.lstat(at("link.csv"))).isSymlink, true);
  });
}

/** What score and merge read. */
async function prepare(command: string, folder: string): Promise<void> {
  const made = command === "score"
    ? ["evaluate", "labels.csv", ...ON_TINY, "--predictions", "rows.ndjson"]
    : command === "merge"
    ? ["run", "night", ...TYPING, "--out", "rows"]
    : null;
  if (made !== null) assertEquals((await spit(made, folder)).code, 0);
}

Deno.test("a file named -o before a frame, as a glob gives them, costs no frame", async () => {
  using night = await rawNight();
  await Deno.writeFile(night.at("night/-o"), night.frame);
  const names = ["-o", "r1.fits"];
  const { code, err } = await spit(
    ["--format", "csv", ...TYPING, ...names, "r1.fits"],
    night.at("night"),
  );
  assertEquals(code, 2);
  assertStringIncludes(err, "never written over");
  assertEquals(await Deno.readFile(night.at("night/r1.fits")), night.frame);
});

Deno.test("simulate, dataset, run and pypeit replace no frame in the folder that they write to", async () => {
  using night = await rawNight();
  const { at, frame } = night;
  await Deno.mkdir(at("out"));
  await Deno.writeFile(at("out/r0001.fits"), frame);
  const simulated = await spit(
    ["simulate", "out", "--seed", "1", "--count", "1"],
    night.path,
  );
  assertEquals(simulated.code, 2);
  assertStringIncludes(simulated.err, "exists with other content");
  await spit(["dataset", "out", "--simulated", "1"], night.path);
  await spit(["run", "night", ...TYPING, "--out", "out"], night.path);
  await spit(
    // deno-fmt-ignore
    ["night", ...TYPING, "--format", "pypeit", "--spectrograph", "shane_kast_red", "-o", "out"],
    night.path,
  );
  assertEquals(await Deno.readFile(at("out/r0001.fits")), frame);
  assertEquals(await Deno.readFile(at("night/r1.fits")), frame);
});

Deno.test("simulate follows no link that lies where it writes", async () => {
  using night = await rawNight();
  const { at, frame } = night;
  await Deno.mkdir(at("out"));
  await Deno.symlink(at("night/r1.fits"), at("out/r0001.fits.part"));
  await Deno.symlink(at("night/r1.fits"), at("out/labels.csv.part"));
  const { code, err } = await spit(
    ["simulate", "out", "--seed", "1", "--count", "1"],
    night.path,
  );
  assertEquals(code, 0, err);
  assertEquals(await Deno.readFile(at("night/r1.fits")), frame);
});
