/**
 * The output of `watch` while frames arrive: rows on standard output, a page that is
 * rewritten, and messages about the night as a set.
 */
import {
  followNight,
  type FollowNightOptions,
} from "../calibration/follow_night.ts";
import type { ClassifiedFile } from "../classify/classify_files.ts";
import type { FitsLimits } from "../fits/open_fits.ts";
import {
  checkOutput,
  fileOutput,
  type Output,
  standardOutput,
} from "../io/output.ts";
import { formatDrift, formatOutlier } from "../output/audit.ts";
import { formatChange } from "../output/configurations.ts";
import { explainVerdict } from "../output/explanation.ts";
import { startNightReport } from "../output/night/night_report.ts";
import { printable } from "../output/text.ts";
import type { Formatter } from "../output/formats.ts";
import { createTableFormatter, readTerminalWidth } from "../output/table.ts";
import { formatRow, type StoredRow } from "./rows.ts";

export type RowFormat = "table" | "ndjson";

const BELL = "\x07";

/**
 * Creates a printer of rows as they come.
 *
 * @param format Default: `table` on a terminal, else `ndjson`.
 */
export function createRowPrinter(format?: RowFormat) {
  const terminal = Deno.stdout.isTerminal();
  const isTable = (format ?? (terminal ? "table" : "ndjson")) === "table";
  const output = standardOutput();
  let report: Formatter | undefined;

  /** The first file name sets the width of its column. */
  function formatTableRow(row: StoredRow): string {
    const isFirst = report === undefined;
    report ??= createTableFormatter({
      files: [row.file],
      terminal,
      width: terminal ? readTerminalWidth() : undefined,
      colour: terminal && !Deno.noColor,
    });
    return (isFirst ? report.begin() : "") + report.row(row);
  }

  return {
    /** @throws {Deno.errors.BrokenPipe} If the reader of standard output has closed it. */
    print: (row: StoredRow) =>
      output.write(isTable ? formatTableRow(row) : formatRow(row)),
    /** Reports a frame that needs review on standard error, and rings the bell of a terminal. */
    reportReview(row: StoredRow) {
      const bell = Deno.stderr.isTerminal() ? BELL : "";
      // A table on the terminal shows the reason already.
      const text = terminal && isTable ? "" : formatReview(row);
      Deno.stderr.writeSync(new TextEncoder().encode(bell + text));
    },
  };
}

function formatReview(row: StoredRow): string {
  const text = `needs review: ${row.file}: ${explainVerdict(row)}`;
  return printable(text) + "\n";
}

/** Shortest time between two writes of a page, after which it loads itself again, in seconds. */
const PAGE_INTERVAL = 10;

interface LivePageOptions {
  readonly path: string;
  readonly title: string;
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /**
   * Whether all pixels of the frames are in files beside the page. Default: false, and the
   * page has none, because it is written again and again.
   */
  readonly full?: boolean;
  /** How much of a frame is read for its pixels. */
  readonly limits?: FitsLimits;
  /** Receives a message if the page cannot be written; later writes are attempted. */
  readonly notice: (message: string) => void;
}

/**
 * Starts a page. It is written atomically, at once for the first frame and then at
 * most once in ten seconds.
 *
 * @throws {SpitError} `usage` if the page cannot be written.
 */
export async function startLivePage(
  { path, title, model, full = false, limits, notice }: LivePageOptions,
) {
  await checkOutput(path);
  const report = startNightReport(path, { full });
  let isStale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastWrite = -Infinity;
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    if (!isStale) return;
    isStale = false;
    lastWrite = performance.now();
    const now = new Date().toISOString().slice(0, 16).replace("T", " ");
    let output: Output | undefined;
    try {
      output = await fileOutput(path);
      await report.write(
        output,
        title,
        `classified by ${model}, ${now} UTC`,
        PAGE_INTERVAL,
      );
      await output.commit();
    } catch (error) {
      output?.discard();
      isStale = true;
      notice(`cannot write the page: ${(error as Error).message}`);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    return writing = writing.then(write);
  }

  return {
    /** Adds a frame; a frame of the same path replaces the earlier one. */
    async add(file: ClassifiedFile): Promise<void> {
      try {
        report.add(file);
        if (full) await report.addPixels(file, limits);
      } catch (error) {
        const { message } = error as Error;
        notice(
          `the page does not show all of ${file.verdict.file}: ${message}`,
        );
      }
      isStale = true;
      const delay = lastWrite + 1000 * PAGE_INTERVAL - performance.now();
      timer ??= setTimeout(flush, Math.max(0, delay));
    },
    /** Writes the page if frames were added since it was last written. */
    flush,
    [Symbol.dispose]() {
      clearTimeout(timer);
      report[Symbol.dispose]();
    },
  };
}

interface NightMessagesOptions extends FollowNightOptions {
  /** Time from a frame to the check that follows it, in seconds. Default: 2. */
  readonly interval?: number;
  /** Receives a message when a configuration is complete. */
  readonly notice: (message: string) => void;
  /** Receives a message when a configuration lacks calibrations, and on outliers and drifts. */
  readonly warn: (message: string) => void;
}

/** A check of duration `t` is followed by a pause of at least this many `t`. */
const PAUSE_FACTOR = 9;

/**
 * Starts messages about the configurations, outliers and drifts of a night; declare it
 * with `using`. The night is checked shortly after a frame, when no other complete file waits
 * for its row, so that frames that come together are judged together.
 */
export function startNightMessages(
  { interval = 2, notice, warn, ...options }: NightMessagesOptions,
) {
  const night = followNight(options);
  let waiting = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = 1000 * interval;

  function check(): number {
    clearTimeout(timer);
    timer = undefined;
    const start = performance.now();
    const { configurations, outliers, drifts, lacking } = night.check();
    for (const row of configurations) {
      const tell = row.lacks.length > 0 ? warn : notice;
      tell(formatChange(row));
    }
    const findings = [
      ...outliers.map(formatOutlier),
      ...drifts.map(formatDrift),
    ];
    for (const text of findings) text.trimEnd().split("\n").forEach(warn);
    const duration = performance.now() - start;
    pause = Math.max(1000 * interval, PAUSE_FACTOR * duration);
    return lacking;
  }

  function schedule(delay = 0): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      // The row of the last file schedules another check.
      if (waiting === 0) check();
    }, 1000 * delay + pause);
  }

  return {
    /** Schedules a check after a delay in seconds. */
    schedule,
    /** Announces files, each of which a call of `add` will follow. */
    expect(count: number): void {
      waiting += count;
    },
    /** Adds a row, or `null` for a file that vanished. */
    add(row: StoredRow | null): void {
      waiting--;
      if (row !== null) night.add(row);
      if (waiting === 0) schedule();
    },
    /** Reports the last changes, and returns how many configurations lack a calibration. */
    finish: check,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
