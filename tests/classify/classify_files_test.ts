import {
  assertAlmostEquals,
  assertEquals,
  assertObjectMatch,
  assertRejects,
} from "@std/assert";
import { classifyFile } from "../../lib/classify/classify_file.ts";
import { classifyFiles } from "../../lib/classify/classify_files.ts";
import { classifyFrame } from "../../lib/classify/classify_frame.ts";
import { readFileInputs } from "../../lib/classify/file_inputs.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { SpitError } from "../../lib/errors.ts";
import { parseModelCard } from "../../lib/model/model_card.ts";
import { type Model, openModel } from "../../lib/model/open_model.ts";
import { computeFeatures, FEATURES } from "../../lib/preprocess/features.ts";
import {
  evenPlane,
  fitsOf,
  lopsidedPlane,
  oodOf,
  temporaryFolder,
  TINY,
  WARY,
} from "../tiny.ts";

const CHOICE = { model: TINY, device: "cpu" } as const;

function short({ file, type, pixels, hdus, agreement, error }: Verdict) {
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

Deno.test("each file has a row, in the order given, whatever is wrong with it", async () => {
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
  assertEquals(verdicts.map(short), [
    ["lopsided.fits", "unknown", { arc: 2, science: 2 }, [0], "silent", null],
    ["cut.fits", null, {}, [], null, "truncated_data"],
    ["even.fits", "bias", { bias: 4 }, [0], "agree", null],
    ["absent.fits", null, {}, [], null, "not_found"],
    ["lying.fits", "bias", { bias: 4 }, [0], "conflict", null],
    ["text.fits", null, {}, [], null, "not_fits"],
    ["even.fits", "bias", { bias: 4 }, [0], "agree", null],
  ]);
  assertEquals(verdicts[1]!.header, { type: "bias", evidence: "OBSTYPE=BIAS" });
  assertEquals(verdicts[3]!.header, null);
  const keys =
    "file type probability reason pixels header agreement log hdus model error";
  for (const verdict of verdicts) {
    assertEquals(Object.keys(verdict).join(" "), keys);
    assertEquals(
      [verdict.reason, verdict.pixels?.ood ?? null],
      [verdict.type === "unknown" ? "flips_disagree" : null, null],
    );
  }
});

Deno.test("all images of a file vote together, or the one asked for alone", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/two.fits`;
  Deno.writeFileSync(path, fitsOf([evenPlane(), evenPlane(), lopsidedPlane()]));
  assertEquals(
    short(await classifyFile(path, CHOICE)),
    [
      "two.fits",
      "unknown",
      { bias: 8, arc: 2, science: 2 },
      [0, 1, 2],
      "silent",
      null,
    ],
  );
  assertEquals(short(await classifyFile(path, { ...CHOICE, hdu: 1 })), [
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

Deno.test("a damaged image spoils its file, but not the others of that file when asked for", async () => {
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
    /HDU 0: choose one.*\(HDU 1, /.test(whole.error!.message),
    true,
    whole.error!.message,
  );
  assertEquals((await classifyFile(path, { ...CHOICE, hdu: 0 })).type, "bias");
});

Deno.test("a file larger than the limit is a row that says so", async () => {
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

Deno.test("however many workers read, the rows are the same, and each file goes through the network once", async () => {
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

Deno.test("of a network that no flip changes one flip of each HDU is made", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/two.fits`;
  Deno.writeFileSync(path, fitsOf([evenPlane(), lopsidedPlane()]));
  const { vote } = parseModelCard(Deno.readTextFileSync(TINY), TINY);
  const all = await readFileInputs(path, { vote });
  const first = await readFileInputs(path, {
    vote: { ...vote, flip_invariant: true },
  });
  if (all.error !== null || first.error !== null) {
    throw all.error ?? first.error;
  }
  const size = 210 * 650;
  assertEquals([all.flips.length, first.flips.length], [8 * size, 2 * size]);
  for (const hdu of [0, 1]) {
    const found = first.flips.slice(hdu * size, (hdu + 1) * size);
    assertEquals(found, all.flips.slice(4 * hdu * size, (4 * hdu + 1) * size));
  }
});

