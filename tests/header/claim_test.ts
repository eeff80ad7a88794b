import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import type { CardValue } from "../../lib/fits/header.ts";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import { selectRules } from "../../lib/header/builtin_rules.ts";
import {
  compareClaim,
  type HeaderClaim,
  readHeaderClaim,
} from "../../lib/header/claim.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";
import { headerOf } from "./headers.ts";

/** Returns `type (evidence)`. */
function readClaim(cards: Record<string, CardValue>, rules?: string): string {
  const header = headerOf(cards);
  const own = rules === undefined ? [] : [parseRules(rules, "own.rules")];
  const { type, evidence } = readHeaderClaim(header, selectRules(header, own));
  return `${type} (${evidence})`;
}

Deno.test("common values of type cards claim a type", () => {
  assertEquals(readClaim({ OBSTYPE: "OBJECT" }), "science (OBSTYPE=OBJECT)");
  assertEquals(
    readClaim({ IMAGETYP: "Bias Frame" }),
    "bias (IMAGETYP=Bias Frame)",
  );
  assertEquals(
    readClaim({ IMAGETYP: "zero", OBSTYPE: "BIAS" }),
    "bias (IMAGETYP=zero)",
  );
  assertEquals(
    readClaim({ IMAGETYP: "Flat Field" }),
    "flat (IMAGETYP=Flat Field)",
  );
  assertEquals(
    readClaim({ IMAGETYP: "WAVE,LAMP" }),
    "arc (IMAGETYP=WAVE,LAMP)",
  );
  assertEquals(readClaim({ OBSTYPE: "COMP" }), "arc (OBSTYPE=COMP)");
  assertEquals(
    readClaim({ "ESO DPR TYPE": "STD,FLUX" }),
    "standard (ESO DPR TYPE=STD,FLUX)",
  );
  assertEquals(readClaim({ IMAGETYP: "DARK" }), "dark (IMAGETYP=DARK)");
});

Deno.test("ambiguous and other values claim nothing", () => {
  for (
    const text of [
      "cal",
      "SKY,FLAT",
      "",
      "my best ARC ever",
      "OsirisLongSlitSpectroscopy",
    ]
  ) {
    assertEquals(readClaim({ IMAGETYP: text }), "null ()");
  }
  assertEquals(readClaim({ OBJECT: "BIAS", EXPTIME: 30 }), "null ()");
  assertEquals(
    readClaim({ IMAGETYP: true, OBSTYPE: 3, IMTYPE: null }),
    "null ()",
  );
});

Deno.test("a lamp is an arc or a flat", () => {
  assertEquals(readClaim({ IMAGETYP: "lamp" }), "light (IMAGETYP=lamp)");
  assertEquals(
    readClaim({ IMAGETYP: "lamp", OBSTYPE: "FLAT" }),
    "flat (OBSTYPE=FLAT)",
  );
});

Deno.test("camera software calls every exposure with an open shutter light", () => {
  for (const text of ["Light Frame", "LIGHT", "Light"]) {
    assertEquals(readClaim({ IMAGETYP: text }), `light (IMAGETYP=${text})`);
  }
  assertEquals(
    readClaim({ IMAGETYP: "Light", OBSTYPE: "ARC" }),
    "arc (OBSTYPE=ARC)",
  );
});

Deno.test("a dark with an exposure time of 0 is a bias", () => {
  assertEquals(
    readClaim({ OBSTYPE: "DARK", EXPTIME: 0 }),
    "bias (OBSTYPE=DARK, EXPTIME=0)",
  );
  assertEquals(
    readClaim({ OBSTYPE: "DARK", EXPTIME: 60 }),
    "dark (OBSTYPE=DARK)",
  );
  assertEquals(
    readClaim({ OBSTYPE: "OBJECT", EXPTIME: 0 }),
    "science (OBSTYPE=OBJECT)",
  );
});

Deno.test("contradicting cards claim nothing, and are the evidence", () => {
  assertEquals(
    readClaim({ IMAGETYP: "OBJECT", OBSTYPE: "flat" }),
    "null (OBSTYPE=flat, IMAGETYP=OBJECT)",
  );
  assertEquals(
    readClaim({ IMAGETYP: "OBJECT", OBSTYPE: "STANDARD" }),
    "standard (OBSTYPE=STANDARD)",
  );
});

Deno.test("any text in a header can be read", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    readClaim({ IMAGETYP: text, OBSTYPE: text });
    readClaim({
      INSTRUME: text,
      VERSION: "kastr",
      LAMPSTA1: text,
      EXPTIME: text,
    });
  }));
});

Deno.test("user rules come before the built-in rules, for their frames only", () => {
  const rules = "frames : INSTRUME == mine\narc : OBSTYPE == cal";
  assertEquals(
    readClaim({ INSTRUME: "Mine", OBSTYPE: "cal" }, rules),
    "arc (OBSTYPE=cal)",
  );
  assertEquals(
    readClaim({ INSTRUME: "Mine", OBSTYPE: "BIAS" }, rules),
    "null ()",
  );
  assertEquals(
    readClaim({ INSTRUME: "other", OBSTYPE: "BIAS" }, rules),
    "bias (OBSTYPE=BIAS)",
  );
});

function compare(
  answer: FrameType,
  type: HeaderClaim["type"],
  evidence = type === null ? "" : "OBSTYPE=X",
) {
  return compareClaim({ type, subtype: null, evidence }, answer);
}

Deno.test("compareClaim: a claim agrees with the answer, contradicts it, or is silent", () => {
  assertEquals(compare("arc", "arc"), "agree");
  assertEquals(compare("arc", "science"), "conflict");
  assertEquals(compare("standard", "science"), "agree");
  assertEquals(compare("science", "standard"), "conflict");
  assertEquals(compare("arc", null), "silent");
  assertEquals(compare("bias", "dark"), "conflict");
});

Deno.test("compareClaim: an open shutter contradicts a bias and a dark only", () => {
  for (const type of FRAME_TYPES) {
    const expected = ["bias", "dark"].includes(type) ? "conflict" : "agree";
    assertEquals(compare(type, "light"), expected, type);
  }
});

Deno.test("compareClaim: a header that contradicts itself conflicts with any type", () => {
  for (const type of FRAME_TYPES) {
    assertEquals(
      compare(type, null, "IMAGETYP=OBJECT, OBSTYPE=flat"),
      "conflict",
    );
  }
});

Deno.test("compareClaim: a subtype without a type is no contradiction", () => {
  const claim = {
    type: null,
    subtype: "focus",
    evidence: "IMAGETYP=FOCUS",
  } as const;
  assertEquals(compareClaim(claim, "arc"), "silent");
});
