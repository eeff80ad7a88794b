/**
 * Where a NATS server is, as a user writes it.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/** Where servers are, and who we are to them. */
export interface ServerAddress {
  /** `host:port` of each server of the cluster. */
  readonly servers: readonly string[];
  /** Whether nothing but TLS will do. */
  readonly tls: boolean;
  /** User, when the URL names one. */
  readonly user?: string;
  /** Password; never to be shown. */
  readonly pass?: string;
  /** Token, when there is a user without password. */
  readonly token?: string;
}

/** Where NATS servers listen. */
const PORT = "4222";

/**
 * Reads `nats://host`, `nats://user:password@host:port`, `nats://token@host`, the
 * same with `tls://`, or several with commas between. Credentials of the first
 * are those of all.
 *
 * @throws {SpitError} `usage` when it is no such thing. The message does not show
 *   the text: it may hold a password.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseServerAddress } from "./server_address.ts";
 *
 * const address = { servers: ["10.0.0.1:4222"], tls: true, user: "kast", pass: "dome" };
 * assertEquals(parseServerAddress("tls://kast:dome@10.0.0.1"), address);
 * ```
 */
export function parseServerAddress(text: string): ServerAddress {
  const urls = text.split(",").map((part) => urlOf(part.trim()));
  const [first] = urls;
  if (first === undefined || urls.some((url) => !isServer(url))) throw usage();
  const tls = first!.protocol === "tls:";
  if (urls.some((url) => (url!.protocol === "tls:") !== tls)) throw usage();
  const servers = urls.map((url) => `${url!.hostname}:${url!.port || PORT}`);
  return { servers, tls, ...credentialsIn(first!) };
}

function credentialsIn({ username, password }: URL) {
  const [user = "", pass = ""] = [username, password].map(decoded);
  if (user === "") return {};
  return pass === "" ? { token: user } : { user, pass };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw usage();
  }
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function isServer(url: URL | null): boolean {
  if (url === null || url.hostname === "") return false;
  if (url.protocol !== "nats:" && url.protocol !== "tls:") return false;
  return /^\/?$/.test(url.pathname) && url.search === "" && url.hash === "";
}

function usage(): SpitError {
  return new SpitError(
    "usage",
    "the server is to be nats://HOST[:PORT] or tls://HOST[:PORT], with USER:PASSWORD@ " +
      "before HOST where it asks for them (% as %25), or several of one kind with commas between",
  );
}
