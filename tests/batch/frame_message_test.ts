import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  frameNamed,
  messageId,
  messageText,
} from "../../lib/batch/frame_message.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Names of files, whatever a person or a program has put into them. */
const names = fc.string({ unit: "binary", minLength: 1, maxLength: 200 })
  .filter((name) => name.isWellFormed() && !name.includes("\0"));
const stamps = fc.record({
  size: fc.option(fc.nat()),
  modified: fc.option(fc.nat(2 ** 41)),
});

Deno.test("a message names the frame that it was made for", () => {
  fc.assert(fc.property(names, stamps, (path, stamp) => {
    assertEquals(frameNamed(bytes(messageText(path, stamp))), path);
  }));
});

Deno.test("the name alone will do, as other systems post it", () => {
  const plain = names.filter((name) =>
    name.trim() === name && name !== "" && !/^\{|\p{Cc}/u.test(name) &&
    !name.startsWith("\ufeff")
  );
  fc.assert(
    fc.property(plain, fc.constantFrom("", "\n", "\r\n"), (path, end) => {
      assertEquals(frameNamed(bytes(path + end)), path);
    }),
  );
});

Deno.test("no message is more than a name or none, whatever it holds", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (body) => {
    const name = frameNamed(body);
    assertEquals(name === null || (name !== "" && !name.includes("\0")), true);
  }));
});

Deno.test("what names no frame", () => {
  const cases = [
    "",
    " \n",
    "{}",
    '{"file":7}',
    '{"file":""}',
    '{"file":"a\\u0000b"}',
    '{"file":"/data/r1.fits"',
    "/data/r1.fits\n/data/r2.fits",
    "a\u001b[2J",
    "a".repeat(5000),
  ];
  for (const text of cases) assertEquals(frameNamed(bytes(text)), null, text);
  assertEquals(frameNamed(Uint8Array.of(0x2f, 0xff, 0x61)), null);
});

Deno.test("a row is a message, too", () => {
  const row = '{"file":"/data/r1.fits","type":"arc","size":2880}';
  assertEquals(frameNamed(bytes(row)), "/data/r1.fits");
});

Deno.test("the same frame has the same id; another size, time or name another", () => {
  const stamp = { size: 2880, modified: 1000 };
  const id = messageId("/data/r1.fits", stamp);
  assertEquals(id, messageId("/data/r1.fits", { ...stamp }));
  const others = [
    messageId("/data/r2.fits", stamp),
    messageId("/data/r1.fits", { ...stamp, size: 2881 }),
    messageId("/data/r1.fits", { ...stamp, modified: 1001 }),
    messageId("/data/r1.fits", { ...stamp, modified: null }),
  ];
  assertEquals(new Set([id, ...others]).size, 5);
});
