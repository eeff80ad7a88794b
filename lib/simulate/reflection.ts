/**
 * Reflections: light that reaches the detector beside the spectrum's path.
 *
 * @module
 */
import type { Random } from "./random.ts";

/** A ring of stray light, of which the detector shows an arch. */
export interface Reflection {
  /** Its middle, as parts of the sides; may lie outside. */
  readonly row: number;
  readonly column: number;
  /** Its radius and thickness, as parts of the shorter side. */
  readonly radius: number;
  readonly thickness: number;
  /** Its light over the mean of the frame. */
  readonly level: number;
}

/** Draws a reflection; few spectrographs have one. */
export function sampleReflection(random: Random): Reflection | undefined {
  if (!random.chance(0.06)) return undefined;
  return {
    row: random.uniform(-0.5, 1.5),
    column: random.uniform(-0.2, 1.2),
    radius: random.logUniform(0.1, 1.5),
    thickness: random.logUniform(0.02, 0.2),
    level: random.logUniform(0.1, 4),
  };
}

/**
 * Adds a reflection to the light of a frame.
 *
 * @param light Electrons, rows × columns; changed.
 */
export function addReflection(
  light: Float32Array,
  columns: number,
  { row, column, radius, thickness, level }: Reflection,
): void {
  const rows = light.length / columns;
  const side = Math.min(rows, columns);
  const electrons = level * light.reduce((sum, each) => sum + each, 0) /
    light.length;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const off = Math.hypot(y - row * rows, x - column * columns) / side;
      const from = (off - radius) / thickness;
      if (Math.abs(from) > 3) continue;
      light[y * columns + x]! += electrons * Math.exp(-0.5 * from * from);
    }
  }
}
