/**
 * Light past a cap, a door or a shutter.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, change, fullWell, paint } from "./canvas.ts";

/**
 * Light that fans out from beyond a corner in beams with shadows between them,
 * reflected in arcs; or a lit dome without the slit, cut by hard shadows.
 * Angles are those of the frame's proportions, so that beams cross long frames too.
 */
export function lightLeak(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = 30 * detector.readNoise +
    random.logUniform(0.002, 0.8) * fullWell(detector);
  const source = [
    random.chance(0.5) ? random.uniform(-0.4, 0.02) : random.uniform(0.98, 1.4),
    random.chance(0.5) ? random.uniform(-0.4, 0.02) : random.uniform(0.98, 1.4),
  ] as const;
  const towards = Math.atan2(0.5 - source[1], 0.5 - source[0]);
  const fan = sampleFan(random, towards / (2 * Math.PI) + 0.5);
  const near = random.uniform(0.1, 0.8);
  const power = random.uniform(0.7, 2.5);
  const arc = random.chance(0.4)
    ? { at: random.uniform(0.4, 1.1), width: random.logUniform(0.01, 0.08) }
    : undefined;
  const falloff = new Float32Array(2048).map((_, k) =>
    (1 + k / 800 / near) ** -power
  );
  paint(canvas, (column, row) => {
    const dx = column / columns - source[0];
    const dy = row / rows - source[1];
    const off = Math.sqrt(dx * dx + dy * dy);
    const turn = Math.atan2(dy, dx) / (2 * Math.PI) + 0.5;
    let sum = falloff[Math.min(2047, (off * 800) | 0)]! *
      fan[(turn * (fan.length - 1)) | 0]!;
    if (arc) sum += 0.4 * Math.exp(-(((off - arc.at) / arc.width) ** 2));
    return level * sum;
  });
  if (random.chance(0.4)) addShadows(canvas, random);
}

/**
 * Brightness of each direction about the source: a floor, and beams with sharp
 * edges about the direction of the frame.
 *
 * @param towards Of the frame's middle, in turns, 0 to 1.
 */
function sampleFan(random: Random, towards: number): Float32Array {
  const fan = new Float32Array(4096).fill(random.uniform(0.02, 0.3));
  for (let beam = random.integer(3, 12); beam > 0; beam--) {
    const middle = 1 + towards + random.uniform(-0.1, 0.1);
    const width = random.logUniform(0.004, 0.05) * fan.length;
    const from = Math.floor(middle * fan.length - width / 2);
    const height = random.uniform(0.2, 1);
    for (let k = 0; k < width; k++) {
      const edge = Math.min(1, k / 6, (width - k) / 6);
      fan[(from + k) % fan.length]! += height * edge;
    }
  }
  return fan;
}

/** Half-planes at an angle that less light reaches. */
function addShadows(canvas: Canvas, random: Random): void {
  const { columns, rows } = canvas;
  for (let shadow = random.integer(1, 3); shadow > 0; shadow--) {
    const angle = random.uniform(0, 2 * Math.PI);
    const cos = Math.cos(angle) / columns;
    const sin = Math.sin(angle) / rows;
    const at = (cos * columns + sin * rows) / 2 + random.uniform(-0.3, 0.3);
    const soft = random.logUniform(0.002, 0.05);
    const left = random.uniform(0.05, 0.6);
    change(canvas, (electrons, column, row) => {
      const open = 0.5 + (column * cos + row * sin - at) / soft;
      return electrons * (left + (1 - left) * Math.max(0, Math.min(1, open)));
    });
  }
}
