import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { mergeParts } from "../../lib/batch/merge.ts";
import {
  formatPartName,
  recordOptions,
  writeLines,
} from "../../lib/batch/parts.ts";
import { createRow, formatRow } from "../../lib/batch/rows.ts";
import { openShard } from "../../lib/batch/run_shard.ts";
import type { Shard } from "../../lib/batch/shard.ts";
import { applyLabel, type Verdict } from "../../lib/classify/verdict.ts";
import { SpitError } from "../../lib/errors.ts";
import type { Labels } from "../../lib/evaluation/labels.ts";
import { readFileVersions } from "../../lib/io/file_version.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import { countRows, createNight, mergeRows, type Night } from "./night.ts";
import { RETRYABLE_CODES } from "./retryable_codes.ts";

const MODEL = "tiny@1.0.0";
const WHOLE: Shard = { index: 1, count: 1 };

interface RunOptions {
  readonly shard?: Shard;
  readonly model?: string;
  readonly labels?: Labels;
  /** The run is killed before it gets this verdict. */
  readonly killAt?: number;
  readonly classify?: (path: string) => Verdict | Promise<Verdict>;
}

/** Runs a shard in parts of 3; returns the frames that it classified. */
async function runShard(
  { frames, out }: Pick<Night, "frames" | "out">,
  {
    shard = WHOLE,
    model = MODEL,
    labels,
    killAt,
    classify = (path) => makeVerdict(path),
  }: RunOptions = {},
): Promise<string[]> {
  const folder = out;
  const work = await openShard(
    { frames, shard, model, labels, folder, partFrames: 3 },
  );
  const classified: string[] = [];
  async function* verdicts() {
    for (const path of work.pending) {
      if (classified.length === killAt) throw new Error("killed");
      classified.push(path);
      const verdict = { ...await classify(path), model };
      yield applyLabel(verdict, labels?.get(path));
    }
  }
  await work.write(verdicts()).catch((error) => {
    if (error.message !== "killed") throw error;
  });
  return classified;
}

Deno.test("shards cover the input, and each frame gets one row", async () => {
  using night = createNight(20);
  const classified: string[] = [];
  for (const index of [3, 1, 2]) {
    classified.push(...await runShard(night, { shard: { index, count: 3 } }));
  }
  assertEquals(classified.toSorted(), night.paths);
  const { files, missing, superseded } = await mergeRows(night.out);
  assertEquals([files, missing, superseded], [night.paths, [], 0]);
  assertEquals(countRows(night.out), 20);
});

Deno.test("frames with a row are not classified again, whatever the number of shards", async () => {
  using night = createNight(20);
  await runShard(night, { shard: { index: 1, count: 2 } });
  assertEquals(await runShard(night, { shard: { index: 1, count: 2 } }), []);
  const rest = [];
  for (let index = 1; index <= 5; index++) {
    rest.push(...await runShard(night, { shard: { index, count: 5 } }));
  }
  assertEquals(rest.length, 10);
  assertEquals(await runShard(night), []);
  assertEquals((await mergeRows(night.out)).files, night.paths);
  assertEquals(countRows(night.out), 20);
});

Deno.test("frames that are added to the input later are the only ones classified", async () => {
  using night = createNight(20);
  const early = { ...night, frames: night.frames.slice(0, 12) };
  assertEquals((await runShard(early)).length, 12);
  assertEquals(await runShard(night), night.paths.slice(12));
  assertEquals((await mergeRows(night.out)).files, night.paths);
  assertEquals(countRows(night.out), 20);
});

Deno.test("a run that is killed at any moment loses no finished row", async () => {
  for (let killAt = 0; killAt <= 7; killAt++) {
    using night = createNight(7);
    const first = await runShard(night, { killAt });
    assertEquals(first.length, Math.min(7, killAt));
    const { files, missing, superseded } = killAt === 0
      ? { files: [], missing: night.paths, superseded: 0 }
      : await mergeRows(night.out);
    assertEquals(
      [files, missing, superseded],
      [first, night.paths.slice(killAt), 0],
    );
    const second = await runShard(night, { killAt: 1 });
    const third = await runShard(night);
    assertEquals([...first, ...second, ...third], night.paths);
    const all = await mergeRows(night.out);
    assertEquals([all.files, all.missing, all.superseded], [
      night.paths,
      [],
      0,
    ]);
    assertEquals(countRows(night.out), 7);
    const hidden = [...Deno.readDirSync(night.out)]
      .filter(({ name }) => name.startsWith("."));
    assertEquals(hidden, []);
  }
});

