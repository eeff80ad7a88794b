import { hideSecrets } from "../io/http.ts";
import { standardOutput } from "../io/output.ts";
import { printable } from "../output/text.ts";
import { NO_PROGRESS, startProgress } from "../output/progress.ts";

export type Notify = (message: string) => void;

/**
 * Returns a function that writes messages to standard error, or nothing with `quiet`.
 * Control characters are escaped, and the secrets of URLs removed.
 */
export function makeNotify(
  { quiet }: { readonly quiet?: boolean } = {},
): Notify {
  return (message) => {
    if (!quiet) writeToStandardError(`${printable(hideSecrets(message))}\n`);
  };
}

/**
 * Reports errors that nothing has caught, after which the process would end, and goes
 * on. For servers, whose other requests continue.
 *
 * @returns Ends that; declare it with `using`.
 */
export function surviveUncaughtErrors(notify: Notify): Disposable {
  const report = (error: unknown) =>
    notify(`unexpected error, which is ignored: ${String(error)}`);
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    report(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    report(event.error);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  globalThis.addEventListener("error", onError);
  return {
    [Symbol.dispose]() {
      globalThis.removeEventListener("unhandledrejection", onRejection);
      globalThis.removeEventListener("error", onError);
    },
  };
}

export interface ProgressOptions {
  readonly total: number;
  readonly quiet?: boolean;
  /** Whether progress is removed before each item, because items go to the same terminal. */
  readonly clear?: boolean;
}

/** Yields the items of a stream, and shows progress when standard error is a terminal. */
export async function* withProgress<T>(
  stream: AsyncIterable<T>,
  { total, quiet, clear }: ProgressOptions,
): AsyncGenerator<T, void, void> {
  const progress = quiet || !Deno.stderr.isTerminal()
    ? NO_PROGRESS
    : startProgress(total, writeToStandardError);
  let done = 0;
  try {
    progress.draw(done);
    for await (const item of stream) {
      if (clear) progress.clear();
      yield item;
      progress.draw(++done);
    }
  } finally {
    progress.clear();
  }
}

/** Writes a text to standard output. A reader that has closed the pipe, as `head` does, is no error. */
export async function print(text: string): Promise<void> {
  try {
    await standardOutput().write(text);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Messages are lost when standard error is closed or its disk is full; the work goes on. */
function writeToStandardError(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  } catch {
    // Nothing can be reported here.
  }
}
