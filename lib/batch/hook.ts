import { SpitError } from "../errors.ts";
import { formatRow, type StoredRow } from "./rows.ts";

/**
 * Creates a hook, which runs a user's shell command one run at a time. A row is passed on
 * standard input. The command line and the environment contain no text from a frame, only
 * words of fixed lists: `SPIT_TYPE`, `SPIT_SUBTYPE`, `SPIT_USE`, `SPIT_DECIDED_BY`,
 * `SPIT_HEADER_TYPE` and `SPIT_AGREEMENT`; those without a value are empty. The output of
 * the command goes to standard error. A run that fails or takes too long is reported and
 * has no other effect.
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
      `cannot run the hook without permission: run Deno with --allow-run=${SHELL}`,
    );
  }
  let last = Promise.resolve();
  let running: Deno.ChildProcess | undefined;
  let isDisposed = false;
  let queued = 0;

  async function runOnce(row: StoredRow): Promise<void> {
    if (isDisposed) return;
    const child = running = spawnShell(command, createVariables(row));
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      killGroup(child);
    }, limit * 1000);
    const [{ code, signal }] = await Promise.all([
      child.status,
      writeInput(child, formatRow(row)),
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
    /** Queues a run of the command for a row. */
    run(row: StoredRow) {
      queued++;
      last = last.then(() => runOnce(row)).catch((error: Error) => {
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

function createVariables(
  { type, subtype, use, decided_by, header, agreement }: StoredRow,
): Record<string, string> {
  return {
    SPIT_TYPE: type ?? "",
    SPIT_SUBTYPE: subtype ?? "",
    SPIT_USE: String(use),
    SPIT_DECIDED_BY: decided_by.join(" "),
    SPIT_HEADER_TYPE: header?.type ?? "",
    SPIT_AGREEMENT: agreement ?? "",
  };
}

/** The shell leads a process group, so that it can be killed with its children. */
function spawnShell(
  command: string,
  env: Record<string, string>,
): Deno.ChildProcess {
  const args = Deno.build.os === "windows"
    ? ["/d", "/s", "/c", command]
    // Standard output is for rows only.
    : ["-c", 'exec 1>&2; eval "$1"', "sh", command];
  return new Deno.Command(SHELL, {
    args,
    env,
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
