import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { makeHeader } from "../../lib/fits/header.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { agreementOf } from "../../lib/header/agreement.ts";
import { claim, plainValue } from "../../lib/header/claim.ts";
import { GENERIC } from "../../lib/header/generic.ts";

function claimed(cards: Record<string, string | number | boolean>) {
  const list = Object.entries(cards).map(([keyword, value]) => ({
    keyword,
    value,
    comment: "",
  }));
  const { type, evidence } = claim(makeHeader(list), GENERIC);
  return `${type} (${evidence})`;
}

Deno.test("what observatories write names a type", () => {
  assertEquals(claimed({ OBSTYPE: "OBJECT" }), "science (OBSTYPE=OBJECT)");
  assertEquals(
    claimed({ IMAGETYP: "Bias Frame" }),
    "bias (IMAGETYP=Bias Frame)",
  );
  assertEquals(
    claimed({ IMAGETYP: "zero", OBSTYPE: "BIAS" }),
    "bias (IMAGETYP=zero)",
  );
  assertEquals(
    claimed({ IMAGETYP: "Flat Field" }),
    "flat (IMAGETYP=Flat Field)",
  );
  assertEquals(claimed({ IMAGETYP: "WAVE,LAMP" }), "arc (IMAGETYP=WAVE,LAMP)");
  assertEquals(claimed({ OBSTYPE: "COMP" }), "arc (OBSTYPE=COMP)");
  assertEquals(
    claimed({ "ESO DPR TYPE": "STD,FLUX" }),
    "standard (ESO DPR TYPE=STD,FLUX)",
  );
  assertEquals(claimed({ IMAGETYP: "DARK" }), "dark (IMAGETYP=DARK)");
});

Deno.test("what does not name one type claims nothing", () => {
  for (
    const text of [
      "Light Frame",
      "cal",
      "FOCUS",
      "SKY,FLAT",
      "",
      "my best ARC ever",
      "OsirisLongSlitSpectroscopy",
    ]
  ) {
    assertEquals(claimed({ IMAGETYP: text }), "null ()");
  }
  assertEquals(claimed({ OBJECT: "BIAS", EXPTIME: 30 }), "null ()");
  assertEquals(claimed({ IMAGETYP: true, OBSTYPE: 3 }), "null ()");
});

Deno.test("a zero exposure is a bias where no card says better", () => {
  assertEquals(claimed({ EXPTIME: 0 }), "bias (EXPTIME=0)");
  assertEquals(
    claimed({ OBSTYPE: "DARK", EXPTIME: 0 }),
    "bias (OBSTYPE=DARK, EXPTIME=0)",
  );
  assertEquals(
    claimed({ IMAGETYP: "zero", OBSTYPE: "DARK", EXPTIME: 0 }),
    "bias (IMAGETYP=zero)",
  );
  assertEquals(
    claimed({ OBSTYPE: "OBJECT", EXPTIME: 0 }),
    "science (OBSTYPE=OBJECT)",
  );
});

Deno.test("cards that contradict one another claim nothing, and are shown", () => {
  assertEquals(
    claimed({ IMAGETYP: "OBJECT", OBSTYPE: "flat" }),
    "null (IMAGETYP=OBJECT, OBSTYPE=flat)",
  );
  assertEquals(
    claimed({ IMAGETYP: "OBJECT", OBSTYPE: "STANDARD" }),
    "standard (OBSTYPE=STANDARD)",
  );
});

Deno.test("no text of a header makes a claim fail, and every listed value is reachable", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    claimed({ IMAGETYP: text, OBSTYPE: text });
  }));
  for (const type of FRAME_TYPES) {
    for (const value of GENERIC.values[type]) {
      assertEquals(plainValue(value), value);
      assertEquals(claimed({ OBSTYPE: value }), `${type} (OBSTYPE=${value})`);
    }
  }
});

Deno.test("agreement", () => {
  const of = (
    pixels: typeof FRAME_TYPES[number] | "unknown",
    header: typeof FRAME_TYPES[number] | null,
    classes = FRAME_TYPES as readonly typeof FRAME_TYPES[number][],
  ) => agreementOf(pixels, { type: header, evidence: "" }, classes);
  assertEquals(of("arc", "arc"), "agree");
  assertEquals(of("arc", "science"), "conflict");
  assertEquals(of("standard", "science"), "agree");
  assertEquals(of("science", "standard"), "conflict");
  assertEquals(of("unknown", "science"), "silent");
  assertEquals(of("arc", null), "silent");
  assertEquals(of("bias", "dark"), "conflict");
  assertEquals(of("bias", "dark", ["bias", "arc"]), "silent");
});
