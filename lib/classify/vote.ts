/**
 * The vote of the views.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import type { ModelCard } from "../model/card.ts";
import type { NetworkOutput } from "../model/open_model.ts";

/**
 * Why a frame is `unknown`, in the order of the tests: the first that holds is
 * the one given.
 *
 * - `unlike any spectral frame`: the network finds it stranger than its card
 *   allows, as an image of the sky, a blank read-out, or noise.
 * - `views disagree`: no type has its share of the votes. The paper's rule.
 * - `low confidence`: a type has, but the network is less sure of it than its
 *   card asks.
 */
export const REASONS = [
  "unlike any spectral frame",
  "views disagree",
  "low confidence",
] as const;

/** Why a frame is `unknown`; see {@linkcode REASONS}. */
export type Reason = typeof REASONS[number];

/** What the views say together. */
export interface Tally {
  /** The type that won, or `unknown`. */
  readonly type: FrameType | "unknown";
  /** Mean probability, over views, of the winning type; for `unknown`, of the likeliest. */
  readonly confidence: number;
  /** Why the type is `unknown`; `null` when it is not. */
  readonly reason: Reason | null;
  /** Votes of each type that got any, in the order of the classes. */
  readonly votes: Partial<Record<FrameType, number>>;
  /** Mean probability of each class over the views. */
  readonly probabilities: Partial<Record<FrameType, number>>;
  /** How surely this is no spectral frame, mean over views, 0 to 1; `null` from a network that does not say. */
  readonly strangeness: number | null;
}

/** When a vote makes a type: what the model card says of it. */
export type VoteRule = Pick<ModelCard, "classes" | "vote" | "thresholds">;

/**
 * Counts the votes. Each view votes for its likeliest type; a type with the
 * majority (3/4 in the paper) wins, else the frame is `unknown`. So it is, too,
 * when it is stranger, or the type less sure, than the card allows.
 *
 * Source: Jankov & Prochaska 2018, §4.2, there with four views; here all views
 * of all image HDUs vote together, and the majority is a share of them.
 *
 * @param views What the network says of each view, calibrated.
 * @param rule The types in the order of the probabilities, the majority, the thresholds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { vote } from "./vote.ts";
 *
 * const probabilities = new Float32Array([0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.4, 0.6]);
 * const rule = {
 *   classes: ["arc", "flat"],
 *   vote: { views: 4, majority: 0.75 },
 *   thresholds: { confidence: 0, strangeness: 0.5 },
 * } as const;
 *
 * const tally = vote({ probabilities, strangeness: null }, rule);
 * assertEquals(tally.type, "arc");
 * assertEquals(tally.votes, { arc: 3, flat: 1 });
 *
 * const strangeness = new Float32Array([0.75, 0.75, 0.75, 0.5]);
 * const strange = vote({ probabilities, strangeness }, rule);
 * assertEquals(
 *   [strange.type, strange.reason, strange.strangeness],
 *   ["unknown", "unlike any spectral frame", 0.6875],
 * );
 * ```
 */
export function vote(
  { probabilities, strangeness: strangenesses }: NetworkOutput,
  { classes, vote: { majority }, thresholds }: VoteRule,
): Tally {
  const width = classes.length;
  const count = probabilities.length / width;
  const counts = new Array<number>(width).fill(0);
  const sums = new Array<number>(width).fill(0);
  for (let view = 0; view < count; view++) {
    const row = probabilities.subarray(view * width, (view + 1) * width);
    const winner = largest(row);
    counts[winner] = counts[winner]! + 1;
    for (let k = 0; k < width; k++) sums[k] = sums[k]! + row[k]!;
  }
  const means = sums.map((sum) => sum / count);
  const strangeness = strangenesses === null ? null : mean(strangenesses);

  const winner = largest(counts);
  const reason = reasonOf(
    strangeness !== null && strangeness > (thresholds.strangeness ?? 1),
    counts[winner]! < majority * count,
    means[winner]! < thresholds.confidence,
  );
  return {
    type: reason === null ? classes[winner]! : "unknown",
    confidence: reason === null ? means[winner]! : Math.max(...means),
    reason,
    votes: record(classes, counts, (votes) => votes > 0),
    probabilities: record(classes, means, () => true),
    strangeness,
  };
}

/** The first of the reasons that holds. */
function reasonOf(...holds: readonly boolean[]): Reason | null {
  return REASONS[holds.indexOf(true)] ?? null;
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Index of the largest value; of equal ones the first. */
function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) {
    if (values[k]! > values[best]!) best = k;
  }
  return best;
}

function record(
  classes: readonly FrameType[],
  values: readonly number[],
  keep: (value: number) => boolean,
): Partial<Record<FrameType, number>> {
  return Object.fromEntries(
    classes.map((type, k) => [type, values[k]!] as const)
      .filter(([, value]) => keep(value)),
  );
}
