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

Deno.test("parseMjd and parseAngle accept any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const value of [parseMjd([text]), parseAngle(text, 15)]) {
      assertEquals(value === undefined || Number.isFinite(value), true);
    }
  }));
});
