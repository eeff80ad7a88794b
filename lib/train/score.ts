/**
 * Verdicts against labels, under the paper's final scheme (section 4.2).
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import type { LabelledFrame } from "./manifest.ts";
import { wilson } from "./wilson.ts";

/** A labelled frame and what was said of it. */
export interface Judged {
  /** The label. */
  readonly frame: LabelledFrame;
  /** What the network said. */
  readonly verdict: Verdict;
}

/** How many of some frames were right, wrong, unknown, or could not be read. */
export interface Tally {
  /** Frames counted. */
  readonly n: number;
  /** The type is the label. */
  readonly right: number;
  /** A type, but another. */
  readonly wrong: number;
  /** The views disagree. */
  readonly unknown: number;
  /** Rows with an error. */
  readonly errors: number;
  /** Wilson's 95 % interval of `right / n`, 0 to 1. */
  readonly interval: readonly [number, number];
}

/** Everything that an evaluation tells. */
export interface Score {
  /** All frames that have a type. */
  readonly all: Tally;
  /** The same, with standard and science counted as one type. */
  readonly skyAsOne: Tally;
  /** By label, in the order of FRAME_TYPES; types without a frame are left out. */
  readonly byType: ReadonlyMap<string, Tally>;
  /** By instrument, in order of name. */
  readonly byInstrument: ReadonlyMap<string, Tally>;
  /** Mean over instruments of the share that is right, 0 to 1. */
  readonly macro: number;
  /** Frames labelled `other`: `right` counts those that got no type. */
  readonly other: Tally;
  /** Frames that have a type and did not get it. */
  readonly failures: readonly Judged[];
}

type Outcome = "right" | "wrong" | "unknown" | "errors";

/**
 * Scores verdicts against labels.
 *
 * @param judged At least one frame with a type, else every share is 0 of 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { score } from "./score.ts";
 *
 * assertEquals(score([]).all.interval, [0, 1]);
 * ```
 */
export function score(judged: readonly Judged[]): Score {
  const typed = judged.filter(({ frame }) => frame.label !== "other");
  const byInstrument = groupTallies(typed, ({ frame }) => frame.instrument);
  const labels = groupTallies(typed, ({ frame }) => frame.label);
  const shares = [...byInstrument.values()].map(({ right, n }) => right / n);
  return {
    all: tally(typed, outcome),
    skyAsOne: tally(typed, skyOutcome),
    byType: new Map(FRAME_TYPES.flatMap((type) => {
      const one = labels.get(type);
      return one ? [[type, one]] : [];
    })),
    byInstrument: new Map([...byInstrument].sort(([a], [b]) => a < b ? -1 : 1)),
    macro: shares.reduce((sum, share) => sum + share, 0) /
      Math.max(1, shares.length),
    other: tally(
      judged.filter(({ frame }) => frame.label === "other"),
      otherOutcome,
    ),
    failures: typed.filter((one) => outcome(one) !== "right"),
  };
}

function outcome({ frame, verdict }: Judged): Outcome {
  if (verdict.type === null) return "errors";
  if (verdict.type === "unknown") return "unknown";
  return verdict.type === frame.label ? "right" : "wrong";
}

function skyOutcome(one: Judged): Outcome {
  const onSky = (type: string | null) =>
    type === "standard" || type === "science";
  const bothOnSky = onSky(one.frame.label) && onSky(one.verdict.type);
  return bothOnSky ? "right" : outcome(one);
}

function otherOutcome({ verdict }: Judged): Outcome {
  if (verdict.type === null) return "errors";
  return verdict.type === "unknown" ? "right" : "wrong";
}

function groupTallies(
  judged: readonly Judged[],
  key: (one: Judged) => string | FrameType,
): Map<string, Tally> {
  return new Map(
    [...Map.groupBy(judged, key)].map((
      [name, group],
    ) => [name, tally(group, outcome)]),
  );
}

function tally(
  judged: readonly Judged[],
  outcomeOf: (one: Judged) => Outcome,
): Tally {
  const counts: Record<Outcome, number> = {
    right: 0,
    wrong: 0,
    unknown: 0,
    errors: 0,
  };
  for (const one of judged) counts[outcomeOf(one)]++;
  return {
    n: judged.length,
    ...counts,
    interval: wilson(counts.right, judged.length),
  };
}
