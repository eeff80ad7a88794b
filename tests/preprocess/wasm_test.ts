import { assert, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import type { Pixels, Plane } from "../../lib/fits/frame.ts";
import { makeHeader } from "../../lib/fits/header.ts";
import * as kernels from "../../lib/preprocess/wasm/kernels.ts";
import {
  load,
  type LoadedPlane,
  loadPlane,
} from "../../lib/preprocess/wasm/load_plane.ts";
import {
  measureByStep as measureDamageByStep,
  measureDamage,
} from "../../lib/preprocess/damage.ts";
import { clipAnyPlane } from "../../lib/preprocess/wasm/clip.ts";
import { measureLoadedDamage } from "../../lib/preprocess/wasm/damage.ts";
import { measureLoadedStatistics } from "../../lib/preprocess/wasm/statistics.ts";
import { subtractMedians } from "../../lib/preprocess/wasm/running_median.ts";
import { subtractRunningMedian } from "../../lib/preprocess/features_profiles.ts";
import { orient } from "../../lib/preprocess/orient.ts";
import {
  measureFrame,
  measureInputs,
  prepareInputs,
  preprocess,
  preprocessByStep,
} from "../../lib/preprocess/preprocess.ts";
import { sigmaClip } from "../../lib/preprocess/sigma_clip.ts";
import {
  computeFeatures,
  computeFeaturesByStep,
} from "../../lib/preprocess/features.ts";
import {
  computeStatistics,
  measureByStep as measureStatisticsByStep,
} from "../../lib/preprocess/statistics.ts";
import { fitSlope } from "../../lib/preprocess/zscale.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { buildKernels } from "../../scripts/build_kernels.ts";

const ALL = { flips: 4, features: true } as const;

/** Asserts that the fast path and the steps give the same bits. */
function assertSame(plane: Plane): void {
  const loaded = loadPlane(plane);
  if (loaded === undefined) {
    throw new Error("the fast path does not accept the plane");
  }
  assertSameClip(loaded, plane);
  const inputs = measureInputs(plane, ALL);
  const { inputImage, rowMaxima, features, noise, statistics } = inputs;
  assertEquals({ inputImage, rowMaxima }, preprocessByStep(plane));
  assertEquals(features, computeFeaturesByStep(plane));
  assertEquals(statistics, computeStatistics(plane, noise));
}

/** The input image depends little on the clip, so the surviving values of each column are compared. */
function assertSameClip(loaded: LoadedPlane, plane: Plane): void {
  const { address, width, height, base, room } = loaded;
  const oriented = orient(plane).plane;
  kernels.clip(address, width, height, base, room.strips, room.low, room.high);
  const toFloats = (at: number) =>
    Float64Array.from(kernels.wordsAt(at, width), (word) => base + word);
  const low = toFloats(room.low);
  const high = toFloats(room.high);
  const expected = sigmaClip(oriented);
  for (let column = 0; column < width; column++) {
    assertEquals(
      summarizeSurvivors(oriented, column, low[column]!, high[column]!),
      summarizeSurvivors(
        oriented,
        column,
        expected.low[column]!,
        expected.high[column]!,
      ),
      `column ${column}`,
    );
  }
}

/** Returns the smallest and the largest value of a column from `low` to `high`, and their number. */
function summarizeSurvivors(
  { width, height, pixels }: Plane,
  column: number,
  low: number,
  high: number,
): number[] {
  let [least, most, count] = [Infinity, -Infinity, 0];
  for (let row = 0; row < height; row++) {
    const value = pixels[row * width + column]!;
    if (value < low || value > high) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
    count++;
  }
  return [least, most, count];
}

/** Planes with a level, a slope, noise and outliers. */
function planes(largest: number): fc.Arbitrary<Plane> {
  return fc.record({
    width: fc.integer({ min: 8, max: 120 }),
    height: fc.integer({ min: 8, max: 120 }),
    level: fc.integer({ min: 0, max: largest }),
    noise: fc.integer({ min: 0, max: largest }),
    slope: fc.integer({ min: -300, max: 300 }),
    far: fc.double({ min: 0, max: 0.3, noNaN: true }),
    seed: fc.integer(),
  }).map(({ width, height, level, noise, slope, far, seed }) => {
    const random = makeRandom(seed);
    const pixels = Uint16Array.from({ length: width * height }, (_, k) => {
      const light = level + slope * Math.floor(k / width) +
        noise * random.uniform();
      const value = random.uniform() < far ? largest * random.uniform() : light;
      return Math.max(0, Math.min(value, largest));
    });
    return { width, height, pixels };
  });
}

Deno.test("wasm: any plane gives the bits of the steps", () => {
  fc.assert(fc.property(planes(65535), assertSame), { numRuns: 150 });
});

Deno.test("wasm: planes of few values give the bits of the steps", () => {
  fc.assert(fc.property(planes(4), assertSame), { numRuns: 150 });
});

/** A simulated frame: those of the red arm are higher than wide, those of the blue arm wider than high. */
function frame(name: string, type: FrameType, seed: number): Plane {
  const instrument = createInstrument(name, 1)!;
  return simulateFrame({ seed, type, instrument }).plane;
}

Deno.test("wasm: simulated frames of every type and orientation give the bits of the steps", () => {
  for (const name of ["kast-red", "kast-blue"]) {
    for (const type of FRAME_TYPES) assertSame(frame(name, type, 11));
  }
});

Deno.test("wasm: columns whose squares exceed 32 bits, and columns of one value", () => {
  const height = 4000;
  const pixels = Uint16Array.from(
    { length: height * 4000 },
    (_, k) => k % 4000 < 8 ? (k & 4096 ? 65535 : 0) : 7,
  );
  const plane = { width: 4000, height, pixels };
  assertEquals(preprocess(plane), preprocessByStep(plane).inputImage);
});

Deno.test("wasm: a high plane whose width is no multiple of a cache line", () => {
  const random = makeRandom(3);
  const [width, height] = [1100, 1090];
  const pixels = Uint16Array.from(
    { length: width * height },
    () => random.uniform() < 0.01 ? 65535 : 1000 + 8 * random.normal(),
  );
  assertSame({ width, height, pixels });
});

Deno.test("wasm: integers of every type and offset are accepted and give the same bits", () => {
  const plane = frame("kast-blue", "arc", 5);
  const { width, height } = plane;
  const counts = Float64Array.from(plane.pixels, (v) => Math.min(v, 32767));
  const expected = preprocessByStep({ width, height, pixels: counts })
    .inputImage;
  const others: Pixels[] = [
    Int16Array.from(counts),
    Uint16Array.from(counts),
    Int32Array.from(counts),
    Uint32Array.from(counts),
    Float32Array.from(counts),
    counts,
  ];
  for (const pixels of others) {
    assertSame({ width, height, pixels });
    assertEquals(preprocess({ width, height, pixels }), expected);
  }
  assertSame({ width, height, pixels: counts.map((v) => v - 100_000) });
  assertSame({ width, height, pixels: Int16Array.from(counts, (v) => -v) });
  assertSame({
    width,
    height,
    pixels: Uint8Array.from(counts, (v) => v >> 7),
  });
  assertSame({
    width,
    height,
    pixels: Int8Array.from(counts, (v) => (v >> 7) - 128),
  });
});

Deno.test("wasm: a large plane that is turned gives the bits of the steps without a second copy", () => {
  const [width, height] = [4096, 4097];
  const counts = (k: number) => (k * 48_271 + (k >> 7)) % 60_000;
  for (
    const pixels of [
      Uint16Array.from({ length: width * height }, (_, k) => counts(k)),
      Int32Array.from({ length: width * height }, (_, k) => counts(k) - 70_000),
    ]
  ) {
    const plane = { width, height, pixels };
    const { address, room } = loadPlane(plane)!;
    assertEquals(address, room.plane);
    assertEquals(
      preprocess(plane),
      preprocessByStep(plane).inputImage,
    );
  }
  const bytes = new Uint8Array(width * height);
  assertEquals(loadPlane({ width, height, pixels: bytes }), undefined);
});

Deno.test("wasm: the clip of floats gives the bits of the step", () => {
  const special = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e300);
  const pixel = fc.oneof(
    { weight: 20, arbitrary: fc.double({ min: -100, max: 100 }) },
    { weight: 1, arbitrary: special },
  );
  const planes = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(40)).chain(
    ([width, more]) =>
      fc.array(pixel, { minLength: width, maxLength: width * (more + 1) })
        .map((values) => ({ width, values })),
  );
  fc.assert(fc.property(planes, ({ width, values }) => {
    const height = Math.floor(values.length / width);
    const pixels = Float64Array.from(values.slice(0, width * height));
    const plane = { width, height, pixels };
    assertEquals(clipAnyPlane(plane), sigmaClip(plane));
  }));
  // Several blocks of columns, of noise with outliers that take several rounds.
  const random = makeRandom(5);
  for (const Floats of [Float32Array, Float64Array]) {
    const [width, height] = [150, 301];
    const pixels = new Floats(width * height).map(() => {
      const noise = random.normal();
      return 1000.3 + noise * (random.uniform() < 0.05 ? 50 : 3);
    });
    const plane = { width, height, pixels };
    assertEquals(clipAnyPlane(plane), sigmaClip(plane));
  }
});

