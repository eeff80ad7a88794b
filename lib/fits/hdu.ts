import {
  addErrorLocation,
  type ErrorCode,
  SpitError,
  type SpitErrorOptions,
} from "../errors.ts";
import { cardString, type Header, quotedNumber } from "./header.ts";
import { readScaling } from "./pixels.ts";

/**
 * Content of an HDU: an uncompressed image, a tile-compressed image, a table, random
 * groups, nothing, or a non-standard extension.
 */
export type HduKind =
  | "image"
  | "tiled"
  | "table"
  | "groups"
  | "empty"
  | "other";

/** One header and data unit of a file. */
export interface Hdu {
  /** Index in the file; 0 is the primary HDU. */
  readonly index: number;
  /** Content of the HDU. */
  readonly kind: HduKind;
  /** Its own header, without the cards of the primary header. */
  readonly header: Header;
  /** Columns of the image; 0 without an image. */
  readonly width: number;
  /** Rows of the image; 0 without an image. */
  readonly height: number;
  /** Offset of the data unit in the decompressed file, bytes. */
  readonly dataStart: number;
  /** Length of the data unit without padding, bytes. */
  readonly dataBytes: number;
  /** Why the pixels of the image cannot be read, as far as its header shows. */
  readonly fault?: SpitError;
}

const MAX_AXES = 999;
const BITPIX = [8, 16, 32, 64, -32, -64];
const RICE = ["RICE_1", "RICE_ONE"];
const COMPRESSIONS = [
  ...RICE,
  "GZIP_1",
  "GZIP_2",
  "PLIO_1",
  "HCOMPRESS_1",
  "NOCOMPRESS",
];

/**
 * Describes an HDU from its header.
 *
 * @param maxBytes Largest allowed image, decompressed.
 * @returns The HDU, with a `fault` when its image cannot be read.
 * @throws {SpitError} `bad_header` or `absurd_axis` (too many axes) when the length of
 *   the data unit is unknown.
 */
export function describeHdu(
  header: Header,
  index: number,
  dataStart: number,
  maxBytes: number,
): Hdu {
  const location = { hdu: index, byte: dataStart };
  const axes = readAxes(header, "NAXIS", location);
  const kind = findKind(header, index, axes);
  const damage = bitpixFault(header, "BITPIX", location);
  if (axes.length > 0 && damage !== undefined) throw damage;
  const counted = kind === "groups" ? axes.slice(1) : axes;
  const parameters = readCount(header, "PCOUNT", location, 0);
  const groups = readCount(header, "GCOUNT", location, 1);
  const values = counted.length === 0 ? 0 : product(counted);
  const isPlain = index === 0 && kind !== "groups";
  const dataBytes = Math.abs(quotedNumber(header, "BITPIX") || 8) / 8 *
    (isPlain ? values : groups * (parameters + values));
  const noImage = { width: 0, height: 0 };
  const hdu = { index, kind, header, ...noImage, dataStart, dataBytes };
  if (kind === "image") {
    const fault = shapeFault(hdu, axes) ?? scalingFault(hdu);
    return withImage(hdu, axes, fault);
  }
  if (kind !== "tiled") return hdu;
  const imageAxes = readAxes(header, "ZNAXIS", location);
  const pixelBytes = Math.abs(quotedNumber(header, "ZBITPIX") || 0) / 8;
  const fault = compressionFault(header, index) ??
    shapeFault(hdu, imageAxes) ??
    sizeFault(hdu, product(imageAxes) * pixelBytes, maxBytes) ??
    scalingFault(hdu);
  return withImage(hdu, imageAxes, fault);
}

function findKind(
  header: Header,
  index: number,
  axes: readonly number[],
): HduKind {
  const extension = index === 0 ? "IMAGE" : cardString(header, "XTENSION");
  if (extension === "BINTABLE" || extension === "A3DTABLE") {
    return header.values.get("ZIMAGE") === true ? "tiled" : "table";
  }
  if (extension === "TABLE") return "table";
  if (extension !== "IMAGE" && extension !== "IUEIMAGE") return "other";
  if (axes.length === 0) return "empty";
  return axes[0] === 0 && header.values.get("GROUPS") === true
    ? "groups"
    : "image";
}

