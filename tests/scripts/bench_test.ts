import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { simulate } from "../../lib/commands/simulate.ts";
import { join } from "../../lib/std.ts";
import {
  computeFrameTime,
  parseOptions,
  TARGETS,
} from "../../scripts/bench.ts";
import { measureFloor } from "../../scripts/bench/floor.ts";
import { linkFrames, selectEvenly } from "../../scripts/bench/frames.ts";
import {
  computeRatio,
  computeSpread,
  measureInTurns,
  runProcess,
  type Sample,
  summarize,
} from "../../scripts/bench/measure.ts";
import {
  compareVerdicts,
  formatSamples,
  formatTargets,
} from "../../scripts/bench/report.ts";
import { temporaryFolder } from "../tiny.ts";

Deno.test("summarize: median and quartiles are linear between neighbours", () => {
  assertEquals(summarize([]), null);
  assertEquals(summarize([4]), { median: 4, lower: 4, upper: 4, runs: 1 });
  assertEquals(summarize([40, 10, 30, 20]), {
    ...{ median: 25, lower: 17.5, upper: 32.5, runs: 4 },
  });
});

Deno.test("measureInTurns: subjects take turns; ratios are formed within a run", async () => {
  const order: string[] = [];
  const subject = (name: string, values: readonly number[]) => ({
    name,
    measure(): Promise<Sample> {
      order.push(name);
      const run = order.filter((one) => one === name).length - 1;
      return Promise.resolve({ s: values[run]! });
    },
  });
  // The machine halves its speed in the second run.
  const samples = await measureInTurns(
    [subject("A", [10, 20]), subject("B", [5, 10])],
    2,
    () => {},
  );
  assertEquals(order.join(""), "ABAB");
  assertEquals(computeRatio(samples, ["A", "s"], ["B", "s"]), {
    ...{ median: 2, lower: 2, upper: 2, runs: 2 },
  });
  assertEquals(computeSpread(samples, ["A", "s"])?.median, 15);
  assertEquals(computeSpread(samples, ["C", "s"]), null);
  const zero = new Map([["A", [{ s: 1 }]], ["B", [{ s: 0 }]]]);
  assertEquals(computeRatio(zero, ["A", "s"], ["B", "s"]), null);
});

Deno.test("selectEvenly: few elements are spread like many", () => {
  assertEquals(selectEvenly([0, 1, 2, 3, 4, 5, 6, 7], 4), [1, 3, 5, 7]);
  assertEquals(selectEvenly([0, 1], 4), [0, 0, 1, 1]);
});

Deno.test("computeFrameTime: the time of a frame leaves out the start of the process", () => {
  const run = (seconds: number, frames: number) => ({
    seconds,
    rows: new Array<string>(frames).fill(""),
  });
  assertEquals(computeFrameTime(run(3, 100), run(1, 20)), 25);
  assertEquals(computeFrameTime(run(1, 100), run(1.5, 20)), undefined);
});

Deno.test("targets: met, not met, or not measured", () => {
  const row = (seconds: number, one: number, two: number) => ({
    "first row, s": seconds,
    "1 worker, ms/frame": one,
    "2 workers, ms/frame": two,
  });
  const samples = new Map<string, Sample[]>([
    ["Kast, .fits.gz", [row(0.2, 15, 10), row(0.3, 30, 20), row(0.2, 15, 10)]],
  ]);
  const text = formatTargets(TARGETS, samples);
  assertMatch(text, /first row, s +0\.200 \(0\.200 to 0\.250\) +≤ 0\.25 +met/);
  assertMatch(text, /1 worker against 2 +1\.50 .* ≥ 1\.7 +NOT MET/);
  assertMatch(text, /the peer against 2 workers +– +≥ 3.5 +not measured/);
});

Deno.test("formatSamples: one table, with a column for each quantity", () => {
  const samples = new Map<string, Sample[]>([
    ["A", [{ s: 1 }]],
    ["B", [{ ms: 5 }]],
    ["CC", [{ s: 12.345, ms: 0.5 }]],
    ["other", [{ MB: 100 }]],
  ]);
  assertEquals(
    formatSamples(samples, ["A", "B", "CC"]),
    "       s     ms\nA   1.00      –\nB      –   5.00\nCC  12.3  0.500",
  );
});

Deno.test("compareVerdicts: counts the frames whose type differs", () => {
  const row = (file: string, type: string, probability: number) =>
    JSON.stringify({ file, type, probability });
  const verdicts = compareVerdicts();
  verdicts.add("spit", [row("a", "arc", 0.9)]);
  verdicts.add("spit", [row("b", "bias", 0.8)]);
  verdicts.add("peer", [row("b", "flat", 0.7), row("a", "arc", 0.9)]);
  assertMatch(verdicts.notes().join(), /^peer: .* 1 of 2 frames.* 0\.100000$/);
});

Deno.test("parseOptions: everything unless parts are selected", () => {
  const { runs, frames, only, python } = parseOptions(["--python", "py"]);
  assertEquals([runs, frames, only.length, python], [5, 100, 6, "py"]);
  assertEquals(parseOptions(["--only", "gz", "mosaic"]).only, ["gz", "mosaic"]);
});

Deno.test("runProcess: reports the first row, CPU and memory, and a failure", async () => {
  // The loop takes about 0.2 s of CPU, however busy the machine is.
  const script = `
    console.log('{"file":1}');
    let sum = 0;
    for (let k = 0; k < 2e8; k++) sum += k % 7;
    console.log('{"file":2}');
    if (sum < 0) console.log(sum);`;
  const { firstRow, seconds, cpu, peak, rows } = await runProcess(
    Deno.execPath(),
    ["eval", script],
  );
  assertEquals(rows, ['{"file":1}', '{"file":2}']);
  assert(firstRow > 0 && firstRow <= seconds);
  if (Deno.build.os === "linux") {
    assert(cpu === undefined || cpu > 0.1);
    assert(peak !== undefined && peak > 1e7);
  }
  const failure = await runProcess(Deno.execPath(), ["eval", "throw 'no go'"])
    .catch((error: Error) => error.message);
  assertMatch(String(failure), /exited with 1.*no go/);
});

Deno.test("measureFloor: two processes share the frames", async () => {
  using folder = temporaryFolder();
  const files = await simulate(folder.path, {
    ...{ seed: 5, count: 3, instrument: "kast-red", gzip: true, quiet: true },
  });
  const times = await measureFloor("spit-compact", files, 3, 2);
  assert(times.inflate > 0 && times.inference > 0);
});

Deno.test("bench: runs as a process; a peer that cannot run is noted", async () => {
  using folder = temporaryFolder();
  const files = await simulate(join(folder.path, "night"), {
    ...{ seed: 5, count: 2, instrument: "kast-red", gzip: true, quiet: true },
  });
  const night = await linkFrames(files, 3, join(folder.path, "links"));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", BENCH, "--frames", "4", "--runs", "1"],
      ...["--night", night, "--python", "no-such-python"],
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const text = new TextDecoder().decode(stdout);
  assertMatch(text, /4 frames, 1 runs/);
  assertMatch(text, /frames of --night +[\d–]/);
  assertMatch(text, /first row, s.*peak, MB/);
  assertMatch(text, /1 worker: same type as 2 workers for 4 of 4 frames/);
  assertMatch(text, /not measured: the Python peer/);
  assert(!text.includes(folder.path));
});

const BENCH = fileURLToPath(new URL("../../scripts/bench.ts", import.meta.url));
