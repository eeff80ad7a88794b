import { createWriterId } from "../io/output.ts";
import { formatPartName, writeLines } from "./parts.ts";
import { formatRow, type StoredRow } from "./rows.ts";

interface PartWriterOptions {
  readonly folder: string;
  /** Start of the part names; an identifier of this process follows. */
  readonly name: string;
  /** A part is written when it has this many rows, */
  readonly partFrames: number;
  /** or this many seconds after its first row. */
  readonly partSeconds: number;
  /** Receives the error of a part that was written because of its age. */
  readonly onError: (error: unknown) => void;
}

/**
 * Creates a writer that collects rows into parts. Its parts have names that no other
 * process uses, on any machine. After a part that cannot be written all later calls fail.
 */
export function createPartWriter(
  { folder, name, partFrames, partSeconds, onError }: PartWriterOptions,
) {
  const stem = `${name}.${createWriterId()}`;
  let buffer: { row: StoredRow; stored: () => Promise<unknown> }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();
  let count = 0;

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (buffer.length === 0) return;
    const part = buffer;
    buffer = [];
    const number = String(count).padStart(5, "0");
    const lines = part.map(({ row }) => formatRow(row));
    await writeLines(folder, formatPartName(`${stem}.${number}`), lines);
    count++;
    await Promise.all(part.map(({ stored }) => stored()));
  }

  const flush = () => writing = writing.then(write);
  return {
    /**
     * Adds a row.
     *
     * @param stored Called when the row is on the disk; it must not reject.
     * @throws {SpitError} `io` if a part cannot be written.
     */
    async add(row: StoredRow, stored: () => Promise<unknown>): Promise<void> {
      buffer.push({ row, stored });
      if (buffer.length >= partFrames) return await flush();
      timer ??= setTimeout(() => flush().catch(onError), 1000 * partSeconds);
    },
    /** Writes the rows added so far; waits for their `stored` calls and throws as `add`. */
    flush,
    get count() {
      return count;
    },
  };
}
