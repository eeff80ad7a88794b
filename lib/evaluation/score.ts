import { FRAME_TYPES } from "../frame_type.ts";
import {
  calibrateEqualMass,
  calibrateEqualWidth,
  type Calibration,
  computeRiskCurve,
  listForecasts,
  type RiskCurve,
} from "./calibration.ts";
import {
  computeFlipProtocol,
  computeFrameProtocol,
  type Protocol,
} from "./confusion.ts";
import {
  compareWithLabel,
  hasType,
  type Outcome,
  type Prediction,
} from "./predictions.ts";
import {
  averageProportions,
  computeProportion,
  type MeanProportion,
  type Proportion,
} from "./proportion.ts";

/** Fewest frames of a large instrument. */
export const LARGE_INSTRUMENT = 5;

/** Outcomes of frames that have a type, each as a proportion of all of them. */
export interface Accuracy {
  readonly n: number;
  readonly correct: Proportion;
  /** Standard called science, or the reverse. */
  readonly onSky: Proportion;
  /** Any other type that is not the label. */
  readonly wrong: Proportion;
  readonly unknown: Proportion;
  /** Rows with an error. */
  readonly errors: Proportion;
  /** Correct with standard and science counted as one type. */
  readonly correctMerged: Proportion;
  /**
   * Correct with standard and science counted as one type where the confidence in
   * the label is not high.
   */
  readonly correctMergedIfUnsure: Proportion;
}

export interface GroupAccuracy extends Accuracy {
  readonly name: string;
}

/** Means over groups with equal weights. */
export interface MeanAccuracy {
  readonly correct: MeanProportion;
  readonly correctMerged: MeanProportion;
  readonly correctMergedIfUnsure: MeanProportion;
  /** Of all frames with a type that is not the label. */
  readonly misclassified: MeanProportion;
}

export interface DarkBias {
  readonly correct: Proportion;
  /** Correct among those called dark or bias. */
  readonly correctAmongEither: Proportion;
  readonly darkAsBias: Proportion;
  readonly biasAsDark: Proportion;
}

/** Results for frames labelled `other`, which must be `unknown`. */
export interface OtherFrames {
  /** Frames that are `unknown`, as they should be. */
  readonly rejected: Proportion;
  readonly reasons: Readonly<Record<string, number>>;
  readonly classifiedAs: Readonly<Record<string, number>>;
  /** Rows with an error. */
  readonly errors: number;
}

/** All results of an evaluation; plain JSON but for `failures`. */
export interface Score {
  readonly paper: {
    /** Normalised accuracy of the flips, §4.1. */
    readonly flips: Protocol;
    /** The final scheme, §4.2. */
    readonly frames: Protocol;
  };
  /** All frames that have a type. */
  readonly all: Accuracy;
  /** Those with a label of high confidence. */
  readonly highConfidence: Accuracy;
  /** By label, in the order of FRAME_TYPES; types that do not occur are left out. */
  readonly byType: readonly GroupAccuracy[];
  readonly byInstrument: readonly GroupAccuracy[];
  /** By `instrument/night`, in order of name. */
  readonly byNight: readonly GroupAccuracy[];
  /** Means over instruments with equal weights. */
  readonly instrumentMeans: Readonly<
    Record<
      "all" | "highConfidence" | "large" | "largeHighConfidence",
      MeanAccuracy
    >
  >;
  readonly darkBias: DarkBias;
  readonly risk: RiskCurve;
  /** In ten bins of equal width, and of equal numbers of frames. */
  readonly calibration: Readonly<
    Record<"equalWidth" | "equalMass", Calibration>
  >;
  readonly other: OtherFrames;
  /** Seconds a frame, reading included; `null` where they were not measured. */
  readonly seconds: Readonly<Record<"n" | "median" | "total", number>> | null;
  /** Frames whose verdict is not the label, and frames labelled `other` that got a type. */
  readonly failures: readonly Prediction[];
}

/**
 * Scores verdicts against labels.
 *
 * @param predictions Without a frame that has a type, every proportion is 0 of 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { computeScore } from "./score.ts";
 *
 * assertEquals(computeScore([]).all.correct.interval, [0, 1]);
 * ```
 */
