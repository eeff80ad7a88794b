/**
 * Explains an answer to a person: one sentence, and each piece of evidence behind it.
 *
 * @module
 */
import { EVIDENCE, type Evidence, listAlike } from "../classify/evidence.ts";
import type { ClassifiedVerdict, Verdict } from "../classify/verdict.ts";
import { FRAME_TYPES, type FrameType, isOnSky } from "../frame_type.ts";
import { isStarDesignation } from "../header/celestial_name.ts";
import { contradictsItself } from "../header/claim.ts";
import type { StandardMatch } from "../header/standards.ts";
import { isLabelled } from "../calibration/triage.ts";
import { formatObjection } from "./note.ts";
import {
  formatClaim,
  formatClaimedType,
  formatDamage,
  formatDiffering,
  formatLikeliest,
  formatProbability,
  formatReason,
  formatStatement,
  formatVotes,
  REASON_PHRASES,
} from "./text.ts";

/** What the pixels of each type show. */
const LIGHT: Readonly<Record<FrameType, string>> = {
  bias: "no light",
  dark: "no light",
  arc: "lines",
  flat: "a continuum",
  standard: "a star",
  science: "the sky",
};

/**
 * Explains an answer in one sentence: the type, what decided it, what contradicts it, and
 * why the frame is unusable; `standard: the target is Feige 34, 3″ from the pointing; the
 * pixels show a star`. What agrees and decided nothing is left out.
 */
export function explainVerdict(verdict: Verdict): string {
  return `${formatAnswer(verdict)}: ${explainAnswer(verdict)}`;
}

/** Formats the answer: the type with its subtype, `other` for a label, or `error`. */
export function formatAnswer({ type, subtype, reason }: Verdict): string {
  if (type === null) return "error";
  if (reason === "labelled_other") return "other";
  return subtype === null || type === "unknown" ? type : `${type} (${subtype})`;
}

/** Returns the sentence of {@linkcode explainVerdict} without the answer that precedes it. */
export function explainAnswer(verdict: Verdict): string {
  if (verdict.error !== null) return verdict.error.message;
  const { type, agreement } = verdict;
  const isStated = type === "unknown" && agreement !== "conflict";
  return [
    ...listGrounds(verdict),
    isStated ? "" : formatObjection(verdict),
    // The objection to a labelled frame names the damage.
    ...(isStated || agreement === "conflict" && !isLabelled(verdict)
      ? [formatDiffering(verdict.pixels), formatDamage(verdict.pixels)]
      : []),
  ].filter((clause) => clause !== "").join("; ");
}

/** What decided the type, or why it is unknown. */
function listGrounds(verdict: ClassifiedVerdict): string[] {
  const { type, decided_by, pixels } = verdict;
  if (isLabelled(verdict)) {
    const isSeen = type === "unknown" || pixels.type === "unknown" ||
      listAlike(type).includes(pixels.type);
    return ["labelled by hand", isSeen ? "" : explainPixels(verdict)];
  }
  if (type === "unknown") return [explainUnknown(verdict)];
  const explain: Readonly<Partial<Record<Evidence, () => string>>> = {
    exposure: () => `the exposure time is ${formatExposure(verdict)}`,
    target: () => explainTarget(verdict),
    night: () =>
      `exposed for ${formatExposure(verdict)}, other targets of the night ` +
      `for up to ${formatSeconds(verdict.log.longest ?? null)}`,
    header: () =>
      verdict.agreement === "conflict"
        ? ""
        : formatStatement(verdict.header, formatClaim(verdict.header)),
  };
  const others = decided_by.map((kind) => explain[kind]?.() ?? "");
  return decided_by.includes("pixels")
    ? [explainPixels(verdict), ...others]
    : [...others, explainPixels(verdict)];
}

