/**
 * The table: for a person at a terminal.
 *
 * @module
 */
import { styleText } from "node:util";
import type { Verdict } from "../classify/verdict.ts";
import type { Label } from "../evaluation/labels_file.ts";
import { printable } from "./printable.ts";
import { REASON_PHRASES, reasonText } from "./reason_text.ts";
import type { Report, ReportContext } from "./report.ts";
import { probabilityText } from "./probability_text.ts";
import type { Summary } from "./summary.ts";

/** Names longer than this are cut in the middle on a terminal. */
const LONGEST_NAME = 56;

const HEADINGS = ["FILE", "TYPE", "PROB", "VOTES", "HEADER", "NOTE"];

/**
 * A report in aligned columns, as `dfits | fitsort` has them, then a summary.
 * Widths are fixed before the first row, so that rows can be shown as they come.
 */
export function table(context: ReportContext): Report {
  const name = (file: string) => {
    const text = printable(file);
    return context.terminal ? cutMiddle(text, LONGEST_NAME) : text;
  };
  const widest = context.files.reduce(
    (width, file) => Math.max(width, lengthOf(name(file))),
    HEADINGS[0]!.length,
  );
  const widths = [widest, 8, 5, 20, 8, 0];
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) =>
      cell + " ".repeat(Math.max(0, widths[column]! - lengthOf(cell)))
    );
  const paint = (style: Style | null, text: string) =>
    context.colour && style !== null
      ? styleText(style, text, { validateStream: false })
      : text;

  return {
    begin: () => finish(line(HEADINGS).map((cell) => paint("bold", cell))),
    heading: (group) => `\n${paint("bold", printable(group))}\n`,
    row(verdict, { label } = {}) {
      const cells = line([name(verdict.file), ...cellsOf(verdict, label)]);
      const style = styleOf(verdict);
      cells[1] = paint(style, cells[1]!);
      cells[5] = paint(style, cells[5]!);
      return finish(cells);
    },
    end: (summary) => "\n" + summaryText(summary),
  };
}

type Style = "bold" | "red" | "yellow";

function styleOf({ type, agreement }: Verdict): Style | null {
  if (type === null || agreement === "conflict") return "red";
  return type === "unknown" ? "yellow" : null;
}

function cellsOf(verdict: Verdict, label?: Label | null): string[] {
  const { type, probability, pixels, header } = verdict;
  return [
    type ?? "-",
    probability === null ? "-" : probabilityText(probability),
    votesText(pixels),
    header?.type ?? "-",
    [...(label ? [`by hand: ${label}`] : []), printable(noteOf(verdict))]
      .filter((note) => note !== "").join("; "),
  ];
}

/** What an observer should look at, and why. */
function noteOf(verdict: Verdict): string {
  const { header, agreement, error } = verdict;
  if (error !== null) return `${error.code}: ${error.message}`;
  if (agreement === "conflict") {
    return `conflict: the header says ${header?.evidence}`;
  }
  return reasonText(verdict);
}

/** `4/4` when all flips agree, else who got how many: `3 arc 1 flat`. */
function votesText(pixels: Verdict["pixels"]): string {
  const counts = Object.entries(pixels?.votes ?? {}).sort(([, a], [, b]) =>
    b - a
  );
  if (counts.length === 0) return "-";
  if (counts.length === 1) return `${counts[0]![1]}/${counts[0]![1]}`;
  return counts.map(([type, count]) => `${count} ${type}`).join(" ");
}

/** The summary, two lines. */
export function summaryText(summary: Summary): string {
  const { frames, types, errors, conflicts, seconds, model, device } = summary;
  const counts = [
    ...[...types].map(([type, count]) =>
      `${count} ${type}` + (type === "unknown" ? reasonCounts(summary) : "")
    ),
    ...(errors > 0 ? [plural(errors, "error")] : []),
  ];
  const conflictText = conflicts === 0
    ? "no conflict with a header"
    : `${plural(conflicts, "conflict")} with the header`;
  const rate = seconds > 0 ? frames / seconds : 0;
  return `${plural(frames, "frame")}: ${counts.join(", ")}; ${conflictText}\n` +
    `${seconds.toFixed(1)} s, ${
      rate.toFixed(1)
    } frames/s, ${model} on ${device}\n`;
}

/** ` (2 flips disagree, 1 low probability)`; of one reason alone, without its number. */
function reasonCounts({ reasons }: Summary): string {
  const counts = [...reasons].map(([reason, count]) =>
    reasons.size === 1
      ? REASON_PHRASES[reason]
      : `${count} ${REASON_PHRASES[reason]}`
  );
  return counts.length === 0 ? "" : ` (${counts.join(", ")})`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function finish(cells: readonly string[]): string {
  return cells.join("  ").trimEnd() + "\n";
}

function lengthOf(text: string): number {
  return [...text].length;
}

/** Keeps the end, where frames differ, and more of it than of the beginning. */
function cutMiddle(text: string, longest: number): string {
  const characters = [...text];
  if (characters.length <= longest) return text;
  const front = Math.floor(longest / 4);
  return [
    ...characters.slice(0, front),
    "…",
    ...characters.slice(characters.length - (longest - front - 1)),
  ].join("");
}
