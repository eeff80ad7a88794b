/**
 * Progress on a terminal: one line on standard error, redrawn in place.
 *
 * The progress bars of libraries assume that nothing else is printed meanwhile;
 * this line is cleared before each row of a table on the same terminal.
 *
 * @module
 */

export interface Progress {
  /** Clears the line, before something else is printed. */
  clear(): void;
  draw(done: number): void;
}

/** Draws nothing: for `--quiet`, and where standard error is not a terminal. */
export const NO_PROGRESS: Progress = { clear: () => {}, draw: () => {} };

const ERASE_LINE = "\r\x1b[K";

/** Starts a progress line for `total` frames; `now` is a clock in milliseconds. */
export function startProgress(
  total: number,
  write: (text: string) => void,
  now: () => number = () => performance.now(),
): Progress {
  const start = now();
  return {
    clear: () => write(ERASE_LINE),
    draw: (done) =>
      write(ERASE_LINE + formatProgress(done, total, (now() - start) / 1000)),
  };
}

/**
 * Formats the line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatProgress } from "./progress.ts";
 *
 * assertEquals(formatProgress(100, 500, 20), "100/500  20 %  5.0 frames/s  1:20 left");
 * ```
 */
export function formatProgress(
  done: number,
  total: number,
  seconds: number,
): string {
  const count = `${done}/${total}  ${Math.floor(100 * done / total)} %`;
  if (done === 0 || seconds <= 0) return count;
  const rate = done / seconds;
  const left = Math.round((total - done) / rate);
  return `${count}  ${rate.toFixed(1)} frames/s  ${formatClock(left)} left`;
}

function formatClock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
