import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import { join } from "../../lib/io/path.ts";
import { classifyFile } from "../../lib/classify/classify_file.ts";
import { simulate } from "../../lib/commands/simulate.ts";
import { openModel } from "../../lib/model/open_model.ts";
import { verdictJson } from "../../lib/output/ndjson.ts";
import { countsOf } from "../../scripts/bench/contenders.ts";
import { BOTH, floorContender, INFLATE } from "../../scripts/bench/floor.ts";
import { fastestInflate } from "../../scripts/bench/inflate_ways.ts";
import { evenly, linkedFolder } from "../../scripts/bench/night.ts";
import { parseOptions } from "../../scripts/bench/options.ts";
import {
  interleave,
  ratioIn,
  type Sample,
  spreadIn,
  summaryOf,
} from "../../scripts/bench/rounds.ts";
import {
  FIRST,
  runChild,
  WARM,
  WHOLE,
  wholeSample,
} from "../../scripts/bench/run_child.ts";
import {
  columns,
  sectionTable,
  targetsTable,
} from "../../scripts/bench/show.ts";
import { stagesOf } from "../../scripts/bench/stages.ts";
import { fitLine, ratiosOf, spreadOf } from "../../scripts/bench/summary.ts";
import { isMet, targetsOf } from "../../scripts/bench/targets.ts";
import { compareVerdicts } from "../../scripts/bench/verdicts.ts";
import {
  foldersOf,
  toolkit,
  wholeContender,
} from "../../scripts/bench/whole.ts";
import { evenPlane, fitsOf, temporaryFolder } from "../tiny.ts";

const NONE = { line: [], memory: null };

Deno.test("median and quartiles, linear between neighbours", () => {
  assertEquals(spreadOf([]), null);
  assertEquals(spreadOf([4]), { median: 4, lower: 4, upper: 4, runs: 1 });
  assertEquals(spreadOf([40, 10, 30, 20]), {
    ...{ median: 25, lower: 17.5, upper: 32.5, runs: 4 },
  });
});

Deno.test("ratios are formed within a run, and only where both sides were measured", () => {
  // The machine halves its speed in the second run: the ratio stays.
  assertEquals(ratiosOf([10, 20], [5, 10]), [2, 2]);
  assertEquals(ratiosOf([10, undefined, 30], [5, 10]), [2]);
  assertEquals(ratiosOf([10], [0]), []);
});

Deno.test("a line, and how far points are from it", () => {
  const exact = fitLine([[1, 3], [2, 5], [4, 9]])!;
  assertEquals([exact.slope, exact.intercept], [2, 1]);
  assertAlmostEquals(exact.rSquared, 1);
  assertAlmostEquals(exact.worst, 0);
  const bent = fitLine([[0, 0], [1, 3], [2, 0]])!;
  assertEquals([bent.slope, bent.rSquared, bent.worst], [0, 0, 2]);
  assertEquals(fitLine([[1, 1], [2, 2]]), null);
  assertEquals(fitLine([[1, 1], [1, 2], [1, 3]]), null);
});

Deno.test("contenders take turns", async () => {
  const order: string[] = [];
  const contender = (name: string, rounds?: number) => ({
    name,
    section: "whole",
    rounds,
    measure(): Promise<Sample> {
      order.push(name);
      return Promise.resolve({ s: order.length });
    },
  });
  const contenders = [contender("A"), contender("B", 1), contender("C")];
  const rounds = await interleave(contenders, 2, () => {});
  assertEquals(order.join(""), "ABCAC");
  assertEquals(spreadIn(rounds, ["A", "s"])?.median, 2.5);
  assertEquals(ratioIn(rounds, ["C", "s"], ["B", "s"])?.runs, 1);
  assertEquals(spreadIn(rounds, ["nobody", "s"]), null);
  assertEquals(summaryOf(rounds).B!.s?.median, 2);
  const table = sectionTable("TURNS", contenders, rounds).split("\n");
  assertMatch(table[1]!, /^A +2\.50 \(1\.75 to 3\.25\)$/);
  assertMatch(table[2]!, /^B +2\.00$/);
});

