import type { Reason } from "../classify/evidence.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import {
  calibrateEqualMass,
  calibrateEqualWidth,
  type Calibration,
  computeRiskCurve,
  listForecasts,
  type RiskCurve,
} from "./calibration.ts";
import { type ClaimScore, scoreClaims } from "./claims.ts";
import {
  computeConfusion,
  computeFlipProtocol,
  computeFrameProtocol,
  type Confusion,
  type Protocol,
} from "./confusion.ts";
import {
  compareWithLabel,
  getAnswer,
  getPixelVerdict,
  hasType,
  isOnSkyConfusion,
  type Prediction,
  type ScoredType,
} from "./predictions.ts";
import {
  averageProportions,
  computeProportion,
  type GroupedProportion,
  type MeanProportion,
  poolProportions,
  type Proportion,
} from "./proportion.ts";

/** Fewest frames of a large instrument. */
export const LARGE_INSTRUMENT = 5;

/** Outcomes of frames that have a type, each as a proportion of all of them. */
export interface Accuracy {
  readonly n: number;
  readonly correct: Proportion;
  /** Another type than the label. */
  readonly wrong: Proportion;
  /** Those of the wrong that are standard for science, or the reverse. */
  readonly onSky: Proportion;
  readonly unknown: Proportion;
  /** Rows with an error. */
  readonly errors: Proportion;
  /** Correct, and to be used. */
  readonly correctAndUsed: Proportion;
  /** Wrong, and to be used: the errors that reach the reduction. */
  readonly wrongAndUsed: Proportion;
  /** Not to be used; `unknown` among them, and rows with an error not. */
  readonly unused: Proportion;
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
  readonly wrong: MeanProportion;
  readonly wrongAndUsed: MeanProportion;
}

export interface DarkBias {
  readonly correct: Proportion;
  /** Correct among those called dark or bias. */
  readonly correctAmongEither: Proportion;
  readonly darkAsBias: Proportion;
  readonly biasAsDark: Proportion;
}

/** Results for frames labelled `other`, which must be `unknown` or not be used. */
export interface OtherFrames {
  /** Frames that are `unknown` or not to be used. */
  readonly rejected: Proportion;
  readonly unknown: number;
  /** Frames with a type that are not to be used, by type. */
  readonly unused: Readonly<Record<string, number>>;
  /** Frames with a type that are to be used, by type. */
  readonly used: Readonly<Record<string, number>>;
  /** Rows with an error. */
  readonly errors: number;
}

/** Types compared with labels. */
export interface TypeScore {
  /** All frames that have a type. */
  readonly all: Accuracy;
  /** Those with a label of high confidence. */
  readonly highConfidence: Accuracy;
  /** By label, in the order of FRAME_TYPES; types that do not occur are left out. */
  readonly byType: readonly GroupAccuracy[];
  readonly byInstrument: readonly GroupAccuracy[];
  /** By `instrument/night`, in order of name. */
  readonly byNight: readonly GroupAccuracy[];
  /**
   * As in `all` and `highConfidence`, with intervals for frames of other instruments;
   * `null` with fewer than five instruments.
   */
  readonly otherInstruments: Readonly<
    Record<
      "correct" | "correctMerged" | "highConfidence",
      GroupedProportion | null
    >
  >;
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
}

/** The score of the answers. */
export interface AnswerScore extends TypeScore {
  readonly confusion: Confusion;
  /** By the evidence that decided, as `pixels+target`; the most frequent first. */
  readonly byEvidence: readonly GroupAccuracy[];
  /** Why frames are unknown; the most frequent reason first. */
  readonly reasons: readonly ReasonCount[];
}

/** Unknown frames with a reason. */
export interface ReasonCount {
  readonly reason: Reason | "none";
  /** Frames that have a type. */
  readonly typed: number;
  /** Frames labelled `other`. */
  readonly other: number;
}

/** The score of the pixel verdicts. */
export interface PixelScore extends TypeScore {
  readonly paper: {
    /** Normalised accuracy of the flips, §4.1. */
    readonly flips: Protocol;
    /** The final scheme, §4.2. */
    readonly frames: Protocol;
  };
}

