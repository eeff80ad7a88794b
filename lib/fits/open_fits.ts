import { addErrorLocation, SpitError, toTypedError } from "../errors.ts";
import { releaseMemory } from "../io/memory.ts";
import {
  type ByteSource,
  memorySource,
  queueSource,
} from "../io/byte_source.ts";
import { type FileReadOptions, openFileSource } from "../io/file.ts";
import type { Frame } from "./frame.ts";
import { detectFormat, MAGIC_LENGTH } from "../io/magic.ts";
import { gzipSource, inflateGzip, tooLarge } from "../io/gzip.ts";
import { lzwSource } from "../io/lzw.ts";
import type { Hdu } from "./hdu.ts";
import { type Header, isStructural, makeHeader } from "./header.ts";
import { type PixelMemory, readPixels } from "./pixels.ts";
import { scanHdus } from "./scan_hdus.ts";
import { readTiled, restoreHeader } from "./tile/read_tiled.ts";
import { isUrl, openUrlSource } from "../io/http.ts";

/** Limits for a file. */
export interface FitsLimits {
  /**
   * Largest allowed file, decompressed, and image, bytes. Opening a file and reading an
   * image take at most twice as much memory. Default: 4 GiB.
   */
  readonly maxBytes?: number;
}

/** An opened FITS file. Declare it with `using`, or call `close`. */
export interface FitsFile extends Disposable {
  /** Path or URL, as given. */
  readonly path: string;
  /** All HDUs found, the primary HDU first. */
  readonly hdus: readonly Hdu[];
  /** Damage after the last of `hdus`, if any. */
  readonly fault?: SpitError;
  /**
   * Reads an image in physical values.
   *
   * @param index Index of the HDU.
   * @param memory Memory for the pixels, which the next call with it overwrites.
   *   Default: new memory.
   * @throws {SpitError} `no_such_hdu`, `no_image`, the `fault` of the HDU, or an error
   *   in its pixels.
   */
  readFrame(index: number, memory?: PixelMemory): Promise<Frame>;
  /** Closes the file. */
  close(): void;
}

/** Default of {@linkcode FitsLimits.maxBytes}. */
export const DEFAULT_MAX_BYTES = 4 * 1024 ** 3;

/**
 * Opens a FITS file, uncompressed or compressed with gzip, bzip2, compress or zstd (as its
 * first bytes show, whatever its name), and reads its headers. Needs `--allow-read`, or for
 * a URL (`http`, `https`) `--allow-net` for its host.
 *
 * Pixels are read by `readFrame`. Damage after the primary header does not throw: it is
 * the `fault` of the HDU or of the file, and intact images can be read.
 *
 * @throws {SpitError} `not_found`, `no_permission`, `is_directory`, `vanished`, `io`,
 *   `empty`, `not_fits`, `bad_header`, `truncated_header`, `absurd_axis`, `broken_gzip`,
 *   `broken_bzip2`, `broken_compress`, `broken_zstd`, `unsupported_compression`,
 *   `too_large`, `unreachable`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { imageHdus, openFits } from "./open_fits.ts";
 * import { encodeFits } from "./write_fits.ts";
 *
 * const path = await Deno.makeTempFile();
 * const plane = { width: 2, height: 2, pixels: new Uint16Array([1, 2, 3, 40000]) };
 * await Deno.writeFile(path, encodeFits([{ cards: [], plane }]));
 *
 * using file = await openFits(path);
 * const [image] = imageHdus(file);
 * const frame = await file.readFrame(image!.index);
 * assertEquals(frame.pixels, plane.pixels);
 * await Deno.remove(path);
 * ```
 */
export async function openFits(
  path: string,
  limits: FitsLimits = {},
): Promise<FitsFile> {
  return await openFitsFile(path, limits);
}

/** {@linkcode openFits} with options for workers. */
export async function openFitsFile(
  path: string,
  options: FitsLimits & FileReadOptions,
): Promise<FitsFile> {
  const source = isUrl(path)
    ? await openUrlSource(path, options)
    : await openFileSource(path, options);
  return await openFitsSource(path, source, options);
}

/**
 * {@linkcode openFits} for a file that is not on disk.
 *
 * @param path Path for error messages.
 * @param raw Content of the file, compressed or not; closed with the file, or at once on
 *   an error.
 * @throws {SpitError} As {@linkcode openFits}.
 */
export async function openFitsSource(
  path: string,
  raw: ByteSource,
  limits: FitsLimits = {},
): Promise<FitsFile> {
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  try {
    const source = await decompress(raw, maxBytes);
    const { hdus, fault } = await scanHdus(source, maxBytes);
    let isOpen = true;
    const close = () => {
      if (isOpen) source.close();
      isOpen = false;
    };
    return {
      path,
      hdus,
      ...(fault !== undefined && { fault }),
      async readFrame(index, memory) {
        try {
          return await readFrame(source, hdus, index, { maxBytes, memory });
        } catch (error) {
          throw addErrorLocation(toTypedError(error), { file: path });
        }
      },
      close,
      [Symbol.dispose]: close,
    };
  } catch (error) {
    raw.close();
    throw addErrorLocation(toTypedError(error), { file: path });
  }
}

