import type { Damage } from "../classify/damage.ts";
import type { HduVerdict } from "../classify/hdus.ts";
import type {
  Evidence,
  PixelVerdict,
  Reason,
  Verdict,
} from "../classify/verdict.ts";
import type { RuleClaim } from "../header/claim.ts";
import { isFileNameClaim } from "../header/file_name.ts";

/**
 * Escapes the characters of a text that control a terminal: escape sequences,
 * line breaks, changes of direction. For file names and header values, which
 * come from outside.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { printable } from "./text.ts";
 *
 * assertEquals(printable("r6\x1b[2J.fits"), "r6\\u{1b}[2J.fits");
 * ```
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/**
 * Breaks a text into lines at its spaces. A word that is longer than a line is not broken.
 *
 * @param width Characters of a line, 1 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { foldText } from "./text.ts";
 *
 * assertEquals(foldText("conflict: the header says flat", 16), [
 *   "conflict: the",
 *   "header says flat",
 * ]);
 * ```
 */
export function foldText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && [...longer].length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Rounds to six decimals: the rest is noise of 32-bit arithmetic and differs between devices. */
export function roundProbability(probability: number): number {
  return Math.round(probability * 1e6) / 1e6;
}

/**
 * Formats a probability with three decimals, rounded down so that 0.9996 does not
 * print as certainty. A probability and its six-decimal value in NDJSON give the
 * same text.
 *
 * @param probability From 0 to 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatProbability } from "./text.ts";
 *
 * assertEquals([0.5, 0.99987, 0.4529].map(formatProbability), ["0.500", "0.999", "0.452"]);
 * ```
 */
export function formatProbability(probability: number): string {
  // Whole millionths first: 0.57 * 1000 could be just below 570.
  const millionths = Math.round(probability * 1e6);
  return (Math.floor(millionths / 1000) / 1000).toFixed(3);
}

/**
 * Formats a count with its noun.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatCount } from "./text.ts";
 *
 * assertEquals([formatCount(1, "frame"), formatCount(2, "frame")], ["1 frame", "2 frames"]);
 * ```
 */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Formats a number with as many digits as are of use to a reader.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatNumber } from "./text.ts";
 *
 * assertEquals([12345.6, 3.14159].map(formatNumber), ["12,346", "3.14"]);
 * ```
 */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString("en")
    : String(Number(value.toPrecision(3)));
}

/** Formats votes, the most frequent first: `3 arc 1 flat`; empty without votes. */
export function formatVotes(votes: PixelVerdict["votes"]): string {
  return Object.entries(votes)
    .sort(([, one], [, other]) => other - one)
    .map(([type, count]) => `${count} ${type}`)
    .join(" ");
}

/**
 * Formats the HDUs that differ from the others, with what they show: `HDU 4 (B3) differs:
 * flat 0.988`; empty if none does.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatDiffering } from "./text.ts";
 *
 * const dead = { hdu: 4, name: "B3", type: "bias", probability: 0.9, ood: 0 } as const;
 * const hdus = [{ ...dead, differs: true, flags: ["constant"] as const }];
 * assertEquals(formatDiffering({ hdus }), "HDU 4 (B3) differs: all its pixels are equal");
 * ```
 */
export function formatDiffering(
  { hdus = [] }: Pick<PixelVerdict, "hdus">,
): string {
  return hdus.filter(({ differs }) => differs).map((one) => {
    const name = one.name === null ? "" : ` (${printable(one.name)})`;
    return `HDU ${one.hdu}${name} differs: ${formatShown(one)}`;
  }).join(", ");
}

function formatShown({ flags, type, probability, ood }: HduVerdict): string {
  if (flags.includes("constant")) return "all its pixels are equal";
  if (flags.includes("noisy")) return "its noise is far above the others";
  if (flags.includes("offset")) return "its level is far above the others";
  return type === "unknown"
    ? `${REASON_PHRASES.out_of_distribution}: ood ${
      formatProbability(ood ?? 0)
    }`
    : `${type} ${formatProbability(probability)}`;
}

/** How many different texts on the damage of HDUs are shown. */
const MOST_DAMAGES = 3;

/**
 * Formats what is wrong with the pixels; empty if nothing is. The HDUs are named if the
 * file has several.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatDamage } from "./text.ts";
 *
 * const tail = { first: 1025, last: 2048, count: 1024, of: 2048, within: null };
 * const damage = [
 *   { hdu: 0, name: null, flag: "constant-rows", ...tail },
 *   { hdu: 0, name: null, flag: "saturated", share: 0.62, level: 65535 },
 * ] as const;
 * assertEquals(
 *   formatDamage({ damage }),
 *   "rows 1025 to 2048 of 2048 are constant, " +
 *     "62 % of the lit pixels are saturated, at 65535 counts",
 * );
 * ```
 */
