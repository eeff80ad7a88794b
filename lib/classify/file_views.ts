/**
 * One file → what the network needs of it. Never throws: what goes wrong with a
 * file belongs in its row.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { type FitsLimits, openFits } from "../fits/open_fits.ts";
import type { HeaderClaim } from "../header/claim.ts";
import { views } from "../preprocess/views.ts";
import { claimOf, picturesOf, votingHdus } from "./pictures.ts";

/** How a file is read. */
export interface ReadOptions extends FitsLimits {
  /** Only this HDU, counted from 0. Default: all image HDUs vote together. */
  readonly hdu?: number;
}

/** A file as the network needs it, or why there is no such thing. */
export type FileViews =
  | {
    /** Path, as given. */
    readonly path: string;
    /** What the header claims. */
    readonly header: HeaderClaim;
    /** The HDUs that vote. */
    readonly hdus: readonly number[];
    /** Four views for each HDU, `210 * 650` values each. */
    readonly views: Uint8Array;
    readonly error: null;
  }
  | {
    /** Path, as given. */
    readonly path: string;
    /** What the header claims; `null` when it could not be read. */
    readonly header: HeaderClaim | null;
    /** What was wrong. */
    readonly error: SpitError;
  };

/**
 * Reads a file's voting HDUs and makes their views. Damage in any of them is an
 * error of the whole file.
 */
export async function readFileViews(
  path: string,
  { hdu, maxBytes }: ReadOptions = {},
): Promise<FileViews> {
  let header: HeaderClaim | null = null;
  try {
    using file = await openFits(path, { maxBytes });
    header = claimOf(file, hdu);
    const hdus = votingHdus(file, hdu);
    const all: Uint8Array[] = [];
    for await (const { picture } of picturesOf(file, hdus)) {
      all.push(views(picture.pixels));
    }
    return {
      path,
      header,
      hdus: hdus.map(({ index }) => index),
      views: joined(all),
      error: null,
    };
  } catch (error) {
    return { path, header, error: asSpitError(error, path) };
  }
}

/** A fault that no reader foresaw is still a row, not the end of a night's run. */
function asSpitError(error: unknown, file: string): SpitError {
  if (error instanceof SpitError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SpitError(
    "io",
    `cannot read the file: ${message}`,
    { file },
    error,
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
