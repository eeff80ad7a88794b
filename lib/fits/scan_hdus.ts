import { SpitError } from "../errors.ts";
import { concat } from "../std.ts";
import {
  BLOCK_LENGTH,
  CARD_LENGTH,
  type Header,
  isEndRecord,
  makeHeader,
  paddedLength,
  parseHeader,
} from "./header.ts";
import type { ByteSource } from "../io/byte_source.ts";
import { describeFormat, detectFormat } from "../io/magic.ts";
import { describeHdu, type Hdu, sizeFault } from "./hdu.ts";

/** Longest header, bytes; a longer one has lost its END card. */
const MAX_HEADER_LENGTH = 16 * 1024 * 1024;

/** Longest headers of a file together, bytes; parsed, they take about four times that. */
const MAX_HEADERS_LENGTH = 2 * MAX_HEADER_LENGTH;

/**
 * Finds the HDUs of a file by reading its headers.
 *
 * Damage in the primary header throws. Later damage, and headers of more than 32 MiB
 * together, end the search and are returned, so that the images before can be read. Bytes
 * after the last HDU that are not an extension are ignored, and the last data unit may lack
 * its padding.
 *
 * @param maxBytes Largest allowed image.
 * @returns All HDUs found, at least the primary HDU, and the damage after them, if any.
 * @throws {SpitError} `empty`, `not_fits`, `unsupported_compression`, `bad_header`,
 *   `truncated_header`, and the errors of the source while it reads the primary header.
 */
export async function scanHdus(
  source: ByteSource,
  maxBytes: number,
): Promise<{ readonly hdus: readonly Hdu[]; readonly fault?: SpitError }> {
  const hdus: Hdu[] = [];
  let start = 0;
  let headersLength = 0;
  try {
    while (hdus.length === 0 || await beginsExtension(source, start)) {
      const { header, end } = await readHeader(source, start, hdus.length);
      headersLength += end - start;
      if (headersLength > MAX_HEADERS_LENGTH) {
        const what =
          `the headers of the file have more than ${MAX_HEADERS_LENGTH} bytes`;
        const location = { hdu: hdus.length, byte: start };
        throw new SpitError("too_large", what, location);
      }
      const described = describeHdu(header, hdus.length, end, maxBytes);
      const hdu = await checkDataUnit(source, described, maxBytes);
      hdus.push(hdu);
      start = end + paddedLength(hdu.dataBytes);
      if (!Number.isSafeInteger(start)) break;
    }
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    // An error without a byte concerns the whole file.
    if (hdus.length === 0 || error.byte === undefined) throw error;
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
  while (length < MAX_HEADER_LENGTH) {
    const block = new Uint8Array(BLOCK_LENGTH);
    const count = await source.readInto(start + length, block);
    const read = block.subarray(0, count);
    if (length === 0 && hdu === 0) assertFits(read);
    blocks.push(read);
    length += count;
    if (hasEnd(read)) {
      const header = makeHeader(parseHeader(concat(blocks)));
      return { header, end: start + paddedLength(length) };
    }
    if (count < BLOCK_LENGTH) {
      throw new SpitError(
        "truncated_header",
        "the file ends inside a header, before its END card: is it truncated?",
        { hdu, byte: start + length },
      );
    }
  }
  throw new SpitError(
    "bad_header",
    `there is no END card within the first ${MAX_HEADER_LENGTH} bytes of the header`,
    { hdu, byte: start },
  );
}

function assertFits(first: Uint8Array): void {
  if (first.length === 0) {
    throw new SpitError("empty", "the file is empty", { byte: 0 });
  }
  const format = detectFormat(first);
  if (format === "FITS") return;
  if (format === "IRAF") {
    const what = `this is ${
      describeFormat(format)
    }, not a FITS file: convert it with wfits of IRAF`;
    throw new SpitError("not_fits", what, { byte: 0 });
  }
  if (format !== undefined) {
    // The reader unpacks these once.
    const twice = ["gzip", "bzip2", "compress", "zstd"].includes(format)
      ? " twice"
      : "";
    const what = `the file is ${
      describeFormat(format)
    }${twice}: unpack it first`;
    throw new SpitError("unsupported_compression", what, { byte: 0 });
  }
  const shown = String.fromCharCode(...first.subarray(0, 10)).replace(
    /[^ -~]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  const hint = isText(first)
    ? " but text (a list of paths is given as @LIST)"
    : "";
  const what =
    `not a FITS file${hint}: it begins with "${shown}", not "SIMPLE  ="`;
  throw new SpitError("not_fits", what, { byte: 0 });
}

/** Whether the first bytes of a file are lines of text. A header has no line breaks. */
function isText(first: Uint8Array): boolean {
  const [tab, lineFeed, carriageReturn, space] = [0x09, 0x0a, 0x0d, 0x20];
  const blanks = [tab, lineFeed, carriageReturn];
  return first.includes(lineFeed) &&
    first.every((byte) => byte >= space || blanks.includes(byte));
}

function hasEnd(block: Uint8Array): boolean {
  for (let at = 0; at < block.length; at += CARD_LENGTH) {
    if (isEndRecord(block, at)) return true;
  }
  return false;
}

/** Adds a fault to an HDU whose data unit is truncated or damaged. */
async function checkDataUnit(
  source: ByteSource,
  hdu: Hdu,
  maxBytes: number,
): Promise<Hdu> {
  const { index, dataStart, dataBytes } = hdu;
  const end = dataStart + dataBytes;
  const withFault = (fault: SpitError) =>
    hdu.fault === undefined ? { ...hdu, fault } : hdu;
  // Any other data unit is skipped, not read.
  const oversize = hdu.kind === "image" || hdu.kind === "tiled"
    ? sizeFault(hdu, dataBytes, maxBytes)
    : undefined;
  if (oversize !== undefined && end > source.maxLength) {
    return withFault(oversize);
  }
  try {
    // One byte beyond the padding, so that the checksum of a compressed stream that
    // ends there is verified.
    const reached = await source.reach(dataStart + paddedLength(dataBytes) + 1);
    if (oversize !== undefined) {
      const what =
        `${dataBytes} bytes of pixels exceed the limit of ${maxBytes}`;
      const location = { hdu: index, byte: dataStart };
      return withFault(new SpitError("too_large", what, location));
    }
    if (reached >= end) return hdu;
    const missing = end - reached;
    const what =
      `the file ends ${missing} bytes before the pixels do: is it truncated?`;
    const location = { hdu: index, byte: reached };
    return withFault(new SpitError("truncated_data", what, location));
  } catch (error) {
    if (error instanceof SpitError && error.byte !== undefined) {
      return withFault(error);
    }
    throw error;
  }
}
