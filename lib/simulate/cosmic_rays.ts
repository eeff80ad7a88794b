/**
 * Cosmic rays: short straight tracks, as many as the exposure is long.
 *
 * @module
 */
import type { Random } from "./random.ts";

/** Hits a pixel and second; a thick red-sensitive CCD has about three times as many as a thin one. */
const RATE = 3e-7;

/** No frame shows more than this. */
const MOST = 6000;

/**
 * Adds the hits of an exposure.
 *
 * @param light Electrons, rows × columns; changed.
 * @param exposure In seconds.
 * @param rate Hits relative to a typical detector's.
 * @returns How many there were.
 */
export function addCosmicRays(
  light: Float32Array,
  columns: number,
  exposure: number,
  rate: number,
  random: Random,
): number {
  const rows = light.length / columns;
  const hits = Math.min(
    MOST,
    random.poisson(RATE * rate * exposure * light.length),
  );
  for (let hit = 0; hit < hits; hit++) {
    let x = random.uniform(0, columns);
    let y = random.uniform(0, rows);
    const angle = random.uniform(0, 2 * Math.PI);
    const electrons = random.logUniform(80, 6000);
    for (let left = random.logUniform(1, 25); left > 0; left -= 0.7) {
      const column = Math.floor(x);
      const row = Math.floor(y);
      if (column < 0 || column >= columns || row < 0 || row >= rows) break;
      light[row * columns + column]! += electrons * random.uniform(0.5, 1);
      x += 0.7 * Math.cos(angle);
      y += 0.7 * Math.sin(angle);
    }
  }
  return hits;
}
