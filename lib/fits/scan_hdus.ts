/**
 * The HDUs of a file, found by reading its headers.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { concatBytes } from "../io/memory.ts";
import {
  BLOCK,
  CARD,
  type Header,
  makeHeader,
  paddedLength,
  parseHeader,
} from "./header.ts";
import type { ByteSource } from "../io/byte_source.ts";
import { describeHdu, type Hdu, sizeFault } from "./hdu.ts";

/** The HDUs of a file, and the damage that ended the search for more. */
export interface Scan {
  /** All HDUs found, at least the primary. */
  readonly hdus: readonly Hdu[];
  /** Damage after the last of them; absent when the file ends as it should. */
  readonly fault?: SpitError;
}

/** Headers longer than this are taken for a file whose END card is lost. */
const LONGEST_HEADER = 16 * 1024 * 1024;

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
  while (length < LONGEST_HEADER) {
    const block = new Uint8Array(BLOCK);
    const count = await source.readInto(start + length, block);
    const read = block.subarray(0, count);
    if (length === 0 && hdu === 0) refuseForeign(read);
    blocks.push(read);
    length += count;
    if (hasEnd(read)) {
      const header = makeHeader(parseHeader(concatBytes(blocks)));
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
    `not a FITS file: it begins with "${
      visible(head.slice(0, 10))
    }", not "SIMPLE  ="`,
    { byte: 0 },
  );
}

/** Bytes that are not printable ASCII as `\x89`. */
function visible(text: string): string {
  return text.replace(
    /[^ -~]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
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
    if (!(error instanceof SpitError) || error.byte === undefined) {
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
