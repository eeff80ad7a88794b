/**
 * What 10⁶, 10⁸ and 10¹⁰ frames cost, and what holds a farm of workers up: the
 * tables of docs/scale.md. Costs are products of what was measured; how a farm
 * behaves is simulated (`scale/queue.ts`).
 *
 *     deno run scripts/scale.ts
 */
import { type Farm, type Outcome, simulateFarm } from "./scale/queue.ts";

/** A kind of frame. */
interface Kind {
  readonly name: string;
  /** Bytes of a `.fits.gz`. */
  readonly bytes: number;
  /** Seconds of a core. */
  readonly seconds: number;
}

/** Both of docs/benchmarks.md: 105 MB and CPU ms a frame of a night; 132 ms, and the size of that file. */
const KINDS: readonly Kind[] = [
  { name: "Kast, 0.6 to 2.5 megapixels", bytes: 0.53e6, seconds: 0.008 },
  { name: "4096 × 4096", bytes: 13.4e6, seconds: 0.132 },
];

/** Of `measure_archive.ts`. */
const ROW_BYTES = 672;
/**
 * Seconds of a slot from one task to its first row: 0.3 of ours
 * (docs/benchmarks.md), 2.4 of Slurm's (docs/scale.md).
 */
const START = 2.7;

/** Bytes a second, of all and of one: assumed, since ours are not yours. */
const DISKS = [
  { name: "a group's file server", disk: 1e9, link: 1e9 },
  { name: "a centre's parallel file system", disk: 100e9, link: 1e9 },
];

/** How frames are given out. Batches a second: assumed for Slurm, see docs/scale.md. */
const ENGINES = [
  { name: "Slurm, 500 a task", batch: 500, start: START, dispatch: 50 },
  { name: "Slurm, 50,000 a task", batch: 50_000, start: START, dispatch: 50 },
  { name: "NATS, 1 a message", batch: 1, start: 0, dispatch: 10_000 },
];

const FARM = {
  spread: 0.5,
  // Once in a thousand hours of a core.
  deaths: 1e-3,
  redelivery: 60,
  restart: 60,
  keeps: true,
};

function main(): void {
  costs();
  for (const { name, bytes, seconds } of KINDS) {
    for (const { name: where, disk, link } of DISKS) {
      console.log(`\n${name}; ${where}, ${gigabytes(disk)}/s`);
      const header = ["", "workers", "frames/s"];
      const shares = ["computing", "disk", "queue", "tail", "held up by"];
      const rows = [[...header, ...shares]];
      for (const { name: engine, batch, start, dispatch } of ENGINES) {
        for (const workers of [10, 100, 1000, 10_000]) {
          // Ten batches a worker, and no less than a second of all of them.
          const frames = Math.max(workers * batch * 10, workers / seconds);
          const given = { workers, frames, batch, bytes, seconds, start };
          const farm: Farm = { ...FARM, ...given, dispatch, disk, link };
          rows.push([engine, ...outcomeCells(farm, simulateFarm(farm))]);
        }
      }
      print(rows);
    }
  }
}

function costs(): void {
  const header = ["", "frames", "core-hours", "read", "rows"];
  const rows = KINDS.flatMap(({ name, bytes, seconds }) =>
    [1e6, 1e8, 1e10].map((frames) => [
      name,
      frames.toExponential(0),
      Math.round(frames * seconds / 3600).toLocaleString("en"),
      gigabytes(frames * bytes),
      gigabytes(frames * ROW_BYTES),
    ])
  );
  print([header, ...rows]);
}

function outcomeCells({ workers }: Farm, outcome: Outcome): string[] {
  const { rate, computing, reading, dispatching, tail } = outcome;
  return [
    workers.toLocaleString("en"),
    Math.round(rate).toLocaleString("en"),
    ...[computing, reading, dispatching, tail].map(percent),
    heldUpBy(outcome),
  ];
}

function heldUpBy(
  { computing, reading, dispatching, tail }: Outcome,
): string {
  const shares = { cores: computing, disk: reading, queue: dispatching, tail };
  return Object.entries(shares).reduce((one, other) =>
    other[1] > one[1] ? other : one
  )[0];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function gigabytes(bytes: number): string {
  const [size, unit] = bytes >= 1e15
    ? [bytes / 1e15, "PB"]
    : bytes >= 1e12
    ? [bytes / 1e12, "TB"]
    : [bytes / 1e9, "GB"];
  return `${size < 10 ? size.toFixed(1) : size.toFixed(0)} ${unit}`;
}

function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, k) =>
    Math.max(...rows.map((row) => row[k]!.length))
  );
  for (const row of rows) {
    const cells = row.map((cell, k) =>
      k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)
    );
    console.log(cells.join("  ").trimEnd());
  }
}

if (import.meta.main) main();
