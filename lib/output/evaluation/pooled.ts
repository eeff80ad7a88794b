/**
 * Rows that were predicted before, as one evaluation.
 *
 * @module
 */
import { SpitError } from "../../errors.ts";
import type { Judged } from "../../evaluation/judged.ts";
import { type Evaluation, evaluationOf } from "./evaluation.ts";

/**
 * Scores rows of one or of many networks together; says whether they are of
 * cross-validation.
 *
 * @throws {SpitError} `bad_manifest` for no row at all, and for a frame that comes twice.
 */
export function pooledEvaluation(
  title: string,
  judged: readonly Judged[],
): Evaluation {
  refuseTwice(judged);
  const folds = new Set(judged.map(({ fold }) => fold));
  const note = folds.has(undefined)
    ? `${judged.length} frames, typed before; which of them trained the model ` +
      "is not in these rows."
    : `Cross-validation: ${judged.length} frames of ${folds.size} folds, each ` +
      "typed by a network that was trained without its fold.";
  return evaluationOf({ title, notes: [note], judged });
}

function refuseTwice(judged: readonly Judged[]): void {
  if (judged.length === 0) {
    throw new SpitError("bad_manifest", "there is no row to score");
  }
  const seen = new Set<string>();
  for (const { frame } of judged) {
    const name = `${frame.path}[${frame.hdu ?? ""}]`;
    if (seen.has(name)) {
      throw new SpitError(
        "bad_manifest",
        `${frame.path} is there twice: each frame is scored once`,
        { file: frame.path },
      );
    }
    seen.add(name);
  }
}
