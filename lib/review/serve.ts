/**
 * The review server: this machine only, one address that nobody can guess.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { type Answering, answering } from "./answer.ts";

/** A server at work. */
export interface Serving {
  /** Address of the page, token and all. */
  readonly url: string;
  /** Comes when it has ended; labels that were being written then are. */
  readonly ended: Promise<void>;
}

/** Milliseconds that requests which never end are waited for. */
const GRACE = 1000;

/** Where it serves. */
export interface ServingPlace {
  /** Port; 0 for any that is free. Default: the one that goes with `kin`, else any. */
  readonly port?: number;
  /**
   * Servers with the same text try the same port: the page of one that was killed
   * hands to the page of the next what it could not save.
   */
  readonly kin: string;
}

/**
 * Starts to serve the page on 127.0.0.1, until the signal to stop.
 *
 * @throws {SpitError} `usage` when the port is taken.
 */
export function serve(
  server: Answering,
  { port, kin }: ServingPlace,
): Serving {
  const answers = new Set<Promise<Response>>();
  const make = answering(server);
  const answer = (request: Request) => {
    const made = make(request).finally(() => answers.delete(made));
    answers.add(made);
    return made;
  };
  const http = port === undefined
    ? listen(portOf(kin), answer) ?? listen(0, answer)
    : listen(port, answer);
  if (http === null) {
    throw new SpitError(
      "usage",
      `port ${port} is taken: name another with --port, or none`,
    );
  }
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const end = async () => {
    const grace = new Promise((wake) => setTimeout(wake, GRACE));
    await Promise.race([http.shutdown(), grace]);
    // Anybody on this machine can begin a request and leave it so; an answer ends.
    await Promise.allSettled(answers);
    resolve();
  };
  if (server.stop.aborted) end();
  else server.stop.addEventListener("abort", end);
  return {
    url: `http://127.0.0.1:${http.addr.port}/${server.token}/`,
    ended,
  };
}

/** `null` when the port is taken, or one that only others may have. */
function listen(
  port: number,
  answer: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> | null {
  try {
    const hostname = "127.0.0.1";
    return Deno.serve({ hostname, port, onListen: () => {} }, answer);
  } catch (error) {
    if (
      error instanceof Deno.errors.AddrInUse ||
      error instanceof Deno.errors.PermissionDenied
    ) return null;
    throw error;
  }
}

/** A port from 20000 to 29999: below those that systems give out. FNV-1a. */
function portOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return 20000 + hash % 10000;
}
