/**
 * A labelled frame, what was said of it, and what that is worth.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { LabelledFrame } from "./manifest.ts";

/** A labelled frame and what was said of it. */
export interface Judged {
  /** The label. */
  readonly frame: LabelledFrame;
  /** What the network said. */
  readonly verdict: Verdict;
  /** Time it took, reading the file included, in seconds. */
  readonly seconds?: number;
  /** Fold of a cross-validation that held the frame out, from 0. */
  readonly fold?: number;
}

/**
 * What a verdict is worth, on a frame that has a type: `onSky` is standard
 * called science or the reverse, `wrong` any other type that is not the label,
 * `error` a file that could not be typed.
 */
export type Outcome = "right" | "onSky" | "wrong" | "unknown" | "error";

/** Why a verdict is `unknown`, where it says so. */
export function reasonOf(verdict: Verdict): string | null {
  // Rows written before verdicts had a reason are scored as well.
  return verdict.reason ?? null;
}

/** Whether the label is a type; `other` must get none. */
export function hasType({ frame }: Pick<Judged, "frame">): boolean {
  return frame.label !== "other";
}

/**
 * The worth of the verdict on a frame that has a type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { outcomeOf } from "./judged.ts";
 *
 * const said = (type: "standard" | "arc") => ({
 *   frame: { label: "science" } as const,
 *   verdict: { type },
 * });
 * assertEquals([outcomeOf(said("standard")), outcomeOf(said("arc"))], ["onSky", "wrong"]);
 * ```
 */
export function outcomeOf({ frame, verdict }: {
  readonly frame: Pick<LabelledFrame, "label">;
  readonly verdict: Pick<Verdict, "type">;
}): Outcome {
  if (verdict.type === null) return "error";
  if (verdict.type === "unknown") return "unknown";
  if (verdict.type === frame.label) return "right";
  return isOnSky(verdict.type) && isOnSky(frame.label) ? "onSky" : "wrong";
}

function isOnSky(type: string): boolean {
  return type === "standard" || type === "science";
}
