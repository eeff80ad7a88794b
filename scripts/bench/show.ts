/**
 * What a person sees of a benchmark: aligned columns, a table for each section,
 * then the targets.
 *
 * @module
 */
import { type Contender, type Rounds, spreadIn } from "./rounds.ts";
import type { Spread } from "./summary.ts";
import { type Bound, isMet, type Target } from "./targets.ts";

/** Wider tables are turned. */
const MOST_COLUMNS = 7;

/** Aligned columns, numbers to the right of their names. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) =>
      row.map((cell, k) => Math.max(widest[k] ?? 0, length(cell))),
    [],
  );
  return rows.map((row) =>
    row.map((cell, k) => {
      const room = " ".repeat(widths[k]! - length(cell));
      return k === 0 ? cell + room : room + cell;
    }).join("  ").trimEnd()
  ).join("\n");
}

/** A table for the contenders of a section: median (lower to upper quartile). */
export function sectionTable(
  title: string,
  contenders: readonly Contender[],
  rounds: Rounds,
): string {
  const names = contenders.map(({ name }) => name);
  const quantities = [
    ...new Set(
      names.flatMap((name) =>
        (rounds.get(name) ?? []).flatMap((sample) => Object.keys(sample))
      ),
    ),
  ];
  const cell = (name: string, quantity: string) =>
    spreadText(spreadIn(rounds, [name, quantity]));
  return quantities.length <= MOST_COLUMNS
    ? columns([
      [title, ...quantities],
      ...names.map((
        name,
      ) => [name, ...quantities.map((one) => cell(name, one))]),
    ])
    : columns([
      [title, ...names],
      ...quantities.map((
        one,
      ) => [one, ...names.map((name) => cell(name, one))]),
    ]);
}

/** The targets: what was measured beside what was wanted. */
export function targetsTable(targets: readonly Target[]): string {
  return columns([
    ["TARGETS", "measured", "wanted", "met"],
    ...targets.map((target) => [
      target.what,
      measuredText(target),
      boundText(target.bound),
      metText(target),
    ]),
  ]);
}

function measuredText({ measured, line, bound }: Target): string {
  if (measured === null) return "not measured";
  if (line !== undefined) {
    return `R² ${line.rSquared.toFixed(4)}, off by ${
      (100 * line.worst).toFixed(1)
    } % of the mean at most`;
  }
  return `${spreadText(measured)} ${bound?.unit ?? "×"}`;
}

function boundText(bound: Bound | null): string {
  if (bound === null) return "";
  const sign = bound.side === "at least" ? "≥" : "≤";
  return bound.unit === "R²"
    ? `R² ${sign} ${bound.value}`
    : `${sign} ${bound.value} ${bound.unit}`;
}

function metText(target: Target): string {
  const met = isMet(target);
  if (met === null) return target.bound === null ? "" : "?";
  return met ? "yes" : "NO";
}

/** `12.3 (12.1 to 12.6)`; the median alone of one run. */
export function spreadText(spread: Spread | null): string {
  if (spread === null) return "–";
  const { median, lower, upper, runs } = spread;
  return runs === 1
    ? number(median)
    : `${number(median)} (${number(lower)} to ${number(upper)})`;
}

/** Three digits that count. */
function number(value: number): string {
  if (value === 0) return "0";
  const digits = 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.max(0, Math.min(digits, 3)));
}

function length(text: string): number {
  return [...text].length;
}
