import { assert, assertEquals } from "@std/assert";
import { crc32 } from "node:zlib";
import fc from "../fast_check.ts";
import { memorySource } from "../../lib/io/byte_source.ts";
import { lzwSource } from "../../lib/io/lzw.ts";
import { concat } from "../../lib/std.ts";
import { spitErrorOf } from "../fits/open_bytes.ts";
import { compressLzw } from "./compress_lzw.ts";

async function inflate(
  compressed: Uint8Array,
  maxBytes = 1e8,
): Promise<Uint8Array> {
  const source = lzwSource(memorySource(compressed), maxBytes);
  const length = await source.reach(Infinity);
  const content = new Uint8Array(length);
  assertEquals(await source.readInto(0, content), length);
  source.close();
  return content;
}

/** Bytes of which few, some or all are equal, so that strings are short and long. */
function makeBytes(length: number, values: number, seed: number): Uint8Array {
  let state = seed + 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return state % values;
  });
}

/** Content with parts of different statistics. */
const CONTENT = fc.array(
  fc.tuple(
    fc.constantFrom(1, 5, 700, 70_000, 150_000),
    fc.constantFrom(1, 2, 30, 256),
    fc.nat(1000),
  ),
  { maxLength: 3 },
);

function makeContent(parts: [number, number, number][]): Uint8Array {
  return concat(parts.map((part) => makeBytes(...part)));
}

/** Compares checksums, since the difference of long arrays takes minutes to print. */
function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assertEquals(
    [actual.length, crc32(actual)],
    [expected.length, crc32(expected)],
  );
}

Deno.test("lzwSource() decompresses codes of every width, with and without block mode", async () => {
  const options = fc.record({
    width: fc.integer({ min: 10, max: 16 }),
    isBlockMode: fc.boolean(),
    clearEvery: fc.constantFrom(Infinity, 3000, 40_000),
  });
  await fc.assert(
    fc.asyncProperty(CONTENT, options, async (parts, options) => {
      const content = makeContent(parts);
      assertSameBytes(await inflate(compressLzw(content, options)), content);
    }),
    { numRuns: 50 },
  );
});

// A command that does not exist throws at once.
const hasCompress = await (async () => {
  await new Deno.Command("compress", { args: ["-V"] }).output();
  return true;
})().catch(() => false);

async function runCompress(
  content: Uint8Array,
  ...args: string[]
): Promise<Uint8Array> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, content);
    const command = new Deno.Command("compress", {
      args: ["-c", "-f", ...args, path],
    });
    return (await command.output()).stdout;
  } finally {
    await Deno.remove(path);
  }
}

Deno.test({
  name: "lzwSource() decompresses what compress(1) writes",
  ignore: !hasCompress,
  async fn() {
    // ncompress cannot read its own codes of 9 bits.
    const widths = fc.integer({ min: 10, max: 16 });
    await fc.assert(
      fc.asyncProperty(CONTENT, widths, async (parts, width) => {
        const content = makeContent([...parts, [1, 1, 1]]);
        const compressed = await runCompress(content, "-b", `${width}`);
        assertSameBytes(await inflate(compressed), content);
      }),
      { numRuns: 30 },
    );
    const changing = makeContent([[1e6, 20, 1], [1e6, 256, 2], [1e6, 1, 3]]);
    assertSameBytes(await inflate(await runCompress(changing)), changing);
  },
});

Deno.test({
  name: "compressLzw() of the tests writes what compress(1) does",
  ignore: !hasCompress,
  async fn() {
    const content = makeContent([[200_000, 5, 1]]);
    assertSameBytes(await runCompress(content), compressLzw(content));
  },
});

Deno.test("lzwSource() returns the same bytes in any order of reading and for any window", async () => {
  const content = makeBytes(1.2e6, 200, 3);
  const compressed = compressLzw(content);
  for (const windowSize of [1, 700_000, undefined]) {
    const source = lzwSource(memorySource(compressed), 1e8, windowSize);
    for (const at of [0, 1e6, 262_143, 262_144, 1_199_990]) {
      const target = new Uint8Array(300_000);
      const count = await source.readInto(at, target);
      const expected = content.subarray(at, at + 300_000);
      assertEquals(count, expected.length);
      assertSameBytes(target.subarray(0, count), expected);
    }
    source.close();
  }
});

Deno.test("lzwSource() stops at the limit", async () => {
  const content = makeBytes(1e6, 3, 1);
  const compressed = compressLzw(content);
  assertEquals((await inflate(compressed, 1e6)).length, 1e6);
  const error = await spitErrorOf(() => inflate(compressed, 1e6 - 1));
  assertEquals(error.code, "too_large");
});

Deno.test("lzwSource() throws for an invalid header, and delivers the bytes before an invalid code", async () => {
  for (
    const header of [[], [0x1f, 0x9d], [0x1f, 0x9d, 0x88], [0x1f, 0x9d, 0xb0], [
      0x1f,
      0x9d,
      0x91,
    ]]
  ) {
    const { code, byte } = await spitErrorOf(() =>
      inflate(Uint8Array.from(header))
    );
    assertEquals([code, byte], ["broken_compress", 0]);
  }
  // Codes of nine bits: 65, 66, 300.
  const bits = 65 | 66 << 9 | 300 << 18;
  const compressed = Uint8Array.of(
    0x1f,
    0x9d,
    0x90,
    ...[0, 8, 16, 24].map((k) => bits >> k & 255),
  );
  const source = lzwSource(memorySource(compressed), 100);
  const target = new Uint8Array(2);
  assertEquals(await source.readInto(0, target), 2);
  assertEquals(target, Uint8Array.of(65, 66));
  const { code, byte } = await spitErrorOf(() => source.reach(3));
  assertEquals([code, byte], ["broken_compress", 2]);
});

Deno.test("lzwSource() accepts any bytes, or throws broken_compress", async () => {
  const content = makeBytes(20_000, 50, 1);
  const compressed = compressLzw(content, { width: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0x89, 0x8a, 0x90, 0x10, 0x0c),
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.tuple(fc.nat(compressed.length - 4), fc.nat(255)).map(([at, byte]) =>
          compressed.slice(3).fill(byte, at, at + 1)
        ),
      ),
      async (flags, codes) => {
        const bytes = Uint8Array.of(0x1f, 0x9d, flags, ...codes);
        try {
          assert((await inflate(bytes)).length < 1e7);
        } catch (error) {
          assertEquals((error as { code: string }).code, "broken_compress");
        }
      },
    ),
    { numRuns: 300 },
  );
});
