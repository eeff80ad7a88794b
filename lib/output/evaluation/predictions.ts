/**
 * Verdicts beside their labels, one JSON object a line: to be scored later,
 * together with others, without a network.
 *
 * @module
 */
import { SpitError } from "../../errors.ts";
import { isFrameType } from "../../frame_type.ts";
import { verdictJson } from "../ndjson.ts";
import type { Judged } from "../../evaluation/judged.ts";
import type { LabelledFrame } from "../../evaluation/manifest.ts";

/**
 * One row, without its line break: `label`, `path`, `instrument`, `night`,
 * `confidence` of the label, `hdu` and `split` of the manifest, `fold` and
 * `seconds` (null where they do not apply), and `verdict`, which is the row of
 * `--format ndjson`.
 */
export function predictionJson(
  { frame, verdict, seconds, fold }: Judged,
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
  return `${row.slice(0, -1)},"verdict":${verdictJson(verdict)}}`;
}

/**
 * Reads rows that {@linkcode predictionJson} wrote.
 *
 * @param text NDJSON.
 * @param file Where it came from, for messages.
 * @throws {SpitError} `bad_manifest`, naming the line, for a row that is none.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parsePredictions } from "./predictions.ts";
 *
 * assertThrows(() => parsePredictions("{}\n", "rows.ndjson"), Error, "line 1");
 * ```
 */
export function parsePredictions(text: string, file: string): Judged[] {
  return text.split("\n").flatMap((line, k) => {
    if (line.trim() === "") return [];
    const row = parseRow(line);
    if (row !== null) return [row];
    throw new SpitError(
      "bad_manifest",
      `line ${k + 1} of ${file} is no prediction; ` +
        "make such rows with `evaluate --predictions`",
      { file },
    );
  });
}

/** Reads files of rows, one after the other; see {@linkcode parsePredictions}. */
export async function readPredictions(
  files: readonly string[],
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const file of files) {
    try {
      judged.push(...parsePredictions(await Deno.readTextFile(file), file));
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw new SpitError(
        "not_found",
        `there is no file ${file}`,
        { file, cause },
      );
    }
  }
  return judged;
}

function parseRow(line: string): Judged | null {
  const row = objectOf(line);
  if (row === null || typeof row.path !== "string") return null;
  const label = String(row.label);
  if (!isFrameType(label) && label !== "other") return null;
  if (!isVerdict(row.verdict)) return null;
  const frame: LabelledFrame = {
    path: row.path,
    label,
    instrument: String(row.instrument ?? ""),
    night: String(row.night ?? ""),
    split: String(row.split ?? ""),
    hdu: typeof row.hdu === "number" ? row.hdu : undefined,
    confidence: String(row.confidence ?? "high"),
  };
  return {
    frame,
    verdict: row.verdict,
    ...(typeof row.seconds === "number" ? { seconds: row.seconds } : {}),
    ...(typeof row.fold === "number" ? { fold: row.fold } : {}),
  };
}

function objectOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The parts of a verdict that scores rest on. */
function isVerdict(value: unknown): value is Judged["verdict"] {
  if (!isRecord(value)) return false;
  const { type, probability, pixels } = value;
  if (type === null) return isRecord(value.error);
  return typeof type === "string" &&
    (type === "unknown" || isFrameType(type)) &&
    typeof probability === "number" && isRecord(pixels) &&
    isRecord(pixels.votes) && Object.keys(pixels.votes).every(isFrameType);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
