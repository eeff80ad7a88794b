/**
 * Rows on standard output as they come, and conflicts told at once.
 *
 * @module
 */
import { standardOutput } from "../io/output.ts";
import { printable } from "../output/printable.ts";
import type { Report } from "../output/report.ts";
import { table } from "../output/table.ts";
import { rowLine, type StampedRow } from "./stamped_row.ts";

/** Form of the rows. */
export type RowForm = "table" | "ndjson";

/** Rows being shown. */
export interface ShownRows {
  /**
   * Prints a row.
   *
   * @throws {Deno.errors.BrokenPipe} When the reader of standard output has gone.
   */
  show(row: StampedRow): Promise<void>;
  /** Tells of a conflict on standard error; rings on a terminal. */
  warn(row: StampedRow): void;
}

const BELL = "\x07";

/** Starts to show rows; without a form, as a table on a terminal, else as NDJSON. */
export function startRows(form?: RowForm): ShownRows {
  const terminal = Deno.stdout.isTerminal();
  const asTable = (form ?? (terminal ? "table" : "ndjson")) === "table";
  const output = standardOutput();
  let report: Report | undefined;

  /** Columns are as wide as the first name needs: those of a night are much alike. */
  function tableText(row: StampedRow): string {
    const isFirst = report === undefined;
    report ??= table({
      files: [row.file],
      terminal,
      colour: terminal && !Deno.noColor,
    });
    return (isFirst ? report.begin() : "") + report.row(row);
  }

  return {
    show: (row) => output.write(asTable ? tableText(row) : rowLine(row)),
    warn(row) {
      const bell = Deno.stderr.isTerminal() ? BELL : "";
      // On a terminal the table says so itself.
      const text = terminal && asTable ? "" : conflictText(row);
      Deno.stderr.writeSync(new TextEncoder().encode(bell + text));
    },
  };
}

function conflictText({ file, type, header }: StampedRow): string {
  return printable(
    `conflict: ${file} is ${type}; the header says ${header?.evidence}`,
  ) + "\n";
}