Deno.test("wasm: the line of zscale has the bits of the step", () => {
  const fit = (samples: Float64Array): number | undefined => {
    const { length } = samples;
    const room = kernels.allocate({
      samples: length * kernels.FLOAT,
      scratch: length * (kernels.FLOAT + 2),
      result: kernels.FLOAT,
    })!;
    kernels.floatsAt(room.samples, length).set(samples);
    const isFitted = kernels.fitSlope(
      room.samples,
      length,
      room.scratch,
      room.result,
    );
    return isFitted ? kernels.floatsAt(room.result, 1)[0] : undefined;
  };
  const value = fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
    { weight: 5, arbitrary: fc.integer({ min: -3, max: 3 }) },
    {
      weight: 1,
      arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }),
    },
  );
  const few = fc.array(value, { minLength: 1, maxLength: 60 });
  const many = fc.array(value, { minLength: 200, maxLength: 1000 });
  fc.assert(fc.property(fc.oneof(few, many), (values) => {
    const samples = Float64Array.from(values).sort();
    assertEquals(fit(samples), fitSlope(samples));
  }));
});

Deno.test("wasm: a running median has the bits of the step", () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(-0, 0, 1, 2, 3),
  );
  fc.assert(fc.property(fc.array(value, { maxLength: 100 }), (values) => {
    const points = Float64Array.from(values);
    assertEquals(subtractMedians(points), subtractRunningMedian(points));
  }));
});

