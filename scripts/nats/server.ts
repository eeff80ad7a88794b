/**
 * A NATS server of our own, for a rehearsal or a test.
 */

/** Where systems keep it; `NATS_SERVER` names another. */
const PLACES = [
  "/usr/sbin/nats-server",
  "/usr/bin/nats-server",
  "/usr/local/bin/nats-server",
  "/opt/homebrew/bin/nats-server",
];

/** The program; `undefined` where there is none. */
export const NATS_SERVER: string | undefined = [
  Deno.env.get("NATS_SERVER") ?? "",
  ...PLACES,
].find(isThere);

function isThere(path: string): boolean {
  try {
    return path !== "" && Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A server at work; declare it with `await using`. */
export interface NatsServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Its address for `--nats`. */
  readonly url: string;
  /** Ends it with `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again, with what it had on the disk. */
  restart(): Promise<void>;
}

/**
 * Starts a server on a free port of this machine.
 *
 * @param folder Where it keeps its streams.
 * @param config Lines of configuration, beside those for JetStream and the port.
 */
export async function startNatsServer(
  folder: string,
  config = "",
): Promise<NatsServer> {
  if (NATS_SERVER === undefined) throw new Error("there is no nats-server");
  const program = NATS_SERVER;
  const port = freePort();
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
    await reachable(port);
  }
  async function kill(): Promise<void> {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await child.status;
  }
  await start();
  return {
    host,
    url: `nats://${host}`,
    kill,
    restart: start,
    [Symbol.asyncDispose]: kill,
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function reachable(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      // It greets when it is ready.
      if (await connection.read(new Uint8Array(1)) === 1) return;
    } catch {
      await new Promise((wake) => setTimeout(wake, 25));
    }
  }
  throw new Error("nats-server does not start");
}
