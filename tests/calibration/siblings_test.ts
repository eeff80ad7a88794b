import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Subtype } from "../../lib/header/subtype.ts";
import {
  findOutliers,
  selectSibling,
  type SiblingFrame,
} from "../../lib/calibration/siblings.ts";
import {
  computeStatistics,
  type FrameStatistics,
} from "../../lib/preprocess/statistics.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { NO_LOG } from "../no_log.ts";
import { planeBy } from "../preprocess/planes.ts";

const [WIDTH, HEIGHT] = [800, 80];

interface Light {
  /** Counts of a continuum. */
  readonly continuum?: number;
  /** Places and heights of lines. */
  readonly lines?: readonly (readonly [place: number, height: number])[];
  /** Counts at the end of the dispersion. */
  readonly tilt?: number;
  readonly level?: number;
  readonly noise?: number;
  readonly width?: number;
}

/** Returns the statistics of a frame: a bias unless there is light. */
function measure(
  {
    continuum = 0,
    lines = [],
    tilt = 0,
    level = 1000,
    noise = 4,
    width = WIDTH,
  }: Light,
  seed: number,
): FrameStatistics {
  const random = makeRandom(seed);
  const spectrum = Float64Array.from(
    { length: width },
    (_, column) =>
      continuum * (0.4 + 0.6 * column / width) + tilt * column / width +
      lines.reduce(
        (sum, [place, height]) =>
          sum + height * Math.exp(-0.5 * ((column - place) / 1.5) ** 2),
        0,
      ),
  );
  const plane = planeBy(
    width,
    HEIGHT,
    (row, column) => {
      const isLit = row > 8 && row < 72 || tilt !== 0;
      const light = isLit ? spectrum[column]! : 0;
      const error = Math.hypot(noise, Math.sqrt(Math.max(0, light)));
      return Math.round(level + light + error * random.normal());
    },
  );
  return computeStatistics(plane, noise);
}

interface FrameParts extends Light {
  readonly type?: SiblingFrame["type"];
  readonly subtype?: Subtype | null;
  readonly use?: boolean;
  readonly exposure?: number | null;
  readonly minute?: number;
  readonly target?: string;
  readonly configuration?: Readonly<Record<string, string>>;
}

/** Returns frames, a minute apart: flats unless the parts say otherwise. */
function makeFrames(...all: readonly FrameParts[]): SiblingFrame[] {
  return all.map((parts, k) => ({
    file: `${k}`,
    type: parts.type ?? "flat",
    subtype: parts.subtype ?? null,
    use: parts.use ?? true,
    log: {
      ...NO_LOG,
      instrument: "kast-red",
      mjd: 59_000 + (parts.minute ?? k) / 1440,
      exposure: parts.exposure === undefined ? 10 : parts.exposure,
      target: parts.target ?? null,
      configuration: parts.configuration ?? {},
    },
    hdus: [0],
    pixels: { statistics: measure(parts, k + 1) },
  }));
}

function makeBiases(levels: readonly number[]): SiblingFrame[] {
  return makeFrames(
    ...levels.map((level) => ({ type: "bias", exposure: 0, level }) as const),
  );
}

/** Returns the outliers as `file: what differs`. */
function listOutliers(frames: readonly SiblingFrame[]): string[] {
  return findOutliers(frames).outliers.map(({ file, differs }) =>
    `${file}: ${differs.join("; ")}`
  );
}

/** Returns a value so many times. */
function repeat<T>(count: number, value: T): T[] {
  return new Array<T>(count).fill(value);
}

const FLAT: FrameParts = { continuum: 10_000 };

const LINES = Array.from(
  { length: 20 },
  (_, k) => [25 + 38 * k, 300 * (1 + (7 * k) % 11)] as const,
);
const ARC: FrameParts = { type: "arc", lines: LINES, target: "arc" };

Deno.test("findOutliers: a flat with other light in it", () => {
  const room = {
    continuum: 16_000,
    lines: [[100, 9000], [300, 12_000], [500, 9000], [700, 12_000]],
  } as const;
  const frames = makeFrames(...repeat(4, FLAT), room);
  const [outlier, ...others] = listOutliers(frames);
  assertEquals(others, []);
  assertMatch(
    outlier!,
    /^4: light 1\.6\d × that of the other 4; 4 lines that the other 4 lack/,
  );
  const { set } = findOutliers(frames).outliers[0]!;
  assertEquals([set.type, set.instrument, set.exposure, set.count], [
    "flat",
    "kast-red",
    10,
    5,
  ]);
});

