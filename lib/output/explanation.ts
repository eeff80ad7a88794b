/**
 * Explains an answer to a person: one sentence, and each piece of evidence behind it.
 *
 * @module
 */
import { EVIDENCE, type Evidence } from "../classify/evidence.ts";
import type { ClassifiedVerdict, Verdict } from "../classify/verdict.ts";
import type { FrameType } from "../frame_type.ts";
import { contradictsItself } from "../header/claim.ts";
import type { StandardMatch } from "../header/standards.ts";
import { isUsable, SUBTYPES } from "../header/subtype.ts";
import {
  formatLikeliest,
  formatProbability,
  formatReason,
  formatVotes,
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

/** Whether two types cannot be told apart by their light. */
function areAlike(one: FrameType, other: FrameType): boolean {
  return LIGHT[one] === LIGHT[other] || isOfSky(one) && isOfSky(other);
}

function isOfSky(type: string | null | undefined): boolean {
  return type === "standard" || type === "science";
}

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
  const { type, agreement, use } = verdict;
  const isExplained = use || type === "unknown" || agreement === "conflict";
  return [
    ...listGrounds(verdict),
    explainConflict(verdict),
    isExplained ? "" : `unusable: ${explainUnusable(verdict)}`,
  ].filter((clause) => clause !== "").join("; ");
}

/** Explains why a frame must not be used as its type; returns an empty text if it may be. */
export function explainUnusable(verdict: Verdict): string {
  if (verdict.use) return "";
  if (verdict.error !== null) return verdict.error.message;
  const { type, agreement, subtype, flags } = verdict;
  if (type === "unknown") return formatReason(verdict);
  if (agreement === "conflict") return explainConflict(verdict);
  if (!isUsable(subtype)) return SUBTYPES[subtype!].description;
  if (flags.length > 0) return flags.join(", ");
  return "only the header gives the type";
}

/** What decided the type, or why it is unknown. */
function listGrounds(verdict: ClassifiedVerdict): string[] {
  const { type, decided_by, pixels } = verdict;
  if (decided_by.includes("label")) {
    const isSeen = type === "unknown" || pixels.type === "unknown" ||
      areAlike(type, pixels.type);
    return ["labelled by hand", isSeen ? "" : explainPixels(verdict)];
  }
  if (type === "unknown") return [explainUnknown(verdict)];
  const explain: Readonly<Partial<Record<Evidence, () => string>>> = {
    exposure: () => `the exposure time is ${formatExposure(verdict)}`,
    target: () => explainTarget(verdict),
    header: () =>
      verdict.agreement === "conflict"
        ? ""
        : `the header says ${formatHeaderClaim(verdict)}`,
  };
  const others = decided_by.map((kind) => explain[kind]?.() ?? "");
  return decided_by.includes("pixels")
    ? [explainPixels(verdict), ...others]
    : [...others, explainPixels(verdict)];
}

function explainUnknown(verdict: ClassifiedVerdict): string {
  const { reason, probabilities, header } = verdict;
  switch (reason) {
    case "out_of_distribution":
      return "the pixels are unlike those of any spectral frame" +
        (header.evidence === "" ? ", and the header claims no type" : "");
    case "undecided":
      return formatLikeliest(probabilities, 2);
    case "low_probability":
      return `the likeliest type is not probable enough: ${
        formatLikeliest(probabilities, 2)
      }`;
    default:
      return formatReason(verdict);
  }
}

function explainPixels(verdict: ClassifiedVerdict): string {
  const { type, pixels } = verdict;
  if (isOutOfDistribution(verdict)) {
    return "the pixels are unlike those of any spectral frame";
  }
  return pixels.type !== "unknown" && type !== "unknown" &&
      areAlike(type, pixels.type)
    ? `the pixels show ${LIGHT[pixels.type]}`
    : `the pixels alone give ${formatLikeliest(pixels.probabilities, 2)}`;
}

/**
 * Whether the pixels gave no evidence. The claim is then compared with nothing: the
 * agreement is `silent` although the header claims a type.
 */
