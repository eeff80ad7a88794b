/**
 * Noise with structure, and patterns that no sky makes.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, paint, sampleField, stamp } from "./canvas.ts";

/** Clouds, plasma, gratings at odd angles, moiré: strong against the noise. */
export function structuredNoise(canvas: Canvas, random: Random): void {
  const level = random.logUniform(100, 20000);
  const depth = level * random.logUniform(0.05, 1);
  if (random.chance(0.5)) {
    const field = sampleField(
      random,
      random.logUniform(8, 120),
      random.uniform(0, 2.2),
      40,
    );
    paint(canvas, (x, y) => Math.max(0, level + depth * field(x, y)));
    return;
  }
  const gratings = Array.from({ length: random.integer(1, 3) }, () => {
    const angle = random.uniform(0.2, 1.37) * (random.chance(0.5) ? 1 : -1);
    const frequency = 2 * Math.PI * random.logUniform(3, 90);
    return [frequency * Math.cos(angle), frequency * Math.sin(angle)] as const;
  });
  paint(canvas, (x, y) => {
    let sum = 0;
    for (const [fx, fy] of gratings) sum += Math.sin(fx * x + fy * y);
    return Math.max(0, level + depth * sum / gratings.length);
  });
}

/** Rings: Fabry–Perot, interferometers, pupils; or a grid of dots: lenslets, Shack–Hartmann. */
export function rings(canvas: Canvas, random: Random): void {
  const level = random.logUniform(200, 20000);
  const side = Math.max(canvas.columns, canvas.rows);
  if (random.chance(0.4)) {
    const pitch = random.uniform(0.015, 0.08) * side;
    const width = pitch * random.uniform(0.08, 0.22);
    const lean = random.uniform(-0.4, 0.4);
    for (
      let y = -canvas.columns;
      y < canvas.rows + canvas.columns;
      y += pitch
    ) {
      for (let x = 0; x < canvas.columns; x += pitch) {
        const at = [
          x + random.normal() * 0.03 * pitch,
          y + lean * x + random.normal() * 0.03 * pitch,
        ] as const;
        const height = level * random.uniform(0.6, 1.2);
        stamp(
          canvas,
          at[0],
          at[1],
          4 * width,
          (dx, dy) =>
            height * Math.exp(-0.5 * (dx * dx + dy * dy) / width ** 2),
        );
      }
    }
    return;
  }
  const middle = [
    random.uniform(0.3, 0.7) * canvas.columns / side,
    random.uniform(0.3, 0.7) * canvas.rows / side,
  ] as const;
  const orders = random.logUniform(15, 400);
  const finesse = random.logUniform(0.5, 20);
  const lit = random.uniform(0.3, 1);
  paint(canvas, (x, y) => {
    const off = (x - middle[0]) ** 2 + (y - middle[1]) ** 2;
    if (off > lit * lit) return 0;
    return level / (1 + finesse * Math.sin(Math.PI * orders * off) ** 2);
  });
}

/** Ramps, steps, bars at an angle, checks: what electronics show to prove themselves. */
export function testPattern(canvas: Canvas, random: Random): void {
  const level = random.logUniform(500, 50000);
  const pitch = random.logUniform(0.01, 0.15);
  const angle = random.uniform(0.2, 1.3);
  const pick = random.integer(0, 3);
  const steps = random.integer(4, 16);
  paint(canvas, (x, y) => {
    switch (pick) {
      case 0: // checks
        return (Math.floor(x / pitch) + Math.floor(y / pitch)) % 2 ? level : 0;
      case 1: // a wedge with steps along both axes
        return level * (Math.floor(x * steps) + Math.floor(y * steps)) / steps;
      case 2: { // a star of spokes
        const turn = Math.atan2(y - 0.25, x - 0.5);
        return Math.sin(2 * steps * turn) > 0 ? level : 0.1 * level;
      }
      default: // bars
        return Math.floor((x * Math.cos(angle) + y * Math.sin(angle)) / pitch) %
            2
          ? level
          : 0.2 * level;
    }
  });
}

/** Light that comes in at a corner, past a door or a cap, without the slit: streaks and a gradient. */
export function lightLeak(canvas: Canvas, random: Random): void {
  const level = random.logUniform(200, 30000);
  const angle = random.uniform(0.3, 1.27) * (random.chance(0.5) ? 1 : -1);
  const streaks = Array.from({ length: random.integer(1, 4) }, () => ({
    at: random.uniform(-0.5, 1),
    width: random.logUniform(0.01, 0.2),
    height: random.uniform(0.2, 1),
  }));
  const corner = [random.chance(0.5) ? 0 : 1, random.chance(0.5) ? 0 : 1];
  const reach = random.uniform(0.1, 0.6);
  paint(canvas, (x, y) => {
    const across = y * Math.cos(angle) - x * Math.sin(angle);
    let sum = Math.exp(-Math.hypot(x - corner[0]!, y - corner[1]!) / reach);
    for (const { at, width, height } of streaks) {
      sum += height * Math.exp(-0.5 * ((across - at) / width) ** 2);
    }
    return level * sum;
  });
}
