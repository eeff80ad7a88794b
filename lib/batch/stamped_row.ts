/**
 * A row that lasts: a verdict, and the file as it stood.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { FileVersion } from "../io/file_version.ts";
import { verdictJson } from "../output/ndjson.ts";

/** A verdict, with what tells the file from a later one of its name. */
export type StampedRow = Verdict & {
  /** Size of the file, bytes; `null` when there was none, or its server does not say. */
  readonly size: number | null;
  /** When it had been written to, UT: `2016-08-27T03:14:15.926Z`; `null` likewise. */
  readonly modified: string | null;
};

/** Puts a verdict and its file together. */
export function stampedRow(
  verdict: Verdict,
  { size, modified }: FileVersion,
): StampedRow {
  const time = modified === null ? null : new Date(modified).toISOString();
  return { ...verdict, size, modified: time };
}

/** A row as NDJSON: one line, with its line break. */
export function rowLine(row: StampedRow): string {
  return verdictJson(row) + "\n";
}

/** Every row begins so, whole or cut. */
export const ROW_START = '{"file":"';

/** What a line tells of itself. */
export interface KnownRow extends FileVersion {
  /** Path of the frame. */
  readonly path: string;
  /** `NAME@VERSION` of the model; empty when the line has none. */
  readonly model: string;
  /** Whether its fault is of the disk or of permissions: it may be mended without a trace in the file. */
  readonly isPassing: boolean;
  /** Whether it has no fault at all. */
  readonly isTyped: boolean;
}

/**
 * What a line tells of itself, `null` when it is no row at all.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { knownRow } from "./stamped_row.ts";
 *
 * const line = '{"file":"r1.fits","type":"arc","size":2880,"modified":"1970-01-01T00:00:01.000Z"}';
 * const row = { path: "r1.fits", size: 2880, modified: 1000, model: "" };
 * assertEquals(knownRow(line), { ...row, isPassing: false, isTyped: true });
 * assertEquals(knownRow('{"file":"r1.fits","type":"arc"}')?.size, null);
 * assertEquals(knownRow("SIMPLE  ="), null);
 * ```
 */
export function knownRow(line: string): KnownRow | null {
  const row = parsed(line);
  if (typeof row?.file !== "string") return null;
  const { file: path, size, model } = row;
  const modified = Date.parse(String(row.modified));
  return {
    path,
    size: typeof size === "number" ? size : null,
    modified: Number.isNaN(modified) ? null : modified,
    model: typeof model === "string" ? model : "",
    isPassing: isPassing(row.error),
    isTyped: (row.error ?? null) === null,
  };
}

/** Whether a row is of this file as it stands, and worth keeping. */
export function isOf(
  row: KnownRow,
  { size, modified }: FileVersion,
  model: string,
): boolean {
  return !row.isPassing && row.model === model && row.size === size &&
    row.modified === modified;
}

const PASSING: readonly unknown[] = ["io", "no_permission", "unreachable"];

function isPassing(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return PASSING.includes(code);
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return value === null || typeof value !== "object"
      ? null
      : value as Record<string, unknown>;
  } catch {
    return null;
  }
}
