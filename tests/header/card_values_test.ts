import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  formatMjd,
  normalizeText,
  parseAngle,
  parseDuration,
  parseMjd,
} from "../../lib/header/card_values.ts";

Deno.test("normalizeText keeps letters, digits and commas", () => {
  assertEquals(normalizeText(" wave, Lamp "), "WAVE,LAMP");
  assertEquals(normalizeText("Dark Frames"), "DARK");
});

Deno.test("parseMjd reads what formatMjd writes", () => {
  const ms = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
  fc.assert(fc.property(ms, (time) => {
    const text = new Date(time).toISOString().slice(0, -1);
    assertEquals(formatMjd(parseMjd([text])!), text.replace(".000", ""));
  }));
});

Deno.test("dates are written in many ways", () => {
  for (
    const [date, expected] of [
      ["2016-08-27", "2016-08-27"],
      ["2016:08:27", "2016-08-27"],
      ["20160827", "2016-08-27"],
      ["27/08/96", "1996-08-27"],
      ["27/08/1996", "1996-08-27"],
      ["08/27/1996", "1996-08-27"],
      ["08/08/1996", "1996-08-08"],
      ["08/27/96", "1996-08-27"],
      ["2016/27/08", "2016-08-27"],
      ["01May2008", "2008-05-01"],
      ["Saturday, 05-Jan-2002", "2002-01-05"],
      ["2003-OCT-20", "2003-10-20"],
      ["20 September 2003", "2003-09-20"],
      // The fifth of April, or the fourth of May.
      ["05/04/1987", undefined],
      ["27/13/1996", undefined],
      ["20161327", undefined],
      ["2016/27/27", undefined],
      ["01Mai2008", undefined],
      ["31-Apr-2003", undefined],
      ["201608", undefined],
    ] as const
  ) {
    const mjd = parseMjd([date, "00:00:00"]);
    const actual = mjd === undefined
      ? undefined
      : formatMjd(mjd).replace("T00:00:00", "");
    assertEquals(actual, expected, date);
  }
});

Deno.test("parseMjd and parseAngle accept any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const value of [parseMjd([text]), parseAngle(text, 15)]) {
      assertEquals(value === undefined || Number.isFinite(value), true);
    }
  }));
});

Deno.test("parseDuration reads texts with a unit and with a decimal comma", () => {
  for (
    const [text, seconds] of [
      ["30 s", 30],
      ["500ms", 0.5],
      ["1.5 min", 90],
      ["10,5", 10.5],
      ["0,25 s", 0.25],
      ["60,000000", 60],
      // Thousands, or a decimal comma.
      ["1,800", undefined],
      ["1,2,3", undefined],
    ] as const
  ) assertEquals(parseDuration(text), seconds, text);
});

Deno.test("parseAngle does not read the hundredths that PRISM writes behind a colon", () => {
  assertEquals(parseAngle("-68:10:48:00", 1), -68.18);
  assertEquals(parseAngle("-22:57:08:99", 1), -22.9522222);
  assertEquals(parseAngle("-22:57:08:9", 1), undefined);
});
