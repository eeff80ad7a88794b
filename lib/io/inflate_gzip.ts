/**
 * A gzip file inflated at once.
 *
 * @module
 */
import { crc32, inflateRawSync } from "node:zlib";
import { joined } from "./joined.ts";
import { memberHeaderLength } from "./gzip_member.ts";

/** Room for the first piece, when the trailer cannot be meant; and the most that it is trusted for. */
const LEAST_CHUNK = 1 << 16;
const MOST_CHUNK = 1 << 26;

/** What node's types leave out: with `info`, zlib says how far it read. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * Inflates all members of a gzip file, each in one call: twice as fast as piece by
 * piece, for files that fit into memory.
 *
 * @param compressed The whole file.
 * @param maxBytes Inflated bytes beyond which it is left.
 * @returns `undefined` when anything is wrong: {@linkcode gzipSource} says what, and gives
 *   what comes before it.
 */
export function inflateGzip(
  compressed: Uint8Array,
  maxBytes: number,
): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let length = 0;
  let at = 0;
  while (at < compressed.length) {
    const header = memberHeaderLength(compressed.subarray(at));
    // What follows the last member and is not gzip is ignored, as gzip(1) does.
    if (header === undefined) break;
    const member = inflateMember(
      compressed.subarray(at + header),
      maxBytes - length,
    );
    if (member === undefined) return undefined;
    parts.push(member.bytes);
    length += member.bytes.length;
    at += header + member.read;
  }
  return parts.length === 0 ? undefined : joined(Uint8Array, parts);
}

/** A member's bytes, and how many compressed ones it takes with its trailer. */
function inflateMember(
  deflated: Uint8Array,
  maxBytes: number,
): { bytes: Uint8Array; read: number } | undefined {
  if (maxBytes < 1) return undefined;
  const view = new DataView(
    deflated.buffer,
    deflated.byteOffset,
    deflated.length,
  );
  if (deflated.length < 8) return undefined;
  // A file of one member ends with its length: a buffer of that size is never copied.
  const length = view.getUint32(deflated.length - 4, true);
  const chunkSize = Math.max(LEAST_CHUNK, Math.min(length + 1, MOST_CHUNK));
  let inflated: Inflated;
  try {
    inflated = inflateRawSync(deflated, {
      chunkSize,
      info: true,
      maxOutputLength: maxBytes,
    }) as unknown as Inflated;
  } catch {
    return undefined;
  }
  const { buffer, engine: { bytesWritten: end } } = inflated;
  // A plain view: a Buffer slices and prints otherwise.
  const bytes = new Uint8Array(
    buffer.buffer,
    buffer.byteOffset,
    buffer.length,
  );
  if (
    end + 8 > deflated.length ||
    view.getUint32(end, true) !== crc32(bytes) ||
    view.getUint32(end + 4, true) !== bytes.length % 2 ** 32
  ) return undefined;
  return { bytes, read: end + 8 };
}
