import type { Plane } from "../fits/frame.ts";
import type { Survivors } from "./sigma_clip.ts";

/**
 * Step 3: returns the largest value of each row among those that survive the clip of their
 * column; NaN for a row in which no value survives.
 *
 * Source: Jankov & Prochaska 2018, pre-processing. In the original, numpy fills a
 * row in which no value survives with a number.
 *
 * @param plane height × width pixels, spectral axis along columns.
 * @returns height values, in the units of the pixels.
 */
export function rowMaxima(plane: Plane, survivors: Survivors): Float64Array {
  const { width, height, pixels } = plane;
  const { low, high } = survivors;
  const maxima = new Float64Array(height);
  const values = new Float64Array(width);
  for (let row = 0; row < height; row++) {
    values.set(pixels.subarray(row * width, (row + 1) * width));
    let largest = -Infinity;
    for (let k = 0; k < width; k++) {
      const value = values[k]!;
      if (value > largest && value <= high[k]! && value >= low[k]!) {
        largest = value;
      }
    }
    maxima[row] = largest === -Infinity ? NaN : largest;
  }
  return maxima;
}
