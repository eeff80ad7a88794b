import * as v from "valibot";
import { classifyFile } from "../classify/classify_file.ts";
import type { Verdict } from "../classify/verdict.ts";
import { SpitError } from "../errors.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import { readText } from "../io/file.ts";
import type { Model } from "../model/open_model.ts";
import { stringifyVerdict } from "../output/json.ts";
import { LABELS } from "./labels.ts";
import type { LabelledFrame } from "./manifest.ts";

export interface Prediction {
  readonly frame: LabelledFrame;
  readonly verdict: Verdict;
  /** Time from the path to the verdict, in seconds. */
  readonly seconds?: number;
  /** Fold of a cross-validation that held the frame out, from 0. */
  readonly fold?: number;
}

/**
 * The verdict on a frame with a type compared with its label: `onSky` is standard
 * called science or the reverse, `wrong` any other type but the label, `error` a file
 * that could not be classified.
 */
export type Outcome = "correct" | "onSky" | "wrong" | "unknown" | "error";

/**
 * Classifies labelled frames one after the other and measures the time of each. Of a
 * frame with an `hdu`, only that HDU is classified, as in training.
 *
 * @throws {SpitError} `inference`; an error of a file is in its verdict.
 */
export async function* predictFrames(
  frames: Iterable<LabelledFrame>,
  model: Model,
): AsyncGenerator<Prediction> {
  for (const frame of frames) {
    const start = performance.now();
    const verdict = await classifyFile(frame.path, { model, hdu: frame.hdu });
    yield { frame, verdict, seconds: (performance.now() - start) / 1000 };
  }
}

/** Whether the label is a frame type; frames labelled `other` must be `unknown`. */
export function hasType({ frame }: Pick<Prediction, "frame">): boolean {
  return frame.label !== "other";
}

/**
 * Compares the verdict on a frame that has a type with its label.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compareWithLabel } from "./predictions.ts";
 *
 * const predict = (type: "standard" | "arc") =>
 *   compareWithLabel({ frame: { label: "science" }, verdict: { type } });
 * assertEquals([predict("standard"), predict("arc")], ["onSky", "wrong"]);
 * ```
 */
export function compareWithLabel({ frame, verdict }: {
  readonly frame: Pick<LabelledFrame, "label">;
  readonly verdict: Pick<Verdict, "type">;
}): Outcome {
  if (verdict.type === null) return "error";
  if (verdict.type === "unknown") return "unknown";
  if (verdict.type === frame.label) return "correct";
  return isOnSky(verdict.type) && isOnSky(frame.label) ? "onSky" : "wrong";
}

function isOnSky(type: string): boolean {
  return type === "standard" || type === "science";
}

/**
 * Returns a prediction as one line of JSON, without its line break: `path`, `label`,
 * `instrument`, `night`, `confidence` of the label, `hdu`, `split`, `fold`, `seconds`
 * (`null` where they do not apply), and `verdict`, the row of `--format ndjson`.
 */
export function stringifyPrediction(
  { frame, verdict, seconds, fold }: Prediction,
): string {
  const { path, label, instrument, night, confidence, hdu, split } = frame;
  const row = JSON.stringify({
    path,
    label,
    instrument,
    night,
    confidence,
    hdu: hdu ?? null,
    split,
    fold: fold ?? null,
    seconds: seconds === undefined ? null : Math.round(seconds * 1e4) / 1e4,
  });
  return `${row.slice(0, -1)},"verdict":${stringifyVerdict(verdict)}}`;
}

/** The parts of a verdict that scores depend on. */
const ScoredVerdict = v.variant("type", [
  v.looseObject({
    type: v.null(),
    error: v.looseObject({ code: v.string(), message: v.string() }),
  }),
  v.looseObject({
    type: v.picklist([...FRAME_TYPES, "unknown"]),
    probability: v.number(),
    pixels: v.looseObject({
      votes: v.record(v.picklist(FRAME_TYPES), v.number()),
    }),
  }),
]);

const PredictionRow = v.object({
  path: v.string(),
  label: v.picklist(LABELS),
  instrument: v.nullish(v.string(), ""),
  night: v.nullish(v.string(), ""),
  confidence: v.nullish(v.string(), "high"),
  hdu: v.nullish(v.number()),
  split: v.nullish(v.string(), ""),
  fold: v.nullish(v.number()),
  seconds: v.nullish(v.number()),
  verdict: ScoredVerdict,
});

/**
 * Parses NDJSON rows that {@linkcode stringifyPrediction} wrote.
 *
 * @param file Name of the file, for messages.
 * @throws {SpitError} `bad_manifest`, naming line and key, for another row.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parsePredictions } from "./predictions.ts";
 *
 * assertThrows(() => parsePredictions("{}\n", "rows.ndjson"), Error, "line 1");
 * ```
 */
export function parsePredictions(text: string, file: string): Prediction[] {
  return text.split("\n").flatMap((line, k) =>
    line.trim() === "" ? [] : [parseRow(line, k + 1, file)]
  );
}

/** Reads files of rows, one after the other; see {@linkcode parsePredictions}. */
export async function readPredictions(
  files: readonly string[],
): Promise<Prediction[]> {
  const predictions = await Array.fromAsync(
    files,
    async (file) =>
      parsePredictions(await readText(file, "the predictions"), file),
  );
  return predictions.flat();
}

function parseRow(line: string, number: number, file: string): Prediction {
  const row = parseJson(line);
  const result = v.safeParse(PredictionRow, row);
  if (!result.success) {
    const [issue] = result.issues;
    const key = v.getDotPath(issue);
    throw new SpitError(
      "bad_manifest",
      `line ${number} of ${file} is not a prediction` +
        `${key === null ? "" : ` (${key}: ${issue.message})`}; ` +
        "write such rows with `evaluate --predictions`",
      { file },
    );
  }
  const { verdict: _, seconds, fold, hdu, ...frame } = result.output;
  return {
    frame: { ...frame, hdu: hdu ?? undefined },
    // As it was parsed: the schema would move the keys that it knows to the front.
    verdict: (row as { readonly verdict: Verdict }).verdict,
    ...(seconds == null ? {} : { seconds }),
    ...(fold == null ? {} : { fold }),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
