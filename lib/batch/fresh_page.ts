/**
 * The page of a night that is still being observed.
 *
 * @module
 */
import type { TypedFile } from "../classify/classify_inputs_of_files.ts";
import { startNightReport } from "../output/night/night_report.ts";
import { fileOutput } from "../io/output.ts";

/** A page that follows the frames. */
export interface FreshPage extends Disposable {
  /** Takes a frame; a frame that is typed again stands for what it was. */
  add(file: TypedFile): void;
  /** Writes what is not on the page yet. */
  flush(): Promise<void>;
}

/** How a page is kept fresh. */
export interface FreshPageOptions {
  /** The page. */
  readonly path: string;
  /** Its heading. */
  readonly title: string;
  /** What types the frames. */
  readonly model: string;
  /** Seconds between two writes, at least. Default: 10. */
  readonly seconds?: number;
  /** Told when the page cannot be written; the watch goes on. */
  readonly notice: (message: string) => void;
}

/**
 * Starts a page. It is written whole or not at all, soon after a frame came, and
 * seldom enough for a night's worth of input images.
 *
 * @throws {SpitError} `usage` when it cannot be written there.
 */
export async function startFreshPage(
  { path, title, model, seconds = 10, notice }: FreshPageOptions,
): Promise<FreshPage> {
  // Better now than in the middle of the night.
  (await fileOutput(path)).discard();
  const report = startNightReport(path);
  let isStale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (!isStale) return;
    isStale = false;
    last = performance.now();
    const now = new Date().toISOString().slice(0, 16).replace("T", " ");
    try {
      const output = await fileOutput(path);
      try {
        await report.write(output, title, `typed by ${model}, ${now} UTC`);
        await output.commit();
      } catch (error) {
        output.discard();
        throw error;
      }
    } catch (error) {
      isStale = true;
      notice(`the page cannot be written: ${(error as Error).message}`);
    }
  }

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    return writing = writing.then(write);
  };
  return {
    add(file) {
      report.add(file, null);
      isStale = true;
      timer ??= setTimeout(
        flush,
        Math.max(0, last + 1000 * seconds - performance.now()),
      );
    },
    flush,
    [Symbol.dispose]() {
      clearTimeout(timer);
      report[Symbol.dispose]();
    },
  };
}
