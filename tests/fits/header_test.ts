import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { parseHeader } from "../../lib/fits/header.ts";
import { headerBytes } from "./open_bytes.ts";

function valueOf(record: string) {
  return parseHeader(headerBytes(record))[0]!.value;
}

const VALUES: [record: string, value: unknown][] = [
  ["OBJECT  = 'M 31    '           / galaxy", "M 31"],
  ["OBJECT  = '  indented'", "  indented"],
  ["OBJECT  = ''", ""],
  ["OBJECT  = '''quoted'' / here'  / comment", "'quoted' / here"],
  ["OBJECT  = 'no closing quote", "no closing quote"],
  ["OBJECT  = BIAS / not quoted", "BIAS"],
  ["EXPTIME =              1.5D-03", 0.0015],
  ["EXPTIME = 1.5d+2 / low", 150],
  ["EXPTIME = .5", 0.5],
  ["EXPTIME = -12.", -12],
  ["EXPTIME =                      / none", null],
  ["EXPTIME = NaN", "NaN"],
  ["COMPLEX = (1.0, 2.0)", "(1.0, 2.0)"],
  ["SHUTTER =                    T", true],
  ["SHUTTER = F/off", false],
  ["DATE    = 2018-01-02T03:04:05", "2018-01-02T03:04:05"],
  ["NOBLANK =5", 5],
  ["EARLY = 'x'", "x"],
  ["lower   = 'kept Case'", "kept Case"],
  ["HIERARCH ESO DET OUT1 GAIN = 1.1 / [e-/ADU]", 1.1],
  ["HIERARCH  ESO  OBS NAME='a = b' / c", "a = b"],
];

for (const [record, value] of VALUES) {
  Deno.test(`${record.trimEnd()} is ${JSON.stringify(value)}`, () => {
    assertEquals(valueOf(record), value);
  });
}

Deno.test("keywords become upper case, and HIERARCH keywords lose HIERARCH and repeated blanks", () => {
  const cards = parseHeader(
    headerBytes(
      "lower   = 1",
      "hierarch eso  dpr type = 'x'",
      "HIERARCH without a value",
    ),
  );
  assertEquals(cards.map(({ keyword }) => keyword), [
    "LOWER",
    "ESO DPR TYPE",
    "HIERARCH",
  ]);
});

Deno.test("CONTINUE joins strings and comments, but only to a string that ends with &", () => {
  const joined = parseHeader(headerBytes(
    "LONG    = 'one & two &' / first",
    "CONTINUE  'it''s &' / second",
    "CONTINUE  'three'",
    "CONTINUE  'astray'",
    "OTHER   = 'R&D&'",
    "NEXT    = 1",
  ));
  assertEquals(
    joined.map(({ keyword, value, comment }) => [keyword, value, comment]),
    [
      ["LONG", "one & two it's three", "first second"],
      ["CONTINUE", null, "  'astray'"],
      ["OTHER", "R&D&", ""],
      ["NEXT", 1, ""],
    ],
  );
});

Deno.test("COMMENT, HISTORY and blank keywords have their text as the comment", () => {
  const cards = parseHeader(
    headerBytes(
      "COMMENT = 'no value' / here",
      "HISTORY   indented",
      "        text = 5",
    ),
  );
  assertEquals(cards, [
    { keyword: "COMMENT", value: null, comment: "= 'no value' / here" },
    { keyword: "HISTORY", value: null, comment: "  indented" },
    { keyword: "", value: null, comment: "text = 5" },
  ]);
});

Deno.test("UTF-8 and Latin-1 are decoded, and control characters become blanks", () => {
  const utf8 = new TextEncoder().encode("OBSERVER= 'Müller'".padEnd(79));
  const latin1 = Uint8Array.from(
    "OBSERVER= 'M\xfcller'\0\n".padEnd(80),
    (c) => c.charCodeAt(0),
  );
  const steering = new TextEncoder().encode("OBJECT  = 'M\u009b2J 31'");
  assertEquals(parseHeader(steering)[0]!.value, "M 2J 31");
  assertEquals(parseHeader(utf8)[0]!.value, "Müller");
  assertEquals(parseHeader(latin1)[0]!.value, "Müller");
});

Deno.test("parseHeader() accepts any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assertEquals(
        parseHeader(bytes).length <= Math.ceil(bytes.length / 80),
        true,
      );
    }),
  );
});
