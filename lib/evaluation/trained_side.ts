/**
 * Which frames of a manifest a network may be judged on.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { ModelCard } from "../model/model_card.ts";
import { duplicatesOf, firstOfLike } from "./duplicates.ts";
import type { LabelledFrame } from "./manifest.ts";
import { SHIPPED_SPLIT, sideOf, type Split, type SplitRule } from "./split.ts";

/** A side of the split, or both. */
export type Side = Split | "all";

/** Frames to judge a network on. */
export interface Chosen {
  /** The frames, in the order of the manifest. */
  readonly frames: readonly LabelledFrame[];
  /** Which side they are. */
  readonly side: Side;
  /** What a reader of the score must know of that choice. */
  readonly notes: readonly string[];
}

/**
 * The rule by which a network's real training frames were chosen: what its card
 * records as `training.split` (seed, instruments, nights), else the shipped one when the card counts real
 * frames (`training.real`), else `null`: it has seen none.
 */
export function trainingRule({ training }: Pick<ModelCard, "training">):
  | SplitRule
  | null {
  const { split, real } = training;
  if (isRule(split)) return split;
  return typeof real === "number" && real > 0 ? SHIPPED_SPLIT : null;
}

/**
 * The frames of the side asked for. A frame with the very pixels of another is
 * on the side of the first of them by path.
 *
 * @param frames All frames of a manifest.
 * @param card Of the network to be judged.
 * @param asked The side; by default the validation side of a network that was
 *   trained on real frames, and all frames for another.
 * @throws {SpitError} `bad_manifest` when no frame is left.
 */
export async function chooseSide(
  frames: readonly LabelledFrame[],
  card: Pick<ModelCard, "training">,
  asked?: Side,
): Promise<Chosen> {
  const rule = trainingRule(card);
  const side = asked ?? (rule === null ? "all" : "validation");
  const ruling = firstOfLike(frames, await duplicatesOf(frames));
  const on = (one: Split) =>
    frames.filter((frame) =>
      sideOf(ruling(frame), rule ?? SHIPPED_SPLIT) === one
    );
  const chosen = side === "all" ? frames : on(side);
  if (chosen.length === 0) {
    throw new SpitError(
      "bad_manifest",
      `no frame of the manifest is on the side asked for (${side})`,
    );
  }
  const trained = rule === null ? 0 : on("train").length;
  const notes = [
    notesOf(side, chosen.length, frames.length, trained),
    ...(trained === 0 || side !== "validation"
      ? []
      : doubts(chosen, card.training)),
    ...(isTuned(card) ? [TUNED] : []),
  ];
  return { frames: chosen, side, notes };
}

/** Labels that tuned a network say little of how it does; which they were no card tells. */
const TUNED = "WARNING: this network was fine-tuned: if it was on these very " +
  "labels, this is no forecast of how it does on others.";

/** The card of a fine-tuned model names the model it started from, as `NAME@VERSION`. */
function isTuned({ training }: Pick<ModelCard, "training">): boolean {
  const { started_from: start } = training;
  return typeof start === "string" && start.includes("@");
}

/** Where the rule that chose the frames is not the card's own word. */
function doubts(
  chosen: readonly LabelledFrame[],
  { split, held_out_nights: listed }: ModelCard["training"],
): string[] {
  if (Array.isArray(listed)) {
    const nights = new Set(
      chosen.map(({ instrument, night }) => `${instrument}/${night}`),
    );
    const missing = [...nights].filter((night) => !listed.includes(night));
    return missing.length === 0 ? [] : [
      "WARNING: the model's card does not list these nights as held out; it " +
      `may have been trained on them: ${missing.join(", ")}.`,
    ];
  }
  return isRule(split) ? [] : [
    "The model's card records neither the rule of its split nor the nights " +
    "held out: the shipped rule is taken for it.",
  ];
}

function notesOf(
  side: Side,
  chosen: number,
  all: number,
  trained: number,
): string {
  if (trained === 0) {
    return "The model's card counts no real frame of this manifest in training: " +
      `${chosen} of ${all} frames are scored.`;
  }
  if (side === "validation") {
    return `Validation side only: ${chosen} of ${all} frames, of nights held ` +
      `out of training. The ${trained} frames of the training side are left out.`;
  }
  if (side === "train") {
    return "WARNING: TRAINING FRAMES. The network was trained on these " +
      `${chosen} frames: this is no forecast of how it does on others.`;
  }
  return `WARNING: TRAINING FRAMES INCLUDED. ${trained} of these ${all} frames ` +
    "are on the side that the network was trained on: this is no forecast of " +
    "how it does on others.";
}

function isRule(value: unknown): value is SplitRule {
  if (typeof value !== "object" || value === null) return false;
  const { seed, instruments, nights } = value as Record<string, unknown>;
  return typeof seed === "string" && typeof instruments === "number" &&
    typeof nights === "number";
}
