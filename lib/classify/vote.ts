import type { FrameType } from "../frame_type.ts";
import { FLIPS } from "../preprocess/flips.ts";
import type { FrameStatistics } from "../preprocess/statistics.ts";
import type { Damage } from "./damage.ts";
import type { HduVerdict } from "./hdus.ts";
import type { ModelCard } from "../model/model_card.ts";
import type { ModelOutput } from "../model/open_model.ts";

/**
 * Why the pixel verdict is `unknown`. The tests run in this order; the first that fails
 * gives the reason.
 *
 * - `out_of_distribution`: the out-of-distribution score exceeds the threshold
 *   of the model card, as for an image of the sky, a blank readout, or noise.
 * - `flips_disagree`: no type has the required majority of the votes. This is the
 *   paper's rule.
 * - `low_probability`: the type with the majority is less probable than the
 *   threshold of the model card.
 */
export const PIXEL_REASONS: readonly PixelReason[] = [
  "out_of_distribution",
  "flips_disagree",
  "low_probability",
];

/** Why the pixel verdict is `unknown`. */
export type PixelReason =
  | "out_of_distribution"
  | "flips_disagree"
  | "low_probability";

/** What the pixels alone say, from the votes of all flips of all image HDUs. */
export interface PixelVerdict {
  /** The type that won, or `unknown`. */
  readonly type: FrameType | "unknown";
  /**
   * Mean probability, over flips and agreeing HDUs, of the winning type; for `unknown`, of
   * the likeliest.
   */
  readonly probability: number;
  /** Mean probability of each class over the flips and the agreeing HDUs. */
  readonly probabilities: Partial<Record<FrameType, number>>;
  /** Number of votes of each type that received any, in the order of the classes. */
  readonly votes: Partial<Record<FrameType, number>>;
  /** Out-of-distribution score, 0 to 1, mean over the flips; `null` for a network without one. */
  readonly ood: number | null;
  /** What each image HDU shows; only for a file of several. */
  readonly hdus?: readonly HduVerdict[];
  /** What is wrong with the pixels; only if anything is. */
  readonly damage?: readonly Damage[];
  /**
   * Indices of the HDUs of the last and the first read of an exposure, whose difference
   * was classified; only for a file of such reads.
   */
  readonly reads?: readonly [last: number, first: number];
  /**
   * What is compared with other frames of the same kind; means over the image HDUs. Absent
   * from the vote on one of several HDUs.
   */
  readonly statistics?: FrameStatistics;
}

/** The pixel verdict, and why its type is `unknown`. */
export interface VoteResult extends PixelVerdict {
  /** Why the type is `unknown`; `null` when it is not. */
  readonly reason: PixelReason | null;
}

/** The parts of a model card that the vote depends on. */
export type VoteRule = Pick<ModelCard, "classes" | "vote" | "thresholds">;

/**
 * Softens (T > 1) or sharpens (T < 1) probabilities to p^(1/T), normalised to a sum of
 * 1 for each flip. This equals softmax(logits / T), since the logits are ln p up to a
 * constant. The order of the classes does not change, and so no vote does.
 *
 * Source: Guo, Pleiss, Sun & Weinberger 2017 (arXiv:1706.04599), §4.2.
 *
 * @param probabilities `flips * classes` values from 0 to 1, flip after flip.
 * @param temperature T, above 0.
 * @returns A new array of the same shape.
 */
export function calibrate(
  probabilities: Float32Array,
  classes: number,
  temperature: number,
): Float32Array {
  const calibrated = new Float32Array(probabilities.length);
  for (let start = 0; start < probabilities.length; start += classes) {
    const flip = probabilities.subarray(start, start + classes);
    // Relative to the largest: a small T would underflow all powers to zero.
    const largest = flip.reduce((a, b) => Math.max(a, b), 0);
    const powers = Array.from(flip, (p) => (p / largest) ** (1 / temperature));
    const sum = powers.reduce((a, b) => a + b, 0);
    powers.forEach((power, k) => calibrated[start + k] = power / sum);
  }
  return calibrated;
}

/**
 * Counts the votes. Each flip votes for its most probable type. A type with the
 * majority of the votes (3/4 in the paper) wins; otherwise the frame is `unknown`. It is
 * also `unknown` when the out-of-distribution score is above the threshold of the model
 * card, or the probability of the winning type is below its threshold.
 *
 * Source: Jankov & Prochaska 2018, §4.2, for four flips. `combineHdus` combines the votes
 * of several image HDUs.
 *
 * @param output The output for each flip of one image, calibrated.
 * @param rule The classes in the order of the probabilities, the majority, the thresholds.
 */
export function vote(
  { probabilities, ood: oodScores }: ModelOutput,
  rule: VoteRule,
): VoteResult {
  const { classes } = rule;
  const width = classes.length;
  const count = probabilities.length / width;
  const counts = new Array<number>(width).fill(0);
  const sums = new Array<number>(width).fill(0);
  for (let flip = 0; flip < count; flip++) {
    const row = probabilities.subarray(flip * width, (flip + 1) * width);
    const winner = indexOfLargest(row);
    counts[winner] = counts[winner]! + 1;
    for (let k = 0; k < width; k++) sums[k] = sums[k]! + row[k]!;
  }
  const means = sums.map((sum) => sum / count);
  const averages = {
    probabilities: toRecord(classes, means, () => true),
    ood: oodScores === null ? null : mean(oodScores),
  };
  const winner = indexOfLargest(counts);
  return {
    ...decideType(classes[winner]!, counts[winner]! / count, averages, rule),
    probabilities: averages.probabilities,
    votes: toRecord(classes, counts, (votes) => votes > 0),
    ood: averages.ood,
  };
}

/**
 * Decides the type by the tests of {@linkcode PIXEL_REASONS}.
 *
 * @param candidate The type that the votes are for.
 * @param share Its share of the votes, or that of its kind of light, 0 to 1.
 */
export function decideType(
  candidate: FrameType,
  share: number,
  { probabilities, ood }: Pick<VoteResult, "probabilities" | "ood">,
  { vote: { majority }, thresholds }: VoteRule,
): Pick<VoteResult, "type" | "probability" | "reason"> {
  const probability = probabilities[candidate]!;
  const failed = [
    ood !== null && ood > (thresholds.ood ?? 1),
    share < majority,
    probability < thresholds.probability,
  ];
  const reason = PIXEL_REASONS[failed.indexOf(true)] ?? null;
  return reason === null ? { type: candidate, probability, reason } : {
    type: "unknown",
    probability: Math.max(...Object.values(probabilities)),
    reason,
  };
}

/** Returns the output for the flips of one of several HDUs, by its position. */
export function sliceOutput(
  { probabilities, ood }: ModelOutput,
  position: number,
  classes: number,
): ModelOutput {
  const [start, end] = [position * FLIPS, (position + 1) * FLIPS];
  return {
    probabilities: probabilities.subarray(start * classes, end * classes),
    ood: ood && ood.subarray(start, end),
  };
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Returns the index of the largest value, the first of equal ones. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) {
    if (values[k]! > values[best]!) best = k;
  }
  return best;
}

function toRecord(
  classes: readonly FrameType[],
  values: readonly number[],
  keep: (value: number) => boolean,
): Partial<Record<FrameType, number>> {
  return Object.fromEntries(
    classes.map((type, k) => [type, values[k]!] as const)
      .filter(([, value]) => keep(value)),
  );
}
