/**
 * The header of a gzip member (RFC 1952).
 *
 * @module
 */

const HAS_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/**
 * Bytes before the deflate stream of a member.
 *
 * @param bytes From the first byte of the member on.
 * @returns `undefined` when they are none, or end within it.
 */
export function memberHeaderLength(bytes: Uint8Array): number | undefined {
  if (
    bytes.length < 10 || bytes[0] !== 0x1f || bytes[1] !== 0x8b ||
    bytes[2] !== 8
  ) return undefined;
  const flags = bytes[3]!;
  let at = 10;
  if (flags & HAS_EXTRA) {
    if (at + 2 > bytes.length) return undefined;
    at += 2 + bytes[at]! + 256 * bytes[at + 1]!;
  }
  for (const text of [HAS_NAME, HAS_COMMENT]) {
    if (!(flags & text)) continue;
    const end = at > bytes.length ? -1 : bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if (flags & HAS_CRC) at += 2;
  return at <= bytes.length ? at : undefined;
}