function readAxes(
  header: Header,
  card: string,
  location: SpitErrorOptions,
): number[] {
  const naxis = readCount(header, card, location);
  if (naxis > MAX_AXES) {
    const what = `${card} is ${naxis}, more axes than FITS allows`;
    throw new SpitError("absurd_axis", what, { ...location, card });
  }
  return Array.from(
    { length: naxis },
    (_, i) => readCount(header, `${card}${i + 1}`, location),
  );
}

function readCount(
  header: Header,
  card: string,
  location: SpitErrorOptions,
  defaultValue?: number,
): number {
  const value = quotedNumber(header, card) ?? defaultValue;
  if (value !== undefined && Number.isInteger(value) && value >= 0) {
    return value;
  }
  const stated = header.values.get(card) ?? "missing";
  const what = `${card} is ${stated}, not an integer from 0 up`;
  throw new SpitError("bad_header", what, { ...location, card });
}

function bitpixFault(
  header: Header,
  card: "BITPIX" | "ZBITPIX",
  location: SpitErrorOptions,
): SpitError | undefined {
  if (BITPIX.includes(quotedNumber(header, card) ?? NaN)) return undefined;
  const stated = header.values.get(card) ?? "missing";
  const what = `${card} is ${stated}, not one of ${BITPIX.join(", ")}`;
  return new SpitError("bad_header", what, { ...location, card });
}

function scalingFault(
  { header, index, dataStart }: Hdu,
): SpitError | undefined {
  try {
    readScaling(header);
    return undefined;
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    return addErrorLocation(error, { hdu: index, byte: dataStart });
  }
}

function product(factors: readonly number[]): number {
  return factors.reduce((result, factor) => result * factor, 1);
}

function compressionFault(header: Header, hdu: number): SpitError | undefined {
  const name = cardString(header, "ZCMPTYPE") ?? "without a name";
  if (COMPRESSIONS.includes(name)) {
    return bitpixFault(header, "ZBITPIX", { hdu });
  }
  return new SpitError(
    "unsupported_compression",
    `the compression ${name} is not supported: decompress the file with funpack`,
    { hdu, card: "ZCMPTYPE" },
  );
}

function withImage(
  hdu: Hdu,
  [width = 0, height = 0]: readonly number[],
  fault: SpitError | undefined,
): Hdu {
  return { ...hdu, width, height, ...(fault && { fault }) };
}

function shapeFault(
  { index, dataStart }: Hdu,
  axes: readonly number[],
): SpitError | undefined {
  const shape = axes.join(" x ");
  const fault = (code: ErrorCode, what: string) =>
    new SpitError(code, what, { hdu: index, byte: dataStart });
  if (axes.includes(0)) {
    return fault("zero_axis", `the image has no pixels: its size is ${shape}`);
  }
  const long = axes.filter((axis) => axis > 1);
  if (axes.length < 2 || long.length === 1) {
    return fault(
      "one_dimensional",
      `the image is one-dimensional (${shape}): a spectrum, not a frame`,
    );
  }
  if (axes.slice(2).some((axis) => axis > 1)) {
    if (axes[0] === 1 || axes[1] === 1) {
      const pixels = axes[0] === 1 ? axes[1]! : axes[0]!;
      const spectra = product(axes) / pixels;
      return fault(
        "one_dimensional",
        `the image is a set of ${spectra} spectra of ${pixels} pixels (${shape}), not a frame`,
      );
    }
    return fault(
      "cube",
      `the image is a cube (${shape}), and only planes are supported: split it first`,
    );
  }
  return undefined;
}

export function sizeFault(
  { index, dataStart }: Hdu,
  bytes: number,
  maxBytes: number,
): SpitError | undefined {
  if (bytes <= maxBytes) return undefined;
  return new SpitError(
    "absurd_axis",
    `the header states ${bytes} bytes of pixels, more than the limit of ${maxBytes}`,
    { hdu: index, byte: dataStart },
  );
}
