/**
 * Where the light of a spectrograph falls: slits, orders and fibres.
 *
 * @module
 */
import type { Fibres, Layout, Order, Slice } from "./instrument.ts";
import type { Random } from "./random.ts";
import type { Dispersion } from "./spectrum.ts";

/** Shares of the layouts; three in four instruments have one long slit. */
const LAYOUT_SHARES: readonly (readonly [Layout, number])[] = [
  ["longslit", 0.47],
  ["window", 0.26],
  ["slices", 0.04],
  ["beams", 0.025],
  ["slitlets", 0.055],
  ["echelle", 0.05],
  ["orders", 0.045],
  ["fibres", 0.035],
  ["slitless", 0.02],
];

/** Samples a layout. */
export function sampleLayout(random: Random): Layout {
  let draw = random.uniform();
  for (const [layout, share] of LAYOUT_SHARES) {
    draw -= share;
    if (draw < 0) return layout;
  }
  return "longslit";
}

/**
 * Samples the illuminated rows of a layout with slits.
 *
 * @param from First row that the telescope illuminates.
 * @param to Row after the last one.
 * @param columns Number of columns.
 */
export function sampleSlices(
  random: Random,
  layout: Layout,
  from: number,
  to: number,
  columns: number,
): Slice[] {
  const whole = { transmission: 1, shift: 0 };
  if (layout === "window") {
    const height = (to - from) * random.logUniform(0.08, 0.85);
    const first = random.uniform(from, to - height);
    return [{ from: first, to: first + height, ...whole }];
  }
  if (layout === "slitlets") {
    return random.chance(0.4)
      ? sampleShortSlits(random, from, to)
      : sampleMask(random, from, to, columns);
  }
  if (layout === "beams") return sampleBeams(random, from, to, columns);
  if (layout !== "slices") return [{ from, to, ...whole }];
  // An integral-field unit has tens of slices, most slicers only a few.
  const most = Math.min(48, Math.floor((to - from) / 7));
  const count = random.chance(0.3) && most > 6
    ? random.integer(6, most)
    : random.integer(2, 5);
  const pitch = (to - from) / count;
  const half = pitch * random.uniform(0.5, 0.93) / 2;
  const shift = random.uniform(-0.5, 0.5);
  const stagger = random.chance(0.4) ? sampleStagger(random, columns) : () => 0;
  return Array.from({ length: count + 1 }, (_, k) => {
    const middle = from + (k + shift + 0.5) * pitch;
    return {
      from: middle - half,
      to: middle + half,
      transmission: random.uniform(0.6, 1.1),
      shift: stagger(k),
    };
  });
}

/** Samples the displacements of staggered slices: alternating, or in flights of steps. */
function sampleStagger(
  random: Random,
  columns: number,
): (slice: number) => number {
  const step = random.pick([-1, 1]) * random.logUniform(0.002, 0.04) * columns;
  const cycle = random.pick([2, 2, 3, 4, 8]);
  return (slice) => Math.round((slice % cycle - (cycle - 1) / 2) * step);
}

/** Samples the strips of two spectra of one slit, or of two such pairs. */
function sampleBeams(
  random: Random,
  from: number,
  to: number,
  columns: number,
): Slice[] {
  const count = random.chance(0.85) ? 2 : 4;
  const pitch = (to - from) / count * random.uniform(0.3, 1);
  const first = random.uniform(from, to - count * pitch);
  const half = Math.max(1.5, pitch * random.logUniform(0.2, 0.96) / 2);
  // A prism that splits the light may displace the beams along the dispersion too.
  const displacement = random.chance(0.3)
    ? Math.round(random.normal() * 0.01 * columns)
    : 0;
  return Array.from({ length: count }, (_, k) => ({
    from: first + (k + 0.5) * pitch - half,
    to: first + (k + 0.5) * pitch + half,
    transmission: random.uniform(0.7, 1.1),
    shift: k % 2 * displacement,
  }));
}

