/**
 * Flips a second against the number of flips in one pass.
 *
 * @module
 */
import { SpitError } from "../../lib/errors.ts";
import type { Model } from "../../lib/model/open_model.ts";
import { type SampleFlips, someFlips } from "./sample_views.ts";

/** A rate, or why there is none. */
export interface BatchRate {
  /** Flips in one pass. */
  readonly batch: number;
  /** Flips a second, by the median pass; from host memory and back to it. */
  readonly rate: number | null;
  /** Why there is none, as where the device has too little memory. */
  readonly fault?: string;
}

/**
 * Rates of a network on the device that it was opened on.
 *
 * @param seconds How long each is measured; at least five passes are.
 */
export async function batchRates(
  model: Model,
  sample: SampleFlips,
  batches: readonly number[],
  seconds: number,
): Promise<BatchRate[]> {
  const rates: BatchRate[] = [];
  for (const batch of batches) {
    try {
      const pass = await medianPass(model, sample, batch, seconds);
      rates.push({ batch, rate: batch / pass });
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      rates.push({ batch, rate: null, fault: error.message });
    }
  }
  return rates;
}

async function medianPass(
  model: Model,
  sample: SampleFlips,
  batch: number,
  seconds: number,
): Promise<number> {
  const { pixels, features } = someFlips(sample, 0, batch);
  // The first passes of a shape look for its fastest kernels.
  for (let k = 0; k < 3; k++) await model.run(pixels, features, batch);
  const passes: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (passes.length < 5 || performance.now() < end) {
    const start = performance.now();
    await model.run(pixels, features, batch);
    passes.push((performance.now() - start) / 1000);
  }
  return passes.sort((a, b) => a - b)[passes.length >> 1]!;
}

/** The highest of some rates, and the batch that gave it. */
export function bestRate(
  rates: readonly { batch: number; rate: number | null }[],
): { batch: number; rate: number } | null {
  return rates.reduce<{ batch: number; rate: number } | null>(
    (best, { batch, rate }) =>
      rate !== null && rate > (best?.rate ?? 0) ? { batch, rate } : best,
    null,
  );
}
