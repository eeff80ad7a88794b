import { styleText } from "node:util";
import type { PixelVerdict, Verdict } from "../classify/verdict.ts";
import type { Label } from "../evaluation/labels.ts";
import type { Formatter, FormatterOptions } from "./formats.ts";
import { formatSummary } from "./summary.ts";
import {
  formatProbability,
  formatReason,
  formatVotes,
  printable,
} from "./text.ts";

/** Longer names are cut in the middle on a terminal. */
const MAX_NAME_LENGTH = 56;

const HEADINGS = ["FILE", "TYPE", "PROB", "VOTES", "HEADER", "NOTE"];

/**
 * Creates a formatter of aligned columns, as `dfits | fitsort` prints them,
 * followed by a summary. Widths are fixed before the first row, so that rows can
 * be shown as they come.
 */
export function createTableFormatter(options: FormatterOptions): Formatter {
  const formatName = (file: string) => {
    const text = printable(file);
    return options.terminal ? cutMiddle(text, MAX_NAME_LENGTH) : text;
  };
  const nameWidth = options.files.reduce(
    (width, file) => Math.max(width, countCharacters(formatName(file))),
    HEADINGS[0]!.length,
  );
  const widths = [nameWidth, 8, 5, 20, 8, 0];
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
    row(verdict, { label } = {}) {
      const name = formatName(verdict.file);
      const cells = pad([name, ...formatCells(verdict, label)]);
      const style = chooseStyle(verdict);
      cells[1] = paint(style, cells[1]!);
      cells[5] = paint(style, cells[5]!);
      return joinCells(cells);
    },
    end: (summary) => "\n" + formatSummary(summary),
  };
}

type Style = "bold" | "red" | "yellow";

function chooseStyle({ type, agreement }: Verdict): Style | null {
  if (type === null || agreement === "conflict") return "red";
  return type === "unknown" ? "yellow" : null;
}

function formatCells(verdict: Verdict, label?: Label | null): string[] {
  const { type, probability, pixels, header } = verdict;
  const notes = [label && `by hand: ${label}`, printable(formatNote(verdict))];
  return [
    type ?? "-",
    probability === null ? "-" : formatProbability(probability),
    abbreviateVotes(pixels?.votes ?? {}),
    header?.type ?? "-",
    notes.filter(Boolean).join("; "),
  ];
}

/** What an observer should check, and why. */
function formatNote(verdict: Verdict): string {
  const { header, agreement, error } = verdict;
  if (error !== null) return `${error.code}: ${error.message}`;
  return agreement === "conflict"
    ? `conflict: the header says ${header?.evidence}`
    : formatReason(verdict);
}

/** `4/4` when all votes are for one type, else the votes of each: `3 arc 1 flat`. */
function abbreviateVotes(votes: PixelVerdict["votes"]): string {
  const counts = Object.values(votes);
  if (counts.length === 0) return "-";
  return counts.length === 1 ? `${counts[0]}/${counts[0]}` : formatVotes(votes);
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
