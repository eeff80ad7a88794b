import { assertEquals, assertThrows } from "@std/assert";
import { VIEWS, views } from "../../lib/preprocess/flips.ts";

const SIZE = 210 * 650;
const picture = Uint8Array.from(
  { length: SIZE },
  (_, k) => (k * 2654435761 >>> 24) ^ (k % 251),
);

Deno.test("views are: as it is, rows flipped, columns flipped, both", () => {
  const all = views(picture);
  assertEquals(all.length, VIEWS * SIZE);
  let wrong = 0;
  for (let row = 0; row < 210; row++) {
    for (let column = 0; column < 650; column++) {
      const value = picture[row * 650 + column];
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

Deno.test("each view of itself is the picture again", () => {
  const all = views(picture);
  for (let view = 0; view < VIEWS; view++) {
    const flipped = all.slice(view * SIZE, (view + 1) * SIZE);
    const again = views(flipped).subarray(view * SIZE, (view + 1) * SIZE);
    assertEquals(again, picture);
  }
});

Deno.test("pixels of another size are refused", () => {
  assertThrows(() => views(new Uint8Array(650)), RangeError, "210 × 650");
});
