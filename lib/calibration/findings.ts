import type { Verdict } from "../classify/verdict.ts";
import {
  type ConfigurationTable,
  type IncompleteHeader,
  tabulateUsable,
} from "./configuration_table.ts";
import {
  type MissingCalibration,
  selectUsable,
  type UsableFrame,
} from "./missing_calibrations.ts";
import {
  type Drift,
  findOutliers,
  type Outlier,
  selectSibling,
  type SiblingFrame,
} from "./siblings.ts";
import {
  compareByReviewReason,
  findReviewReason,
  isLabelled,
  type ReviewReason,
} from "./triage.ts";

/**
 * What a finding asks of a person, the most urgent first: `act`, to decide about a frame or
 * to take a calibration; `look`, to look at a frame or a set; `information`, nothing.
 */
export const FINDING_GROUPS = ["act", "look", "information"] as const;

/** What a finding asks of a person; see {@linkcode FINDING_GROUPS}. */
export type FindingGroup = typeof FINDING_GROUPS[number];

/** The kind of a finding. */
export type FindingKind =
  | ReviewReason
  | "outlier"
  | "missing"
  | "incomplete"
  | "drift"
  | "note";

const GROUPS: Readonly<Record<FindingKind, FindingGroup>> = {
  error: "act",
  conflict: "act",
  unusable: "act",
  outlier: "act",
  missing: "act",
  unknown: "look",
  incomplete: "look",
  drift: "look",
  note: "information",
};

/** Something that a person should know about a frame, a set or a configuration. */
export type Finding =
  | FrameFinding
  | OutlierFinding
  | DriftFinding
  | IncompleteFinding
  | MissingFinding;

/** What all findings have. */
export interface BaseFinding<Kind extends FindingKind> {
  /** What the finding asks of a person. */
  readonly group: FindingGroup;
  /** The kind of the finding. */
  readonly kind: Kind;
  /** Paths of the frames that it is about; empty for a drift. */
  readonly files: readonly string[];
}

/** A frame that needs review, or whose headers contradict each other (`note`). */
export interface FrameFinding extends BaseFinding<ReviewReason | "note"> {
  /** The verdict on the frame. */
  readonly verdict: Verdict;
}

/** A frame unlike the others of its set. */
export interface OutlierFinding extends BaseFinding<"outlier"> {
  /** What differs. */
  readonly outlier: Outlier;
}

/** A set whose level or light changes in one direction. */
export interface DriftFinding extends BaseFinding<"drift"> {
  /** The change. */
  readonly drift: Drift;
}

/** A frame whose header does not tell its configuration. */
export interface IncompleteFinding extends BaseFinding<"incomplete"> {
  /** What the header lacks. */
  readonly incomplete: IncompleteHeader;
}

/** A calibration that frames lack, or that would serve them better (`note`). */
export interface MissingFinding extends BaseFinding<"missing" | "note"> {
  /** The calibration, and the frames that lack it. */
  readonly missing: MissingCalibration;
}

/** What an audit of a set of frames finds, and the table of its configurations. */
export interface Audit extends ConfigurationTable {
  /**
   * By group, the most urgent first; within a group frames, outliers, drifts, incomplete
   * headers, and missing calibrations.
   */
  readonly findings: readonly Finding[];
}

/**
 * Returns what an audit of a set of frames finds: frames that need review, outliers and
 * drifts, headers that do not tell the configuration, and missing calibrations, with the
 * table of configurations.
 *
 * @param verdicts Verdicts on the frames, with labels applied.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { classifyFiles } from "../../mod.ts";
 * import { auditVerdicts } from "./findings.ts";
 *
 * const verdicts = await Array.fromAsync(classifyFiles(["absent.fits"]));
 * const { findings } = auditVerdicts(verdicts);
 * assertEquals(findings.map(({ group, kind, files }) => [group, kind, files]), [
 *   ["act", "error", ["absent.fits"]],
 * ]);
 * ```
 */
export function auditVerdicts(verdicts: Iterable<Verdict>): Audit {
  const audit = startAudit();
  for (const verdict of verdicts) audit.add(verdict);
  return audit.result();
}

/**
 * Starts an audit, to which verdicts are added one by one; see {@linkcode auditVerdicts}. Of
 * a frame without a finding it keeps only what is needed to find missing calibrations and
 * outliers.
 */
export function startAudit() {
  const frames: Verdict[] = [];
  const usable: UsableFrame[] = [];
  const siblings: SiblingFrame[] = [];
  return {
    add(verdict: Verdict): void {
      if (findFrameFinding(verdict) !== null) frames.push(verdict);
      const frame = selectUsable(verdict);
      if (frame !== null) usable.push(frame);
      const sibling = selectSibling(verdict);
      if (sibling !== null) siblings.push(sibling);
    },
    result(): Audit {
      const table = tabulateUsable(usable);
      const { outliers, drifts } = findOutliers(siblings);
      const findings: Finding[] = [
        ...frames.toSorted(compareByReviewReason).map((verdict) => ({
          ...describe(findFrameFinding(verdict) ?? "note", [verdict.file]),
          verdict,
        })),
        ...outliers.map((outlier) => ({
          ...describe("outlier", [outlier.file]),
          outlier,
        })),
        ...drifts.map((drift) => ({ ...describe("drift", []), drift })),
        ...table.incomplete.map((incomplete) => ({
          ...describe("incomplete", [incomplete.file]),
          incomplete,
        })),
        ...table.missing.map((missing) => ({
          ...describe(missing.severity, missing.files),
          missing,
        })),
      ];
      const rank = ({ group }: Finding) => FINDING_GROUPS.indexOf(group);
      findings.sort((one, other) => rank(one) - rank(other));
      return { findings, ...table };
    },
  };
}

function describe<Kind extends FindingKind>(
  kind: Kind,
  files: readonly string[],
): BaseFinding<Kind> {
  return { group: GROUPS[kind], kind, files };
}

/**
 * Returns what an audit finds about a frame: why it needs review, or `note` if its headers
 * contradict each other; `null` for nothing.
 */
function findFrameFinding(verdict: Verdict): FrameFinding["kind"] | null {
  const reason = findReviewReason(verdict);
  const { header } = verdict;
  const isNoted = !isLabelled(verdict) && (header?.differs.length ?? 0) > 0;
  return reason ?? (isNoted ? "note" : null);
}
