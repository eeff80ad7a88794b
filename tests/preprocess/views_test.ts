import { assertEquals, assertThrows } from "@std/assert";
import { FLIPS, flips } from "../../lib/preprocess/flips.ts";

const SIZE = 210 * 650;
const inputImage = Uint8Array.from(
  { length: SIZE },
  (_, k) => (k * 2654435761 >>> 24) ^ (k % 251),
);

Deno.test("flips are: as it is, rows flipped, columns flipped, both", () => {
  const all = flips(inputImage);
  assertEquals(all.length, FLIPS * SIZE);
  let wrong = 0;
  for (let row = 0; row < 210; row++) {
    for (let column = 0; column < 650; column++) {
      const value = inputImage[row * 650 + column];
      const up = 209 - row;
      const back = 649 - column;
      const places = [
        row * 650 + column,
        SIZE + up * 650 + column,
        2 * SIZE + row * 650 + back,
        3 * SIZE + up * 650 + back,
      ];
      for (const place of places) if (all[place] !== value) wrong++;
    }
  }
  assertEquals(wrong, 0);
});

Deno.test("each flip of itself is the input image again", () => {
  const all = flips(inputImage);
  for (let flip = 0; flip < FLIPS; flip++) {
    const flipped = all.slice(flip * SIZE, (flip + 1) * SIZE);
    const again = flips(flipped).subarray(flip * SIZE, (flip + 1) * SIZE);
    assertEquals(again, inputImage);
  }
});

Deno.test("pixels of another size are refused", () => {
  assertThrows(() => flips(new Uint8Array(650)), RangeError, "210 × 650");
});
