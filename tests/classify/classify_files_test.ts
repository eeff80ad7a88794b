import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { classifyFile } from "../../lib/classify/classify_file.ts";
import { classifyFiles } from "../../lib/classify/classify_files.ts";
import { classifyFrame } from "../../lib/classify/classify_frame.ts";
import { readInputs } from "../../lib/classify/inputs.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { SpitError } from "../../lib/errors.ts";
import { type Model, openModel } from "../../lib/model/open_model.ts";
import { computeFeatures } from "../../lib/preprocess/features.ts";
import { concat } from "../../lib/std.ts";
import { headerBytes } from "../fits/open_bytes.ts";
import {
  constantPlane,
  evenPlane,
  expectedOod,
  fitsOf,
  lopsidedPlane,
  temporaryFolder,
  TINY,
  WARY,
} from "../tiny.ts";

const CHOICE = { model: TINY, device: "cpu" } as const;

function summarize({ file, type, pixels, hdus, agreement, error }: Verdict) {
  const votes = pixels?.votes ?? {};
  return [
    file.replace(/^.*\//, ""),
    type,
    votes,
    hdus,
    agreement,
    error?.code ?? null,
  ];
}

Deno.test("each file has a verdict, in the order given, whatever is wrong with it", async () => {
  using folder = temporaryFolder();
  const even = fitsOf([evenPlane()], { OBSTYPE: "BIAS" });
  Deno.writeFileSync(`${folder.path}/even.fits`, even);
  Deno.writeFileSync(
    `${folder.path}/lying.fits`,
    fitsOf([evenPlane()], { OBSTYPE: "ARC" }),
  );
  Deno.writeFileSync(`${folder.path}/lopsided.fits`, fitsOf([lopsidedPlane()]));
  Deno.writeFileSync(`${folder.path}/cut.fits`, even.subarray(0, 9000));
  Deno.writeTextFileSync(`${folder.path}/text.fits`, "SIMPLE as that");
  const names = ["lopsided", "cut", "even", "absent", "lying", "text", "even"];
  const paths = names.map((name) => `${folder.path}/${name}.fits`);

  const verdicts = await Array.fromAsync(classifyFiles(paths, CHOICE));
  assertEquals(verdicts.map(summarize), [
    ["lopsided.fits", "unknown", { arc: 2, science: 2 }, [0], "silent", null],
    ["cut.fits", null, {}, [], null, "truncated_data"],
    ["even.fits", "bias", { bias: 4 }, [0], "agree", null],
    ["absent.fits", null, {}, [], null, "not_found"],
    ["lying.fits", "bias", { bias: 4 }, [0], "conflict", null],
    ["text.fits", null, {}, [], null, "not_fits"],
    ["even.fits", "bias", { bias: 4 }, [0], "agree", null],
  ]);
  assertEquals(verdicts[1]!.header, {
    type: "bias",
    subtype: null,
    evidence: "OBSTYPE=BIAS",
    standard: null,
    object: null,
    differs: [],
  });
  assertEquals(verdicts[3]!.header, null);
  const keys = "file type probability probabilities decided_by subtype use " +
    "flags reason pixels header agreement log hdus model error";
  for (const verdict of verdicts) {
    assertEquals(Object.keys(verdict).join(" "), keys);
    assertEquals(
      [verdict.reason, verdict.pixels?.ood ?? null],
      [verdict.type === "unknown" ? "flips_disagree" : null, null],
    );
  }
});

Deno.test("all images of a file vote, or the given one alone", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/two.fits`;
  const planes = [constantPlane(), evenPlane(), lopsidedPlane()];
  Deno.writeFileSync(path, fitsOf(planes));
  const verdict = await classifyFile(path, CHOICE);
  assertEquals(
    summarize(verdict),
    [
      "two.fits",
      "bias",
      { bias: 8, arc: 2, science: 2 },
      [0, 1, 2],
      "silent",
      null,
    ],
  );
  assertEquals(verdict.flags, ["hdu-differs"]);
  assertEquals(
    verdict.pixels!.hdus!.map(({ hdu, type, differs, flags }) =>
      [hdu, type, differs, flags].join(" ")
    ),
    ["0 bias true constant", "1 bias false ", "2 unknown false "],
  );
  assertEquals(summarize(await classifyFile(path, { ...CHOICE, hdu: 1 })), [
    "two.fits",
    "bias",
    { bias: 4 },
    [1],
    "silent",
    null,
  ]);
  assertEquals(
    (await classifyFile(path, { ...CHOICE, hdu: 7 })).error?.code,
    "no_such_hdu",
  );
});

Deno.test("a damaged image fails its file; the other images can be classified alone", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/cut.fits`;
  Deno.writeFileSync(
    path,
    fitsOf([evenPlane(), evenPlane()], { OBSTYPE: "BIAS" }).subarray(
      0,
      500_000,
    ),
  );
  const whole = await classifyFile(path, CHOICE);
  assertEquals([whole.type, whole.error?.code], [null, "truncated_data"]);
  assertEquals(
    /HDU 0: give the index of one.*\(HDU 1, /.test(whole.error!.message),
    true,
    whole.error!.message,
  );
  assertEquals((await classifyFile(path, { ...CHOICE, hdu: 0 })).type, "bias");
});

Deno.test("a mask in a pixel list beside an image is no part of the frame", async () => {
  using folder = temporaryFolder();
  const [width, height] = [90, 60];
  // Each row of the mask refers to the same list: 90 zeros.
  const list = [0, 7, -100, 8, 0, 0, 0, width];
  const table = new DataView(new ArrayBuffer(8 * height + 2 * list.length));
  for (let row = 0; row < height; row++) {
    table.setUint32(8 * row, list.length);
  }
  list.forEach((word, k) => table.setInt16(8 * height + 2 * k, word));
  const mask = concat([
    headerBytes(
      ...["XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 8"],
      ...[`NAXIS2  = ${height}`, `PCOUNT  = ${2 * list.length}`],
      ...["GCOUNT  = 1", "TFIELDS = 1", "TTYPE1  = 'COMPRESSED_DATA'"],
      ...["TFORM1  = '1PI'", "ZIMAGE  = T", "ZCMPTYPE= 'PLIO_1'"],
      ...["ZBITPIX = 16", "ZNAXIS  = 2", `ZNAXIS1 = ${width}`],
      ...[`ZNAXIS2 = ${height}`],
    ),
    new Uint8Array(table.buffer),
  ]);
  const path = `${folder.path}/masked.fits`;
  const image = fitsOf([evenPlane()], { OBSTYPE: "BIAS" });
  const empty = headerBytes("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0");
  const damaged = mask.slice(0, -20);
  for (const bytes of [mask, damaged]) {
    Deno.writeFileSync(path, concat([image, bytes]));
    const { type, hdus, error } = await classifyFile(path, CHOICE);
    assertEquals([type, hdus, error], ["bias", [0], null]);
  }
  // Alone, it is an image like any other.
  Deno.writeFileSync(path, concat([empty, mask]));
  const { hdus, error } = await classifyFile(path, CHOICE);
  assertEquals([hdus, error], [[1], null]);
});

Deno.test("a file larger than the limit fails with too_large", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/big.fits.gz`;
  const packed = new Blob([fitsOf([evenPlane()]).slice()]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  await Deno.writeFile(path, packed);
  assertEquals((await classifyFile(path, CHOICE)).type, "bias");
  assertEquals(
    (await classifyFile(path, { ...CHOICE, maxBytes: 100_000 })).error?.code,
    "too_large",
  );
});

Deno.test("the verdicts do not depend on the number of workers, and the network runs once per file", async () => {
  using folder = temporaryFolder();
  const even = fitsOf([evenPlane()], { OBSTYPE: "BIAS" });
  const files = {
    even,
    lopsided: fitsOf([lopsidedPlane(900, 700)]),
    cut: even.subarray(0, 9000),
    chips: fitsOf([evenPlane(), evenPlane()]),
  };
  for (const [name, bytes] of Object.entries(files)) {
    Deno.writeFileSync(`${folder.path}/${name}.fits`, bytes);
  }
  const names = [...Object.keys(files), "absent"];
  const night = Array.from({ length: 20 }, () => names).flat()
    .map((name) => `${folder.path}/${name}.fits`);
  await using wary = await openModel(WARY, "cpu");
  let runs = 0;
  const model: Model = {
    ...wary,
    run(...flips) {
      runs++;
      return wary.run(...flips);
    },
  };
  const rows: Verdict[][] = [];
  for (const workers of [0, 1, 2, 3, undefined]) {
    const choice = workers === undefined ? { model } : { model, workers };
    runs = 0;
    rows.push(await Array.fromAsync(classifyFiles(night, choice)));
    assertEquals(runs, 20 * 4);
  }
  for (const others of rows) assertEquals(others, rows[0]);
  assertEquals(rows[0]!.map(({ file }) => file), night);
});

Deno.test("one flip of each HDU is made when one is requested", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/two.fits`;
  Deno.writeFileSync(path, fitsOf([evenPlane(), lopsidedPlane()]));
  const four = await readInputs(path, { flips: 4, features: false });
  const one = await readInputs(path, { flips: 1, features: false });
  if (four.error !== null || one.error !== null) throw four.error ?? one.error;
  const size = 210 * 650;
  for (const hdu of [0, 1]) {
    assertEquals(four.hdus[hdu]!.flips.length, 4 * size);
    assertEquals(one.hdus[hdu]!.flips, four.hdus[hdu]!.flips.slice(0, size));
  }
});