/** All results of an evaluation; plain JSON except for the predictions in its lists. */
export interface Score {
  /** The types from all evidence. */
  readonly answer: AnswerScore;
  /** The types from the pixels alone. */
  readonly pixels: PixelScore;
  /** The claims of the headers. */
  readonly claims: ClaimScore;
  /** Seconds a frame, reading included; `null` where they were not measured. */
  readonly seconds: Readonly<Record<"n" | "median" | "total", number>> | null;
  /** Frames whose answer is not the label, and frames labelled `other` that are to be used. */
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
 * assertEquals(computeScore([]).answer.all.correct.interval, [0, 1]);
 * ```
 */
export function computeScore(predictions: readonly Prediction[]): Score {
  const withType = predictions.filter(hasType);
  return {
    answer: {
      ...scoreTypes(predictions.map(getAnswer)),
      confusion: computeConfusion(listEntries(withType)),
      byEvidence: groupByEvidence(withType),
      reasons: countReasons(predictions),
    },
    pixels: {
      ...scoreTypes(predictions.map(getPixelVerdict)),
      paper: {
        flips: computeFlipProtocol(withType),
        frames: computeFrameProtocol(withType),
      },
    },
    claims: scoreClaims(predictions),
    seconds: summariseSeconds(predictions),
    failures: predictions.filter(isFailure),
  };
}

/** Whether the answer differs from the label; `other` must be unknown or not be used. */
export function isFailure(prediction: Prediction): boolean {
  const { type, use } = prediction.verdict;
  return hasType(prediction)
    ? type !== prediction.frame.label
    : type === null || use;
}

function scoreTypes(types: readonly ScoredType[]): TypeScore {
  const withType = types.filter(hasType);
  const sure = withType.filter(({ frame }) => frame.confidence === "high");
  const byLabel = groupAccuracies(withType, ({ frame }) => frame.label);
  const getInstrument = ({ frame }: ScoredType) => frame.instrument;
  const byInstrument = groupAccuracies(withType, getInstrument);
  const sureInstruments = groupAccuracies(sure, getInstrument);
  const isLarge = ({ n }: Accuracy) => n >= LARGE_INSTRUMENT;
  const forecasts = listForecasts(withType);
  return {
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
    otherInstruments: {
      correct: poolProportions(byInstrument.map((one) => one.correct)),
      correctMerged: poolProportions(
        byInstrument.map((one) => one.correctMerged),
      ),
      highConfidence: poolProportions(
        sureInstruments.map((one) => one.correct),
      ),
    },
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
    other: scoreOther(types.filter((one) => !hasType(one))),
  };
}

function computeAccuracy(types: readonly ScoredType[]): Accuracy {
  const n = types.length;
  const compared = types.map((one) => ({
    ...one,
    outcome: compareWithLabel(one),
    onSky: isOnSkyConfusion(one),
  }));
  const isCorrect = ({ outcome }: typeof compared[number]) =>
    outcome === "correct";
  const count = (matches: (one: typeof compared[number]) => boolean) =>
    computeProportion(compared.filter(matches).length, n);
  return {
    n,
    correct: count(isCorrect),
    wrong: count(({ outcome }) => outcome === "wrong"),
    onSky: count(({ onSky }) => onSky),
    unknown: count(({ outcome }) => outcome === "unknown"),
    errors: count(({ outcome }) => outcome === "error"),
    correctAndUsed: count((one) => isCorrect(one) && one.use),
    wrongAndUsed: count(({ outcome, use }) => outcome === "wrong" && use),
    unused: count(({ outcome, use }) => outcome !== "error" && !use),
    correctMerged: count((one) => isCorrect(one) || one.onSky),
    correctMergedIfUnsure: count((one) =>
      isCorrect(one) || one.onSky && one.frame.confidence !== "high"
    ),
  };
}

/** Accuracies of frames grouped by name, in order of the names; an empty name becomes `unnamed`. */
function groupAccuracies(
  types: readonly ScoredType[],
  getName: (type: ScoredType) => string,
): GroupAccuracy[] {
  return [...Map.groupBy(types, (one) => getName(one) || "unnamed")]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, members]) => ({ name, ...computeAccuracy(members) }));
}

function averageAccuracies(groups: readonly Accuracy[]): MeanAccuracy {
  const average = (key: Exclude<keyof Accuracy, "n">) =>
    averageProportions(groups.map((group) => group[key]));
  return {
    correct: average("correct"),
    correctMerged: average("correctMerged"),
    correctMergedIfUnsure: average("correctMergedIfUnsure"),
    wrong: average("wrong"),
    wrongAndUsed: average("wrongAndUsed"),
  };
}

function listEntries(withType: readonly Prediction[]) {
  return FRAME_TYPES.flatMap((label) =>
    withType.filter(({ frame }) => frame.label === label).map(
      ({ verdict: { type } }) => ({
        label,
        predicted: type ?? "error" as const,
        count: 1,
      }),
    )
  );
}

function groupByEvidence(withType: readonly Prediction[]): GroupAccuracy[] {
  const decided = withType.filter(({ verdict }) =>
    verdict.decided_by.length > 0
  );
  return Array.from(
    Map.groupBy(decided, ({ verdict }) => verdict.decided_by.join("+")),
    ([name, members]) => ({
      name,
      ...computeAccuracy(members.map(getAnswer)),
    }),
  ).sort((a, b) => b.n - a.n || (a.name < b.name ? -1 : 1));
}

function countReasons(predictions: readonly Prediction[]): ReasonCount[] {
  const unknown = predictions.filter(({ verdict }) =>
    verdict.type === "unknown"
  );
  return Array.from(
    Map.groupBy(
      unknown,
      ({ verdict }): ReasonCount["reason"] => verdict.reason ?? "none",
    ),
    ([reason, members]) => {
      const typed = members.filter(hasType).length;
      return { reason, typed, other: members.length - typed };
    },
  ).sort((a, b) => b.typed - a.typed || b.other - a.other);
}

function scoreDarkBias(withType: readonly ScoredType[]): DarkBias {
  const count = (label: string, called?: string) =>
    withType.filter(({ frame, type }) =>
      frame.label === label && (called === undefined || type === called)
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

function scoreOther(others: readonly ScoredType[]): OtherFrames {
  const read = others.filter(({ type }) => type !== null);
  const rejected = read.filter(({ type, use }) => type === "unknown" || !use);
  const unknown = read.filter(({ type }) => type === "unknown").length;
  const listTypes = (used: boolean) =>
    read.flatMap(({ type, use }) =>
      type === null || type === "unknown" || use !== used ? [] : [type]
    );
  return {
    rejected: computeProportion(rejected.length, others.length),
    unknown,
    unused: countNames(listTypes(false)),
    used: countNames(listTypes(true)),
    errors: others.length - read.length,
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
