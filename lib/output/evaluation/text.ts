import type { Calibration } from "../../evaluation/calibration.ts";
import type { Confusion, Protocol } from "../../evaluation/confusion.ts";
import type { Prediction } from "../../evaluation/predictions.ts";
import type {
  MeanProportion,
  Proportion,
} from "../../evaluation/proportion.ts";
import {
  type Accuracy,
  LARGE_INSTRUMENT,
  type MeanAccuracy,
  type Score,
} from "../../evaluation/score.ts";
import {
  formatCount,
  formatProbability,
  printable,
  REASON_PHRASES,
} from "../text.ts";
import { type Evaluation, sortFailures } from "./evaluation.ts";

/** Names of the figures, the same in the text and on the page. */
export const NAMES = {
  merged: "standard and science merged",
  mergedIfUnsure: "merged where label unsure",
  highConfidence: "label confidence high",
  large: `${LARGE_INSTRUMENT} frames or more`,
  largeHighConfidence: "both of these",
  flips: "Every flip, normalised (§4.1)",
  frames: "Final scheme: super-majority of the flips (§4.2)",
} as const;

const NAME_WIDTH = 30;

/** Formats the notes, every section, and the failures of the first section. */
export function formatEvaluation(
  { title, notes, sections }: Evaluation,
): string {
  const [whole] = sections;
  return [
    [title, ...notes].map((line) => `${printable(line)}\n`).join(""),
    ...sections.map(({ title, score }) => formatScore(title, score)),
    formatFailures(whole.score),
  ].join("\n");
}

/** Formats a fraction as `77.5 %`; `null` as a dash. */
export function formatPercent(fraction: number | null, digits = 1): string {
  return fraction === null ? "–" : `${(100 * fraction).toFixed(digits)} %`;
}

/** Formats an interval as `69.6 to 83.9 %`. */
export function formatInterval(
  [low, high]: readonly [number, number],
): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
}

/** Formats a proportion as `77.5 % (100/129; 95 % interval 69.6 to 83.9 %)`. */
export function formatProportion(
  { count, n, fraction, interval }: Proportion,
): string {
  return `${formatPercent(fraction)} (${count}/${n}; ` +
    `95 % interval ${formatInterval(interval)})`;
}

/** Formats a mean as `77.5 % (12 instruments, 129 frames; 95 % interval 69.6 to 83.9 %)`. */
export function formatMean(
  { groups, n, mean, interval }: MeanProportion,
  noun: string,
): string {
  return `${formatPercent(mean)} (${formatCount(groups, noun)}, ` +
    `${formatCount(n, "frame")}; 95 % interval ${formatInterval(interval)})`;
}

function formatScore(title: string, score: Score): string {
  const { all, paper, instrumentMeans: means, darkBias, risk } = score;
  const coverage = risk.points.at(-1)?.coverage ?? null;
  return [
    title,
    formatAccuracy("all", all),
    formatAccuracy(NAMES.highConfidence, score.highConfidence),
    formatNamedProportion(NAMES.merged, all.correctMerged),
    formatNamedProportion(NAMES.mergedIfUnsure, all.correctMergedIfUnsure),
    "The paper's protocols",
    ...formatProtocol("every flip (§4.1)", paper.flips),
    ...formatProtocol("final scheme (§4.2)", paper.frames),
    "Mean over instruments",
    ...formatMeanAccuracy("all", means.all),
    ...formatMeanAccuracy(NAMES.highConfidence, means.highConfidence),
    ...formatMeanAccuracy(NAMES.large, means.large),
    ...formatMeanAccuracy(NAMES.largeHighConfidence, means.largeHighConfidence),
    "By type",
    ...score.byType.map((group) => formatAccuracy(group.name, group)),
    "By instrument",
    ...score.byInstrument.map((group) => formatAccuracy(group.name, group)),
    "By night",
    ...score.byNight.map((group) => formatAccuracy(group.name, group)),
    "Dark and bias",
    formatNamedProportion("correct", darkBias.correct),
    formatNamedProportion(
      "correct if called either",
      darkBias.correctAmongEither,
    ),
    formatNamedProportion("dark called bias", darkBias.darkAsBias),
    formatNamedProportion("bias called dark", darkBias.biasAsDark),
    "Probability",
    formatLine(
      "risk, mean over coverage",
      `${formatPercent(risk.area)}; ${
        formatPercent(risk.areaMerged)
      } with standard and science merged; coverage ${formatPercent(coverage)}`,
    ),
    ...formatCalibration("equal width", score.calibration.equalWidth),
    ...formatCalibration("equal mass", score.calibration.equalMass),
    ...formatOther(score),
    ...formatSeconds(score),
  ].join("\n") + "\n";
}

