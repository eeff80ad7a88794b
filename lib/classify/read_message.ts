/**
 * What passes between this thread and a worker that reads files.
 *
 * @module
 */
import { type ErrorCode, SpitError, type SpitErrorOptions } from "../errors.ts";
import type { FileInputs, ReadOptions } from "./file_inputs.ts";
import type { Wants } from "./input_images.ts";

/** What a worker is started with; after that it is sent paths. */
export interface ReadOrders {
  /** What the network wants of each file. */
  readonly wants: Wants;
  /** How each is read. */
  readonly options: ReadOptions;
}

/** What a worker sends first, when its modules are loaded. */
export const READY = "ready";

/**
 * {@linkcode FileInputs} as another thread can take them: an error would arrive
 * there as a bare `Error`, so it goes as its parts. Its cause, which no row
 * shows, stays behind.
 */
export type PackedFileInputs =
  | Extract<FileInputs, { error: null }>
  | Omit<Extract<FileInputs, { error: SpitError }>, "error"> & {
    readonly error: {
      readonly code: ErrorCode;
      readonly description: string;
      readonly location: SpitErrorOptions;
    };
  };

/**
 * A file's flips for another thread, and the memory that is given away with
 * them: not copied, and of no use here after that.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SpitError } from "../errors.ts";
 * import { packed, unpacked } from "./read_message.ts";
 *
 * const error = new SpitError("truncated_data", "pixels end early", { hdu: 1 });
 * const { message } = packed({ path: "r1.fits", header: null, log: null, error });
 * const arrived = unpacked(structuredClone(message));
 * assertEquals(arrived.error instanceof SpitError, true);
 * assertEquals(arrived.error?.message, "pixels end early (HDU 1)");
 * ```
 */
export function packed(
  file: FileInputs,
): { message: PackedFileInputs; given: ArrayBuffer[] } {
  if (file.error !== null) {
    const { code, description, hdu, card, byte } = file.error;
    const location = { file: file.error.file, hdu, card, byte };
    return {
      message: { ...file, error: { code, description, location } },
      given: [],
    };
  }
  const flips = ownMemory(file.flips);
  const features = file.features && ownMemory(file.features);
  return {
    message: { ...file, flips, features },
    given: features ? [flips.buffer, features.buffer] : [flips.buffer],
  };
}

/** The inverse of {@linkcode packed}. */
export function unpacked(message: PackedFileInputs): FileInputs {
  if (message.error === null) return message;
  const { code, description, location } = message.error;
  return { ...message, error: new SpitError(code, description, location) };
}

/** A part of a larger buffer, as of the memory of WebAssembly, cannot be given away. */
function ownMemory<T extends Uint8Array | Float32Array>(
  values: T,
): T & { readonly buffer: ArrayBuffer } {
  const isWhole = values.buffer instanceof ArrayBuffer &&
    values.byteLength === values.buffer.byteLength;
  return (isWhole ? values : values.slice()) as T & { buffer: ArrayBuffer };
}
