/** Stored rows: a verdict with the version of the file that it is about. */
import * as v from "valibot";
import type { Verdict } from "../classify/verdict.ts";
import { isLabel, type Label } from "../evaluation/labels.ts";
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
  /** The label that gave the answer; `null` if none did. */
  readonly label: Label | null;
  /** Whether a version before 0.6 wrote the row, whose answer is that of the pixels. */
  readonly isOutdated: boolean;
}

/** The first characters of every row. */
export const ROW_START = '{"file":"';

const ROW_SCHEMA = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    file: v.string(),
    type: v.optional(v.nullable(v.string()), null),
    probability: v.optional(v.nullable(v.number())),
    // Rows written before version 0.6 lack this key.
    decided_by: v.optional(v.array(v.string())),
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
 * Parses a line that {@linkcode formatRow} wrote, in this version or an earlier one.
 * Returns `null` for any other text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseRow } from "./rows.ts";
 *
 * const line = '{"file":"r1.fits","type":"arc","decided_by":["pixels"],"model":"m@1"}';
 * const row = parseRow(line);
 * assertEquals([row?.path, row?.model, row?.label], ["r1.fits", "m@1", null]);
 * assertEquals(parseRow("SIMPLE  ="), null);
 * ```
 */
export function parseRow(line: string): RowSummary | null {
  const { success, output } = v.safeParse(ROW_SCHEMA, line);
  if (!success) return null;
  const { file: path, type, decided_by, model, size, modified, error } = output;
  const labelled = type === "unknown" ? "other" : type ?? "";
  return {
    ...{ path, model, size, modified },
    errorCode: error?.code ?? null,
    label: decided_by?.includes("label") && isLabel(labelled) ? labelled : null,
    isOutdated: decided_by === undefined,
  };
}

/**
 * Returns whether a row makes another attempt at a file unnecessary: it is about
 * this version of the file, this model and this label, and its error, if any, is final.
 *
 * @param label The label of the file, `undefined` without one.
 */
export function isUpToDate(
  row: RowSummary,
  { size, modified }: FileVersion,
  model: string,
  label?: Label,
): boolean {
  // A label has no effect on a file that cannot be read.
  const hasLabel = row.errorCode !== null || row.label === (label ?? null);
  return !row.isOutdated && !isRetryable(row.errorCode) && hasLabel &&
    row.model === model && row.size === size && row.modified === modified;
}
