/**
 * Checks a GPU: compares the output of each model with that of the CPU, and measures
 * flips per second by the number of flips in a pass. It needs no network.
 *
 *     deno run -A scripts/gpu_check.ts --json gpu.json
 *     deno run -A scripts/gpu_check.ts --device cpu --batches 1,4 --frames 6
 *
 * Exit codes: 0 the outputs agree, 1 they differ, 2 the device does not work.
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { SpitError } from "../lib/errors.ts";
import { FRAME_TYPES } from "../lib/frame_type.ts";
import { writeFileAtomically } from "../lib/io/output.ts";
import { RUNTIME_VERSION } from "../lib/model/cuda.ts";
import type { NamedDevice } from "../lib/model/device.ts";
import { modelNames } from "../lib/model/find_model.ts";
import { modelId } from "../lib/model/model_card.ts";
import { type Model, openModel } from "../lib/model/open_model.ts";
import { computeFeatures, FEATURES } from "../lib/preprocess/features.ts";
import { FLIPS, makeFlips } from "../lib/preprocess/flips.ts";
import { preprocess } from "../lib/preprocess/preprocess.ts";
import { simulateFrame } from "../lib/simulate/simulate_frame.ts";

/** Largest allowed difference of a probability or ood score from the CPU's. */
const TOLERANCE = 1e-3;

/** Pixels of a flip. */
const FLIP = 210 * 650;

/** Some flips, one after the other. */
export interface Batch {
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly features: Float32Array;
}

/** Differences between the outputs of two devices. */
export interface Parity {
  readonly flips: number;
  /** Flips with another most probable type. */
  readonly otherType: number;
  /** Of a probability or ood score. */
  readonly maxDifference: number;
  readonly passed: boolean;
}

export interface Rate {
  /** Flips in a pass. */
  readonly batch: number;
  /** Flips per second in the median pass, from and to host memory; `null` on failure. */
  readonly rate: number | null;
  readonly error?: string;
}

/** Preprocesses simulated frames of all types, four flips of each. */
export function simulateBatch(frames: number): Batch {
  const count = FLIPS * frames;
  const pixels = new Uint8Array(count * FLIP);
  const features = new Float32Array(count * FEATURES.length);
  for (let frame = 0; frame < frames; frame++) {
    const type = FRAME_TYPES[frame % FRAME_TYPES.length]!;
    const { plane } = simulateFrame({ seed: 4_000_000 + frame, type });
    pixels.set(makeFlips(preprocess(plane).pixels), FLIPS * frame * FLIP);
    const row = computeFeatures(plane);
    for (let flip = 0; flip < FLIPS; flip++) {
      features.set(row, (FLIPS * frame + flip) * FEATURES.length);
    }
  }
  return { count, pixels, features };
}

/** Takes `count` flips from `first` on, starting over after the last. */
export function sliceBatch(batch: Batch, first: number, count: number): Batch {
  const pixels = new Uint8Array(count * FLIP);
  const features = new Float32Array(count * FEATURES.length);
  const row = FEATURES.length;
  for (let k = 0; k < count; k++) {
    const i = (first + k) % batch.count;
    pixels.set(batch.pixels.subarray(i * FLIP, (i + 1) * FLIP), k * FLIP);
    features.set(batch.features.subarray(i * row, (i + 1) * row), k * row);
  }
  return { count, pixels, features };
}

/** Compares the outputs of a model with those of a reference, flip by flip. */
export async function compareModels(
  model: Model,
  reference: Model,
  batch: Batch,
): Promise<Parity> {
  let otherType = 0;
  let maxDifference = 0;
  for (let k = 0; k < batch.count; k++) {
    const { pixels, features } = sliceBatch(batch, k, 1);
    const found = await model.run(pixels, features, 1);
    const expected = await reference.run(pixels, features, 1);
    if (argmax(found.probabilities) !== argmax(expected.probabilities)) {
      otherType++;
    }
    const wanted = [...expected.probabilities, ...expected.ood ?? []];
    const values = [...found.probabilities, ...found.ood ?? []];
    for (const [i, value] of wanted.entries()) {
      const difference = Math.abs(values[i]! - value);
      // A missing value or NaN differs in any case.
      maxDifference = Math.max(
        maxDifference,
        Number.isNaN(difference) ? Infinity : difference,
      );
    }
  }
  const passed = otherType === 0 && maxDifference <= TOLERANCE;
  return { flips: batch.count, otherType, maxDifference, passed };
}

