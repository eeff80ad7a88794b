/**
 * Progress on a terminal: one line on standard error, redrawn in place.
 *
 * Our own, for a line that gives way to table rows on the same terminal: the
 * bars of libraries either own the screen or leave rubbish among the rows.
 *
 * @module
 */

/** A progress line. */
export interface Progress {
  /** Takes the line away, before something else is printed. */
  clear(): void;
  /** Draws it: so many of the total are done. */
  draw(done: number): void;
}

/** No progress: for `--quiet`, and where standard error is no terminal. */
export const NO_PROGRESS: Progress = { clear: () => {}, draw: () => {} };

const ERASE_LINE = "\r\x1b[K";

/**
 * Starts a progress line.
 *
 * @param total Frames to come.
 * @param write Takes text to the terminal.
 * @param now The clock, in milliseconds.
 */
export function startProgress(
  total: number,
  write: (text: string) => void,
  now: () => number = () => performance.now(),
): Progress {
  const start = now();
  return {
    clear: () => write(ERASE_LINE),
    draw: (done) =>
      write(ERASE_LINE + progressText(done, total, (now() - start) / 1000)),
  };
}

/**
 * The line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { progressText } from "./progress.ts";
 *
 * assertEquals(progressText(100, 500, 20), "100/500  20 %  5.0 frames/s  1:20 left");
 * ```
 */
export function progressText(
  done: number,
  total: number,
  seconds: number,
): string {
  const count = `${done}/${total}  ${Math.floor(100 * done / total)} %`;
  if (done === 0 || seconds <= 0) return count;
  const rate = done / seconds;
  const left = Math.round((total - done) / rate);
  return `${count}  ${rate.toFixed(1)} frames/s  ${clockText(left)} left`;
}

function clockText(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
