/**
 * The vote of the flips.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import type { ModelCard } from "../model/model_card.ts";
import type { ModelOutput } from "../model/open_model.ts";

/**
 * Why a frame is `unknown`. The tests run in this order; the first that fails
 * gives the reason.
 *
 * - `out_of_distribution`: the out-of-distribution score exceeds the threshold
 *   of the model card, as for an image of the sky, a blank readout, or noise.
 * - `flips_disagree`: no type has the required majority of the votes. This is the
 *   paper's rule.
 * - `low_probability`: the type with the majority is less probable than the
 *   threshold of the model card.
 */
export const REASONS = [
  "out_of_distribution",
  "flips_disagree",
  "low_probability",
] as const;

/** Why a frame is `unknown`; see {@linkcode REASONS}. */
export type Reason = typeof REASONS[number];

/** What the pixels alone say, from the votes of all flips. */
export interface PixelVerdict {
  /** The type that won, or `unknown`. */
  readonly type: FrameType | "unknown";
  /** Mean probability, over flips, of the winning type; for `unknown`, of the likeliest. */
  readonly probability: number;
  /** Mean probability of each class over the flips. */
  readonly probabilities: Partial<Record<FrameType, number>>;
  /** Votes of each type that got any, in the order of the classes. */
  readonly votes: Partial<Record<FrameType, number>>;
  /** How surely this is no spectral frame, mean over flips, 0 to 1; `null` from a network that does not say. */
  readonly ood: number | null;
}

/** The pixel verdict, and why its type is `unknown`. */
export interface VoteResult extends PixelVerdict {
  /** Why the type is `unknown`; `null` when it is not. */
  readonly reason: Reason | null;
}

/** When a vote makes a type: what the model card says of it. */
export type VoteRule = Pick<ModelCard, "classes" | "vote" | "thresholds">;

/**
 * Counts the votes. Each flip votes for its likeliest type; a type with the
 * majority (3/4 in the paper) wins, else the frame is `unknown`. So it is, too,
 * when it is stranger, or the type less sure, than the card allows.
 *
 * Source: Jankov & Prochaska 2018, §4.2, there with four flips; here all flips
 * of all image HDUs vote together, and the majority is a share of them.
 *
 * @param flips What the network says of each flip, calibrated.
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
 *   vote: { flips: 4, majority: 0.75 },
 *   thresholds: { probability: 0, ood: 0.5 },
 * } as const;
 *
 * const tally = vote({ probabilities, ood: null }, rule);
 * assertEquals(tally.type, "arc");
 * assertEquals(tally.votes, { arc: 3, flat: 1 });
 *
 * const ood = new Float32Array([0.75, 0.75, 0.75, 0.5]);
 * const strange = vote({ probabilities, ood }, rule);
 * assertEquals(
 *   [strange.type, strange.reason, strange.ood],
 *   ["unknown", "out_of_distribution", 0.6875],
 * );
 * ```
 */
export function vote(
  { probabilities, ood: oodScores }: ModelOutput,
  { classes, vote: { majority }, thresholds }: VoteRule,
): VoteResult {
  const width = classes.length;
  const count = probabilities.length / width;
  const counts = new Array<number>(width).fill(0);
  const sums = new Array<number>(width).fill(0);
  for (let flip = 0; flip < count; flip++) {
    const row = probabilities.subarray(flip * width, (flip + 1) * width);
    const winner = largest(row);
    counts[winner] = counts[winner]! + 1;
    for (let k = 0; k < width; k++) sums[k] = sums[k]! + row[k]!;
  }
  const means = sums.map((sum) => sum / count);
  const ood = oodScores === null ? null : mean(oodScores);

  const winner = largest(counts);
  const reason = reasonOf(
    ood !== null && ood > (thresholds.ood ?? 1),
    counts[winner]! < majority * count,
    means[winner]! < thresholds.probability,
  );
  return {
    type: reason === null ? classes[winner]! : "unknown",
    probability: reason === null ? means[winner]! : Math.max(...means),
    reason,
    probabilities: record(classes, means, () => true),
    votes: record(classes, counts, (votes) => votes > 0),
    ood,
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