/** Asserts that the damage is that of the steps, and so are all measurements that it is found by. */
function assertSameDamage(plane: Plane, cards = {}): void {
  const loaded = loadPlane(plane)!;
  const [sample, expected] = [
    measureLoadedDamage(loaded)!.sample,
    measureDamageByStep(plane).sample,
  ];
  const { count, dark } = expected;
  assertEquals({ count: sample.count, dark: sample.dark }, { count, dark });
  const ranks = [0, 0.5, 0.999, 1].map((part) => Math.floor(part * count))
    .map((rank) => Math.min(rank, count - 1));
  const levels = ranks.map(expected.ranked);
  assertEquals(ranks.map(sample.ranked), levels);
  const limits = [-Infinity, ...levels, Infinity].flatMap((level) =>
    [-1, -0.5, -1e-11, 0, 1e-11, 0.5, 1].map((step) => level + step)
  );
  for (const limit of limits) {
    assertEquals(sample.countFrom(limit), expected.countFrom(limit));
    for (const most of levels) {
      const sums = [sample, expected].map((one) => one.sumFrom(limit, most));
      assertEquals(sums[0], sums[1]);
    }
    for (const difference of [0, 0.5, 3, 1000]) {
      assertEquals(
        sample.areAlike(limit, difference),
        expected.areAlike(limit, difference),
      );
    }
  }
  const header = makeHeader(
    Object.entries(cards).map(([keyword, value]) => (
      { keyword, value: value as string | number, comment: "" }
    )),
  );
  const hdu = 0;
  assertEquals(
    measureFrame({ ...plane, hdu, header }, ALL).damage,
    measureDamage(plane, header),
  );
}

