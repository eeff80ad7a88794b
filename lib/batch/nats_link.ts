/**
 * The connection to a NATS server.
 *
 * @module
 */
import { JetStreamApiError } from "@nats-io/jetstream";
import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  type NatsConnection,
} from "@nats-io/transport-node";
import { SpitError } from "../errors.ts";
import { readText } from "../io/file.ts";
import { parseServerAddress } from "./server_address.ts";

/** How to reach a server. */
export interface LinkOptions {
  /** See {@linkcode parseServerAddress}. */
  readonly nats: string;
  /** File of credentials, as `nsc` writes it: a JWT and a seed. */
  readonly creds?: string;
  /** File of certificates, PEM, of those who vouch for the server. */
  readonly ca?: string;
  /** What the server is told of who we are. */
  readonly name: string;
  /** Told when the connection is lost, and when there is one again. */
  readonly notice: (message: string) => void;
}

/** A connection; declare it with `await using`. */
export interface Link extends AsyncDisposable {
  /** The client's connection. */
  readonly connection: NatsConnection;
  /** Host and port. */
  readonly server: string;
  /** Settles with the reason when the connection is given up for good; with `undefined` when we close it. */
  readonly lost: Promise<SpitError | undefined>;
}

/** Milliseconds until the server must have answered. */
const PATIENCE = 10_000;

/** Milliseconds between two tries to connect again, at least and at most. */
const BACK_OFF = [250, 10_000] as const;

/**
 * Connects. A connection that is lost is made again, as often as it takes, with
 * longer and longer rests.
 *
 * @throws {SpitError} `usage` when the address is none; `io` when the server
 *   cannot be reached or refuses us; what `readText` throws.
 */
export async function openLink(options: LinkOptions): Promise<Link> {
  const address = parseServerAddress(options.nats);
  const server = address.servers.join(", ");
  const { tls, servers, ...user } = address;
  const ca = options.ca && await readText(options.ca, "the certificates");
  const creds = options.creds &&
    await readText(options.creds, "the credentials");
  let since = performance.now();
  const connection = await connected(server, {
    ...user,
    servers: [...servers],
    name: options.name,
    timeout: PATIENCE,
    maxReconnectAttempts: -1,
    // As long as it is gone already, give or take, for not all to come at once.
    reconnectDelayHandler: () =>
      (0.5 + Math.random() / 2) *
      Math.min(BACK_OFF[1], Math.max(BACK_OFF[0], performance.now() - since)),
    // What is looked up by name would need leave for each address.
    resolve: false,
    noAsyncTraces: true,
    ...((tls || ca) && { tls: ca ? { ca } : {} }),
    ...(creds && {
      authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
    }),
  });
  follow(connection, server, options.notice, () => since = performance.now());
  return {
    connection,
    server,
    lost: connection.closed().then((error) =>
      error ? refused(server, error) : undefined
    ),
    async [Symbol.asyncDispose]() {
      // What is on its way is sent, if anybody takes it.
      const late = setTimeout(() => connection.close(), PATIENCE);
      await connection.drain().catch(() => connection.close());
      clearTimeout(late);
    },
  };
}

async function connected(
  server: string,
  options: ConnectionOptions,
): Promise<NatsConnection> {
  try {
    return await connect(options);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw refused(server, cause);
  }
}

async function follow(
  connection: NatsConnection,
  server: string,
  notice: (message: string) => void,
  lost: () => void,
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect" && !connection.isClosed()) {
      lost();
      notice(`the connection to ${server} is lost; trying again`);
    } else if (type === "reconnect") {
      notice(`connected to ${server} again`);
    }
  }
}

function refused(server: string, cause: unknown): SpitError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const what = `cannot reach the queue at ${server}: ${why}`;
  return new SpitError("io", what, { cause });
}

/**
 * Asks the server something; what it says against it is told with what was asked.
 *
 * @throws {SpitError} `io`.
 */
export async function asked<T>(
  what: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof SpitError) throw cause;
    const hint = cause instanceof JetStreamApiError
      ? ""
      : ": does the server run with JetStream?";
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SpitError("io", `cannot ${what}: ${why}${hint}`, { cause });
  }
}