function explainUnknown(verdict: ClassifiedVerdict): string {
  const { reason, probabilities, header, hdus, pixels } = verdict;
  switch (reason) {
    case "out_of_distribution":
      return `the pixels are ${REASON_PHRASES.out_of_distribution}` +
        (header.evidence === ""
          ? ", and the header claims no type"
          : `; ${formatStatement(header, formatClaim(header))}`);
    case "undecided":
      return formatLikeliest(probabilities);
    case "low_probability":
      return `the likeliest type is not probable enough: ${
        formatLikeliest(probabilities)
      }`;
    case "flips_disagree":
      return `${
        hdus.length > 1 && pixels.reads === undefined ? "the HDUs" : "the flips"
      } disagree: ${formatLikeliest(probabilities)}`;
    default:
      return formatReason(verdict);
  }
}

function explainPixels(verdict: ClassifiedVerdict): string {
  const { type, pixels, use } = verdict;
  if (isOutOfDistribution(verdict)) {
    // The objection to a frame that must not be used says the same.
    return use ? `the pixels are ${REASON_PHRASES.out_of_distribution}` : "";
  }
  return pixels.type !== "unknown" && type !== "unknown" &&
      listAlike(type).includes(pixels.type)
    ? `the pixels show ${LIGHT[pixels.type]}`
    : `the pixels alone give ${formatLikeliest(pixels.probabilities)}`;
}

/**
 * Whether the pixels gave no evidence. The claim is then compared with nothing: the
 * agreement is `silent` although the header claims a type.
 */
function isOutOfDistribution(verdict: ClassifiedVerdict): boolean {
  const { type, reason, agreement, header } = verdict;
  return reason === "out_of_distribution" ||
    type !== "unknown" && agreement === "silent" && header.type !== null &&
      !isLabelled(verdict);
}

function explainTarget(
  { type, header: { standard, object }, log, pixels }: ClassifiedVerdict,
): string {
  if (standard !== null) return `the target is ${formatStandard(standard)}`;
  // Between standard and science the designation of a star decides, no other name.
  if (object !== null && (type === "standard" || !isOnSky(pixels.type))) {
    const named = log.target === null ? "file" : "target";
    const kind = isStarDesignation(object) ? "star" : "object";
    return `the ${named} has the name of the ${kind} ${object}`;
  }
  return log.target === null
    ? "no known standard star is at the pointing"
    : `the target ${log.target} is no known standard star`;
}

/** Formats a match with the catalogue: `Feige 34, 3″ from the pointing`. */
function formatStandard({ name, matched, separation }: StandardMatch): string {
  const by = matched.includes("position")
    ? ""
    : matched.includes("name")
    ? " by its name"
    : " by the name of the file";
  return `${name}${by}` +
    (separation === null
      ? ""
      : `, ${formatSeparation(separation)} from the pointing`);
}

/** Formats an angle given in arcseconds: `0.4″`, `12″`, `3.4′`. */
function formatSeparation(separation: number): string {
  if (separation >= 99.5) return `${(separation / 60).toFixed(1)}′`;
  return separation < 9.95
    ? `${Number(separation.toFixed(1))}″`
    : `${Math.round(separation)}″`;
}

/** A piece of evidence, as texts to show. */
export interface EvidenceItem {
  readonly kind: Exclude<Evidence, "label">;
  /** What it says; empty if it says nothing. */
  readonly value: string;
  /** Where this comes from, and other details; empty if there is nothing to add. */
  readonly note: string;
  /** Whether it decided the type. */
  readonly decides: boolean;
  /** Whether it contradicts the answer. */
  readonly contradicts: boolean;
}

