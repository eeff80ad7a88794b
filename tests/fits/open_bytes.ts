import { SpitError } from "../../lib/errors.ts";
import { memorySource } from "../../lib/io/byte_source.ts";
import {
  type FitsFile,
  type FitsLimits,
  openFitsSource,
} from "../../lib/fits/open_fits.ts";
import { concatBytes } from "../../lib/io/memory.ts";

/** Opens a FITS file in memory. */
export function openBytes(
  bytes: Uint8Array,
  limits?: FitsLimits,
): Promise<FitsFile> {
  return openFitsSource("memory", memorySource(bytes), limits);
}

/** Encodes a header of these records and END. */
export function headerBytes(...records: string[]): Uint8Array {
  const text = [...records, "END"].map((record) => record.padEnd(80)).join("");
  return new TextEncoder().encode(
    text.padEnd(Math.ceil(text.length / 2880) * 2880),
  );
}

/** Concatenates its arguments. */
export function joinBytes(...parts: Uint8Array[]): Uint8Array {
  return concatBytes(parts);
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
