/**
 * A network with its card, checked and ready to run.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "../preprocess/picture.ts";
import { type ModelCard, parseCard } from "./card.ts";
import type { Device, NamedDevice } from "./device.ts";
import { DEFAULT_MODEL, findCard } from "./find_model.ts";
import { type OnnxSession, openSession } from "./onnx_session.ts";

/** More threads than this cost more than they bring for four small views. */
const MOST_THREADS = 8;

/** An opened model. Release it, or declare it with `await using`. */
export interface Model extends AsyncDisposable {
  /** What it is. */
  readonly card: ModelCard;
  /** Where it runs: `cpu`, `cuda` or `webgpu`. */
  readonly device: NamedDevice;
  /**
   * One forward pass.
   *
   * @param views `count * 210 * 650` values, view after view, row-major.
   * @param count Number of views.
   * @returns `count * classes` probabilities, view after view; each view's sum is 1. Not yet calibrated.
   * @throws {SpitError} `inference`.
   */
  run(views: Uint8Array, count: number): Promise<Float32Array>;
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
 * const probabilities = await model.run(new Uint8Array(4 * 210 * 650), 4);
 * assertEquals(probabilities.length, 4 * model.card.classes.length);
 * ```
 */
export async function openModel(
  nameOrPath: string = DEFAULT_MODEL,
  device: Device = "auto",
): Promise<Model> {
  const place = await findCard(nameOrPath);
  const file = place instanceof URL ? nameOrPath : place;
  const card = parseCard(await Deno.readTextFile(place), file);
  const onnx = await readNetwork(place, card, file);
  const session = await openOn(device, onnx, card, file);

  return {
    card,
    device: session.device,
    run: (views, count) => runViews(session, card, views, count),
    release: session.release,
    [Symbol.asyncDispose]: session.release,
  };
}

async function readNetwork(
  place: string | URL,
  card: ModelCard,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const beside = place instanceof URL
    ? new URL(card.onnx, place)
    : place.replace(/[^/\\]*$/, "") + card.onnx;
  let onnx: Uint8Array<ArrayBuffer>;
  try {
    onnx = await Deno.readFile(beside);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new SpitError(
      "no_model",
      `the model card ${file} has no network beside it: ${card.onnx} is missing`,
      { file },
      cause,
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

/** A GPU session may open and then fail at its first pass: prove it with a blank view. */
async function openProven(
  device: NamedDevice,
  onnx: Uint8Array,
  card: ModelCard,
  file: string,
): Promise<OnnxSession> {
  const threads = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  const session = await openSession(onnx, device, threads);
  try {
    checkFaces(session, card, file);
    if (device !== "cpu") {
      const blank = new Uint8Array(PICTURE_HEIGHT * PICTURE_WIDTH);
      await runViews(session, card, blank, 1);
    }
    return session;
  } catch (error) {
    await session.release();
    if (error instanceof SpitError && error.code === "inference") {
      throw new SpitError("no_device", error.message, {}, error);
    }
    throw error;
  }
}

function runViews(
  session: OnnxSession,
  { input, output }: ModelCard,
  views: Uint8Array,
  count: number,
): Promise<Float32Array> {
  const shape = [count, PICTURE_HEIGHT, PICTURE_WIDTH];
  return session.run(input.name, views, shape, output.name);
}

function checkFaces(
  { inputs, outputs }: OnnxSession,
  card: ModelCard,
  file: string,
): void {
  const input = inputs.find(({ name }) => name === card.input.name);
  const output = outputs.find(({ name }) => name === card.output.name);
  const fits = inputs.length === 1 && input?.type === "uint8" &&
    input.shape.length === 3 && typeof input.shape[0] === "string" &&
    input.shape[1] === PICTURE_HEIGHT && input.shape[2] === PICTURE_WIDTH &&
    output?.type === "float32" && output.shape.length === 2 &&
    output.shape[1] === card.classes.length;
  if (fits) return;
  const say = (face?: { type: string; shape: readonly unknown[] }) =>
    face === undefined ? "absent" : `${face.type} [${face.shape.join(", ")}]`;
  throw new SpitError(
    "model_mismatch",
    `${card.onnx} does not have the input and output that its card ${file} states: ` +
      `${card.input.name} is ${say(input)}, must be the only input, ` +
      `uint8 [N, ${PICTURE_HEIGHT}, ${PICTURE_WIDTH}]; ` +
      `${card.output.name} is ${
        say(output)
      }, must be float32 [N, ${card.classes.length}]`,
    { file },
  );
}
