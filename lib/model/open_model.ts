/**
 * A network with its card, checked and ready to run.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import { type ModelCard, modelId, parseModelCard } from "./model_card.ts";
import { checkSignatures } from "./signatures.ts";
import type { Device, NamedDevice } from "./device.ts";
import { DEFAULT_MODEL, findModelCard, readModelFile } from "./find_model.ts";
import { refuseExternalData } from "./external_data.ts";
import {
  type OnnxSession,
  openSession,
  type TensorValues,
} from "./onnx_session.ts";

/** More threads than this cost more than they bring for four small flips. */
const MOST_THREADS = 8;

/** Multiply-adds of a flip that one core does in about 3 ms. */
const LIGHT = 2e8;

/** What a network says of some flips. */
export interface ModelOutput {
  /** `count * classes` values, flip after flip; each flip's sum is 1. */
  readonly probabilities: Float32Array;
  /** `count` values from 0 to 1: how surely a flip shows no spectral frame; `null` from a network that does not say. */
  readonly ood: Float32Array | null;
}

/** An opened model. Release it, or declare it with `await using`. */
export interface Model extends AsyncDisposable {
  /** What it is. */
  readonly card: ModelCard;
  /** Where it runs: `cpu`, `cuda` or `webgpu`. */
  readonly device: NamedDevice;
  /**
   * One forward pass.
   *
   * @param flips `count * 210 * 650` values, flip after flip, row-major.
   * @param features `count * FEATURES.length` values, a row for each flip;
   *   `null` will do for a network whose card has no `features`, which is not
   *   handed any.
   * @param count Number of flips.
   * @returns What the network says, not yet calibrated.
   * @throws {SpitError} `inference`, also when features are wanted and there are none.
   */
  run(
    flips: Uint8Array,
    features: Float32Array | null,
    count: number,
  ): Promise<ModelOutput>;
  /** Frees native memory. Twice is once. */
  release(): Promise<void>;
}

/**
 * Opens a model: finds its card, compares the network with the card's sha256,
 * starts a session on a device that works.
 *
 * @param nameOrPath A name in `models/`, or a path to a card or its `.onnx`.
 * @param device Where to run. `auto` takes the best that works.
 * @throws {SpitError} `no_model`, `bad_card`, `model_mismatch` (the network is
 *   not the one the card speaks of), `no_device`, `inference`.
 *
 * @example A model from a path, released at the end of the block
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openModel } from "./open_model.ts";
 *
 * const tiny = new URL("../../tests/fixtures/model/tiny.json", import.meta.url);
 * await using model = await openModel(tiny.pathname, "cpu");
 * const blank = new Uint8Array(4 * 210 * 650);
 * const { probabilities, ood } = await model.run(blank, null, 4);
 * assertEquals(probabilities.length, 4 * model.card.classes.length);
 * assertEquals(ood, null);
 * ```
 */
export async function openModel(
  nameOrPath: string = DEFAULT_MODEL,
  device: Device = "auto",
): Promise<Model> {
  const place = await findModelCard(nameOrPath);
  const file = place instanceof URL ? nameOrPath : place;
  // It was there a moment ago, or is one of those that come with the toolkit.
  const text = new TextDecoder().decode((await readModelFile(place))!);
  const card = parseModelCard(text, file);
  const onnx = await readNetwork(place, card, file);
  const session = await openOn(device, onnx, card, file);

  return {
    card,
    device: session.device,
    run: (flips, features, count) =>
      runFlips(session, card, flips, features, count),
    release: session.release,
    [Symbol.asyncDispose]: session.release,
  };
}

/**
 * Threads of one forward pass: one for a network that is known to be light,
 * else one a core. The layers of a light one are too short to be shared out (a
 * flip of `spit-compact` takes 0.8 ms on one thread, 0.7 to 0.8 ms on two), and
 * its frames wait for their readers, who have a use for the cores.
 */
