/**
 * The command that a user wants run for a frame.
 *
 * @module
 */

import { SpitError } from "../errors.ts";

/** A hook at work. */
export interface Hook {
  /** Has the command run with a text on its standard input, when those before have ended. */
  run(text: string): void;
  /** Whether one runs, or waits to. */
  isBusy(): boolean;
  /** Settles when all have ended. */
  ended(): Promise<void>;
  /** Ends the one that runs, and runs no more. */
  [Symbol.dispose](): void;
}

/** How a hook is run. */
export interface HookOptions {
  /** Seconds that one run may take. */
  readonly limit: number;
  /** Told of a run that fails or takes too long. */
  readonly notice: (message: string) => void;
}

/**
 * A command for the shell, run again and again, one run at a time. What comes
 * from a frame is on its standard input only, never on its command line or in its
 * environment; what it prints goes to standard error. That it fails or takes too
 * long is told, and ends nothing but that run.
 *
 * @throws {SpitError} `usage` when Deno may not run a shell: better now than at the
 *   first conflict of the night.
 */
export function startHook(
  command: string,
  { limit, notice }: HookOptions,
): Hook {
  askForShell();
  let last = Promise.resolve();
  let running: Deno.ChildProcess | undefined;
  let over = false;
  let left = 0;

  async function runOne(text: string): Promise<void> {
    if (over) return;
    const child = running = startShell(command);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill(child);
    }, limit * 1000);
    const [{ code, signal }] = await Promise.all([
      child.status,
      give(child, text),
    ]);
    clearTimeout(timer);
    running = undefined;
    if (late) notice(`the hook was ended after ${limit} s: ${command}`);
    else if (signal !== null) notice(`the hook died of ${signal}: ${command}`);
    else if (code !== 0) notice(`the hook failed with ${code}: ${command}`);
  }

  return {
    run(text) {
      left++;
      last = last.then(() => runOne(text)).catch((error: Error) => {
        notice(`the hook cannot be run: ${error.message}`);
      }).finally(() => {
        left--;
      });
    },
    isBusy: () => left > 0,
    ended: () => last,
    [Symbol.dispose]() {
      over = true;
      if (running !== undefined) kill(running);
    },
  };
}

const SHELL = Deno.build.os === "windows" ? "cmd" : "sh";

function askForShell(): void {
  const run = { name: "run", command: SHELL } as const;
  if (Deno.permissions.requestSync(run).state === "granted") return;
  throw new SpitError(
    "usage",
    `Deno may not run the hook: run again with --allow-run=${SHELL}`,
  );
}

/** A shell in a group of its own, so that it can be ended with all that it started. */
function startShell(command: string): Deno.ChildProcess {
  const args = Deno.build.os === "windows"
    ? ["/d", "/s", "/c", command]
    // Rows go to standard output; the hook's own words must not get among them.
    : ["-c", 'exec 1>&2; eval "$1"', "sh", command];
  return new Deno.Command(SHELL, {
    args,
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
    detached: Deno.build.os !== "windows",
  }).spawn();
}

async function give(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A hook need not read what it is given.
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    Deno.kill(-child.pid, "SIGKILL");
  } catch {
    // No groups on this system, or no leave for them: the shell alone.
    killAlone(child);
  }
}

function killAlone(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended by itself meanwhile.
    if (!(error instanceof TypeError)) throw error;
  }
}
