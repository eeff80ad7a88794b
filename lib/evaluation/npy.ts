import { SpitError } from "../errors.ts";
import { concat } from "../std.ts";

/** A NumPy array, as in `.npy` files of version 1.0; the last axis runs fastest. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Int32Array | Float32Array | Float64Array;
}

const DTYPES = {
  "|u1": Uint8Array,
  "<i4": Int32Array,
  "<f4": Float32Array,
  "<f8": Float64Array,
} as const;

const MAGIC = "\x93NUMPY\x01\x00";

/**
 * The bytes that come before the elements: magic, version, and a header padded
 * so that the elements start at a multiple of 64 bytes (NumPy's own rule).
 */
export function npyHeader(
  descr: keyof typeof DTYPES,
  shape: readonly number[],
): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text =
    `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const length = Math.ceil((MAGIC.length + 2 + text.length + 1) / 64) * 64;
  const padded = text.padEnd(length - MAGIC.length - 3) + "\n";
  const bytes = new Uint8Array(length);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  new DataView(bytes.buffer).setUint16(MAGIC.length, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), MAGIC.length + 2);
  return bytes;
}

/**
 * The bytes of a `.npy` file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeNpy, encodeNpy } from "./npy.ts";
 *
 * const bytes = encodeNpy({ shape: [2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6) });
 * assertEquals(decodeNpy(bytes).shape, [2, 3]);
 * ```
 */
export function encodeNpy({ shape, values }: NpyArray): Uint8Array {
  const descr = (Object.keys(DTYPES) as (keyof typeof DTYPES)[])
    .find((name) => values instanceof DTYPES[name])!;
  const header = npyHeader(descr, shape);
  const { buffer, byteOffset, byteLength } = values;
  return concat([header, new Uint8Array(buffer, byteOffset, byteLength)]);
}

/**
 * Reads the bytes of a `.npy` file; the elements are copied.
 *
 * @throws {SpitError} `bad_manifest` when the bytes are not such a file, or end early.
 */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC) {
    const error = "not a .npy file of version 1.0";
    throw new SpitError("bad_manifest", error, { byte: 0 });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = MAGIC.length + 2 + view.getUint16(MAGIC.length, true);
  const header = new TextDecoder().decode(
    bytes.subarray(MAGIC.length + 2, start),
  );
  const match =
    /'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \(([^)]*)\)/
      .exec(header);
  const Values = DTYPES[match?.[1] as keyof typeof DTYPES];
  if (!match || !Values || match[2] === "True") {
    throw new SpitError(
      "bad_manifest",
      `cannot read a .npy of this kind: ${header.trim()}`,
    );
  }
  const shape = match[3]!.split(",").filter((n) => n.trim() !== "").map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  const end = start + count * Values.BYTES_PER_ELEMENT;
  if (bytes.length < end) {
    throw new SpitError(
      "bad_manifest",
      `.npy ends before its elements do, at ${end}`,
      { byte: bytes.length },
    );
  }
  return { shape, values: new Values(bytes.slice(start, end).buffer) };
}

export async function readNpy(path: string | URL): Promise<NpyArray> {
  return decodeNpy(await Deno.readFile(path));
}

export async function writeNpy(
  path: string | URL,
  array: NpyArray,
): Promise<void> {
  await Deno.writeFile(path, encodeNpy(array));
}
