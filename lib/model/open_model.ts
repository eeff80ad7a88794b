import { SpitError } from "../errors.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import type { Device, NamedDevice } from "./device.ts";
import { refuseExternalData } from "./external_data.ts";
import { DEFAULT_MODEL, findModelCard, readModelFile } from "./find_model.ts";
import { type ModelCard, modelId, parseModelCard } from "./model_card.ts";
import {
  makeDeviceError,
  type OnnxSession,
  openSession,
  type TensorValues,
} from "./onnx_session.ts";
import { checkSignatures } from "./signatures.ts";

/** Threads beyond which a pass of four small flips does not get faster. */
const MAX_THREADS = 8;

/** Multiply-adds of a flip below which a network is light: about 3 ms on one core. */
const LIGHT = 2e8;

/** Output of a model for some flips. */
export interface ModelOutput {
  /** `count * classes` values, one row for each flip; each row sums to 1. */
  readonly probabilities: Float32Array;
  /** Out-of-distribution score of each flip, 0 to 1; `null` from a model without one. */
  readonly ood: Float32Array | null;
}

/** An opened model. Call `release`, or declare it with `await using`. */
export interface Model extends AsyncDisposable {
  /** Its model card. */
  readonly card: ModelCard;
  /** Device that it runs on. */
  readonly device: NamedDevice;
  /**
   * Runs one forward pass.
   *
   * @param flips `count * 210 * 650` values, flip after flip, row-major.
   * @param features `count * FEATURES.length` values, one row for each flip; `null`
   *   for a model without `features` in its card, which ignores them.
   * @param count Number of flips.
   * @returns Output of the model, before calibration.
   * @throws {SpitError} `inference`; also when required features are missing.
   */
  run(
    flips: Uint8Array,
    features: Float32Array | null,
    count: number,
  ): Promise<ModelOutput>;
  /** Frees native memory. Further calls do nothing. */
  release(): Promise<void>;
}

/**
 * Opens a model: finds its card, verifies the sha256 of the `.onnx` file, and opens a
 * session on the device.
 *
 * @param nameOrPath Name in `models/`, or path of a card or of the `.onnx` file beside it.
 * @param device Device to run on. `auto` is `cuda` where that works, else `cpu`.
 * @throws {SpitError} `no_model`, `bad_card`, `model_mismatch` (the `.onnx` file does
 *   not match its card), `no_device`, `inference`.
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
  const { location, file, card } = await readModelCard(nameOrPath);
  const onnx = await readOnnx(location, card, file);
  const open = (device: NamedDevice) =>
    openSessionFor(card, onnx, device, file);
  let session: OnnxSession;
  try {
    session = await open(device === "auto" ? "cuda" : device);
  } catch (error) {
    const isAbsent = error instanceof SpitError && error.code === "no_device";
    if (device !== "auto" || !isAbsent) throw error;
    session = await open("cpu");
  }
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
 * Reads a model card.
 *
 * @param nameOrPath As for {@linkcode findModelCard}.
 * @returns Its location, its name for messages, and the card.
 * @throws {SpitError} `no_model` or `bad_model`.
 */
export async function readModelCard(nameOrPath: string) {
  const location = await findModelCard(nameOrPath);
  const file = location instanceof URL ? nameOrPath : location;
  const text = new TextDecoder().decode((await readModelFile(location))!);
  return { location, file, card: parseModelCard(text, file) };
}

/** A model to use, and the device to open it on. */
export interface ModelChoice {
  /**
   * An opened model, which stays open; or a name or path, opened for the call and
   * released at its end. Default: `spit-compact`.
   */
  readonly model?: Model | string;
  /** Device for a model that is opened for the call. Default: `auto`. */
  readonly device?: Device;
}

/**
 * Returns the chosen model, for declaration with `await using`: a model that is opened
 * here is released at the end of the block, one that was passed in stays open.
 *
 * @throws {SpitError} As {@linkcode openModel}.
 */
export async function borrowModel(
  { model, device }: ModelChoice,
): Promise<Model> {
  if (typeof model !== "object") return await openModel(model, device);
  return { ...model, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/**
 * Chooses the number of threads of one forward pass: one for a light network, else
 * one per core. The layers of a light network are too small to be split (a flip of
 * `spit-compact` takes 0.8 ms on one thread and 0.7 to 0.8 ms on two), and the readers
 * use the other cores.
 */
export function chooseThreadCount(
  { multiply_adds }: Pick<ModelCard, "multiply_adds">,
): number {
  return (multiply_adds ?? Infinity) < LIGHT
    ? 1
    : Math.min(navigator.hardwareConcurrency, MAX_THREADS);
}

async function readOnnx(
  cardLocation: string | URL,
  card: ModelCard,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const location = cardLocation instanceof URL
    ? new URL(card.onnx, cardLocation)
    : cardLocation.replace(/[^/\\]*$/, "") + card.onnx;
  const onnx = await readModelFile(location);
  if (onnx === undefined) {
    const what = `the file of the model card ${file} is missing: ` +
      `there is no ${card.onnx} beside it`;
    throw new SpitError("no_model", what, { file });
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", onnx));
  if (digest.toHex() !== card.sha256) {
    const what = `${card.onnx} is not the file of the model card ${file}: ` +
      `its sha256 is ${digest.toHex()}, the card states ${card.sha256}; ` +
      "fetch both again";
    throw new SpitError("model_mismatch", what, { file });
  }
  refuseExternalData(onnx, card.onnx);
  // The session is opened from these bytes, so the verified file is not read again.
  return onnx;
}

async function openSessionFor(
  card: ModelCard,
  onnx: Uint8Array,
  device: NamedDevice,
  file: string,
): Promise<OnnxSession> {
  const session = await openSession(onnx, device, chooseThreadCount(card));
  try {
    checkSignatures(session, card, file);
    if (device !== "cpu") await runBlankFlip(session, card, device);
    return session;
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** A GPU session may open and fail in its first pass, as without cuDNN. */
async function runBlankFlip(
  session: OnnxSession,
  card: ModelCard,
  device: Exclude<NamedDevice, "cpu">,
): Promise<void> {
  const blank = new Uint8Array(INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH);
  const zeros = new Float32Array(card.features?.length ?? 0);
  try {
    await runFlips(session, card, blank, zeros, 1);
  } catch (error) {
    throw makeDeviceError(device, (error as SpitError).cause);
  }
}

async function runFlips(
  session: OnnxSession,
  card: ModelCard,
  flips: Uint8Array,
  features: Float32Array | null,
  count: number,
): Promise<ModelOutput> {
  const shape = [count, INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH];
  const inputs: Record<string, TensorValues> = {
    [card.input.name]: { values: flips, shape },
  };
  if (card.features !== undefined) {
    const { name, length } = card.features;
    if (features === null) {
      const id = modelId(card);
      const what = `the model ${id} needs the features of each frame`;
      throw new SpitError("inference", what);
    }
    inputs[name] = { values: features, shape: [count, length] };
  }
  const outputs = [card.output.name];
  if (card.ood !== undefined) outputs.push(card.ood.name);
  const [probabilities, ood] = await session.run(inputs, outputs);
  return { probabilities: probabilities!, ood: ood ?? null };
}
