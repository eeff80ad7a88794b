/**
 * Who may talk to the review server: the page that was opened by its address.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";

/** Letters of a token: 256 bits. */
const TOKEN_BYTES = 32;

/** A token that nobody can guess, for the address of the page. */
export function makeToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
}

/** Names of this machine as seen from itself, or through a tunnel to it. */
const HOSTS: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Whether a request comes from our own page: it was addressed to this machine
 * (a page of a stranger whose name was made to point here says its own name),
 * it comes from no other page, and it knows the token.
 *
 * @returns The path behind the token, as `label` in `/TOKEN/label`; `null` for a
 *   request that is to be refused.
 */
export function pathFor(request: Request, token: string): string | null {
  const url = new URL(request.url);
  const host = request.headers.get("host") ?? url.host;
  if (!HOSTS.includes(host.replace(/:\d+$/, ""))) return null;
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) return null;
  const site = request.headers.get("sec-fetch-site");
  if (site === "cross-site" || site === "same-site") {
    // A link may lead here, a script of another page may not.
    if (request.headers.get("sec-fetch-mode") !== "navigate") return null;
  }
  const [, given = "", ...path] = url.pathname.split("/");
  return isSame(given, token) ? path.join("/") : null;
}

/** Takes as long for every wrong token of the right length. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Of every answer: nothing of another origin, nothing kept, nothing told onward. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
