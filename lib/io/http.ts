import type { BlockList } from "node:net";
import { SpitError } from "../errors.ts";
import { retry } from "../std.ts";
import {
  type ByteQueue,
  type ByteSource,
  createByteQueue,
  queueSource,
} from "./byte_source.ts";
import type { FileVersion } from "./file_version.ts";
import { sleep } from "./signals.ts";

export interface HttpOptions {
  /** Largest file, bytes. Default: 4 GiB. */
  readonly maxBytes?: number;
  /** Milliseconds without a byte after which an attempt is given up. Default: 30,000. */
  readonly stall?: number;
  /** Longest wait before the second attempt, milliseconds; doubled before each further one. Default: 1,000. */
  readonly backoff?: number;
}

const MAX_ATTEMPTS = 5;
/** Longest wait between two attempts, milliseconds. */
const MAX_WAIT = 30_000;

/** Statuses that a later request may not get. */
const TRANSIENT_STATUSES = [408, 425, 429, 500, 502, 503, 504];

/** The part of a file that has been received, to be continued by the next attempt. */
interface Download {
  readonly bytes: ByteQueue;
  /** ETag or Last-Modified of the file; `null` without either. */
  validator: string | null;
}

/** An attempt that failed and may succeed later. */
class TransientError extends Error {
  /** @param retryAfter Milliseconds to wait, from `Retry-After`. */
  constructor(message: string, readonly retryAfter = 0) {
    super(message);
  }
}

