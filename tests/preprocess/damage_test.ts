import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Pixels, Plane } from "../../lib/fits/frame.ts";
import { makeHeader } from "../../lib/fits/header.ts";
import { measureDamage } from "../../lib/preprocess/damage.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { planeBy } from "./planes.ts";

const KAST = createInstrument("kast-red", 1)!;

const TYPES = ["bias", "arc", "flat", "standard"] as const;

function simulate(type: typeof TYPES[number]): Plane {
  return simulateFrame({ seed: 3, type, instrument: KAST }).plane;
}

/** Returns a copy of a plane with new values. */
function change(
  { width, height, pixels }: Plane,
  value: (old: number, row: number, column: number) => number,
  to: Pixels = pixels.slice(),
): Plane {
  return planeBy(
    width,
    height,
    (row, column) => value(pixels[row * width + column]!, row, column),
    to,
  );
}

/** Returns a plane in which some pixels are 0. */
function clear(
  plane: Plane,
  isCleared: (row: number, column: number) => boolean,
): Plane {
  return change(plane, (old, row, column) => isCleared(row, column) ? 0 : old);
}

function header(cards: Readonly<Record<string, string | number>>) {
  return makeHeader(
    Object.entries(cards)
      .map(([keyword, value]) => ({ keyword, value, comment: "" })),
  );
}

Deno.test("simulated frames of each type show no damage", () => {
  for (const type of TYPES) {
    const { level, ...damage } = measureDamage(simulate(type));
    assert(level! > 500 && level! < 2000, `${type}: ${level}`);
    assertEquals(
      damage,
      { empty: false, rows: null, columns: null, saturation: null },
      type,
    );
  }
});

Deno.test("rows after the end of a readout are constant, whatever their value", () => {
  for (const type of TYPES) {
    const plane = simulate(type);
    const { width, height } = plane;
    const start = Math.floor(0.7 * height);
    const expected = {
      ...{ first: start + 1, last: height, count: height - start },
      ...{ of: height, within: null },
    };
    for (const fill of [0, 1, 65_535]) {
      const cut = change(plane, (old, row) => row < start ? old : fill);
      assertEquals(measureDamage(cut).rows, expected);
      assertEquals(measureDamage(cut).columns, null);
    }
    const floats = new Float32Array(width * height);
    const undefinedTail = change(
      plane,
      (old, row) => row < start ? old : NaN,
      floats,
    );
    assertEquals(measureDamage(undefinedTail).rows, expected);
    const repeated = change(
      plane,
      (old, row, column) =>
        row < start ? old : plane.pixels[start * width + column]!,
    );
    assertEquals(measureDamage(repeated).rows, expected);
  }
});

Deno.test("the last 3 % of the rows are enough, and fewer or a border of both ends are not", () => {
  const plane = simulate("flat");
  const { height } = plane;
  const measure = (first: number, last: number) =>
    measureDamage(
      clear(plane, (row) => row < first || row >= height - last),
    ).rows?.count ?? null;
  const least = Math.ceil(0.03 * height);
  assertEquals(measure(0, least), least);
  assertEquals(measure(least, 0), least);
  assertEquals(measure(0, least - 1), null);
  assertEquals(measure(least / 2, least), null);
  // The few blank rows of some detectors.
  assertEquals(measure(10, 0.09 * height), Math.floor(0.09 * height));
});

