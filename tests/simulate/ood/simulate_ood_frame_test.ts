import { assert, assertEquals } from "@std/assert";
import { computeFeatures } from "../../../lib/preprocess/features.ts";
import { preprocess } from "../../../lib/preprocess/preprocess.ts";
import { estimatePercentile } from "../../../lib/simulate/ood/expose.ts";
import {
  OOD_KINDS,
  OOD_TEST_KINDS,
  OOD_TRAINING_KINDS,
  type OodKind,
  simulateOodFrame,
} from "../../../lib/simulate/ood/simulate_ood_frame.ts";
import { describePlane } from "../helpers.ts";

/** Kinds whose frames may consist of a single value. */
const CONSTANT_KINDS: readonly OodKind[] = ["saturated", "blank"];

// If these change, datasets and published scores can no longer be reproduced from their seeds.
const GOLDEN: Readonly<Record<OodKind, string>> = {
  imaging: "776 × 1032 1adcf6116fb5",
  acquisition: "1032 × 776 863bb8e7c346",
  "imaging-flat": "725 × 569 c80287940039",
  "structured-noise": "1032 × 776 ae1cae332d9f",
  saturated: "776 × 1032 3146bdf9c40c",
  blank: "280 × 473 399c87bd6d3a",
  mosaic: "612 × 219 dc02a4e16976",
  "double-exposure": "196 × 1477 e8ea8dc1f0a6",
  slitless: "1032 × 776 9673af8be89a",
  "slit-image": "366 × 983 accef6bae0cd",
  pupil: "569 × 725 be52ce66fbc6",
  "unlit-lamp": "983 × 366 3645dc9c9f6d",
  "star-trails": "725 × 569 d6b6ab279387",
  "bright-star": "725 × 569 fc9c641b31b7",
  disc: "569 × 725 18349f9b37d7",
  speckles: "725 × 569 b28726141a14",
  photograph: "569 × 569 2e40b71185a4",
  shuffled: "196 × 1477 566bcf5751f5",
  "test-pattern": "1032 × 776 7aca7c162155",
  "light-leak": "983 × 366 76df433a1995",
  rings: "725 × 569 0fff3dfc74a6",
  spots: "725 × 569 d414df8d2a37",
  "twin-images": "569 × 725 c5e18e6612c6",
};

Deno.test("ood frames: a seed gives the same pixels in every version", async () => {
  const actual: Record<string, string> = {};
  for (const kind of OOD_KINDS) {
    actual[kind] = await describePlane(
      simulateOodFrame({ seed: 21, kind }).plane,
    );
  }
  assertEquals(actual, GOLDEN);
});

Deno.test("ood frames: the same seed and kind repeat a frame with its header", () => {
  for (const kind of OOD_KINDS) {
    const frame = simulateOodFrame({ seed: 11, kind });
    assertEquals(frame.kind, kind);
    assert(frame.cards.some(({ keyword }) => keyword === "IMAGETYP"), kind);
    assertEquals(simulateOodFrame({ seed: 11, kind }), frame, kind);
  }
});

Deno.test("ood frames: seeds differ, and frames have contrast and finite features", () => {
  for (const kind of OOD_KINDS) {
    const seen = new Set<string>();
    for (let seed = 20; seed < 25; seed++) {
      const { plane } = simulateOodFrame({ seed, kind });
      const { width, height, pixels } = plane;
      assertEquals(pixels.length, width * height, kind);
      assert(Math.min(width, height) >= 32, `${kind}: ${width} × ${height}`);
      const percentiles = [0.01, 0.5, 0.99].map((fraction) =>
        estimatePercentile(pixels, fraction)
      );
      seen.add(`${width} ${height} ${percentiles}`);
      const { z1, z2 } = preprocess(plane);
      assert(
        z2 > z1 || CONSTANT_KINDS.includes(kind),
        `${kind} ${seed} has an empty input image`,
      );
      const features = computeFeatures(plane);
      assert(features.every(Number.isFinite), `${kind} ${seed}`);
    }
    assertEquals(seen.size, 5, kind);
  }
});

Deno.test("ood frames: training and test kinds are disjoint, a third are test kinds", () => {
  const testKinds = new Set<string>(OOD_TEST_KINDS);
  assert(OOD_TRAINING_KINDS.every((kind) => !testKinds.has(kind)));
  assertEquals(
    new Set(OOD_KINDS).size,
    OOD_TRAINING_KINDS.length + OOD_TEST_KINDS.length,
  );
  const fraction = OOD_TEST_KINDS.length / OOD_KINDS.length;
  assert(fraction > 0.3 && fraction < 0.45);
});

Deno.test("ood frames: training kinds do not use the code of test kinds", async () => {
  const folder = new URL("../../../lib/simulate/", import.meta.url);
  const main = "ood/simulate_ood_frame.ts";
  for (const subfolder of ["", "ood/"]) {
    for await (const { name } of Deno.readDir(new URL(subfolder, folder))) {
      if (!name.endsWith(".ts") || subfolder + name === main) continue;
      const text = await Deno.readTextFile(new URL(subfolder + name, folder));
      assert(!text.includes("held_out"), `${name} uses held_out`);
    }
  }
  // The functions of held_out/ are those of the test kinds, and of no others.
  const text = await Deno.readTextFile(new URL(main, folder));
  const imports = text.matchAll(/import {([^}]*)} from "\.\/held_out\/[^"]*"/g);
  const names = [...imports].flatMap((match) => match[1]!.match(/\w+/g) ?? []);
  const kinds = names.map((name) =>
    name.replace(/^(paint|simulate)/, "")
      .replace(/(?<=[a-z])[A-Z]/g, "-$&").toLowerCase()
  );
  assertEquals(kinds.sort(), [...OOD_TEST_KINDS].sort());
});

Deno.test("ood frames: most of a saturated frame is at its maximum", () => {
  for (let seed = 1; seed < 7; seed++) {
    const { pixels } = simulateOodFrame({ seed, kind: "saturated" }).plane;
    const maximum = pixels.reduce((a, b) => Math.max(a, b), 0);
    const saturated = pixels.filter((value) => value === maximum).length;
    assert(saturated > 0.55 * pixels.length, `seed ${seed}`);
  }
});

Deno.test("ood frames: an unlit lamp always leaves a glow of a few read noises", () => {
  for (let seed = 1; seed < 9; seed++) {
    const { width, height, pixels } =
      simulateOodFrame({ seed, kind: "unlit-lamp" }).plane;
    // Means over blocks differ by more than their noise.
    const side = Math.max(4, Math.min(width, height) >> 3);
    const means: number[] = [];
    for (let top = 0; top + side <= height; top += side) {
      for (let left = 0; left + side <= width; left += side) {
        let sum = 0;
        for (let y = top; y < top + side; y++) {
          for (let x = left; x < left + side; x++) {
            sum += pixels[y * width + x]!;
          }
        }
        means.push(sum / side ** 2);
      }
    }
    const spread = estimatePercentile(means, 0.95) -
      estimatePercentile(means, 0.05);
    const noise = estimatePixelNoise(pixels);
    assert(spread > 4 * noise / side, `seed ${seed}: ${spread}, ${noise}`);
  }
});

/** Estimates the pixel noise from differences of neighbours, which cancel gradients. */
function estimatePixelNoise(pixels: Uint16Array): number {
  const differences = Float64Array.from(
    { length: pixels.length - 1 },
    (_, k) => Math.abs(pixels[k + 1]! - pixels[k]!),
  );
  return estimatePercentile(differences, 0.5) / (0.6745 * Math.SQRT2);
}