export function isUrl(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/**
 * Returns a text whose addresses have no user, password and query, which can contain
 * tokens. For messages, which end up in logs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hideSecrets } from "./http.ts";
 *
 * assertEquals(hideSecrets("no row: https://u:p@a.example/r1.fits?token=1"), "no row: https://a.example/r1.fits?…");
 * ```
 */
export function hideSecrets(text: string): string {
  return text.replace(
    /\b(https?:\/\/)([^\s/?#]*@)?([^\s?#]*)([?#]\S*?(?=[:,;.)]*(?:\s|$)))?/gi,
    (_, protocol, _user, rest, query) =>
      protocol + rest + (query === undefined ? "" : "?…"),
  );
}

/**
 * Downloads a file from a web server into memory. Needs `--allow-net` for its host.
 *
 * A download that breaks off is continued (`Range`, `If-Range`) if the server supports
 * it, else restarted. There are five attempts with exponential backoff, from 0.5 to
 * 1 s before the second one to 4 to 8 s before the fifth. The waits are random, so
 * that many readers do not return at once. `Retry-After` is honoured up to 30 s; a
 * longer one ends the download. The file is requested without content encoding; one
 * that a server sends all the same, as some do for `.gz`, is decoded by `fetch`.
 *
 * Up to 20 redirects are followed, to `http` and `https` only. One to this machine or to a
 * private network is refused, unless it is to the host of the URL itself: an address on
 * the Internet must not make this machine send requests to services that it alone can
 * reach. Host names are not resolved for that.
 *
 * Error messages do not contain the URL, which may contain a password.
 *
 * @throws {SpitError} `not_found`; `no_permission` (401, 403, no `--allow-net`, or a
 *   redirect that is refused);
 *   `too_large`; `unreachable` when all attempts failed; `not_fits` for an HTML page
 *   in place of the file; `io` for any other response.
 */
export async function openUrlSource(
  url: string,
  options: HttpOptions = {},
): Promise<ByteSource> {
  const download: Download = { bytes: createByteQueue(), validator: null };
  const { backoff = 1000 } = options;
  let retryAt = 0;
  const attempt = async () => {
    await sleep(Math.max(0, retryAt - Date.now()));
    try {
      await receive(url, download, options);
    } catch (error) {
      if (error instanceof TransientError) {
        retryAt = Date.now() + error.retryAfter;
      }
      throw error;
    }
  };
  try {
    await retry(attempt, {
      maxAttempts: MAX_ATTEMPTS,
      minTimeout: backoff,
      maxTimeout: MAX_WAIT,
      jitter: 0.5,
      isRetriable: (error) =>
        error instanceof TransientError && error.retryAfter <= MAX_WAIT,
    });
  } catch (error) {
    throw describeFailure(url, error);
  }
  return queueSource(download.bytes);
}

/**
 * Reads the size and modification time of a file from a server with a HEAD request.
 * Both are `null` when the request fails, and either when the server does not send it.
 */
export async function readUrlVersion(url: string): Promise<FileVersion> {
  try {
    const { ok, headers } = await fetchFile(url, {
      method: "HEAD",
      signal: AbortSignal.timeout(MAX_WAIT),
      headers: { "accept-encoding": "identity" },
    });
    const size = Number(headers.get("content-length") ?? NaN);
    const modified = Date.parse(headers.get("last-modified") ?? "");
    return {
      size: ok && Number.isSafeInteger(size) ? size : null,
      modified: ok && !Number.isNaN(modified) ? modified : null,
    };
  } catch {
    // The reader requests the file next and reports the error in full.
    return { size: null, modified: null };
  }
}

const MAX_REDIRECTS = 20;

const REDIRECTS = [301, 302, 303, 307, 308];

/** Requests a file, and follows redirects as {@linkcode openUrlSource} does. */
async function fetchFile(url: string, init: RequestInit): Promise<Response> {
  const { hostname } = new URL(url);
  let next = url;
  for (let count = 0; count <= MAX_REDIRECTS; count++) {
    const from = new URL(next);
    const response = await fetch(next, { ...init, redirect: "manual" })
      .catch((cause) => {
        if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
        const what =
          `no permission to access the server: run with --allow-net=${from.host}`;
        throw new SpitError("no_permission", what, { file: url, cause });
      });
    const location = response.headers.get("location");
    if (!REDIRECTS.includes(response.status) || location === null) {
      return response;
    }
    await response.body?.cancel();
    const to = URL.parse(location, from);
    if (to === null || !isUrl(to.href)) {
      throw makeError("io", "the server redirects to no web address", url);
    }
    if (to.hostname !== hostname && await isInternalHost(to.hostname)) {
      const what = `the server redirects to ${to.hostname}, a host of this ` +
        "machine or of a private network, which is not followed: give that URL itself";
      throw makeError("no_permission", what, url);
    }
    // Credentials are for the server that they were given for.
    if (to.origin === from.origin && to.username === "") {
      to.username = from.username;
      to.password = from.password;
    }
    next = to.href;
  }
  const what = `the server redirects more than ${MAX_REDIRECTS} times`;
  throw makeError("unreachable", what, url);
}

/** Addresses of the machine itself, of links and of private networks. Source: RFC 6890. */
const INTERNAL = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8"],
  ...["169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  ...["::/128", "::1/128", "64:ff9b::/96", "fc00::/7", "fe80::/10"],
];

let internalAddresses: BlockList | undefined;

function getFamily(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4";
}

/**
 * Returns whether the host of a URL is this machine, or has an address of a private network
 * or of a link. Names are not resolved.
 */
export async function isInternalHost(hostname: string): Promise<boolean> {
  // Imported on first use: this module is loaded at every start.
  const { BlockList, isIP } = await import("node:net");
  if (internalAddresses === undefined) {
    internalAddresses = new BlockList();
    for (const subnet of INTERNAL) {
      const [address = "", bits] = subnet.split("/");
      internalAddresses.addSubnet(address, Number(bits), getFamily(address));
    }
  }
  const host = hostname.replace(/^\[|\]$|\.$/g, "");
  if (isIP(host) === 0) return /(^|\.)localhost$/i.test(host);
  return internalAddresses.check(host, getFamily(host));
}

/** Returns the error to throw for an error of {@linkcode retry}. */
function describeFailure(url: string, error: unknown): unknown {
  if (error instanceof TransientError) {
    const seconds = Math.ceil(error.retryAfter / 1000);
    const what = `${error.message} and asks to retry after ${seconds} s`;
    return makeError("unreachable", what, url);
  }
  const { cause } = error as Error;
  if (!(cause instanceof TransientError)) return error;
  const what = `${cause.message}; tried ${MAX_ATTEMPTS} times`;
  return makeError("unreachable", what, url);
}

async function receive(
  url: string,
  download: Download,
  { maxBytes = 4 * 1024 ** 3, stall = 30_000 }: HttpOptions,
): Promise<void> {
  const controller = new AbortController();
  // One timer, because a response can have a million chunks.
  let received = Date.now();
  const check = () => {
    const left = received + stall - Date.now();
    if (left <= 0) controller.abort();
    else timer = setTimeout(check, left);
  };
  let timer = setTimeout(check, stall);
  try {
    const { bytes, validator } = download;
    const range: HeadersInit = bytes.end > 0 && validator !== null
      ? { range: `bytes=${bytes.end}-`, "if-range": validator }
      : {};
    const response = await fetchFile(url, {
      headers: { "accept-encoding": "identity", ...range },
      signal: controller.signal,
    });
    await checkResponse(url, response, download);
    const announced = Number(response.headers.get("content-length") ?? 0);
    if (bytes.end + announced > maxBytes) throw tooLarge(url, maxBytes);
    for await (const chunk of response.body ?? []) {
      received = Date.now();
      if (bytes.end + chunk.length > maxBytes) throw tooLarge(url, maxBytes);
      bytes.append(chunk);
    }
    refusePage(url, response, download);
  } catch (error) {
    if (error instanceof SpitError || error instanceof TransientError) {
      throw error;
    }
    const reason = describeReason(error);
    throw new TransientError(
      controller.signal.aborted
        ? `the server sent nothing for ${stall / 1000} s`
        : `cannot reach the server, or the connection broke: ${reason}`,
    );
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

/** Throws unless the response contains the file or its rest; resets the download for a whole file. */
async function checkResponse(
  url: string,
  { status, headers, body }: Response,
  download: Download,
): Promise<void> {
  const continues = status === 206 &&
    headers.get("content-range")?.startsWith(`bytes ${download.bytes.end}-`);
  if (continues) return;
  download.bytes.clear();
  // A weak ETag does not guarantee identical bytes.
  const etag = headers.get("etag");
  download.validator = etag?.startsWith("W/") === false
    ? etag
    : headers.get("last-modified");
  if (status === 200) return;
  await body?.cancel();
  if (TRANSIENT_STATUSES.includes(status) || status === 206 || status === 416) {
    throw new TransientError(
      `the server responded ${status}`,
      parseRetryAfter(headers.get("retry-after")),
    );
  }
  if (status === 404 || status === 410) {
    throw makeError("not_found", `no such file on the server (${status})`, url);
  }
  if (status === 401 || status === 403) {
    const what = `the server denies access to the file (${status})`;
    throw makeError("no_permission", what, url);
  }
  throw makeError("io", `the server responded ${status}`, url);
}

/** Returns the milliseconds to wait, from seconds or a date; 0 without either. */
function parseRetryAfter(text: string | null): number {
  if (text === null) return 0;
  const wait = /^\d+$/.test(text)
    ? 1000 * Number(text)
    : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? 0 : Math.max(0, wait);
}

/** Servers that require a login send a login page with status 200. */
function refusePage(
  url: string,
  { headers }: Response,
  { bytes }: Download,
): void {
  const type = headers.get("content-type") ?? "";
  const first = new Uint8Array(1);
  bytes.copy(0, first);
  const isMarkup = first[0] === 0x3c;
  if (!type.includes("html") || !isMarkup) return;
  const what = "the server sent an HTML page in place of the file: " +
    "does it require a login?";
  throw makeError("not_fits", what, url);
}

function tooLarge(url: string, maxBytes: number): SpitError {
  const what = `the file is larger than the limit of ${maxBytes} bytes: ` +
    "raise it with --max-bytes";
  return makeError("too_large", what, url);
}

function makeError(
  code: SpitError["code"],
  what: string,
  file: string,
): SpitError {
  return new SpitError(code, what, { file });
}

/** Returns the system's message without the URL. */
function describeReason(error: unknown): string {
  const { cause, message } = error as Error;
  const reason = cause instanceof Error ? cause.message : message;
  return reason.replace(/^.*\bfor url \([^)]*\):? */, "");
}
