/**
 * All that is known of one file, for a person who wonders at its type.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { FrameType } from "../frame_type.ts";
import type { ModelCard } from "../model/model_card.ts";
import type { ModelOutput } from "../model/open_model.ts";
import type { InputImage } from "../preprocess/input_image.ts";
import { printable } from "./printable.ts";
import { reasonText } from "./reason_text.ts";
import { probabilityText } from "./probability_text.ts";

/** Names of the flips, in the order of `flips`. */
export const FLIP_NAMES = [
  "as it is",
  "rows flipped",
  "columns flipped",
  "both flipped",
] as const;

/** One HDU as it went through the network. */
export interface HduInspection {
  /** Index, from 0. */
  readonly hdu: number;
  /** Columns of the frame. */
  readonly width: number;
  /** Rows of the frame. */
  readonly height: number;
  /** Its input image. */
  readonly inputImage: InputImage;
  /** Maximum of each row of the oriented frame, NaN where nothing survives the clip. */
  readonly rowMaxima: Float64Array;
  /** What the network says of its four flips, calibrated. */
  readonly output: ModelOutput;
  /** Where the input image was written. */
  readonly inputImageFile: string;
}

const SPARKS = "▁▂▃▄▅▆▇█";

/** Text on one HDU: shape, trim, limits, row maxima, the votes. */
export function hduText(
  inspection: HduInspection,
  classes: readonly FrameType[],
): string {
  const { hdu, width, height, inputImage, rowMaxima } = inspection;
  const { rotated, rowFirst, rowEnd, z1, z2 } = inputImage;
  const finite = rowMaxima.filter(Number.isFinite).sort();
  const range = finite.length === 0
    ? "no finite pixel"
    : `${number(finite[0]!)} to ${number(finite.at(-1)!)}, median ${
      number(finite[finite.length >> 1]!)
    }`;
  return [
    `HDU ${hdu}`,
    `  frame       ${width} × ${height}${
      rotated ? ", turned by 90°: the longer axis is the spectral one" : ""
    }`,
    `  row maxima  ${range}`,
    `              ${sparkline(rowMaxima, 64)}`,
    `  trim        rows ${rowFirst} to ${
      rowEnd - 1
    } kept, of ${rowMaxima.length}`,
    `  zscale      ${number(z1)} to ${number(z2)}`,
    `  inputImage     ${printable(inspection.inputImageFile)}`,
    "",
    ...flipLines(inspection.output, classes),
    "",
  ].map((line) => line.trimEnd() + "\n").join("");
}

/** The header's claim and the verdict, at the end; the limits are the card's. */
export function verdictText(
  verdict: Verdict,
  { thresholds }: Pick<ModelCard, "thresholds">,
): string {
  const { type, probability, pixels, header, agreement, model } = verdict;
  const reason = reasonText(verdict);
  const count = Object.entries(pixels?.votes ?? {})
    .map(([name, n]) => `${n} ${name}`).join(", ");
  const claim = header === null || header.evidence === ""
    ? "claims nothing"
    : `${header.type ?? "contradicts itself"} (${printable(header.evidence)})`;
  return [
    `header    ${claim}`,
    `pixels    ${type}, probability ${
      probabilityText(probability ?? NaN)
    }; votes: ${count}`,
    ...(reason === "" ? [] : [`because   ${reason}`]),
    ...limitLines(verdict, thresholds),
    `together  ${agreement}`,
    `model     ${model}`,
  ].map((line) => line + "\n").join("");
}

/** The thresholds of the card that are in use. */
function limitLines(
  { pixels }: Verdict,
  thresholds: ModelCard["thresholds"],
): string[] {
  const ood = pixels?.ood ?? null;
  const limits = [
    ...(ood === null ? [] : [
      `ood ${probabilityText(ood)}, ` +
      `unknown above ${thresholds.ood}`,
    ]),
    ...(thresholds.probability === 0
      ? []
      : [`unknown below a probability of ${thresholds.probability}`]),
  ];
  return limits.length === 0 ? [] : [`limits    ${limits.join("; ")}`];
}

function flipLines(
  { probabilities, ood }: ModelOutput,
  classes: readonly FrameType[],
): string[] {
  const cell = (text: string) => text.padStart(9);
  const head = "  flip".padEnd(19) + "vote".padEnd(9) +
    classes.map(cell).join("") + (ood === null ? "" : cell("ood"));
  const lines = FLIP_NAMES.map((name, flip) => {
    const row = [
      ...probabilities.subarray(
        flip * classes.length,
        (flip + 1) * classes.length,
      ),
    ];
    const voted = classes[row.indexOf(Math.max(...row))]!;
    return `  ${name}`.padEnd(19) + voted.padEnd(9) +
      row.map((p) => cell(probabilityText(p))).join("") +
      (ood === null ? "" : cell(probabilityText(ood[flip]!)));
  });
  return [head, ...lines];
}

/**
 * A line of bars from the smallest value to the largest. A bar is the largest of
 * its rows; a blank has no finite row.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sparkline } from "./inspection.ts";
 *
 * assertEquals(sparkline([100, 100, 50_000, NaN], 4), "▁▁█ ");
 * ```
 */
export function sparkline(values: ArrayLike<number>, width: number): string {
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

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(6);
}
