import type { Calibration } from "../../evaluation/calibration.ts";
import type { ClaimScore } from "../../evaluation/claims.ts";
import type { Confusion, Protocol } from "../../evaluation/confusion.ts";
import type { Prediction } from "../../evaluation/predictions.ts";
import type {
  MeanProportion,
  Proportion,
} from "../../evaluation/proportion.ts";
import {
  type Accuracy,
  type AnswerScore,
  type GroupAccuracy,
  LARGE_INSTRUMENT,
  type Score,
  type TypeScore,
} from "../../evaluation/score.ts";
import { type EvidenceItem, listEvidence } from "../explanation.ts";
import {
  foldText,
  formatClaim,
  formatCount,
  formatProbability,
  formatReason,
  printable,
  REASON_PHRASES,
} from "../text.ts";
import { type Evaluation, getFailureKind, sortFailures } from "./evaluation.ts";

/** Names of the figures, the same in the text and on the page. */
export const NAMES = {
  answer: "answer",
  pixels: "pixel verdict",
  correct: "correct",
  merged: "standard and science merged",
  mergedIfUnsure: "merged where label unsure",
  wrong: "wrong",
  onSky: "of these standard/science",
  wrongAndUsed: "wrong and use: true",
  unknown: "unknown",
  unused: "use: false, unknown included",
  errors: "unreadable",
  highConfidence: "label confidence high",
  large: `${LARGE_INSTRUMENT} frames or more`,
  largeHighConfidence: "both of these",
  darkBias: "darks and biases correct",
  other: "labelled other, rejected",
  flips: "Every flip, normalised (§4.1)",
  frames: "Final scheme: super-majority of the flips (§4.2)",
} as const;

/** Claims that are wrong between types that look the same. */
export const ALIKE = "bias/dark, standard/science";

const NAME_WIDTH = 30;

/** Width of a proportion with its interval in a table of two columns. */
const CELL_WIDTH = 36;

/** Columns of {@linkcode formatEvaluationSummary}. */
const SUMMARY_WIDTH = 80;

/** Kinds of failures that a summary names, the worst first. */
const SUMMARY_KINDS = 3;

/**
 * Formats an evaluation in about ten lines of 80 columns: the notes, how many answers and
 * pixel verdicts are right, and the kinds of the failures, the worst first.
 */
export function formatEvaluationSummary(
  { title, notes, sections: [{ score }] }: Evaluation,
  { hasPage = false }: {
    /** Whether a page shows the frames, so that no option for one is named. */
    readonly hasPage?: boolean;
  } = {},
): string {
  const { answer, pixels } = score;
  const { correct } = answer.all;
  const { rejected } = answer.other;
  return [
    printable(title),
    ...notes.flatMap((note) => foldText(printable(note), SUMMARY_WIDTH)),
    ...(correct.n === 0 ? [] : [
      formatMainFigure(NAMES.answer, "right", correct),
      formatMainFigure(NAMES.pixels, "right", pixels.all.correct),
    ]),
    ...(rejected.n === 0
      ? []
      : [formatMainFigure("labelled other", "rejected", rejected)]),
    ...formatFailureKinds(score),
    "--verbose prints all figures and each failure" +
    (hasPage ? "." : "; --page FILE shows the frames."),
  ].join("\n") + "\n";
}

function formatMainFigure(
  name: string,
  outcome: string,
  { count, n, fraction, interval }: Proportion,
): string {
  return `  ${name.padEnd(16)}${`${count} of ${n} ${outcome}`.padEnd(20)} ${
    formatPercent(fraction).padStart(7)
  }   95 % interval ${formatInterval(interval)}`;
}

/** A line for each of the worst kinds, with the labels and answers that are most frequent. */
function formatFailureKinds({ failures }: Score): string[] {
  const kinds = [...Map.groupBy(sortFailures(failures), getFailureKind)];
  const hidden = kinds.slice(SUMMARY_KINDS)
    .map(([kind, members]) => `${members.length} ${kind}`);
  return [
    ...kinds.slice(0, SUMMARY_KINDS).map(([kind, members]) => {
      const cases = Map.groupBy(members, ({ frame, verdict: { type } }) => {
        const isTyped = type !== null && type !== "unknown";
        return isTyped ? `${frame.label} as ${type}` : frame.label;
      });
      const texts = [...cases]
        .sort(([, one], [, other]) => other.length - one.length)
        .map(([name, { length }]) => `${length} ${name}`);
      return cutList(`  ${members.length} ${kind}: `, texts);
    }),
    ...(hidden.length === 0 ? [] : [`  ${hidden.join(", ")}`]),
  ];
}

