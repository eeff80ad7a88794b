/**
 * The error type of the package.
 *
 * @module
 */

/** Codes of {@linkcode SpitError}. They are stable between versions. */
export type ErrorCode =
  // the file
  | "not_found"
  | "no_permission"
  | "is_directory"
  | "vanished"
  | "unreachable"
  | "io"
  // reading it
  | "timeout"
  | "worker_lost"
  // the container
  | "empty"
  | "broken_gzip"
  | "broken_bzip2"
  | "broken_compress"
  | "broken_zstd"
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

/** The location and cause of an error. Parts that do not apply are left out. */
export interface SpitErrorOptions {
  /** Path of the file, as given. */
  readonly file?: string;
  /** Index of the HDU; 0 is the primary HDU. */
  readonly hdu?: number;
  /** Header keyword. */
  readonly card?: string;
  /** Byte offset in the (decompressed) file. */
  readonly byte?: number;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * The error type of this package: a stable code for programs, and a message that
 * says what is wrong, where, and what to do.
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
  /** Always `SpitError`. */
  override readonly name = "SpitError";
  /** Code of the error. */
  readonly code: ErrorCode;
  /** The message without the location. */
  readonly description: string;
  /** Path of the file, as given. */
  readonly file?: string;
  /** Index of the HDU; 0 is the primary HDU. */
  readonly hdu?: number;
  /** Header keyword. */
  readonly card?: string;
  /** Byte offset in the (decompressed) file. */
  readonly byte?: number;

  /**
   * Creates an error.
   *
   * @param code Code of the error.
   * @param description What is wrong and, where it helps, what to do.
   * @param options Its location and cause; the HDU, card and byte are appended to the message.
   */
  constructor(
    code: ErrorCode,
    description: string,
    options: SpitErrorOptions = {},
  ) {
    const { file, hdu, card, byte, cause } = options;
    const shown = shortenText(description, MAX_DESCRIPTION);
    super(
      shown + describeLocation(options),
      cause === undefined ? {} : { cause },
    );
    this.code = code;
    this.description = shown;
    if (file !== undefined) this.file = file;
    if (hdu !== undefined) this.hdu = hdu;
    if (card !== undefined) this.card = card;
    if (byte !== undefined) this.byte = byte;
  }
}

/** Longest description; one that quotes a header can have any length. */
const MAX_DESCRIPTION = 2000;

/** Returns a text of at most so many UTF-16 code units; `…` stands for the rest. */
export function shortenText(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half of a surrogate pair may be left.
  return `${text.slice(0, length - 1).toWellFormed()}…`;
}

/**
 * Returns a copy of a {@linkcode SpitError} with the missing parts of its location filled
 * in. Any other error is returned unchanged.
 */
export function addErrorLocation(
  error: SpitError,
  location: SpitErrorOptions,
): SpitError;
export function addErrorLocation(
  error: unknown,
  location: SpitErrorOptions,
): unknown;
export function addErrorLocation(
  error: unknown,
  location: SpitErrorOptions,
): unknown {
  if (!(error instanceof SpitError)) return error;
  const { code, description, file, hdu, card, byte, cause } = error;
  const known = Object.fromEntries(
    Object.entries({ file, hdu, card, byte, cause })
      .filter(([, value]) => value !== undefined),
  );
  return new SpitError(code, description, { ...location, ...known });
}

/**
 * Returns a {@linkcode SpitError} for any error. One that is not typed is a fault of
 * the reader, or lack of memory: the same file fails again, so its code is none of those
 * that are retried.
 */
export function toTypedError(error: unknown): SpitError {
  if (error instanceof SpitError) return error;
  const what = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /allocation|array length/i.test(what)) {
    const message = `the file needs more memory than there is: ${what}`;
    return new SpitError("too_large", message, { cause: error });
  }
  const message =
    `the reader cannot handle this file (${what}); please report it`;
  return new SpitError("bad_header", message, { cause: error });
}

function describeLocation({ hdu, card, byte }: SpitErrorOptions): string {
  const parts: string[] = [];
  if (hdu !== undefined) parts.push(`HDU ${hdu}`);
  if (card !== undefined) parts.push(`card ${card}`);
  if (byte !== undefined) parts.push(`byte ${byte}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
