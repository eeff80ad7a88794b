import { SpitError } from "../errors.ts";
import type { Output } from "./output.ts";

/** Milliseconds between two checks for the stop file. */
const STOP_FILE_INTERVAL = 500;

/** Exit codes of a process that a signal ends: 128 and its number, as in shells. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type StoppingSignal = keyof typeof EXIT_CODES;

/**
 * Starts to listen for Ctrl-C, SIGTERM and a stop file. The first signal aborts the
 * returned one; the second ends the process at once, with exit code 130.
 *
 * @param stopFile Path of a file whose appearance is a request to end. It is not removed.
 * @returns A signal that is aborted with a reason in words; declare it with `using`.
 * @throws {SpitError} `usage` when the stop file exists already.
 */
export async function createStopSignal(
  stopFile?: string,
): Promise<Disposable & { readonly signal: AbortSignal }> {
  if (stopFile !== undefined && await exists(stopFile)) {
    const what = `the stop file ${stopFile} exists already: remove it`;
    throw new SpitError("usage", what, { file: stopFile });
  }
  const controller = new AbortController();
  const cleanups = new DisposableStack();
  cleanups.defer(() => controller.abort("the end"));
  cleanups.use(onSignals((signal) => {
    if (controller.signal.aborted) Deno.exit(EXIT_CODES.SIGINT);
    controller.abort(signal === "SIGINT" ? "Ctrl-C" : signal);
  }));
  if (stopFile !== undefined) {
    const timer = setInterval(async () => {
      if (await exists(stopFile)) controller.abort(`the stop file ${stopFile}`);
    }, STOP_FILE_INTERVAL);
    cleanups.defer(() => clearInterval(timer));
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => cleanups.dispose(),
  };
}

/**
 * On Ctrl-C and SIGTERM, discards an output and ends the process. SIGHUP keeps its
 * default, since listening to it would defeat nohup(1).
 *
 * @returns Stops listening; declare it with `using`.
 */
export function discardOnSignal(output: Output): Disposable {
  return onSignals((signal) => {
    output.discard();
    Deno.exit(EXIT_CODES[signal]);
  });
}

/** Waits for some milliseconds, or until a signal is aborted. */
export async function sleep(
  milliseconds: number,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<void> {
  if (signals.some((signal) => signal?.aborted)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, milliseconds);
  for (const signal of signals) signal?.addEventListener("abort", end);
  await promise;
  clearTimeout(timer);
  for (const signal of signals) signal?.removeEventListener("abort", end);
}

function onSignals(act: (signal: StoppingSignal) => void): Disposable {
  const signals: StoppingSignal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];
  const cleanups = new DisposableStack();
  for (const signal of signals) {
    const listener = () => {
      if (signal === "SIGINT") endLine();
      act(signal);
    };
    Deno.addSignalListener(signal, listener);
    cleanups.defer(() => Deno.removeSignalListener(signal, listener));
  }
  return cleanups;
}

/** Ends the line of a terminal on which it shows `^C`, and perhaps the progress. */
function endLine(): void {
  if (!Deno.stderr.isTerminal()) return;
  try {
    Deno.stderr.writeSync(new TextEncoder().encode("\n"));
  } catch {
    // The terminal has closed.
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    // A folder may be unreadable for a while, as on a file server.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
