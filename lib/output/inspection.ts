/**
 * All that is known of one file, for a person who wonders at its type.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { FrameType } from "../frame_type.ts";
import type { ModelCard } from "../model/card.ts";
import type { NetworkOutput } from "../model/open_model.ts";
import type { Picture } from "../preprocess/input_image.ts";
import { printable } from "./printable.ts";
import { reasonText } from "./reason_text.ts";
import { probabilityText } from "./probability_text.ts";

/** Names of the views, in the order of `views`. */
export const VIEW_NAMES = [
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
  /** Its picture. */
  readonly picture: Picture;
  /** Maximum of each row of the oriented frame, NaN where nothing survives the clip. */
  readonly rowMaxima: Float64Array;
  /** What the network says of its four views, calibrated. */
  readonly output: NetworkOutput;
  /** Where the picture was written. */
  readonly pictureFile: string;
}

const SPARKS = "▁▂▃▄▅▆▇█";

/** Text on one HDU: shape, trim, limits, row maxima, the votes. */
export function hduText(
  inspection: HduInspection,
  classes: readonly FrameType[],
): string {
  const { hdu, width, height, picture, rowMaxima } = inspection;
  const { rotated, rowFirst, rowEnd, z1, z2 } = picture;
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
    `  picture     ${printable(inspection.pictureFile)}`,
    "",
    ...viewLines(inspection.output, classes),
    "",
  ].map((line) => line.trimEnd() + "\n").join("");
}

/** The header's claim and the verdict, at the end; the limits are the card's. */
export function verdictText(
  verdict: Verdict,
  { thresholds }: Pick<ModelCard, "thresholds">,
): string {
  const { type, confidence, votes, header, agreement, model } = verdict;
  const reason = reasonText(verdict);
  const count = Object.entries(votes)
    .map(([name, n]) => `${n} ${name}`).join(", ");
  const claim = header === null || header.evidence === ""
    ? "claims nothing"
    : `${header.type ?? "contradicts itself"} (${printable(header.evidence)})`;
  return [
    `header    ${claim}`,
    `pixels    ${type}, confidence ${
      probabilityText(confidence ?? NaN)
    }; votes: ${count}`,
    ...(reason === "" ? [] : [`because   ${reason}`]),
    ...limitLines(verdict, thresholds),
    `together  ${agreement}`,
    `model     ${model}`,
  ].map((line) => line + "\n").join("");
}

/** The thresholds of the card that are in use. */
function limitLines(
  { strangeness }: Verdict,
  thresholds: ModelCard["thresholds"],
): string[] {
  const limits = [
    ...(strangeness === null ? [] : [
      `strangeness ${probabilityText(strangeness)}, ` +
      `unknown above ${thresholds.strangeness}`,
    ]),
    ...(thresholds.confidence === 0
      ? []
      : [`unknown below a confidence of ${thresholds.confidence}`]),
  ];
  return limits.length === 0 ? [] : [`limits    ${limits.join("; ")}`];
}

function viewLines(
  { probabilities, strangeness }: NetworkOutput,
  classes: readonly FrameType[],
): string[] {
  const cell = (text: string) => text.padStart(9);
  const head = "  view".padEnd(19) + "vote".padEnd(9) +
    classes.map(cell).join("") + (strangeness === null ? "" : cell("strange"));
  const lines = VIEW_NAMES.map((name, view) => {
    const row = [
      ...probabilities.subarray(
        view * classes.length,
        (view + 1) * classes.length,
      ),
    ];
    const voted = classes[row.indexOf(Math.max(...row))]!;
    return `  ${name}`.padEnd(19) + voted.padEnd(9) +
      row.map((p) => cell(probabilityText(p))).join("") +
      (strangeness === null ? "" : cell(probabilityText(strangeness[view]!)));
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
