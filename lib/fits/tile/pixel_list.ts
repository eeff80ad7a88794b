import { SpitError } from "../../errors.ts";

/** Words of the header of a line list in the old format. */
const OLD_HEADER_LENGTH = 3;

/**
 * Decodes a PLIO_1 tile: a line list of IRAF, instructions of 16 bits that write runs of
 * zeros and of a current value. Pixels after the last instruction are zero.
 *
 * Source: FITS Standard 4.0, section 10.4, and CFITSIO's pliocomp.c, with which the
 * pixels agree.
 *
 * @param bytes Big-endian words.
 * @param pixels Receives the pixels.
 * @throws {SpitError} `bad_tile`: the list ends early, has an unknown instruction, or more
 *   pixels than the tile.
 */
export function decodePixelList(bytes: Uint8Array, pixels: Int32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words = bytes.length >> 1;
  const readWord = (index: number) => {
    if (index < 0 || index >= words) throw damaged("ends early");
    return view.getInt16(2 * index);
  };
  const isOld = readWord(2) > 0;
  const length = isOld ? readWord(2) : (readWord(4) << 15) + readWord(3);
  let value = 1;
  let at = 0;
  const write = (zeros: number, values: number) => {
    const start = at + zeros, end = start + values;
    if (end > pixels.length) throw damaged("has too many pixels");
    pixels.fill(0, at, start).fill(value, start, end);
    at = end;
  };
  for (let i = isOld ? OLD_HEADER_LENGTH : readWord(1); i < length; i++) {
    const word = readWord(i);
    const operation = word >> 12, count = word & 0xfff;
    switch (operation) {
      case 0:
        write(count, 0);
        break;
      case 1:
        value = (readWord(++i) << 12) + count;
        break;
      case 2:
        value += count;
        break;
      case 3:
        value -= count;
        break;
      case 4:
        write(0, count);
        break;
      case 5:
        write(count - 1, 1);
        break;
      case 6:
        value += count;
        write(0, 1);
        break;
      case 7:
        value -= count;
        write(0, 1);
        break;
      default:
        throw damaged(`has the unknown instruction ${operation}`);
    }
  }
  pixels.fill(0, at);
}

function damaged(what: string): SpitError {
  return new SpitError("bad_tile", `a PLIO_1 tile ${what}`);
}
