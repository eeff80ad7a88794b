/**
 * The two ways in which the paper scores itself.
 *
 * @module
 */
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import { type Called, type Confusion, confusionOf } from "./confusion.ts";
import type { Judged } from "./judged.ts";
import { type MeanShare, meanShare, shareOf } from "./share.ts";

/** A score under one protocol. */
export interface Protocol {
  /** Share that is right, as a mean over types that weigh the same; its `n` is frames. */
  readonly normalised: MeanShare;
  /** Share of all that is right, 0 to 1; `null` of none. */
  readonly accuracy: number | null;
  /** Flips or frames counted. */
  readonly counted: number;
  /** Labels against what was said. */
  readonly confusion: Confusion;
}

/**
 * Normalised accuracy of the flips: every flip counts as one input image, with the
 * type that the network finds likeliest, and every type weighs the same
 * (Jankov & Prochaska 2018, §4.1; 98.7 % on the paper's test nights).
 *
 * A file that could not be read counts as four flips of error. The flips of a
 * frame are no independent trials: the interval is that of as many frames.
 *
 * @param judged Frames that have a type.
 */
export function flipProtocol(judged: readonly Judged[]): Protocol {
  return protocolOf(judged, ({ verdict }) => {
    const votes = Object.entries(verdict.pixels?.votes ?? {}) as [
      FrameType,
      number,
    ][];
    return verdict.type === null || votes.length === 0 ? [["error", 4]] : votes;
  });
}

/**
 * The final scheme: a frame gets the type on which the super-majority of its
 * flips agree, and none otherwise (§4.2; 98.2 % on the paper's test nights).
 * Thresholds of the model card beyond that rule count: it is the verdict that
 * is scored.
 *
 * @param judged Frames that have a type.
 */
export function frameProtocol(judged: readonly Judged[]): Protocol {
  return protocolOf(judged, ({ verdict }) => [[verdict.type ?? "error", 1]]);
}

function protocolOf(
  judged: readonly Judged[],
  callsOf: (one: Judged) => readonly (readonly [Called, number])[],
): Protocol {
  const typed = judged.flatMap((one) =>
    one.frame.label === "other" ? [] : [{ one, label: one.frame.label }]
  );
  const confusion = confusionOf(
    typed.flatMap(({ one, label }) =>
      callsOf(one).map(([called, count]) => ({ label, called, count }))
    ),
  );
  const { labels, shares, counts, called } = confusion;
  const frames = FRAME_TYPES.map((type) =>
    typed.filter(({ label }) => label === type).length
  );
  const diagonal = labels.map((label) => called.indexOf(label));
  const counted = counts.flat().reduce((a, b) => a + b, 0);
  const right = counts.reduce((sum, row, k) => sum + row[diagonal[k]!]!, 0);
  return {
    normalised: meanShare(labels.map((label, k) => {
      const n = frames[FRAME_TYPES.indexOf(label)]!;
      return shareOf(shares[k]![diagonal[k]!]! * n, n);
    })),
    accuracy: counted === 0 ? null : right / counted,
    counted,
    confusion,
  };
}
