/**
 * Counts as a file has them, and what can befall them.
 *
 * @module
 */
import type { Plane } from "../../fits/frame.ts";
import type { FrameType } from "../../frame_type.ts";
import type { Random } from "../random.ts";
import { simulateFrame } from "../simulate_frame.ts";
import type { Canvas } from "./canvas.ts";
import { percentile } from "./percentile.ts";

/** A plane of 16-bit counts. */
export type Counts = Plane & { readonly pixels: Uint16Array };

/** Types whose frames show light. */
export const LIT: readonly FrameType[] = [
  "arc",
  "flat",
  "standard",
  "science",
];

/** A spectral frame of some type, of a spectrograph by chance. */
export function spectralFrame(random: Random, type: FrameType): Counts {
  return simulateFrame({ seed: random.integer(0, 2 ** 40), type }).plane;
}

/** Rows become columns. */
export function transposed({ width, height, pixels }: Counts): Counts {
  const turned = new Uint16Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      turned[x * height + row] = pixels[row * width + x]!;
    }
  }
  return { width: height, height: width, pixels: turned };
}

/**
 * A canvas as a computer would draw it: no detector, no noise; the brightest at a
 * level of 8, 12 or 16 bits.
 */
export function drawn(
  { columns, rows, light }: Canvas,
  random: Random,
): Counts {
  const top = random.pick([255, 255, 4095, 65535, random.integer(100, 65535)]);
  const low = percentile(light, 0);
  const high = Math.max(low + 1e-6, percentile(light, 1));
  const scale = top / (high - low);
  const pixels = Uint16Array.from(
    light,
    (value) => Math.max(0, Math.min(top, (value - low) * scale)),
  );
  return { width: columns, height: rows, pixels };
}
