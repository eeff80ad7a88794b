import { SpitError } from "../errors.ts";

/**
 * Creates a hook, which runs a user's shell command one run at a time. Text from a frame is
 * passed on standard input only, never on the command line or in the environment.
 * The output of the command goes to standard error. A run that fails or takes too
 * long is reported and has no other effect.
 *
 * @param limit Longest duration of a run, in seconds.
 * @throws {SpitError} `usage` without the permission to run a shell, so that this is
 *   known before the first conflict of a night.
 */
export function startHook(
  command: string,
  { limit, notice }: {
    readonly limit: number;
    readonly notice: (message: string) => void;
  },
) {
  const run = { name: "run", command: SHELL } as const;
  if (Deno.permissions.requestSync(run).state !== "granted") {
    throw new SpitError(
      "usage",
      `Cannot run the hook without permission: run Deno with --allow-run=${SHELL}`,
    );
  }
  let last = Promise.resolve();
  let running: Deno.ChildProcess | undefined;
  let isDisposed = false;
  let queued = 0;

  async function runOnce(text: string): Promise<void> {
    if (isDisposed) return;
    const child = running = spawnShell(command);
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      killGroup(child);
    }, limit * 1000);
    const [{ code, signal }] = await Promise.all([
      child.status,
      writeInput(child, text),
    ]);
    clearTimeout(timer);
    running = undefined;
    const problem = isTimedOut
      ? `was killed after ${limit} s`
      : signal !== null
      ? `was killed by ${signal}`
      : `failed with exit code ${code}`;
    if (isTimedOut || code !== 0) notice(`the hook ${problem}: ${command}`);
  }

  return {
    /** Queues a run of the command with a text on its standard input. */
    run(text: string) {
      queued++;
      last = last.then(() => runOnce(text)).catch((error: Error) => {
        notice(`cannot run the hook: ${error.message}`);
      }).finally(() => {
        queued--;
      });
    },
    /** Returns whether a run is in progress or queued. */
    isBusy: () => queued > 0,
    /** Resolves when all runs have ended. */
    finished: () => last,
    /** Kills the current run and drops the queued ones. */
    [Symbol.dispose]() {
      isDisposed = true;
      if (running !== undefined) killGroup(running);
    },
  };
}

const SHELL = Deno.build.os === "windows" ? "cmd" : "sh";

/** The shell leads a process group, so that it can be killed with its children. */
function spawnShell(command: string): Deno.ChildProcess {
  const args = Deno.build.os === "windows"
    ? ["/d", "/s", "/c", command]
    // Standard output is for rows only.
    : ["-c", 'exec 1>&2; eval "$1"', "sh", command];
  return new Deno.Command(SHELL, {
    args,
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
    detached: Deno.build.os !== "windows",
  }).spawn();
}

async function writeInput(
  child: Deno.ChildProcess,
  text: string,
): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A command may ignore its input.
  }
}

function killGroup(child: Deno.ChildProcess): void {
  try {
    Deno.kill(-child.pid, "SIGKILL");
  } catch {
    // Windows has no process groups, and --allow-run=sh does not allow this call.
    try {
      child.kill("SIGKILL");
    } catch (error) {
      // Deno throws a TypeError if the process has ended.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
