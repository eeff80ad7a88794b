/**
 * The split into training and validation frames: whole spectrographs, or whole nights
 * of one, are on one side.
 *
 * The paper split frame by frame, so that each of its test nights was also a training
 * night; frames of one night are nearly copies of each other.
 *
 * @module
 */
import * as v from "valibot";
import { SpitError } from "../errors.ts";
import type { ModelCard } from "../model/model_card.ts";
import { findDuplicates, resolveDuplicates } from "./duplicates.ts";
import type { LabelledFrame } from "./manifest.ts";

export type Split = "train" | "validation";

export type Side = Split | "all";

/** How much goes to validation, and the seed that decides which. */
export type SplitRule = Readonly<v.InferOutput<typeof SplitRuleSchema>>;

const SplitRuleSchema = v.object({
  /** Any text; another seed gives another split. */
  seed: v.string(),
  /** Fraction of spectrographs held out whole, 0 to 1. */
  instruments: v.number(),
  /** Fraction of nights held out, of the remaining spectrographs, 0 to 1. */
  nights: v.number(),
});

/**
 * The split of the shipped models: by night, so that every instrument is trained on.
 * Cross-validation by spectrograph measures unseen instruments. Seed 8 is the first
 * from 1 on with five frames or more of every type, and of both arms of Kast, on
 * either side; it was chosen before any model was trained on it.
 */
export const SHIPPED_SPLIT: SplitRule = {
  seed: "8",
  instruments: 0,
  nights: 0.25,
};

/** Returns the spectrograph of an arm or camera: `kast` for `kast-red`. */
export function getSpectrograph(instrument: string): string {
  return instrument.split("-")[0]!;
}

/**
 * Assigns a frame to a side by the names of its spectrograph and night alone, so that
 * new frames never move earlier ones. Both arms of a spectrograph are on the same
 * side; its frames without a date count as one night.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { assignSplit } from "./split.ts";
 *
 * const rule = { seed: "1", instruments: 0.3, nights: 0.3 };
 * const blue = assignSplit({ instrument: "kast-blue", night: "2016-08-26" }, rule);
 * assertEquals(blue, assignSplit({ instrument: "kast-red", night: "2016-08-26" }, rule));
 * ```
 */
export function assignSplit(
  frame: Pick<LabelledFrame, "instrument" | "night">,
  rule: SplitRule,
): Split {
  const name = getSpectrograph(frame.instrument);
  const isHeldOut = hashToUnit(`${rule.seed}/${name}`) < rule.instruments ||
    hashToUnit(`${rule.seed}/${name}/${frame.night}`) < rule.nights;
  return isHeldOut ? "validation" : "train";
}

/**
 * Returns the side of a labelled frame: what its manifest prescribes (`train` or
 * `training`; anything else is held out), else {@linkcode assignSplit}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { getSplit, SHIPPED_SPLIT } from "./split.ts";
 *
 * const frame = { instrument: "kast-red", night: "2015-08-18", split: "test" };
 * assertEquals(getSplit(frame, SHIPPED_SPLIT), "validation");
 * ```
 */
export function getSplit(
  frame: Pick<LabelledFrame, "instrument" | "night" | "split">,
  rule: SplitRule,
): Split {
  if (frame.split === "") return assignSplit(frame, rule);
  return frame.split.toLowerCase().startsWith("train") ? "train" : "validation";
}

