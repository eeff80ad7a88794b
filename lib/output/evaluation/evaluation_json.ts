/**
 * An evaluation as JSON: everything, for other programs.
 *
 * @module
 */
import { predictionJson } from "./predictions.ts";
import { type Evaluation, worstFirst } from "./evaluation.ts";

/**
 * The whole evaluation, keys as in {@linkcode Evaluation} and `Score`; failures
 * are rows as `evaluate --predictions` writes them. Shares run from 0 to 1; a
 * share of nothing is `null`. Numbers have at most six decimals.
 */
export function evaluationJson(
  { title, notes, sections }: Evaluation,
): string {
  const json = {
    title,
    notes,
    sections: sections.map(({ title, score: { failures, ...score } }) => ({
      title,
      ...score,
      failures: worstFirst(failures).map((one) =>
        JSON.parse(predictionJson(one))
      ),
    })),
  };
  return JSON.stringify(
    json,
    (_, value: unknown) =>
      typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value,
    2,
  ) + "\n";
}
