/** Stored rows: a verdict with the version of the file that it is about. */
import * as v from "valibot";
import type { Verdict } from "../classify/verdict.ts";
import type { FileVersion } from "../io/file_version.ts";
import { stringifyVerdict } from "../output/json.ts";
import { isRetryable } from "./retry.ts";

export type StoredRow = Verdict & {
  /** Size of the file in bytes; `null` if it is unknown. */
  readonly size: number | null;
  /** Modification time in UTC, `2016-08-27T03:14:15.926Z`; `null` if it is unknown. */
  readonly modified: string | null;
};

/** The parts of a stored row that `run`, `merge` and `watch` use. */
export interface RowSummary extends FileVersion {
  readonly path: string;
  /** `NAME@VERSION` of the model; empty if the row has none. */
  readonly model: string;
  /** `null` if the frame was classified. */
  readonly errorCode: string | null;
}

/** The first characters of every row. */
export const ROW_START = '{"file":"';

const ROW_SCHEMA = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    file: v.string(),
    // Rows written before version 0.5 lack this key.
    probability: v.nullable(v.number()),
    model: v.optional(v.string(), ""),
    error: v.optional(v.nullable(v.object({ code: v.string() })), null),
    size: v.optional(v.nullable(v.number()), null),
    modified: v.optional(
      v.nullable(v.pipe(v.string(), v.transform(Date.parse), v.number())),
      null,
    ),
  }),
);

export function createRow(
  verdict: Verdict,
  { size, modified }: FileVersion,
): StoredRow {
  const time = modified === null ? null : new Date(modified).toISOString();
  return { ...verdict, size, modified: time };
}

/** Formats a row as one line of NDJSON, with its line break. */
export function formatRow(row: StoredRow): string {
  return stringifyVerdict(row) + "\n";
}

/**
 * Parses a line that {@linkcode formatRow} wrote. Returns `null` for any other text,
 * rows of versions before 0.5 included.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseRow } from "./rows.ts";
 *
 * const line = '{"file":"r1.fits","probability":0.9,"size":2880,"modified":"1970-01-01T00:00:01.000Z"}';
 * const row = { path: "r1.fits", size: 2880, modified: 1000, model: "", errorCode: null };
 * assertEquals(parseRow(line), row);
 * assertEquals(parseRow("SIMPLE  ="), null);
 * ```
 */
export function parseRow(line: string): RowSummary | null {
  const { success, output } = v.safeParse(ROW_SCHEMA, line);
  if (!success) return null;
  const { file: path, model, size, modified, error } = output;
  return { path, model, size, modified, errorCode: error?.code ?? null };
}

/**
 * Returns whether a row makes another attempt at a file unnecessary: it is about
 * this version of the file and this model, and its error, if any, is final.
 */
export function isUpToDate(
  row: RowSummary,
  { size, modified }: FileVersion,
  model: string,
): boolean {
  return !isRetryable(row.errorCode) && row.model === model &&
    row.size === size && row.modified === modified;
}
