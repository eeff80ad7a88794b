import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { mergeParts } from "../../lib/batch/merge.ts";
import { writePart } from "../../lib/batch/part.ts";
import { openShard } from "../../lib/batch/run_shard.ts";
import type { Shard } from "../../lib/batch/shard.ts";
import { stampedRow } from "../../lib/batch/stamped_row.ts";
import { readFileVersions } from "../../lib/io/file_version.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { SpitError } from "../../lib/errors.ts";
import {
  makeFailedVerdict,
  makeVerdict,
  type VerdictParts,
} from "../verdicts.ts";
import { temporaryFolder } from "../tiny.ts";

const MODEL = "tiny@1.0.0";

/** A night of so many files, which are not read, and a folder for the rows. */
function archive(count: number) {
  const folder = temporaryFolder();
  const frames = Array.from({ length: count }, (_, k) => ({
    path: `${folder.path}/r${String(k).padStart(3, "0")}.fits`,
    size: 10 + k,
  }));
  for (const { path, size } of frames) {
    Deno.writeFileSync(path, new Uint8Array(size));
  }
  const out = `${folder.path}/rows`;
  Deno.mkdirSync(out);
  return {
    frames,
    paths: frames.map(({ path }) => path),
    out,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

type Archive = ReturnType<typeof archive>;

interface Trying {
  readonly shard?: Shard;
  readonly model?: string;
  /** The run is killed before it gets this verdict. */
  readonly dies?: number;
  readonly typeOf?: (path: string) => Verdict;
}

/** Runs a shard in parts of 3; gives the frames that it typed. */
async function runShard(
  { frames, out }: Pick<Archive, "frames" | "out">,
  { shard = { index: 1, count: 1 }, model = MODEL, dies, typeOf = makeVerdict }:
    Trying = {},
): Promise<string[]> {
  const order = { frames, shard, model, folder: out, partFrames: 3 };
  const work = await openShard(order);
  const typed: string[] = [];
  async function* verdicts() {
    for (const path of work.toType) {
      if (typed.length === dies) throw new Error("killed");
      typed.push(path);
      yield { ...await typeOf(path), model };
    }
  }
  await work.fill(verdicts()).catch((error) => {
    if (error.message !== "killed") throw error;
  });
  return typed;
}

async function merged(out: string) {
  const merging = await mergeParts(out);
  const lines = await Array.fromAsync(merging.lines());
  const rows = lines.map((line) => JSON.parse(line));
  return { ...merging, rows, files: rows.map(({ file }) => file) };
}

/** Rows in all files, as they lie there. */
function rowCount(out: string): number {
  return [...Deno.readDirSync(out)]
    .filter(({ name }) => /\.part\.ndjson$|\.rows$/.test(name))
    .flatMap(({ name }) => Deno.readTextFileSync(`${out}/${name}`).split("\n"))
    .filter((line) => line !== "").length;
}

Deno.test("shares come to the whole, each frame with one row", async () => {
  using night = archive(20);
  const typed = [];
  for (const index of [3, 1, 2]) {
    typed.push(...await runShard(night, { shard: { index, count: 3 } }));
  }
  assertEquals(typed.toSorted(), night.paths);
  const { files, missing, spare } = await merged(night.out);
  assertEquals([files, missing, spare], [night.paths, [], 0]);
  assertEquals(rowCount(night.out), 20);
});

Deno.test("what is done is not done again, with as many shards or others", async () => {
  using night = archive(20);
  await runShard(night, { shard: { index: 1, count: 2 } });
  assertEquals(await runShard(night, { shard: { index: 1, count: 2 } }), []);
  const rest = [];
  for (let index = 1; index <= 5; index++) {
    rest.push(...await runShard(night, { shard: { index, count: 5 } }));
  }
  assertEquals(rest.length, 10);
  assertEquals(await runShard(night), []);
  assertEquals((await merged(night.out)).files, night.paths);
  assertEquals(rowCount(night.out), 20);
});

Deno.test("frames that came later, alone, are typed", async () => {
  using night = archive(20);
  const early = { ...night, frames: night.frames.slice(0, 12) };
  assertEquals((await runShard(early)).length, 12);
  assertEquals(await runShard(night), night.paths.slice(12));
  assertEquals((await merged(night.out)).files, night.paths);
  assertEquals(rowCount(night.out), 20);
});

Deno.test("a run that is killed at any moment loses no finished row", async () => {
  for (let dies = 0; dies <= 7; dies++) {
    using night = archive(7);
    const first = await runShard(night, { dies });
    assertEquals(first.length, Math.min(7, dies));
    const { files, missing, spare } = dies === 0
      ? { files: [], missing: night.paths, spare: 0 }
      : await merged(night.out);
    assertEquals(
      [files, missing, spare],
      [first, night.paths.slice(dies), 0],
    );
    const second = await runShard(night, { dies: 1 });
    const third = await runShard(night);
    assertEquals([...first, ...second, ...third], night.paths);
    const all = await merged(night.out);
    assertEquals([all.files, all.missing, all.spare], [night.paths, [], 0]);
    assertEquals(rowCount(night.out), 7);
    const hidden = [...Deno.readDirSync(night.out)]
      .filter(({ name }) => name.startsWith("."));
    assertEquals(hidden, []);
  }
});

Deno.test("the cut last line of a journal is no row; a journal of another input counts", async () => {
  using night = archive(7);
  const early = { ...night, frames: night.frames.slice(0, 5) };
  await runShard(early, { dies: 2 });
  const [journal] = [...Deno.readDirSync(night.out)].filter(({ name }) =>
    name.endsWith(".rows")
  );
  const path = `${night.out}/${journal!.name}`;
  const text = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, text.slice(0, -20));
  assertEquals(await runShard(night), night.paths.slice(1));
  const { files, rows } = await merged(night.out);
  assertEquals([files, rows.length], [night.paths, 7]);
});

Deno.test("two runs of one share at once leave one row a frame", async () => {
  using night = archive(20);
  const slowly = async (path: string) => {
    await new Promise((wake) => setTimeout(wake, Math.random() * 3));
    return makeVerdict(path);
  };
  const typeOf = slowly as unknown as (path: string) => Verdict;
  await Promise.all([
    runShard(night, { typeOf }),
    runShard(night, { typeOf }),
    runShard(night, { typeOf, dies: 8 }),
  ]);
  // One that takes over the rows of another that still runs.
  await Promise.all([
    runShard({ ...night, frames: night.frames.slice(1) }, { typeOf }),
    runShard(night, { dies: 5 }).then(() => runShard(night)),
  ]);
  const { files } = await merged(night.out);
  assertEquals(files, night.paths);
  assertEquals(await runShard(night), []);
  assertEquals(rowCount(night.out), 20);
});

Deno.test("a frame that changed is typed again; its older row gives way", async () => {
  using night = archive(7);
  await runShard(night);
  const changed = night.paths[4]!;
  Deno.utimeSync(changed, 2e9, 2e9);
  assertEquals(await runShard(night), [changed]);
  assertEquals(rowCount(night.out), 7);

  Deno.writeFileSync(changed, new Uint8Array(5));
  Deno.utimeSync(changed, 2e9 + 1, 2e9 + 1);
  const frames = night.frames.map((frame) =>
    frame.path === changed ? { ...frame, size: 5 } : frame
  );
  assertEquals(await runShard({ ...night, frames }), [changed]);
  const { files, rows, spare } = await merged(night.out);
  assertEquals([files, spare], [night.paths, 1]);
  assertEquals(rows[4].size, 5);
});

Deno.test("rows of another model are other rows", async () => {
  using night = archive(4);
  await runShard(night);
  assertEquals((await runShard(night, { model: "other@2" })).length, 4);
  const error = await assertRejects(() => mergeParts(night.out), SpitError);
  assertEquals(error.code, "usage");
  assertStringIncludes(error.message, "other@2 and tiny@1.0.0");
  const { paths, model } = await mergeParts(night.out, { model: "other@2" });
  assertEquals([paths, model], [night.paths, "other@2"]);
});

Deno.test("a fault that may pass is tried again, another is not", async () => {
  using night = archive(4);
  const faulty = (code: "io" | "not_fits") => (path: string): Verdict =>
    path === night.paths[1]
      ? makeFailedVerdict(path, { code, message: "bad" })
      : makeVerdict(path);
  await runShard(night, { typeOf: faulty("io") });
  const again = await runShard(night, { typeOf: faulty("not_fits") });
  assertEquals(again, [night.paths[1]]);
  assertEquals(await runShard(night), []);
  assertEquals((await merged(night.out)).rows[1].error.code, "not_fits");
});

Deno.test("a frame that is not there has its row, and another once it is", async () => {
  using night = archive(4);
  Deno.removeSync(night.paths[0]!);
  await runShard(night);
  assertEquals(await runShard(night), []);
  assertEquals((await merged(night.out)).rows[0].size, null);
  Deno.writeFileSync(night.paths[0]!, new Uint8Array(10));
  assertEquals(await runShard(night), [night.paths[0]]);
});

Deno.test("parts of other hands count, and equal rows are one", async () => {
  using night = archive(5);
  const stamps = await readFileVersions(night.paths);
  const rows = night.paths.map((path, k) =>
    stampedRow(makeVerdict(path), stamps[k]!)
  );
  await writePart(night.out, "worker-1.0001", rows.slice(0, 3));
  await writePart(night.out, "worker-2.0001", rows.slice(2, 4));
  const before = await mergeParts(night.out);
  assertEquals([before.paths.length, before.spare], [4, 1]);
  assertEquals(before.missing, null);
  const known = await mergeParts(night.out, { frames: night.paths });
  assertEquals(known.missing, [night.paths[4]]);
  assertEquals(await runShard(night), [night.paths[4]]);
});

Deno.test("of two rows the later file's counts, then the one without a fault that may pass", async () => {
  using folder = temporaryFolder();
  const error = { code: "io", message: "bad" } as const;
  const row = (file: string, modified: number, parts: VerdictParts = {}) =>
    stampedRow(makeVerdict(file, parts), { size: 1, modified });
  const faulty = (file: string) =>
    stampedRow(makeFailedVerdict(file, error), { size: 1, modified: 5 });
  await writePart(folder.path, "one", [
    row("a", 1, { type: "flat" }),
    row("b", 2),
    faulty("c"),
    row("d", 5),
  ]);
  await writePart(folder.path, "two", [
    row("a", 2),
    row("b", 1, { type: "flat" }),
    row("c", 5),
    faulty("d"),
  ]);
  const lost = { code: "worker_lost", message: "bad" } as const;
  await writePart(folder.path, "alpha", [
    stampedRow(makeFailedVerdict("e", lost), { size: 1, modified: 5 }),
  ]);
  await writePart(folder.path, "beta", [row("e", 5)]);
  const { rows, spare } = await merged(folder.path);
  assertEquals(spare, 5);
  assertEquals(rows.map(({ type }) => type), Array(5).fill("arc"));
  assertEquals(rows.map(({ error }) => error), Array(5).fill(null));
});

Deno.test("a damaged part is told of, not passed over", async () => {
  using night = archive(5);
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

Deno.test("a folder that cannot be written to ends the run; what is there stays", async () => {
  using night = archive(5);
  const work = await openShard({
    frames: night.frames,
    shard: { index: 1, count: 1 },
    model: MODEL,
    folder: night.out,
    partFrames: 3,
  });
  async function* verdicts() {
    for (const path of work.toType) {
      if (path === night.paths[4]) {
        await Deno.rename(night.out, `${night.out}.gone`);
      }
      yield await makeVerdict(path);
    }
  }
  const error = await assertRejects(() => work.fill(verdicts()), SpitError);
  assertEquals(error.code, "io");
  assertEquals((await merged(`${night.out}.gone`)).files, night.paths);
});

Deno.test("merging holds no more rows than it may", async () => {
  using night = archive(20);
  await runShard(night);
  const few = await mergeParts(night.out, { held: 3 });
  const lines = await Array.fromAsync(few.lines());
  assertEquals(lines.map((line) => JSON.parse(line).file), night.paths);
});

Deno.test("an empty folder has nothing to merge", async () => {
  using folder = temporaryFolder();
  const error = await assertRejects(() => mergeParts(folder.path), SpitError);
  assertEquals(error.code, "usage");
  const gone = `${folder.path}/gone`;
  const other = await assertRejects(() => mergeParts(gone), SpitError);
  assertEquals(other.code, "not_found");
  assert(other.message.includes(gone));
});
