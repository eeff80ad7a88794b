/**
 * One file → what the network needs of it. Never throws: what goes wrong with a
 * file belongs in its row.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { FileAccess } from "../fits/file_source.ts";
import { type FitsLimits, openFits } from "../fits/open_fits.ts";
import type { PixelMemory } from "../fits/scale_pixels.ts";
import type { HeaderClaim } from "../header/claim.ts";
import { joined } from "../joined.ts";
import { claimOf, picturesOf, votingHdus, type Wants } from "./pictures.ts";

/** How a file is read. */
export interface ReadOptions extends FitsLimits, FileAccess {
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
    /** What the network runs of each HDU, four views or one, `210 * 650` values each. */
    readonly views: Uint8Array;
    /** A row for each HDU; `null` for a network that does not want them. */
    readonly statistics: Float32Array | null;
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
 * Reads a file's voting HDUs and makes their views, and what else the network
 * wants. Damage in any of them is an error of the whole file.
 *
 * @param wants The card of the network, or as much of it as matters here.
 */
export async function readFileViews(
  path: string,
  wants: Wants,
  { hdu, maxBytes, blocking }: ReadOptions = {},
): Promise<FileViews> {
  let header: HeaderClaim | null = null;
  const memory = spare.pop() ?? { buffer: new ArrayBuffer(0) };
  try {
    using file = await openFits(path, { maxBytes, blocking });
    header = claimOf(file, hdu);
    const hdus = votingHdus(file, hdu);
    const all: Uint8Array[] = [];
    const rows: Float32Array[] = [];
    for await (const made of picturesOf(file, hdus, wants, memory)) {
      all.push(made.views);
      if (made.statistics !== null) rows.push(made.statistics);
    }
    return {
      path,
      header,
      hdus: hdus.map(({ index }) => index),
      views: joined(Uint8Array, all),
      statistics: rows.length === 0 ? null : joined(Float32Array, rows),
      error: null,
    };
  } catch (error) {
    return { path, header, error: asSpitError(error, path) };
  } finally {
    if (memory.buffer.byteLength <= KEPT) spare.push(memory);
  }
}

/**
 * Memory of frames that are done with, one for each file that was read at the same
 * time: fresh memory for each frame costs more than its copy.
 */
const spare: PixelMemory[] = [];

/** Bytes of the largest that is kept. */
const KEPT = 1 << 26;

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