Deno.test("few frames are like many", () => {
  assertEquals(evenly([0, 1, 2, 3, 4, 5, 6, 7], 4), [1, 3, 5, 7]);
  assertEquals(evenly([0, 1], 4), [0, 0, 1, 1]);
});

Deno.test("what frames cost is told without the start of the process", () => {
  const run = (seconds: number, frames: number) => ({
    ...{ first: 0.3, last: seconds, seconds, cpu: undefined, peak: undefined },
    rows: new Array<string>(frames).fill(""),
  });
  const sample = wholeSample(run(3, 100), run(1, 20));
  assertEquals([sample[FIRST], sample[WHOLE], sample[WARM]], [0.3, 3, 40]);
  assertEquals(wholeSample(run(1, 100), run(1.5, 20))[WARM], undefined);
});

Deno.test("targets: met by the median, or not, or not measured", () => {
  const rounds = new Map<string, Sample[]>([
    ["spit-compact, 2 workers", [
      { [WARM]: 90, [FIRST]: 0.4, [WHOLE]: 2 },
      { [WARM]: 45, [FIRST]: 0.6, [WHOLE]: 4 },
      { [WARM]: 90, [FIRST]: 0.4, [WHOLE]: 2 },
    ]],
    ["spit-compact, 1 worker", [{ [WARM]: 60 }, { [WARM]: 30 }]],
    ...[100, 200, 400].map((frames) =>
      [`${frames} frames`, [{ s: 1 + frames / 100 }]] as const
    ),
  ].map(([name, samples]) => [name as string, samples as Sample[]]));
  const targets = targetsOf(rounds, { line: [100, 200, 400], memory: null });
  const met = new Map(targets.map((one) => [one.what, isMet(one)]));
  assertEquals(met.get("first verdict"), true);
  assertEquals(met.get("two workers against one, warm"), false);
  assertEquals(met.get("time against frames"), true);
  assertEquals(met.get("frames/s, warm, against the Python peer"), null);
  const text = targetsTable(targets);
  assertMatch(
    text,
    /first verdict +0\.400 \(0\.400 to 0\.500\) s +≤ 0\.5 s +yes/,
  );
  assertMatch(text, /two workers.* 1\.50 .* ≥ 1\.8 × +NO/);
  assertMatch(text, /Python peer +not measured +≥ 3 × +\?/);
  assertEquals(
    targetsOf(new Map(), NONE).filter(({ measured }) => measured !== null),
    [],
  );
});

Deno.test("columns are aligned, whatever the letters", () => {
  assertEquals(columns([["é", "1"], ["abc", "10"]]), "é     1\nabc  10");
});

Deno.test("verdicts that differ are told", () => {
  const row = (file: string, type: string, confidence: number) =>
    JSON.stringify({ file, type, confidence });
  const verdicts = compareVerdicts();
  verdicts.add({ name: "ours" }, [row("a", "arc", 0.9), row("b", "bias", 0.8)]);
  verdicts.add({ name: "peer" }, [row("b", "flat", 0.7), row("a", "arc", 0.9)]);
  assertMatch(verdicts.notes().join(), /^peer: .* 1 of 2 frames.* 0\.100000$/);
});

Deno.test("the line over frames does not ask for the same number twice", () => {
  assertEquals(countsOf({ frames: 4, long: false }).line, [1, 2, 4]);
  assertEquals(countsOf({ frames: 4, long: true }).memory, [100, 10_000]);
});

Deno.test("options: all parts unless told otherwise", () => {
  const options = parseOptions(["--python", "py"]);
  assertEquals([options.runs, options.frames, options.only.length], [
    ...[5, undefined, 9],
  ]);
  assertEquals(options.pythonOriginal, "py");
  assertEquals(parseOptions(["--only", "floor", "kinds"]).only, [
    ...["floor", "kinds"],
  ]);
});