Deno.test("an incomplete last line of a journal is ignored, and journals of other inputs count", async () => {
  using night = createNight(7);
  const early = { ...night, frames: night.frames.slice(0, 5) };
  await runShard(early, { killAt: 2 });
  const [journal] = [...Deno.readDirSync(night.out)].filter(({ name }) =>
    name.endsWith(".rows")
  );
  const path = `${night.out}/${journal!.name}`;
  const text = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, text.slice(0, -20));
  assertEquals(await runShard(night), night.paths.slice(1));
  const { files, rows } = await mergeRows(night.out);
  assertEquals([files, rows.length], [night.paths, 7]);
});

/** Lets runs take turns: when all of them wait, a seed selects the one that continues. */
function createTurns(seed: number, runs: number) {
  const random = makeRandom(seed);
  const waiting: (() => void)[] = [];
  let active = runs;
  function continueOne(): void {
    if (waiting.length === 0 || waiting.length < active) return;
    const next = Math.floor(random.uniform(0, waiting.length));
    waiting.splice(next, 1)[0]!();
  }
  return {
    wait(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      continueOne();
      return promise;
    },
    end(): void {
      active--;
      continueOne();
    },
  };
}

Deno.test("concurrent runs of one shard leave one row per frame", async () => {
  for (let seed = 1; seed <= 5; seed++) {
    using night = createNight(20);
    const concurrently = async (
      runs: readonly ((options: RunOptions) => Promise<unknown>)[],
    ) => {
      const turns = createTurns(seed, runs.length);
      const classify = async (path: string) => {
        await turns.wait();
        return makeVerdict(path);
      };
      await Promise.all(
        runs.map((run) => run({ classify }).finally(turns.end)),
      );
    };
    await concurrently([
      (options) => runShard(night, options),
      (options) => runShard(night, options),
      (options) => runShard(night, { ...options, killAt: 8 }),
    ]);
    // The last run takes over the rows of one that is still running.
    const rest = { ...night, frames: night.frames.slice(1) };
    await concurrently([
      (options) => runShard(rest, options),
      async (options) => {
        await runShard(night, { ...options, killAt: 5 });
        await runShard(night, options);
      },
    ]);
    const { files } = await mergeRows(night.out);
    assertEquals(files, night.paths, `seed ${seed}`);
    assertEquals(await runShard(night), []);
    assertEquals(countRows(night.out), 20);
  }
});

Deno.test("a changed frame is classified again, and its older row is superseded", async () => {
  using night = createNight(7);
  await runShard(night);
  const changed = night.paths[4]!;
  Deno.utimeSync(changed, 2e9, 2e9);
  assertEquals(await runShard(night), [changed]);
  assertEquals(countRows(night.out), 7);

  Deno.writeFileSync(changed, new Uint8Array(5));
  Deno.utimeSync(changed, 2e9 + 1, 2e9 + 1);
  const frames = night.frames.map((frame) =>
    frame.path === changed ? { ...frame, size: 5 } : frame
  );
  assertEquals(await runShard({ ...night, frames }), [changed]);
  const { files, rows, superseded } = await mergeRows(night.out);
  assertEquals([files, superseded], [night.paths, 1]);
  assertEquals(rows[4].size, 5);
});

Deno.test("rows of different models are kept apart", async () => {
  using night = createNight(4);
  await runShard(night);
  assertEquals((await runShard(night, { model: "other@2" })).length, 4);
  const error = await assertRejects(() => mergeParts(night.out), SpitError);
  assertEquals(error.code, "usage");
  assertStringIncludes(error.message, "other@2 and tiny@1.0.0");
  const { paths, model } = await mergeParts(night.out, { model: "other@2" });
  assertEquals([paths, model], [night.paths, "other@2"]);
});

Deno.test("frames whose label was given, changed or removed are classified again", async () => {
  using night = createNight(7);
  const [one, two] = [night.paths[1]!, night.paths[5]!];
  await runShard(night);
  const steps: [Labels, string[]][] = [
    [new Map([[one, "flat"], [two, "other"]]), [one, two]],
    [new Map([[one, "flat"], [two, "bias"]]), [two]],
    [new Map([[two, "bias"]]), [one]],
  ];
  for (const [labels, expected] of steps) {
    assertEquals(await runShard(night, { labels }), expected);
    assertEquals(await runShard(night, { labels }), []);
  }
  const { rows, superseded } = await mergeRows(night.out);
  assertEquals([rows[1].type, rows[5].type], ["arc", "bias"]);
  assertEquals([superseded, countRows(night.out)], [0, 7]);
});

Deno.test("rows of older versions are replaced, in parts and in journals", async () => {
  for (const killAt of [undefined, 5]) {
    using night = createNight(7);
    await runShard(night, { killAt });
    for (const { name } of [...Deno.readDirSync(night.out)]) {
      if (name.startsWith("input-")) continue;
      const path = `${night.out}/${name}`;
      const text = Deno.readTextFileSync(path);
      Deno.writeTextFileSync(
        path,
        text.replaceAll(/"decided_by":[^\]]*\],/g, ""),
      );
    }
    assertEquals(await runShard(night), night.paths);
    const { files, outdated } = await mergeRows(night.out);
    assertEquals([files, outdated], [night.paths, 0]);
    assertEquals(countRows(night.out), 7);
  }
});