/** Joins the items that fit into a line, of which the first always counts. */
function cutList(start: string, items: readonly string[]): string {
  const [first, ...others] = items;
  let line = start + first;
  for (const item of others) {
    const longer = `${line}, ${item}`;
    if (longer.length > SUMMARY_WIDTH - ", …".length) return `${line}, …`;
    line = longer;
  }
  return line;
}

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

/** Formats the calibration error by chance as `mean 1.43 %, 95 % below 2.32 %`. */
export function formatChance({ chance }: Calibration): string {
  if (chance === null) return "–";
  const { mean, limit } = chance;
  return `mean ${formatPercent(mean, 2)}, 95 % below ${
    formatPercent(limit, 2)
  }`;
}

/** Formats a proportion as `77.5 % (100/129; 95 % interval 69.6 to 83.9 %)`; `–` of nothing. */
export function formatProportion(
  { count, n, fraction, interval }: Proportion,
): string {
  if (n === 0) return "–";
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
  const { answer, pixels, claims } = score;
  const others = answer.other.rejected.n;
  return [
    `${title}: ${formatCount(answer.all.n, "frame")} with a type` +
    (others === 0 ? "" : `, ${others} labelled other`),
    ...formatSummary(answer, pixels),
    ...formatEvidenceUse(answer),
    "Answer: rows are labels",
    ...formatMatrix("label \\ answer", answer.confusion, "counts"),
    ...formatGroups("By type", answer.byType, pixels.byType),
    ...formatGroups("By instrument", answer.byInstrument, pixels.byInstrument),
    ...formatClaims(claims),
    ...formatProbabilities(answer, pixels),
    ...formatOther(score),
    "The paper's protocols, of the pixel verdict",
    ...formatProtocol("every flip (§4.1)", pixels.paper.flips),
    ...formatProtocol("final scheme (§4.2)", pixels.paper.frames),
    ...formatSeconds(score),
  ].join("\n") + "\n";
}

/** A table of the main figures, the answer beside the pixel verdict. */
function formatSummary(answer: TypeScore, pixels: TypeScore): string[] {
  const means = answer.instrumentMeans;
  const compare = (
    name: string,
    format: (score: TypeScore) => string,
  ) => formatPair(name, format(answer), format(pixels));
  const compareAll = (key: keyof Accuracy & keyof typeof NAMES) =>
    compare(NAMES[key], ({ all }) => formatCell(all[key]));
  const compareMean = (
    name: string,
    key: keyof TypeScore["instrumentMeans"],
    figure: "correct" | "correctMerged" = "correct",
  ) =>
    means[key].correct.groups === 0 ? [] : [
      compare(
        `${name} (${means[key].correct.groups})`,
        ({ instrumentMeans }) => formatMeanCell(instrumentMeans[key][figure]),
      ),
    ];
  const compareInstruments = (figure: keyof TypeScore["otherInstruments"]) => {
    const one = answer.otherInstruments[figure];
    const other = pixels.otherInstruments[figure];
    return one === null || other === null ? [] : [
      formatPair(
        `    other instruments (${one.groups})`,
        formatInterval(one.interval),
        formatInterval(other.interval),
      ),
    ];
  };
  return [
    formatPair("95 % intervals", NAMES.answer, NAMES.pixels),
    compareAll("correct"),
    ...compareInstruments("correct"),
    compare(`  ${NAMES.merged}`, ({ all }) => formatCell(all.correctMerged)),
    ...compareInstruments("correctMerged"),
    compare(
      `  ${NAMES.mergedIfUnsure}`,
      ({ all }) => formatCell(all.correctMergedIfUnsure),
    ),
    compare(
      `  ${NAMES.highConfidence}`,
      ({ highConfidence }) => formatCell(highConfidence.correct),
    ),
    ...compareInstruments("highConfidence"),
    compareAll("wrong"),
    compare(`  ${NAMES.onSky}`, ({ all }) => formatCell(all.onSky)),
    formatLine(`  ${NAMES.wrongAndUsed}`, formatCell(answer.all.wrongAndUsed)),
    compareAll("unknown"),
    ...(answer.all.errors.count > 0 ? [compareAll("errors")] : []),
    formatLine(NAMES.unused, formatCell(answer.all.unused)),
    ...compareMean("mean over instruments", "all"),
    ...compareMean("  standard/science merged", "all", "correctMerged"),
    ...compareMean(`  ${NAMES.highConfidence}`, "highConfidence"),
    ...compareMean(`  ${NAMES.large}`, "large"),
    ...compareMean(`  ${NAMES.largeHighConfidence}`, "largeHighConfidence"),
    ...(answer.darkBias.correct.n > 0
      ? [
        compare(NAMES.darkBias, ({ darkBias }) => formatCell(darkBias.correct)),
      ]
      : []),
    ...(answer.other.rejected.n > 0
      ? [compare(NAMES.other, ({ other }) => formatCell(other.rejected))]
      : []),
    compare(
      "calibration error",
      ({ calibration: { equalWidth, equalMass } }) =>
        `${formatPercent(equalWidth.error, 2)}, equal mass ${
          formatPercent(equalMass.error, 2)
        }`,
    ),
    compare(
      "  by chance alone",
      ({ calibration: { equalWidth } }) => formatChance(equalWidth),
    ),
  ];
}

