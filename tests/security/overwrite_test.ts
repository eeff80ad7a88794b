import { assertEquals, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { spit } from "../commands/resident_spit.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const MODEL_OPTIONS = ["--model", TINY, "--device", "cpu"];
const OPTIONS = [...MODEL_OPTIONS, "--workers", "0", "-q"];

/**
 * Returns a folder with the frames `night/r1.fits`, `raw` (without an extension) and
 * `packed` (compressed with gzip), a link `link.csv` to the first, and `labels.csv`.
 */
async function makeNight() {
  const folder = temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const frame = fitsOf([evenPlane()], { IMAGETYP: "OBJECT" });
  await Deno.mkdir(at("night"));
  await Deno.writeFile(at("night/r1.fits"), frame);
  await Deno.writeFile(at("raw"), frame);
  await Deno.writeFile(at("packed"), gzipSync(frame));
  for (const [name, card] of Object.entries(FIRST_CARDS)) {
    await Deno.writeFile(at(name), withFirstCard(frame, card));
  }
  await Deno.symlink("night/r1.fits", at("link"));
  // Commands refuse some outputs for their extension alone.
  for (const name of ["labels.csv", "labels"]) {
    await Deno.writeTextFile(at(name), "path,label\nnight/r1.fits,bias\n");
  }
  return { ...folder, at, frame };
}

/** First cards that the reader accepts, by the names of frames that begin with them. */
const FIRST_CARDS: Readonly<Record<string, string>> = {
  "short.dat": "SIMPLE=                   T",
  "near.txt": "SIMPLE =                  T",
  "far.png": "SIMPLE   =                T",
};

function withFirstCard(frame: Uint8Array, card: string): Uint8Array {
  const bytes = frame.slice();
  bytes.set(new TextEncoder().encode(card.padEnd(80)));
  return bytes;
}

/** Every option that names an output file, with the rest of its command. */
const COMMANDS: readonly (readonly string[])[] = [
  ["classify", "night", ...OPTIONS, "--format", "csv", "-o"],
  ["classify", "night", ...OPTIONS, "--format", "ndjson", "-o"],
  ["audit", "night", ...OPTIONS, "--format", "table", "-o"],
  ["report", "night", ...OPTIONS, "-o"],
  ["inspect", "night/r1.fits", ...MODEL_OPTIONS, "--force", "-o"],
  ["evaluate", "labels.csv", ...MODEL_OPTIONS, "--page"],
  ["evaluate", "labels.csv", ...MODEL_OPTIONS, "--predictions"],
  ["score", "rows.ndjson", "--page"],
  ["merge", "rows", "night", "-o"],
  ["merge", "rows", "night", "--missing"],
  ["watch", "night", ...OPTIONS, "--stop-file", "stop", "--append"],
  ["watch", "night", ...OPTIONS, "--stop-file", "stop", "--report"],
  ["review", "night", ...OPTIONS, "--labels"],
];

for (const command of COMMANDS) {
  const name = command.join(" ").replace(` ${OPTIONS.join(" ")}`, "");
  Deno.test(`no output overwrites a raw frame or labels: ${name}`, async () => {
    using night = await makeNight();
    const { at, frame } = night;
    await writeInputs(command[0]!, night.path);
    const packed = await Deno.readFile(at("packed"));
    const outputs = [
      "night/r1.fits",
      "new.fits.gz",
      "raw",
      "packed",
      "link",
      ...Object.keys(FIRST_CARDS),
      // Review appends to it.
      ...(command[0] === "review" ? [] : ["labels.csv", "labels"]),
    ];
    const labels = await Deno.readFile(at("labels.csv"));
    await Promise.all(outputs.map(async (output) => {
      const { code, err } = await spit([...command, output], night.path);
      assertEquals(code, 2, `${output}: ${err}`);
      assertStringIncludes(err, "error: ");
      assertEquals(err.includes("    at "), false, err);
    }));
    assertEquals(await Deno.readFile(at("night/r1.fits")), frame);
    assertEquals(await Deno.readFile(at("raw")), frame);
    assertEquals(await Deno.readFile(at("packed")), packed);
    assertEquals(await Deno.readFile(at("labels.csv")), labels);
    assertEquals(await Deno.readFile(at("labels")), labels);
    for (const [name, card] of Object.entries(FIRST_CARDS)) {
      assertEquals(await Deno.readFile(at(name)), withFirstCard(frame, card));
    }
    assertEquals((await Deno.lstat(at("link"))).isSymlink, true);
  });
}

/** Writes the rows that `score` and `merge` read. */
async function writeInputs(command: string, folder: string): Promise<void> {
  const args = command === "score"
    ? [
      "evaluate",
      "labels.csv",
      ...MODEL_OPTIONS,
      "--predictions",
      "rows.ndjson",
    ]
    : command === "merge"
    ? ["run", "night", ...OPTIONS, "--out", "rows"]
    : null;
  if (args !== null) assertEquals((await spit(args, folder)).code, 0);
}

Deno.test("a glob that expands to -o and a frame does not overwrite the frame", async () => {
  using night = await makeNight();
  await Deno.writeFile(night.at("night/-o"), night.frame);
  const names = ["-o", "r1.fits"];
  const { code, err } = await spit(
    ["--format", "csv", ...OPTIONS, ...names, "r1.fits"],
    night.at("night"),
  );
  assertEquals(code, 2);
  assertStringIncludes(err, "error: ");
  assertStringIncludes(err, "r1.fits");
  assertEquals(await Deno.readFile(night.at("night/r1.fits")), night.frame);
});

Deno.test("simulate, dataset, run and pypeit replace no frame in their output folder", async () => {
  using night = await makeNight();
  const { at, frame } = night;
  await Deno.mkdir(at("out"));
  await Deno.writeFile(at("out/r0001.fits"), frame);
  const simulated = await spit(
    ["simulate", "out", "--seed", "1", "--count", "1"],
    night.path,
  );
  assertEquals(simulated.code, 2);
  assertStringIncludes(simulated.err, "error: out/r0001.fits ");
  await spit(["dataset", "out", "--simulated", "1"], night.path);
  await spit(["run", "night", ...OPTIONS, "--out", "out"], night.path);
  await spit(
    // deno-fmt-ignore
    ["night", ...OPTIONS, "--format", "pypeit", "--spectrograph", "shane_kast_red", "-o", "out"],
    night.path,
  );
  assertEquals(await Deno.readFile(at("out/r0001.fits")), frame);
  assertEquals(await Deno.readFile(at("night/r1.fits")), frame);
});

Deno.test("dataset replaces no frame that has the name of one of its files", async () => {
  using night = await makeNight();
  const { at, frame } = night;
  const names = [
    ...["index.csv", "dataset.json", "input_images-0000.npy"],
    ...["features-0000.npy", "labels-0000.npy"],
  ];
  for (const name of names) {
    await Deno.mkdir(at("data"));
    await Deno.symlink(at("night/r1.fits"), at(`data/${name}`));
    const { code, err } = await spit(
      ["dataset", "data", "--simulated", "1"],
      night.path,
    );
    assertEquals(code, 2, name);
    assertStringIncludes(err, "never overwritten");
    assertEquals(await Deno.readFile(at("night/r1.fits")), frame);
    await Deno.remove(at("data"), { recursive: true });
  }
});

Deno.test("simulate does not write through links in its output folder", async () => {
  using night = await makeNight();
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
