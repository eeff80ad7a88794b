/**
 * ONNX files may store weights in external files. These are refused: the sha256 of the
 * model card does not cover them, and onnxruntime would read them from the working folder.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/** The fields of a protobuf message that contain further messages with tensors. */
type Message = Readonly<Record<number, keyof typeof MESSAGES | undefined>>;

/** Field numbers of onnx/onnx.proto3, ONNX 1.23. */
const MESSAGES = {
  model: { 7: "graph", 20: "training", 25: "function" },
  training: { 1: "graph", 2: "graph" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  function: { 7: "node", 11: "attribute" },
  node: { 5: "attribute" },
  // deno-fmt-ignore
  attribute: {
    5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse",
  },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: {},
} as const;

/** Fields of a tensor with values in another file. */
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;

/** Deepest nesting of messages, of which a graph within a graph has four. */
const MAX_DEPTH = 64;

/**
 * Throws if an ONNX file refers to weights in another file.
 *
 * @param name Name of the file, for error messages.
 * @throws {SpitError} `model_mismatch` for external weights; `inference` when the
 *   content is not ONNX.
 */
export function refuseExternalData(onnx: Uint8Array, name: string): void {
  const hasExternalData = (
    bytes: Uint8Array,
    kind: keyof typeof MESSAGES,
    depth: number,
  ): boolean => {
    if (depth > MAX_DEPTH) throw makeFormatError(name);
    const known: Message = MESSAGES[kind];
    for (const { field, value } of readFields(bytes, name)) {
      if (kind === "tensor") {
        if (field === EXTERNAL_DATA) return true;
        if (field === DATA_LOCATION && value !== 0) return true;
      }
      const inner = known[field];
      if (inner === undefined) continue;
      if (typeof value === "number") throw makeFormatError(name);
      if (hasExternalData(value, inner, depth + 1)) return true;
    }
    return false;
  };
  if (!hasExternalData(onnx, "model", 0)) return;
  throw new SpitError(
    "model_mismatch",
    `${name} stores weights in another file, which the sha256 of its model card does not cover: ` +
      "save it with all weights in one file",
  );
}

/**
 * Reads the fields of a message: their numbers, and their bytes or, for a varint, their
 * values. See protobuf.dev, "Encoding".
 */
function* readFields(
  bytes: Uint8Array,
  name: string,
): Generator<{ field: number; value: Uint8Array | number }> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw makeFormatError(name);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) yield { field, value: varint() };
    else {
      // 1: 64 bits, 2: length-delimited, 5: 32 bits; others are not used by ONNX.
      const length = { 1: 8, 5: 4 }[wire] ?? (wire === 2 ? varint() : NaN);
      const end = at + length;
      if (!(end <= bytes.length)) throw makeFormatError(name);
      yield { field, value: bytes.subarray(at, end) };
      at = end;
    }
  }
}

function makeFormatError(name: string): SpitError {
  return new SpitError("inference", `${name} is not an ONNX file`);
}
