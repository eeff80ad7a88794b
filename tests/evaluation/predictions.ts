import type { PixelVerdict } from "../../lib/classify/verdict.ts";
import type { LabelledFrame } from "../../lib/evaluation/manifest.ts";
import type { Prediction } from "../../lib/evaluation/predictions.ts";
import {
  makeFailedVerdict,
  makeVerdict,
  type VerdictParts,
} from "../verdicts.ts";

/** Parts of a prediction that a test sets; the rest has defaults. */
export interface PredictionParts extends
  Partial<
    Pick<LabelledFrame, "path" | "instrument" | "night" | "confidence">
  >,
  Omit<VerdictParts, "type">,
  Pick<Prediction, "seconds"> {
  /** Parts of the pixel verdict; the others are those of the answer. */
  readonly pixels?: Partial<PixelVerdict>;
}

/**
 * Returns a prediction of a type (`null` for an error) for a frame with a label: the
 * answer, and the pixel verdict unless `parts.pixels` differs.
 */
export function makePrediction(
  label: LabelledFrame["label"],
  type: Prediction["verdict"]["type"],
  {
    path = "a.fits",
    instrument = "kast-red",
    night = "2015-08-18",
    confidence = "high",
    seconds,
    pixels,
    ...parts
  }: PredictionParts = {},
): Prediction {
  const frame = {
    ...{ path, label, instrument, night },
    split: "",
    hdu: undefined,
    confidence,
  };
  const time = seconds === undefined ? {} : { seconds };
  if (type === null) {
    return { frame, verdict: makeFailedVerdict(path), ...time };
  }
  const noVotes = type === "unknown" ? { votes: {} } : {};
  const verdict = makeVerdict(path, { type, ...noVotes, ...parts });
  return {
    frame,
    verdict: { ...verdict, pixels: { ...verdict.pixels, ...pixels } },
    ...time,
  };
}