Deno.test("a process is measured from outside, and heard when it fails", async () => {
  const deno = Deno.execPath();
  const script = `
    console.log('{"file":1}');
    const end = performance.now() + 300;
    while (performance.now() < end);
    console.log('{"file":2}');`;
  const { first, last, seconds, cpu, peak, rows } = await runChild(deno, [
    ...["eval", script],
  ]);
  assertEquals(rows, ['{"file":1}', '{"file":2}']);
  assert(first < last && last <= seconds);
  assert(seconds - first > 0.25);
  if (Deno.build.os === "linux") {
    assert(cpu === undefined || cpu > 0.2);
    assert(peak !== undefined && peak > 1e7);
  }
  const failed = await runChild(deno, ["eval", "throw 'no packages'"])
    .catch((error: Error) => error.message);
  assertMatch(String(failed), /ended with 1.*no packages/);
});

Deno.test("a gzip file is inflated by any way", async () => {
  const gzip = await new Response(
    new Blob(["a frame"]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  const { way, inflate } = await fastestInflate([gzip]);
  assert(way.length > 0);
  await inflate(gzip);
});

Deno.test("stage by stage a frame gets the verdict that the library gives", async () => {
  using folder = temporaryFolder();
  await using model = await openModel("spit-compact", "cpu");
  const files = await simulate(folder.path, {
    ...{ seed: 5, count: 3, instrument: "kast-blue", gzip: true, quiet: true },
  });
  // Pixels that the kernels do not take, in two HDUs.
  const even = evenPlane();
  const pixels = Float32Array.from(
    even.pixels,
    (value, k) => value + k % 7 / 8,
  );
  const mosaic = join(folder.path, "mosaic.fits");
  await Deno.writeFile(mosaic, fitsOf([{ ...even, pixels }, even]));
  for (const file of [...files, mosaic]) {
    const { row, laps } = await stagesOf(file, model);
    assertEquals(row, verdictJson(await classifyFile(file, { model })));
    assert(laps.inference > 0);
  }
});

Deno.test("the toolkit and its floor, on a few frames", async () => {
  using folder = temporaryFolder();
  const files = await simulate(folder.path, {
    ...{ seed: 5, count: 3, instrument: "kast-red", gzip: true, quiet: true },
  });
  const ways: string[] = [];
  const floor = await floorContender(
    ...["spit-compact", files, 3, 2, (way: string) => ways.push(way)] as const,
  ).measure();
  assertEquals(ways.length, 2);
  assertEquals(floor[BOTH]! >= floor[INFLATE]!, true);

  await using folders = foldersOf({ files, bytes: 0 });
  const rows: string[] = [];
  const whole = await wholeContender(
    ...[toolkit("spit-compact", 0), "whole", folders, 3] as const,
    (_, typed) => rows.push(...typed),
  ).measure();
  assertEquals(rows.length, 3);
  assert(whole[FIRST]! <= whole[WHOLE]!);
});

Deno.test("a tiny benchmark ends well", async () => {
  using folder = temporaryFolder();
  const files = await simulate(join(folder.path, "night"), {
    ...{ seed: 5, count: 2, instrument: "kast-red", gzip: true, quiet: true },
  });
  const links = await linkedFolder(files, 3);
  const json = join(folder.path, "bench.json");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", bench, "--frames", "4", "--runs", "1"],
      ...["--night", links, "--json", json],
      ...["--only", "peer", "stages", "counts", "--python", "no-such-python"],
    ],
  }).output();
  await Deno.remove(links, { recursive: true });
  assert(success, new TextDecoder().decode(stderr));
  const text = new TextDecoder().decode(stdout);
  assertMatch(text, /4 frames \(3 different files/);
  assertMatch(text, /inference +\d/);
  assertMatch(text, /the Python peer cannot run/);
  assertMatch(text, /time against frames +R² \d/);
  const written = await Deno.readTextFile(json);
  const { targets, samples } = JSON.parse(written);
  assertEquals(targets.length, 15);
  assert(samples["4 frames"][0].s > 0);
  assert(!written.includes(folder.path));
});

const bench = fileURLToPath(new URL("../../scripts/bench.ts", import.meta.url));