function isOutOfDistribution(verdict: ClassifiedVerdict): boolean {
  const { type, reason, agreement, header, decided_by } = verdict;
  return reason === "out_of_distribution" ||
    type !== "unknown" && agreement === "silent" && header.type !== null &&
      !decided_by.includes("label");
}

function explainTarget({ header, log }: ClassifiedVerdict): string {
  if (header.standard !== null) {
    return `the target is ${formatStandard(header.standard)}`;
  }
  return log.target === null
    ? "no known standard star is at the pointing"
    : `the target ${log.target} is no known standard star`;
}

/** Formats a match with the catalogue: `Feige 34, 3″ from the pointing`. */
function formatStandard({ name, matched, separation }: StandardMatch): string {
  const by = matched.includes("position") ? "" : " by its name";
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

function explainConflict(verdict: ClassifiedVerdict): string {
  const { agreement, decided_by, header } = verdict;
  if (agreement !== "conflict" || decided_by.includes("label")) return "";
  return contradictsItself(header)
    ? `the header contradicts itself (${header.evidence}): conflict`
    : `the header says ${formatHeaderClaim(verdict)}: conflict`;
}

/** Formats what a header says: `arc (IMAGETYP=COMP)`. */
function formatHeaderClaim({ header }: ClassifiedVerdict): string {
  const { type, evidence } = header;
  return `${type === "light" ? "that the shutter was open" : type}` +
    (evidence === "" ? "" : ` (${evidence})`);
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

/** Lists the evidence on a frame side by side: pixels, exposure, target, header. */
export function listEvidence(verdict: Verdict): EvidenceItem[] {
  const texts = {
    pixels: describePixels(verdict),
    exposure: [formatExposure(verdict)] as const,
    target: describeTarget(verdict),
    header: describeHeader(verdict),
  };
  const isConflict = verdict.agreement === "conflict" &&
    !(verdict.decided_by as readonly Evidence[]).includes("label");
  return EVIDENCE.filter((kind) => kind !== "label").map((kind) => ({
    kind,
    value: texts[kind][0],
    note: texts[kind].slice(1).filter((text) => text !== "").join("; "),
    decides: (verdict.decided_by as readonly Evidence[]).includes(kind),
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
        ? `unlike any spectral frame: ood ${formatProbability(ood)}`
        : formatLikeliest(probabilities, 2),
      isSplit ? `votes: ${formatVotes(votes)}` : "",
    ];
  }
  const others = Object.fromEntries(
    Object.entries(probabilities)
      .filter(([other, value]) => other !== type && value >= NOTABLE),
  );
  return [
    `${type} ${formatProbability(probability)}`,
    formatLikeliest(others, 2),
    isSplit ? `votes: ${formatVotes(votes)}` : "",
  ];
}

/** Formats an exposure time: `0.5 s`; empty if it is not known. */
export function formatExposure({ log }: Pick<Verdict, "log">): string {
  const exposure = log?.exposure ?? null;
  return exposure === null ? "" : `${Number(exposure.toFixed(3))} s`;
}

function describeTarget({ header, log, type, pixels }: Verdict): Texts {
  const target = log?.target ?? "";
  const standard = header?.standard ?? null;
  if (standard !== null) {
    const match = formatStandard(standard);
    return target === "" ? [match] : [target, match];
  }
  const isOfInterest = [type, pixels?.type, header?.type].some(isOfSky);
  const isKnown = target !== "" || typeof log?.ra === "number";
  return [target, isOfInterest && isKnown ? "no known standard star" : ""];
}

function describeHeader({ header }: Verdict): Texts {
  if (header === null) return [""];
  const { type, subtype, evidence, differs } = header;
  const claimed = [type === "light" ? "shutter open" : type, subtype]
    .filter((text) => text !== null);
  return [
    contradictsItself(header) ? "contradictory" : claimed.join(", "),
    evidence,
    ...differs,
  ];
}
