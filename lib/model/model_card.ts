// deno-lint-ignore no-import-prefix -- scripts outside this checkout have no import map of ours
import * as v from "npm:valibot@1.5.0";
import { SpitError } from "../errors.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import { FEATURES, FEATURES_VERSION } from "../preprocess/features.ts";
import { PREPROCESSING_VERSION } from "../preprocess/preprocess.ts";

/** How far a network is believed where other evidence is combined with its pixel verdict. */
export interface EvidenceWeights {
  /** Exponent of the probabilities of the kinds of light, from 0. */
  readonly between: number;
  /** Exponent of the probabilities of the types of one kind of light, from 0. */
  readonly within: number;
  /** Least difference, 0 to 1, between the probabilities of the two likeliest types. */
  readonly margin: number;
}

/** A model card, `models/NAME.json`. Further fields are allowed and ignored. */
export interface ModelCard {
  /** Name of the model, as given to `--model`. */
  readonly name: string;
  /** Version of the model, as `1.0.0`. */
  readonly version: string;
  /** Name of the `.onnx` file in the folder of the card. */
  readonly onnx: string;
  /** SHA-256 of that file, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Types in the order of the output; two or more, all different. */
  readonly classes: readonly FrameType[];
  /** The input images: `type` is `uint8`, `shape` is `["N", 210, 650]`. */
  readonly input: {
    readonly name: string;
    readonly type: "uint8";
    readonly shape: readonly ["N", number, number];
  };
  /** The probabilities: float32, `[N, classes]`, a softmax. */
  readonly output: { readonly name: string };
  /**
   * The features, in a model with a second input: float32, `[N, length]`, the same
   * row for each flip of an HDU.
   */
  readonly features?: {
    readonly name: string;
    /** `FEATURES_VERSION` of the training. */
    readonly version: number;
    /** Number of `FEATURES`. */
    readonly length: number;
  };
  /**
   * The out-of-distribution score, in a model with a second output: float32, `[N]`,
   * the probability, 0 to 1, that a flip shows no spectral frame.
   */
  readonly ood?: { readonly name: string };
  /** Multiply-adds of one flip. */
  readonly multiply_adds?: number;
  /** `PREPROCESSING_VERSION` of the training. */
  readonly preprocessing: number;
  /** How the flips of an input image vote. */
  readonly vote: {
    /** Number of flips, 4. */
    readonly flips: number;
    /** Fraction of the votes that decides the type, above 1/2, at most 1. */
    readonly majority: number;
    /** Whether all flips give the same output, so that one of them is enough. */
    readonly flip_invariant?: boolean;
  };
  /** Calibration temperature, above 0; 1 leaves the softmax unchanged. */
  readonly temperature: number;
  /** Limits beyond which the type of a frame is `unknown`. */
  readonly thresholds: {
    /** Lowest calibrated probability of a type, 0 to 1. */
    readonly probability: number;
    /** Highest out-of-distribution score, 0 to 1, as the mean of the flips; present if and only if `ood` is. */
    readonly ood?: number;
  };
  /** How the pixel verdict is weighed against other evidence; a default if left out. */
  readonly evidence?: EvidenceWeights;
  /**
   * Frames, seed, commit and epochs of the training. `selectFrames` reads which frames of a
   * manifest trained the model.
   */
  readonly training: Readonly<Record<string, unknown>>;
  /** Measured scores with their n and confidence intervals. Not read by code. */
  readonly scores: Readonly<Record<string, unknown>>;
}

// The messages complete the sentence `"field" must be …`.
const TEXT = "a text that is not empty";
const text = v.pipe(v.string(TEXT), v.regex(/\S/, TEXT));

/** A name without a path: the file cannot lie outside the folder of the card. */
const FILE_NAME = "the name of a file beside the card";
const fileName = v.pipe(
  v.string(FILE_NAME),
  v.regex(/^[\w.-]+$/, FILE_NAME),
  v.check((name) => !/^\.+$/.test(name), FILE_NAME),
);

const SHA256 = "64 lower-case hexadecimal digits";
const CLASSES = "a list of two or more different frame types";
const SHAPE = `["N", ${INPUT_IMAGE_HEIGHT}, ${INPUT_IMAGE_WIDTH}]`;
const FLAG = "true, false or left out";

