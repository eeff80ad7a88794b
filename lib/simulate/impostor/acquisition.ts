/**
 * What finds and holds the target: slit viewers, guiders, fibre bundles.
 *
 * @module
 */
import type { Random } from "../random.ts";
import {
  cameraCanvas,
  type Canvas,
  change,
  fullWell,
  noiseOf,
  paint,
  stamp,
  stopDown,
  unlit,
  vignette,
} from "./canvas.ts";
import { addStar, addStars, moffat, sampleStar } from "./stars.ts";

/** A view of the slit, a small window of a guider, or a bundle of fibres. */
export function acquisition(random: Random): Canvas {
  const draw = random.uniform();
  if (draw < 0.3) return guiderWindow(random);
  const canvas = cameraCanvas(random);
  if (draw < 0.8) slitView(canvas, random);
  else fibreBundle(canvas, random);
  return canvas;
}

/** A lit field with a dark slit, on or beside which a star stands. */
function slitView(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const sky = random.logUniform(
    2 * detector.readNoise ** 2,
    0.3 * fullWell(detector),
  );
  const noise = noiseOf(detector, sky);
  paint(canvas, () => sky);
  if (random.chance(0.6)) vignette(canvas, random, random.uniform(0.1, 0.8));
  const shape = sampleStar(random, canvas);
  if (random.chance(0.5)) addStars(canvas, random, shape, sky);

  const angle = random.pick([0, Math.PI / 2, random.uniform(0, Math.PI)]) +
    random.normal() * 0.02;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const middle = [
    random.uniform(0.35, 0.65) * columns,
    random.uniform(0.35, 0.65) * rows,
  ] as const;
  const half = random.logUniform(0.8, 0.015 * columns + 1);
  const length = random.chance(0.6)
    ? 2 * columns
    : random.uniform(0.1, 0.4) * columns;
  // The target, near the slit more often than not; fainter ones about it.
  for (let star = random.integer(1, 4); star > 0; star--) {
    const along = random.uniform(-0.3, 0.3) * Math.min(columns, rows);
    const off = random.chance(0.5) ? random.normal() * 3 * half : 12 * half;
    const signal = star === 1
      ? random.logUniform(40, 3000)
      : random.logUniform(3, 300);
    addStar(
      canvas,
      middle[0] + along * cos - off * sin,
      middle[1] + along * sin + off * cos,
      noise * signal,
      shape,
      noise,
    );
  }
  const left = random.uniform(0, 0.35);
  change(canvas, (electrons, column, row) => {
    const dx = column - middle[0];
    const dy = row - middle[1];
    if (Math.abs(dx * cos + dy * sin) > length) return electrons;
    const inside = half + 0.5 - Math.abs(dy * cos - dx * sin);
    return inside <= 0
      ? electrons
      : electrons * (1 - (1 - left) * Math.min(1, inside));
  });
  if (random.chance(0.5)) stopDown(canvas, random);
}

/** A few dozen pixels a side about a bright star, read out fast. */
function guiderWindow(random: Random): Canvas {
  const columns = random.integer(40, 260);
  const rows = Math.round(columns * random.uniform(0.6, 1.2));
  const canvas = unlit(random, Math.max(32, rows), columns);
  const { detector } = canvas;
  const sky = random.logUniform(5, 0.05 * fullWell(detector));
  const noise = noiseOf(detector, sky);
  paint(canvas, () => sky);
  const shape = moffat(random, random.uniform(0.02, 0.09) * columns + 0.8);
  for (let star = random.integer(1, 3); star > 0; star--) {
    addStar(
      canvas,
      random.uniform(0.25, 0.75) * columns,
      random.uniform(0.25, 0.75) * canvas.rows,
      star === 1
        ? Math.max(60 * noise, random.uniform(0.02, 1.5) * fullWell(detector))
        : noise * random.logUniform(5, 100),
      shape,
      noise,
    );
  }
  return canvas;
}

/** The ends of fibres, packed as in a comb of bees, some broken, lit by a star or the sky. */
function fibreBundle(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const side = Math.min(columns, rows);
  const pitch = side * random.uniform(0.03, 0.12);
  const radius = pitch * random.uniform(0.3, 0.48);
  const reach = side * random.uniform(0.25, 0.5);
  const level = random.logUniform(0.005, 0.8) * fullWell(detector) +
    20 * detector.readNoise;
  const spread = random.logUniform(0.5, 6) * pitch;
  const star = [random.normal() * pitch, random.normal() * pitch] as const;
  const sky = random.uniform(0.05, 0.7);
  for (let j = -40; j <= 40; j++) {
    for (let i = -40; i <= 40; i++) {
      const x = (i + (j & 1) / 2) * pitch;
      const y = j * pitch * 0.866;
      if (Math.max(Math.abs(x), Math.abs(y), Math.hypot(x, y)) > reach) {
        continue;
      }
      if (random.chance(0.02)) continue;
      const lit = sky +
        Math.exp(-((x - star[0]) ** 2 + (y - star[1]) ** 2) / spread ** 2);
      const light = level * lit * random.uniform(0.75, 1);
      stamp(
        canvas,
        columns / 2 + x,
        rows / 2 + y,
        radius + 1,
        (dx, dy) =>
          light * Math.min(1, Math.max(0, radius - Math.hypot(dx, dy))),
      );
    }
  }
}
