/**
 * Calibration of probabilities by one temperature.
 *
 * @module
 */

/**
 * Softens (T > 1) or sharpens (T < 1) probabilities: p^(1/T), each flip scaled
 * to a sum of 1. That is softmax(logits / T), had from the softmax alone, since
 * logits are ln p up to a constant. No order changes, so no vote does.
 *
 * Source: Guo, Pleiss, Sun & Weinberger 2017 (arXiv:1706.04599), §4.2.
 *
 * @param probabilities `flips * classes` values from 0 to 1, flip after flip.
 * @param classes Number of classes.
 * @param temperature T, above 0.
 * @returns A new array of the same shape.
 */
export function calibrate(
  probabilities: Float32Array,
  classes: number,
  temperature: number,
): Float32Array {
  const calibrated = new Float32Array(probabilities.length);
  for (let start = 0; start < probabilities.length; start += classes) {
    const flip = probabilities.subarray(start, start + classes);
    // Relative to the largest: a small T would take all powers to zero.
    const largest = flip.reduce((a, b) => Math.max(a, b), 0);
    const powers = Array.from(flip, (p) => (p / largest) ** (1 / temperature));
    const sum = powers.reduce((a, b) => a + b, 0);
    powers.forEach((power, k) => calibrated[start + k] = power / sum);
  }
  return calibrated;
}
