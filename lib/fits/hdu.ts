/**
 * HDUs: where they begin, what they hold, whether their pixels can be read.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { ErrorPlace } from "../errors.ts";
import { BLOCK, CARD, paddedLength } from "./block.ts";
import type { ByteSource } from "./byte_source.ts";
import { cardNumber, cardString, type Header, makeHeader } from "./header.ts";
import { parseHeader } from "./parse_header.ts";

/**
 * What an HDU holds: an image as it is, an image in compressed tiles, a table,
 * random groups, nothing, or an extension of a kind of its own.
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
  /** Place in the file, from 0 (the primary). */
  readonly index: number;
  /** What the HDU holds. */
  readonly kind: HduKind;
  /** Its cards as they are in the file, those of the primary not added. */
  readonly header: Header;
  /** Columns of the image; 0 where there is none. */
  readonly width: number;
  /** Rows of the image; 0 where there is none. */
  readonly height: number;
  /** Byte at which the data unit begins (in the decompressed file). */
  readonly dataStart: number;
  /** Bytes of the data unit without padding. */
  readonly dataBytes: number;
  /** Why the pixels of an image HDU cannot be read, as far as its header tells. */
  readonly fault?: SpitError;
}

/** The HDUs of a file, and the damage that ended the search for more. */
export interface Scan {
  /** All HDUs found, at least the primary. */
  readonly hdus: readonly Hdu[];
  /** Damage after the last of them; absent when the file ends as it should. */
  readonly fault?: SpitError;
}

/** Headers longer than this are taken for a file whose END card is lost. */
const LONGEST_HEADER = 16 * 1024 * 1024;
const MOST_AXES = 999;
const BITPIX = [8, 16, 32, 64, -32, -64];
const RICE = ["RICE_1", "RICE_ONE"];
const COMPRESSIONS = [...RICE, "GZIP_1", "GZIP_2", "NOCOMPRESS"];

/**
 * Finds the HDUs of a file by reading its headers.
 *
 * Damage in the primary header is thrown. Damage further on ends the search
 * and is given back, so that images before it can be read; so is an image whose
 * pixels cannot be read. Bytes after the last HDU that are no extension are
 * ignored, a last data unit without its padding is whole.
 *
 * @param source The bytes.
 * @param maxBytes Largest image allowed.
 * @throws {SpitError} `empty`, `not_fits`, `bad_header`, `truncated_header`,
 * and what the source throws for its primary header.
 */
export async function scanHdus(
  source: ByteSource,
  maxBytes: number,
): Promise<Scan> {
  const hdus: Hdu[] = [];
  let start = 0;
  try {
    while (hdus.length === 0 || await beginsExtension(source, start)) {
      const { header, end } = await readHeader(source, start, hdus.length);
      const hdu = await withEndChecked(
        source,
        describeHdu(header, hdus.length, end, maxBytes),
        maxBytes,
      );
      hdus.push(hdu);
      start = end + paddedLength(hdu.dataBytes);
      if (!Number.isSafeInteger(start)) break;
    }
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    // Without a byte the error concerns the whole file, not what comes last.
    if (hdus.length === 0 || error.place.byte === undefined) throw error;
    return { hdus, fault: error };
  }
  return { hdus };
}

async function beginsExtension(
  source: ByteSource,
  start: number,
): Promise<boolean> {
  const head = new Uint8Array(8);
  await source.readInto(start, head);
  return String.fromCharCode(...head) === "XTENSION";
}

async function readHeader(
  source: ByteSource,
  start: number,
  hdu: number,
): Promise<{ header: Header; end: number }> {
  const blocks: Uint8Array[] = [];
  let length = 0;
  while (length < LONGEST_HEADER) {
    const block = new Uint8Array(BLOCK);
    const count = await source.readInto(start + length, block);
    const read = block.subarray(0, count);
    if (length === 0 && hdu === 0) refuseForeign(read);
    blocks.push(read);
    length += count;
    if (hasEnd(read)) {
      const header = makeHeader(parseHeader(concatenated(blocks, length)));
      return { header, end: start + paddedLength(length) };
    }
    if (count < BLOCK) {
      throw new SpitError(
        "truncated_header",
        "the file ends inside a header, before its END card: was it cut?",
        { hdu, byte: start + length },
      );
    }
  }
  throw new SpitError(
    "bad_header",
    `no END card within ${LONGEST_HEADER} bytes of header`,
    { hdu, byte: start },
  );
}

function refuseForeign(first: Uint8Array): void {
  if (first.length === 0) {
    throw new SpitError("empty", "the file is empty", { byte: 0 });
  }
  const head = String.fromCharCode(...first.subarray(0, 30));
  if (/^SIMPLE *=/.test(head)) return;
  throw new SpitError(
    "not_fits",
    `not a FITS file: it begins with ${
      JSON.stringify(head.slice(0, 10))
    }, not "SIMPLE  ="`,
    { byte: 0 },
  );
}

