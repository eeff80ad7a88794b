/**
 * Notes on frames: what a person should know or check, in a few words.
 *
 * @module
 */
import { isLabelled } from "../calibration/triage.ts";
import type {
  ClassifiedVerdict,
  PixelVerdict,
  Verdict,
} from "../classify/verdict.ts";
import { contradictsItself } from "../header/claim.ts";
import { isUsable } from "../header/subtype.ts";
import {
  formatDamage,
  formatDiffering,
  formatLikeliest,
  formatProbability,
  formatReason,
  formatStatement,
  formatVotes,
  REASON_PHRASES,
} from "./text.ts";

/** Formats what a person should know about a frame; empty if nothing is notable. */
export function formatNote(verdict: Verdict): string {
  return [formatObjection(verdict), ...listRemarks(verdict)]
    .filter((text) => text !== "").join("; ");
}

/**
 * Formats why a frame must not be used as its type, or why that is in doubt: an error, a
 * conflict, an unknown type, an unsuitable subtype. Empty if there is no objection.
 */
export function formatObjection(verdict: Verdict): string {
  if (verdict.error !== null) {
    return `${verdict.error.code}: ${verdict.error.message}`;
  }
  const { type, agreement, header, reason } = verdict;
  if (reason === "labelled_other") return REASON_PHRASES[reason];
  if (isLabelled(verdict)) return formatUnusable(verdict);
  if (agreement === "conflict") {
    return contradictsItself(header)
      ? `conflict: the header contradicts itself: ${
        header.differs.join(", ") || header.evidence
      }`
      : `conflict: ${formatStatement(header, header.evidence)}`;
  }
  return type === "unknown" ? formatReason(verdict) : formatUnusable(verdict);
}

function formatUnusable(
  { use, subtype, flags, header, pixels }: ClassifiedVerdict,
): string {
  if (use) return "";
  if (!isUsable(subtype)) {
    return `unusable: the header says ${subtype} (${header.evidence})`;
  }
  const damage = [formatDiffering(pixels), formatDamage(pixels)]
    .filter((text) => text !== "").join(", ");
  const cause = damage || flags.join(", ") || formatHeaderOnly(pixels);
  return `unusable: ${cause}`;
}

/** What else is notable, apart from objections. */
function listRemarks(verdict: Verdict): string[] {
  if (verdict.error !== null) return [];
  const { type, use, decided_by, agreement, pixels, header } = verdict;
  const { standard, differs } = header;
  const remarks: string[] = [];
  if (isLabelled(verdict) && pixels.type !== type) {
    remarks.push(`pixels: ${formatPixelType(pixels)}`);
  }
  const objection = formatObjection(verdict);
  remarks.push(
    ...[formatDiffering(pixels), formatDamage(pixels)]
      .filter((text) => !objection.includes(text)),
  );
  if (
    use && agreement === "silent" && pixels.type === "unknown" &&
    decided_by.includes("header")
  ) {
    remarks.push(formatHeaderOnly(pixels));
  }
  if (Object.keys(pixels.votes).length > 1) {
    remarks.push(`votes: ${formatVotes(pixels.votes)}`);
  }
  if (
    standard !== null && standard.separation !== null &&
    !standard.matched.includes("position")
  ) {
    remarks.push(
      `the target is named ${standard.name}, which is ${
        Math.round(standard.separation)
      }″ from the pointing`,
    );
  }
  if (differs.length > 0 && !contradictsItself(header)) {
    remarks.push(`the headers differ: ${differs.join(", ")}`);
  }
  return remarks;
}

/** For a frame that is out-of-distribution: only the header gives its type. */
function formatHeaderOnly({ ood }: PixelVerdict): string {
  const phrase = REASON_PHRASES.out_of_distribution;
  return `type from the header; the pixels are ${phrase}: ood ${
    formatProbability(ood ?? NaN)
  }`;
}

function formatPixelType({ type, probability, probabilities }: PixelVerdict) {
  return type === "unknown"
    ? formatLikeliest(probabilities)
    : `${type} ${formatProbability(probability)}`;
}
