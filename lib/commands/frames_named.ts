/**
 * What every command that types frames begins with: the frames, and its notices.
 *
 * @module
 */
import { findFrames } from "../io/find_frames.ts";
import { SpitError } from "../errors.ts";
import type { Device } from "../model/device.ts";
import { printable } from "../output/printable.ts";
import { NO_PROGRESS, startProgress } from "../output/progress.ts";

/** Options of every command that types frames. */
export interface TypingOptions {
  /** Files of rules, before those that come along. */
  readonly rules?: readonly string[];
  /** Name or path of the model. Default: the default model. */
  readonly model?: string;
  /** Where it is to run. Default: `auto`. */
  readonly device?: Device;
  /** Only this HDU of each file. */
  readonly hdu?: number;
  /** Largest decompressed file, in bytes: the limit against gzip bombs. */
  readonly maxBytes?: number;
  /** Workers that read files. Default: one a core, 8 at most. */
  readonly workers?: number;
  /** Seconds that reading a file may take. Default: 120. */
  readonly timeout?: number;
  /** Neither progress nor notices. */
  readonly quiet?: boolean;
}

/** Tells the user something, on standard error; with `quiet` nothing. */
export function noticesOf(
  { quiet }: { readonly quiet?: boolean },
): (message: string) => void {
  return (message) => {
    if (!quiet) toStandardError(printable(message) + "\n");
  };
}

/**
 * The frames that paths name, at least one.
 *
 * @throws {SpitError} `usage` when there is none; what `findFrames` throws.
 */
export async function framesNamed(
  paths: readonly string[],
  notice: (message: string) => void,
): Promise<string[]> {
  const files = await Array.fromAsync(findFrames(paths, notice));
  if (files.length > 0) return files;
  throw new SpitError(
    "usage",
    "there is nothing to type: name FITS files, or folders that hold some",
  );
}

/** How progress is shown. */
export interface ProgressOptions {
  /** How many there will be. */
  readonly count: number;
  /** Show none. */
  readonly quiet?: boolean;
  /** Take it away for each, since its row goes to the same terminal. */
  readonly clear?: boolean;
}

/** Gives on what comes, with progress on standard error where that is a terminal. */
export async function* withProgress<T>(
  stream: AsyncIterable<T>,
  { count, quiet, clear }: ProgressOptions,
): AsyncGenerator<T, void, void> {
  const progress = quiet || !Deno.stderr.isTerminal()
    ? NO_PROGRESS
    : startProgress(count, toStandardError);
  let done = 0;
  try {
    progress.draw(done);
    for await (const one of stream) {
      if (clear) progress.clear();
      yield one;
      progress.draw(++done);
    }
  } finally {
    progress.clear();
  }
}

function toStandardError(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  } catch {
    // Who read the notices has gone, as with `2>&1 | head`, or their disk is full:
    // there is nobody to tell, and the work goes on.
  }
}
