import { styleText } from "node:util";
import { findReviewReason } from "../calibration/triage.ts";
import type { Verdict } from "../classify/verdict.ts";
import type { Formatter, FormatterOptions } from "./formats.ts";
import { formatSummary } from "./summary.ts";
import {
  formatClaimedType,
  formatDecidedBy,
  formatProbability,
  printable,
} from "./text.ts";
import { formatNote } from "./note.ts";

/** Longer names are cut in the middle on a terminal. */
const MAX_NAME_LENGTH = 56;

const HEADINGS = ["FILE", "TYPE", "PROB", "BY", "HEADER", "NOTE"];

/**
 * Creates a formatter of aligned columns, as `dfits | fitsort` prints them,
 * followed by a summary. Widths are fixed before the first row, so that rows can
 * be shown as they come.
 */
export function createTableFormatter(
  options: FormatterOptions,
): Required<Formatter> {
  const formatName = (file: string) => {
    const text = printable(file);
    return options.terminal ? cutMiddle(text, MAX_NAME_LENGTH) : text;
  };
  const nameWidth = options.files.reduce(
    (width, file) => Math.max(width, countCharacters(formatName(file))),
    HEADINGS[0]!.length,
  );
  const widths = [nameWidth, 8, 5, 14, 13, 0];
  const pad = (cells: readonly string[]) =>
    cells.map((cell, column) =>
      cell + " ".repeat(Math.max(0, widths[column]! - countCharacters(cell)))
    );
  const paint = (style: Style | null, text: string) =>
    options.colour && style !== null
      ? styleText(style, text, { validateStream: false })
      : text;

  return {
    begin: () => joinCells(pad(HEADINGS).map((cell) => paint("bold", cell))),
    heading: (group) => `\n${paint("bold", printable(group))}\n`,
    row(verdict) {
      const name = formatName(verdict.file);
      const cells = pad([name, ...formatCells(verdict)]);
      const style = chooseStyle(verdict);
      cells[1] = paint(style, cells[1]!);
      cells[5] = paint(style, cells[5]!);
      return joinCells(cells);
    },
    end: (summary) => "\n" + formatSummary(summary),
  };
}

type Style = "bold" | "red" | "yellow";

function chooseStyle(verdict: Verdict): Style | null {
  switch (findReviewReason(verdict)) {
    case "error":
    case "conflict":
      return "red";
    case "unknown":
    case "unusable":
      return "yellow";
    case null:
      return null;
  }
}

function formatCells(verdict: Verdict): string[] {
  const { type, probability, decided_by, header } = verdict;
  return [
    type ?? "-",
    probability === null ? "-" : formatProbability(probability),
    formatDecidedBy(decided_by) || "-",
    formatClaimedType(header) || "-",
    printable(formatNote(verdict)),
  ];
}

function joinCells(cells: readonly string[]): string {
  return cells.join("  ").trimEnd() + "\n";
}

function countCharacters(text: string): number {
  return [...text].length;
}

/** Cuts a quarter from the front and the rest from the end, where names of frames differ. */
function cutMiddle(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const front = Math.floor(length / 4);
  return characters.toSpliced(front, characters.length - length + 1, "…")
    .join("");
}
