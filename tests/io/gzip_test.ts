import fc from "../fast_check.ts";
import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { memorySource } from "../../lib/io/byte_source.ts";
import { gzipSource, inflateGzip } from "../../lib/io/gzip.ts";
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

Deno.test("gzipSource() returns the same bytes in any order of reading and for any window", async () => {
  const reads = fc.array(fc.tuple(fc.nat(3_000_000), fc.nat(1_000_000)), {
    minLength: 1,
    maxLength: 6,
  });
  const content = Uint8Array.from(
    { length: 2_500_000 },
    (_, i) => (i * i * 48271) >> 7,
  );
  const packed = joinBytes(
    gzip(content.subarray(0, 999_999), 1),
    gzip(content.subarray(999_999), 1),
  );
  await fc.assert(
    fc.asyncProperty(
      reads,
      fc.constantFrom(0, 1_700_000, 1e9),
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
    { numRuns: 15 },
  );
});

Deno.test("gzipSource() reads a member that ends at the end of a step", async () => {
  // Stored with 5 bytes of block header: 65,536 bytes.
  const content = new Uint8Array(65_531).fill(7);
  const member = gzip(content, 0);
  assertEquals(member.length, 10 + 65_536 + 8);
  const source = open(joinBytes(member, member));
  assertEquals(await source.reach(Infinity), 2 * content.length);
  source.close();
});

Deno.test("gzipSource() skips the optional fields of a member header", async () => {
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

Deno.test("gzipSource() delivers the bytes before damage, then throws", async () => {
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

/** Parts that compress to little, and parts that do not compress. */
const MIXED = Uint8Array.from(
  { length: 300_000 },
  (_, i) => i % 9000 < 3000 ? 0 : (i * i * 48271) >> 7,
);

Deno.test("gzipSource() reads members of any lengths", async () => {
  const lengths = fc.array(
    fc.oneof(fc.nat(3), fc.nat(2000), fc.nat(150_000), fc.constant(300_000)),
    { minLength: 1, maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(lengths, fc.boolean(), async (all, hasMore) => {
      const parts = all.map((length) => MIXED.subarray(0, length));
      const content = joinBytes(...parts);
      const more = new TextEncoder().encode(hasMore ? "more" : "");
      const source = open(
        joinBytes(...parts.map((part) => gzip(part, 1)), more),
      );
      assertEquals(await source.reach(Infinity), content.length);
      assertEquals(await readAt(source, 0, content.length), content);
      source.close();
    }),
    { numRuns: 15 },
  );
});

Deno.test("gzipSource() keeps a quarter of the limit, and reads before it again", async () => {
  const content = new Uint8Array(9_000_000).fill(1);
  content[5] = 7;
  const source = gzipSource(memorySource(gzip(content, 1)), 1e7);
  assertEquals(source.memory! < 1e7 / 4 + 1e5, true);
  assertEquals(await source.reach(Infinity), content.length);
  assertEquals(await readAt(source, 5, 2), new Uint8Array([7, 1]));
  source.close();
});

Deno.test("gzipSource() stops a decompression bomb at the limit", async () => {
  const bomb = gzip(new Uint8Array(50_000_000));
  const source = open(bomb, 1_000_000);
  const error = await spitErrorOf(() => source.reach(Infinity));
  assertEquals(error.code, "too_large");
  source.close();
  const members = joinBytes(
    ...Array.from({ length: 400 }, () => gzip(new Uint8Array(3000))),
  );
  const small = open(members, 1_000_000);
  assertEquals(await small.reach(999_000), 999_000);
  assertEquals(
    (await spitErrorOf(() => small.reach(Infinity))).code,
    "too_large",
  );
  small.close();
});

const CONTENT = Uint8Array.from({ length: 150_000 }, (_, i) => (i * i) >> 7);

Deno.test("inflateGzip() decompresses one or more members and ignores what follows", () => {
  const members = fc.array(fc.nat(CONTENT.length), { maxLength: 4 });
  fc.assert(fc.property(members, fc.boolean(), (lengths, hasMore) => {
    const parts = [1000, ...lengths].map((end) => CONTENT.subarray(0, end));
    const packed = joinBytes(
      ...parts.map((part) => gzip(part)),
      hasMore ? new TextEncoder().encode("more") : new Uint8Array(),
    );
    assertEquals(inflateGzip(packed, 1e9), joinBytes(...parts));
  }));
});

Deno.test("inflateGzip() returns undefined for a truncated or damaged file", () => {
  const packed = gzip(CONTENT);
  fc.assert(fc.property(fc.nat(packed.length - 1), (end) => {
    assertEquals(inflateGzip(packed.subarray(0, end), 1e9), undefined);
  }));
  const place = fc.integer({ min: 10, max: packed.length - 1 });
  fc.assert(fc.property(place, fc.integer({ min: 1, max: 255 }), (at, bits) => {
    const damaged = packed.slice();
    damaged[at]! ^= bits;
    const bytes = inflateGzip(damaged, 1e9);
    // The last byte of the stream may have padding bits.
    assert(bytes === undefined || at === packed.length - 9);
  }));
});

Deno.test("inflateGzip() returns undefined beyond the limit", () => {
  const packed = joinBytes(gzip(CONTENT), gzip(CONTENT));
  assertEquals(inflateGzip(packed, 2 * CONTENT.length - 1), undefined);
  assertEquals(inflateGzip(packed, 2 * CONTENT.length)?.length, 300_000);
});
