import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../fast_check.ts";
import { SpitError } from "../../lib/errors.ts";
import {
  isEndRecord,
  layoutNumber,
  makeHeader,
  parseHeader,
  quotedNumber,
} from "../../lib/fits/header.ts";
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
  ["OBJECT  = 'Barnard's star'      / nearby", "Barnard's star"],
  ["OBJECT  = 'O'Meara'", "O'Meara"],
  ["OBJECT  = 'O'Meara's field'/ twice", "O'Meara's field"],
  ["OBJECT  = 'no closing quote, O'Meara", "no closing quote, O'Meara"],
  ["OBSERVER= 'Jones''   / not doubled", "Jones'"],
  ["OBJECT  = 'M 31' without a slash", "M 31"],
  ["OBJECT  = ''' / '''", "' / '"],
  ["GAIN.SPE=                  1.5 / [e-/ADU]", 1.5],
  ["IRAF-B/P= '16'", "16"],
  ["EXP/TIME= 30", 30],
  ["A B (C)!= 5", 5],
  ["GAIN.SPE=5", null],
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

Deno.test("a record gives the same card however many records were read before", () => {
  const record = "OBJECT  = 'M 31    '           / galaxy";
  const others = Array.from({ length: 5000 }, (_, k) => `KEY${k} = ${k}`);
  const [first] = parseHeader(headerBytes(record));
  const cards = parseHeader(headerBytes(...others, record));
  assertEquals(cards.at(-1), first);
  assertEquals(cards.slice(0, -1).map(({ value }) => value), [
    ...others.keys(),
  ]);
});

Deno.test("bytes of UTF-8 and of Latin-1 that look alike give different cards", () => {
  const parse = (name: number[]) => {
    const start = new TextEncoder().encode("OBJECT  = '");
    const bytes = new Uint8Array(80).fill(0x20);
    bytes.set(start);
    bytes.set(name, start.length);
    bytes.set([0x27], start.length + name.length);
    return parseHeader(bytes)[0]!.value;
  };
  const [accented, mojibake] = [[0xc3, 0xa9], [0xc3, 0x83, 0xc2, 0xa9]];
  assertEquals([parse(accented), parse(mojibake)], ["é", "Ã©"]);
  assertEquals([parse(mojibake), parse(accented)], ["Ã©", "é"]);
});

Deno.test("the comment begins after the closing quote, whatever apostrophes the string has", () => {
  const [card, next] = parseHeader(headerBytes(
    "OBJECT  = 'Barnard's star' / O'Meara's choice",
    "EXP/TIME= 30 / [s]",
  ));
  assertEquals(card!.comment, "O'Meara's choice");
  assertEquals(next, { keyword: "EXP/TIME", value: 30, comment: "[s]" });
});

Deno.test("a string of quotes is parsed in linear time", () => {
  const start = performance.now();
  for (let n = 1; n <= 70; n++) valueOf(`OBJECT  = ${"'".repeat(n)} x`);
  assert(performance.now() - start < 1000);
});

Deno.test("END may be followed by a line feed", () => {
  const bytes = headerBytes("OBJECT  = 'M 31'");
  bytes[80 + 3] = 0x0a;
  assertEquals(isEndRecord(bytes, 80), true);
  assertEquals(parseHeader(bytes).length, 1);
});

Deno.test("layoutNumber() accepts a quoted number, and throws for other text", () => {
  const header = makeHeader(parseHeader(headerBytes(
    "BZERO   = '32768   '",
    "BSCALE  = ' 1.5D+00 '",
    "BLANK   = '       '",
    "PCOUNT  =",
    "GCOUNT  = 'one'",
    "THEAP   = T",
    "ZDITHER0= NaN",
  )));
  const read = (keyword: string) => layoutNumber(header, keyword);
  assertEquals(
    ["BZERO", "BSCALE", "BLANK", "PCOUNT", "NAXIS"].map(read),
    [32768, 1.5, undefined, undefined, undefined],
  );
  assertEquals(quotedNumber(header, "THEAP"), NaN);
  for (const card of ["GCOUNT", "THEAP", "ZDITHER0"]) {
    const { code, ...error } = assertThrows(() => read(card), SpitError);
    assertEquals([code, error.card], ["bad_header", card]);
  }
});

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

/** Characters that regular expressions, `trim` and `toUpperCase` treat specially, and others. */
const SPECIAL = fc.constantFrom(
  ...["\u2028", "\u2029", "\u0085", "\u00a0", "\ufeff", "\u3000", "\u202e"],
  ...[
    "\u017f",
    "\u0131",
    "\u212a",
    "\ufb01",
    "\u00df",
    "\ud83d\ude00",
    "\0",
    "\n",
  ],
  ...["'", "''", "/", "=", "&", " ", "A", "7"],
);

Deno.test("line separators are characters like any other, anywhere in a card", () => {
  for (const separator of ["\u2028", "\u2029"]) {
    const [inside, after, comment, bare, hierarch] = parseHeader(headerBytes(
      `OBJECT  = 'M${separator}31'`,
      `OBJECT  = 'M31'${separator}/ a galaxy`,
      `OBJECT  = 'M31' / a${separator}galaxy`,
      `OBJECT  = M${separator}31 / a galaxy`,
      `HIERARCH ESO OBS${separator}NAME = 'M31' ${separator} / a galaxy`,
    ));
    assertEquals(inside!.value, `M${separator}31`);
    assertEquals([after!.value, after!.comment], ["M31", "a galaxy"]);
    assertEquals(comment!.comment, `a${separator}galaxy`);
    assertEquals(bare!.value, `M${separator}31`);
    assertEquals(hierarch, {
      keyword: `ESO OBS${separator}NAME`,
      value: "M31",
      comment: "a galaxy",
    });
  }
});

Deno.test("a keyword is equal to a standard one only if its letters are those of ASCII", () => {
  const cards = parseHeader(headerBytes(
    "NAX\u0131S   = 5",
    "\u017fIMPLE  = F",
    "NAXIS   = 2",
    "END\u00a0    = 3",
    "naxis1  = 4",
  ));
  assertEquals(cards.map(({ keyword }) => keyword), [
    "NAX\u0131S",
    "\u017fIMPLE",
    "NAXIS",
    "END\u00a0",
    "NAXIS1",
  ]);
});

Deno.test("parseHeader() accepts any text, and keeps strings exactly", () => {
  const text = fc.string({ unit: SPECIAL, maxLength: 70 });
  fc.assert(fc.property(fc.array(text), (records) => {
    for (
      const { keyword, value, comment } of parseHeader(headerBytes(...records))
    ) {
      assert(`${keyword}${value}${comment}`.isWellFormed());
    }
  }));
  const inside = fc.string({
    unit: fc.constantFrom(
      "\u2028",
      "\u2029",
      "\ufeff",
      "\u00a0",
      "é",
      "a",
      "'",
      " ",
    ),
    maxLength: 20,
  });
  fc.assert(fc.property(inside, inside, (value, comment) => {
    const quoted = value.replaceAll("'", "''");
    const record = `OBJECT  = '${quoted}' / ${comment}`;
    // A record has 80 bytes, in which UTF-8 needs up to three for a character.
    if (new TextEncoder().encode(record).length > 80) return;
    const [card] = parseHeader(headerBytes(record));
    assertEquals(card!.value, value.replace(/ +$/, ""));
    assertEquals(card!.comment, comment.replace(/^ +| +$/g, ""));
  }));
});
