/**
 * Seeded pseudo-random numbers: a seed gives the same sequence on every machine.
 *
 * @module
 */

/** A stream of pseudo-random numbers. */
export interface Random {
  /** Returns a uniform deviate in [low, high). Default: [0, 1). */
  uniform(low?: number, high?: number): number;
  /** Returns a deviate whose logarithm is uniform; both limits must be positive. */
  logUniform(low: number, high: number): number;
  /** Returns a normal deviate of mean 0 and standard deviation 1. */
  normal(): number;
  /** Returns a Poisson deviate; means above 30 use the normal approximation. */
  poisson(mean: number): number;
  /** Returns an integer between low and high, both included. */
  integer(low: number, high: number): number;
  /** Returns true with the given probability. */
  chance(probability: number): boolean;
  /** Returns one of the values, each with equal probability. */
  pick<T>(values: readonly T[]): T;
  /** Returns an independent stream: drawing from it does not advance this one. */
  fork(): Random;
}

/**
 * Creates a stream from a seed. The generator is sfc32 (Doty-Humphrey,
 * PractRand), with 128 bits of state.
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
  // Consecutive seeds differ in a few bits only; these rounds diffuse them.
  for (let round = 0; round < 20; round++) next();

  const uniform = (low = 0, high = 1) => low + (high - low) * next() / 2 ** 32;

  // Marsaglia's polar form of the Box-Muller transform yields two deviates at a time.
  function normal(): number {
    if (!Number.isNaN(spare)) {
      const deviate = spare;
      spare = NaN;
      return deviate;
    }
    while (true) {
      const x = uniform(-1, 1);
      const y = uniform(-1, 1);
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt(-2 * Math.log(square) / square);
      spare = y * scale;
      return x * scale;
    }
  }

  function poisson(mean: number): number {
    if (mean > 30) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    }
    let count = 0;
    let probability = Math.exp(-mean);
    let sum = probability;
    for (const target = uniform(); target > sum && count < 200;) {
      count++;
      probability *= mean / count;
      sum += probability;
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
