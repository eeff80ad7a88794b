import { assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { SpitError } from "../../../lib/errors.ts";
import { inflateTile } from "../../../lib/fits/tile/decode_tile.ts";

Deno.test("a gzip tile that is damaged, or too long for its pixels, is told in plain words", () => {
  const packed = new Uint8Array(gzipSync(new Uint8Array(65)));
  assertEquals(inflateTile(packed, 9).length, 65);
  const cases: [tile: Uint8Array, pixels: number, says: string][] = [
    [packed, 8, "a gzip tile of 8 pixels holds more than 8 bytes for each"],
    [packed.subarray(1), 9, "a gzip tile is damaged: incorrect header check"],
  ];
  for (const [tile, pixels, says] of cases) {
    const error = assertThrows(() => inflateTile(tile, pixels), SpitError);
    assertEquals([error.code, error.message], ["bad_tile", says]);
  }
});
