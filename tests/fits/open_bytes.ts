import { SpitError } from "../../lib/errors.ts";
import { inflateBzip2 } from "../../lib/io/bzip2.ts";
import { memorySource } from "../../lib/io/byte_source.ts";
import {
  type FitsFile,
  type FitsLimits,
  openFitsSource,
} from "../../lib/fits/open_fits.ts";
import { concat } from "../../lib/std.ts";

/** Opens a FITS file in memory. */
export function openBytes(
  bytes: Uint8Array,
  limits?: FitsLimits,
): Promise<FitsFile> {
  return openFitsSource("memory", memorySource(bytes), limits);
}

/** Encodes a header of these records and END. */
export function headerBytes(...records: string[]): Uint8Array {
  const encoder = new TextEncoder();
  const length = Math.ceil((records.length + 1) * 80 / 2880) * 2880;
  const bytes = new Uint8Array(length).fill(0x20);
  [...records, "END"].forEach((record, k) =>
    bytes.set(encoder.encode(record).subarray(0, 80), 80 * k)
  );
  return bytes;
}

/** Concatenates its arguments. */
export function joinBytes(...parts: Uint8Array[]): Uint8Array {
  return concat(parts);
}

/** Returns the SpitError that a function throws. */
export async function spitErrorOf(
  act: () => Promise<unknown>,
): Promise<SpitError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof SpitError) return error;
    throw error;
  }
  throw new Error("the function threw no error");
}

/** Decompresses a bzip2 file. */
export function bunzip(compressed: Uint8Array, maxBytes = 1e9): Uint8Array {
  const queue = inflateBzip2(compressed, maxBytes);
  const content = new Uint8Array(queue.end);
  queue.copy(0, content);
  return content;
}
