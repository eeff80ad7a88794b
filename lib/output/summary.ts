/**
 * Counts over the verdicts of a run.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import { type Reason, REASONS } from "../classify/vote.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import { formatCount, REASON_PHRASES } from "./text.ts";

/** Counts over the verdicts of a run. */
export interface Summary {
  /** All verdicts. */
  readonly frames: number;
  /** Verdicts of each type and `unknown`, in a fixed order, without zeros. */
  readonly types: ReadonlyMap<string, number>;
  /** Unknown frames by reason, in a fixed order, without zeros. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** Files that could not be classified. */
  readonly errors: number;
  /** Frames whose header claims another type. */
  readonly conflicts: number;
  /** Wall-clock time of the run, in seconds. */
  readonly seconds: number;
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /** Device that the model ran on. */
  readonly device: string;
}

/** Counts verdicts one by one. */
export interface VerdictCounter {
  /** Counts a verdict. */
  add(verdict: Verdict): void;
  /** Returns the counts so far. */
  summary(run: Pick<Summary, "seconds" | "model" | "device">): Summary;
}

/** Creates a counter at zero. */
export function createVerdictCounter(): VerdictCounter {
  const types = new Map<string, number>();
  const reasons = new Map<Reason, number>();
  let frames = 0, errors = 0, conflicts = 0;
  return {
    add({ type, reason, agreement }) {
      frames++;
      if (type === null) errors++;
      else increment(types, type);
      if (reason !== null) increment(reasons, reason);
      if (agreement === "conflict") conflicts++;
    },
    summary(run) {
      return {
        frames,
        types: sortCounts([...FRAME_TYPES, "unknown"], types),
        reasons: sortCounts(REASONS, reasons),
        errors,
        conflicts,
        ...run,
      };
    },
  };
}

/** Whether a run has what `--strict` reports: a frame unknown, unreadable or in conflict. */
export function hasFindings({ types, errors, conflicts }: Summary): boolean {
  return types.has("unknown") || errors > 0 || conflicts > 0;
}

/** Formats a summary as two lines: the counts, and the speed. */
export function formatSummary(summary: Summary): string {
  const { frames, types, errors, conflicts, seconds, model, device } = summary;
  const counts = [
    ...[...types].map(([type, count]) =>
      `${count} ${type}${type === "unknown" ? formatReasons(summary) : ""}`
    ),
    ...(errors > 0 ? [formatCount(errors, "error")] : []),
  ];
  const conflictText = conflicts === 0
    ? "no conflict with a header"
    : `${formatCount(conflicts, "conflict")} with the header`;
  const rate = seconds > 0 ? frames / seconds : 0;
  return `${formatCount(frames, "frame")}: ${
    counts.join(", ")
  }; ${conflictText}\n` +
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

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sortCounts<K>(
  order: readonly K[],
  counts: ReadonlyMap<K, number>,
): Map<K, number> {
  return new Map(order.flatMap((key) => {
    const count = counts.get(key);
    return count === undefined ? [] : [[key, count] as const];
  }));
}