/** Asserts that the runs of equal rows and columns of a part of a plane are those of the steps. */
function assertSameRuns(plane: Plane, left: number, top: number): void {
  const { findRuns } = measureLoadedDamage(loadPlane(plane)!)!;
  const { width, height, pixels } = plane;
  const start = top * width + left;
  const [right, bottom] = [width - left, height - top];
  const rows = { count: bottom, across: width, length: right, along: 1 };
  const columns = { count: right, across: 1, length: bottom, along: width };
  for (const lines of [rows, columns]) {
    assertEquals(
      findRuns({ pixels, start, ...lines }),
      measureDamageByStep(plane).findRuns({ pixels, start, ...lines }),
    );
  }
}

/** Planes of which some rows and columns are copies of others. */
function withCopies(planes: fc.Arbitrary<Plane>): fc.Arbitrary<Plane> {
  const lines = fc.record({
    first: fc.nat(119),
    count: fc.integer({ min: 1, max: 40 }),
    isRow: fc.boolean(),
    // The pixels of a line that are not copied.
    left: fc.constantFrom(0, 0, 1, 20),
  });
  return fc.tuple(planes, fc.array(lines, { maxLength: 4 })).map(
    ([{ width, height, pixels }, all]) => {
      const changed = pixels.slice();
      for (const { first, count, isRow, left } of all) {
        const [across, along] = isRow ? [width, 1] : [1, width];
        const [lines, length] = isRow ? [height, width] : [width, height];
        const from = first % lines;
        for (let line = from; line < Math.min(from + count, lines); line++) {
          for (let k = left; k < length; k++) {
            changed[line * across + k * along] =
              changed[from * across + k * along]!;
          }
        }
      }
      return { width, height, pixels: changed };
    },
  );
}

Deno.test("wasm: the damage of any plane is that of the steps", () => {
  const cards = fc.constantFrom<Record<string, string | number>>(
    {},
    { SATURATE: 3000 },
    { SATURATE: 65_535, DATASEC: "[2:8,1:8]" },
    { DATASEC: "[3:100,5:100]" },
  );
  for (const largest of [1, 4, 4095, 65_535]) {
    fc.assert(
      fc.property(
        withCopies(planes(largest)),
        cards,
        fc.constantFrom(Uint16Array, Int16Array, Int32Array, Float32Array),
        fc.nat(7),
        fc.nat(7),
        ({ width, height, pixels }, cards, Numbers, left, top) => {
          // Other pedestals, and values of both signs.
          const pedestal = Numbers === Uint16Array ? 0 : 32_768;
          const changed = new Numbers(pixels.length)
            .map((_, k) => pixels[k]! - pedestal);
          const plane = { width, height, pixels: changed };
          assertSameDamage(plane, cards);
          assertSameRuns(plane, left, top);
        },
      ),
      { numRuns: 60 },
    );
  }
});

Deno.test("wasm: the damage of frames of every type and orientation, sound, broken off, saturated and constant, is that of the steps", () => {
  for (const name of ["kast-red", "kast-blue"]) {
    for (const type of FRAME_TYPES) {
      const plane = frame(name, type, 13);
      const { width, height, pixels } = plane;
      const changes: ((value: number, k: number) => number)[] = [
        (value) => value,
        (value, k) => k < 0.7 * width * height ? value : 7,
        (value, k) => k % width < 0.8 * width ? value : 65_535,
        (value, k) => k < 0.4 * width * height && k % width < 60 ? 0 : value,
        (value) => Math.min(40 * value, 65_535),
        (value, k) => Math.min(40 * value, 60_000 + k % 300),
        () => 0,
        () => 65_535,
      ];
      for (const change of changes) {
        const changed = { width, height, pixels: pixels.map(change) };
        assertSameDamage(changed, { SATURATE: 60_000 });
        assertSameRuns(changed, 0, 0);
      }
    }
  }
});

Deno.test("wasm: a large plane that is turned has the statistics and the damage of the steps", () => {
  const [width, height] = [4096, 4097];
  const pixels = new Uint16Array(width * height)
    .map((_, k) => (k * 48_271 + (k >> 7)) % 60_000);
  const frame = { width, height, pixels, hdu: 0, header: makeHeader([]) };
  const { statistics, damage, noise } = measureFrame(frame, ALL);
  assertEquals(statistics, computeStatistics(frame, noise));
  assertEquals(damage, measureDamage(frame));
});