function formatEvidenceUse({ byEvidence, reasons }: AnswerScore): string[] {
  return [
    "What decided",
    ...byEvidence.map(({ name, correct, wrong, wrongAndUsed }) =>
      formatLine(
        name,
        `${formatCell(correct).padEnd(CELL_WIDTH)}${wrong.count} wrong` +
          (wrong.count > 0 ? `, ${wrongAndUsed.count} with use: true` : ""),
      )
    ),
    ...(reasons.length === 0 ? [] : ["Why unknown"]),
    ...reasons.map(({ reason, typed, other }) =>
      formatLine(
        reason === "none" ? "no reason" : REASON_PHRASES[reason],
        formatCount(typed, "frame") +
          (other > 0 ? `, and ${other} labelled other` : ""),
      )
    ),
  ];
}

/** A table of groups: the answer, and the pixel verdict behind it. */
function formatGroups(
  title: string,
  answer: readonly GroupAccuracy[],
  pixels: readonly GroupAccuracy[],
): string[] {
  if (answer.length === 0) return [];
  const row = (cells: readonly string[]) =>
    cells.map((cell, k) => cell.padStart(GROUP_WIDTHS[k]!)).join("");
  return [
    `${title.padEnd(NAME_WIDTH + 3)}${
      row(["", "answer, correct", "wrong", "and used", "unknown", "unused"])
    }${row(["", "pixels, correct", "wrong", "", "unknown"])}`.trimEnd(),
    ...answer.map((one, k) => {
      const other = pixels[k]!;
      return formatLine(
        one.name,
        row([
          String(one.n),
          formatShortCell(one.correct),
          ...[one.wrong, one.wrongAndUsed, one.unknown, one.unused]
            .map(({ count }) => String(count)),
        ]) + row([
          "",
          formatShortCell(other.correct),
          String(other.wrong.count),
          "",
          String(other.unknown.count),
        ]),
      );
    }),
  ];
}

const GROUP_WIDTHS = [5, 24, 7, 10, 9, 8];

function formatClaims(
  { right, byType, none, flagged, missed, falseAlarms }: ClaimScore,
): string[] {
  return [
    "Claims of the headers",
    formatLine("right", formatProportion(right)),
    ...byType.map(({ claimed, right, alike, wrong }) =>
      formatLine(
        `  ${claimed}`,
        `${formatCell(right).padEnd(CELL_WIDTH)}${wrong} wrong` +
          (alike > 0 ? `, ${alike} ${ALIKE}` : ""),
      )
    ),
    formatLine("no claim", formatCount(none, "frame")),
    formatLine("wrong, flagged as conflict", formatProportion(flagged.wrong)),
    ...missed.flatMap(formatClaimed),
    formatLine("right, flagged as conflict", formatProportion(flagged.right)),
    ...falseAlarms.flatMap(formatClaimed),
    formatLine(ALIKE, `${flagged.alike.count} of ${flagged.alike.n} flagged`),
    formatLine(
      "contradicts itself",
      `${flagged.contradictory.count} of ${flagged.contradictory.n} flagged`,
    ),
  ];
}

function formatClaimed({ frame, verdict }: Prediction): string[] {
  const { type, use, header, probability } = verdict;
  return [
    `    ${printable(frame.path)}: label ${frame.label}, answer ${type}` +
    (probability === null ? "" : ` ${formatProbability(probability)}`) +
    `, use: ${use}`,
    `        header ${printable(formatClaim(header))}`,
  ];
}

function formatProbabilities(answer: TypeScore, pixels: TypeScore): string[] {
  const formatRisk = ({ risk: { points, area } }: TypeScore) =>
    `${formatPercent(area)} at coverage ${
      formatPercent(points.at(-1)?.coverage ?? 0)
    }`;
  return [
    "Probability",
    formatPair(
      "mean risk over coverage",
      formatRisk(answer),
      formatRisk(pixels),
    ),
    ...formatCalibration(answer.calibration.equalMass),
  ];
}

