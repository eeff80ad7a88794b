/**
 * What a message of the queue holds: the name of one frame.
 *
 * @module
 */
import type { FileVersion } from "../io/file_version.ts";
import { createHash } from "node:crypto";

/** The longest name, in UTF-16 code units: what Linux allows for a path. */
const LONGEST = 4096;

/**
 * The message for a frame: one line of JSON with the keys of a row, and without
 * its line break.
 *
 * @param path Absolute, or a URL: who reads it runs elsewhere.
 * @param stamp The file as it stands, as far as it is known.
 */
export function messageText(
  path: string,
  { size, modified }: FileVersion,
): string {
  const time = modified === null ? null : new Date(modified).toISOString();
  return JSON.stringify({ file: path, size, modified: time });
}

/**
 * What a message is known by, so that the same frame, posted again soon, is no
 * second message: 32 hexadecimal digits of its path, size and time.
 */
export function messageId(path: string, stamp: FileVersion): string {
  return createHash("sha256").update(messageText(path, stamp)).digest("hex")
    .slice(0, 32);
}

/**
 * The path or URL that a message names, `null` when it names none: JSON with a
 * `file`, or nothing but the name, as other systems post it. Then it is one line
 * of UTF-8, with or without its line break.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { frameNamed } from "./frame_message.ts";
 *
 * const named = (text: string) => frameNamed(new TextEncoder().encode(text));
 * assertEquals(named('{"file":"/data/r6.fits","size":2880}'), "/data/r6.fits");
 * assertEquals(named("/data/r6.fits\n"), "/data/r6.fits");
 * assertEquals(named('{"path":"/data/r6.fits"}'), null);
 * ```
 */
export function frameNamed(body: Uint8Array): string | null {
  const text = textOf(body)?.trim() ?? "";
  const name = text.startsWith("{") ? fileIn(text) : lineIn(text);
  if (name === null || name === "" || name.length > LONGEST) return null;
  return name.includes("\0") ? null : name;
}

function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

function fileIn(text: string): string | null {
  try {
    const { file }: { readonly file?: unknown } = JSON.parse(text);
    return typeof file === "string" ? file : null;
  } catch {
    return null;
  }
}

/** A name may hold a line break, but JSON alone shows where such a name ends. */
function lineIn(text: string): string | null {
  return /\p{Cc}/u.test(text) ? null : text;
}
