import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import * as v from "valibot";
import preact from "htm/preact/standalone" with { type: "text" };
import { SpitError } from "../errors.ts";
import { isLabel, type Label } from "../evaluation/labels.ts";
import { concat } from "../std.ts";
import api from "./client/api.js" with { type: "text" };
import app from "./client/app.js" with { type: "text" };
import frames from "./client/frames.js" with { type: "text" };
import keys from "./client/keys.js" with { type: "text" };
import view from "./client/view.js" with { type: "text" };
import viewer from "../output/night/client/viewer.js" with { type: "text" };
import type { PackHdu, PreviewFrame } from "./preview.ts";
import type { ReviewSession } from "./session.ts";
import { STYLE } from "./style.ts";

interface ReviewServerOptions {
  /** The page, HTML. */
  readonly page: string;
  readonly session: ReviewSession;
  readonly previewFrame: PreviewFrame;
  /** Packs the pixels of an HDU as JSON. */
  readonly packHdu: PackHdu;
  /** Writes a label; resolves when it is on disk and in the session. */
  readonly saveLabel: (file: string, label: Label | null) => Promise<void>;
  readonly stop: AbortSignal;
}

interface ReviewAddress {
  /** Port; 0 for any free port. Default: a port derived from `portKey`, if it is free, else any. */
  readonly port?: number;
  /**
   * Servers with the same key get the same port, and with it the same browser
   * storage: labels that a page could not save because its server was killed are
   * saved by the page of the next server.
   */
  readonly portKey: string;
}

/** Milliseconds for which requests that never end delay the end of the server. */
const SHUTDOWN_TIMEOUT = 1000;

/** Open connections. A browser opens at most six for all pages of a server. */
const MAX_CONNECTIONS = 16;

/** Connections that the system keeps until the server accepts them: a burst of more waits. */
const BACKLOG = 8;

/**
 * Descriptors that must be free at the start: for the connections, those of the backlog,
 * which are accepted at once, and the files that the review opens. The listener of Deno
 * 2.9.6 accepts nothing any more once there was none for a connection.
 */
const DESCRIPTORS = 2 * (MAX_CONNECTIONS + BACKLOG);

/** Time limits, in milliseconds: for the headers, for the whole request, and between two requests. */
const TIME_LIMITS = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 1000,
} as const;

/**
 * Serves a review on 127.0.0.1, under an address that cannot be guessed, until `stop`
 * aborts.
 *
 * @returns The address of the page, with the token; `ended` resolves when the server has
 *   ended and labels in progress are written.
 * @throws {SpitError} `usage` if the port is taken, without the permission to listen, or if
 *   the process may open too few files.
 */
export async function serveReview(
  options: ReviewServerOptions,
  { port, portKey }: ReviewAddress,
) {
  const token = makeToken();
  const handle = createReviewHandler(token, options);
  const responses = new Set<Promise<void>>();
  const trusted = new WeakSet<Socket>();
  const http = createServer(TIME_LIMITS, (incoming, outgoing) => {
    const { socket } = incoming;
    const response = respondTo(incoming, outgoing, async (request) => {
      const answer = await handle(request);
      // Only a request with the token is not refused.
      if (answer.status !== 403) trusted.add(socket);
      return answer;
    }).finally(() => responses.delete(response));
    responses.add(response);
  });
  limitConnections(http, trusted);
  const bound = port === undefined
    ? await listen(http, derivePort(portKey)) ?? await listen(http, 0)
    : await listen(http, port);
  if (bound === null) {
    throw new SpitError(
      "usage",
      `cannot listen on port ${port}: it is taken. Choose another --port, or leave it out`,
    );
  }
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const end = async () => {
    const closed = new Promise((wake) => http.close(wake));
    http.closeIdleConnections();
    const timeout = new Promise((wake) => setTimeout(wake, SHUTDOWN_TIMEOUT));
    await Promise.race([closed, timeout]);
    http.closeAllConnections();
    // A client can leave its request unfinished, but a response always ends.
    await Promise.allSettled(responses);
    resolve();
  };
  if (options.stop.aborted) end();
  else options.stop.addEventListener("abort", end);
  return { url: `http://127.0.0.1:${bound}/${token}/`, ended };
}

/**
 * Counts free descriptors by opening sockets, since their limit cannot be read without
 * permission.
 *
 * @throws {SpitError} `usage` if there are too few.
 */
