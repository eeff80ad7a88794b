import { SpitError } from "../../errors.ts";
import {
  hasType,
  type Prediction,
  stringifyPrediction,
} from "../../evaluation/predictions.ts";
import { computeScore, isFailure, type Score } from "../../evaluation/score.ts";

export interface Section {
  readonly title: string;
  readonly score: Score;
}

/** Scores of one or more sections of the same frames. */
export interface Evaluation {
  /** Which model was evaluated on which frames. */
  readonly title: string;
  /** What a reader must know before the numbers; may begin with `WARNING`. */
  readonly notes: readonly string[];
  /** All frames first, then parts of them. */
  readonly sections: readonly [Section, ...Section[]];
}

/** Scores predictions, and parts of them; parts without a frame are left out. */
export function createEvaluation(
  { title, notes, predictions, parts = [] }: {
    readonly title: string;
    readonly notes: readonly string[];
    readonly predictions: readonly Prediction[];
    readonly parts?: readonly {
      readonly title: string;
      readonly predictions: readonly Prediction[];
    }[];
  },
): Evaluation {
  return {
    title,
    notes,
    sections: [
      { title: "All frames", score: computeScore(predictions) },
      ...parts.filter(({ predictions }) => predictions.length > 0)
        .map(({ title, predictions }) => ({
          title,
          score: computeScore(predictions),
        })),
    ],
  };
}

/**
 * Scores stored predictions of one or several models together. A note says whether
 * they are from a cross-validation.
 *
 * @throws {SpitError} `bad_manifest` without a prediction, and for two of one frame.
 */
export function createPooledEvaluation(
  title: string,
  predictions: readonly Prediction[],
): Evaluation {
  checkUnique(predictions);
  const folds = new Set(predictions.map(({ fold }) => fold));
  const n = predictions.length;
  const note = folds.has(undefined)
    ? `${n} frames, classified earlier; the rows do not record which of them ` +
      "trained the model."
    : `Cross-validation: ${n} frames of ${folds.size} folds, each ` +
      "classified by a model that was trained without its fold.";
  return createEvaluation({ title, notes: [note], predictions });
}

function checkUnique(predictions: readonly Prediction[]): void {
  if (predictions.length === 0) {
    throw new SpitError("bad_manifest", "there is no row to score");
  }
  const seen = new Set<string>();
  for (const { frame: { path, hdu } } of predictions) {
    const name = `${path}[${hdu ?? ""}]`;
    if (seen.has(name)) {
      throw new SpitError(
        "bad_manifest",
        `the rows have ${path} twice: each frame is scored once`,
        { file: path },
      );
    }
    seen.add(name);
  }
}

/** Kinds of failures, the worst first. */
const FAILURE_KINDS = [
  "wrong and use: true",
  "labelled other and use: true",
  "wrong and use: false",
  "unknown",
  "unreadable",
] as const;

/** A kind of failure, from {@linkcode FAILURE_KINDS}. */
export type FailureKind = typeof FAILURE_KINDS[number];

/** Sorts failures by their kind, the worst first, and by falling probability. */
export function sortFailures(predictions: readonly Prediction[]): Prediction[] {
  const rank = (one: Prediction) => FAILURE_KINDS.indexOf(getFailureKind(one));
  return predictions.filter(isFailure).toSorted((a, b) =>
    rank(a) - rank(b) ||
    (b.verdict.probability ?? 0) - (a.verdict.probability ?? 0) ||
    (a.frame.path < b.frame.path ? -1 : 1)
  );
}

/** Returns the kind of a prediction that is a failure. */
export function getFailureKind(prediction: Prediction): FailureKind {
  const { type, use } = prediction.verdict;
  if (type === null) return "unreadable";
  if (type === "unknown") return "unknown";
  if (!hasType(prediction)) return "labelled other and use: true";
  return use ? "wrong and use: true" : "wrong and use: false";
}

/**
 * Formats an evaluation as JSON, with the keys of {@linkcode Evaluation} and `Score`;
 * predictions are rows as `evaluate --predictions` writes them. Proportions run from 0
 * to 1, `null` for those of nothing. Numbers have at most six decimals.
 */
export function formatEvaluationJson(
  { title, notes, sections }: Evaluation,
): string {
  const listRows = (predictions: readonly Prediction[]) =>
    predictions.map((one) => JSON.parse(stringifyPrediction(one)));
  const json = {
    title,
    notes,
    sections: sections.map(({ title, score }) => ({
      title,
      ...score,
      claims: {
        ...score.claims,
        missed: listRows(score.claims.missed),
        falseAlarms: listRows(score.claims.falseAlarms),
      },
      failures: listRows(sortFailures(score.failures)),
    })),
  };
  const round = (_: string, value: unknown) =>
    typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value;
  return JSON.stringify(json, round, 2) + "\n";
}
