/**
 * A score as plain text.
 *
 * @module
 */
import type { Calibration } from "../evaluation/calibration.ts";
import type { Confusion } from "../evaluation/confusion.ts";
import { type Judged, reasonOf } from "../evaluation/judged.ts";
import type { Protocol } from "../evaluation/protocol.ts";
import { ENOUGH_FRAMES, type Score } from "../evaluation/score.ts";
import type { Macro, Tally } from "../evaluation/tally.ts";
import { type Evaluation, worstFirst } from "./evaluation/evaluation.ts";
import { meanText, percent, shareText } from "./numbers.ts";
import { printable } from "./printable.ts";

/** Width of the names at the beginning of lines. */
const NAME = 26;

/** An evaluation as text: the notes, every section, and the failures once. */
export function evaluationText(
  { title, notes, sections }: Evaluation,
): string {
  const [whole] = sections;
  return [
    `${printable(title)}\n${
      notes.map((note) => `${printable(note)}\n`).join("")
    }`,
    ...sections.map(({ title, score }) => scoreText(title, score)),
    failuresText(whole.score),
  ].join("\n");
}

/** Lines of one score. */
export function scoreText(title: string, score: Score): string {
  const { all, sure, paper, macro, darkBias, risk, calibration } = score;
  return [
    title,
    row("all", all),
    row("label confidence high", sure),
    line("standard = science", shareText(all.rightAsOne)),
    line("told apart where sure", shareText(all.rightWhereSure)),
    "The paper's protocols",
    ...protocolLines("every flip (4.1)", paper.flips),
    ...protocolLines("final scheme (4.2)", paper.frames),
    "Mean over instruments",
    ...macroLines("all", macro.all),
    ...macroLines("label confidence high", macro.sure),
    ...macroLines(`${ENOUGH_FRAMES} frames or more`, macro.enough),
    ...macroLines("both of these", macro.sureAndEnough),
    "By type",
    ...score.byType.map((group) => row(group.name, group)),
    "By instrument",
    ...score.byInstrument.map((group) => row(group.name, group)),
    "By night",
    ...score.byNight.map((group) => row(group.name, group)),
    "Dark and bias",
    line("right", shareText(darkBias.right)),
    line("right when called either", shareText(darkBias.told)),
    line("dark called bias", shareText(darkBias.darkAsBias)),
    line("bias called dark", shareText(darkBias.biasAsDark)),
    "Confidence",
    line(
      "risk, mean over coverage",
      `${percent(risk.area)}; ${
        percent(risk.areaAsOne)
      } with standard = science; ${
        percent(risk.points.at(-1)?.coverage ?? null)
      } of the frames get a type`,
    ),
    ...calibrationLines("ten equal widths", calibration.equalWidth),
    ...calibrationLines("ten of as many frames", calibration.equalMass),
    ...otherLines(score),
    ...secondsLines(score),
  ].join("\n") + "\n";
}

/** A line for every frame that is not as it should be, the worst first. */
export function failuresText({ failures }: Score): string {
  if (failures.length === 0) return "Not right: none\n";
  return ["Not right", ...worstFirst(failures).map(failureLine)].join("\n") +
    "\n";
}

function failureLine({ frame, verdict }: Judged): string {
  const said = verdict.type ?? verdict.error?.code ?? "error";
  const why = reasonOf(verdict);
  const sure = verdict.probability === null
    ? ""
    : ` ${verdict.probability.toFixed(3)}`;
  return `  ${frame.label} -> ${said}${
    why === null ? "" : ` (${why})`
  }${sure}: ` +
    `${printable(frame.path)} (label confidence ${
      printable(frame.confidence)
    })`;
}

function line(name: string, text: string): string {
  return `  ${printable(name).padEnd(NAME)} ${text}`;
}

function row(name: string, tally: Tally): string {
  const { right, onSky, wrong, unknown, errors } = tally;
  return line(
    name,
    `${percent(right.share)} right (${right.hits}/${right.n}; 95 % interval ${
      percent(right.interval[0])
    } to ${percent(right.interval[1])}), ` +
      `${onSky.hits} standard/science, ${wrong.hits} wrong, ` +
      `${unknown.hits} unknown` +
      (errors.hits > 0 ? `, ${errors.hits} unreadable` : ""),
  );
}

function macroLines(name: string, macro: Macro): string[] {
  if (macro.right.groups === 0) return [];
  return [
    line(name, meanText(macro.right, "instruments")),
    line("  standard = science", meanText(macro.rightAsOne, "instruments")),
    line(
      "  told apart where sure",
      meanText(macro.rightWhereSure, "instruments"),
    ),
    line("  wrong, not unknown", meanText(macro.notRight, "instruments")),
  ];
}

function protocolLines(name: string, protocol: Protocol): string[] {
  const { normalised, accuracy, counted, confusion } = protocol;
  return [
    line(
      name,
      `${meanText(normalised, "types")} normalised; ${
        percent(accuracy)
      } of all ${counted}`,
    ),
    ...matrixLines("labels down, called across", confusion, "counts"),
    ...matrixLines("differential, in percent", confusion, "differential"),
  ];
}

function matrixLines(
  name: string,
  confusion: Confusion,
  kind: "counts" | "differential",
): string[] {
  const { labels, called } = confusion;
  if (labels.length === 0) return [];
  const cell = (value: number) =>
    kind === "counts"
      ? String(value)
      : value === 0
      ? "."
      : `${value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;
  return [
    line(`  ${name}`, called.map((one) => one.padStart(9)).join("")),
    ...labels.map((label, k) =>
      line(
        `    ${label}`,
        confusion[kind][k]!.map((value) => cell(value).padStart(9)).join(""),
      )
    ),
  ];
}

function calibrationLines(name: string, calibration: Calibration): string[] {
  const { error, n, bins } = calibration;
  return [
    line(
      "calibration error",
      `${percent(error, 2)} in bins of ${name}, ${n} typed frames`,
    ),
    ...bins.filter(({ right }) => right.n > 0).map((bin) =>
      line(
        `    ${bin.low.toFixed(3)} to ${bin.high.toFixed(3)}`,
        `mean probability ${percent(bin.probability)}, right ${
          shareText(bin.right)
        }`,
      )
    ),
  ];
}

function otherLines({ other }: Score): string[] {
  if (other.untyped.n === 0) return [];
  const counts = (record: Readonly<Record<string, number>>) =>
    Object.entries(record).map(([name, n]) => `${n} ${name}`).join(", ");
  const lines = [
    "Frames that must get no type",
    line("left untyped", shareText(other.untyped)),
  ];
  if (other.untyped.hits > 0) {
    lines.push(line("reasons given", counts(other.reasons)));
  }
  if (Object.keys(other.typedAs).length > 0) {
    lines.push(line("typed as", counts(other.typedAs)));
  }
  if (other.errors > 0) lines.push(line("unreadable", String(other.errors)));
  return lines;
}

function secondsLines({ seconds }: Score): string[] {
  return seconds === null ? [] : [
    "Time",
    line(
      "seconds a frame",
      `${seconds.median.toFixed(3)} median, ${
        seconds.total.toFixed(1)
      } s for ${seconds.n} frames`,
    ),
  ];
}
