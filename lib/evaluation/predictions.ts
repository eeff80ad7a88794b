import * as v from "valibot";
import {
  classifyFile,
  type ClassifyOptions,
} from "../classify/classify_file.ts";
import { type AnswerOptions, EVIDENCE, REASONS } from "../classify/evidence.ts";
import type { Verdict } from "../classify/verdict.ts";
import { SpitError } from "../errors.ts";
import { FRAME_TYPES, isOnSky } from "../frame_type.ts";
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

/** A type to compare with the label: of the answer, or of the pixel verdict. */
export interface ScoredType {
  readonly frame: LabelledFrame;
  /** `null` for a file that could not be classified. */
  readonly type: Verdict["type"];
  /** 0 to 1; `null` without a type. */
  readonly probability: number | null;
  /** Whether the frame may serve as the type. The pixel verdict does not say; each type counts. */
  readonly use: boolean;
}

/**
 * A type compared with the label of a frame that has one; `error` is a file that could
 * not be classified.
 */
export type Outcome = "correct" | "wrong" | "unknown" | "error";

/**
 * Classifies labelled frames one after the other and measures the time of each. Of a
 * frame with an `hdu`, only that HDU is classified, as in training.
 *
 * @param options How the answer is formed, and the rules for headers.
 * @throws {SpitError} `inference`; an error of a file is in its verdict.
 */
export async function* predictFrames(
  frames: Iterable<LabelledFrame>,
  model: Model,
  options: Pick<ClassifyOptions, "rules" | keyof AnswerOptions> = {},
): AsyncGenerator<Prediction> {
  for (const frame of frames) {
    const start = performance.now();
    const { path, hdu } = frame;
    const verdict = await classifyFile(path, { ...options, model, hdu });
    yield { frame, verdict, seconds: (performance.now() - start) / 1000 };
  }
}

/** Whether the label is a frame type; frames labelled `other` must not be used. */
export function hasType({ frame }: Pick<Prediction, "frame">): boolean {
  return frame.label !== "other";
}

/** Returns the type from all evidence. */
export function getAnswer({ frame, verdict }: Prediction): ScoredType {
  const { type, probability, use } = verdict;
  return { frame, type, probability, use };
}

/** Returns the type from the pixels alone. */
export function getPixelVerdict({ frame, verdict }: Prediction): ScoredType {
  if (verdict.pixels === null) {
    return { frame, type: null, probability: null, use: false };
  }
  const { type, probability } = verdict.pixels;
  const isUnknown = type === "unknown";
  return {
    frame,
    type,
    probability: isUnknown ? null : probability,
    use: !isUnknown,
  };
}

/**
 * Compares a type with the label of a frame that has one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compareWithLabel } from "./predictions.ts";
 *
 * const frame = { label: "science" } as const;
 * assertEquals(compareWithLabel({ frame, type: "standard" }), "wrong");
 * assertEquals(compareWithLabel({ frame, type: "unknown" }), "unknown");
 * ```
 */
export function compareWithLabel({ frame, type }: {
  readonly frame: Pick<LabelledFrame, "label">;
  readonly type: ScoredType["type"];
}): Outcome {
  if (type === null) return "error";
  if (type === "unknown") return "unknown";
  return type === frame.label ? "correct" : "wrong";
}

/** Whether a type is standard and the label science, or the reverse. */
export function isOnSkyConfusion({ frame, type }: ScoredType): boolean {
  return type !== frame.label && isOnSky(type) && isOnSky(frame.label);
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
const Probabilities = v.record(v.picklist(FRAME_TYPES), v.number());

const Claim = v.looseObject({
  type: v.nullable(v.picklist([...FRAME_TYPES, "light"])),
  evidence: v.string(),
  standard: v.nullable(v.looseObject({ name: v.string() })),
});

const ScoredVerdict = v.variant("type", [
  v.looseObject({
    type: v.null(),
    header: v.nullable(Claim),
    error: v.looseObject({ code: v.string(), message: v.string() }),
  }),
  v.looseObject({
    type: v.picklist([...FRAME_TYPES, "unknown"]),
    probability: v.nullable(v.number()),
    probabilities: Probabilities,
    decided_by: v.array(v.picklist(EVIDENCE)),
    use: v.boolean(),
    reason: v.nullable(v.picklist(REASONS)),
    pixels: v.looseObject({
      type: v.picklist([...FRAME_TYPES, "unknown"]),
      probability: v.number(),
      probabilities: Probabilities,
      votes: Probabilities,
    }),
    header: Claim,
    agreement: v.picklist(["agree", "conflict", "silent"]),
    log: v.looseObject({
      exposure: v.nullable(v.number()),
      target: v.nullable(v.string()),
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

/** A row of a version that knew no answer besides the pixel verdict. */
const EarlierRow = v.object({
  path: v.string(),
  verdict: v.object({ type: v.string(), use: v.optional(v.undefined_()) }),
});

/**
 * Parses NDJSON rows that {@linkcode stringifyPrediction} wrote.
 *
 * @param file Name of the file, for messages.
 * @throws {SpitError} `bad_manifest`, naming line and key, for another row, and for a row
 *   of an earlier version, whose verdict has the pixel verdict alone.
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
    const description = v.is(EarlierRow, row)
      ? "was written by an earlier version, without the evidence of the answer"
      : `is not a prediction${
        key === null ? "" : ` (${key}: ${issue.message})`
      }`;
    throw new SpitError(
      "bad_manifest",
      `line ${number} of ${file} ${description}; ` +
        "write the rows with `evaluate --predictions`",
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