function argmax(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}

/** Measures the throughput for at least `seconds` and five passes of each size. */
export async function measureRates(
  model: Model,
  sample: Batch,
  batches: readonly number[],
  seconds: number,
): Promise<Rate[]> {
  const rates: Rate[] = [];
  for (const batch of batches) {
    try {
      const pass = await measureMedianPass(model, sample, batch, seconds);
      rates.push({ batch, rate: batch / pass });
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      rates.push({ batch, rate: null, error: error.message });
    }
  }
  return rates;
}

async function measureMedianPass(
  model: Model,
  sample: Batch,
  batch: number,
  seconds: number,
): Promise<number> {
  const { pixels, features } = sliceBatch(sample, 0, batch);
  // cuDNN selects its kernels in the first passes of a shape.
  for (let k = 0; k < 3; k++) await model.run(pixels, features, batch);
  const passes: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (passes.length < 5 || performance.now() < end) {
    const start = performance.now();
    await model.run(pixels, features, batch);
    passes.push((performance.now() - start) / 1000);
  }
  return passes.sort((a, b) => a - b)[passes.length >> 1]!;
}

function formatCheck(name: string, parity: Parity, rates: readonly Rate[]) {
  const { otherType, maxDifference, passed } = parity;
  return [
    `${name}: ${passed ? "agrees with" : "DIFFERS from"} the CPU: ` +
    `${otherType} of ${parity.flips} flips of another type, ` +
    `values within ${maxDifference.toExponential(1)} (allowed: ${TOLERANCE})`,
    ...rates.map(({ batch, rate, error }) =>
      `  ${String(batch).padStart(5)} flips in a pass: ${
        rate === null ? error : `${rate.toFixed(1)} flips/s`
      }`
    ),
  ].join("\n");
}

interface CheckOptions {
  readonly device: Exclude<NamedDevice, "webgpu">;
  readonly json?: string;
  readonly model?: readonly string[];
  readonly batches: readonly number[];
  readonly frames: number;
  readonly seconds: number;
}

function parseOptions(): CheckOptions {
  return new Command("gpu_check")
    .addOption(
      new Option("--device <name>", "device to check").choices(["cuda", "cpu"])
        .default("cuda"),
    )
    .option("--json <file>", "write all results to a file")
    .option("--model <name...>", "names or cards (default: all installed)")
    .option("--batches <list>", "flips in a pass", parseNumbers, [1, 16, 256])
    .option("--frames <n>", "simulated frames to compare", parseNumber, 96)
    .option("--seconds <s>", "duration of each measurement", parseNumber, 2)
    .parse(Deno.args, { from: "user" })
    .opts<CheckOptions>();
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError("must be a number from 0 up");
}

function parseNumbers(text: string): number[] {
  return text.split(",").map(parseNumber);
}

async function main(): Promise<number> {
  const { device, json, batches, seconds, ...options } = parseOptions();
  const sample = simulateBatch(options.frames);
  const models = [];
  for (const name of options.model ?? await modelNames()) {
    await using model = await openModel(name, device);
    await using reference = await openModel(name, "cpu");
    const parity = await compareModels(model, reference, sample);
    const rates = await measureRates(model, sample, batches, seconds);
    models.push({ model: modelId(model.card), parity, rates });
    console.log(formatCheck(modelId(model.card), parity, rates));
  }
  const date = new Date().toISOString().slice(0, 10);
  const result = { date, device, onnxruntime: RUNTIME_VERSION, models };
  if (json !== undefined) {
    await writeFileAtomically(json, JSON.stringify(result, null, 2) + "\n");
  }
  return models.every(({ parity }) => parity.passed) ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