function checkDescriptors(): void {
  const sockets: Deno.Listener[] = [];
  try {
    while (sockets.length < DESCRIPTORS) {
      sockets.push(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
    }
  } catch (cause) {
    // Without permission for other ports they are not counted.
    if ((cause as { code?: string }).code !== "EMFILE") return;
    throw new SpitError(
      "usage",
      `the process may open too few files: review needs ${DESCRIPTORS} more, of which ` +
        `${sockets.length} are left. Raise the limit (ulimit -n)`,
      { cause },
    );
  } finally {
    for (const socket of sockets) socket.close();
  }
}

/** Returns the port; `null` if it is taken or needs privileges. */
async function listen(http: Server, port: number): Promise<number | null> {
  // Without the permission, `listen` of node:http neither succeeds nor fails.
  const { state } = await Deno.permissions.request({
    name: "net",
    host: `127.0.0.1:${port}`,
  });
  if (state !== "granted") {
    throw new SpitError(
      "usage",
      "cannot listen on 127.0.0.1: run again with --allow-net=127.0.0.1",
    );
  }
  checkDescriptors();
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const onError = (error: Error & { readonly code?: string }) => {
    if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(null);
    else reject(error);
  };
  http.once("error", onError);
  http.listen({ port, host: "127.0.0.1", backlog: BACKLOG }, () => {
    const address = http.address();
    resolve(typeof address === "object" ? address?.port ?? null : null);
  });
  try {
    return await promise;
  } finally {
    http.off("error", onError);
  }
}

/**
 * Closes the oldest connection without a request that had the token when there are too
 * many: other users of the machine can neither exhaust the descriptors of the process
 * nor keep the page of the observer from its server.
 */
function limitConnections(http: Server, trusted: WeakSet<Socket>): void {
  const open = new Set<Socket>();
  http.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    // Broken connections are closed by the server.
    socket.on("error", () => {});
    if (open.size <= MAX_CONNECTIONS) return;
    const oldest = [...open].find((other) => !trusted.has(other)) ?? socket;
    open.delete(oldest);
    oldest.destroy();
  });
  http.on("clientError", (_error, socket) => socket.destroy());
  // As when the process has no descriptor left: the next connection may succeed.
  http.on("error", () => {});
}

/** Passes a request with its body to a handler, and sends the response. */
async function respondTo(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: Request) => Promise<Response>,
): Promise<void> {
  outgoing.on("error", () => {});
  let response: Response;
  try {
    const body = await readBody(incoming);
    if (body === null) return void incoming.socket.destroy();
    response = await handle(makeRequest(incoming, body));
  } catch (error) {
    response = error instanceof BadRequest
      ? respondText(400, error.message)
      : respondText(500, "The request failed");
  }
  try {
    const { method = "" } = incoming;
    const bytes = new Uint8Array(await response.arrayBuffer());
    // The rest of a body that is not read ends the connection.
    if (!incoming.complete) outgoing.setHeader("connection", "close");
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(method === "HEAD" ? undefined : bytes);
  } catch {
    // The client is gone.
    outgoing.destroy();
  }
}

class BadRequest extends Error {}

/**
 * Makes a request from its path alone: `Host`, which may be malformed, is checked as a
 * header.
 *
 * @throws {BadRequest} For a method, path or header that HTTP does not allow.
 */
function makeRequest(
  { method = "GET", url = "/", headers, rawHeaders }: IncomingMessage,
  body: Uint8Array<ArrayBuffer>,
): Request {
  const what = "Send an HTTP request with a path and one Host header";
  const hosts = rawHeaders.filter((name, k) =>
    k % 2 === 0 && name.toLowerCase() === "host"
  );
  if (
    !url.startsWith("/") || hosts.length !== 1 ||
    !URL.canParse(`http://${headers.host}`)
  ) throw new BadRequest(what);
  try {
    const entries = Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((part): [string, string] => [name, part])
    );
    const hasBody = method !== "GET" && method !== "HEAD";
    return new Request(`http://127.0.0.1${url}`, {
      method,
      headers: entries,
      ...(hasBody && { body }),
    });
  } catch {
    throw new BadRequest(what);
  }
}

/** Bytes of the longest body: an id and a label are shorter. */
const MAX_BODY_BYTES = 1000;

/**
 * Reads the body, which `requestTimeout` ends when it is too slow; `null` when the
 * connection ended first.
 *
 * @throws {BadRequest} When it is too long.
 */
async function readBody(
  incoming: IncomingMessage,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  incoming.on("data", (chunk: Uint8Array) => {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) return void chunks.push(chunk);
    incoming.pause();
    reject(new BadRequest("The body is too long"));
  });
  incoming.on("end", () => resolve(true));
  incoming.on("error", () => resolve(false));
  incoming.on("close", () => resolve(false));
  return await promise ? concat(chunks) : null;
}

/** Returns a port from 20000 to 29999, below the ephemeral range: the FNV-1a hash of the key. */
function derivePort(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return 20000 + hash % 10000;
}

/** Makes a random token of 32 bytes for the address of the page. */
export function makeToken(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}

/** Names of this machine as seen from itself, or through a tunnel. */
const HOSTS: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Returns the path behind the token, as `label` in `/TOKEN/label`; `null` if the
 * request must be refused. It must be addressed to this machine (a domain that an
 * attacker points here has its own name in `Host`), come from the page itself or a
 * plain link, and know the token.
 */
