/**
 * A network has its weights within itself: of those in a file beside it the card's
 * sha256 says nothing, and onnxruntime would read them from the working folder.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/** A protobuf message, and which of its fields hold messages that we look into. */
interface Message {
  readonly [field: number]: keyof typeof MESSAGES;
}

/** Source: onnx/onnx.proto3 of ONNX 1.23, by the numbers of its fields. */
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

/** Fields of a tensor that say where else its values are. */
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;

/** Graphs within graphs, each four messages deep; deeper ones are made to break readers. */
const DEEPEST = 64;

/**
 * Refuses a network that would have weights read from another file.
 *
 * @param onnx The bytes of the network.
 * @param name Its name, for the message.
 * @throws {SpitError} `model_mismatch` for such a network; `inference` for what
 *   is no ONNX at all.
 */
export function refuseExternalData(onnx: Uint8Array, name: string): void {
  const isOutside = (
    bytes: Uint8Array,
    kind: keyof typeof MESSAGES,
    depth: number,
  ): boolean => {
    if (depth > DEEPEST) throw noOnnx(name);
    const known: Message = MESSAGES[kind];
    for (const { field, value } of fieldsOf(bytes, name)) {
      if (kind === "tensor") {
        if (field === EXTERNAL_DATA) return true;
        if (field === DATA_LOCATION && value !== 0) return true;
      }
      const inner = known[field];
      if (inner === undefined) continue;
      if (typeof value === "number") throw noOnnx(name);
      if (isOutside(value, inner, depth + 1)) return true;
    }
    return false;
  };
  if (!isOutside(onnx, "model", 0)) return;
  throw new SpitError(
    "model_mismatch",
    `${name} has weights in another file, of which the card's sha256 says nothing; ` +
      "save it with all weights in one file",
  );
}

/** A field of a message: its number, and its bytes, or a number for those without. */
interface Field {
  readonly field: number;
  readonly value: Uint8Array | number;
}

/** Source: protobuf.dev, "Encoding". */
function* fieldsOf(bytes: Uint8Array, name: string): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw noOnnx(name);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) yield { field, value: varint() };
    else {
      const length = wire === 1
        ? 8
        : wire === 2
        ? varint()
        : wire === 5
        ? 4
        : NaN;
      const end = at + length;
      if (!(end <= bytes.length)) throw noOnnx(name);
      yield { field, value: bytes.subarray(at, end) };
      at = end;
    }
  }
}

function noOnnx(name: string): SpitError {
  return new SpitError("inference", `${name} is no ONNX file`);
}
