/**
 * A file on a web server as a source of bytes.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { concatBytes } from "./memory.ts";
import { type ByteSource, memorySource } from "./byte_source.ts";

/** How a server is asked, and how patiently. */
export interface HttpOptions {
  /** Bytes beyond which a file is refused. Default: 4 GiB. */
  readonly maxBytes?: number;
  /** Milliseconds without a byte after which a try is given up. Default: 30,000. */
  readonly stall?: number;
  /** Waits between two tries. Default: a timer. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** Tries, the first among them. */
const TRIES = 5;
/** Milliseconds before the second try; twice that before the third, and so on. */
const FIRST_WAIT = 500;
/** A server that wants to be asked later than this is asked no more. */
const LONGEST_WAIT = 30_000;

/** What a server says when it may say something else soon. */
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/** What came of a file so far, for a try that goes on where one broke off. */
interface Received {
  readonly chunks: Uint8Array[];
  length: number;
  /** What tells this file from a later one of its name; `null` when the server does not say. */
  mark: string | null;
}

/** A try that failed, and may not the next time. */
interface Failure {
  readonly why: string;
  /** Milliseconds that the server wants to be left alone; `null` when it does not say. */
  readonly after: number | null;
}

/** Whether a path is the address of a file on a web server. */
export function isUrl(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/**
 * Gets a file from a web server, all of it, into memory: frames are read but once,
 * and from end to end. Needs `--allow-net` for its host.
 *
 * What breaks off goes on where it did (`Range`, `If-Range`) when the server can,
 * and begins again when it cannot. Five tries, half a second apart, then twice
 * that each time, with as much chance again in it as to keep a thousand readers
 * from coming back at once; `Retry-After` is heeded up to half a minute. A file is
 * asked for as it lies there: what is compressed on the way to the reader, as
 * some servers have it with `.gz`, is inflated by the reader like any other.
 *
 * Messages do not repeat the address, which may hold a password.
 *
 * @throws {SpitError} `not_found`; `no_permission` (401, 403, or Deno may not);
 *   `too_large`; `unreachable` when all tries failed; `not_fits` for a page in
 *   place of the file; `io` for any other answer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openUrlSource } from "./http.ts";
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("SIMPLE"));
 * const source = await openUrlSource(`http://localhost:${server.addr.port}/r1.fits`);
 * assertEquals(source.atMost, 6);
 * ```
 */
export async function openUrlSource(
  url: string,
  access: HttpOptions = {},
): Promise<ByteSource> {
  const { wait = pause } = access;
  const received: Received = { chunks: [], length: 0, mark: null };
  let failure: Failure | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (failure !== undefined) {
      const chance = FIRST_WAIT * 2 ** (tries - 1);
      const after = failure.after ?? chance * (1 + Math.random());
      if (after > LONGEST_WAIT) break;
      await wait(after);
    }
    failure = await receive(url, received, access);
    if (failure === undefined) {
      return memorySource(concatBytes(received.chunks));
    }
  }
  throw new SpitError("unreachable", `${failure!.why}; tried ${TRIES} times`, {
    file: url,
  });
}

/**
 * Size and time of modification as a server tells them; `null` what it does not,
 * or when it cannot be asked.
 */
export async function readUrlVersion(
  url: string,
): Promise<{ size: number | null; modified: number | null }> {
  try {
    const signal = AbortSignal.timeout(LONGEST_WAIT);
    const { ok, headers } = await fetch(url, {
      ...{ method: "HEAD", signal },
      headers: { "accept-encoding": "identity" },
    });
    const size = Number(headers.get("content-length") ?? NaN);
    const modified = Date.parse(headers.get("last-modified") ?? "");
    return {
      size: ok && Number.isSafeInteger(size) ? size : null,
      modified: ok && !Number.isNaN(modified) ? modified : null,
    };
  } catch {
    // The reader asks next, and says what is wrong better than we could.
    return { size: null, modified: null };
  }
}

/** One try; `undefined` when all has come. */
async function receive(
  url: string,
  received: Received,
  { maxBytes = 4 * 1024 ** 3, stall = 30_000 }: HttpOptions,
): Promise<Failure | undefined> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), stall);
  try {
    const response = await fetch(url, {
      headers: headersFor(received),
      signal: abort.signal,
    });
    const failure = await refused(url, response, received);
    if (failure !== undefined) return failure;
    const announced = Number(response.headers.get("content-length") ?? 0);
    if (received.length + announced > maxBytes) throw tooLarge(url, maxBytes);
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), stall);
      received.chunks.push(chunk);
      received.length += chunk.length;
      if (received.length > maxBytes) throw tooLarge(url, maxBytes);
    }
    refusePage(url, response, received);
    return undefined;
  } catch (error) {
    if (error instanceof SpitError) throw error;
    if (error instanceof Deno.errors.NotCapable) throw notCapable(url, error);
    const why = abort.signal.aborted
      ? `the server has sent nothing for ${stall / 1000} s`
      : `the server cannot be reached, or broke off (${reasonOf(error)})`;
    return { why, after: null };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function headersFor({ length, mark }: Received): Record<string, string> {
  const identity = { "accept-encoding": "identity" };
  return length > 0 && mark !== null
    ? { ...identity, range: `bytes=${length}-`, "if-range": mark }
    : identity;
}

/** What the status says; takes note of what is to be gone on with. */
async function refused(
  url: string,
  { status, headers, body }: Response,
  received: Received,
): Promise<Failure | undefined> {
  const goesOn = status === 206 &&
    headers.get("content-range")?.startsWith(`bytes ${received.length}-`);
  if (goesOn) return undefined;
  received.chunks.length = received.length = 0;
  // A weak mark stands for files that may differ in bytes.
  const tag = headers.get("etag");
  received.mark = tag?.startsWith("W/") === false
    ? tag
    : headers.get("last-modified");
  if (status === 200) return undefined;
  await body?.cancel();
  if (PASSING.includes(status) || status === 206 || status === 416) {
    const after = retryAfter(headers.get("retry-after"));
    return { why: `the server answers ${status}`, after };
  }
  if (status === 404 || status === 410) {
    throw error("not_found", `the server has no such file (${status})`, url);
  }
  if (status === 401 || status === 403) {
    const what = `the server does not give the file out (${status})`;
    throw error("no_permission", what, url);
  }
  throw error("io", `the server answers ${status}`, url);
}

/** Seconds or a date, as milliseconds from now. */
function retryAfter(text: string | null): number | null {
  if (text === null) return null;
  const after = /^\d+$/.test(text)
    ? 1000 * Number(text)
    : Date.parse(text) - Date.now();
  return Number.isNaN(after) ? null : Math.max(0, after);
}

/** Servers that want a login send a page of theirs, and call that a success. */
function refusePage(
  url: string,
  { headers }: Response,
  { chunks }: Received,
): void {
  const type = headers.get("content-type") ?? "";
  const isMarkup = chunks.find(({ length }) => length > 0)?.[0] === 0x3c;
  if (!type.includes("html") || !isMarkup) return;
  const what = "the server sent a page (text/html) in place of the file: " +
    "does it want a login?";
  throw error("not_fits", what, url);
}

function tooLarge(url: string, maxBytes: number): SpitError {
  const what = `the file is larger than the limit of ${maxBytes} bytes; ` +
    "--max-bytes allows more";
  return error("too_large", what, url);
}

function notCapable(url: string, cause: Error): SpitError {
  const { host } = new URL(url);
  const what = `Deno may not ask this server: run with --allow-net=${host}`;
  return new SpitError("no_permission", what, { file: url, cause });
}

function error(
  code: "not_found" | "no_permission" | "io" | "not_fits" | "too_large",
  what: string,
  file: string,
): SpitError {
  return new SpitError(code, what, { file });
}

/** What the system says, without the address. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  const said = cause instanceof Error ? cause.message : message;
  return said.replace(/^.*\bfor url \([^)]*\):? */, "");
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}
