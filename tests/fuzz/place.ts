/** Places in a file, as far as its bytes tell them, damaged as they may be. */
import type { Random } from "../../lib/simulate/random.ts";

/** Bytes from the start in which headers are looked for. */
const SEARCHED = 400_000;

/** Any place, of a file that is not empty. */
export function anyPlace(bytes: Uint8Array, random: Random): number {
  return random.integer(0, bytes.length - 1);
}

/** Where cards of a keyword begin, on the grid of 80 bytes. */
export function cardsOf(bytes: Uint8Array, keyword: string): number[] {
  const name = new TextEncoder().encode(keyword.padEnd(8));
  const found: number[] = [];
  const end = Math.min(bytes.length, SEARCHED);
  for (let at = 0; at + 80 <= end; at += 80) {
    if (name.every((byte, k) => bytes[at + k] === byte)) found.push(at);
  }
  return found;
}

/** Where the data behind each header begins: at the block behind its END card. */
export function dataStarts(bytes: Uint8Array): number[] {
  return cardsOf(bytes, "END").map((at) => (Math.floor(at / 2880) + 1) * 2880);
}

/** Puts a card there, cut to its 80 bytes; what is beyond the end of the file is left out. */
export function putCard(bytes: Uint8Array, at: number, text: string): void {
  const card = new TextEncoder().encode(text.padEnd(80)).subarray(0, 80);
  const room = Math.max(0, bytes.length - at);
  if (room > 0) bytes.set(card.subarray(0, room), at);
}