Deno.test("pixels are classified as the file that contains them", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.fits`;
  Deno.writeFileSync(path, fitsOf([lopsidedPlane()]));
  await using model = await openModel(TINY, "cpu");
  const verdict = await classifyFile(path, { model });
  const { reason, ...pixels } = await classifyFrame(lopsidedPlane(), { model });
  assertEquals([verdict.reason, verdict.pixels], [reason, pixels]);
});

Deno.test("a verdict does not wait for the next path, and leaving the loop ends the source", async () => {
  let ended = false;
  async function* night() {
    try {
      yield* ["first.fits", "second.fits"];
      await new Promise(() => {}); // the next frame never arrives
    } finally {
      ended = true;
    }
  }
  for await (const { file } of classifyFiles(night(), CHOICE)) {
    if (file === "second.fits") break;
    assertEquals(file, "first.fits");
  }
  assertEquals(ended, false);

  function* list() {
    try {
      yield* ["a.fits", "b.fits", "c.fits"];
    } finally {
      ended = true;
    }
  }
  for await (const _ of classifyFiles(list(), CHOICE)) break;
  assertEquals(ended, true);
});

Deno.test("without workers at most one file is read ahead", async () => {
  let requested = 0;
  function* paths() {
    for (; requested < 10; requested++) yield `${requested}.fits`;
  }
  let given = 0;
  for await (
    const _ of classifyFiles(paths(), { ...CHOICE, workers: 0 })
  ) {
    given++;
    assertEquals(
      requested <= given + 1,
      true,
      `${requested} requested, ${given} given`,
    );
  }
  assertEquals(given, 10);
});

Deno.test("an error of the source is thrown after the verdicts before it", async () => {
  async function* paths() {
    yield "first.fits";
    await Promise.resolve();
    throw new Error("the archive is gone");
  }
  const rows: string[] = [];
  await assertRejects(
    async () => {
      for await (const { file } of classifyFiles(paths(), CHOICE)) {
        await new Promise((done) => setTimeout(done, 5));
        rows.push(file);
      }
    },
    Error,
    "the archive is gone",
  );
  assertEquals(rows, ["first.fits"]);
});

Deno.test("an error of the model is thrown", async () => {
  using folder = temporaryFolder();
  Deno.writeFileSync(`${folder.path}/a.fits`, fitsOf([evenPlane()]));
  await using tiny = await openModel(TINY, "cpu");
  const broken: Model = {
    ...tiny,
    run: (_, __, count) =>
      Promise.resolve({
        probabilities: new Float32Array(count * 6).fill(NaN),
        ood: null,
      }),
  };
  const error = await assertRejects(
    () => classifyFile(`${folder.path}/a.fits`, { model: broken }),
    SpitError,
  );
  assertEquals(error.code, "inference");
  assertEquals(
    (await assertRejects(
      () => classifyFile("a.fits", { model: "absent.json" }),
      SpitError,
    )).code,
    "no_model",
  );
});

Deno.test("the temperature and threshold of the model card are used", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.fits`;
  Deno.writeFileSync(path, fitsOf([evenPlane()]));
  await using tiny = await openModel(TINY, "cpu");
  const withCard = (fields: object): Model => ({
    ...tiny,
    card: { ...tiny.card, ...fields },
  });
  const soft = await classifyFile(path, {
    model: withCard({ temperature: 4 }),
  });
  const powers = [6, 0, -4, -10, -4, 0.5].map((logit) => Math.exp(logit / 4));
  assertAlmostEquals(
    soft.pixels!.probability,
    powers[0]! / powers.reduce((a, b) => a + b),
    1e-5,
  );
  const strict = await classifyFile(path, {
    model: withCard({ thresholds: { probability: 0.999 } }),
  });
  assertEquals(
    [strict.pixels?.type, strict.pixels?.votes],
    ["unknown", { bias: 4 }],
  );
  const undecided = await classifyFile(path, {
    model: withCard({
      evidence: { between: 1, within: 0, margin: 0.1 },
    }),
  });
  assertEquals([undecided.type, undecided.reason], ["unknown", "undecided"]);
  const paper = await classifyFile(path, { model: tiny, pixelsOnly: true });
  assertEquals([paper.type, paper.decided_by], ["bias", ["pixels"]]);
  const rare = await classifyFile(path, { model: tiny, minProbability: 1 });
  assertEquals(rare.reason, "low_probability");
});

