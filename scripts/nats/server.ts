/**
 * Runs a NATS server for a rehearsal or a test.
 */

/** Usual paths; the environment variable `NATS_SERVER` names another. */
const PATHS = [
  "/usr/sbin/nats-server",
  "/usr/bin/nats-server",
  "/usr/local/bin/nats-server",
  "/opt/homebrew/bin/nats-server",
];

/** Path of the program; `undefined` if it is not installed. */
export const NATS_SERVER: string | undefined = [
  Deno.env.get("NATS_SERVER") ?? "",
  ...PATHS,
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
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again with its stored streams. */
  restart(): Promise<void>;
}

/**
 * Starts a server on a free port of this machine.
 *
 * @param folder Folder for its streams.
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
  return {
    host,
    url: `nats://${host}`,
    kill,
    restart: start,
    [Symbol.asyncDispose]: kill,
  };
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
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error("nats-server does not start");
}
