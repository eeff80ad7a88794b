/**
 * What ends a watch: Ctrl-C, SIGTERM, a stop file.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { Output } from "./output.ts";

/** Waits for the end; declare it with `using`. */
export interface StopSignal extends Disposable {
  /** Comes when the watch is to end. Its reason says why, in words. */
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks for the stop file. */
const LOOK = 500;

/**
 * Starts to wait. The first signal asks for a clean end; a second one ends the
 * process at once, with 130.
 *
 * @param stopFile Ends the watch when it appears; it is left where it is.
 * @throws {SpitError} `usage` when the stop file is there already.
 */
export async function createStopSignal(stopFile?: string): Promise<StopSignal> {
  if (stopFile !== undefined && await isThere(stopFile)) {
    throw new SpitError(
      "usage",
      `the stop file ${stopFile} is there already: remove it to watch`,
      { file: stopFile },
    );
  }
  const controller = new AbortController();
  const undo = [
    onSignals((signal) => {
      if (controller.signal.aborted) Deno.exit(130);
      controller.abort(signal === "SIGINT" ? "Ctrl-C" : signal);
    }),
    stopFile === undefined ? () => {} : onFile(stopFile, () => {
      controller.abort(`the stop file ${stopFile}`);
    }),
  ];
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const step of undo) step();
      controller.abort("the end");
    },
  };
}

function onSignals(tell: (signal: Deno.Signal) => void): () => void {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];
  const listeners = signals.map((signal) => {
    const listener = () => tell(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => listeners.forEach((remove) => remove());
}

function onFile(path: string, tell: () => void): () => void {
  const timer = setInterval(async () => {
    if (await isThere(path)) tell();
  }, LOOK);
  return () => clearInterval(timer);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    // A folder that cannot be looked into for a while holds no stop file meanwhile.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}

/** What a process ends with: 128 and the number of the signal, as shells have it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Discards an output at Ctrl-C and SIGTERM, and ends the process as those do;
 * declare it with `using`. SIGHUP is left alone: who listens to it undoes nohup(1).
 */
export function discardOnSignal(output: Output): Disposable {
  const stops = Object.entries(EXIT_CODES)
    .filter(([signal]) => signal === "SIGINT" || Deno.build.os !== "windows")
    .map(([signal, code]) => {
      const stop = () => {
        output.discard();
        Deno.exit(code);
      };
      Deno.addSignalListener(signal as Deno.Signal, stop);
      return () => Deno.removeSignalListener(signal as Deno.Signal, stop);
    });
  return {
    [Symbol.dispose]() {
      for (const undo of stops) undo();
    },
  };
}

/** Waits for some milliseconds, or until one of the signals is aborted. */
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
