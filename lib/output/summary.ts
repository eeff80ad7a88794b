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
  readonly errors: number;
  /** Frames whose header claims another type. */
  readonly conflicts: number;
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
  let frames = 0, errors = 0, conflicts = 0;
  return {
    add({ type, reason, agreement }: Verdict): void {
      frames++;
      if (type === null) errors++;
      else increment(types, type);
      if (reason !== null) increment(reasons, reason);
      if (agreement === "conflict") conflicts++;
    },
    summary(run: Pick<Summary, "seconds" | "model" | "device">): Summary {
      return {
        frames,
        types: removeZeros(types),
        reasons: removeZeros(reasons),
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

function startCounts<K>(keys: readonly K[]): Map<K, number> {
  return new Map(keys.map((key) => [key, 0]));
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function removeZeros<K>(counts: ReadonlyMap<K, number>): Map<K, number> {
  return new Map([...counts].filter(([, count]) => count > 0));
}