Deno.test("a folder keeps the options of its rows, and refuses others", async () => {
  using night = createNight(1);
  const record = (options: Readonly<Record<string, unknown>>) =>
    recordOptions(night.out, options);
  const given = { "--pixels-only": true, "--hdu": undefined };
  await record(given);
  await record(given);
  await record({ "--pixels-only": true });
  const error = await assertRejects(
    () => record({ "--min-probability": 0.9 }),
    SpitError,
  );
  assertEquals(error.code, "usage");
  assertStringIncludes(error.message, "--pixels-only and --min-probability");
});

Deno.test("a row with a retryable error is tried again by the next run, another is not", async () => {
  for (const code of [...RETRYABLE_CODES, "not_fits"] as const) {
    using night = createNight(4);
    const path = night.paths[1]!;
    const fail = (file: string): Verdict =>
      file === path
        ? makeFailedVerdict(file, { code, message: "bad" })
        : makeVerdict(file);
    assertEquals(await runShard(night, { classify: fail }), night.paths);
    assertEquals((await mergeRows(night.out)).rows[1].error.code, code);
    const isRetryable = code !== "not_fits";
    const second = await runShard(night);
    assertEquals(second, isRetryable ? [path] : [], code);
    assertEquals(await runShard(night), [], code);
    const { rows, files } = await mergeRows(night.out);
    assertEquals(files, night.paths);
    assertEquals(rows[1].type, isRetryable ? "arc" : null, code);
    assertEquals(countRows(night.out), 4);
  }
});

Deno.test("a retryable error in the journal of a killed run is tried again", async () => {
  using night = createNight(4);
  const fail = (path: string) =>
    makeFailedVerdict(path, { code: "unreachable", message: "bad" });
  assertEquals(
    (await runShard(night, { classify: fail, killAt: 2 })).length,
    2,
  );
  assertEquals(await runShard(night), night.paths);
});

Deno.test("a file that did not exist is classified again when it does", async () => {
  using night = createNight(4);
  const [path] = night.paths;
  Deno.removeSync(path!);
  const fail = (path: string): Verdict =>
    makeFailedVerdict(path, { code: "not_found", message: "gone" });
  await runShard(night, { classify: fail });
  assertEquals((await mergeRows(night.out)).rows[0].size, null);
  Deno.writeFileSync(path!, new Uint8Array(10));
  await runShard(night);
  assertEquals((await mergeRows(night.out)).rows[0].size, 10);
});

Deno.test("rows that workers wrote count", async () => {
  using night = createNight(5);
  const versions = await readFileVersions(night.paths);
  const lines = night.paths.map((path, k) =>
    formatRow(createRow(makeVerdict(path), versions[k]!))
  );
  await writeLines(night.out, formatPartName("w1.1"), lines.slice(0, 3));
  await writeLines(night.out, formatPartName("w2.1"), lines.slice(2, 4));
  const before = await mergeParts(night.out);
  assertEquals([before.paths.length, before.superseded], [4, 1]);
  assertEquals(before.missing, null);
  const merged = await mergeParts(night.out, { frames: night.paths });
  assertEquals(merged.missing, [night.paths[4]]);
  assertEquals(await runShard(night), [night.paths[4]]);
});

Deno.test("a damaged part is an error", async () => {
  using night = createNight(5);
  await runShard(night);
  const part = [...Deno.readDirSync(night.out)].find(({ name }) =>
    name.endsWith(".0001.part.ndjson")
  )!;
  const path = `${night.out}/${part.name}`;
  Deno.writeTextFileSync(path, Deno.readTextFileSync(path).slice(0, -9));
  for (const act of [() => mergeParts(night.out), () => runShard(night)]) {
    const error = await assertRejects(act, SpitError);
    assertEquals(error.code, "io");
    assertStringIncludes(error.message, "line 2 of");
  }
  Deno.removeSync(path);
  assertEquals(await runShard(night), night.paths.slice(3));
});

Deno.test("a folder that becomes unwritable ends the run, and finished rows are kept", async () => {
  using night = createNight(5);
  const work = await openShard({
    frames: night.frames,
    shard: WHOLE,
    model: MODEL,
    folder: night.out,
    partFrames: 3,
  });
  async function* verdicts() {
    for (const path of work.pending) {
      if (path === night.paths[4]) {
        await Deno.rename(night.out, `${night.out}.gone`);
      }
      yield await makeVerdict(path);
    }
  }
  const error = await assertRejects(() => work.write(verdicts()), SpitError);
  assertEquals(error.code, "io");
  assertEquals((await mergeRows(`${night.out}.gone`)).files, night.paths);
});
