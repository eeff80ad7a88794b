/**
 * Counts how many frames of sound sets `findOutliers` takes for outliers. Simulated frames
 * of one light differ in what differs from one exposure to the next: noise, cosmic rays,
 * the brightness of the lamp, flexure, and the level of the detector.
 *
 *     deno run -A scripts/sibling_outliers.ts --sets 60 --seed 1
 */
import { Command } from "commander";
import {
  findOutliers,
  type SiblingFrame,
} from "../lib/calibration/siblings.ts";
import { parseCountFrom } from "../lib/commands/options.ts";
import { computeProportion } from "../lib/evaluation/proportion.ts";
import type { LogEntry } from "../lib/header/log_entry.ts";
import { measureNoise } from "../lib/preprocess/features.ts";
import { computeStatistics } from "../lib/preprocess/statistics.ts";
import {
  addCosmicRays,
  addDarkCurrent,
  readOut,
  transpose,
} from "../lib/simulate/detector.ts";
import type { Instrument } from "../lib/simulate/instrument.ts";
import { makeRandom, type Random } from "../lib/simulate/random.ts";
import { sampleInstrument } from "../lib/simulate/sample_instrument.ts";
import { exposeLight } from "../lib/simulate/simulate_frame.ts";

const TYPES = ["bias", "dark", "arc", "flat"] as const;
type Type = typeof TYPES[number];

/** Pixels of the largest detector: larger ones take long. */
const LARGEST = 500_000;

/** How exposures of one light differ. */
interface Drift {
  /** Relative change of the lamp from the first to the last frame. */
  readonly lamp: number;
  /** Relative lack of light of the first frame, which the lamp makes up for while it warms up. */
  readonly warmUp: number;
  /** Standard deviation of the light from frame to frame, relative. */
  readonly flicker: number;
  /** Displacement along the dispersion from the first to the last frame, pixels. */
  readonly flexure: number;
  /** Change of the level from the first to the last frame, in units of the read noise. */
  readonly level: number;
  /** Standard deviation of the level from frame to frame, in units of the read noise. */
  readonly levelScatter: number;
  /** Relative change of the dark current from the first to the last frame. */
  readonly dark: number;
}

function sampleDrift(random: Random, type: Type): Drift {
  return {
    lamp: random.uniform(-0.08, 0.08),
    warmUp: type === "arc" ? random.uniform(0, 0.25) : random.uniform(0, 0.05),
    flicker: random.uniform(0, 0.01),
    flexure: random.uniform(-0.5, 0.5),
    level: random.uniform(-1.5, 1.5),
    levelScatter: random.uniform(0, 0.3),
    dark: random.uniform(-0.15, 0.15),
  };
}

/** Moves light along the dispersion by less than a pixel. */
function displace(light: Float32Array, columns: number, by: number) {
  const from = by < 0 ? 1 : -1;
  return light.map((value, k) => {
    const column = k % columns + from;
    const neighbour = column < 0 || column >= columns
      ? value
      : light[k + from]!;
    return value + Math.abs(by) * (neighbour - value);
  });
}

function sampleSmallInstrument(random: Random): Instrument {
  for (;;) {
    const instrument = sampleInstrument(random.fork());
    const { rows, dispersion: { columns } } = instrument;
    if (rows * columns <= LARGEST) return instrument;
  }
}

/** Simulates the frames of a set, in order of time. */
function* simulateSet(
  type: Type,
  instrument: Instrument,
  random: Random,
): Generator<SiblingFrame> {
  const { detector, rows, dispersion: { columns } } = instrument;
  const { light, exposure } = exposeLight(type, instrument, random.fork());
  const drift = sampleDrift(random, type);
  const hits = random.logUniform(0.3, 3);
  const count = random.integer(4, 12);
  for (let k = 0; k < count; k++) {
    const part = k / (count - 1);
    const lamp = (1 + drift.lamp * part) *
      (1 - drift.warmUp * Math.exp(-4 * part)) *
      (1 + drift.flicker * random.normal());
    const exposed = displace(light, columns, drift.flexure * part)
      .map((value) => lamp * value);
    const dark = exposure * (1 + drift.dark * part);
    addDarkCurrent(
      exposed,
      columns,
      detector,
      dark,
      makeRandom(rows * columns),
    );
    addCosmicRays(exposed, columns, exposure, hits, random.fork());
    const offset = detector.readNoise / detector.gain *
      (drift.level * part + drift.levelScatter * random.normal());
    const biasLevel = detector.biasLevel + offset;
    const read = readOut(
      exposed,
      columns,
      { ...detector, biasLevel },
      random.fork(),
    );
    const plane = instrument.isTransposed ? transpose(read) : read;
    const statistics = computeStatistics(plane, measureNoise(plane, null));
    yield {
      file: `${type}${k}.fits`,
      type,
      subtype: null,
      use: true,
      hdus: [0],
      log: makeLog(exposure, 61041 + k / 1000),
      pixels: { statistics },
    };
  }
}

function makeLog(exposure: number, mjd: number): LogEntry {
  return {
    instrument: "simulated",
    night: "2026-01-01",
    start: null,
    mjd,
    exposure,
    target: null,
    ra: null,
    dec: null,
    airmass: null,
    configuration: { lamps: "lamp" },
  };
}

function main({ sets, seed }: { sets: number; seed: number }): void {
  for (const type of TYPES) {
    let [frames, outliers, flagged, drifts] = [0, 0, 0, 0];
    for (let k = 0; k < sets; k++) {
      const random = makeRandom(1000 * seed + k);
      const instrument = sampleSmallInstrument(random);
      const set = [...simulateSet(type, instrument, random)];
      const found = findOutliers(set);
      frames += set.length;
      outliers += found.outliers.length;
      drifts += found.drifts.length;
      if (found.outliers.length > 0) flagged++;
      for (const { file, differs } of found.outliers) {
        console.error(
          `${instrument.layout}, set ${k}, ${file}: ${differs.join("; ")}`,
        );
      }
    }
    const { interval } = computeProportion(outliers, frames);
    const [low, high] = interval;
    console.log(
      `${type}: ${outliers} of ${frames} frames (95 %: ${percent(low)} to ` +
        `${percent(high)}), in ${flagged} of ${sets} sets; ${drifts} drifts`,
    );
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

if (import.meta.main) {
  main(
    new Command("sibling_outliers")
      .description("count outliers in sound simulated sets")
      .option("--sets <number>", "sets of each type", parseCountFrom(1), 60)
      .option("--seed <number>", "seed of the sets", parseCountFrom(0), 1)
      .parse()
      .opts(),
  );
}
