import { SpitError } from "../errors.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import type { ModelCard } from "./model_card.ts";
import type { OnnxSession, TensorSignature } from "./onnx_session.ts";

/** Stands for the axis of flips, which may have any name in the network. */
const FREE = "N";

/**
 * Checks the signatures of a network against its model card. The network may have
 * more outputs than the card states, but not more inputs.
 *
 * @param file Path of the card, for the error message.
 * @throws {SpitError} `model_mismatch`, with all differences.
 */
export function checkSignatures(
  { inputs, outputs }: Pick<OnnxSession, "inputs" | "outputs">,
  card: ModelCard,
  file: string,
): void {
  const { input, output, features, ood, classes } = card;
  const floats = (name: string, ...lengths: number[]): TensorSignature => ({
    name,
    type: "float32",
    shape: [FREE, ...lengths],
  });
  const size = [INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH];
  const expectedInputs = [
    { name: input.name, type: "uint8", shape: [FREE, ...size] },
    ...features ? [floats(features.name, features.length)] : [],
  ];
  const expectedOutputs = [
    floats(output.name, classes.length),
    ...ood ? [floats(ood.name)] : [],
  ];
  const known = new Set(expectedInputs.map(({ name }) => name));
  const differences = [
    ...expectedInputs.flatMap((expected) =>
      findDifference("input", expected, inputs)
    ),
    ...inputs.filter(({ name }) => !known.has(name)).map((input) =>
      `the input ${input.name}, ${format(input)}, is not in the card`
    ),
    ...expectedOutputs.flatMap((expected) =>
      findDifference("output", expected, outputs)
    ),
  ];
  if (differences.length === 0) return;
  const what = `${card.onnx} does not match its model card ${file}: ` +
    differences.join("; ");
  throw new SpitError("model_mismatch", what, { file });
}

function findDifference(
  side: "input" | "output",
  expected: TensorSignature,
  signatures: readonly TensorSignature[],
): string[] {
  const found = signatures.find(({ name }) => name === expected.name);
  if (found !== undefined && matches(found, expected)) return [];
  const actual = found === undefined ? "missing" : format(found);
  return [
    `the ${side} ${expected.name} is ${actual}, must be ${format(expected)}`,
  ];
}

function matches(found: TensorSignature, expected: TensorSignature): boolean {
  return found.type === expected.type &&
    found.shape.length === expected.shape.length &&
    expected.shape.every((length, axis) =>
      length === FREE
        ? typeof found.shape[axis] === "string"
        : found.shape[axis] === length
    );
}

function format({ type, shape }: TensorSignature): string {
  return `${type} [${shape.join(", ")}]`;
}
