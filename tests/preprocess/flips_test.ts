import { assertEquals, assertThrows } from "@std/assert";
import { FLIPS, makeFlips } from "../../lib/preprocess/flips.ts";

const SIZE = 210 * 650;
const inputImage = Uint8Array.from(
  { length: SIZE },
  (_, k) => (k * 2654435761 >>> 24) ^ (k % 251),
);

Deno.test("the flips are the input image, with rows, columns and both reversed", () => {
  const all = makeFlips(inputImage);
  assertEquals(all.length, FLIPS * SIZE);
  let wrong = 0;
  for (let row = 0; row < 210; row++) {
    for (let column = 0; column < 650; column++) {
      const value = inputImage[row * 650 + column];
      const up = 209 - row;
      const back = 649 - column;
      const indices = [
        row * 650 + column,
        SIZE + up * 650 + column,
        2 * SIZE + row * 650 + back,
        3 * SIZE + up * 650 + back,
      ];
      for (const index of indices) if (all[index] !== value) wrong++;
    }
  }
  assertEquals(wrong, 0);
});

Deno.test("flipping a flip returns the input image", () => {
  const all = makeFlips(inputImage);
  for (let flip = 0; flip < FLIPS; flip++) {
    const flipped = all.slice(flip * SIZE, (flip + 1) * SIZE);
    const again = makeFlips(flipped).subarray(flip * SIZE, (flip + 1) * SIZE);
    assertEquals(again, inputImage);
  }
});

Deno.test("an input image of another size is refused", () => {
  assertThrows(() => makeFlips(new Uint8Array(650)), RangeError, "210 × 650");
});