/** Samples two to five short slits that together cover a small part of the rows. */
function sampleShortSlits(random: Random, from: number, to: number): Slice[] {
  const count = random.pick([2, 3, 3, 3, 4, 5]);
  const pitch = (to - from) / count * random.uniform(0.4, 1);
  const first = random.uniform(from, to - count * pitch);
  const height = Math.max(2, pitch * random.logUniform(0.08, 0.8));
  const isStepped = random.chance(0.3);
  return Array.from({ length: count }, (_, k) => {
    const middle = first + (k + 0.5) * pitch;
    const half = height * (isStepped ? random.uniform(0.5, 1.2) : 1) / 2;
    return {
      from: middle - half,
      to: middle + half,
      transmission: random.uniform(0.5, 1.1),
      shift: 0,
    };
  });
}

/** Samples the slitlets of a mask, one below another, each at a displacement of its own. */
function sampleMask(
  random: Random,
  from: number,
  to: number,
  columns: number,
): Slice[] {
  const count = Math.min(
    random.integer(4, 32),
    Math.max(3, Math.floor((to - from) / 6)),
  );
  const spread = random.logUniform(0.01, 0.25) * columns;
  const gap = random.uniform(0.02, 0.3);
  const lengths = Array.from(
    { length: count },
    () => random.logUniform(0.5, 2.5),
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let row = from;
  return lengths.map((length) => {
    const height = length / total * (to - from);
    const slice = {
      from: row,
      to: row + Math.max(1.5, height * (1 - gap)),
      transmission: random.uniform(0.8, 1.1),
      shift: Math.round(random.uniform(-1, 1) * spread),
    };
    row += height;
    return slice;
  });
}

/** Samples the orders of a cross-dispersed layout; other layouts have none. */
export function sampleOrders(
  random: Random,
  layout: Layout,
  rows: number,
  whole: Dispersion,
): Order[] {
  if (layout === "echelle") return sampleEchelle(random, rows, whole);
  if (layout === "orders") return sampleFewOrders(random, rows, whole);
  return [];
}

function sampleEchelle(
  random: Random,
  rows: number,
  whole: Dispersion,
): Order[] {
  // An order needs about four rows to be separate from its neighbours.
  const most = Math.max(7, Math.min(100, Math.floor(rows / 4)));
  const count = Math.round(random.logUniform(6, most));
  const rise = random.uniform(-0.15, 0.15) * rows;
  const bend =
    (random.chance(0.7)
      ? random.uniform(-0.06, 0.06)
      : random.uniform(-0.2, 0.2)) * rows;
  const squeeze = random.uniform(0.4, 1);
  let pitch = rows / count * random.uniform(0.9, 1.5) * 2 / (1 + squeeze);
  const fill = random.uniform(0.12, 0.75);
  const isDouble = random.chance(0.2) && fill * rows / count > 4;
  const overlap = random.uniform(1, 1.8);
  const peak = random.uniform(0.4, 0.6);
  const width = random.uniform(0.22, 0.7);
  const tilt = sampleOrderTilt(random);
  const range = Math.sign(whole.step) *
    Math.max(1500, Math.abs(whole.step) * whole.columns);
  const lineWidth = Math.min(5, whole.lineWidth);
  // Orders lie outside the detector too, so that their ends bend into it.
  const outside = Math.ceil(
    Math.min(count, (Math.abs(bend) + Math.abs(rise) / 2) / pitch),
  );
  let row = -(outside + random.uniform(0, 0.5)) * pitch;
  return Array.from({ length: count + 2 * outside }, (_, k) => {
    const order: Order = {
      row,
      rise,
      bend,
      height: Math.max(1.5, pitch * fill),
      tilt,
      blaze: { peak, width },
      dispersion: {
        columns: whole.columns,
        lineWidth,
        start: whole.start + (k - outside) * range / count,
        step: overlap * range / count / whole.columns,
      },
    };
    row += pitch;
    pitch *= 1 - (1 - squeeze) / count;
    return order;
  }).flatMap((order) => isDouble ? splitOrder(order) : [order]);
}

/** Divides an order into those of two fibres. */
function splitOrder(order: Order): Order[] {
  const { row, height } = order;
  return [-0.3, 0.3].map((side) => ({
    ...order,
    row: row + side * height,
    height: 0.35 * height,
  }));
}

function sampleFewOrders(
  random: Random,
  rows: number,
  whole: Dispersion,
): Order[] {
  const count = random.pick([2, 2, 2, 2, 3, 3, 4, 5, 6]);
  const isStronglyCurved = random.chance(0.45);
  const rise = random.uniform(-0.25, 0.25) * rows;
  const bend = isStronglyCurved
    ? random.pick([-1, 1]) * random.uniform(0.12, 0.5) * rows
    : random.uniform(-0.12, 0.12) * rows;
  const height = rows * random.logUniform(0.05, 0.28) *
    Math.min(1, 2.6 / count);
  const pitch = height * 1.05 + rows * random.uniform(0.02, 0.35) * 2 / count;
  // The middle of the orders, so that most of their light falls on the detector.
  const middle = rows * random.uniform(0.4, 0.6) - 0.4 * bend;
  const tilt = sampleOrderTilt(random);
  return Array.from({ length: count }, (_, k) => {
    const shrink = 1 / (1 + 0.6 * k);
    return {
      row: middle + (k - (count - 1) / 2) * pitch,
      rise: rise * random.uniform(0.8, 1.25),
      bend: bend * random.uniform(0.8, 1.25),
      height: height * random.uniform(0.7, 1.1),
      tilt: tilt * random.uniform(0.7, 1.3),
      // An order fades where the next one takes over.
      blaze: {
        peak: random.uniform(0.25, 0.75),
        width: random.logUniform(0.2, 1.5),
      },
      dispersion: {
        ...whole,
        start: whole.start * shrink,
        step: whole.step * shrink,
      },
    };
  });
}

function sampleOrderTilt(random: Random): number {
  return random.normal() * (random.chance(0.3) ? 0.25 : 0.02);
}

/** Samples the fibres of the `fibres` layout; other layouts have none. */
export function sampleFibres(
  random: Random,
  layout: Layout,
  rows: number,
): Fibres | undefined {
  if (layout !== "fibres") return undefined;
  const most = Math.max(3, Math.min(300, Math.floor(rows / 3)));
  const count = Math.round(random.logUniform(2, most));
  const groupSize = random.chance(0.5) ? random.integer(3, 40) : Infinity;
  const groupGap = random.uniform(0.5, 4);
  const gaps = Math.floor((count - 1) / groupSize);
  const filled = rows *
    (count < 8 ? random.logUniform(0.15, 1) : random.uniform(0.7, 1.05));
  const pitch = filled / (count + gaps * groupGap);
  const first = (rows - filled) * random.uniform(0.2, 0.8) + pitch / 2;
  const deadShare = random.chance(0.4) ? 0.04 : 0;
  const spread = random.logUniform(0.02, 0.3);
  return {
    rows: Array.from(
      { length: count },
      (_, k) =>
        first + (k + Math.floor(k / groupSize) * groupGap) * pitch +
        0.03 * pitch * random.normal(),
    ),
    transmissions: Array.from(
      { length: count },
      (_, k) =>
        k > 0 && random.chance(deadShare)
          ? 0
          : Math.exp(spread * random.normal()),
    ),
    sigma: Math.max(
      0.6,
      Math.min(0.05 * rows, pitch * random.uniform(0.12, 0.45)),
    ),
    power: random.pick([2, 2, 3, 6]),
    rise: 0.02 * rows * random.normal(),
    bend: 0.02 * rows * random.normal(),
    isBundle: random.chance(0.4),
  };
}