Deno.test("findOutliers: an arc without the lines of one of the lamps", () => {
  const dim = { ...ARC, lines: LINES.filter((_, k) => k % 3 === 0) };
  const [outlier, ...others] = listOutliers(
    makeFrames(ARC, ARC, dim, ARC),
  );
  assertEquals(others, []);
  assertMatch(outlier!, /^2: .*7 lines, the other 3 have 20/);
});

Deno.test("findOutliers: an arc whose lines are elsewhere", () => {
  const moved = LINES.map(([place, height]) => [place + 12, height] as const);
  const small = LINES.map(([place, height]) => [place + 1, height] as const);
  const found = listOutliers(
    makeFrames(ARC, ARC, ARC, { ...ARC, lines: small }, {
      ...ARC,
      lines: moved,
    }),
  );
  assertEquals(found.length, 1);
  assertMatch(found[0]!, /^4: brightest lines 12 pixels from those of/);
});

Deno.test("findOutliers: a bias with another level, noise, or profile", () => {
  const bias = { type: "bias", exposure: 0 } as const;
  const found = listOutliers(
    makeFrames(
      ...repeat(7, bias),
      { ...bias, level: 1030 },
      { ...bias, noise: 8 },
      { ...bias, tilt: 30 },
    ),
  );
  assertEquals(found.map((text) => text[0]), ["7", "8", "9"]);
  assertMatch(found[0]!, /^7: level 30 counts \(7\.5 × the noise\) above/);
  assertMatch(found[1]!, /^8: noise 2\.00 × that of the other 9/);
  assertMatch(found[2]!, /^9: .*profile along the dispersion up to 1\d counts/);
});

Deno.test("findOutliers: the first biases of a level that settles, and the drift", () => {
  const levels = Array.from(
    { length: 10 },
    (_, k) => 1000 + 60 * Math.exp(-k / 2),
  );
  for (const sign of [1, -1]) {
    const frames = makeBiases(
      levels.map((level) => 1000 + sign * (level - 1000)),
    );
    const { outliers, drifts } = findOutliers(frames);
    const files = outliers.map(({ file }) => Number(file));
    assert([0, 1, 2].every((k) => files.includes(k)), files.join());
    assert(files.every((k) => k < 5), files.join());
    assertEquals(drifts.length, 1);
    const verb = sign > 0 ? "falls" : "rises";
    assertMatch(
      drifts[0]!.change,
      new RegExp(`^level ${verb} by \\d+ counts .* and then stays the same$`),
    );
  }
});

Deno.test("findOutliers: a level that changes to the end is a drift without outliers", () => {
  for (const count of [5, 6, 8, 10, 12]) {
    const frames = makeBiases(
      Array.from({ length: count }, (_, k) => 1000 + 44 * k / (count - 1)),
    );
    const { outliers, drifts } = findOutliers(frames);
    assertEquals(outliers, [], `${count} frames`);
    assertMatch(
      drifts[0]!.change,
      /^level rises by 4\d counts \(11 × the noise\)$/,
    );
  }
});

Deno.test("findOutliers: the light of a lamp that fades is a drift", () => {
  const fade = (subtype: Subtype | null) =>
    findOutliers(makeFrames(
      ...Array.from(
        { length: 8 },
        (_, k) => ({ continuum: 12_000 * 0.92 ** k, subtype }),
      ),
    ));
  const { outliers, drifts } = fade("dome");
  assertEquals(outliers, []);
  assertMatch(drifts[0]!.change, /^light falls to 0\.5\d+ × that of the first/);
  assertEquals(fade("twilight").drifts, []);
  assertEquals(fade(null).drifts, []);
});

Deno.test("findOutliers: no outliers in sound sets", () => {
  const random = makeRandom(5);
  const vary = (share: number) => 1 + share * random.normal();
  const frames = Array.from({ length: 24 }, (_, night) => {
    const base = { minute: undefined, target: `night ${night} of` };
    const parts = Array.from({ length: 6 }, (): FrameParts => {
      switch (night % 4) {
        case 0:
          return { ...base, continuum: 8000 * vary(0.03) };
        case 1:
          return {
            ...ARC,
            ...base,
            lines: LINES.map(([place, height]) =>
              [place + 0.5 * random.normal(), height * vary(0.1)] as const
            ),
          };
        case 2:
          return { type: "bias", exposure: 0, level: 1000 + random.normal() };
        default:
          return {
            type: "dark",
            exposure: 600,
            level: 1000 + 4 * random.normal(),
          };
      }
    });
    return makeFrames(...parts);
  });
  for (const set of frames) {
    assertEquals(findOutliers(set), { outliers: [], drifts: [] });
  }
});

