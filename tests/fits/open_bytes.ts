import { SpitError } from "../../lib/errors.ts";
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
