/**
 * Whether a device says what the processor says.
 *
 * @module
 */
import type { Model, ModelOutput } from "../../lib/model/open_model.ts";
import { type SampleFlips, someFlips } from "./sample_views.ts";

/** How far a probability may lie from the processor's. */
export const TOLERANCE = 1e-3;

/** Flips in one pass of the comparison. */
const AT_ONCE = 16;

/** What came of the comparison. */
export interface Parity {
  /** Flips compared. */
  readonly flips: number;
  /** Flips whose likeliest type is another. */
  readonly otherType: number;
  /** Largest difference of a probability, the ood score among them. */
  readonly worst: number;
  /** Whether no type is another and no difference above {@linkcode TOLERANCE}. */
  readonly holds: boolean;
}

/** Both outputs for all flips, side by side. */
export async function compareOutputs(
  model: Model,
  reference: Model,
  sample: SampleFlips,
): Promise<Parity> {
  const classes = model.card.classes.length;
  let otherType = 0;
  let worst = 0;
  for (let first = 0; first < sample.count; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, sample.count - first);
    const part = someFlips(sample, first, count);
    const here = await outputOf(model, part);
    const there = await outputOf(reference, part);
    for (let flip = 0; flip < count; flip++) {
      const range = [flip * classes, (flip + 1) * classes] as const;
      const one = here.probabilities.subarray(...range);
      const other = there.probabilities.subarray(...range);
      if (likeliest(one) !== likeliest(other)) otherType++;
    }
    worst = Math.max(
      worst,
      apart(here.probabilities, there.probabilities),
      here.ood && there.ood ? apart(here.ood, there.ood) : 0,
    );
  }
  const holds = otherType === 0 && worst <= TOLERANCE;
  return { flips: sample.count, otherType, worst, holds };
}

function outputOf(
  model: Model,
  { pixels, features, count }: SampleFlips,
): Promise<ModelOutput> {
  return model.run(pixels, features, count);
}

function likeliest(probabilities: Float32Array): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** Largest difference; a value that is no number is as far as can be. */
function apart(one: Float32Array, other: Float32Array): number {
  return one.reduce((most, value, k) => {
    const difference = Math.abs(value - other[k]!);
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
}
