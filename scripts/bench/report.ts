/**
 * The result of the benchmark as text: samples, targets, and whether all programs
 * gave the same verdicts.
 */
import * as v from "valibot";
import {
  computeRatio,
  computeSpread,
  type Quantity,
  type Samples,
  type Spread,
} from "./measure.ts";

/** A limit on a quantity, or on the ratio of two. */
export interface Target {
  readonly name: string;
  readonly numerator: Quantity;
  readonly denominator?: Quantity;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Returns `null` when the target was not measured. */
function measureTarget(
  { numerator, denominator }: Target,
  samples: Samples,
): Spread | null {
  return denominator === undefined
    ? computeSpread(samples, numerator)
    : computeRatio(samples, numerator, denominator);
}

/** Whether the median meets the target; `null` when it was not measured. */
function isMet(target: Target, samples: Samples): boolean | null {
  const measured = measureTarget(target, samples);
  if (measured === null) return null;
  return measured.median >= (target.atLeast ?? -Infinity) &&
    measured.median <= (target.atMost ?? Infinity);
}

/** Formats a table: a line per subject, a column per quantity of any of them. */
export function formatSamples(
  samples: Samples,
  subjects: readonly string[],
): string {
  const quantities = [
    ...new Set(
      subjects.flatMap((name) => samples.get(name)!)
        .flatMap((sample) => Object.keys(sample)),
    ),
  ];
  const rows = subjects.map((name) => [
    name,
    ...quantities.map((one) =>
      formatSpread(computeSpread(samples, [name, one]))
    ),
  ]);
  return formatColumns([["", ...quantities], ...rows]);
}

export function formatTargets(
  targets: readonly Target[],
  samples: Samples,
): string {
  const rows = targets.map((target) => {
    const met = isMet(target, samples);
    const limit = target.atLeast === undefined
      ? `≤ ${target.atMost}`
      : `≥ ${target.atLeast}`;
    return [
      target.name,
      formatSpread(measureTarget(target, samples)),
      limit,
      met === null ? "not measured" : met ? "met" : "NOT MET",
    ];
  });
  return formatColumns([["", "measured", "target", ""], ...rows]);
}

function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)
    ).join("  ").trimEnd()
  ).join("\n");
}

/** Formats as `12.3 (12.1 to 12.6)`; the median alone for one run. */
function formatSpread(spread: Spread | null): string {
  if (spread === null) return "–";
  const { median, lower, upper } = spread;
  const text = formatNumber(median);
  if (spread.runs === 1) return text;
  return `${text} (${formatNumber(lower)} to ${formatNumber(upper)})`;
}

/** Three significant digits. */
function formatNumber(value: number): string {
  if (value === 0) return "0";
  const decimals = 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.max(0, Math.min(decimals, 3)));
}

const Row = v.object({
  file: v.string(),
  type: v.nullable(v.string()),
  probability: v.nullable(v.number()),
});

/** Collects the rows of each program, of all formats, and compares them with those of the first. */
export function compareVerdicts() {
  const all = new Map<string, Map<string, v.InferOutput<typeof Row>>>();
  return {
    add(program: string, rows: readonly string[]): void {
      const parsed = rows.map((row) => v.parse(Row, JSON.parse(row)));
      const known = all.get(program) ?? new Map();
      for (const row of parsed) known.set(row.file, row);
      all.set(program, known);
    },
    notes(): string[] {
      const [first, ...others] = all;
      if (first === undefined) return [];
      const [firstName, firstRows] = first;
      return others.map(([name, rows]) => {
        const pairs = [...firstRows].map(([file, row]) =>
          [row, rows.get(file)] as const
        );
        const same = pairs.filter(([a, b]) => a.type === b?.type).length;
        const difference = Math.max(
          0,
          // The peer gives a probability of an unknown type as well.
          ...pairs.filter(([{ type }]) => type !== "unknown").map(([a, b]) =>
            Math.abs((a.probability ?? 0) - (b?.probability ?? 0))
          ),
        ).toFixed(6);
        return `${name}: same type as ${firstName} for ${same} of ` +
          `${firstRows.size} frames, probability within ${difference}`;
      });
    },
  };
}
