/**
 * Where the time of a frame goes: the steps of the toolkit one after another, on
 * one thread. This file follows `lib/`: when its steps change, so must these.
 *
 * @module
 */
import { runModel } from "../../lib/classify/classify_inputs.ts";
import {
  getInputOptions,
  type HduInputs,
  selectHdus,
} from "../../lib/classify/inputs.ts";
import { createVerdict } from "../../lib/classify/verdict.ts";
import { readClaims } from "../../lib/header/read_claims.ts";
import { memorySource } from "../../lib/io/byte_source.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { inflateGzip } from "../../lib/io/gzip.ts";
import { openFitsSource } from "../../lib/fits/open_fits.ts";
import type { PixelMemory } from "../../lib/fits/pixels.ts";
import type { Model, ModelOutput } from "../../lib/model/open_model.ts";
import * as kernels from "../../lib/preprocess/wasm/kernels.ts";
import {
  type LoadedPlane,
  loadPlane,
} from "../../lib/preprocess/wasm/load_plane.ts";
import { orient } from "../../lib/preprocess/orient.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../../lib/preprocess/input_image.ts";
import { resize } from "../../lib/preprocess/resize.ts";
import { rowMaxima } from "../../lib/preprocess/row_maxima.ts";
import { scale } from "../../lib/preprocess/scale.ts";
import { sigmaClip } from "../../lib/preprocess/sigma_clip.ts";
import {
  computeFeaturesByStep,
  computeLoadedFeatures,
} from "../../lib/preprocess/features.ts";
import { trim } from "../../lib/preprocess/trim.ts";
import { makeFlips } from "../../lib/preprocess/flips.ts";
import { zscale } from "../../lib/preprocess/zscale.ts";
import { verdictJson } from "../../lib/output/ndjson.ts";

/** The steps, in their order. */
export const STAGES = [
  "read",
  "gunzip",
  "decode",
  "orient",
  "clip",
  "maxima, trim",
  "resize",
  "zscale",
  "scale",
  "features",
  "inference",
  "report",
] as const;

/** A step. */
export type Stage = typeof STAGES[number];

/** Milliseconds of each step. */
export type Laps = Record<Stage, number>;

/** Adds what passed since the last call to a step. */
type Lap = (stage: Stage) => void;

/** Where all frames are read to, as a worker does. */
const memory: PixelMemory = { buffer: new ArrayBuffer(0) };

const SIZE = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

/** Types a file step by step; its row is that of the report, ndjson. */
export async function stagesOf(
  path: string,
  model: Model,
): Promise<{ laps: Laps; row: string }> {
  const laps = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Laps;
  let last = performance.now();
  const lap: Lap = (stage) => {
    const now = performance.now();
    laps[stage] += now - last;
    last = now;
  };

  let bytes: Uint8Array = Deno.readFileSync(path);
  lap("read");
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    bytes = inflateGzip(bytes, 2 ** 32) ?? bytes;
    lap("gunzip");
  }
  using file = await openFitsSource(path, memorySource(bytes));
  const claims = readClaims(file);
  const hdus: HduInputs[] = [];
  const outputs: ModelOutput[] = [];
  const options = getInputOptions(model.card);
  for (const { index } of selectHdus(file)) {
    const plane = await file.readFrame(index, memory);
    lap("decode");
    const loaded = loadPlane(plane);
    lap("orient");
    const inputImage = loaded === undefined
      ? inputImageByStep(plane, lap)
      : inputImageByKernels(loaded, lap);
    let features: Float32Array | null = null;
    if (options.features) {
      features = loaded === undefined
        ? computeFeaturesByStep(plane)
        : computeLoadedFeatures(plane, loaded);
      lap("features");
    }
    const flips = options.flips === 1 ? inputImage : makeFlips(inputImage);
    const inputs = { hdu: index, flips, features, preview: null };
    hdus.push(inputs);
    outputs.push(await runModel(model, [inputs]));
    lap("inference");
  }
  const verdict = createVerdict(
    { path, ...claims, hdus, error: null },
    joined(outputs),
    model.card,
  );
  const row = verdictJson(verdict);
  lap("report");
  return { laps, row };
}

/** As `lib/preprocess/wasm/input_image.ts` does. */
function inputImageByKernels(plane: LoadedPlane, lap: Lap): Uint8Array {
  const { address, width, height, base, room } = plane;
  kernels.clip(address, width, height, base, room.strip, room.low, room.high);
  lap("clip");
  kernels.rowMaxima(
    address,
    width,
    height,
    base,
    room.low,
    room.high,
    room.maxima,
  );
  const rows = trim(kernels.floatsAt(room.maxima, height));
  lap("maxima, trim");
  const first = address + rows.first * width * kernels.WORD;
  kernels.resize(first, width, rows.end - rows.first, base, room.image);
  lap("resize");
  const image = kernels.floatsAt(room.image, SIZE);
  const { z1, z2 } = zscale(image, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
  lap("zscale");
  if (!(z2 > z1)) return new Uint8Array(SIZE);
  kernels.scale(room.image, z1, z2, room.bytes);
  const pixels = kernels.bytesAt(room.bytes, SIZE).slice();
  lap("scale");
  return pixels;
}

/** As `preprocessByStep` of `lib/preprocess/preprocess.ts` does. */
function inputImageByStep(plane: Plane, lap: Lap): Uint8Array {
  const { plane: oriented } = orient(plane);
  lap("orient");
  const survivors = sigmaClip(oriented);
  lap("clip");
  const rows = trim(rowMaxima(oriented, survivors));
  lap("maxima, trim");
  const image = resize(oriented, rows);
  lap("resize");
  const limits = zscale(image, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
  lap("zscale");
  const pixels = scale(image, limits);
  lap("scale");
  return pixels;
}

function joined(outputs: readonly ModelOutput[]): ModelOutput {
  const whole = (parts: readonly Float32Array[]) =>
    Float32Array.from(parts.flatMap((part) => [...part]));
  return {
    probabilities: whole(outputs.map(({ probabilities }) => probabilities)),
    ood: outputs.every(({ ood }) => ood !== null)
      ? whole(outputs.map(({ ood }) => ood!))
      : null,
  };
}
