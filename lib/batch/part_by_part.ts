/**
 * Rows to parts, and only then to those who wait for them to last.
 *
 * @module
 */
import { writePart } from "./part.ts";
import { createWriterId } from "../io/output.ts";
import type { StampedRow } from "./stamped_row.ts";

/** Parts being written. */
export interface Parts {
  /**
   * Takes a row.
   *
   * @param lasts Called once the row is on the disk; must not reject.
   * @throws {SpitError} `io` when a part cannot be written.
   */
  add(row: StampedRow, lasts: () => Promise<void>): Promise<void>;
  /**
   * Writes what there is, and waits for those who were told.
   *
   * @throws {SpitError} `io` when a part cannot be written.
   */
  flush(): Promise<void>;
  /** Parts written so far. */
  readonly count: number;
}

/** How parts are written. */
export interface PartOrders {
  /** Where to. */
  readonly folder: string;
  /** What their names begin with; a mark of this process follows. */
  readonly name: string;
  /** A part is written when it has so many rows, */
  readonly partFrames: number;
  /** or when its first row is so many seconds old. */
  readonly partSeconds: number;
  /** Told when a part cannot be written that nobody waits for. */
  readonly failed: (error: unknown) => void;
}

/**
 * Starts to write. Names are unlike those of any other process, on whatever
 * machine. After a part that cannot be written there is no further one.
 */
export function startParts(
  { folder, name, partFrames, partSeconds, failed }: PartOrders,
): Parts {
  const start = `${name}.${createWriterId()}`;
  let rows: { row: StampedRow; lasts: () => Promise<void> }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();
  let count = 0;

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (rows.length === 0) return;
    const part = rows;
    rows = [];
    const place = String(count).padStart(5, "0");
    await writePart(folder, `${start}.${place}`, part.map(({ row }) => row));
    count++;
    await Promise.all(part.map(({ lasts }) => lasts()));
  }

  const flush = () => writing = writing.then(write);
  return {
    async add(row, lasts) {
      rows.push({ row, lasts });
      if (rows.length >= partFrames) return await flush();
      const inTime = () => flush().catch(failed);
      timer ??= setTimeout(inTime, 1000 * partSeconds);
    },
    flush,
    get count() {
      return count;
    },
  };
}