Deno.test("pixels in hand are typed as the file that holds them", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.fits`;
  Deno.writeFileSync(path, fitsOf([lopsidedPlane()]));
  await using model = await openModel(TINY, "cpu");
  const verdict = await classifyFile(path, { model });
  assertObjectMatch(verdict, {
    ...await classifyFrame(lopsidedPlane(), { model }),
  });
});

Deno.test("a verdict does not wait for the next path, and leaving early ends all", async () => {
  let ended = false;
  async function* night() {
    try {
      yield "first.fits";
      await new Promise(() => {}); // the next frame is never taken
    } finally {
      ended = true;
    }
  }
  for await (const { file } of classifyFiles(night(), CHOICE)) {
    assertEquals(file, "first.fits");
    break;
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

Deno.test("without workers no more than one file is read ahead", async () => {
  let asked = 0;
  function* paths() {
    for (; asked < 10; asked++) yield `${asked}.fits`;
  }
  let given = 0;
  for await (
    const _ of classifyFiles(paths(), { ...CHOICE, workers: 0 })
  ) {
    given++;
    assertEquals(
      asked <= given + 1,
      true,
      `${asked} asked for, ${given} given`,
    );
  }
  assertEquals(given, 10);
});

Deno.test("a source of paths that fails is heard of, after the rows before it", async () => {
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

Deno.test("a model that fails is thrown, not made a row", async () => {
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

Deno.test("the card's temperature and threshold are used", async () => {
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
    soft.probability!,
    powers[0]! / powers.reduce((a, b) => a + b),
    1e-5,
  );
  const strict = await classifyFile(path, {
    model: withCard({ thresholds: { probability: 0.999 } }),
  });
  assertEquals(
    [strict.type, strict.reason, strict.pixels?.votes],
    ["unknown", "low_probability", { bias: 4 }],
  );
});

Deno.test("a frame unlike any spectral frame is unknown, however sure its type", async () => {
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
  assertAlmostEquals(verdicts[0]!.pixels!.ood!, oodOf(1000), 1e-5);
  assertAlmostEquals(verdicts[1]!.pixels!.ood!, oodOf(50_000), 1e-5);

  const model: Model = {
    ...wary,
    card: { ...wary.card, thresholds: { probability: 0, ood: 0.01 } },
  };
  const strict = await classifyFile(paths[2]!, { model });
  assertEquals(strict.reason, "out_of_distribution");
  const { reason, ...pixels } = await classifyFrame(lopsidedPlane(), { model });
  assertEquals([strict.reason, strict.pixels], [reason, pixels]);
});

Deno.test("each HDU goes with its own features, and the mean over all flips decides", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/mosaic.fits`;
  const counts = [60_000, 100, 1000];
  Deno.writeFileSync(
    path,
    fitsOf(counts.map((level) => evenPlane(700, 260, level))),
  );
  await using model = await openModel(WARY, "cpu");
  const whole = await classifyFile(path, { model });
  assertEquals([whole.type, whole.reason, whole.pixels?.votes], [
    "bias",
    null,
    { bias: 12 },
  ]);
  assertAlmostEquals(
    whole.pixels!.ood!,
    counts.map(oodOf).reduce((a, b) => a + b) / 3,
    1e-5,
  );
  for (const [hdu, level] of counts.entries()) {
    const one = await classifyFile(path, { model, hdu });
    assertAlmostEquals(one.pixels!.ood!, oodOf(level), 1e-5);
    assertEquals(one.type, hdu === 0 ? "unknown" : "bias");
  }
});

Deno.test("features, which cost time, are taken only for a network that wants them", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/two.fits`;
  Deno.writeFileSync(path, fitsOf([evenPlane(), lopsidedPlane()]));
  const wanted = { name: "features", version: 1, length: FEATURES.length };
  const { vote } = parseModelCard(Deno.readTextFileSync(TINY), TINY);
  const without = await readFileInputs(path, { vote });
  const having = await readFileInputs(path, { vote, features: wanted });
  if (without.error !== null || having.error !== null) {
    throw without.error ?? having.error;
  }
  assertEquals(without.features, null);
  assertEquals(
    having.features,
    Float32Array.of(
      ...computeFeatures(evenPlane()),
      ...computeFeatures(lopsidedPlane()),
    ),
  );
});