/** FNV-1a with MurmurHash3's finaliser, as a number in [0, 1). Both are in the public domain. */
function hashToUnit(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export interface Selection {
  readonly frames: readonly LabelledFrame[];
  readonly side: Side;
  /** What a reader of the score must know about the selection. */
  readonly notes: readonly string[];
}

/**
 * Returns the rule by which a model's real training frames were chosen: that of its
 * card (`training.split`), else the shipped one when the card counts real training
 * frames (`training.real`), else `null`.
 */
export function getTrainingSplit(
  { training }: Pick<ModelCard, "training">,
): SplitRule | null {
  const { split, real } = training;
  if (v.is(SplitRuleSchema, split)) return split;
  return typeof real === "number" && real > 0 ? SHIPPED_SPLIT : null;
}

/**
 * Selects the frames of a side. A frame with the same pixels as another is on the side
 * of the first of them by path. Where the manifest prescribes no side, frames without an
 * instrument, and those of nights (or, in older cards, of instruments) that the model card
 * does not list, count as held out of training.
 *
 * @param frames All frames of a manifest.
 * @param side Default: the validation side of a model that was trained on real frames, if
 *   it has a frame, else all frames.
 * @throws {SpitError} `bad_manifest` when no frame is left.
 */
export async function selectFrames(
  frames: readonly LabelledFrame[],
  card: Pick<ModelCard, "training">,
  side?: Side,
): Promise<Selection> {
  const rule = getTrainingSplit(card);
  const resolve = resolveDuplicates(frames, await findDuplicates(frames));
  const sides = Map.groupBy(frames, (frame) => {
    const first = resolve(frame);
    return first.split === ""
      ? findSide(first, card.training, rule ?? SHIPPED_SPLIT)
      : getSplit(first, rule ?? SHIPPED_SPLIT);
  });
  const { length: trained } = rule === null ? [] : sides.get("train") ?? [];
  const chosenSide = side ??
    (rule === null || trained === frames.length ? "all" : "validation");
  const selected = chosenSide === "all" ? frames : sides.get(chosenSide) ?? [];
  if (selected.length === 0) {
    throw new SpitError(
      "bad_manifest",
      side === undefined
        ? "the manifest has no frame"
        : `the manifest has no frame on the selected side (${side})`,
    );
  }
  const notes = [
    rule === null
      ? "The model card counts no real training frame: " +
        `${selected.length} of ${frames.length} frames are scored.`
      : describeSelection(chosenSide, selected.length, frames.length, trained),
    ...(trained === 0 || chosenSide !== "validation"
      ? []
      : checkHeldOut(selected, card.training)),
    ...(isFineTuned(card)
      ? [
        "WARNING: this model was fine-tuned. If it was fine-tuned on these " +
        "labels, this score does not predict its accuracy on others.",
      ]
      : []),
  ];
  return { frames: selected, side: chosenSide, notes };
}

/**
 * Returns the side of a frame for which the manifest prescribes none: `train` on the nights
 * that the card lists for its spectrograph; by the rule if an older card lists instruments.
 */
function findSide(
  frame: LabelledFrame,
  { instruments, nights }: ModelCard["training"],
  rule: SplitRule,
): Split {
  const { instrument, night } = frame;
  if (instrument === "") return "validation";
  if (Array.isArray(nights)) {
    const own = `${getSpectrograph(instrument)}/${night}`;
    const isListed = nights.some((listed) => {
      const [name = "", date = ""] = String(listed).split("/");
      return `${getSpectrograph(name)}/${date}` === own;
    });
    return isListed ? "train" : "validation";
  }
  return !Array.isArray(instruments) || instruments.includes(instrument)
    ? assignSplit(frame, rule)
    : "validation";
}

/** The trainer records what it fine-tuned as `NAME@VERSION`. */
function isFineTuned({ training }: Pick<ModelCard, "training">): boolean {
  const { started_from: start } = training;
  return typeof start === "string" && start.includes("@");
}

function checkHeldOut(
  selected: readonly LabelledFrame[],
  { split, nights: trained, held_out_nights: listed }: ModelCard["training"],
): string[] {
  if (Array.isArray(trained)) return [];
  if (Array.isArray(listed)) {
    const nights = selected.map((one) => `${one.instrument}/${one.night}`);
    const missing = [...new Set(nights).difference(new Set(listed))];
    return missing.length === 0 ? [] : [
      "WARNING: the model card does not list these nights as held out; the " +
      `model may have been trained on them: ${missing.join(", ")}.`,
    ];
  }
  return v.is(SplitRuleSchema, split) ? [] : [
    "The model card records neither the rule of its split nor the nights held " +
    "out; the shipped rule is assumed.",
  ];
}

function describeSelection(
  side: Side,
  selected: number,
  all: number,
  trained: number,
): string {
  if (trained === 0) {
    return `None of the ${all} frames is known to have trained the model.`;
  }
  if (side === "validation") {
    return `Validation side only: ${selected} of ${all} frames, of nights held ` +
      `out of training. The ${trained} frames of the training side are left out.`;
  }
  if (side === "train") {
    return "WARNING: TRAINING FRAMES. The model was trained on these " +
      `${selected} frames: this score does not predict its accuracy on others.`;
  }
  return `WARNING: TRAINING FRAMES INCLUDED. ${trained} of these ${all} frames ` +
    "are on the side that the model was trained on: this score does not predict " +
    "its accuracy on others.";
}
