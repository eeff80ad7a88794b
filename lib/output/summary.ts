/**
 * What a run comes to.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import { type Reason, REASONS } from "../classify/vote.ts";
import { FRAME_TYPES } from "../frame_type.ts";

/** Counts over the verdicts of a run. */
export interface Summary {
  /** Verdicts in all. */
  readonly frames: number;
  /** Verdicts of each type, `unknown` among them; in a fixed order, none with 0. */
  readonly types: ReadonlyMap<string, number>;
  /** Frames that are `unknown`, by reason; in a fixed order, none with 0. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** Files that could not be typed. */
  readonly errors: number;
  /** Frames whose header says another type. */
  readonly conflicts: number;
  /** Wall-clock time of the run, in seconds. */
  readonly seconds: number;
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /** Where it ran. */
  readonly device: string;
}

/** Counts verdicts one by one. */
export interface SummaryCounter {
  /** Takes a verdict into account. */
  add(verdict: Verdict): void;
  /** The counts so far. */
  summary(
    run: Pick<Summary, "seconds" | "model" | "device">,
  ): Summary;
}

/** A counter at zero. */
export function countVerdicts(): SummaryCounter {
  const types = new Map<string, number>();
  const reasons = new Map<Reason, number>();
  let frames = 0, errors = 0, conflicts = 0;
  return {
    add({ type, reason, agreement }) {
      frames++;
      if (type === null) errors++;
      else countUp(types, type);
      if (reason !== null) countUp(reasons, reason);
      if (agreement === "conflict") conflicts++;
    },
    summary(run) {
      return {
        frames,
        types: inOrder([...FRAME_TYPES, "unknown"], types),
        reasons: inOrder(REASONS, reasons),
        errors,
        conflicts,
        ...run,
      };
    },
  };
}

function countUp<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function inOrder<K>(
  order: readonly K[],
  counts: ReadonlyMap<K, number>,
): Map<K, number> {
  return new Map(order.flatMap((key) => {
    const count = counts.get(key);
    return count === undefined ? [] : [[key, count] as const];
  }));
}

/** Whether `--strict` objects to a run: a frame unknown, unreadable or in conflict. */
export function hasFindings({ types, errors, conflicts }: Summary): boolean {
  return types.has("unknown") || errors > 0 || conflicts > 0;
}
