/**
 * The frames on the observer's desk, and what changes of them.
 *
 * @module
 */
import { resolve } from "../io/path.ts";
import type { Verdict } from "../classify/verdict.ts";
import { labelOf, type Labels } from "../evaluation/labels_file.ts";
import { type ReviewRow, typedRow } from "./review_row.ts";

/** What has changed. */
export interface Changes {
  /** Ask for what has changed since then with this. */
  readonly version: number;
  /** Rows that are new or other, as they are now. */
  readonly rows: readonly ReviewRow[];
  /** Frames that are still to be typed. */
  readonly waiting: number;
  /** What is wrong with the labels file; empty when nothing is. */
  readonly fault: string;
}

/** The frames on the desk. */
export interface Desk {
  /** So many frames more will be typed. */
  expect(count: number): void;
  /** Puts a frame on the desk, or puts it there anew. */
  put(verdict: Verdict): void;
  /** Takes note of what is labelled now, of these frames and those to come. */
  setLabels(labels: Labels): void;
  /** Takes note of what is wrong with the labels file; empty when nothing is. */
  setFault(fault: string): void;
  /** The frame of that number. */
  row(id: number): ReviewRow | undefined;
  /** What has changed since a version; all of it since 0. */
  changes(since: number): Changes;
  /** Comes when something has changed since a version, or with the signal. */
  changed(since: number, signal: AbortSignal): Promise<void>;
}

/** An empty desk. */
export function startDesk(): Desk {
  const rows: ReviewRow[] = [];
  const ids = new Map<string, number>();
  let labels: Labels = new Map();
  let waiting = 0;
  let fault = "";
  let version = 0;
  let news = Promise.withResolvers<void>();

  function tell(): void {
    news.resolve();
    news = Promise.withResolvers<void>();
  }

  return {
    expect(count) {
      waiting += count;
      version++;
      tell();
    },
    put(verdict) {
      const path = resolve(verdict.file);
      const id = ids.get(path) ?? rows.length;
      ids.set(path, id);
      waiting = Math.max(0, waiting - 1);
      version++;
      rows[id] = {
        id,
        version,
        typing: version,
        ...typedRow({ ...verdict, file: path }),
        label: labelOf(labels, path) ?? null,
      };
      tell();
    },
    setLabels(now) {
      labels = now;
      for (const row of rows) {
        const label = labelOf(labels, row.file) ?? null;
        if (label !== row.label) {
          rows[row.id] = { ...row, label, version: ++version };
        }
      }
      tell();
    },
    setFault(now) {
      if (now === fault) return;
      fault = now;
      version++;
      tell();
    },
    row: (id) => rows[id],
    changes: (since) => ({
      version,
      rows: rows.filter((row) => row.version > since),
      waiting,
      fault,
    }),
    async changed(since, signal) {
      const aborted = Promise.withResolvers<void>();
      const end = () => aborted.resolve();
      signal.addEventListener("abort", end);
      while (version <= since && !signal.aborted) {
        await Promise.race([news.promise, aborted.promise]);
      }
      signal.removeEventListener("abort", end);
    },
  };
}