function checkAccess(request: Request, token: string): string | null {
  const { headers } = request;
  const url = new URL(request.url);
  const host = headers.get("host") ?? url.host;
  if (!HOSTS.includes(host.replace(/:\d+$/, ""))) return null;
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) return null;
  const site = headers.get("sec-fetch-site");
  if (
    (site === "cross-site" || site === "same-site") &&
    headers.get("sec-fetch-mode") !== "navigate"
  ) return null;
  const [, given = "", ...path] = url.pathname.split("/");
  return isSameToken(given, token) ? path.join("/") : null;
}

/** Compares in constant time. */
function isSameToken(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Headers of every response: same origin only, no cache, no referrer. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; script-src 'self'; " +
    "style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["api.js", api],
  ["app.js", app],
  ["frames.js", frames],
  ["keys.js", keys],
  ["preact.js", preact],
  ["view.js", view],
  ["viewer.js", viewer],
]);

/**
 * Returns the handler of requests. Frames are addressed by number, so that no path
 * in a request reaches the disk. Only `POST label` writes, and only labels.
 */
export function createReviewHandler(
  token: string,
  options: ReviewServerOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const path = checkAccess(request, token);
    if (path === null) {
      return respondText(403, "Open the URL that spit review printed");
    }
    try {
      if (request.method === "GET") return await handleGet(path, options);
      if (request.method === "POST") {
        return await handlePost(path, request, options);
      }
      return respondText(405, "Use GET or POST");
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      return respondText(500, error.message);
    }
  };
}

async function handleGet(
  path: string,
  options: ReviewServerOptions,
): Promise<Response> {
  if (path === "") return respond(options.page, "text/html; charset=utf-8");
  if (path === "review.css") return respond(STYLE, "text/css; charset=utf-8");
  const script = SCRIPTS.get(path);
  if (script !== undefined) {
    return respond(script, "text/javascript; charset=utf-8");
  }
  const [name, ...parts] = path.split("/");
  const [first = NaN, , third = NaN] = parts.map((text) =>
    /^\d{1,9}$/.test(text) ? Number(text) : NaN
  );
  if (name === "changes") return await respondChanges(first || 0, options);
  const row = options.session.getRow(first);
  if (row === undefined || !["frame", "image", "pixels"].includes(name ?? "")) {
    return respondText(404, "Not found");
  }
  // pixels/ID/IMAGE_VERSION/HDU, of which the page asks one at a time.
  if (name === "pixels") {
    return row.hdus.includes(third)
      ? respond(await options.packHdu(row.file, third), "application/json")
      : respondText(404, "Not found");
  }
  const key = `${row.id} ${row.imageVersion}`;
  const preview = await options.previewFrame(row.file, key);
  if (name === "frame") {
    const hdus = preview.hdus.map(({ png: _, ...hdu }) => hdu);
    return respondJson({ ...preview, hdus });
  }
  // image/ID/IMAGE_VERSION/INDEX; the version only makes the address change.
  const hdu = preview.hdus[third];
  return hdu === undefined
    ? respondText(404, "Not found")
    : respond(hdu.png, "image/png");
}

/** Milliseconds after which a request for changes is answered without any. */
const POLL_TIMEOUT = 20_000;

/** Milliseconds for which changes are collected: frames can be classified faster than a page can draw. */
const COLLECT_TIME = 100;

async function respondChanges(
  since: number,
  { session, stop }: ReviewServerOptions,
): Promise<Response> {
  const timeout = AbortSignal.timeout(POLL_TIMEOUT);
  await session.waitForChanges(since, AbortSignal.any([timeout, stop]));
  if (!stop.aborted) {
    await new Promise((wake) => setTimeout(wake, COLLECT_TIME));
  }
  return respondJson(session.getChanges(since));
}

async function handlePost(
  path: string,
  request: Request,
  { session, saveLabel }: ReviewServerOptions,
): Promise<Response> {
  if (path !== "label") return respondText(404, "Not found");
  // A page of another origin can send a form here, but not this type.
  if (request.headers.get("content-type") !== "application/json") {
    return respondText(415, "Send application/json");
  }
  const body = await request.text();
  const { success, output: change } = v.safeParse(LABEL_CHANGE, body);
  const row = success ? session.getRow(change.id) : undefined;
  if (!success || row === undefined) {
    return respondText(400, 'Send {"id": NUMBER, "label": TYPE or null}');
  }
  await saveLabel(row.file, change.label);
  return respondJson(session.getRow(row.id));
}

const LABEL_CHANGE = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    id: v.number(),
    label: v.nullable(v.pipe(v.string(), v.guard(isLabel))),
  }),
);

function respond(body: BodyInit, type: string, status = 200): Response {
  const headers = { ...SECURITY_HEADERS, "content-type": type };
  return new Response(body, { status, headers });
}

function respondJson(value: unknown): Response {
  return respond(JSON.stringify(value), "application/json");
}

function respondText(status: number, text: string): Response {
  return respond(text + "\n", "text/plain; charset=utf-8", status);
}
