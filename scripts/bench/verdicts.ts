/**
 * Whether whole processes say the same: the fastest answer is no answer when it is
 * another one.
 *
 * @module
 */
import type { Typer } from "./whole.ts";

/** What is read of a row. */
interface Row {
  readonly file: string;
  readonly type: string | null;
  readonly probability: number | null;
}

/** Collects the last rows of each process. */
export function compareVerdicts() {
  const all = new Map<string, ReadonlyMap<string, Row>>();
  return {
    /** Takes the rows of a process. */
    add: ({ name }: Pick<Typer, "name">, rows: readonly string[]): void => {
      const read = rows.map((row): Row => JSON.parse(row));
      all.set(name, new Map(read.map((row) => [row.file, row])));
    },
    /** A line for each process but the first of its network. */
    notes(): string[] {
      const [first, ...others] = all;
      if (first === undefined) return [];
      return others
        .filter(([name]) => !name.startsWith("spit-paper"))
        .map((other) => noteOf(first, other));
    },
  };
}

function noteOf(
  [name, rows]: [string, ReadonlyMap<string, Row>],
  [otherName, otherRows]: [string, ReadonlyMap<string, Row>],
): string {
  let same = 0;
  let apart = 0;
  for (const [file, { type, probability }] of rows) {
    const other = otherRows.get(file);
    if (other !== undefined && other.type === type) same++;
    apart = Math.max(
      apart,
      Math.abs((probability ?? 0) - (other?.probability ?? 0)),
    );
  }
  return `${otherName}: the types of ${name} for ${same} of ${rows.size} frames, ` +
    `probability within ${apart.toFixed(6)}`;
}
