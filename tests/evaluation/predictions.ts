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
  Pick<VerdictParts, "probability" | "reason" | "votes">,
  Pick<Prediction, "seconds"> {}

/** Returns a prediction of a type (`null` for an error) for a frame with a label. */
export function makePrediction(
  label: LabelledFrame["label"],
  type: Prediction["verdict"]["type"],
  {
    path = "a.fits",
    instrument = "kast-red",
    night = "2015-08-18",
    confidence = "high",
    seconds,
    ...verdict
  }: PredictionParts = {},
): Prediction {
  const noVotes = type === "unknown" ? { votes: {} } : {};
  return {
    frame: {
      path,
      label,
      instrument,
      night,
      split: "",
      hdu: undefined,
      confidence,
    },
    verdict: type === null
      ? makeFailedVerdict(path)
      : makeVerdict(path, { type, ...noVotes, ...verdict }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}
