/**
 * Quantised floats back to floats.
 *
 * @module
 */

/** Numbers in the random sequence that all FITS software shares. */
const SEQUENCE = 10000;
/** Quantised value of an exact zero under SUBTRACTIVE_DITHER_2. */
const EXACT_ZERO = -2147483646;

/** How floats were quantised (ZQUANTIZ). */
export type Dithering =
  | "NO_DITHER"
  | "SUBTRACTIVE_DITHER_1"
  | "SUBTRACTIVE_DITHER_2";

/** What brings the quantised values of a tile back. */
export interface Quantisation {
  /** ZSCALE of the tile. */
  readonly scale: number;
  /** ZZERO of the tile. */
  readonly zero: number;
  /** ZBLANK: quantised value of NaN. */
  readonly blank?: number;
  /** Method. */
  readonly dithering: Dithering;
  /** Place of the tile in the random sequence: its row in the table, from 0, + ZDITHER0 − 1. */
  readonly seed: number;
}

let sequence: Float32Array | undefined;

/**
 * The random sequence of the FITS Standard 4.0, appendix I: Park & Miller's
 * generator, rounded to float32 as CFITSIO's `fits_init_randoms` stores it.
 */
export function ditherSequence(): Float32Array {
  if (sequence !== undefined) return sequence;
  const numbers = new Float32Array(SEQUENCE);
  let seed = 1;
  for (let i = 0; i < SEQUENCE; i++) {
    seed = (16807 * seed) % 2147483647;
    numbers[i] = seed / 2147483647;
  }
  return sequence = numbers;
}

/**
 * Turns quantised values into floats: zero + scale × (value − dither + 0.5), or
 * zero + scale × value without dithering. After `unquantize_i4r4` and
 * `unquantize_i4r8` of CFITSIO's imcompress.c: computed in double precision,
 * rounded once when `floats` are single.
 *
 * @param quantised Values of one tile.
 * @param floats Receives as many floats.
 */
export function unquantise(
  quantised: ArrayLike<number>,
  floats: Float32Array | Float64Array,
  { scale, zero, blank, dithering, seed }: Quantisation,
): void {
  if (dithering === "NO_DITHER") {
    for (let i = 0; i < floats.length; i++) {
      const value = quantised[i]!;
      floats[i] = value === blank ? NaN : value * scale + zero;
    }
    return;
  }
  const random = ditherSequence();
  const keepsZeros = dithering === "SUBTRACTIVE_DITHER_2";
  let first = ((seed % SEQUENCE) + SEQUENCE) % SEQUENCE;
  let next = Math.trunc(random[first]! * 500);
  for (let i = 0; i < floats.length; i++) {
    const value = quantised[i]!;
    if (value === blank) floats[i] = NaN;
    else if (keepsZeros && value === EXACT_ZERO) floats[i] = 0;
    else floats[i] = (value - random[next]! + 0.5) * scale + zero;
    if (++next === SEQUENCE) {
      first = (first + 1) % SEQUENCE;
      next = Math.trunc(random[first]! * 500);
    }
  }
}
