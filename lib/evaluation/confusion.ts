import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import type { Prediction } from "./predictions.ts";
import {
  averageProportions,
  computeProportion,
  type MeanProportion,
} from "./proportion.ts";

/** What a frame, or a flip of one, can be called: the columns of the matrix. */
const PREDICTED = [...FRAME_TYPES, "unknown", "error"] as const;

export type Predicted = typeof PREDICTED[number];

export interface Confusion {
  /** Labels of the rows: the types that occur, in the order of FRAME_TYPES. */
  readonly labels: readonly FrameType[];
  readonly predicted: readonly Predicted[];
  /** Counts, a row for each label. */
  readonly counts: readonly (readonly number[])[];
  /** Each row divided by its sum, 0 to 1. */
  readonly fractions: readonly (readonly number[])[];
  /**
   * The differential confusion matrix, -1 to 1: `fractions` minus the identity.
   *
   * It is zero everywhere for a perfect classifier. The diagonal is the fraction of a
   * label that was lost, as a negative number; the rest of the row shows what it was
   * called instead. The paper (§4) plots its results this way so that errors of a
   * percent stay visible. It gives no formula; this one is our reading.
   */
  readonly differential: readonly (readonly number[])[];
}

export interface ConfusionEntry {
  readonly label: FrameType;
  readonly predicted: Predicted;
  readonly count: number;
}

/**
 * Adds up entries to a confusion matrix.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { computeConfusion } from "./confusion.ts";
 *
 * const { labels, differential } = computeConfusion([
 *   { label: "arc", predicted: "arc", count: 3 },
 *   { label: "arc", predicted: "flat", count: 1 },
 * ]);
 * assertEquals(labels, ["arc"]);
 * //                            bias dark  arc   flat  std sci unknown error
 * assertEquals(differential, [[0, 0, -0.25, 0.25, 0, 0, 0, 0]]);
 * ```
 */
export function computeConfusion(entries: Iterable<ConfusionEntry>): Confusion {
  const byLabel = Map.groupBy(entries, ({ label }) => label);
  const rows = FRAME_TYPES.map((label) => {
    const counts = PREDICTED.map(() => 0);
    for (const { predicted, count } of byLabel.get(label) ?? []) {
      counts[PREDICTED.indexOf(predicted)]! += count;
    }
    return { label, counts };
  }).filter(({ counts }) => sum(counts) > 0);
  const fractions = rows.map(({ counts }) =>
    counts.map((count) => count / sum(counts))
  );
  return {
    labels: rows.map(({ label }) => label),
    predicted: PREDICTED,
    counts: rows.map(({ counts }) => counts),
    fractions,
    differential: rows.map(({ label }, k) =>
      fractions[k]!.map((fraction, column) =>
        PREDICTED[column] === label ? fraction - 1 : fraction
      )
    ),
  };
}

/** A score under one of the paper's protocols. */
export interface Protocol {
  /** Accuracy as a mean over types with equal weights; its `n` is frames. */
  readonly normalisedAccuracy: MeanProportion;
  /** Accuracy over everything counted, 0 to 1; `null` when nothing was. */
  readonly accuracy: number | null;
  /** Flips or frames counted. */
  readonly n: number;
  readonly confusion: Confusion;
}

/**
 * Computes the normalised accuracy of the flips: every flip counts as one input image,
 * with the type that the network finds likeliest, and every type weighs the same
 * (Jankov & Prochaska 2018, §4.1; 98.7 % on the paper's test nights).
 *
 * A file that could not be read counts as four flips with an error. The flips of a
 * frame are not independent trials: the interval is that of the frames.
 */
export function computeFlipProtocol(
  predictions: readonly Prediction[],
): Protocol {
  return computeProtocol(predictions, ({ verdict }) => {
    const votes = Object.entries(verdict.pixels?.votes ?? {});
    return votes.length === 0 ? [["error", 4]] : votes as [FrameType, number][];
  });
}

/**
 * Computes the accuracy of the paper's final scheme: a frame gets the type on which
 * the super-majority of its flips agree, and none otherwise (§4.2; 98.2 % on the
 * paper's test nights). The pixel verdict is scored, with the further thresholds of the
 * model card.
 */
export function computeFrameProtocol(
  predictions: readonly Prediction[],
): Protocol {
  return computeProtocol(
    predictions,
    ({ verdict }) => [[verdict.pixels?.type ?? "error", 1]],
  );
}

function computeProtocol(
  predictions: readonly Prediction[],
  count: (prediction: Prediction) => readonly (readonly [Predicted, number])[],
): Protocol {
  const byLabel = Map.groupBy(predictions, ({ frame }) => frame.label);
  const confusion = computeConfusion(
    FRAME_TYPES.flatMap((label) =>
      (byLabel.get(label) ?? []).flatMap(count)
        .map(([predicted, n]) => ({ label, predicted, count: n }))
    ),
  );
  const { labels, fractions, counts, predicted } = confusion;
  const diagonal = labels.map((label) => predicted.indexOf(label));
  const n = sum(counts.flat());
  const correct = sum(counts.map((row, k) => row[diagonal[k]!]!));
  return {
    normalisedAccuracy: averageProportions(labels.map((label, k) => {
      const { length } = byLabel.get(label)!;
      return computeProportion(fractions[k]![diagonal[k]!]! * length, length);
    })),
    accuracy: n === 0 ? null : correct / n,
    n,
    confusion,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
