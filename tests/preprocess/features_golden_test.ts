/**
 * Features of synthetic planes against stored values, by the specification and by the
 * fast path. The planes use integer arithmetic only, so that they are the same on every
 * platform. After a deliberate change (with a new `FEATURES_VERSION`), write new values
 * with `deno run -A tests/preprocess/features_golden_test.ts`.
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Plane } from "../../lib/fits/frame.ts";
import {
  computeFeatures,
  computeFeaturesByStep,
  FEATURES,
  FEATURES_VERSION,
} from "../../lib/preprocess/features.ts";
import { loadPlane } from "../../lib/preprocess/wasm/load_plane.ts";

const GOLDEN = new URL("../fixtures/preprocess/features.json", import.meta.url);

/** The light and the detector of a synthetic plane; levels in counts, lengths in pixels. */
interface Scene {
  readonly width: number;
  readonly height: number;
  readonly bias: number;
  /** Standard deviation of the read noise, about. */
  readonly noise: number;
  /** Level of the continuum at the red end. */
  readonly continuum: number;
  /** Strength of the emission lines, of which there is one every 41 columns. */
  readonly lines: number;
  /** Strength of the traces, of which there is one every 97 rows. */
  readonly traces: number;
  /** One pixel in this many is a hit. */
  readonly hits: number;
  /** Columns without noise at the red end. */
  readonly blank: number;
  /** Whether the dispersion is along the rows of the file. */
  readonly tall: boolean;
}

const BIAS: Scene = {
  width: 1100,
  height: 730,
  bias: 1000,
  noise: 5,
  continuum: 0,
  lines: 0,
  traces: 0,
  hits: 900,
  blank: 0,
  tall: false,
};

const SCENES: Readonly<Record<string, Scene>> = {
  bias: BIAS,
  arc: { ...BIAS, noise: 3, lines: 60_000, hits: 20_000, blank: 260 },
  flat: { ...BIAS, height: 300, noise: 8, continuum: 40_000, tall: true },
  science: { ...BIAS, height: 500, lines: 300, traces: 900, continuum: 60 },
  standard: { ...BIAS, width: 400, height: 200, noise: 2, traces: 20_000 },
  // The halves of the frame differ by a fraction of the noise.
  faint: { ...BIAS, height: 300, continuum: 7 },
  fainter: { ...BIAS, height: 300, continuum: 3 },
  narrow: { ...BIAS, width: 300, height: 40, lines: 100, continuum: 500 },
};

function makePlane(scene: Scene): Plane {
  const { width, height, bias, noise, continuum, lines, traces } = scene;
  let state = 12345;
  // The upper bits of a linear congruential generator (Numerical Recipes).
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 65536) % below;
  };
  // The sum of 8 numbers from 0 to 99 has a standard deviation of 82.
  const normal = () => {
    let sum = -396;
    for (let k = 0; k < 8; k++) sum += random(100);
    return sum;
  };
  const pixels = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const line = Math.max(0, 4 - Math.abs(column % 41 - 20));
      const trace = Math.max(0, 6 - Math.abs(row % 97 - 48));
      const light = Math.floor(continuum * column / width) +
        Math.floor(lines * line * (1 + column % 7) / 28) +
        Math.floor(traces * trace * (width + column) / (12 * width));
      const spread = noise + Math.floor(light / (40 * noise));
      let value = bias + light + Math.floor(normal() * spread / 82);
      if (random(scene.hits) === 0) {
        value += (random(5) === 0 ? -1 : 1) * random(60 * noise);
      } else if (random(scene.hits) < 2 && column > 0) {
        // A wide hit: the neighbour gets a part of it.
        const height = random(40 * noise);
        value += height;
        pixels[row * width + column - 1]! += Math.floor(
          height * random(10) / 10,
        );
      }
      if (column >= width - scene.blank) value = bias;
      pixels[row * width + column] = Math.max(0, Math.min(value, 65_535));
    }
  }
  if (!scene.tall) return { width, height, pixels };
  const turned = pixels.slice();
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      turned[column * height + row] = pixels[row * width + column]!;
    }
  }
  return { width: height, height: width, pixels: turned };
}

if (import.meta.main) {
  const values = Object.fromEntries(
    Object.entries(SCENES).map(([name, scene]) => [
      name,
      Array.from(computeFeaturesByStep(makePlane(scene))),
    ]),
  );
  const golden = { version: FEATURES_VERSION, names: FEATURES, values };
  await Deno.writeTextFile(GOLDEN, JSON.stringify(golden, null, 1) + "\n");
} else {
  const golden = JSON.parse(await Deno.readTextFile(GOLDEN));

  const assertGolden = (found: Float32Array, name: string) => {
    const wanted: number[] = golden.values[name];
    assertEquals(found.length, wanted.length);
    FEATURES.forEach((feature, k) =>
      assertAlmostEquals(
        found[k]!,
        wanted[k]!,
        1e-6 * Math.max(1, Math.abs(wanted[k]!)),
        `${name}: ${feature}: ${found[k]}, not ${wanted[k]}`,
      )
    );
  };

  Deno.test("golden features have the names and the version of the code", () => {
    assertEquals(golden.version, FEATURES_VERSION);
    assertEquals(golden.names, [...FEATURES]);
    assertEquals(Object.keys(golden.values), Object.keys(SCENES));
  });

  for (const [name, scene] of Object.entries(SCENES)) {
    Deno.test(`golden features of ${name}, by the specification`, () => {
      assertGolden(computeFeaturesByStep(makePlane(scene)), name);
    });

    Deno.test(`golden features of ${name}, by the fast path`, () => {
      const plane = makePlane(scene);
      assertEquals(loadPlane(plane)?.rotated, scene.tall);
      assertGolden(computeFeatures(plane), name);
    });
  }
}
