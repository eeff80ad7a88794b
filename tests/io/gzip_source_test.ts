import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { memorySource } from "../../lib/io/byte_source.ts";
import { gzipSource } from "../../lib/io/gzip.ts";
import { joinBytes, spitErrorOf } from "../fits/open_bytes.ts";

const gzip = (bytes: Uint8Array, level = 6) =>
  new Uint8Array(gzipSync(bytes, { level }));
const open = (bytes: Uint8Array, maxBytes = 1e9, kept = 1e9) =>
  gzipSource(memorySource(bytes), maxBytes, kept);

async function readAt(
  source: ReturnType<typeof open>,
  offset: number,
  length: number,
) {
  const target = new Uint8Array(length);
  return target.subarray(0, await source.readInto(offset, target));
}

Deno.test("reads in any order give the bytes that were packed, however few are kept", async () => {
  const reads = fc.array(fc.tuple(fc.nat(300_000), fc.nat(100_000)), {
    minLength: 1,
    maxLength: 6,
  });
  const content = Uint8Array.from(
    { length: 250_000 },
    (_, i) => (i * i * 48271) >> 7,
  );
  const packed = joinBytes(
    gzip(content.subarray(0, 99_999)),
    gzip(content.subarray(99_999)),
  );
  await fc.assert(
    fc.asyncProperty(
      reads,
      fc.constantFrom(0, 70_000, 1e9),
      async (reads, kept) => {
        const source = open(packed, 1e9, kept);
        for (const [offset, length] of reads) {
          assertEquals(
            await readAt(source, offset, length),
            content.subarray(offset, offset + length),
          );
        }
        assertEquals(await source.reach(Infinity), content.length);
        source.close();
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("a deflate stream that ends where a feed ends is complete", async () => {
  // Stored: 5 bytes of block header and these, 65,536 in all.
  const content = new Uint8Array(65_531).fill(7);
  const member = gzip(content, 0);
  assertEquals(member.length, 10 + 65_536 + 8);
  const source = open(joinBytes(member, member));
  assertEquals(await source.reach(Infinity), 2 * content.length);
  source.close();
});

Deno.test("names, comments, extra fields and header checksums of members are skipped", async () => {
  const plain = gzip(new Uint8Array([1, 2, 3]));
  const head = plain.slice(0, 10);
  head[3] = 2 | 4 | 8 | 16;
  const text = new TextEncoder().encode("a.fits\0comment\0");
  const source = open(
    joinBytes(
      head,
      new Uint8Array([3, 0, 9, 9, 9]),
      text,
      new Uint8Array(2),
      plain.subarray(10),
    ),
  );
  assertEquals(await readAt(source, 0, 10), new Uint8Array([1, 2, 3]));
  source.close();
});

Deno.test("what comes before damage is given, then the damage", async () => {
  const content = Uint8Array.from(
    { length: 50_000 },
    (_, i) => (i * i * 48271) >> 7,
  );
  const packed = gzip(content);
  const source = open(packed.subarray(0, packed.length - 500));
  assertEquals(await readAt(source, 0, 1000), content.subarray(0, 1000));
  const error = await spitErrorOf(() => readAt(source, 40_000, 10_000));
  assertEquals(error.code, "broken_gzip");
  assertEquals(await readAt(source, 500, 1000), content.subarray(500, 1500));
  source.close();
});

Deno.test("a bomb stops at its limit, long before it is inflated", async () => {
  const bomb = gzip(new Uint8Array(50_000_000));
  const source = open(bomb, 1_000_000);
  const error = await spitErrorOf(() => source.reach(Infinity));
  assertEquals(error.code, "too_large");
  source.close();
});
