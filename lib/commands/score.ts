/**
 * `score FILE…`: rows of `evaluate --predictions` scored together.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { evaluationOf } from "../report/evaluation/evaluation.ts";
import { readPredictions } from "../report/evaluation/predictions.ts";
import type { Judged } from "../train/judged.ts";
import { showEvaluation, type ShowOptions } from "./show_evaluation.ts";

/**
 * Scores rows that were written before, without a network; those of several
 * files, as of the folds of a cross-validation, as one.
 *
 * @throws {SpitError} `not_found`; `bad_manifest` for a row that is none, for no
 *   row at all, and for a frame that comes twice.
 */
export async function scoreRows(
  files: readonly string[],
  options: ShowOptions,
): Promise<string> {
  const judged = await readPredictions(files);
  refuseTwice(judged);
  const models = [...new Set(judged.map(({ verdict }) => verdict.model))];
  const folds = new Set(judged.map(({ fold }) => fold)).size;
  return await showEvaluation(
    evaluationOf({
      title: `${models.join(", ")} on the rows of ${files.join(", ")}`,
      notes: judged.some(({ fold }) => fold !== undefined)
        ? [
          `Cross-validation: ${judged.length} frames of ${folds} folds, each ` +
          "typed by a network that was trained without its fold.",
        ]
        : [
          `${judged.length} frames, typed before; which of them trained the ` +
          "model is not in these rows.",
        ],
      judged,
    }),
    options,
  );
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
