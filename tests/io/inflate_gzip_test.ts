import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { inflateGzip } from "../../lib/io/gzip.ts";
import { joinBytes } from "../fits/open_bytes.ts";

const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
const content = Uint8Array.from({ length: 150_000 }, (_, i) => (i * i) >> 7);

Deno.test("inflated at once: any members give their bytes, whatever follows them", () => {
  const members = fc.array(fc.nat(content.length), { maxLength: 4 });
  fc.assert(fc.property(members, fc.boolean(), (lengths, hasMore) => {
    const parts = [1000, ...lengths].map((end) => content.subarray(0, end));
    const packed = joinBytes(
      ...parts.map(gzip),
      hasMore ? new TextEncoder().encode("more") : new Uint8Array(),
    );
    assertEquals(inflateGzip(packed, 1e9), joinBytes(...parts));
  }));
});

Deno.test("inflated at once: a file that is cut or damaged anywhere is left to the stream", () => {
  const packed = gzip(content);
  fc.assert(fc.property(fc.nat(packed.length - 1), (end) => {
    assertEquals(inflateGzip(packed.subarray(0, end), 1e9), undefined);
  }));
  const place = fc.integer({ min: 10, max: packed.length - 1 });
  fc.assert(fc.property(place, fc.integer({ min: 1, max: 255 }), (at, bits) => {
    const damaged = packed.slice();
    damaged[at]! ^= bits;
    const bytes = inflateGzip(damaged, 1e9);
    // Bits that pad the last byte of the stream mean nothing.
    assert(bytes === undefined || at === packed.length - 9);
  }));
});

Deno.test("inflated at once: more than is allowed is left to the stream", () => {
  const packed = joinBytes(gzip(content), gzip(content));
  assertEquals(inflateGzip(packed, 2 * content.length - 1), undefined);
  assertEquals(inflateGzip(packed, 2 * content.length)?.length, 300_000);
});
