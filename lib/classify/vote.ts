/**
 * The vote of the views.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";

/** What the views say together. */
export interface Tally {
  /** The type that won, or `unknown`. */
  readonly type: FrameType | "unknown";
  /** Mean probability, over views, of the winning type; for `unknown`, of the likeliest. */
  readonly confidence: number;
  /** Votes of each type that got any, in the order of the classes. */
  readonly votes: Partial<Record<FrameType, number>>;
  /** Mean probability of each class over the views. */
  readonly probabilities: Partial<Record<FrameType, number>>;
}

/** When a vote makes a type. Both are in the model card. */
export interface VoteRule {
  /** Share of the votes that a type needs, above 1/2: so there are no ties. */
  readonly majority: number;
  /** Confidence below which the type is `unknown` all the same. */
  readonly confidence: number;
}

/**
 * Counts the votes. Each view votes for its likeliest type; a type with the
 * majority (3/4 in the paper) wins, else the frame is `unknown`.
 *
 * Source: Jankov & Prochaska 2018, §4.2, there with four views; here all views
 * of all image HDUs vote together, and the majority is a share of them.
 *
 * @param probabilities `views * classes` values from 0 to 1, view after view.
 * @param classes The types, in the order of the values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { vote } from "./vote.ts";
 *
 * const views = new Float32Array([0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.4, 0.6]);
 * const tally = vote(views, ["arc", "flat"], { majority: 0.75, confidence: 0 });
 * assertEquals(tally.type, "arc");
 * assertEquals(tally.votes, { arc: 3, flat: 1 });
 * ```
 */
export function vote(
  probabilities: Float32Array,
  classes: readonly FrameType[],
  { majority, confidence: least }: VoteRule,
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

  const winner = largest(counts);
  const won = counts[winner]! >= majority * count && means[winner]! >= least;
  return {
    type: won ? classes[winner]! : "unknown",
    confidence: won ? means[winner]! : Math.max(...means),
    votes: record(classes, counts, (votes) => votes > 0),
    probabilities: record(classes, means, () => true),
  };
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