function hasEnd(block: Uint8Array): boolean {
  for (let at = 0; at + 3 <= block.length; at += CARD) {
    const isEnd = block[at] === 0x45 && block[at + 1] === 0x4e &&
      block[at + 2] === 0x44;
    if (!isEnd) continue;
    const rest = block.subarray(at + 3, at + 8);
    if (rest.every((byte) => byte === 0x20 || byte === 0)) return true;
  }
  return false;
}

function concatenated(blocks: readonly Uint8Array[], length: number) {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}

function describeHdu(
  header: Header,
  index: number,
  dataStart: number,
  maxBytes: number,
): Hdu {
  const axes = readAxes(header, "NAXIS", index, dataStart);
  const kind = kindOf(header, index, axes);
  const bitpix = cardNumber(header, "BITPIX");
  if (axes.length > 0 && !BITPIX.includes(bitpix ?? NaN)) {
    throw new SpitError(
      "bad_header",
      `BITPIX is ${bitpix ?? "missing"}, not one of ${BITPIX.join(", ")}`,
      { hdu: index, card: "BITPIX", byte: dataStart },
    );
  }
  const counted = kind === "groups" ? axes.slice(1) : axes;
  const parameters = count(header, "PCOUNT", 0, index, dataStart);
  const groups = count(header, "GCOUNT", 1, index, dataStart);
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

function kindOf(
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
  if (naxis > MOST_AXES) {
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

function count(
  header: Header,
  card: string,
  otherwise: number,
  hdu: number,
  byte: number,
): number {
  const value = header.values.get(card) ?? otherwise;
  if (!isCount(value)) throw badCount(card, value, { hdu, card, byte });
  return value;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function badCount(card: string, value: unknown, place: ErrorPlace): SpitError {
  return new SpitError(
    "bad_header",
    `${card} is ${value ?? "missing"}, not a number of things`,
    place,
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
  const name = cardString(header, "ZCMPTYPE") ?? "no name";
  if (!COMPRESSIONS.includes(name)) {
    return new SpitError(
      "unsupported_compression",
      `tiles are compressed with ${name}, which is not supported: unpack the file with funpack`,
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
  const place = { hdu: index, byte: dataStart };
  const shape = axes.join(" x ");
  if (axes.includes(0)) {
    return new SpitError(
      "zero_axis",
      `the image is ${shape}: no pixels`,
      place,
    );
  }
  const long = axes.filter((axis) => axis > 1);
  if (axes.length < 2 || long.length < 2 && axes.some((axis) => axis > 1)) {
    return new SpitError(
      "one_dimensional",
      `the image is ${shape}: a spectrum, not a frame`,
      place,
    );
  }
  if (axes.slice(2).some((axis) => axis > 1)) {
    return new SpitError(
      "cube",
      `the image is a cube of ${shape}: only planes are read, so take it apart first`,
      place,
    );
  }
  return undefined;
}

function sizeFault(
  { index, dataStart }: Hdu,
  bytes: number,
  maxBytes: number,
): SpitError | undefined {
  if (bytes <= maxBytes) return undefined;
  return new SpitError(
    "absurd_axis",
    `the header announces ${bytes} bytes of pixels, more than the limit of ${maxBytes}`,
    { hdu: index, byte: dataStart },
  );
}

/** The HDU, with a fault when its data unit is not all there or not sound. */
async function withEndChecked(
  source: ByteSource,
  hdu: Hdu,
  maxBytes: number,
): Promise<Hdu> {
  const { index, dataStart, dataBytes } = hdu;
  const end = dataStart + dataBytes;
  const withFault = (fault: SpitError) => ({
    ...hdu,
    fault: hdu.fault ?? fault,
  });
  const oversize = sizeFault(hdu, dataBytes, maxBytes);
  if (oversize !== undefined && end > source.atMost) return withFault(oversize);
  try {
    // One byte beyond the padding: damage of a stream that shows just behind the
    // pixels leaves them without a checksum.
    const reached = await source.reach(dataStart + paddedLength(dataBytes) + 1);
    if (oversize !== undefined) return withFault(tooLarge(hdu, maxBytes));
    if (reached >= end) return hdu;
    const what = `the file ends ${
      end - reached
    } bytes before the pixels do: was it cut?`;
    const place = { hdu: index, byte: reached };
    return withFault(new SpitError("truncated_data", what, place));
  } catch (error) {
    if (!(error instanceof SpitError) || error.place.byte === undefined) {
      throw error;
    }
    return withFault(error);
  }
}

function tooLarge({ index, dataStart, dataBytes }: Hdu, maxBytes: number) {
  return new SpitError(
    "too_large",
    `${dataBytes} bytes of pixels are more than the limit of ${maxBytes}`,
    { hdu: index, byte: dataStart },
  );
}
