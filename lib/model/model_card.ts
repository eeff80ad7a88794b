/**
 * The model card, `models/NAME.json`: all that code needs of a network and all
 * that a reader asks of it.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { type FrameType, isFrameType } from "../frame_type.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import { FEATURES, FEATURES_VERSION } from "../preprocess/features.ts";
import { PREPROCESSING_VERSION } from "../preprocess/preprocess.ts";

/** A model card. Fields that no code reads are free in form. */
export interface ModelCard {
  /** Name, as given to `--model`. */
  readonly name: string;
  /** Version of the network, as `1.0.0`. */
  readonly version: string;
  /** File name of the network, beside the card. */
  readonly onnx: string;
  /** SHA-256 of that file, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Types in the order of the network's output; at least two, no two alike. */
  readonly classes: readonly FrameType[];
  /** The network's input: `type` is `uint8`, `shape` is `["N", 210, 650]`. */
  readonly input: {
    readonly name: string;
    readonly type: "uint8";
    readonly shape: readonly ["N", number, number];
  };
  /** The network's output: float32, `[N, classes]`, a softmax. */
  readonly output: { readonly name: string };
  /**
   * The second input of a network that also takes the features of a frame:
   * float32, `[N, length]`, the same row for each flip of an HDU.
   */
  readonly features?: {
    readonly name: string;
    /** `FEATURES_VERSION`, as it was trained with. */
    readonly version: number;
    /** Number of `FEATURES`. */
    readonly length: number;
  };
  /**
   * The second output of a network that knows what it does not know: float32,
   * `[N]`, the probability that a flip shows no spectral frame.
   */
  readonly ood?: { readonly name: string };
  /** Multiply-adds of one flip: how heavy the network is. */
  readonly multiply_adds?: number;
  /** Version of the preprocessing that it was trained with. */
  readonly preprocessing: number;
  /** How the flips of an input image vote. */
  readonly vote: {
    /** How many there are: 4. */
    readonly flips: number;
    /** The share of votes that makes a type, above 1/2 up to 1. */
    readonly majority: number;
    /** Whether no flip changes what the network says: then one flip is run, and stands for all. */
    readonly flip_invariant?: boolean;
  };
  /** Calibration temperature, above 0; 1 leaves the softmax as it is. */
  readonly temperature: number;
  /** When a frame becomes `unknown`, beyond the vote. */
  readonly thresholds: {
    /** A type with less calibrated probability than this, 0 to 1. */
    readonly probability: number;
    /** A frame stranger than this, 0 to 1, mean over its flips; there if, and only if, `ood` is. */
    readonly ood?: number;
  };
  /** How it was trained: frames, seed, commit, epochs. For the reader. */
  readonly training: Readonly<Record<string, unknown>>;
  /** Measured scores with their n and confidence intervals. For the reader. */
  readonly scores: Readonly<Record<string, unknown>>;
}

/** `NAME@VERSION`, as in a {@linkcode Verdict}. */
export function modelId({ name, version }: ModelCard): string {
  return `${name}@${version}`;
}

/**
 * Reads and checks the text of a card.
 *
 * @param text JSON.
 * @param file Where the text came from, for messages.
 * @throws {SpitError} `bad_card`, naming the field and what it should be.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { SpitError } from "../errors.ts";
 * import { parseModelCard } from "./model_card.ts";
 *
 * assertThrows(
 *   () => parseModelCard('{ "name": "mine" }', "mine.json"),
 *   SpitError,
 *   'mine.json: "version" must be a text that is not empty, and is missing',
 * );
 * ```
 */
export function parseModelCard(text: string, file: string): ModelCard {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SpitError(
      "bad_card",
      `${file}: the model card is not JSON: ${(cause as Error).message}`,
      { file, cause },
    );
  }
  const check = (
    field: string,
    holds: (value: unknown) => boolean,
    wanted: string,
  ) => {
    const value = fieldOf(json, field);
    if (holds(value)) return;
    const found = value === undefined
      ? "is missing"
      : `is ${JSON.stringify(value)}`;
    throw new SpitError(
      "bad_card",
      `${file}: "${field}" must be ${wanted}, and ${found}`,
      { file },
    );
  };

  check("name", isText, "a text that is not empty");
  check("version", isText, "a text that is not empty");
  check("onnx", isFileName, "the name of a file beside the card");
  check(
    "sha256",
    (v) => typeof v === "string" && /^[0-9a-f]{64}$/.test(v),
    "64 lower-case hexadecimal digits",
  );
  check("classes", isClasses, "a list of two or more different frame types");
  check("input.name", isText, "a text that is not empty");
  check("input.type", (v) => v === "uint8", '"uint8"');
  check(
    "input.shape",
    (v) =>
      JSON.stringify(v) === `["N",${INPUT_IMAGE_HEIGHT},${INPUT_IMAGE_WIDTH}]`,
    `["N", ${INPUT_IMAGE_HEIGHT}, ${INPUT_IMAGE_WIDTH}]`,
  );
  check("output.name", isText, "a text that is not empty");
  if (fieldOf(json, "features") !== undefined) {
    check("features.name", isText, "a text that is not empty");
    check(
      "features.version",
      (v) => v === FEATURES_VERSION,
      `${FEATURES_VERSION}, the version of the features that this toolkit takes`,
    );
    check(
      "features.length",
      (v) => v === FEATURES.length,
      `${FEATURES.length}, the number of features that this toolkit takes`,
    );
  }
  check(
    "multiply_adds",
    (v) => v === undefined || isNumber(v) && v > 0,
    "a number above 0, or left out",
  );
  check(
    "preprocessing",
    (v) => v === PREPROCESSING_VERSION,
    `${PREPROCESSING_VERSION}, the version that this toolkit makes inputImages with`,
  );
  check("vote.flips", (v) => v === 4, "4");
  check(
    "vote.majority",
    (v) => isNumber(v) && v > 0.5 && v <= 1,
    "a number above 0.5, at most 1",
  );
  check(
    "vote.flip_invariant",
    (v) => v === undefined || typeof v === "boolean",
    "true, false or left out",
  );
  check("temperature", (v) => isNumber(v) && v > 0, "a number above 0");
  check("thresholds.probability", isShare, "a number from 0 to 1");
  if (fieldOf(json, "ood") !== undefined) {
    check("ood.name", isText, "a text that is not empty");
    check("thresholds.ood", isShare, "a number from 0 to 1");
  } else {
    check(
      "thresholds.ood",
      (v) => v === undefined,
      'left out of a card without "ood"',
    );
  }
  check("training", isRecord, "an object");
  check("scores", isRecord, "an object");
  return json as ModelCard;
}

function fieldOf(json: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => isRecord(value) ? value[key] : undefined,
    json,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** Nothing that could lead out of the folder of the card. */
function isFileName(value: unknown): boolean {
  return isText(value) && /^[\w.-]+$/.test(value) && !/^\.+$/.test(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isShare(value: unknown): boolean {
  return isNumber(value) && value >= 0 && value <= 1;
}

function isClasses(value: unknown): boolean {
  return Array.isArray(value) && value.length >= 2 &&
    value.every((name) => typeof name === "string" && isFrameType(name)) &&
    new Set(value).size === value.length;
}
