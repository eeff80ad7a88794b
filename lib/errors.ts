/**
 * The one error type of the toolkit.
 *
 * @module
 */

/** Everything that can go wrong with a file, a model or a device. */
export type ErrorCode =
  // the file
  | "not_found"
  | "no_permission"
  | "is_directory"
  | "vanished"
  | "unreachable"
  | "io"
  // whoever reads it
  | "timeout"
  | "worker_lost"
  // the container
  | "empty"
  | "broken_gzip"
  | "broken_bzip2"
  | "too_large"
  // FITS
  | "not_fits"
  | "bad_header"
  | "truncated_header"
  | "truncated_data"
  | "no_image"
  | "no_such_hdu"
  | "one_dimensional"
  | "cube"
  | "zero_axis"
  | "absurd_axis"
  | "bad_tile"
  | "unsupported_compression"
  // model and device
  | "no_model"
  | "bad_card"
  | "model_mismatch"
  | "no_device"
  | "inference"
  // labels, rules and usage
  | "bad_manifest"
  | "bad_rules"
  | "usage";

/** Where in a file an error was found; what does not apply is left out. */
export interface ErrorPlace {
  /** Path of the file, as the user gave it. */
  readonly file?: string;
  /** HDU, counted from 0 (the primary). */
  readonly hdu?: number;
  /** Header keyword. */
  readonly card?: string;
  /** Byte offset in the (decompressed) file. */
  readonly byte?: number;
}

/**
 * An error that a user can act on: a stable code for programs, and a message
 * that says what was wrong, where, and what to do.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SpitError } from "./errors.ts";
 *
 * const error = new SpitError("truncated_data", "pixels end early", { hdu: 1, byte: 5760 });
 * assertEquals(error.message, "pixels end early (HDU 1, byte 5760)");
 * ```
 */
export class SpitError extends Error {
  /** The same for all of them. */
  override readonly name = "SpitError";

  /**
   * Makes the message from what was wrong and the place.
   *
   * @param code Stable name of the fault.
   * @param what What was wrong and, where it helps, what to do.
   * @param place Where it was found; appended to the message, except the file.
   * @param cause The error that led to this one.
   */
  constructor(
    readonly code: ErrorCode,
    readonly what: string,
    readonly place: ErrorPlace = {},
    cause?: unknown,
  ) {
    super(what + describePlace(place), cause === undefined ? {} : { cause });
  }
}

/**
 * The same error with more said about where: what `error` knows of the place
 * itself stays. Anything but a {@linkcode SpitError} is given back as it is.
 */
export function withPlace(error: unknown, place: ErrorPlace): unknown {
  if (!(error instanceof SpitError)) return error;
  const known = { ...place, ...error.place };
  return new SpitError(error.code, error.what, known, error.cause);
}

function describePlace({ hdu, card, byte }: ErrorPlace): string {
  const parts: string[] = [];
  if (hdu !== undefined) parts.push(`HDU ${hdu}`);
  if (card !== undefined) parts.push(`card ${card}`);
  if (byte !== undefined) parts.push(`byte ${byte}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
