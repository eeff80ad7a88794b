/**
 * What a run comes to.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import { FRAME_TYPES } from "../frame_type.ts";

/** Counts over the verdicts of a run. */
export interface Summary {
  /** Verdicts in all. */
  readonly frames: number;
  /** Verdicts of each type, `unknown` among them; in a fixed order, none with 0. */
  readonly types: ReadonlyMap<string, number>;
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
  let frames = 0, errors = 0, conflicts = 0;
  return {
    add({ type, agreement }) {
      frames++;
      if (type === null) errors++;
      else types.set(type, (types.get(type) ?? 0) + 1);
      if (agreement === "conflict") conflicts++;
    },
    summary(run) {
      const inOrder = [...FRAME_TYPES, "unknown"].flatMap((type) => {
        const count = types.get(type);
        return count === undefined ? [] : [[type, count] as const];
      });
      return { frames, types: new Map(inOrder), errors, conflicts, ...run };
    },
  };
}

/** Whether `--strict` objects to a run: a frame unknown, unreadable or in conflict. */
export function hasFindings({ types, errors, conflicts }: Summary): boolean {
  return types.has("unknown") || errors > 0 || conflicts > 0;
}
