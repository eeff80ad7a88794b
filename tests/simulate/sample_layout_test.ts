import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import {
  type Instrument,
  type Layout,
  LAYOUTS,
} from "../../lib/simulate/instrument.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { sampleLayout } from "../../lib/simulate/sample_layout.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { projectLight } from "../../lib/simulate/slit_light.ts";
import { openBytes } from "../fits/open_bytes.ts";

/** Creates an instrument without light outside its slits, orders and fibres. */
function createDarkInstrument(layout: Layout, seed: number): Instrument {
  const instrument = createInstrument(layout, seed)!;
  return { ...instrument, scatter: 0, reflection: undefined };
}

/** Projects light that fills the slit: of every column, or of every 50th one. */
function projectLamp(instrument: Instrument, hasLines: boolean): Float32Array {
  return projectLight(instrument, ({ columns }) => ({
    extended: Float32Array.from(
      { length: columns },
      (_, x) => !hasLines || x % 50 === 25 ? 1000 : 0,
    ),
    traces: [],
  }), { rise: 0, bend: 0 });
}

function computeLitFraction(light: Float32Array, threshold: number): number {
  return light.filter((value) => value > threshold).length / light.length;
}

Deno.test("layout: three in four instruments have one slit, and every layout occurs", () => {
  const random = makeRandom(1);
  const counts = new Map<Layout, number>();
  for (let n = 0; n < 4000; n++) {
    const layout = sampleLayout(random);
    counts.set(layout, (counts.get(layout) ?? 0) + 1);
  }
  const single = (counts.get("longslit") ?? 0) + (counts.get("window") ?? 0);
  assertAlmostEquals(single / 4000, 0.75, 0.03);
  for (const layout of LAYOUTS) assert(counts.get(layout)! > 40, layout);
});

Deno.test("layout: lines of an arc lie where a flat has light, and cover less of it", () => {
  for (const layout of LAYOUTS) {
    for (let seed = 0; seed < 4; seed++) {
      const instrument = createDarkInstrument(layout, seed);
      const flat = projectLamp(instrument, false);
      const arc = projectLamp(instrument, true);
      const name = `${layout} ${seed}`;
      assert(flat.every(Number.isFinite), name);
      arc.forEach((value, k) => assert(value <= flat[k]! + 1e-3, name));
      const lit = computeLitFraction(flat, 20);
      assert(lit > 0.01, `${name}: the flat covers ${lit}`);
      assert(computeLitFraction(arc, 20) < 0.5 * lit, name);
    }
  }
});

Deno.test("layout: orders leave dark rows between them", () => {
  for (const layout of ["orders", "echelle"] as const) {
    for (let seed = 0; seed < 6; seed++) {
      const instrument = createDarkInstrument(layout, seed);
      const lit = computeLitFraction(projectLamp(instrument, false), 500);
      assert(lit < 0.95, `${layout} ${seed}: ${lit}`);
      const { orders } = instrument;
      assert(orders.length >= (layout === "echelle" ? 6 : 2));
    }
  }
});

Deno.test("layout: two to a hundred orders, some of them strongly curved", () => {
  const counts: number[] = [];
  let curved = 0;
  for (let seed = 0; seed < 40; seed++) {
    const few = createInstrument("orders", seed)!;
    counts.push(few.orders.length);
    if (Math.abs(few.orders[0]!.bend) > 0.12 * few.rows) curved++;
    counts.push(createInstrument("echelle", seed)!.orders.length);
  }
  assertEquals(Math.min(...counts), 2);
  assert(Math.max(...counts) > 60);
  assert(curved > 8, `${curved} of 40 are strongly curved`);
});

Deno.test("layout: a mask has slitlets that neither overlap nor lie outside the slit's rows", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { slices, rows } = createInstrument("slitlets", seed)!;
    assert(slices.length >= 2);
    slices.forEach(({ from, to }, k) => {
      assert(to > from && to < 1.2 * rows && from > -0.2 * rows);
      if (k > 0) assert(from >= slices[k - 1]!.to - 1.6);
    });
  }
});

Deno.test("layout: a seed repeats a frame, which is a FITS file of its size", async () => {
  for (const layout of LAYOUTS) {
    const instrument = createInstrument(layout, 2)!;
    const { plane, cards } = simulateFrame({
      seed: 5,
      type: "arc",
      instrument,
    });
    const again = simulateFrame({
      seed: 5,
      type: "arc",
      instrument: createInstrument(layout, 2),
    });
    assertEquals(again.plane, plane);
    const shorter = Math.min(plane.width, plane.height);
    assert(shorter >= Math.min(instrument.rows, instrument.dispersion.columns));
    const bytes = encodeFits([{ cards, plane }]);
    using file = await openBytes(bytes);
    const { width, height, pixels } = await file.readFrame(0);
    assertEquals([width, height], [plane.width, plane.height]);
    assertEquals(pixels, plane.pixels);
  }
});

Deno.test("layout: the beams of a polarimeter are as high as each other, with dark rows between them", () => {
  const displaced = new Set<boolean>();
  for (let seed = 0; seed < 12; seed++) {
    const instrument = createDarkInstrument("beams", seed);
    const { slices } = instrument;
    assert([2, 4].includes(slices.length));
    const height = slices[0]!.to - slices[0]!.from;
    slices.forEach(({ from, to }, k) => {
      assertAlmostEquals(to - from, height, 1e-6);
      if (k > 0) assert(from >= slices[k - 1]!.to);
    });
    displaced.add(slices[1]!.shift !== 0);
  }
  assertEquals(displaced.size, 2);
});

Deno.test("layout: slicers have two to tens of slices, and some are staggered", () => {
  const instruments = Array.from(
    { length: 25 },
    (_, seed) => createInstrument("slices", seed)!,
  );
  const counts = instruments.map(({ slices }) => slices.length);
  assert(Math.min(...counts) <= 4 && Math.max(...counts) > 12);
  const staggered = instruments.filter(({ slices }) =>
    slices.some(({ shift }) => shift !== slices[0]!.shift)
  );
  assert(staggered.length > 4 && staggered.length < 18);
  for (const { slices, dispersion } of staggered) {
    for (const { shift } of slices) {
      assert(Math.abs(shift) < 0.15 * dispersion.columns);
    }
  }
});
