/** Finds cards and data in files whose structure may be damaged. */
import type { Random } from "../../lib/simulate/random.ts";

/** Number of bytes at the start of a file that are searched for cards. */
const SEARCHED_BYTES = 400_000;

/** Returns a random offset in a file that is not empty. */
export function pickOffset(bytes: Uint8Array, random: Random): number {
  return random.integer(0, bytes.length - 1);
}

/** Returns the offsets of the cards with a keyword, multiples of 80. */
export function findCards(bytes: Uint8Array, keyword: string): number[] {
  const name = new TextEncoder().encode(keyword.padEnd(8));
  const offsets: number[] = [];
  const end = Math.min(bytes.length, SEARCHED_BYTES);
  for (let at = 0; at + 80 <= end; at += 80) {
    if (name.every((byte, k) => bytes[at + k] === byte)) offsets.push(at);
  }
  return offsets;
}

/** Returns the offset of the data after each header: the block after its END card. */
export function findDataStarts(bytes: Uint8Array): number[] {
  return findCards(bytes, "END").map((at) =>
    (Math.floor(at / 2880) + 1) * 2880
  );
}

/** Overwrites 80 bytes with a card, or fewer at the end of the file. */
export function writeCard(bytes: Uint8Array, at: number, text: string): void {
  const card = new TextEncoder().encode(text.padEnd(80)).subarray(0, 80);
  const room = Math.max(0, bytes.length - at);
  if (room > 0) bytes.set(card.subarray(0, room), at);
}