Deno.test("an out-of-distribution frame is unknown, however probable its type", async () => {
  using folder = temporaryFolder();
  const even = (counts: number) => evenPlane(700, 260, counts);
  const names = ["dim", "bright", "lopsided"];
  const planes = [even(1000), even(50_000), lopsidedPlane()];
  planes.forEach((plane, k) =>
    Deno.writeFileSync(`${folder.path}/${names[k]}.fits`, fitsOf([plane]))
  );
  const paths = names.map((name) => `${folder.path}/${name}.fits`);
  await using wary = await openModel(WARY, "cpu");
  const verdicts = await Array.fromAsync(classifyFiles(paths, { model: wary }));
  assertEquals(
    verdicts.map(({ type, reason, pixels }) => [type, reason, pixels?.votes]),
    [
      ["bias", null, { bias: 4 }],
      ["unknown", "out_of_distribution", { bias: 4 }],
      ["unknown", "flips_disagree", { arc: 2, science: 2 }],
    ],
  );
  assertAlmostEquals(verdicts[0]!.pixels!.ood!, expectedOod(1000), 1e-5);
  assertAlmostEquals(verdicts[1]!.pixels!.ood!, expectedOod(50_000), 1e-5);

  const model: Model = {
    ...wary,
    card: { ...wary.card, thresholds: { probability: 0, ood: 0.01 } },
  };
  const strict = await classifyFile(paths[2]!, { model });
  assertEquals(strict.reason, "out_of_distribution");
  const { reason, ...pixels } = await classifyFrame(lopsidedPlane(), { model });
  assertEquals([strict.reason, strict.pixels], [reason, pixels]);
});

