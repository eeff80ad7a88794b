import { selectHdus } from "../../classify/inputs.ts";
import { addErrorLocation, SpitError, toTypedError } from "../../errors.ts";
import type { Frame, Pixels } from "../../fits/frame.ts";
import { cardString } from "../../fits/header.ts";
import { type FitsLimits, openFits } from "../../fits/open_fits.ts";
import { percentile, sortFinite } from "../../preprocess/percentile.ts";
import { zscale } from "../../preprocess/zscale.ts";

/** Names of the types of pixels, as the viewer knows them. */
const TYPES = [
  ["uint8", Uint8Array],
  ["int8", Int8Array],
  ["int16", Int16Array],
  ["uint16", Uint16Array],
  ["int32", Int32Array],
  ["uint32", Uint32Array],
  ["float32", Float32Array],
  ["float64", Float64Array],
] as const;

type Range = readonly [low: number, high: number];

/** All pixels of an HDU, exactly, as `client/viewer.js` takes them. */
export interface PackedPlane {
  readonly hdu: number;
  /** EXTNAME; empty without one, and for the name that tile compression gives. */
  readonly name: string;
  /** NAXIS1 and NAXIS2. */
  readonly width: number;
  readonly height: number;
  /** Type of the physical values. */
  readonly type: typeof TYPES[number][0];
  /** Values shown as black and white, by what they are chosen with. */
  readonly limits: {
    readonly zscale: Range;
    readonly minmax: Range;
    /** The central 99.5 % of the values. */
    readonly percentile: Range;
  };
  /**
   * The bytes of the values, the lowest byte of each value first, then the next byte of
   * each, compressed with gzip, in base64. Sorted like this, raw frames shrink to a third.
   */
  readonly data: string;
}

/** Compressed bytes beyond which the text would be too long for a string. */
const LARGEST = 1 << 28;

/**
 * Reads HDUs of a file and packs their pixels as JSON of a {@linkcode PackedPlane}, one
 * after another, so that one plane is in memory at a time.
 *
 * @param hdus Indices of the HDUs.
 * @throws {SpitError} What is wrong with the file or an HDU; `too_large` for one that
 *   takes more than 256 MiB when compressed.
 */
export async function* packFrame(
  path: string,
  hdus: readonly number[],
  limits: FitsLimits = {},
): AsyncGenerator<{ readonly hdu: number; readonly json: string }> {
  using file = await openFits(path, limits);
  const memory = { buffer: new ArrayBuffer(0) };
  for (const hdu of hdus) {
    selectHdus(file, hdu);
    const frame = await file.readFrame(hdu, memory);
    try {
      yield { hdu, json: JSON.stringify(await packPlane(frame)) };
    } catch (error) {
      throw addErrorLocation(toTypedError(error), { file: path, hdu });
    }
  }
}

async function packPlane(frame: Frame): Promise<PackedPlane> {
  const { hdu, header, width, height, pixels } = frame;
  const gzip = new CompressionStream("gzip");
  const stream = ReadableStream.from(listBytePlanes(pixels)).pipeThrough(gzip);
  const bytes = await new Response(stream).bytes();
  if (bytes.length > LARGEST) {
    const what = `the pixels take ${bytes.length} bytes when compressed, ` +
      `more than the ${LARGEST} that a page can show`;
    throw new SpitError("too_large", what);
  }
  const name = cardString(header, "EXTNAME") ?? "";
  const [type] = TYPES.find(([, type]) => pixels instanceof type)!;
  return {
    hdu,
    name: name === "COMPRESSED_IMAGE" ? "" : name,
    width,
    height,
    type,
    limits: findLimits(frame),
    data: bytes.toBase64(),
  };
}

function* listBytePlanes(pixels: Pixels): Generator<Uint8Array<ArrayBuffer>> {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: size } = pixels;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  for (let first = 0; first < size; first++) {
    const plane = new Uint8Array(pixels.length);
    for (let i = 0, k = first; i < plane.length; i++, k += size) {
      plane[i] = bytes[k]!;
    }
    yield plane;
  }
}

/** Values of the grid from which zscale and percentiles are computed, about. */
const SAMPLE = 1 << 16;

function findLimits({ width, height, pixels }: Frame): PackedPlane["limits"] {
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < pixels.length; k++) {
    const value = pixels[k]!;
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  const step = Math.ceil(Math.sqrt(width * height / SAMPLE));
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const sample = Float64Array.from(
    { length: columns * rows },
    (_, k) => pixels[step * (Math.floor(k / columns) * width + k % columns)]!,
  );
  const { z1, z2 } = zscale(sample, columns, rows);
  const sorted = sortFinite(sample);
  return {
    zscale: [z1, z2],
    minmax: low > high ? [0, 0] : [low, high],
    percentile: [percentile(sorted, 0.0025), percentile(sorted, 0.9975)],
  };
}