Deno.test("at least 16 rows at one end, 10 % of the rows between the ends, and a quarter of half rows", () => {
  const plane = simulate("flat");
  const { width, height } = plane;
  const small = {
    width,
    height: 200,
    pixels: plane.pixels.slice(0, 200 * width),
  };
  const measureSmall = (count: number) =>
    measureDamage(clear(small, (row) => row >= 200 - count)).rows?.count;
  assertEquals([measureSmall(15), measureSmall(16)], [undefined, 16]);
  const measureBetween = (count: number) =>
    measureDamage(clear(plane, (row) => row >= 400 && row < 400 + count)).rows
      ?.count;
  const tenth = Math.ceil(0.1 * height);
  assertEquals(
    [measureBetween(tenth - 1), measureBetween(tenth)],
    [undefined, tenth],
  );
  const measureHalf = (count: number) =>
    measureDamage(
      clear(plane, (row, column) => row < count && column < width >> 1),
    ).rows?.count;
  const quarter = Math.ceil(0.25 * height);
  assertEquals(
    [measureHalf(quarter - 1), measureHalf(quarter)],
    [undefined, quarter],
  );
});

Deno.test("columns without data are constant, and so are rows before the start", () => {
  const plane = simulate("arc");
  const { width, height } = plane;
  const columns = clear(plane, (_, column) => column >= 0.6 * width);
  const first = Math.ceil(0.6 * width) + 1;
  assertEquals(measureDamage(columns).columns, {
    ...{ first, last: width, count: width - first + 1 },
    ...{ of: width, within: null },
  });
  const rows = clear(plane, (row) => row < 0.3 * height);
  assertEquals(measureDamage(rows).rows?.first, 1);
});

Deno.test("several blocks of constant rows count together", () => {
  const plane = simulate("flat");
  const blocks = clear(
    plane,
    (row) => row >= 20 && row < 1000 && row % 20 < 5,
  );
  const { rows } = measureDamage(blocks);
  assertEquals([rows?.count, rows?.within], [5 * 49, null]);
});

Deno.test("half of the columns without data is an amplifier without signal", () => {
  const plane = simulate("flat");
  const { width, height } = plane;
  const half = width >> 1;
  const quadrant = clear(
    plane,
    (row, column) => row < height / 2 && column >= half,
  );
  const { rows, columns } = measureDamage(quadrant);
  assertEquals([rows?.first, rows?.within, columns], [
    1,
    [half + 1, width],
    null,
  ]);
});

Deno.test("windows, mosaics with gaps and narrow borders are sound", () => {
  const { width, height, pixels } = simulate("flat");
  const window = planeBy(
    width,
    3 * height,
    (row, column) => pixels[(row - height) * width + column] ?? 0,
    new Uint16Array(3 * width * height),
  );
  assertEquals(measureDamage(window).rows, null);
  const gap = 20;
  const mosaic = planeBy(2 * width + gap, height + 20, (row, column) => {
    const x = column < width ? column : column - width - gap;
    const isChip = row < height && x >= 0;
    return isChip ? pixels[row * width + x]! : 0;
  });
  const { rows, columns } = measureDamage(mosaic);
  assertEquals([rows, columns], [null, null]);
  const bad = clear(
    simulate("flat"),
    (_, column) => column > 300 && column < 320,
  );
  assertEquals(measureDamage(bad).columns, null);
});

Deno.test("rows outside the data section are not compared", () => {
  const plane = simulate("flat");
  const { width, height } = plane;
  const cut = clear(plane, (row) => row >= 900);
  const measure = (section: string, card = "DATASEC") =>
    measureDamage(cut, header({ [card]: section })).rows;
  assertEquals(measure(`[1:${width},1:900]`), null);
  assertEquals(measure(`[1:${width},1:900]`, "TRIMSEC"), null);
  assertEquals(measure(`[1:${width},1:${height}]`)?.first, 901);
  // Of the detector before binning, or unreadable.
  assertEquals(measure(`[1:${2 * width},1:${2 * height}]`)?.first, 901);
  assertEquals(measure("900")?.first, 901);
});

Deno.test("a quiet detector has equal rows, and is sound", () => {
  const random = makeRandom(7);
  for (const noise of [1, 0.4, 0.2, 0.14]) {
    const pixels = Uint16Array.from(
      { length: 500 * 800 },
      () => Math.round(100 + noise * random.normal()),
    );
    const { empty, rows, columns } = measureDamage({
      ...{ width: 800, height: 500, pixels },
    });
    assertEquals([empty, rows, columns], [false, null, null]);
  }
});

