/**
 * What an archive costs that no frame is typed of: a share of a long list worked
 * out, its rows written as parts, started again, all of it merged.
 *
 *     deno run -A scripts/measure_archive.ts --frames 1000000
 *
 * The frames are made up: paths and sizes in a list, each row that of a real verdict.
 * Each step is a process of its own, for its peak memory.
 */
import { Command } from "commander";
import { mergeParts } from "../lib/batch/merge.ts";
import { writePart } from "../lib/batch/part.ts";
import { inOrder, type SizedFrame, sliceOf } from "../lib/batch/slice.ts";
import { stampedRow } from "../lib/batch/stamped_row.ts";
import { listFrames } from "../lib/io/find_frames.ts";
import type { Verdict } from "../lib/classify/verdict.ts";

/** Shares, and frames of a part: what `run` has when it is told nothing else. */
const SHARES = 1000;
const PART = 500;

const STEPS = {
  /** The list itself, as `find -printf '%p\t%s\n'` gives it. */
  async list(folder: string, frames: number): Promise<string> {
    const text = Array.from({ length: frames }, (_, k) => {
      const night = String(Math.floor(k / 500)).padStart(5, "0");
      const frame = String(k % 500).padStart(4, "0");
      return `/archive/kast/${night}/raw/b${frame}.fits.gz\t${
        400_000 + k * 7919 % 300_000
      }\n`;
    });
    await Deno.writeTextFile(`${folder}/list.txt`, text.join(""));
    return "";
  },
  /** What every task begins with. */
  async share(folder: string): Promise<string> {
    const all = inOrder(await listed(folder));
    const own = sliceOf(all, { index: 7, count: SHARES });
    return `${own.length} of ${all.length} frames`;
  },
  /** Rows of all frames, in parts; each is synced to the disk. */
  async parts(folder: string): Promise<string> {
    const all = await listed(folder);
    for (let start = 0; start < all.length; start += PART) {
      const rows = all.slice(start, start + PART).map(({ path, size }) =>
        stampedRow(verdictOn(path), { size, modified: 1.5e12 })
      );
      await writePart(`${folder}/rows`, `p${start}`, rows);
    }
    return `${Math.ceil(all.length / PART)} parts`;
  },
  /** All rows as one file. */
  async merge(folder: string): Promise<string> {
    const merged = await mergeParts(`${folder}/rows`);
    let [rows, bytes] = [0, 0];
    for await (const line of merged.lines()) {
      rows++;
      bytes += line.length;
    }
    return `${rows} rows, ${Math.round(bytes / rows)} bytes each`;
  },
} satisfies Record<
  string,
  (folder: string, frames: number) => Promise<string>
>;

function listed(folder: string): Promise<SizedFrame[]> {
  const frames = listFrames([`@${folder}/list.txt`], () => {});
  return Array.fromAsync(
    frames,
    ({ path, size }) => ({ path, size: size ?? null }),
  );
}

/** As long as a row of a night is. */
function verdictOn(file: string): Verdict {
  return {
    file,
    type: "arc",
    probability: 0.9812,
    reason: null,
    pixels: {
      type: "arc",
      probability: 0.9812,
      probabilities: {
        ...{ bias: 0.0012, dark: 0.0011, arc: 0.9812 },
        ...{ flat: 0.0101, standard: 0.0033, science: 0.0031 },
      },
      votes: { arc: 4 },
      ood: 0.0123,
    },
    hdus: [0],
    header: { type: "arc", evidence: "OBSTYPE=ARC" },
    agreement: "agree",
    log: {
      ...{ instrument: "kast-blue", night: "2016-08-27" },
      ...{ start: "2016-08-27T03:14:15.926Z", mjd: 57627.134907, exposure: 30 },
      ...{ target: "HeHgCd", ra: 278.1234, dec: 38.7654, airmass: 1.234 },
      configuration: {
        dispname: "600/4310",
        dichroic: "d55",
        decker: "0.5 arcsec",
      },
    },
    model: "spit-compact@0.3.0",
    error: null,
  };
}

async function main(): Promise<void> {
  const program = new Command("measure_archive.ts")
    .option("--frames <number>", "frames of the list", Number, 1_000_000)
    .option("--step <name>")
    .option("--folder <path>")
    .parse(Deno.args, { from: "user" });
  const { frames, step, folder } = program.opts();
  if (step !== undefined) {
    const start = performance.now();
    const said = await STEPS[step as keyof typeof STEPS](folder, frames);
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${step.padEnd(6)} ${seconds.toFixed(1).padStart(7)} s ${
        (peakBytes() / 1e6).toFixed(0).padStart(6)
      } MB  ${said}`,
    );
    return;
  }
  const scratch = await Deno.makeTempDir({ prefix: "spit-archive-" });
  try {
    await Deno.mkdir(`${scratch}/rows`);
    for (const step of Object.keys(STEPS)) {
      const given = ["--step", step, "--folder", scratch];
      const { success } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", import.meta.url, ...given, "--frames", `${frames}`],
        stdout: "inherit",
        stderr: "inherit",
      }).spawn().status;
      if (!success) throw new Error(`${step} failed`);
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Largest resident memory of this process so far; Linux tells. */
function peakBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN);
}

if (import.meta.main) await main();
