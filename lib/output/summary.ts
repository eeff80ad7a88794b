import {
  findReviewReason,
  REVIEW_REASONS,
  type ReviewReason,
} from "../calibration/triage.ts";
import type { Verdict } from "../classify/verdict.ts";
import { type Reason, REASONS } from "../classify/evidence.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import { formatCount, REASON_PHRASES } from "./text.ts";

export interface Summary {
  readonly frames: number;
  /** Verdicts of each type and `unknown`, in a fixed order, without zeros. */
  readonly types: ReadonlyMap<string, number>;
  /** Unknown frames by reason, in a fixed order, without zeros. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** Frames that need review, by why they do, in a fixed order, without zeros. */
  readonly review: ReadonlyMap<ReviewReason, number>;
  /** Wall-clock time of the run, in seconds. */
  readonly seconds: number;
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  readonly device: string;
}

/** Creates a counter to which verdicts are added one by one. */
export function createVerdictCounter() {
  const types = startCounts<string>([...FRAME_TYPES, "unknown"]);
  const reasons = startCounts(REASONS);
  const review = startCounts(REVIEW_REASONS);
  let frames = 0;
  return {
    add(verdict: Verdict): void {
      const { type, reason } = verdict;
      const reviewReason = findReviewReason(verdict);
      frames++;
      if (type !== null) increment(types, type);
      if (reason !== null) increment(reasons, reason);
      if (reviewReason !== null) increment(review, reviewReason);
    },
    summary(run: Pick<Summary, "seconds" | "model" | "device">): Summary {
      return {
        frames,
        types: removeZeros(types),
        reasons: removeZeros(reasons),
        review: removeZeros(review),
        ...run,
      };
    },
  };
}

/** Whether a run has what `--strict` reports: a frame that needs review. */
export function hasFindings({ review }: Summary): boolean {
  return review.size > 0;
}

/** Formats a summary as two lines: the counts, and the speed. */
export function formatSummary(summary: Summary): string {
  const { frames, types, review, seconds, model, device } = summary;
  const [errors, conflicts, unusable] =
    (["error", "conflict", "unusable"] as const)
      .map((reason) => review.get(reason) ?? 0) as [number, number, number];
  const counts = [
    ...[...types].map(([type, count]) =>
      `${count} ${type}${type === "unknown" ? formatReasons(summary) : ""}`
    ),
    ...(errors > 0 ? [formatCount(errors, "error")] : []),
  ];
  const findings = [
    conflicts === 0
      ? "no conflict with a header"
      : `${formatCount(conflicts, "conflict")} with the header`,
    ...(unusable > 0 ? [`${unusable} unusable`] : []),
  ];
  const rate = seconds > 0 ? frames / seconds : 0;
  const what = frames === 0
    ? ""
    : `: ${counts.join(", ")}; ${findings.join(", ")}`;
  return `${formatCount(frames, "frame")}${what}\n` +
    `${seconds.toFixed(1)} s, ${
      rate.toFixed(1)
    } frames/s, ${model} on ${device}\n`;
}

/** ` (2 flips disagree, 1 low probability)`; a single reason without its count. */
function formatReasons({ reasons }: Summary): string {
  const counts = [...reasons].map(([reason, count]) =>
    reasons.size === 1
      ? REASON_PHRASES[reason]
      : `${count} ${REASON_PHRASES[reason]}`
  );
  return counts.length === 0 ? "" : ` (${counts.join(", ")})`;
}

function startCounts<K>(keys: readonly K[]): Map<K, number> {
  return new Map(keys.map((key) => [key, 0]));
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function removeZeros<K>(counts: ReadonlyMap<K, number>): Map<K, number> {
  return new Map([...counts].filter(([, count]) => count > 0));
}
