import { assertEquals } from "@std/assert";
import { bunzip, joinBytes, spitErrorOf } from "../fits/open_bytes.ts";

const packed = Deno.readFileSync(
  new URL("../fixtures/fits/integers.fits.bz2", import.meta.url),
);
const content = bunzip(packed, 1e9);
const codeOf = (bytes: Uint8Array, maxBytes = 1e9) =>
  spitErrorOf(() => Promise.resolve().then(() => bunzip(bytes, maxBytes)))
    .then(({ code }) => code);

Deno.test("inflateBzip2() decompresses one or more streams and ignores what follows", () => {
  assertEquals(content.length % 2880, 0);
  assertEquals(
    bunzip(joinBytes(packed, packed), 1e9),
    joinBytes(content, content),
  );
  assertEquals(
    bunzip(joinBytes(packed, new Uint8Array(99)), 1e9),
    content,
  );
});

Deno.test("inflateBzip2() throws for a truncated or damaged file", async () => {
  assertEquals(
    await codeOf(packed.subarray(0, packed.length - 100)),
    "broken_bzip2",
  );
  assertEquals(await codeOf(packed.subarray(0, 4)), "broken_bzip2");
  const changed = packed.slice();
  changed[packed.length >> 1]! ^= 1;
  assertEquals(await codeOf(changed), "broken_bzip2");
});

Deno.test("inflateBzip2() stops at the limit", async () => {
  assertEquals(await codeOf(packed, content.length - 1), "too_large");
  assertEquals(bunzip(packed, content.length), content);
});
