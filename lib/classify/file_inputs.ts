/**
 * One file → what the network needs of it. Never throws: what goes wrong with a
 * file belongs in its row.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { FileReadOptions } from "../io/file.ts";
import { type FitsLimits, openFits } from "../fits/open_fits.ts";
import type { PixelMemory } from "../fits/pixels.ts";
import type { HeaderClaim } from "../header/claim.ts";
import type { LogEntry } from "../header/log_entry.ts";
import type { Rules } from "../header/rules.ts";
import { concatArrays, concatBytes } from "../io/memory.ts";
import {
  headerSays,
  readInputs,
  votingHdus,
  type Wants,
} from "./input_images.ts";
import { showHdu, type ShownHdu } from "./shown_file.ts";

/** How a file is read. */
export interface ReadOptions extends FitsLimits, FileReadOptions {
  /** Only this HDU, counted from 0. Default: all image HDUs vote together. */
  readonly hdu?: number;
  /** Whether a person is to be shown the HDUs, which takes time. Default: false. */
  readonly show?: boolean;
  /** Rules for headers, before the built-in ones; `readRules` reads them. Default: none. */
  readonly rules?: readonly Rules[];
}

/** A file as the network needs it, or why there is no such thing. */
export type FileInputs =
  | {
    /** Path, as given. */
    readonly path: string;
    /** What the header claims. */
    readonly header: HeaderClaim;
    /** What an observing log has of it. */
    readonly log: LogEntry;
    /** The HDUs that vote. */
    readonly hdus: readonly number[];
    /** What the network runs of each HDU, four flips or one, `210 * 650` values each. */
    readonly flips: Uint8Array;
    /** A row for each HDU; `null` for a network that does not want them. */
    readonly features: Float32Array | null;
    /** The HDUs as a person sees them; empty unless asked for. */
    readonly shown: readonly ShownHdu[];
    readonly error: null;
  }
  | {
    /** Path, as given. */
    readonly path: string;
    /** What the header claims; `null` when it could not be read. */
    readonly header: HeaderClaim | null;
    /** What an observing log has of it; `null` when the header could not be read. */
    readonly log: LogEntry | null;
    /** What was wrong. */
    readonly error: SpitError;
  };

/**
 * Reads a file's voting HDUs and makes their flips, and what else the network
 * wants. Damage in any of them is an error of the whole file.
 *
 * @param wants The card of the network, or as much of it as matters here.
 */
export async function readFileInputs(
  path: string,
  wants: Wants,
  { hdu, maxBytes, blocking, show = false, rules }: ReadOptions = {},
): Promise<FileInputs> {
  let header: HeaderClaim | null = null;
  let log: LogEntry | null = null;
  const memory = spare.pop() ?? { buffer: new ArrayBuffer(0) };
  try {
    using file = await openFits(path, { maxBytes, blocking });
    ({ header, log } = headerSays(file, hdu, rules));
    const hdus = votingHdus(file, hdu);
    const all: Uint8Array[] = [];
    const rows: Float32Array[] = [];
    const shown: ShownHdu[] = [];
    for await (const made of readInputs(file, hdus, wants, memory)) {
      all.push(made.flips);
      if (made.features !== null) rows.push(made.features);
      if (show) shown.push(showHdu(made.frame, made.inputImage));
    }
    return {
      path,
      header,
      log,
      hdus: hdus.map(({ index }) => index),
      flips: concatBytes(all),
      features: rows.length === 0 ? null : concatArrays(Float32Array, rows),
      shown,
      error: null,
    };
  } catch (error) {
    return { path, header, log, error: asSpitError(error, path) };
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
    { file, cause: error },
  );
}