/** Lists the evidence on a frame side by side: pixels, exposure, target, night, header. */
export function listEvidence(verdict: Verdict): EvidenceItem[] {
  const texts = {
    pixels: describePixels(verdict),
    exposure: [formatExposure(verdict)] as const,
    target: describeTarget(verdict),
    night: describeNight(verdict),
    header: describeHeader(verdict),
  };
  const isConflict = verdict.agreement === "conflict" && !isLabelled(verdict);
  const decided: readonly Evidence[] = verdict.decided_by;
  const kinds = EVIDENCE.filter((kind) => kind !== "label")
    // Only few frames have a night to compare with.
    .filter((kind) => kind !== "night" || texts.night[0] !== "");
  return kinds.map((kind) => ({
    kind,
    value: texts[kind][0],
    note: texts[kind].slice(1).filter((text) => text !== "").join("; "),
    decides: decided.includes(kind),
    contradicts: kind === "header" && isConflict,
  }));
}

type Texts = readonly [value: string, ...notes: string[]];

/** Probability below which a second type is not worth a note. */
const NOTABLE = 0.01;

function describePixels(verdict: Verdict): Texts {
  if (verdict.error !== null) return [""];
  const { type, probability, probabilities, votes, ood } = verdict.pixels;
  const isSplit = Object.keys(votes).length > 1;
  if (type === "unknown") {
    return [
      type,
      isOutOfDistribution(verdict) && ood !== null
        ? `${REASON_PHRASES.out_of_distribution}: ood ${formatProbability(ood)}`
        : formatLikeliest(probabilities),
      isSplit ? `votes: ${formatVotes(votes)}` : "",
    ];
  }
  const others = Object.fromEntries(
    Object.entries(probabilities)
      .filter(([other, value]) => other !== type && value >= NOTABLE),
  );
  return [
    `${type} ${formatProbability(probability)}`,
    formatLikeliest(others),
    isSplit ? `votes: ${formatVotes(votes)}` : "",
  ];
}

/** Formats an exposure time with the digits of use: `0.002 s`, `15 s`; empty if unknown. */
export function formatExposure({ log }: Pick<Verdict, "log">): string {
  return formatSeconds(log?.exposure ?? null);
}

function formatSeconds(seconds: number | null): string {
  if (seconds === null) return "";
  return seconds < 100
    ? `${Number(seconds.toPrecision(3))} s`
    : `${Math.round(seconds)} s`;
}

function describeNight({ log }: Verdict): Texts {
  const longest = formatSeconds(log?.longest ?? null);
  return longest === ""
    ? [""]
    : [`up to ${longest}`, "exposures of other targets"];
}

function describeTarget({ header, log, type, pixels }: Verdict): Texts {
  const target = log?.target ?? "";
  const standard = header?.standard ?? null;
  if (standard !== null) {
    const match = formatStandard(standard);
    return target === "" ? [match] : [target, match];
  }
  const isOfInterest = [type, pixels?.type, header?.type].some(isOnSky);
  const isKnown = target !== "" || typeof log?.ra === "number";
  const object = header?.object ?? null;
  return [
    target || (object ?? ""),
    target === "" && object !== null ? "from the name of the file" : "",
    isOfInterest && isKnown ? "no known standard star" : "",
  ];
}

function describeHeader({ header }: Verdict): Texts {
  if (header === null) return [""];
  return [
    contradictsItself(header) ? "contradictory" : formatClaimedType(header),
    header.evidence,
    ...header.differs,
  ];
}

/** The probability of a type. */
export interface TypeProbability {
  readonly type: FrameType;
  /** From all evidence. */
  readonly combined: number;
  /** From the pixels alone; `null` for a type that the network does not know. */
  readonly pixels: number | null;
}

/** Lists the probability of each type, the likeliest first; none for an error. */
export function listProbabilities(
  { probabilities, pixels }: Pick<Verdict, "probabilities" | "pixels">,
): TypeProbability[] {
  return FRAME_TYPES.map((type) => ({
    type,
    combined: probabilities?.[type] ?? 0,
    pixels: pixels?.probabilities[type] ?? null,
  })).filter(({ combined, pixels }) => combined > 0 || pixels !== null)
    .sort((one, other) => other.combined - one.combined);
}