Deno.test("a plane is empty if all pixels are equal or none is finite", () => {
  const measure = (pixels: Pixels) =>
    measureDamage({ width: 30, height: 20, pixels });
  assert(measure(new Uint16Array(600)).empty);
  assertEquals(measure(new Uint16Array(600).fill(7)).level, 7);
  const undefinedPixels = new Float32Array(600).fill(NaN);
  assertEquals(measure(undefinedPixels).level, null);
  assert(measure(undefinedPixels).empty);
  assert(measure(undefinedPixels.fill(Infinity, 0, 9)).empty);
  assert(!measure(new Float32Array(600).fill(1, 0, 1)).empty);
  assert(!measure(new Float32Array(600).fill(NaN, 0, 300)).empty);
});

Deno.test("light at the top of a converter, or at full pixels below it, is saturated", () => {
  const flat = simulate("flat");
  const brightest = flat.pixels.toSorted().at(-1)!;
  const scale = 4 * 60_000 / brightest;
  const random = makeRandom(9);
  const expose = (most: number, noise: number) =>
    measureDamage(
      change(
        flat,
        (old) => Math.min(scale * old, most) + noise * random.normal(),
        new Float64Array(flat.pixels.length),
      ),
    ).saturation!;
  for (
    const [most, noise] of [[65_535, 0], [16_383, 0], [52_000, 6]] as const
  ) {
    const { level, share, area } = expose(most, noise);
    assertAlmostEquals(level, most, 30);
    assert(share > 0.5 && share <= 1, `${most}: ${share}`);
    assert(area > 0.2 && area < share, `${most}: ${area}`);
  }
  const everywhere = change(
    flat,
    () => 60_000 + 5 * random.normal(),
    new Float64Array(flat.pixels.length),
  );
  assertEquals(measureDamage(everywhere).saturation?.share, 1);
});

Deno.test("a plateau of light, bad columns and hot pixels are not saturated", () => {
  const random = makeRandom(11);
  const plateau = planeBy(900, 300, (row, column) => {
    const isLit = row > 30 && row < 270;
    const light = isLit ? 50_000 * Math.exp(-(((column - 450) / 540) ** 6)) : 0;
    return 500 + light + Math.sqrt(light / 1.5 + 20) * random.normal();
  });
  assertEquals(measureDamage(plateau).saturation, null);
  const flat = simulate("flat");
  const bad = change(
    flat,
    (old, row, column) =>
      column >= 300 && column < 303 || (row * 71 + column) % 997 === 0
        ? 65_535
        : old,
  );
  assertEquals(measureDamage(bad).saturation, null);
});

Deno.test("SATURATE of the header counts where it can be the limit of these pixels", () => {
  const flat = simulate("flat");
  const pixels = flat.pixels.toSorted();
  const brightest = pixels.at(-1)!;
  const measure = (value: number, factor = 1, card = "SATURATE") =>
    measureDamage(
      change(
        flat,
        (old) => factor * old,
        new Float64Array(flat.pixels.length),
      ),
      header({ [card]: value }),
    ).saturation;
  // A tenth of the pixels are above it.
  const limit = pixels[Math.floor(0.9 * pixels.length)]!;
  for (const card of ["SATURATE", "SATURATN", "SATLEVEL"]) {
    assertEquals(measure(limit, 1, card)?.level, limit);
  }
  // Few pixels, as those of bad columns, do not count.
  const high = (share: number) =>
    pixels[Math.floor((1 - share) * pixels.length)]!;
  assertEquals(measure(high(0.001)), null);
  assertEquals(measure(high(0.008))?.level, high(0.008));
  assertEquals(measure(2 * brightest), null);
  assertEquals(measure(1), null);
  // The sum of several exposures.
  assertEquals(measure(65_535, 3 * 65_535 / brightest), null);
});
