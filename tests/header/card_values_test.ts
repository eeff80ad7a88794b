import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  formatMjd,
  normalizeText,
  parseAngle,
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
      // The fifth of April, or the fourth of May.
      ["05/04/1987", undefined],
      ["27/13/1996", undefined],
      ["20161327", undefined],
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