export function chooseThreadCount(
  { multiply_adds }: Pick<ModelCard, "multiply_adds">,
): number {
  return (multiply_adds ?? Infinity) < LIGHT
    ? 1
    : Math.min(navigator.hardwareConcurrency, MOST_THREADS);
}

async function readNetwork(
  place: string | URL,
  card: ModelCard,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const beside = place instanceof URL
    ? new URL(card.onnx, place)
    : place.replace(/[^/\\]*$/, "") + card.onnx;
  const onnx = await readModelFile(beside);
  if (onnx === undefined) {
    throw new SpitError(
      "no_model",
      `the model card ${file} has no network beside it: ${card.onnx} is missing`,
      { file },
    );
  }
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", onnx));
  if (found.toHex() !== card.sha256) {
    throw new SpitError(
      "model_mismatch",
      `${card.onnx} is not the network that the model card ${file} speaks of: ` +
        `its sha256 is ${found.toHex()}, the card says ${card.sha256}; ` +
        "fetch both again",
      { file },
    );
  }
  // These very bytes are opened: no file is read a second time.
  refuseExternalData(onnx, card.onnx);
  return onnx;
}

/** `auto` falls back from `cuda` to `cpu`; it never hides why a named device fails. */
async function openOn(
  device: Device,
  onnx: Uint8Array,
  card: ModelCard,
  file: string,
): Promise<OnnxSession> {
  if (device !== "auto") return await openProven(device, onnx, card, file);
  try {
    return await openProven("cuda", onnx, card, file);
  } catch (error) {
    if (!(error instanceof SpitError) || error.code !== "no_device") {
      throw error;
    }
    return await openProven("cpu", onnx, card, file);
  }
}

/** A GPU session may open and then fail at its first pass: prove it with a blank flip. */
async function openProven(
  device: NamedDevice,
  onnx: Uint8Array,
  card: ModelCard,
  file: string,
): Promise<OnnxSession> {
  const session = await openSession(onnx, device, chooseThreadCount(card));
  try {
    checkSignatures(session, card, file);
    if (device !== "cpu") {
      const blank = new Uint8Array(INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH);
      const zeros = new Float32Array(card.features?.length ?? 0);
      await runFlips(session, card, blank, zeros, 1);
    }
    return session;
  } catch (error) {
    await session.release();
    if (error instanceof SpitError && error.code === "inference") {
      throw new SpitError("no_device", error.message, { cause: error });
    }
    throw error;
  }
}

async function runFlips(
  session: OnnxSession,
  card: ModelCard,
  flips: Uint8Array,
  features: Float32Array | null,
  count: number,
): Promise<ModelOutput> {
  const inputs: Record<string, TensorValues> = {
    [card.input.name]: {
      values: flips,
      shape: [count, INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH],
    },
  };
  if (card.features !== undefined) {
    const { name, length } = card.features;
    if (features === null) {
      throw new SpitError(
        "inference",
        `the network ${modelId(card)} needs the features of each frame`,
      );
    }
    inputs[name] = { values: features, shape: [count, length] };
  }
  const outputs = [card.output.name];
  if (card.ood !== undefined) outputs.push(card.ood.name);
  const [probabilities, ood] = await session.run(inputs, outputs);
  return { probabilities: probabilities!, ood: ood ?? null };
}

/** Which network, and where it runs. */
export interface ModelChoice {
  /**
   * An opened model, which stays open; or a name or path, opened for this call
   * and released after it. Default: the default model.
   */
  readonly model?: Model | string;
  /** Where a model that is opened here is to run. Default: `auto`. */
  readonly device?: Device;
}

/**
 * Declare the result with `await using`: a model that was opened here is then
 * released, one that was given is not.
 *
 * @throws {SpitError} As `openModel` does.
 */
export async function borrowModel(
  { model, device }: ModelChoice,
): Promise<Model> {
  if (typeof model !== "object") return await openModel(model, device);
  return { ...model, [Symbol.asyncDispose]: () => Promise.resolve() };
}
