/**
 * A network against its card: what it takes and what it gives.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import type { ModelCard } from "./model_card.ts";
import type { OnnxSession, TensorSignature } from "./onnx_session.ts";

/** Stands for the free axis of flips, whatever the network calls it. */
const FREE = "N";

/**
 * Compares inputs and outputs with those that the card states. The network may
 * give more than its card says; it may not take more.
 *
 * @param file Where the card came from, for the message.
 * @throws {SpitError} `model_mismatch`, naming all that differ.
 */
export function checkSignatures(
  { inputs, outputs }: Pick<OnnxSession, "inputs" | "outputs">,
  card: ModelCard,
  file: string,
): void {
  const wantedInputs: TensorSignature[] = [{
    name: card.input.name,
    type: "uint8",
    shape: [FREE, INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH],
  }];
  if (card.features !== undefined) {
    const { name, length } = card.features;
    wantedInputs.push({ name, type: "float32", shape: [FREE, length] });
  }
  const wantedOutputs: TensorSignature[] = [{
    name: card.output.name,
    type: "float32",
    shape: [FREE, card.classes.length],
  }];
  if (card.ood !== undefined) {
    const { name } = card.ood;
    wantedOutputs.push({ name, type: "float32", shape: [FREE] });
  }
  const known = new Set(wantedInputs.map(({ name }) => name));
  const faults = [
    ...wantedInputs.flatMap((wanted) => fault("input", wanted, inputs)),
    ...inputs.filter(({ name }) => !known.has(name)).map((face) =>
      `it also takes ${face.name}, ${
        shown(face)
      }, which the card does not state`
    ),
    ...wantedOutputs.flatMap((wanted) => fault("output", wanted, outputs)),
  ];
  if (faults.length === 0) return;
  throw new SpitError(
    "model_mismatch",
    `${card.onnx} is not as its card ${file} states: ${faults.join("; ")}`,
    { file },
  );
}

function fault(
  side: "input" | "output",
  wanted: TensorSignature,
  faces: readonly TensorSignature[],
): string[] {
  const found = faces.find(({ name }) => name === wanted.name);
  if (found !== undefined && fits(found, wanted)) return [];
  const is = found === undefined ? "absent" : shown(found);
  return [`the ${side} ${wanted.name} is ${is}, must be ${shown(wanted)}`];
}

function fits(found: TensorSignature, wanted: TensorSignature): boolean {
  return found.type === wanted.type &&
    found.shape.length === wanted.shape.length &&
    wanted.shape.every((length, axis) =>
      length === FREE
        ? typeof found.shape[axis] === "string"
        : found.shape[axis] === length
    );
}

function shown({ type, shape }: TensorSignature): string {
  return `${type} [${shape.join(", ")}]`;
}
