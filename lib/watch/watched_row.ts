/**
 * A row of `watch`: a verdict, and the file as it stood.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import { verdictJson } from "../report/ndjson.ts";
import type { SettledFile } from "./settling.ts";

/** A verdict, with what tells the file from a later one of its name. */
export interface WatchedRow extends Verdict {
  /** Size of the file when it had settled, bytes. */
  readonly size: number;
  /** When it had been written to, UT: `2016-08-27T03:14:15.926Z`. */
  readonly modified: string;
}

/** Puts a verdict and its file together. */
export function watchedRow(
  verdict: Verdict,
  { size, modified }: SettledFile,
): WatchedRow {
  return { ...verdict, size, modified: new Date(modified).toISOString() };
}

/** A row as NDJSON: one line, with its line break. */
export function rowLine(row: WatchedRow): string {
  return verdictJson(row) + "\n";
}

/** Every row begins so, whole or cut. */
export const ROW_START = '{"file":"';

/**
 * What a line says of its file; its path, when it does not say how the file stood
 * (a row of `classify`) or the file could not be read and had better be tried
 * again; `null` when the line is no row at all.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fileOfLine } from "./watched_row.ts";
 *
 * const line = '{"file":"r1.fits","type":"arc","size":2880,"modified":"1970-01-01T00:00:01.000Z"}';
 * assertEquals(fileOfLine(line), { path: "r1.fits", size: 2880, modified: 1000 });
 * assertEquals(fileOfLine('{"file":"r1.fits","type":"arc"}'), { path: "r1.fits" });
 * assertEquals(fileOfLine("SIMPLE  ="), null);
 * ```
 */
export function fileOfLine(
  line: string,
): SettledFile | Pick<SettledFile, "path"> | null {
  const row = parsed(line);
  if (typeof row?.file !== "string") return null;
  const { file: path, size } = row;
  const modified = Date.parse(String(row.modified));
  const isSettled = typeof size === "number" && !Number.isNaN(modified) &&
    !isPassing(row.error);
  return isSettled ? { path, size, modified } : { path };
}

/** Faults of the disk or of permissions, which may be mended without a trace in the file. */
function isPassing(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return code === "io" || code === "no_permission";
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
