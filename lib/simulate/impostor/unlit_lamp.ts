/**
 * Lamps that failed to light.
 *
 * @module
 */
import { layLight } from "../slit_light.ts";
import { addContinuum, peakOf } from "../spectrum.ts";
import type { Random } from "../random.ts";
import { sampleInstrument } from "../sample_instrument.ts";
import { type Canvas, stamp, unlit } from "./canvas.ts";
import { noiseField } from "./noise_field.ts";

/**
 * An exposure of a lamp that did not light: a filament that barely glows, through
 * the slit and in the red, or patches of stray light from around it; a few read
 * noises high at most.
 *
 * A lamp that gives no light at all leaves a dark, or a bias: nothing in its
 * pixels tells it from one, and only the header can. This kind always leaves
 * some glow, so that there is something to learn.
 */
export function unlitLamp(random: Random): Canvas {
  const instrument = sampleInstrument(random.fork());
  const { rows, dispersion } = instrument;
  const drawn = unlit(random, rows, dispersion.columns);
  // Steps and slopes of the level would hide so little light.
  const canvas: Canvas = {
    ...drawn,
    detector: {
      ...drawn.detector,
      amplifiers: [0],
      slope: [0, 0],
      rowPattern: 0,
    },
  };
  const { light, detector: { readNoise } } = canvas;
  const isThroughSlit = random.chance(0.5);
  if (isThroughSlit) {
    const peak = readNoise * random.logUniform(1.2, 4);
    // An ember: light at the red end of what a lit lamp gives.
    const temperature = random.uniform(900, 1700);
    const glow = layLight(instrument, (along) => {
      const fill = new Float32Array(along.columns);
      addContinuum(fill, along, temperature, 1);
      const scale = peak / peakOf(fill);
      return { fill: fill.map((value) => value * scale), traces: [] };
    }, { rise: 0, bend: 0 });
    for (let k = 0; k < light.length; k++) light[k]! += glow[k]!;
  }
  if (!isThroughSlit || random.chance(0.5)) addStray(canvas, random);
  return canvas;
}

/** Light that came around the slit: clouds, and round patches off the corners. */
function addStray(canvas: Canvas, random: Random): void {
  const { columns, rows, light, detector: { readNoise } } = canvas;
  const height = readNoise * random.logUniform(1.2, 6);
  if (random.chance(0.5)) {
    const field = noiseField(random, rows, columns, {
      cell: [
        random.uniform(0.2, 0.6) * columns,
        random.uniform(0.2, 0.6) * rows,
      ],
      octaves: 2,
      persistence: 0.4,
    });
    const floor = random.uniform(-0.5, 0.5);
    for (let k = 0; k < light.length; k++) {
      light[k]! += height * Math.max(0, field[k]! + floor);
    }
    return;
  }
  for (let patch = random.integer(1, 4); patch > 0; patch--) {
    const size = random.uniform(0.06, 0.3) * Math.min(columns, 4 * rows);
    const squeeze = random.uniform(1, 2.5);
    const peak = height * random.uniform(0.5, 1);
    stamp(
      canvas,
      random.uniform(0.1, 0.9) * columns,
      random.uniform(0.1, 0.9) * rows,
      3 * size,
      (dx, dy) =>
        peak * Math.exp(-0.5 * (dx * dx + squeeze * dy * dy) / size ** 2),
    );
  }
}
