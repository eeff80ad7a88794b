/**
 * FITS files opened for reading.
 *
 * @module
 */
import { addErrorLocation, SpitError } from "../errors.ts";
import { releaseMemory } from "../io/memory.ts";
import { type ByteSource, memorySource } from "../io/byte_source.ts";
import { type FileReadOptions, openFileSource } from "../io/file.ts";
import type { Frame } from "./frame.ts";
import { gzipSource, inflateGzip } from "../io/gzip.ts";
import type { Hdu } from "./hdu.ts";
import { type Header, isStructural, makeHeader } from "./header.ts";
import { type PixelMemory, readPixels } from "./pixels.ts";
import { scanHdus } from "./scan_hdus.ts";
import { readTiled, restoreHeader } from "./tile/read_tiled.ts";
import { isUrl, openUrlSource } from "../io/http.ts";

export type { Hdu } from "./hdu.ts";

/** Limits on what a file may cost. */
export interface FitsLimits {
  /** Decompressed bytes of a file, or of one image; 4 GiB by default. */
  readonly maxBytes?: number;
}

/** A FITS file whose headers have been read and whose pixels can be. */
export interface FitsFile extends Disposable {
  /** Path, as it was given. */
  readonly path: string;
  /** All HDUs found, the primary first. */
  readonly hdus: readonly Hdu[];
  /** Damage found after the last of `hdus`; absent when the file ends as it should. */
  readonly fault?: SpitError;
  /**
   * Reads one image in physical values.
   *
   * @param memory Memory for the pixels, which hold until it is read into again;
   *   without it they have their own. Tiled images always have.
   * @throws {SpitError} `no_such_hdu`, `no_image`, the fault of the HDU, or what is
   * found wrong in its pixels.
   */
  readFrame(index: number, memory?: PixelMemory): Promise<Frame>;
  /** Frees the file; so does `using`. */
  close(): void;
}

const DEFAULT_MAX_BYTES = 4 * 1024 ** 3;

/**
 * Opens a FITS file, plain or under gzip or bzip2 (told by its first bytes, not by
 * its name), and reads its headers. Needs `--allow-read` alone; for the address
 * of a file on a web server (`http`, `https`), `--allow-net` for its host.
 *
 * Pixels are read when asked for, by seeking where the file allows it. Damage
 * behind the primary header is no error here: the HDU has a `fault`, or the file
 * has, and what is intact can be read.
 *
 * @throws {SpitError} `not_found`, `no_permission`, `is_directory`, `vanished`, `io`,
 * `empty`, `not_fits`, `bad_header`, `truncated_header`, `absurd_axis`,
 * `broken_gzip`, `broken_bzip2`, `too_large`, `unreachable`; `place.file` is the path.
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
  options: FitsLimits & FileReadOptions = {},
): Promise<FitsFile> {
  const source = isUrl(path)
    ? await openUrlSource(path, options)
    : await openFileSource(path, options);
  return await openFitsSource(path, source, options);
}

/**
 * {@linkcode openFits} for bytes from elsewhere, of which `plain` gives those of
 * the file as it would lie on disk, compressed or not.
 *
 * @param path Name for errors.
 * @param plain The bytes; closed with the file, or at once when this fails.
 * @throws {SpitError} As {@linkcode openFits}.
 */
export async function openFitsSource(
  path: string,
  plain: ByteSource,
  limits: FitsLimits = {},
): Promise<FitsFile> {
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  try {
    const source = await unpacked(plain, maxBytes);
    const { hdus, fault } = await scanHdus(source, maxBytes);
    const close = closeOnce(source);
    const file = {
      path,
      hdus,
      readFrame: (index: number, memory?: PixelMemory) =>
        locating(path, () => readFrame(source, hdus, index, memory)),
      close,
      [Symbol.dispose]: close,
    };
    return fault === undefined ? file : { ...file, fault };
  } catch (error) {
    plain.close();
    throw addErrorLocation(error, { file: path });
  }
}

/**
 * The images of a file that can be read, as far as headers tell.
 *
 * When some are intact, those that are not (cut off, a cube, one-dimensional…) are
 * left out; `fault` of the HDU says why.
 *
 * @throws {SpitError} When none can be read: the fault of the first image, else
 * that of the file, else `no_image`.
 */
export function imageHdus(file: FitsFile): readonly Hdu[] {
  const images = file.hdus.filter(({ kind }) =>
    kind === "image" || kind === "tiled"
  );
  const intact = images.filter(({ fault }) => fault === undefined);
  if (intact.length > 0) return intact;
  const fault = images[0]?.fault ?? file.fault ??
    new SpitError("no_image", "no HDU of the file holds an image");
  throw addErrorLocation(fault, { file: file.path });
}

async function unpacked(
  plain: ByteSource,
  maxBytes: number,
): Promise<ByteSource> {
  const magic = new Uint8Array(3);
  await plain.readInto(0, magic);
  if (magic[0] === 0x1f && magic[1] === 0x8b) {
    if (plain.atMost > AT_ONCE) return gzipSource(plain, maxBytes);
    const packed = await wholeOf(plain);
    const whole = inflateGzip(packed, Math.min(maxBytes, INFLATED_AT_ONCE));
    releaseMemory(packed);
    return whole === undefined
      ? gzipSource(plain, maxBytes)
      : inflatedSource(whole, plain);
  }
  if (String.fromCharCode(...magic) !== "BZh") return plain;
  // Its library is loaded for those who have such files alone.
  const { inflateBzip2 } = await import("../io/bzip2.ts");
  return inflatedSource(inflateBzip2(await wholeOf(plain), maxBytes), plain);
}

/** Inflated bytes, that are nobody else's, of a source that is closed with them. */
function inflatedSource(whole: Uint8Array, packed: ByteSource): ByteSource {
  return {
    ...memorySource(whole),
    close() {
      packed.close();
      releaseMemory(whole);
    },
  };
}

/** Compressed and inflated bytes up to which a gzip file is inflated at once. */
const AT_ONCE = 1 << 26;
const INFLATED_AT_ONCE = 1 << 28;

async function wholeOf(source: ByteSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.atMost);
  return bytes.subarray(0, await source.readInto(0, bytes));
}

async function readFrame(
  source: ByteSource,
  hdus: readonly Hdu[],
  index: number,
  memory: PixelMemory | undefined,
): Promise<Frame> {
  const hdu = hdus[index];
  if (hdu === undefined) {
    const what = `no HDU ${index}: the file has ${hdus.length}, counted from 0`;
    throw new SpitError("no_such_hdu", what);
  }
  if (hdu.fault !== undefined) throw hdu.fault;
  if (hdu.kind !== "image" && hdu.kind !== "tiled") {
    const what = `holds no image but is of kind ${hdu.kind}`;
    throw new SpitError("no_image", what, { hdu: index });
  }
  const pixels = hdu.kind === "image"
    ? await readPixels(source, hdu, memory)
    : await readTiled(source, hdu);
  const { width, height } = hdu;
  const header = frameHeader(hdu, hdus[0]!.header);
  return { hdu: index, width, height, pixels, header };
}

function frameHeader({ kind, index, header }: Hdu, primary: Header): Header {
  const own = kind === "tiled" ? restoreHeader(header) : header;
  if (index === 0) return own;
  const inherited = primary.cards.filter(({ keyword }) =>
    !isStructural(keyword)
  );
  return makeHeader([...own.cards, ...inherited]);
}

function closeOnce(source: ByteSource): () => void {
  let isOpen = true;
  return () => {
    if (isOpen) source.close();
    isOpen = false;
  };
}

async function locating<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw addErrorLocation(error, { file: path });
  }
}
