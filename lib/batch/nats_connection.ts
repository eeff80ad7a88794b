import { JetStreamApiError } from "@nats-io/jetstream";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import { SpitError } from "../errors.ts";
import { readText } from "../io/file.ts";

interface ServerAddress {
  /** `host:port` of each server. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user?: string;
  /** It must not appear in any output. */
  readonly pass?: string;
  /** Token, given as a user name without a password. */
  readonly token?: string;
}

const DEFAULT_PORT = "4222";

/**
 * Parses `nats://host`, `nats://user:password@host:port`, `nats://token@host`, the
 * same with `tls://`, or several of them separated by commas. The credentials of the
 * first are used for all.
 *
 * @throws {SpitError} `usage` for any other text. The message does not contain the
 *   text, which may include a password.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseServerAddress } from "./nats_connection.ts";
 *
 * const address = { servers: ["10.0.0.1:4222"], tls: true, user: "kast", pass: "dome" };
 * assertEquals(parseServerAddress("tls://kast:dome@10.0.0.1"), address);
 * ```
 */
export function parseServerAddress(text: string): ServerAddress {
  const urls = text.split(",").map((part) => parseServerUrl(part.trim()));
  const tls = urls[0]!.protocol === "tls:";
  if (urls.some(({ protocol }) => (protocol === "tls:") !== tls)) {
    throw addressError();
  }
  const servers = urls.map(({ hostname, port }) =>
    `${hostname}:${port || DEFAULT_PORT}`
  );
  return { servers, tls, ...parseCredentials(urls[0]!) };
}

function parseServerUrl(text: string): URL {
  const url = URL.parse(text);
  const isValid = url !== null && url.hostname !== "" &&
    (url.protocol === "nats:" || url.protocol === "tls:") &&
    /^\/?$/.test(url.pathname) && url.search === "" && url.hash === "";
  if (!isValid) throw addressError();
  return url;
}

function parseCredentials({ username, password }: URL) {
  try {
    const user = decodeURIComponent(username);
    const pass = decodeURIComponent(password);
    if (user === "") return {};
    return pass === "" ? { token: user } : { user, pass };
  } catch {
    throw addressError();
  }
}

function addressError(): SpitError {
  return new SpitError(
    "usage",
    "the server must be given as nats://HOST[:PORT] or tls://HOST[:PORT], with " +
      "USER:PASSWORD@ before HOST if it requires them (% as %25); several servers " +
      "of one kind are separated by commas",
  );
}

interface NatsOptions {
  /** See {@linkcode parseServerAddress}. */
  readonly nats: string;
  /** Credentials file with a JWT and a seed, as `nsc` writes it. */
  readonly creds?: string;
  /** PEM file of the certificate authorities of the server. */
  readonly ca?: string;
  /** Name of this client, which the server shows in its lists. */
  readonly name: string;
  readonly notice: (message: string) => void;
}

/** Milliseconds to wait for a response of the server. */
const RESPONSE_TIMEOUT = 10_000;

/** Shortest and longest time between two attempts to reconnect, in milliseconds. */
const RECONNECT_DELAY = { min: 250, max: 10_000 };

/**
 * Connects to a NATS server; declare the link with `await using`. A lost connection is
 * restored, however many attempts that takes, with increasing delays.
 *
 * @throws {SpitError} `usage` for an invalid address; `io` if the server cannot be
 *   reached or refuses the connection; the errors of `readText`.
 */
export async function connectToNats(options: NatsOptions) {
  const { notice } = options;
  const { tls, servers, ...credentials } = parseServerAddress(options.nats);
  const server = servers.join(", ");
  const ca = options.ca && await readText(options.ca, "the certificates");
  const creds = options.creds &&
    await readText(options.creds, "the credentials");
  let disconnectedAt = performance.now();
  const connection = await connect({
    ...credentials,
    servers: [...servers],
    name: options.name,
    timeout: RESPONSE_TIMEOUT,
    maxReconnectAttempts: -1,
    // As long as the outage so far. The random factor spreads the clients.
    reconnectDelayHandler: () => {
      const outage = performance.now() - disconnectedAt;
      const { min, max } = RECONNECT_DELAY;
      return (0.5 + Math.random() / 2) * Math.min(max, Math.max(min, outage));
    },
    // Resolving names here would require network permission for each address.
    resolve: false,
    noAsyncTraces: true,
    ...((tls || ca) && { tls: ca ? { ca } : {} }),
    ...(creds && {
      authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
    }),
  }).catch((cause) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw connectionError(server, cause);
  });

  async function reportStatus(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === "disconnect" && !connection.isClosed()) {
        disconnectedAt = performance.now();
        notice(`lost the connection to ${server}; trying again`);
      } else if (type === "reconnect") {
        notice(`connected to ${server} again`);
      }
    }
  }

  reportStatus();
  return {
    connection,
    server,
    /** Resolves when the connection ends, with the reason unless it was closed here. */
    closed: connection.closed().then((error) =>
      error ? connectionError(server, error) : undefined
    ),
    async [Symbol.asyncDispose]() {
      // Sends what is buffered, unless the server does not respond.
      const timer = setTimeout(() => connection.close(), RESPONSE_TIMEOUT);
      await connection.drain().catch(() => connection.close());
      clearTimeout(timer);
    },
  };
}

function connectionError(server: string, cause: unknown): SpitError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `cannot reach the queue at ${server}: ${why}`;
  return new SpitError("io", message, { cause });
}

/**
 * Sends a request to the server, and adds to its errors what was attempted.
 *
 * @param action What is attempted, for the message: `publish to the queue`.
 * @throws {SpitError} `io`.
 */
export async function requestServer<T>(
  action: string,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (cause instanceof SpitError) throw cause;
    const hint = cause instanceof JetStreamApiError
      ? ""
      : " (is JetStream enabled on the server?)";
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SpitError("io", `cannot ${action}: ${why}${hint}`, { cause });
  }
}
