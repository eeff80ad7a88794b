import { setTimeout as sleep } from "node:timers/promises";

/**
 * Path of the program, from the environment variable `NATS_SERVER` or a usual place;
 * `undefined` if it is not installed.
 */
export const NATS_SERVER: string | undefined = [
  Deno.env.get("NATS_SERVER") ?? "",
  "/usr/sbin/nats-server",
  "/usr/bin/nats-server",
  "/usr/local/bin/nats-server",
  "/opt/homebrew/bin/nats-server",
].find(isFile);

function isFile(path: string): boolean {
  try {
    return path !== "" && Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A running server; declare it with `await using`. */
export interface NatsServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Its address for `--nats`. */
  readonly url: string;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again with its stored streams. */
  restart(): Promise<void>;
}

/**
 * Starts a server on a free port, which keeps its streams in a folder.
 *
 * @param config Lines of configuration in addition to those for JetStream and the port.
 */
export async function startNatsServer(
  folder: string,
  config = "",
): Promise<NatsServer> {
  if (NATS_SERVER === undefined) {
    throw new Error("nats-server is not installed");
  }
  const program = NATS_SERVER;
  const port = findFreePort();
  const host = `127.0.0.1:${port}`;
  const file = `${folder}/nats.conf`;
  await Deno.writeTextFile(
    file,
    `listen: "${host}"\njetstream { store_dir: "${folder}/store" }\n${config}\n`,
  );
  let child: Deno.ChildProcess;
  async function start(): Promise<void> {
    child = new Deno.Command(program, {
      args: ["--config", file, "--log", `${folder}/nats.log`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await waitUntilReady(port);
  }
  async function kill(): Promise<void> {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await child.status;
  }
  await start();
  const url = `nats://${host}`;
  return { host, url, kill, restart: start, [Symbol.asyncDispose]: kill };
}

function findFreePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A server that is ready sends its INFO line to every connection. */
async function waitUntilReady(port: number): Promise<void> {
  for (let attempts = 0; attempts < 1200; attempts++) {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      if (await connection.read(new Uint8Array(1)) === 1) return;
    } catch {
      await sleep(25);
    }
  }
  throw new Error("nats-server does not start");
}
