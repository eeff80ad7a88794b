/**
 * How far the claims of headers can be trusted, and which wrong ones are reported.
 *
 * @module
 */
import { listAlike } from "../classify/evidence.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import {
  compareClaim,
  contradictsItself,
  type RuleClaim,
} from "../header/claim.ts";
import type { Prediction } from "./predictions.ts";
import { computeProportion, type Proportion } from "./proportion.ts";

/**
 * A claim compared with the label. `alike` is a wrong claim between two types that look
 * the same: bias and dark, or standard and science. A header that claims `science` for a
 * standard is right, as is one that claims `light` for any type with an open shutter.
 */
export type ClaimOutcome =
  | "right"
  | "alike"
  | "wrong"
  | "contradictory"
  | "none";

/** The claims of one type. */
export interface ClaimReliability {
  readonly claimed: FrameType | "light";
  readonly right: Proportion;
  readonly alike: number;
  readonly wrong: number;
}

/**
 * Claims of frames that have a type and could be classified. A claim is flagged when the
 * verdict is a conflict; it needs not be when it is right or `alike`.
 */
export interface ClaimScore {
  /** Right claims among all of a type. */
  readonly right: Proportion;
  /** By claimed type; types that no header claims are left out. */
  readonly byType: readonly ClaimReliability[];
  /** Frames whose header claims nothing. */
  readonly none: number;
  /** Flagged claims of each outcome. */
  readonly flagged: Readonly<
    Record<Exclude<ClaimOutcome, "none">, Proportion>
  >;
  /** Wrong claims that are not flagged. */
  readonly missed: readonly Prediction[];
  /** Right claims that are flagged. */
  readonly falseAlarms: readonly Prediction[];
}

/** Compares a claim with the label of a frame that has a type. */
export function compareClaimWithLabel(
  claim: RuleClaim,
  label: FrameType,
): ClaimOutcome {
  if (claim.type === null) {
    return contradictsItself(claim) ? "contradictory" : "none";
  }
  if (compareClaim(claim, label) === "agree") return "right";
  const isAlike = listAlike(label).some((type) => type === claim.type);
  return isAlike ? "alike" : "wrong";
}

/** Scores the claims of headers against labels, and the conflicts that report them. */
export function scoreClaims(predictions: readonly Prediction[]): ClaimScore {
  const claims = predictions.flatMap((prediction) => {
    const { frame: { label }, verdict } = prediction;
    return label === "other" || verdict.error !== null ? [] : [{
      prediction,
      claimed: verdict.header.type,
      isFlagged: verdict.agreement === "conflict",
      outcome: compareClaimWithLabel(verdict.header, label),
    }];
  });
  const select = (outcome: ClaimOutcome, within = claims) =>
    within.filter((one) => one.outcome === outcome);
  const countFlagged = (outcome: ClaimOutcome) => {
    const members = select(outcome);
    const flagged = members.filter((one) => one.isFlagged).length;
    return computeProportion(flagged, members.length);
  };
  const list = (outcome: ClaimOutcome, isFlagged: boolean) =>
    select(outcome).filter((one) => one.isFlagged === isFlagged)
      .map(({ prediction }) => prediction);
  const typed = claims.filter(({ claimed }) => claimed !== null);
  return {
    right: computeProportion(select("right").length, typed.length),
    byType: ([...FRAME_TYPES, "light"] as const).flatMap((claimed) => {
      const own = claims.filter((one) => one.claimed === claimed);
      return own.length === 0 ? [] : [{
        claimed,
        right: computeProportion(select("right", own).length, own.length),
        alike: select("alike", own).length,
        wrong: select("wrong", own).length,
      }];
    }),
    none: select("none").length,
    flagged: {
      right: countFlagged("right"),
      alike: countFlagged("alike"),
      wrong: countFlagged("wrong"),
      contradictory: countFlagged("contradictory"),
    },
    missed: list("wrong", false),
    falseAlarms: list("right", true),
  };
}
