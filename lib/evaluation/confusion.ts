/**
 * Confusion matrices, plain and differential.
 *
 * @module
 */
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";

/** What a frame, or a flip of one, can be called. */
export const CALLED = [...FRAME_TYPES, "unknown", "error"] as const;

/** One of {@linkcode CALLED}. */
export type Called = typeof CALLED[number];

/** Labels against what was said. */
export interface Confusion {
  /** Labels of the rows: the types of which there is a frame, in the order of FRAME_TYPES. */
  readonly labels: readonly FrameType[];
  /** What the columns were called: all types, `unknown`, `error`. */
  readonly called: readonly Called[];
  /** Counts, a row for each label. */
  readonly counts: readonly (readonly number[])[];
  /** Each row over its sum, 0 to 1: every label weighs the same. */
  readonly shares: readonly (readonly number[])[];
  /**
   * The differential confusion matrix, -1 to 1: `shares` less the identity.
   *
   * A perfect typer's is zero everywhere; what shows is what went wrong. On the
   * diagonal stands the share that a label lost, as a negative number, and right
   * and left of it where that went: each row's sum is zero. The paper (§4)
   * shows its results so, to keep errors of a percent from drowning beside a
   * diagonal of nearly one; it gives no formula, and this one is what we take
   * it to be.
   */
  readonly differential: readonly (readonly number[])[];
}

/** One entry: a label, what it was called, how often. */
export interface Entry {
  /** The label. */
  readonly label: FrameType;
  /** What was said. */
  readonly called: Called;
  /** How often. */
  readonly count: number;
}

/**
 * Adds up entries.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { confusionOf } from "./confusion.ts";
 *
 * const { labels, differential } = confusionOf([
 *   { label: "arc", called: "arc", count: 3 },
 *   { label: "arc", called: "flat", count: 1 },
 * ]);
 * assertEquals(labels, ["arc"]);
 * //                            bias dark  arc   flat  std sci unknown error
 * assertEquals(differential, [[0, 0, -0.25, 0.25, 0, 0, 0, 0]]);
 * ```
 */
export function confusionOf(entries: Iterable<Entry>): Confusion {
  const all = FRAME_TYPES.map(() => CALLED.map(() => 0));
  for (const { label, called, count } of entries) {
    const row = all[FRAME_TYPES.indexOf(label)]!;
    const column = CALLED.indexOf(called);
    row[column] = row[column]! + count;
  }
  const present = FRAME_TYPES.map((label, k) => ({ label, row: all[k]! }))
    .map(({ label, row }) => ({ label, row, sum: row.reduce((a, b) => a + b) }))
    .filter(({ sum }) => sum > 0);
  const shares = present.map(({ row, sum }) => row.map((count) => count / sum));
  return {
    labels: present.map(({ label }) => label),
    called: CALLED,
    counts: present.map(({ row }) => row),
    shares,
    differential: present.map(({ label }, k) =>
      shares[k]!.map((share, column) =>
        CALLED[column] === label ? share - 1 : share
      )
    ),
  };
}
