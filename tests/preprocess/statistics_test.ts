import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
} from "@std/assert";
import fc from "../fast_check.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import {
  combineStatistics,
  computeStatistics,
  type FrameStatistics,
} from "../../lib/preprocess/statistics.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { planeBy, planes, rawValues } from "./planes.ts";

const [WIDTH, HEIGHT] = [1200, 240];

/** A plane of a level of 1000 with a noise of 4, and light on it. */
function makePlane(
  light: (row: number, column: number) => number,
  seed = 1,
): Plane {
  const random = makeRandom(seed);
  return planeBy(
    WIDTH,
    HEIGHT,
    (row, column) =>
      Math.round(1000 + 4 * random.normal() + light(row, column)),
  );
}

/** An emission line of 2 pixels standard deviation. */
function line(column: number, place: number, height: number): number {
  return height * Math.exp(-0.5 * ((column - place) / 2) ** 2);
}

function listNumbers(statistics: FrameStatistics): number[] {
  return Object.values(statistics).flat();
}

Deno.test("computeStatistics: levels of a frame without light", () => {
  const statistics = computeStatistics(makePlane(() => 0), 4.1234567);
  assertAlmostEquals(statistics.level, 1000, 1);
  assertAlmostEquals(statistics.dark, 992, 2);
  assertAlmostEquals(statistics.bright, 1009, 2);
  assertEquals([statistics.noise, statistics.lines], [4.123, 0]);
  const mean = statistics.dark + statistics.spectrum[3]!;
  assertAlmostEquals(mean, 1000, 0.5);
  assertEquals(statistics.size, [WIDTH, HEIGHT]);
  assert(listNumbers(statistics).length <= 40);
});

Deno.test("computeStatistics: where the light is, along both axes", () => {
  const { spectrum, slit, bright } = computeStatistics(
    makePlane((row, column) =>
      row < HEIGHT / 2 && column >= WIDTH / 2 ? 5000 : 0
    ),
    4,
  );
  assertAlmostEquals(spectrum[2]!, 10, 3);
  assertAlmostEquals(spectrum[13]!, 2510, 100);
  assertAlmostEquals(slit[1]!, 2510, 10);
  assertAlmostEquals(slit[6]!, 10, 3);
  assertAlmostEquals(bright, 6006, 5);
});

Deno.test("computeStatistics: number and light of the lines", () => {
  const places = [100, 300, 500, 1100];
  const { lines, lineLight, brightest } = computeStatistics(
    makePlane((row, column) =>
      row < 20
        ? 0
        : places.reduce((sum, place) => sum + line(column, place, 2000), 0)
    ),
    4,
  );
  assertEquals(lines, 4);
  places.forEach((place, k) => assertAlmostEquals(brightest[k]!, place, 2));
  assertAlmostEquals(lineLight, 4 * 2000 * 2.5 * 2 / WIDTH * 11 / 12, 8);
});

Deno.test("computeStatistics: a line that is displaced by a pixel stays in its part", () => {
  const edge = WIDTH / 16 * 5;
  const [one, other] = [edge - 0.5, edge + 0.5].map((place) =>
    computeStatistics(makePlane((_, column) => line(column, place, 5000)), 4)
      .spectrum
  );
  const light = one!.reduce((sum, value) => sum + value, 0);
  const moved = one!.reduce(
    (sum, value, k) => sum + Math.abs(value - other![k]!),
    0,
  );
  assertLess(moved / light, 0.03);
});

Deno.test("computeStatistics: a blank border has no part in the dark level", () => {
  const plane = makePlane(() => 0);
  const bordered = {
    ...plane,
    pixels: plane.pixels.map((value, k) => k % WIDTH < 60 ? 0 : value),
  };
  assertAlmostEquals(computeStatistics(bordered, 4).dark, 992, 2);
});

Deno.test("computeStatistics: the share of saturated pixels", () => {
  const measure = (share: number) =>
    computeStatistics(
      makePlane((row) => row < share * HEIGHT ? 64_535 - 1000 : 0),
      4,
    ).saturated;
  const clip = (plane: Plane): Plane => ({
    ...plane,
    pixels: Float64Array.from(plane.pixels, (value) => Math.min(value, 60_000)),
  });
  assertLess(measure(0), 0.01);
  const half = clip(makePlane((row) => row < HEIGHT / 2 ? 63_000 : 0));
  assertAlmostEquals(computeStatistics(half, 4).saturated, 0.5, 0.02);
});

Deno.test("computeStatistics: cosmic rays and pixels that are not finite hardly count", () => {
  const plane = makePlane(() => 0);
  const hit = { ...plane, pixels: plane.pixels.slice() };
  for (let k = 17; k < hit.pixels.length; k += 2503) {
    hit.pixels[k] = k % 2 === 0 ? 60_000 : NaN;
  }
  const [clean, damaged] = [plane, hit].map((one) => computeStatistics(one, 4));
  assertAlmostEquals(clean!.level, damaged!.level, 0.5);
  clean!.spectrum.forEach((value, k) =>
    assertAlmostEquals(value, damaged!.spectrum[k]!, 0.5)
  );
});

Deno.test("computeStatistics: a plane and the same plane turned have the same statistics", () => {
  const plane = makePlane((row, column) =>
    line(column, 400, 3000) + (row > 100 ? 500 : 0)
  );
  const turned = planeBy(
    HEIGHT,
    WIDTH,
    (row, column) => plane.pixels[column * WIDTH + row]!,
  );
  const { spectrum, slit, lines } = computeStatistics(plane, 4);
  const other = computeStatistics(turned, 4);
  for (const [k, value] of [...spectrum, ...slit].entries()) {
    const turned = [...other.spectrum, ...other.slit][k]!;
    assertAlmostEquals(turned, value, 0.005 * value);
  }
  assertEquals([other.lines, other.size], [lines, [HEIGHT, WIDTH]]);
});

Deno.test("computeStatistics: finite numbers for any plane", () => {
  fc.assert(
    fc.property(planes(rawValues, 40), (plane) => {
      const numbers = listNumbers(computeStatistics(plane, 1));
      assert(numbers.every(Number.isFinite), numbers.join());
    }),
  );
  const huge = planeBy(
    200,
    60,
    (row, column) => ((row + column) % 7 - 3) * 10 ** (300 + column % 9),
  );
  const numbers = listNumbers(computeStatistics(huge, 1));
  assert(numbers.every(Number.isFinite), numbers.join());
  const blank = planeBy(50, 20, () => NaN);
  assertEquals(
    listNumbers(computeStatistics(blank, 1)).slice(2).filter((v) => v !== 0),
    [1],
  );
});

Deno.test("combineStatistics: means over the HDUs, and the size of the first", () => {
  const hdus = [0, 100, 200].map((level, k) =>
    computeStatistics(makePlane(() => level, k + 1), 4 + k)
  );
  const combined = combineStatistics(hdus);
  assertAlmostEquals(combined.level, 1100, 1);
  assertEquals([combined.noise, combined.size], [5, [WIDTH, HEIGHT]]);
  assertAlmostEquals(combined.slit[0]!, hdus[1]!.slit[0]!, 0.5);
  assertEquals(combineStatistics(hdus.slice(0, 1)), hdus[0]!);
});
