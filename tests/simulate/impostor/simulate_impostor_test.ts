import { assert, assertEquals } from "@std/assert";
import { computeFeatures } from "../../../lib/preprocess/features.ts";
import { preprocess } from "../../../lib/preprocess/preprocess.ts";
import { percentile } from "../../../lib/simulate/impostor/percentile.ts";
import {
  IMPOSTOR_KINDS,
  type ImpostorKind,
  JUDGING_KINDS,
  simulateImpostor,
  TRAINING_KINDS,
} from "../../../lib/simulate/impostor/simulate_impostor.ts";

/** Kinds whose frames may be of one value. */
const FLAT: readonly ImpostorKind[] = ["saturated", "blank"];

Deno.test("impostors: the same seed and kind, the same frame", () => {
  for (const kind of IMPOSTOR_KINDS) {
    const one = simulateImpostor({ seed: 11, kind });
    assertEquals(simulateImpostor({ seed: 11, kind }), one, kind);
  }
});

Deno.test("impostors: no two seeds alike, all with a picture, most with contrast", () => {
  for (const kind of IMPOSTOR_KINDS) {
    const seen = new Set<string>();
    for (let seed = 20; seed < 25; seed++) {
      const { plane } = simulateImpostor({ seed, kind });
      const { width, height, pixels } = plane;
      assertEquals(pixels.length, width * height, kind);
      assert(Math.min(width, height) >= 32, `${kind}: ${width} × ${height}`);
      const parts = [0.01, 0.5, 0.99].map((part) => percentile(pixels, part));
      seen.add(`${width} ${height} ${parts}`);
      const picture = preprocess(plane);
      const shows = picture.z2 > picture.z1;
      assert(shows || FLAT.includes(kind), `${kind} ${seed} shows nothing`);
      const statistics = computeFeatures(plane);
      assert(statistics.every(Number.isFinite), `${kind} ${seed}`);
    }
    assertEquals(seen.size, 5, kind);
  }
});

Deno.test("impostors: no kind that judges is trained on, and a third judge", () => {
  const judging: readonly string[] = JUDGING_KINDS;
  assert(TRAINING_KINDS.every((kind) => !judging.includes(kind)));
  assertEquals(
    new Set(IMPOSTOR_KINDS).size,
    TRAINING_KINDS.length + JUDGING_KINDS.length,
  );
  const share = JUDGING_KINDS.length / IMPOSTOR_KINDS.length;
  assert(share > 0.3 && share < 0.45);
});

Deno.test("impostors: no kind that is trained on draws on one that judges", async () => {
  const folder = new URL("../../../lib/simulate/impostor/", import.meta.url);
  const fileOf = (kind: string) => kind.replaceAll("-", "_") + ".ts";
  const judging = JUDGING_KINDS.map(fileOf);
  for await (const { name } of Deno.readDir(folder)) {
    if (judging.includes(name) || name === "simulate_impostor.ts") continue;
    const text = await Deno.readTextFile(new URL(name, folder));
    for (const file of judging) {
      assert(!text.includes(`"./${file}"`), `${name} imports ${file}`);
    }
  }
});

Deno.test("impostors: most of a saturated read-out is at its ceiling", () => {
  for (let seed = 1; seed < 7; seed++) {
    const { pixels } = simulateImpostor({ seed, kind: "saturated" }).plane;
    const ceiling = pixels.reduce((a, b) => Math.max(a, b), 0);
    const full = pixels.filter((value) => value === ceiling).length;
    assert(full > 0.55 * pixels.length, `seed ${seed}`);
  }
});

Deno.test("impostors: an unlit lamp always leaves some glow, of a few read noises", () => {
  for (let seed = 1; seed < 9; seed++) {
    const { plane } = simulateImpostor({ seed, kind: "unlit-lamp" });
    // Means over blocks differ by more than the noise leaves of them.
    const { width, height, pixels } = plane;
    const means: number[] = [];
    const side = Math.max(4, Math.min(width, height) >> 3);
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
    const spread = percentile(means, 0.95) - percentile(means, 0.05);
    const noise = stepNoise(pixels);
    assert(spread > 4 * noise / side, `seed ${seed}: ${spread}, ${noise}`);
  }
});

/** Standard deviation of neighbours about each other, whatever the slope. */
function stepNoise(pixels: Uint16Array): number {
  const steps = Float64Array.from(
    { length: pixels.length - 1 },
    (_, k) => Math.abs(pixels[k + 1]! - pixels[k]!),
  );
  return percentile(steps, 0.5) / (0.6745 * Math.SQRT2);
}