function formatFailures({ failures }: Score): string {
  if (failures.length === 0) return "Failures: none\n";
  const groups = Map.groupBy(sortFailures(failures), getFailureKind);
  return [
    "Failures",
    ...[...groups].flatMap(([kind, members]) => [
      `  ${kind} (${members.length})`,
      ...members.flatMap(formatFailure),
    ]),
  ].join("\n") + "\n";
}

function formatFailure({ frame, verdict }: Prediction): string[] {
  const { type, probability, error } = verdict;
  const reason = formatReason(verdict);
  const evidence = listEvidence(verdict).filter(({ value }) => value !== "")
    .map((item) => printable(`${item.kind}: ${formatEvidenceText(item)}`));
  return [
    `    ${frame.label} -> ${type ?? error.code}` +
    (reason === "" ? "" : ` (${reason})`) +
    (probability === null ? "" : ` ${formatProbability(probability)}`) +
    `: ${printable(frame.path)}` +
    (frame.confidence === "high"
      ? ""
      : ` (label confidence ${printable(frame.confidence)})`),
    ...(evidence.length === 0 ? [] : [`        ${evidence.join("; ")}`]),
  ];
}

/** Formats what evidence says as `standard 0.644 (science 0.301), decides`. */
export function formatEvidenceText(
  { value, note, decides, contradicts }: EvidenceItem,
): string {
  return value + (note === "" ? "" : ` (${note})`) +
    (decides ? ", decides" : "") + (contradicts ? ", conflict" : "");
}

function formatLine(name: string, text: string): string {
  return `  ${printable(name).padEnd(NAME_WIDTH)} ${text}`;
}

function formatPair(name: string, one: string, other: string): string {
  return formatLine(name, one.padEnd(CELL_WIDTH) + other);
}

/** Formats a proportion as `77.5 % (100/129; 69.6 to 83.9 %)`. */
function formatCell({ count, n, fraction, interval }: Proportion): string {
  if (n === 0) return "–";
  return `${formatPercent(fraction)} (${count}/${n}; ` +
    `${formatInterval(interval)})`;
}

/** Formats a proportion as `77.5 % (69.6 to 83.9)`. */
function formatShortCell({ fraction, interval }: Proportion): string {
  const [low, high] = interval.map((limit) => (100 * limit).toFixed(1));
  return `${formatPercent(fraction)} (${low} to ${high})`;
}

function formatMeanCell({ mean, interval }: MeanProportion): string {
  return `${formatPercent(mean)} (${formatInterval(interval)})`;
}

function formatProtocol(name: string, protocol: Protocol): string[] {
  const { normalisedAccuracy, accuracy, n, confusion } = protocol;
  const mean = formatMean(normalisedAccuracy, "type");
  const percent = formatPercent(accuracy);
  return [
    formatLine(name, `${mean} normalised; ${percent} of all ${n}`),
    ...formatMatrix("  label \\ predicted", confusion, "counts"),
    ...formatMatrix("  differential, percent", confusion, "differential"),
  ];
}

function formatMatrix(
  name: string,
  confusion: Confusion,
  kind: "counts" | "differential",
): string[] {
  const { labels, predicted } = confusion;
  if (labels.length === 0) return [];
  const indent = /^ */.exec(name)![0] + "  ";
  const formatCell = (value: number) => {
    if (value === 0) return ".";
    if (kind === "counts") return String(value);
    return `${value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;
  };
  const join = (cells: readonly string[]) =>
    cells.map((cell) => cell.padStart(9)).join("");
  return [
    formatLine(name, join(predicted)),
    ...labels.map((label, k) =>
      formatLine(
        `${indent}${label}`,
        join(confusion[kind][k]!.map(formatCell)),
      )
    ),
  ];
}

function formatCalibration({ n, bins }: Calibration): string[] {
  return [
    formatLine(
      "reliability of the answer",
      `bins of equal numbers of frames, ${n} in all`,
    ),
    ...bins.filter(({ correct }) => correct.n > 0).map((bin) =>
      formatLine(
        `    ${bin.low.toFixed(3)} to ${bin.high.toFixed(3)}`,
        `mean ${formatPercent(bin.probability).padStart(7)}   correct ${
          formatCell(bin.correct)
        }`,
      )
    ),
  ];
}

function formatOther({ answer }: Score): string[] {
  const { rejected, unknown, unused, used, errors } = answer.other;
  if (rejected.n === 0) return [];
  const unusedCount = rejected.count - unknown;
  const rows = Object.entries({
    "rejected": `${
      formatProportion(rejected)
    }: ${unknown} unknown, ${unusedCount} use: false`,
    "use: false": formatCounts(unused),
    "use: true": formatCounts(used),
    "unreadable": errors === 0 ? "" : String(errors),
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
