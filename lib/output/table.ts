import { styleText } from "node:util";
import { findReviewReason, type ReviewReason } from "../calibration/triage.ts";
import type { Verdict } from "../classify/verdict.ts";
import type { FrameType } from "../frame_type.ts";
import { formatSettings } from "./configurations.ts";
import type { Formatter, FormatterOptions } from "./formats.ts";
import { formatSummary } from "./summary.ts";
import {
  foldText,
  formatClaimedType,
  formatDecidedBy,
  formatProbability,
  printable,
} from "./text.ts";
import { formatNote } from "./note.ts";

/** Longer names are cut in the middle on a terminal. */
const MAX_NAME_LENGTH = 56;

/** A name is cut to this length at most, however narrow the terminal is. */
const MIN_NAME_LENGTH = 16;

const GAP = "  ";

const NOTE_INDENT = "    ";

interface Column {
  readonly heading: string;
  /** A shorter text is padded. */
  readonly width: number;
  /** Whether a longer text is cut; else it moves the rest of its row. */
  readonly isCut?: boolean;
  readonly format: (verdict: Verdict) => string;
}

const COLUMNS: readonly Column[] = [
  { heading: "TYPE", width: 8, format: ({ type }) => type ?? "" },
  {
    heading: "PROB",
    width: 5,
    format: ({ probability: p }) => p === null ? "" : formatProbability(p),
  },
  {
    heading: "BY",
    width: 14,
    format: ({ decided_by }) => formatDecidedBy(decided_by),
  },
  {
    heading: "HEADER",
    width: 13,
    format: ({ header }) => formatClaimedType(header),
  },
];

/** Columns of the log, which a wide terminal shows as far as they fit. */
const LOG_COLUMNS: readonly Column[] = [
  {
    heading: "EXPTIME",
    width: 7,
    isCut: true,
    format: ({ log }) =>
      log?.exposure == null ? "" : String(Number(log.exposure.toPrecision(5))),
  },
  {
    heading: "TARGET",
    width: 16,
    isCut: true,
    format: ({ log }) => log?.target ?? "",
  },
  {
    heading: "NIGHT",
    width: 10,
    isCut: true,
    format: ({ log }) => log?.night ?? "",
  },
  {
    heading: "CONFIGURATION",
    width: 32,
    isCut: true,
    format: ({ log }) => log === null ? "" : formatSettings(log),
  },
];

/** Types that a person must look at are red or yellow in the notes; no type is. */
const TYPE_STYLES: Readonly<Record<FrameType, Style>> = {
  bias: "gray",
  dark: "blueBright",
  arc: "magenta",
  flat: "cyan",
  standard: "green",
  science: "bold",
};

const REVIEW_STYLES: Readonly<Record<ReviewReason, Style>> = {
  error: "red",
  conflict: "red",
  unknown: "yellow",
  unusable: "yellow",
};

type Style =
  | "bold"
  | "red"
  | "yellow"
  | "gray"
  | "blueBright"
  | "magenta"
  | "cyan"
  | "green";

/**
 * Creates a formatter of aligned columns, as `dfits | fitsort` prints them, followed by a
 * summary. Widths are fixed before the first row, so that rows can be shown as they come.
 *
 * On a terminal of `width` columns names are cut so that a row fits, a note that does not
 * fit follows below its row, and exposure time, target, night and configuration are shown
 * as far as there is room.
 */
export function createTableFormatter(
  options: FormatterOptions,
): Required<Formatter> {
  const { width } = options;
  const limit = width ?? Infinity;
  const fixedWidth = measureColumns(COLUMNS);
  const maxNameLength = !options.terminal ? Infinity : Math.max(
    MIN_NAME_LENGTH,
    Math.min(MAX_NAME_LENGTH, limit - fixedWidth),
  );
  const formatName = ({ file }: Pick<Verdict, "file">) =>
    cutMiddle(printable(file), maxNameLength);
  const nameWidth = options.files.reduce(
    (most, file) => Math.max(most, countCharacters(formatName({ file }))),
    "FILE".length,
  );
  const columns: readonly Column[] = [
    { heading: "FILE", width: nameWidth, format: formatName },
    ...COLUMNS,
    ...width === undefined
      ? []
      : selectLogColumns(width - nameWidth - fixedWidth),
  ];
  const paint = (style: Style | null, text: string) =>
    options.colour && style !== null
      ? styleText(style, text, { validateStream: false })
      : text;
  const pad = ({ width }: Column, text: string) =>
    text + " ".repeat(Math.max(0, width - countCharacters(text)));
  const formatCell = (column: Column, verdict: Verdict) => {
    const text = printable(column.format(verdict)) || "-";
    return pad(column, column.isCut ? cutEnd(text, column.width) : text);
  };

  return {
    begin() {
      const headings = [
        ...columns.map((column) => pad(column, column.heading)),
        "NOTE",
      ];
      // Where notes stand below their rows, their heading may not fit.
      if (countCharacters(headings.join(GAP)) > limit) headings.pop();
      headings.push(headings.pop()!.trimEnd());
      return headings.map((text) => paint("bold", text)).join(GAP) + "\n";
    },
    heading: (group) => `\n${paint("bold", printable(group))}\n`,
    row(verdict) {
      const cells = columns.map((column) => formatCell(column, verdict));
      const length = countCharacters(cells.join(GAP) + GAP);
      const { type } = verdict;
      const reason = findReviewReason(verdict);
      const reviewStyle = reason && REVIEW_STYLES[reason];
      cells[1] = paint(
        type === null || type === "unknown" ? reviewStyle : TYPE_STYLES[type],
        cells[1]!,
      );
      const row = cells.join(GAP);
      const note = printable(formatNote(verdict));
      if (note === "") return row.trimEnd() + "\n";
      if (length + countCharacters(note) <= limit) {
        return row + GAP + paint(reviewStyle, note) + "\n";
      }
      const lines = foldText(note, limit - NOTE_INDENT.length);
      return [
        row.trimEnd(),
        ...lines.map((line) => NOTE_INDENT + paint(reviewStyle, line)),
      ].join("\n") + "\n";
    },
    end: (summary) =>
      "\n" + formatSummary(summary).split("\n")
        .flatMap((line) => foldText(line, limit)).join("\n"),
  };
}

/** Returns the columns of the terminal; `undefined` if it has none, or is none. */
export function readTerminalWidth(): number | undefined {
  try {
    return Deno.consoleSize().columns || undefined;
  } catch {
    return undefined;
  }
}

/** Returns the width of columns, with the gap before each. */
function measureColumns(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + GAP.length + width, 0);
}

/** Returns the first columns of the log that fit into a width together. */
function selectLogColumns(width: number): readonly Column[] {
  return LOG_COLUMNS.filter((_, k) =>
    measureColumns(LOG_COLUMNS.slice(0, k + 1)) <= width
  );
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

/** Cuts a text at its end. */
function cutEnd(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length
    ? text
    : characters.slice(0, length - 1).join("").trimEnd() + "…";
}
