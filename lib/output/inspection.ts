import type { HduPreview } from "../classify/inputs.ts";
import type { WeighedEvidence } from "../classify/evidence.ts";
import type { ClassifiedVerdict, Verdict } from "../classify/verdict.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import type { ModelCard } from "../model/model_card.ts";
import type { ModelOutput } from "../model/open_model.ts";
import { listEvidence } from "./explanation.ts";
import { formatNote } from "./note.ts";
import { formatProbability, printable } from "./text.ts";

/** In the order of the flips of an input image. */
const FLIP_NAMES = [
  "unflipped",
  "rows flipped",
  "columns flipped",
  "both flipped",
] as const;

/** One HDU as the network classified it. */
export interface HduInspection extends Omit<HduPreview, "cards"> {
  /** Index of the HDU that was subtracted, the first read of the exposure, if any. */
  readonly firstRead?: number | null;
  /** The network's output for its four flips, calibrated. */
  readonly output: ModelOutput;
  readonly inputImageFile: string;
}

const SPARKS = "▁▂▃▄▅▆▇█";

/** Formats one HDU: shape, trim, zscale limits, row maxima, votes. */
export function formatHdu(
  inspection: HduInspection,
  classes: readonly FrameType[],
): string {
  const { hdu, width, height, inputImage, rowMaxima } = inspection;
  const { firstRead = null } = inspection;
  const { rotated, rowFirst, rowEnd, z1, z2 } = inputImage;
  const finite = rowMaxima.filter(Number.isFinite).sort();
  const range = finite.length === 0
    ? "no finite pixel"
    : `${formatNumber(finite[0]!)} to ${formatNumber(finite.at(-1)!)}, median ${
      formatNumber(finite[finite.length >> 1]!)
    }`;
  return [
    `HDU ${hdu}${firstRead === null ? "" : ` minus HDU ${firstRead}`}`,
    `  frame       ${width} × ${height}${
      rotated ? ", turned by 90°: the longer axis is the spectral one" : ""
    }`,
    `  row maxima  ${range}`,
    `              ${drawSparkline(rowMaxima, 64)}`,
    `  trim        rows ${rowFirst} to ${
      rowEnd - 1
    } kept, of ${rowMaxima.length}`,
    `  zscale      ${formatNumber(z1)} to ${formatNumber(z2)}`,
    `  input image ${printable(inspection.inputImageFile)}`,
    "",
    ...formatFlips(inspection.output, classes),
    "",
  ].map((line) => line.trimEnd() + "\n").join("");
}

/** Formats each piece of evidence, the answer, and the thresholds of the model card in use. */
export function formatVerdict(
  verdict: Verdict,
  { thresholds }: Pick<ModelCard, "thresholds">,
): string {
  const { type, probability, decided_by, use, agreement, model } = verdict;
  const evidence = listEvidence(verdict).map(({ kind, value, note }) =>
    kind.padEnd(10) + ([value, note].filter(Boolean).join("; ") || "-")
  );
  const answer = [
    type,
    probability === null ? "" : `probability ${formatProbability(probability)}`,
    decided_by.length === 0 ? "" : `decided by ${decided_by.join(", ")}`,
  ];
  const note = formatNote(verdict);
  return [
    ...evidence,
    `answer    ${answer.filter(Boolean).join(", ")}`,
    `use       ${use ? "yes" : "no"}`,
    ...(note === "" ? [] : [`note      ${note}`]),
    `agreement ${agreement}`,
    ...formatLimits(verdict, thresholds),
    `model     ${model}`,
  ].map((line) => printable(line) + "\n").join("");
}

/**
 * Formats what each kind of evidence says about each type, relative to the type that it
 * favours most, and the probabilities of the answer.
 */
export function formatLikelihoods(
  factors: WeighedEvidence,
  { probabilities }: Pick<ClassifiedVerdict, "probabilities">,
): string {
  const rows = Object.entries(factors).map(([kind, weights]) => {
    const largest = Math.max(...Object.values(weights));
    return [
      kind,
      ...FRAME_TYPES.map((type) => formatProbability(weights[type] / largest)),
    ];
  });
  return [
    ["likelihood", ...FRAME_TYPES],
    ...rows,
    [
      "answer",
      ...FRAME_TYPES.map((one) => formatProbability(probabilities[one] ?? 0)),
    ],
  ].map(([name, ...cells]) =>
    name!.padEnd(10) + cells.map((cell) => cell.padStart(9)).join("") + "\n"
  ).join("");
}

function formatLimits(
  { pixels }: Verdict,
  thresholds: ModelCard["thresholds"],
): string[] {
  const ood = pixels?.ood ?? null;
  const limits: string[] = [];
  if (ood !== null) {
    limits.push(
      `ood ${formatProbability(ood)}, unknown above ${thresholds.ood}`,
    );
  }
  if (thresholds.probability !== 0) {
    limits.push(`unknown below a probability of ${thresholds.probability}`);
  }
  return limits.length === 0 ? [] : [`limits    ${limits.join("; ")}`];
}

function formatFlips(
  { probabilities, ood }: ModelOutput,
  classes: readonly FrameType[],
): string[] {
  const cell = (text: string) => text.padStart(9);
  const head = "  flip".padEnd(19) + "vote".padEnd(9) +
    classes.map(cell).join("") + (ood === null ? "" : cell("ood"));
  const lines = FLIP_NAMES.map((name, flip) => {
    const start = flip * classes.length;
    const row = [...probabilities.subarray(start, start + classes.length)];
    const voted = classes[row.indexOf(Math.max(...row))]!;
    return `  ${name}`.padEnd(19) + voted.padEnd(9) +
      row.map((p) => cell(formatProbability(p))).join("") +
      (ood === null ? "" : cell(formatProbability(ood[flip]!)));
  });
  return [head, ...lines];
}

/**
 * Draws values as a line of bars, scaled from the smallest to the largest. Each bar
 * shows the largest of the values that it stands for; without a finite value it is
 * blank.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { drawSparkline } from "./inspection.ts";
 *
 * assertEquals(drawSparkline([100, 100, 50_000, NaN], 4), "▁▁█ ");
 * ```
 */
export function drawSparkline(
  values: ArrayLike<number>,
  width: number,
): string {
  const bars = Math.min(width, values.length);
  const tops = Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor(bar * values.length / bars);
    const to = Math.floor((bar + 1) * values.length / bars);
    return Array.from({ length: to - from }, (_, k) => values[from + k]!)
      .filter(Number.isFinite)
      .reduce((a, b) => Math.max(a, b), -Infinity);
  });
  const lit = tops.filter(Number.isFinite);
  const least = Math.min(...lit);
  const span = Math.max(...lit) - least;
  return tops.map((top) => {
    if (!Number.isFinite(top)) return " ";
    const share = span > 0 ? (top - least) / span : 0;
    return SPARKS[Math.round(share * (SPARKS.length - 1))];
  }).join("");
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(6);
}
