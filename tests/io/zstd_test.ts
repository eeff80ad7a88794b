import { assert, assertEquals } from "@std/assert";
import { crc32, zstdCompressSync } from "node:zlib";
import fc from "../fast_check.ts";
import { inflateZstd } from "../../lib/io/zstd.ts";
import { concat } from "../../lib/std.ts";
import { spitErrorOf } from "../fits/open_bytes.ts";
import { zstdZeros } from "../security/bombs.ts";

async function inflate(
  compressed: Uint8Array,
  maxBytes = 1e8,
): Promise<Uint8Array> {
  const source = inflateZstd(compressed, maxBytes);
  const content = new Uint8Array(source.maxLength);
  assertEquals(await source.readInto(0, content), content.length);
  source.close();
  return content;
}

const codeOf = (compressed: Uint8Array, maxBytes?: number) =>
  spitErrorOf(() => inflate(compressed, maxBytes)).then(({ code }) => code);

const compress = (content: Uint8Array) =>
  new Uint8Array(zstdCompressSync(content));

/** Bytes that compress by less the more values they have. */
const CONTENT = fc.tuple(
  fc.constantFrom(0, 1, 300, 70_000, 200_000),
  fc.constantFrom(1, 7, 256),
  fc.nat(1000),
).map(([length, values, seed]) => {
  let state = seed + 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return state % values;
  });
});

/** A frame that zstd(1) skips, with five bytes. */
const SKIPPED = Uint8Array.of(
  0x5a,
  0x2a,
  0x4d,
  0x18,
  5,
  0,
  0,
  0,
  1,
  2,
  3,
  4,
  5,
);

/** `printf SIMPLE | zstd`, and 300,000 zeros, whose lengths are not in the header. */
const PIPED = [
  "28b52ffd045831000053494d504c45713f3ce0",
  "28b52ffd04585400001000000100fbff39c00202001000039f04002d28de26",
].map((hex) => Uint8Array.fromHex(hex));

Deno.test("inflateZstd() decompresses frames, skips those without content and ignores what follows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(CONTENT, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (contents, isSkipping) => {
        const frames = contents.map(compress);
        const compressed = concat([
          ...isSkipping ? [SKIPPED] : [],
          ...frames.flatMap((frame) => isSkipping ? [frame, SKIPPED] : [frame]),
          new Uint8Array(512),
        ]);
        const content = await inflate(compressed);
        const expected = concat(contents);
        assertEquals(
          [content.length, crc32(content)],
          [expected.length, crc32(expected)],
        );
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("inflateZstd() decompresses what zstd(1) writes into a pipe", async () => {
  const [text, zeros] = await Promise.all(PIPED.map((one) => inflate(one)));
  assertEquals(new TextDecoder().decode(text), "SIMPLE");
  assertEquals(zeros, new Uint8Array(300_000));
});

Deno.test("inflateZstd() throws for a file that is truncated at any byte of any frame", async () => {
  const frame = compress(Uint8Array.from({ length: 2000 }, (_, k) => k * k));
  for (const before of [new Uint8Array(0), ...PIPED, SKIPPED]) {
    for (let end = 4; end < frame.length; end += 1 + (end >> 4)) {
      const cut = concat([before, frame.subarray(0, end)]);
      assertEquals(await codeOf(cut), "broken_zstd", `${end}`);
    }
  }
  const skipped = SKIPPED.subarray(0, 6);
  assertEquals(await codeOf(concat([frame, skipped])), "broken_zstd");
});

Deno.test("inflateZstd() stops at the limit, before memory is allocated", async () => {
  const content = Uint8Array.from({ length: 1e6 }, (_, k) => k % 251);
  const one = compress(content);
  assertEquals((await inflate(one, 4e6)).length, 1e6);
  assertEquals(await codeOf(one, 1e6 - 1), "too_large");
  assertEquals(await codeOf(concat([one, one]), 1.9e6), "too_large");
  assertEquals((await inflate(concat([one, one]), 8e6)).length, 2e6);
  // 32 GiB of zeros. The largest allowed window has 128 MiB.
  const bomb = zstdZeros(262_144);
  const before = Deno.memoryUsage().rss;
  assertEquals(await codeOf(bomb, 50e6), "too_large");
  assert(Deno.memoryUsage().rss - before < 150e6);
  const wide = bomb.slice().fill(0x90, 5, 6);
  assertEquals(await codeOf(wide, 50e6), "unsupported_compression");
});

Deno.test("inflateZstd() accepts any bytes, or throws a typed error", async () => {
  const compressed = concat([
    compress(Uint8Array.from({ length: 5000 }, (_, k) => k * k)),
    ...PIPED,
  ]);
  const changed = fc.array(
    fc.tuple(fc.nat(compressed.length - 5), fc.nat(255)),
    { minLength: 1, maxLength: 3 },
  ).map((changes) => {
    const bytes = compressed.slice();
    for (const [at, byte] of changes) bytes[4 + at] = byte;
    return bytes;
  });
  const codes = ["broken_zstd", "too_large", "unsupported_compression"];
  await fc.assert(
    fc.asyncProperty(changed, async (bytes) => {
      try {
        assert((await inflate(bytes, 1e6)).length <= 1e6);
      } catch (error) {
        assert(codes.includes((error as { code: string }).code), `${error}`);
      }
    }),
    { numRuns: 150 },
  );
});