function object<T extends v.ObjectEntries>(entries: T) {
  return v.looseObject(entries, ({ expected }) => {
    // A missing key is an issue of the object, which expects its quoted name.
    const entry = entries[expected?.replaceAll('"', "") ?? ""];
    const issues = entry && v.safeParse(entry, undefined).issues;
    return issues?.[0].message ?? "an object";
  });
}

const anyObject = v.custom<Record<string, unknown>>(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value),
  "an object",
);

function number(isValid: (value: number) => boolean, wanted: string) {
  return v.pipe(v.number(wanted), v.finite(wanted), v.check(isValid, wanted));
}

const positive = number((value) => value > 0, "a number above 0");
const notNegative = number((value) => value >= 0, "a number from 0");
const fraction = number(
  (value) => value >= 0 && value <= 1,
  "a number from 0 to 1",
);

const entries = {
  name: text,
  version: text,
  onnx: fileName,
  sha256: v.pipe(v.string(SHA256), v.regex(/^[0-9a-f]{64}$/, SHA256)),
  classes: v.pipe(
    v.array(v.picklist(FRAME_TYPES, CLASSES), CLASSES),
    v.minLength(2, CLASSES),
    v.check((types) => new Set(types).size === types.length, CLASSES),
  ),
  input: object({
    name: text,
    type: v.literal("uint8", '"uint8"'),
    shape: v.strictTuple([
      v.literal("N", SHAPE),
      v.literal(INPUT_IMAGE_HEIGHT, SHAPE),
      v.literal(INPUT_IMAGE_WIDTH, SHAPE),
    ], SHAPE),
  }),
  output: object({ name: text }),
  features: v.optional(object({
    name: text,
    version: v.literal(
      FEATURES_VERSION,
      `${FEATURES_VERSION}, the version of the features that this toolkit computes`,
    ),
    length: v.literal(
      FEATURES.length,
      `${FEATURES.length}, the number of features that this toolkit computes`,
    ),
  })),
  multiply_adds: v.optional(positive),
  preprocessing: v.literal(
    PREPROCESSING_VERSION,
    `${PREPROCESSING_VERSION}, the version of the preprocessing in this toolkit`,
  ),
  vote: object({
    flips: v.literal(4, "4"),
    majority: number(
      (value) => value > 0.5 && value <= 1,
      "a number above 0.5, at most 1",
    ),
    flip_invariant: v.optional(v.boolean(FLAG)),
  }),
  temperature: positive,
  evidence: v.optional(object({
    between: notNegative,
    within: notNegative,
    margin: fraction,
  })),
  training: anyObject,
  scores: anyObject,
};

const modelCard: v.GenericSchema<unknown, ModelCard> = object({
  ...entries,
  thresholds: object({
    probability: fraction,
    ood: v.optional(v.never('left out of a card without "ood"')),
  }),
});

const modelCardWithOod: v.GenericSchema<unknown, ModelCard> = object({
  ...entries,
  ood: object({ name: text }),
  thresholds: object({ probability: fraction, ood: fraction }),
});

/** Returns `NAME@VERSION`, as in the `model` of a verdict. */
export function modelId({ name, version }: ModelCard): string {
  return `${name}@${version}`;
}

/**
 * Parses and validates a model card.
 *
 * @param json Text of the card.
 * @param file Path of the card, for error messages.
 * @throws {SpitError} `bad_card`, with the name of the field and what it must be.
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
export function parseModelCard(json: string, file: string): ModelCard {
  let card: unknown;
  try {
    card = JSON.parse(json);
  } catch (cause) {
    const what = `the model card is not JSON: ${(cause as Error).message}`;
    throw new SpitError("bad_card", `${file}: ${what}`, { file, cause });
  }
  const hasOod = (card as { ood?: unknown } | null)?.ood !== undefined;
  const schema = hasOod ? modelCardWithOod : modelCard;
  const { issues } = v.safeParse(schema, card, { abortEarly: true });
  // The card itself, not the copy of the schema, which would reorder its fields.
  if (issues === undefined) return card as ModelCard;
  const what = describeIssue(issues[0]);
  throw new SpitError("bad_card", `${file}: ${what}`, { file });
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const { path, input, message } = issue;
  // The items of lists are described with the list.
  const named = path?.filter(({ type }) => type === "object") ?? [];
  const last = named.at(-1);
  if (last === undefined) return "the model card must be an object";
  const value = path?.length === named.length ? input : last.value;
  const field = named.map(({ key }) => key).join(".");
  const found = value === undefined ? "missing" : JSON.stringify(value);
  return `"${field}" must be ${message}, and is ${found}`;
}