/**
 * Returns the HDUs of a file with images that can be read, as far as the headers show.
 * Other images (truncated, cubes, one-dimensional …) have a `fault` and are omitted.
 *
 * @throws {SpitError} When no image can be read: the `fault` of the first image, else of
 *   the file, else `no_image`.
 */
export function imageHdus(file: FitsFile): readonly Hdu[] {
  const images = file.hdus.filter(({ kind }) =>
    kind === "image" || kind === "tiled"
  );
  const intact = images.filter(({ fault }) => fault === undefined);
  if (intact.length > 0) return intact;
  const fault = images[0]?.fault ?? file.fault ??
    new SpitError("no_image", "no HDU of the file contains an image");
  throw addErrorLocation(fault, { file: file.path });
}

async function decompress(
  raw: ByteSource,
  maxBytes: number,
): Promise<ByteSource> {
  const head = new Uint8Array(MAGIC_LENGTH);
  const format = detectFormat(head.subarray(0, await raw.readInto(0, head)));
  if (format === "gzip") {
    const limit = Math.min(maxBytes / 4, MAX_DECOMPRESSED);
    if (raw.maxLength > Math.min(limit, MAX_COMPRESSED)) {
      return gzipSource(raw, maxBytes);
    }
    const compressed = await readAll(raw);
    const content = inflateGzip(compressed, limit);
    releaseMemory(compressed);
    if (content === undefined) return gzipSource(raw, maxBytes);
    const close = () => releaseMemory(content);
    return withRaw({ ...memorySource(content), close }, raw);
  }
  if (format === "compress") return lzwSource(raw, maxBytes);
  if (format !== "bzip2" && format !== "zstd") return raw;
  if (raw.maxLength > maxBytes) throw tooLarge(maxBytes);
  const compressed = await readAll(raw);
  // Imported lazily, since few files are compressed with these.
  const content = format === "zstd"
    ? (await import("../io/zstd.ts")).inflateZstd(compressed, maxBytes)
    : queueSource(
      (await import("../io/bzip2.ts")).inflateBzip2(compressed, maxBytes),
    );
  releaseMemory(compressed);
  return withRaw(content, raw);
}

/** Adds to a source of decompressed bytes what they were decompressed from. */
function withRaw(content: ByteSource, raw: ByteSource): ByteSource {
  return {
    ...content,
    memory: (content.memory ?? 0) + (raw.memory ?? 0),
    close() {
      raw.close();
      content.close();
    },
  };
}

/** Largest gzip file, compressed and decompressed, that is decompressed at once. */
const MAX_COMPRESSED = 1 << 26;
const MAX_DECOMPRESSED = 1 << 28;

async function readAll(source: ByteSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.maxLength);
  return bytes.subarray(0, await source.readInto(0, bytes));
}

async function readFrame(
  source: ByteSource,
  hdus: readonly Hdu[],
  index: number,
  { maxBytes, memory }: { maxBytes: number; memory?: PixelMemory },
): Promise<Frame> {
  const hdu = hdus[index];
  if (hdu === undefined) {
    const last = hdus.length - 1;
    const what = `there is no HDU ${index}: the file has HDUs 0 to ${last}`;
    throw new SpitError("no_such_hdu", what);
  }
  if (hdu.fault !== undefined) throw hdu.fault;
  if (hdu.kind !== "image" && hdu.kind !== "tiled") {
    const what = `this HDU contains no image (its kind is ${hdu.kind})`;
    throw new SpitError("no_image", what, { hdu: index });
  }
  // Half of what remains, because a plane that is turned is copied.
  const available = maxBytes - (source.memory ?? 0) / 2;
  const pixels = hdu.kind === "image"
    ? await readPixels(source, hdu, available, memory)
    : await readTiled(
      source,
      hdu,
      available - (memory?.inUse ?? 0) / 2,
      memory,
    );
  const { width, height } = hdu;
  const header = makeFrameHeader(hdu, hdus[0]!.header);
  return { hdu: index, width, height, pixels, header };
}

function makeFrameHeader(
  { kind, index, header }: Hdu,
  primary: Header,
): Header {
  const own = kind === "tiled" ? restoreHeader(header) : header;
  if (index === 0) return own;
  const inherited = primary.cards.filter(({ keyword }) =>
    !isStructural(keyword)
  );
  return makeHeader([...own.cards, ...inherited]);
}
