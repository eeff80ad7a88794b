/**
 * Messages that were given up.
 *
 * @module
 */
import type { StampedRow } from "./stamped_row.ts";
import { verdictJson } from "../output/ndjson.ts";

/** A message that was given up, and why. */
export interface DeadLetter {
  /** What it held. What is no UTF-8 is shown as `�`. */
  readonly message: string;
  /** Why it was given up. */
  readonly reason: string;
  /** How often it was delivered. */
  readonly tries: number;
  /** Its row, which is in a part, too; `null` when it names no frame. */
  readonly row: StampedRow | null;
}

/** A dead letter as one line of JSON, without its line break. */
export function letterText({ row, ...letter }: DeadLetter): string {
  const start = JSON.stringify(letter).slice(0, -1);
  return `${start},"row":${row === null ? "null" : verdictJson(row)}}`;
}

/**
 * The message that a dead letter holds, `null` when it is no dead letter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { letterText, messageOf } from "./dead_letter.ts";
 *
 * const letter = { message: "", reason: "names no frame", tries: 1, row: null };
 * assertEquals(messageOf(letterText(letter)), "");
 * assertEquals(messageOf("/data/r6.fits"), null);
 * ```
 */
export function messageOf(text: string): string | null {
  try {
    const letter: unknown = JSON.parse(text);
    const { message } = (letter ?? {}) as { readonly message?: unknown };
    return typeof message === "string" ? message : null;
  } catch {
    return null;
  }
}