function formatFailures({ failures }: Score): string {
  if (failures.length === 0) return "Failures: none\n";
  const lines = sortFailures(failures).map(formatFailure);
  return ["Failures", ...lines].join("\n") + "\n";
}

function formatFailure({ frame, verdict }: Prediction): string {
  const { type, reason, probability, error } = verdict;
  return `  ${frame.label} -> ${type ?? error.code}` +
    (reason === null ? "" : ` (${REASON_PHRASES[reason]})`) +
    (probability === null ? "" : ` ${formatProbability(probability)}`) +
    `: ${printable(frame.path)} ` +
    `(label confidence ${printable(frame.confidence)})`;
}

function formatLine(name: string, text: string): string {
  return `  ${printable(name).padEnd(NAME_WIDTH)} ${text}`;
}

function formatNamedProportion(name: string, proportion: Proportion): string {
  return formatLine(name, formatProportion(proportion));
}

function formatAccuracy(name: string, accuracy: Accuracy): string {
  const { correct, onSky, wrong, unknown, errors } = accuracy;
  return formatLine(
    name,
    `${formatPercent(correct.fraction)} correct ` +
      `(${correct.count}/${correct.n}; ` +
      `95 % interval ${formatInterval(correct.interval)}), ` +
      `${onSky.count} standard/science, ${wrong.count} wrong, ` +
      `${unknown.count} unknown` +
      (errors.count > 0 ? `, ${errors.count} unreadable` : ""),
  );
}

function formatMeanAccuracy(name: string, accuracy: MeanAccuracy): string[] {
  if (accuracy.correct.groups === 0) return [];
  const rows = [
    [name, accuracy.correct],
    [`  ${NAMES.merged}`, accuracy.correctMerged],
    [`  ${NAMES.mergedIfUnsure}`, accuracy.correctMergedIfUnsure],
    ["  misclassified", accuracy.misclassified],
  ] as const;
  return rows.map(([name, mean]) =>
    formatLine(name, formatMean(mean, "instrument"))
  );
}

function formatProtocol(name: string, protocol: Protocol): string[] {
  const { normalisedAccuracy, accuracy, n, confusion } = protocol;
  const mean = formatMean(normalisedAccuracy, "type");
  const percent = formatPercent(accuracy);
  return [
    formatLine(name, `${mean} normalised; ${percent} of all ${n}`),
    ...formatMatrix("label \\ predicted", confusion, "counts"),
    ...formatMatrix("differential, percent", confusion, "differential"),
  ];
}

function formatMatrix(
  name: string,
  confusion: Confusion,
  kind: "counts" | "differential",
): string[] {
  const { labels, predicted } = confusion;
  if (labels.length === 0) return [];
  const formatCell = (value: number) => {
    if (kind === "counts") return String(value);
    if (value === 0) return ".";
    return `${value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;
  };
  const join = (cells: readonly string[]) =>
    cells.map((cell) => cell.padStart(9)).join("");
  return [
    formatLine(`  ${name}`, join(predicted)),
    ...labels.map((label, k) =>
      formatLine(`    ${label}`, join(confusion[kind][k]!.map(formatCell)))
    ),
  ];
}

function formatCalibration(
  name: string,
  { error, n, bins }: Calibration,
): string[] {
  return [
    formatLine(
      "calibration error",
      `${formatPercent(error, 2)} in ten bins of ${name}, ` +
        `${n} classified frames`,
    ),
    ...bins.filter(({ correct }) => correct.n > 0).map((bin) =>
      formatLine(
        `    ${bin.low.toFixed(3)} to ${bin.high.toFixed(3)}`,
        `mean probability ${formatPercent(bin.probability)}, correct ${
          formatProportion(bin.correct)
        }`,
      )
    ),
  ];
}

function formatOther({ other }: Score): string[] {
  if (other.rejected.n === 0) return [];
  const rows = Object.entries({
    "rejected as unknown": formatProportion(other.rejected),
    "reasons": formatCounts(other.reasons),
    "classified as": formatCounts(other.classifiedAs),
    "unreadable": other.errors === 0 ? "" : String(other.errors),
  }).filter(([, text]) => text !== "");
  return [
    "Frames labelled other",
    ...rows.map(([name, text]) => formatLine(name, text)),
  ];
}

function formatCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).map(([name, n]) => `${n} ${name}`).join(", ");
}

function formatSeconds({ seconds }: Score): string[] {
  if (seconds === null) return [];
  const [median, total] = [seconds.median.toFixed(3), seconds.total.toFixed(1)];
  const text = `${median} median, ${total} s for ${seconds.n} frames`;
  return ["Time", formatLine("seconds a frame", text)];
}
