/**
 * Random numbers from a seed: the same seed, the same frame, on any machine.
 *
 * @module
 */

/** Draws from one stream of random numbers. */
export interface Random {
  /** Uniform in [low, high). */
  uniform(low?: number, high?: number): number;
  /** Uniform in its logarithm between two positive limits. */
  logUniform(low: number, high: number): number;
  /** Normal, mean 0, standard deviation 1. */
  normal(): number;
  /** Poisson of a mean; above 30 by the normal approximation. */
  poisson(mean: number): number;
  /** Whole number from low to high, both included. */
  integer(low: number, high: number): number;
  /** True with a probability. */
  chance(probability: number): boolean;
  /** One of some values, each as likely. */
  pick<T>(values: readonly T[]): T;
  /** A stream of its own, which draws from this one do not disturb. */
  fork(): Random;
}

/**
 * A stream from a seed. Generator: sfc32 (Doty-Humphrey, PractRand), 128 bits of state.
 *
 * @param seed Any integer up to 2^53.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { makeRandom } from "./random.ts";
 *
 * assertEquals(makeRandom(7).uniform(), makeRandom(7).uniform());
 * ```
 */
export function makeRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let d = Math.floor(seed / 2 ** 32) | 1;
  let spare = NaN;

  function next(): number {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return t >>> 0;
  }
  // Neighbouring seeds differ in few bits; these rounds spread them.
  for (let round = 0; round < 20; round++) next();

  const uniform = (low = 0, high = 1) => low + (high - low) * next() / 2 ** 32;

  // Marsaglia's polar form of Box and Muller's transform gives two at a time.
  function normal(): number {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = NaN;
      return kept;
    }
    while (true) {
      const x = uniform(-1, 1);
      const y = uniform(-1, 1);
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const reach = Math.sqrt(-2 * Math.log(square) / square);
      spare = y * reach;
      return x * reach;
    }
  }

  function poisson(mean: number): number {
    if (mean > 30) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    }
    let count = 0;
    let left = Math.exp(-mean);
    let sum = left;
    for (const target = uniform(); target > sum && count < 200;) {
      count++;
      left *= mean / count;
      sum += left;
    }
    return count;
  }

  return {
    uniform,
    normal,
    poisson,
    logUniform: (low, high) => Math.exp(uniform(Math.log(low), Math.log(high))),
    integer: (low, high) => Math.floor(uniform(low, high + 1)),
    chance: (probability) => uniform() < probability,
    pick: (values) => values[Math.floor(uniform() * values.length)]!,
    fork: () => makeRandom(next() * 2 ** 20 + (next() >>> 12)),
  };
}