export function formatDamage(
  { damage = [], hdus }: Pick<PixelVerdict, "damage" | "hdus">,
): string {
  const byText = Map.groupBy(damage, formatOneDamage);
  const texts = [...byText].map(([text, alike]) => {
    if (hdus === undefined) return text;
    const names = alike.map(({ hdu, name }) =>
      `HDU ${hdu}${name === null ? "" : ` (${printable(name)})`}`
    );
    return `${names.join(", ")}: ${text}`;
  });
  const rest = texts.length > MOST_DAMAGES ? ["…"] : [];
  return [...texts.slice(0, MOST_DAMAGES), ...rest].join(", ");
}

function formatOneDamage(damage: Damage): string {
  switch (damage.flag) {
    case "empty":
      return "all pixels are equal, or none is finite";
    case "saturated":
      return `${
        Math.round(100 * damage.share)
      } % of the lit pixels are saturated, at ${
        Math.round(damage.level)
      } counts`;
    case "constant-rows":
    case "constant-columns": {
      const { first, last, count, of, within } = damage;
      const lines = damage.flag === "constant-rows" ? "rows" : "columns";
      const where = within === null
        ? ""
        : ` in columns ${within[0]} to ${within[1]}`;
      return count > last - first + 1
        ? `${count} of ${of} ${lines} are constant${where}, ${first} to ${last} among them`
        : `${lines} ${first} to ${last} of ${of} are constant${where}`;
    }
  }
}

/** Formats the claim of a header: `arc (IMAGETYP=COMP)`, `flat dome (…)`. */
export function formatClaim(header: Verdict["header"]): string {
  if (header === null || header.evidence === "") return "claims nothing";
  const claimed = formatClaimedType(header) || "contradicts itself";
  return `${claimed} (${header.evidence})`;
}

/**
 * Formats who makes a claim: `the header says` with what it says, or `the file name says
 * flat` where the header claims no type.
 */
export function formatStatement(header: RuleClaim, said: string): string {
  return isFileNameClaim(header)
    ? `the file name says ${header.type}`
    : `the header says ${said}`;
}

/**
 * Formats the type and the subtype that a header claims: `flat lamp-off`, `light`, `focus`;
 * empty if it claims neither.
 */
export function formatClaimedType(header: Verdict["header"]): string {
  return [header?.type, header?.subtype].filter(Boolean).join(" ");
}

/** Short words for evidence, where several kinds decided together. */
const SHORT_EVIDENCE: Readonly<Record<Evidence, string>> = {
  pixels: "px",
  exposure: "exp",
  target: "tgt",
  night: "ngt",
  header: "hdr",
  label: "label",
};

/**
 * Formats the evidence that decided the type, in at most 18 characters; empty if the type
 * is unknown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatDecidedBy } from "./text.ts";
 *
 * assertEquals(formatDecidedBy(["pixels"]), "pixels");
 * assertEquals(formatDecidedBy(["pixels", "target"]), "px+tgt");
 * ```
 */
export function formatDecidedBy(kinds: readonly Evidence[]): string {
  return kinds.length > 1
    ? kinds.map((kind) => SHORT_EVIDENCE[kind]).join("+")
    : kinds[0] ?? "";
}

export const REASON_PHRASES: Readonly<Record<Reason, string>> = {
  out_of_distribution: "unlike any spectral frame",
  flips_disagree: "flips disagree",
  undecided: "undecided",
  low_probability: "low probability",
  labelled_other: "labelled as no spectral frame",
};

/**
 * Formats the reason why a frame is unknown, with the numbers behind it; returns
 * an empty text for a frame that has a type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatReason } from "./text.ts";
 *
 * const text = formatReason({
 *   reason: "undecided",
 *   probabilities: { flat: 0.07, science: 0.451, arc: 0.4523 },
 *   pixels: null,
 *   hdus: [0],
 * });
 * assertEquals(text, "undecided: arc 0.452 or science 0.451");
 * ```
 */
export function formatReason(
  { reason, probabilities, pixels, hdus }: Pick<
    Verdict,
    "reason" | "probabilities" | "pixels" | "hdus"
  >,
): string {
  if (reason === null) return "";
  const phrase = REASON_PHRASES[reason];
  switch (reason) {
    case "out_of_distribution":
      return `${phrase}: ood ${formatProbability(pixels?.ood ?? NaN)}`;
    case "flips_disagree":
      return hdus.length > 1 && pixels?.reads === undefined
        ? `${phrase}: the HDUs, or flips of them, get different types`
        : `${phrase}: a flip of the input image gets another type`;
    case "undecided":
    case "low_probability":
      return `${phrase}: ${formatLikeliest(probabilities ?? {})}`;
    case "labelled_other":
      return phrase;
  }
}

/** Formats the two likeliest types: `arc 0.452 or science 0.451`. */
export function formatLikeliest(
  probabilities: PixelVerdict["probabilities"],
): string {
  return Object.entries(probabilities)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 2)
    .map(([type, probability]) => `${type} ${formatProbability(probability)}`)
    .join(" or ");
}