Deno.test("wasm: the damage of a plane of which all pixels are sampled is that of the steps", () => {
  // All numbers up to 12 share a factor with the width.
  const [width, height] = [2310, 46];
  const pixels = new Uint16Array(width * height).map((_, k) => k % 1999);
  const plane = { width, height, pixels };
  assertEquals(measureDamageByStep(plane).sample.count, width * height);
  assertSameDamage(plane);
});

/** Planes of a spectrum with lines, some of them equal, in columns or in rows. */
const spectra: fc.Arbitrary<Plane> = fc.record({
  length: fc.constantFrom(100, 1024, 1025, 1700, 3000),
  depth: fc.integer({ min: 42, max: 60 }),
  level: fc.constantFrom(0, 1000, 40_000),
  noise: fc.constantFrom(0, 1, 30, 20_000),
  lines: fc.integer({ min: 0, max: 30 }),
  isTurned: fc.boolean(),
  seed: fc.integer(),
}).map(({ length, depth, level, noise, lines, isTurned, seed }) => {
  const random = makeRandom(seed);
  const light = new Float64Array(length).fill(level);
  const draw = (count: number) => Math.floor(count * random.uniform());
  for (let line = 0; line < lines; line++) {
    const first = draw(length);
    const height = [20, 200, 200, 5000, 65_535][draw(5)]!;
    light.fill(level + height, first, first + 1 + draw(4));
  }
  const [width, height] = isTurned ? [depth, length] : [length, depth];
  const pixels = new Uint16Array(length * depth).map((_, k) => {
    const point = isTurned ? Math.floor(k / width) : k % width;
    const value = light[point]! + noise * random.normal();
    return Math.max(0, Math.min(value, 65_535));
  });
  return { width, height, pixels };
});

Deno.test("wasm: the light of spectra with lines has the bits of the steps", () => {
  const noise = fc.oneof(
    fc.constantFrom(0, 1e-3, 3.7),
    fc.integer({ min: 0, max: 300 }),
  );
  const dark = fc.constantFrom(0, 990, 65_535);
  const above = fc.constantFrom(0, 0.3, 100.7, 1e5);
  fc.assert(
    fc.property(spectra, noise, dark, above, (plane, noise, dark, above) => {
      const loaded = measureLoadedStatistics(loadPlane(plane)!, noise)!;
      const light = loaded.measureLight(dark, dark + above);
      const steps = measureStatisticsByStep(plane, noise);
      assertEquals(light, steps.measureLight(dark, dark + above));
    }),
    { numRuns: 300 },
  );
});

Deno.test("wasm: the light of frames of every type and orientation has the bits of the steps", () => {
  let most = 0;
  for (const name of ["kast-red", "kast-blue"]) {
    for (const type of FRAME_TYPES) {
      const plane = frame(name, type, 14);
      const loaded = measureLoadedStatistics(loadPlane(plane)!, 4)!;
      const light = loaded.measureLight(1000, 30_000);
      const steps = measureStatisticsByStep(plane, 4);
      assertEquals(light, steps.measureLight(1000, 30_000));
      most = Math.max(most, light.emission.count);
    }
  }
  assert(most > 7);
});

/** Asserts that planes of floats give the bits of the steps. */
function assertSameFloats(plane: Plane): void {
  assertEquals(load(plane)?.kind, "floats");
  const { inputImage, rowMaxima, features } = measureInputs(plane, ALL);
  assertEquals({ inputImage, rowMaxima }, preprocessByStep(plane));
  assertEquals(features, computeFeaturesByStep(plane));
}

