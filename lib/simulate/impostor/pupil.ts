/**
 * Images of the telescope's mirror.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, fullWell, paint, stamp } from "./canvas.ts";

/**
 * The mirror with the shadows of the secondary and its vanes, once, or several
 * times beside each other as in sensors of the wavefront; with dirt and
 * scintillation.
 */
export function pupil(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = random.logUniform(0.005, 0.9) * fullWell(detector) +
    20 * detector.readNoise;
  const stray = level * random.logUniform(0.0005, 0.05);
  paint(canvas, () => stray);
  const across = random.pick([1, 1, 1, 2, 3]);
  const pitch = Math.min(columns, rows) / across;
  const outer = pitch * random.uniform(0.25, 0.46);
  const inner = outer * random.uniform(0.1, 0.45);
  const vane = outer * random.logUniform(0.01, 0.06);
  const turn = random.uniform(0, Math.PI);
  const vanes = random.pick([3, 4, 4]);
  const soft = random.logUniform(0.7, 0.06 * outer + 1);
  const waves = Array.from({ length: 8 }, () => [
    random.normal() * 9 / outer,
    random.normal() * 9 / outer,
    random.uniform(0, 6),
  ]);
  const depth = random.uniform(0, 0.12);
  const rays = Array.from({ length: vanes }, (_, k) => {
    const angle = turn + 2 * Math.PI * k / vanes;
    return [Math.cos(angle), Math.sin(angle)] as const;
  });
  const lightAt = (dx: number, dy: number) => {
    const off = Math.hypot(dx, dy);
    const edge = Math.min(outer - off, off - inner) / soft + 0.5;
    if (edge <= 0) return 0;
    let open = Math.min(1, edge);
    for (const [x, y] of rays) {
      if (dx * x + dy * y > 0 && Math.abs(dx * y - dy * x) < vane) open = 0.1;
    }
    if (open === 0) return 0;
    let ripple = 0;
    for (const [x, y, phase] of waves) {
      ripple += Math.sin(x! * dx + y! * dy + phase!);
    }
    return level * open * (1 + depth * ripple / 2);
  };
  for (let j = 0; j < across; j++) {
    for (let i = 0; i < across; i++) {
      stamp(
        canvas,
        columns / 2 + (i - (across - 1) / 2) * pitch +
          random.normal() * 0.02 * pitch,
        rows / 2 + (j - (across - 1) / 2) * pitch +
          random.normal() * 0.02 * pitch,
        outer + 2,
        lightAt,
      );
    }
  }
}