Deno.test("each HDU has its own features, and one that is out-of-distribution differs", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/mosaic.fits`;
  const counts = [60_000, 100, 1000];
  Deno.writeFileSync(
    path,
    fitsOf(counts.map((level) => evenPlane(700, 260, level))),
  );
  await using model = await openModel(WARY, "cpu");
  const whole = await classifyFile(path, { model });
  assertEquals(
    [whole.type, whole.use, whole.flags, whole.pixels?.votes],
    ["bias", false, ["hdu-differs"], { bias: 12 }],
  );
  assertEquals(
    whole.pixels!.hdus!.map(({ differs }) => differs),
    [true, false, false],
  );
  assertAlmostEquals(
    whole.pixels!.ood!,
    (expectedOod(100) + expectedOod(1000)) / 2,
    1e-5,
  );
  for (const [hdu, level] of counts.entries()) {
    const one = await classifyFile(path, { model, hdu });
    assertAlmostEquals(one.pixels!.ood!, expectedOod(level), 1e-5);
    assertEquals(one.type, hdu === 0 ? "unknown" : "bias");
  }
});

Deno.test("features are computed only when they are asked for", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/two.fits`;
  Deno.writeFileSync(path, fitsOf([evenPlane(), lopsidedPlane()]));
  const read = async (features: boolean) => {
    const file = await readInputs(path, { flips: 1, features });
    if (file.error !== null) throw file.error;
    return file.hdus.map(({ features }) => features);
  };
  assertEquals(await read(false), [null, null]);
  assertEquals(
    await read(true),
    [computeFeatures(evenPlane()), computeFeatures(lopsidedPlane())],
  );
});