/** Planes of floats with a level, a slope, noise, outliers and pixels that are not finite. */
function floatPlanes(special: readonly number[]): fc.Arbitrary<Plane> {
  return fc.record({
    width: fc.integer({ min: 8, max: 150 }),
    height: fc.integer({ min: 8, max: 150 }),
    level: fc.double({ min: -1000, max: 60_000, noNaN: true }),
    slope: fc.double({ min: -50, max: 50, noNaN: true }),
    noise: fc.constantFrom(1e-300, 1e-5, 0.3, 4, 1000, 1e200),
    far: fc.constantFrom(0, 0.001, 0.1),
    gaps: fc.constantFrom(0.0001, 0.01, 0.9),
    digits: fc.constantFrom(1, 4, Infinity),
    seed: fc.integer(),
    Floats: fc.constantFrom(Float32Array, Float64Array),
  }).map(
    ({ width, height, level, slope, noise, far, gaps, digits, ...rest }) => {
      const random = makeRandom(rest.seed);
      const pixels = new rest.Floats(width * height).map((_, k) => {
        if (special.length > 0 && random.uniform() < gaps) {
          return special[Math.floor(random.uniform() * special.length)]!;
        }
        const height = random.uniform() < far ? 50 : 1;
        const off = noise * height * random.normal();
        // Few digits make equal values.
        return level + slope * (k % width) +
          (digits === Infinity ? off : Math.round(off * digits) / digits);
      });
      // The first pixel is no integer, so that no plane is one of integers.
      pixels[0] = 0.5;
      return { width, height, pixels };
    },
  );
}

Deno.test("wasm: planes of floats give the bits of the steps", () => {
  fc.assert(fc.property(floatPlanes([]), assertSameFloats), { numRuns: 100 });
});

Deno.test("wasm: planes of floats with pixels that are not finite give the bits of the steps", () => {
  for (const special of [[NaN], [NaN, Infinity, -Infinity, 1e300, -0]]) {
    const planes = floatPlanes(special);
    fc.assert(fc.property(planes, assertSameFloats), { numRuns: 50 });
  }
});

Deno.test("wasm: simulated frames as floats of every type and orientation give the bits of the steps", () => {
  for (const name of ["kast-red", "kast-blue"]) {
    for (const type of FRAME_TYPES) {
      const { width, height, pixels } = frame(name, type, 12);
      const random = makeRandom(7);
      const floats = Float32Array.from(
        pixels,
        (v) => 1.7 * v + random.uniform(),
      );
      assertSameFloats({ width, height, pixels: floats });
      // Integers of more than 16 bits.
      const wide = Int32Array.from(pixels, (v) => 3 * v - 50_000);
      wide[0] = 100_000;
      assertSameFloats({ width, height, pixels: wide });
    }
  }
});

Deno.test("wasm: planes of floats with too many pixels for the kernels are left to the steps", () => {
  const [width, height] = [4097, 2048];
  const pixels = new Float32Array(width * height).fill(0.5);
  const plane = { width, height, pixels };
  assertEquals(load(plane), undefined);
  assertEquals(preprocess(plane), preprocessByStep(plane).inputImage);
});

Deno.test("wasm: other planes are not loaded as 16-bit integers", () => {
  const odd: Plane[] = [
    { width: 60, height: 7, pixels: new Uint16Array(420) },
    { width: 60, height: 50, pixels: new Float32Array(3000).fill(0.5) },
    { width: 60, height: 50, pixels: new Float32Array(3000).fill(NaN, 0, 1) },
    { width: 60, height: 50, pixels: new Float32Array(3000).fill(-Infinity) },
    { width: 60, height: 50, pixels: new Int32Array(3000).fill(65536, 0, 1) },
    { width: 60, height: 50, pixels: new Float64Array(3000).fill(2 ** 40) },
  ];
  for (const plane of odd) {
    assertEquals(loadPlane(plane), undefined);
    assertEquals(preprocess(plane), preprocessByStep(plane).inputImage);
    assertEquals(computeFeatures(plane), computeFeaturesByStep(plane));
  }
});

Deno.test("wasm: a frame does not affect the next one", () => {
  const frames = [
    frame("kast-red", "science", 3),
    frame("kast-red", "flat", 4),
    frame("kast-blue", "science", 5),
  ];
  const alone = frames.map((plane) => prepareInputs(plane, ALL));
  assertEquals(
    frames.toReversed().map((plane) => prepareInputs(plane, ALL)),
    alone.toReversed(),
  );
});

Deno.test("wasm: the committed binary is built from the sources", async () => {
  const committed = await Deno.readFile(
    new URL("../../lib/kernels/kernels.wasm", import.meta.url),
  );
  assertEquals(committed, await buildKernels(), "run: deno task kernels");
});
