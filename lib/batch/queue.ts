/**
 * The queue as a worker sees it, independent of the server, and the form of its
 * messages and dead letters.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import * as v from "valibot";
import type { FileVersion } from "../io/file_version.ts";
import { stringifyVerdict } from "../output/json.ts";
import type { StoredRow } from "./rows.ts";

/**
 * The consumer that delivers a message. Most messages are processed many at a time.
 * A message that was redelivered twice may be what ended the workers that had it. It
 * moves to the consumer `isolated`, and is processed while nothing else is in
 * progress, so that no other message is blamed for the end of a worker.
 */
export type ConsumerName = "main" | "isolated";

/** Deliveries by the consumer `main`, after which a message is isolated. */
export const MAX_MAIN_DELIVERIES = 2;

/**
 * A delivered message. It is redelivered if it is neither acknowledged nor extended in
 * time, and may be if the server does not respond, which rejects the promises.
 */
export interface Delivery {
  readonly body: Uint8Array;
  readonly consumer: ConsumerName;
  /** Number of deliveries by both consumers, this one included. */
  readonly attempts: number;
  /** Tells the server that the message is in progress, which extends its deadline. */
  inProgress(): void;
  /** Acknowledges the message, and resolves when the server has confirmed that. */
  ack(): Promise<void>;
  /** Requests redelivery after some seconds. */
  nak(delay: number): void;
  /** Moves the message to the consumer `isolated`. */
  isolate(): Promise<void>;
  /** Publishes a dead letter and terminates the message. */
  deadLetter(letter: DeadLetter): Promise<void>;
}

export interface Fetch {
  /** Yields the deliveries until the batch is complete or its time is over. */
  readonly deliveries: AsyncIterable<Delivery>;
  /** Ends the batch. Deliveries already sent by the server are still yielded. */
  stop(): void;
}

/** A queue that many workers consume. Promises reject if the server does not respond. */
export interface Queue {
  fetch(consumer: ConsumerName, max: number): Promise<Fetch>;
  /** Returns whether no message is left, those of other workers included. */
  isEmpty(): Promise<boolean>;
}

/** A message that was given up. */
export interface DeadLetter {
  /** Content of the message; bytes that are not UTF-8 are shown as `�`. */
  readonly message: string;
  readonly reason: string;
  readonly tries: number;
  /** Its row, which is also in a part; `null` if the message names no frame. */
  readonly row: StoredRow | null;
}

/** Formats a dead letter as one line of JSON without its line break. */
export function formatDeadLetter({ row, ...letter }: DeadLetter): string {
  const start = JSON.stringify(letter).slice(0, -1);
  return `${start},"row":${row === null ? "null" : stringifyVerdict(row)}}`;
}

/**
 * Returns the message in a dead letter; `null` for any other text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatDeadLetter, parseDeadLetter } from "./queue.ts";
 *
 * const letter = { message: "?", reason: "it names no frame", tries: 1, row: null };
 * assertEquals(parseDeadLetter(formatDeadLetter(letter)), "?");
 * assertEquals(parseDeadLetter("/data/r6.fits"), null);
 * ```
 */
export function parseDeadLetter(text: string): string | null {
  return parseJsonText(text, "message");
}

/** Returns the text under a key of a JSON object; `null` if there is none. */
function parseJsonText(json: string, key: string): string | null {
  const object = v.object({ [key]: v.string() });
  const schema = v.pipe(v.string(), v.parseJson(), object);
  const { success, output } = v.safeParse(schema, json);
  return success ? output[key]! : null;
}

/** The longest path in UTF-16 code units; Linux allows 4096 bytes. */
const MAX_PATH_LENGTH = 4096;

/**
 * Formats the message for a frame: one line of JSON, with the keys of a row, without
 * its line break.
 *
 * @param path URL or absolute path, since another machine reads it.
 */
export function formatMessage(
  path: string,
  { size, modified }: FileVersion,
): string {
  const time = modified === null ? null : new Date(modified).toISOString();
  return JSON.stringify({ file: path, size, modified: time });
}

/**
 * Computes the id of a message, 32 hexadecimal digits. The server drops a second
 * message for the same version of a file.
 */
export function computeMessageId(path: string, version: FileVersion): string {
  return createHash("sha256").update(formatMessage(path, version))
    .digest("hex").slice(0, 32);
}

/**
 * Returns the path or URL in a message: the `file` of a JSON object or, as other
 * systems publish it, the whole message as one line of UTF-8. Returns `null` if the
 * message names no frame.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseMessage } from "./queue.ts";
 *
 * const parse = (text: string) => parseMessage(new TextEncoder().encode(text));
 * assertEquals(parse('{"file":"/data/r6.fits","size":2880}'), "/data/r6.fits");
 * assertEquals(parse("/data/r6.fits\n"), "/data/r6.fits");
 * assertEquals(parse('{"path":"/data/r6.fits"}'), null);
 * ```
 */
export function parseMessage(body: Uint8Array): string | null {
  if (!isUtf8(body)) return null;
  const text = new TextDecoder().decode(body).trim();
  const isJson = text.startsWith("{");
  // Paths with control characters such as line breaks need JSON.
  if (!isJson && /\p{Cc}/u.test(text)) return null;
  const path = isJson ? parseJsonText(text, "file") : text;
  const isValid = path !== null && path !== "" &&
    path.length <= MAX_PATH_LENGTH && !path.includes("\0");
  return isValid ? path : null;
}
