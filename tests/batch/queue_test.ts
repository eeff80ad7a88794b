import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  computeMessageId,
  formatDeadLetter,
  formatMessage,
  parseDeadLetter,
  parseMessage,
} from "../../lib/batch/queue.ts";
import { createRow } from "../../lib/batch/rows.ts";
import { makeVerdict } from "../verdicts.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Arbitrary well-formed file names. */
const names = fc.string({ unit: "binary", minLength: 1, maxLength: 200 })
  .filter((name) => name.isWellFormed() && !name.includes("\0"));
const versions = fc.record({
  size: fc.option(fc.nat()),
  modified: fc.option(fc.nat(2 ** 41)),
});

Deno.test("a formatted message parses to its path", () => {
  fc.assert(fc.property(names, versions, (path, version) => {
    assertEquals(parseMessage(bytes(formatMessage(path, version))), path);
  }));
});

Deno.test("a message can be the path alone", () => {
  const plain = names.filter((name) =>
    name.trim() === name && name !== "" && !/^\{|\p{Cc}/u.test(name) &&
    !name.startsWith("\ufeff")
  );
  fc.assert(
    fc.property(plain, fc.constantFrom("", "\n", "\r\n"), (path, end) => {
      assertEquals(parseMessage(bytes(path + end)), path);
    }),
  );
});

Deno.test("any bytes parse to a path or to null", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (body) => {
    const path = parseMessage(body);
    assertEquals(path === null || (path !== "" && !path.includes("\0")), true);
  }));
});

Deno.test("a message that names no frame parses to null", () => {
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
  for (const text of cases) assertEquals(parseMessage(bytes(text)), null, text);
  assertEquals(parseMessage(Uint8Array.of(0x2f, 0xff, 0x61)), null);
});

Deno.test("a row is a valid message", () => {
  const row = '{"file":"/data/r1.fits","type":"arc","size":2880}';
  assertEquals(parseMessage(bytes(row)), "/data/r1.fits");
});

Deno.test("the id depends on path, size and modification time", () => {
  const version = { size: 2880, modified: 1000 };
  const id = computeMessageId("/data/r1.fits", version);
  assertEquals(id, computeMessageId("/data/r1.fits", { ...version }));
  const others = [
    computeMessageId("/data/r2.fits", version),
    computeMessageId("/data/r1.fits", { ...version, size: 2881 }),
    computeMessageId("/data/r1.fits", { ...version, modified: 1001 }),
    computeMessageId("/data/r1.fits", { ...version, modified: null }),
  ];
  assertEquals(new Set([id, ...others]).size, 5);
});

Deno.test("the message of a dead letter is restored, and its row has the keys of a row", () => {
  const row = createRow(makeVerdict("/data/r1.fits"), { size: 1, modified: 2 });
  const letter = {
    message: '{"file":"/data/r1.fits"}',
    reason: "gone",
    tries: 5,
  };
  const text = formatDeadLetter({ ...letter, row });
  assertEquals(JSON.parse(text), { ...letter, row });
  assertEquals(parseDeadLetter(text), letter.message);
  for (const other of ["", "null", "{}", '{"message":7}', "/data/r1.fits"]) {
    assertEquals(parseDeadLetter(other), null, other);
  }
});