Deno.test("findOutliers: frames with other settings are in other sets", () => {
  const settings: readonly FrameParts[] = [
    { exposure: 30, continuum: 30_000 },
    { configuration: { decker: "2.0" } },
    { configuration: { lamps: "LAMPSTA1=on" } },
    { configuration: { readout: "GAIN=4" } },
    { configuration: { dispangle: "7460" } },
    { width: 1000 },
    { subtype: "pinhole" },
    { target: "dome flat 4arcsec slit" },
    { minute: 600 },
    { type: "arc" },
  ];
  for (const parts of settings) {
    const frames = makeFrames(
      ...repeat(5, {
        ...FLAT,
        configuration: { dispangle: "7450" },
        target: "dome flat",
      }),
      {
        continuum: 30_000,
        configuration: { dispangle: "7450" },
        target: "dome flat",
        ...parts,
      },
    );
    assertEquals(listOutliers(frames), [], JSON.stringify(parts));
  }
});

Deno.test("findOutliers: numbers of exposures and the last digit of an angle make no sets", () => {
  const frames = makeFrames(
    ...[0, 1, 2, 3, 4].map((k) => ({
      continuum: k === 2 ? 20_000 : 10_000,
      exposure: 10 + 0.01 * k,
      target: `dome flat ${k + 1}`,
      configuration: { dispangle: `20.000${k}` },
    })),
  );
  assertEquals(listOutliers(frames).map((text) => text[0]), ["2"]);
});

Deno.test("findOutliers: a sequence of exposure times, and biases of several readouts, are sound", () => {
  const sequence = [1, 2, 4, 8, 16, 32].map((exposure) => ({
    exposure,
    continuum: 1000 * exposure,
  }));
  const amplifiers = ["A", "A", "A", "A", "B", "B"].map((amp) => ({
    type: "bias" as const,
    exposure: 0,
    level: amp === "A" ? 1000 : 1300,
    configuration: { amp, binning: "1,1" },
  }));
  assertEquals(
    findOutliers(makeFrames(...sequence, ...amplifiers)),
    { outliers: [], drifts: [] },
  );
});

Deno.test("findOutliers: without an exposure time the light is not compared", () => {
  const exposure = null;
  const frames = makeFrames(
    ...repeat(4, { ...FLAT, exposure }),
    { continuum: 20_000, exposure },
  );
  assertEquals(listOutliers(frames), []);
});

Deno.test("findOutliers: three frames cannot tell which is the outlier, nor can two halves", () => {
  const bright = { continuum: 20_000 };
  assertEquals(listOutliers(makeFrames(FLAT, FLAT, bright)), []);
  assertEquals(
    listOutliers(makeFrames(FLAT, FLAT, FLAT, bright, bright, bright)),
    [],
  );
});

Deno.test("findOutliers: arcs of unknown lamps are not compared", () => {
  const dim = { ...ARC, lines: LINES.slice(0, 8) };
  const find = (exposure: number | null, target?: string) =>
    listOutliers(
      makeFrames(
        ...[ARC, ARC, ARC, ARC, dim].map((arc) => ({
          ...arc,
          target,
          exposure,
        })),
      ),
    );
  assertEquals([find(null).length, find(null, "comp").length], [0, 1]);
});

Deno.test("findOutliers: frames that must not be used, on the sky, or without statistics are not compared", () => {
  const odd = (parts: FrameParts) =>
    makeFrames(
      ...repeat(4, { ...FLAT, ...parts, use: true }),
      { continuum: 20_000, ...parts },
    );
  for (
    const parts of [
      { use: false },
      { type: "science" },
      { type: "standard" },
      { type: "unknown" },
      { subtype: "twilight" },
    ] as const
  ) {
    assertEquals(listOutliers(odd(parts)), [], JSON.stringify(parts));
  }
  assertEquals(
    listOutliers(odd({}).map((frame) => ({ ...frame, pixels: null }))),
    [],
  );
});

Deno.test("findOutliers: the order of the files does not matter", () => {
  const frames = makeBiases([
    1060,
    1036,
    1022,
    1013,
    1008,
    1005,
    1003,
    1002,
    1001,
    1001,
  ]);
  const expected = findOutliers(frames);
  assertEquals(expected.outliers.length, 3);
  assertEquals(findOutliers(frames.toReversed()), expected);
});

Deno.test("selectSibling: what findOutliers needs, and null for a frame that is not compared", () => {
  const frames = makeFrames(...repeat(4, FLAT), { continuum: 20_000 });
  const kept = frames.map(selectSibling).filter((frame) => frame !== null);
  assertEquals(findOutliers(kept), findOutliers(frames));
  assertEquals(selectSibling(makeFrames({ type: "science" })[0]!), null);
});
