/**
 * Grids of dots.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, fullWell, paint, stamp } from "./canvas.ts";

/**
 * The dots of a Shack–Hartmann sensor, of lenslets or of a mask with pinholes:
 * a square or a hexagonal grid at some angle, within a round pupil or all over.
 */
export function spots(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = 40 * detector.readNoise +
    random.logUniform(0.003, 0.9) * fullWell(detector);
  const stray = level * random.logUniform(0.001, 0.1);
  paint(canvas, () => stray);
  const side = Math.min(columns, rows);
  const pitch = Math.max(6, side / random.uniform(6, 40));
  const width = pitch * random.uniform(0.07, 0.22);
  const angle = random.uniform(-0.5, 0.5);
  const cos = Math.cos(angle) * pitch;
  const sin = Math.sin(angle) * pitch;
  const isHexagonal = random.chance(0.4);
  const jitter = random.uniform(0, 0.12) * pitch;
  const outer = random.chance(0.6) ? random.uniform(0.3, 0.5) * side : Infinity;
  const inner = outer < Infinity ? outer * random.uniform(0, 0.4) : 0;
  const uneven = random.uniform(0, 0.6);
  const reach = Math.ceil(Math.hypot(columns, rows) / pitch);
  for (let j = -reach; j <= reach; j++) {
    for (let i = -reach; i <= reach; i++) {
      const along = isHexagonal ? i + (j & 1) / 2 : i;
      const down = isHexagonal ? 0.866 * j : j;
      const x = along * cos - down * sin;
      const y = along * sin + down * cos;
      const off = Math.hypot(x, y);
      if (off > outer || off < inner) continue;
      const height = level * (1 - uneven * random.uniform());
      stamp(
        canvas,
        columns / 2 + x + jitter * random.normal(),
        rows / 2 + y + jitter * random.normal(),
        4 * width,
        (dx, dy) => height * Math.exp(-0.5 * (dx * dx + dy * dy) / width ** 2),
      );
    }
  }
}