export function computeScore(predictions: readonly Prediction[]): Score {
  const withType = predictions.filter(hasType);
  const sure = withType.filter(({ frame }) => frame.confidence === "high");
  const byLabel = groupAccuracies(withType, ({ frame }) => frame.label);
  const getInstrument = ({ frame }: Prediction) => frame.instrument;
  const byInstrument = groupAccuracies(withType, getInstrument);
  const sureInstruments = groupAccuracies(sure, getInstrument);
  const isLarge = ({ n }: Accuracy) => n >= LARGE_INSTRUMENT;
  const forecasts = listForecasts(withType);
  return {
    paper: {
      flips: computeFlipProtocol(withType),
      frames: computeFrameProtocol(withType),
    },
    all: computeAccuracy(withType),
    highConfidence: computeAccuracy(sure),
    byType: FRAME_TYPES.flatMap((type) =>
      byLabel.filter(({ name }) => name === type)
    ),
    byInstrument,
    byNight: groupAccuracies(
      withType,
      ({ frame }) =>
        `${frame.instrument || "unnamed"}/${frame.night || "undated"}`,
    ),
    instrumentMeans: {
      all: averageAccuracies(byInstrument),
      highConfidence: averageAccuracies(sureInstruments),
      large: averageAccuracies(byInstrument.filter(isLarge)),
      largeHighConfidence: averageAccuracies(sureInstruments.filter(isLarge)),
    },
    darkBias: scoreDarkBias(withType),
    risk: computeRiskCurve(withType),
    calibration: {
      equalWidth: calibrateEqualWidth(forecasts),
      equalMass: calibrateEqualMass(forecasts),
    },
    other: scoreOther(predictions.filter((one) => !hasType(one))),
    seconds: summariseSeconds(predictions),
    failures: predictions.filter(isFailure),
  };
}

/** Whether a verdict differs from the label; `other` must be `unknown`. */
export function isFailure(prediction: Prediction): boolean {
  return hasType(prediction)
    ? compareWithLabel(prediction) !== "correct"
    : prediction.verdict.type !== "unknown";
}

function computeAccuracy(predictions: readonly Prediction[]): Accuracy {
  const n = predictions.length;
  const outcomes = predictions.map(compareWithLabel);
  const count = (outcome: Outcome) =>
    outcomes.filter((one) => one === outcome).length;
  const [correct, onSky] = [count("correct"), count("onSky")];
  const onSkyIfUnsure =
    predictions.filter(({ frame }, k) =>
      outcomes[k] === "onSky" && frame.confidence !== "high"
    ).length;
  return {
    n,
    correct: computeProportion(correct, n),
    onSky: computeProportion(onSky, n),
    wrong: computeProportion(count("wrong"), n),
    unknown: computeProportion(count("unknown"), n),
    errors: computeProportion(count("error"), n),
    correctMerged: computeProportion(correct + onSky, n),
    correctMergedIfUnsure: computeProportion(correct + onSkyIfUnsure, n),
  };
}

/** Accuracies of frames grouped by name, in order of the names; an empty name becomes `unnamed`. */
function groupAccuracies(
  predictions: readonly Prediction[],
  getName: (prediction: Prediction) => string,
): GroupAccuracy[] {
  return [...Map.groupBy(predictions, (one) => getName(one) || "unnamed")]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, members]) => ({ name, ...computeAccuracy(members) }));
}

function averageAccuracies(groups: readonly Accuracy[]): MeanAccuracy {
  const average = (select: (group: Accuracy) => Proportion) =>
    averageProportions(groups.map(select));
  return {
    correct: average(({ correct }) => correct),
    correctMerged: average(({ correctMerged }) => correctMerged),
    correctMergedIfUnsure: average(({ correctMergedIfUnsure }) =>
      correctMergedIfUnsure
    ),
    misclassified: average(({ n, onSky, wrong }) =>
      computeProportion(onSky.count + wrong.count, n)
    ),
  };
}

function scoreDarkBias(withType: readonly Prediction[]): DarkBias {
  const count = (label: string, type?: string) =>
    withType.filter(({ frame, verdict }) =>
      frame.label === label && (type === undefined || verdict.type === type)
    ).length;
  const [darks, biases] = [count("dark"), count("bias")];
  const darkAsBias = count("dark", "bias");
  const biasAsDark = count("bias", "dark");
  const correct = count("dark", "dark") + count("bias", "bias");
  return {
    correct: computeProportion(correct, darks + biases),
    correctAmongEither: computeProportion(
      correct,
      correct + darkAsBias + biasAsDark,
    ),
    darkAsBias: computeProportion(darkAsBias, darks),
    biasAsDark: computeProportion(biasAsDark, biases),
  };
}

function scoreOther(others: readonly Prediction[]): OtherFrames {
  const verdicts = others.map(({ verdict }) => verdict);
  const rejected = verdicts.filter(({ type }) => type === "unknown");
  const classified = verdicts.flatMap(({ type }) =>
    type === "unknown" || type === null ? [] : [type]
  );
  return {
    rejected: computeProportion(rejected.length, others.length),
    reasons: countNames(rejected.map(({ reason }) => reason ?? "none")),
    classifiedAs: countNames(classified),
    errors: others.length - rejected.length - classified.length,
  };
}

function countNames(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(names, (name) => name)]
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, members]) => [name, members.length]),
  );
}

function summariseSeconds(
  predictions: readonly Prediction[],
): Score["seconds"] {
  const times = predictions.flatMap(({ seconds }) =>
    seconds === undefined ? [] : [seconds]
  ).sort((a, b) => a - b);
  const n = times.length;
  if (n === 0) return null;
  return {
    n,
    median: (times[(n - 1) >> 1]! + times[n >> 1]!) / 2,
    total: times.reduce((a, b) => a + b, 0),
  };
}
