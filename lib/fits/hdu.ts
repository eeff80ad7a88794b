/**
 * HDUs, described from their headers.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { SpitErrorOptions } from "../errors.ts";
import { cardNumber, cardString, type Header } from "./header.ts";

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
const COMPRESSIONS = [...RICE, "GZIP_1", "GZIP_2", "NOCOMPRESS"];

/**
 * Describes an HDU from its header.
 *
 * @param header Header of the HDU.
 * @param index Index in the file.
 * @param dataStart Offset of the data unit, bytes.
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
  const axes = readAxes(header, "NAXIS", index, dataStart);
  const kind = findKind(header, index, axes);
  const bitpix = cardNumber(header, "BITPIX");
  if (axes.length > 0 && !BITPIX.includes(bitpix ?? NaN)) {
    throw new SpitError(
      "bad_header",
      `BITPIX is ${bitpix ?? "missing"}, not one of ${BITPIX.join(", ")}`,
      { hdu: index, card: "BITPIX", byte: dataStart },
    );
  }
  const counted = kind === "groups" ? axes.slice(1) : axes;
  const parameters = readCount(header, "PCOUNT", 0, index, dataStart);
  const groups = readCount(header, "GCOUNT", 1, index, dataStart);
  const values = counted.length === 0 ? 0 : product(counted);
  const isPlain = index === 0 && kind !== "groups";
  const dataBytes = Math.abs(bitpix ?? 8) / 8 *
    (isPlain ? values : groups * (parameters + values));
  const hdu = {
    index,
    kind,
    header,
    width: 0,
    height: 0,
    dataStart,
    dataBytes,
  };
  if (kind === "image") return withImage(hdu, axes, shapeFault(hdu, axes));
  if (kind !== "tiled") return hdu;
  const imageAxes = readAxes(header, "ZNAXIS", index, dataStart);
  const stored = cardNumber(header, "ZBITPIX");
  const fault = compressionFault(header, index, stored) ??
    shapeFault(hdu, imageAxes) ??
    sizeFault(hdu, product(imageAxes) * Math.abs(stored!) / 8, maxBytes);
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
  hdu: number,
  byte: number,
): number[] {
  const naxis = header.values.get(card);
  if (!isCount(naxis)) throw badCount(card, naxis, { hdu, card, byte });
  if (naxis > MAX_AXES) {
    throw new SpitError(
      "absurd_axis",
      `${card} is ${naxis}, more axes than FITS allows`,
      { hdu, card, byte },
    );
  }
  return Array.from({ length: naxis }, (_, i) => {
    const name = `${card}${i + 1}`;
    const axis = header.values.get(name);
    if (!isCount(axis)) throw badCount(name, axis, { hdu, card: name, byte });
    return axis;
  });
}

function readCount(
  header: Header,
  card: string,
  defaultValue: number,
  hdu: number,
  byte: number,
): number {
  const value = header.values.get(card) ?? defaultValue;
  if (!isCount(value)) throw badCount(card, value, { hdu, card, byte });
  return value;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function badCount(
  card: string,
  value: unknown,
  location: SpitErrorOptions,
): SpitError {
  return new SpitError(
    "bad_header",
    `${card} is ${value ?? "missing"}, not an integer from 0 up`,
    location,
  );
}

function product(factors: readonly number[]): number {
  return factors.reduce((result, factor) => result * factor, 1);
}

function compressionFault(
  header: Header,
  hdu: number,
  bitpix: number | undefined,
): SpitError | undefined {
  const name = cardString(header, "ZCMPTYPE") ?? "without a name";
  if (!COMPRESSIONS.includes(name)) {
    return new SpitError(
      "unsupported_compression",
      `the compression ${name} is not supported: decompress the file with funpack`,
      { hdu, card: "ZCMPTYPE" },
    );
  }
  if (BITPIX.includes(bitpix ?? NaN)) return undefined;
  return new SpitError(
    "bad_header",
    `ZBITPIX is ${bitpix ?? "missing"}, not one of ${BITPIX.join(", ")}`,
    { hdu, card: "ZBITPIX" },
  );
}

function withImage(
  hdu: Hdu,
  [width = 0, height = 0]: readonly number[],
  fault: SpitError | undefined,
): Hdu {
  const image = { ...hdu, width, height };
  return fault === undefined ? image : { ...image, fault };
}

function shapeFault(
  { index, dataStart }: Hdu,
  axes: readonly number[],
): SpitError | undefined {
  const location = { hdu: index, byte: dataStart };
  const shape = axes.join(" x ");
  if (axes.includes(0)) {
    return new SpitError(
      "zero_axis",
      `the image has no pixels: its size is ${shape}`,
      location,
    );
  }
  const long = axes.filter((axis) => axis > 1);
  if (axes.length < 2 || long.length < 2 && axes.some((axis) => axis > 1)) {
    return new SpitError(
      "one_dimensional",
      `the image is one-dimensional (${shape}): a spectrum, not a frame`,
      location,
    );
  }
  if (axes.slice(2).some((axis) => axis > 1)) {
    return new SpitError(
      "cube",
      `the image is a cube (${shape}), and only planes are supported: split it first`,
      location,
    );
  }
  return undefined;
}

/** Returns an error if the pixels of an HDU exceed the limit. */
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
