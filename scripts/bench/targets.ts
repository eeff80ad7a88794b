/**
 * The targets, each with what was measured.
 *
 * @module
 */
import { BOTH, floorName, INFERENCE } from "./floor.ts";
import { INFLATE_MS, MS, squareName } from "./in_process.ts";
import { SIDES } from "./large_frames.ts";
import { type Quantity, ratioIn, type Rounds, spreadIn } from "./rounds.ts";
import { FIRST, PEAK, RATE, WARM, WHOLE } from "./run_child.ts";
import { fitLine, type Line, type Spread } from "./summary.ts";
import { countName, SECONDS } from "./whole.ts";

/** What a figure must be: a number that it has to reach, or not to pass. */
export interface Bound {
  /** Which side is right. */
  readonly side: "at least" | "at most";
  /** Where it ends. */
  readonly value: number;
  /** Behind the number: `×`, `s`, `MB`. */
  readonly unit: string;
}

/** A target, or a figure that stands beside one and has none. */
export interface Target {
  /** What is compared. */
  readonly what: string;
  /** `null` for a figure beside. */
  readonly bound: Bound | null;
  /** Median and quartiles; `null` when it was not measured. */
  readonly measured: Spread | null;
  /** The line, where it is one that is asked for; `measured` is its R² then. */
  readonly line?: Line;
}

/** Whether a target is met by the median; `null` without a figure or a bound. */
export function isMet({ bound, measured }: Target): boolean | null {
  if (bound === null || measured === null) return null;
  return bound.side === "at least"
    ? measured.median >= bound.value
    : measured.median <= bound.value;
}

/** Frames of the runs whose time and memory is compared. */
export interface Counts {
  /** For the line of time against frames. */
  readonly line: readonly number[];
  /** Few and many, for the peak memory; `null` where that was not asked for. */
  readonly memory: readonly [few: number, many: number] | null;
}

/** Time that grows with frames or pixels is on a line when R² is at least this. */
const STRAIGHT = 0.99;

const TYPED = "spit-compact, 2 workers";
const ALONE = "spit-compact, 1 worker";
const MAIN = "spit-compact, no worker";
const PAPER = "spit-paper, 2 workers";

const atLeast = (value: number, unit = "×"): Bound => ({
  side: "at least",
  value,
  unit,
});
const atMost = (value: number, unit = "×"): Bound => ({
  side: "at most",
  value,
  unit,
});

/** All of them, in the order of the issue that set them. */
export function targetsOf(rounds: Rounds, counts: Counts): Target[] {
  const ratio = (above: Quantity, below: Quantity) =>
    ratioIn(rounds, above, below);
  const floor2 = floorName("spit-compact", 2);
  const floor1 = floorName("spit-compact", 1);
  const most = counts.memory?.[1];
  return [
    {
      what: "frames/s, warm, against the Python peer",
      bound: atLeast(3),
      measured: ratio([TYPED, WARM], ["Python peer, 2 workers", WARM]),
    },
    {
      what: "frames/s, warm, against the original's way",
      bound: atLeast(20),
      measured: ratio([TYPED, WARM], ["the original's way", WARM]),
    },
    {
      what: "whole time against the floor, 2 workers",
      bound: atMost(1.5),
      measured: ratio([TYPED, WHOLE], [floor2, BOTH]),
    },
    {
      what: "… without the start",
      bound: null,
      measured: ratio([floor2, RATE], [TYPED, WARM]),
    },
    {
      what: "… without the start, one thread",
      bound: null,
      measured: ratio([floor1, RATE], [MAIN, WARM]),
    },
    {
      what: "spit-paper: whole time against session.run alone",
      bound: atMost(1.1),
      measured: ratio([PAPER, WHOLE], [floorName("spit-paper", 1), INFERENCE]),
    },
    {
      what: "first verdict",
      bound: atMost(0.5, "s"),
      measured: spreadIn(rounds, [TYPED, FIRST]),
    },
    {
      what: "first verdict against the Python peer's",
      bound: atMost(1 / 8),
      measured: ratio([TYPED, FIRST], ["Python peer, 2 workers", FIRST]),
    },
    {
      what: "two workers against one, warm",
      bound: atLeast(1.8),
      measured: ratio([TYPED, WARM], [ALONE, WARM]),
    },
    {
      what: "… against none: one thread for all",
      bound: null,
      measured: ratio([TYPED, WARM], [MAIN, WARM]),
    },
    {
      what: "peak memory, 10,000 frames against 100",
      bound: atMost(1.1),
      measured: counts.memory === null ? null : ratio(
        [countName(counts.memory[1]), PEAK],
        [countName(counts.memory[0]), PEAK],
      ),
    },
    {
      what: "peak memory",
      bound: atMost(400, "MB"),
      measured:
        (most === undefined
          ? null
          : spreadIn(rounds, [countName(most), PEAK])) ??
          spreadIn(rounds, [TYPED, PEAK]),
    },
    lineTarget(
      "time against frames",
      counts.line.map((count) => [count, [countName(count), SECONDS]]),
      rounds,
    ),
    lineTarget(
      "time against pixels a frame",
      SIDES.map((side) => [side * side, [squareName(side), MS]]),
      rounds,
    ),
    {
      what: "4096 × 4096 against its inflate time",
      bound: atMost(4),
      measured: ratio([squareName(4096), MS], [squareName(4096), INFLATE_MS]),
    },
  ];
}

/** A line through the medians. */
function lineTarget(
  what: string,
  points: readonly (readonly [x: number, y: Quantity])[],
  rounds: Rounds,
): Target {
  const measured = points.flatMap(([x, y]) => {
    const spread = spreadIn(rounds, y);
    return spread === null ? [] : [[x, spread.median] as const];
  });
  const line = fitLine(measured);
  const bound: Bound = { side: "at least", value: STRAIGHT, unit: "R²" };
  if (line === null) return { what, bound, measured: null };
  const { rSquared } = line;
  return {
    what,
    bound,
    measured: { median: rSquared, lower: rSquared, upper: rSquared, runs: 1 },
    line,
  };
}
