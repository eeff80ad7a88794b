import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { CardValue } from "../../lib/fits/header.ts";
import { claim } from "../../lib/header/claim.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";
import { plainValue } from "../../lib/header/plain_value.ts";
import { rulesFor } from "../../lib/header/rules_for.ts";
import { headerOf } from "./headers.ts";

function claimed(cards: Record<string, CardValue>, rules?: string) {
  const header = headerOf(cards);
  const own = rules === undefined ? [] : [parseRules(rules, "own.rules")];
  const { type, evidence } = claim(header, rulesFor(header, own));
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
  assertEquals(
    claimed({ IMAGETYP: true, OBSTYPE: 3, IMTYPE: null }),
    "null ()",
  );
});

Deno.test("a zero exposure is a bias where no card says better", () => {
  assertEquals(claimed({ EXPTIME: 0 }), "bias (EXPTIME=0)");
  assertEquals(
    claimed({ OBSTYPE: "DARK", EXPTIME: 0 }),
    "bias (OBSTYPE=DARK, EXPTIME=0)",
  );
  assertEquals(
    claimed({ OBSTYPE: "DARK", EXPTIME: 60 }),
    "dark (OBSTYPE=DARK)",
  );
  assertEquals(
    claimed({ OBSTYPE: "OBJECT", EXPTIME: 0 }),
    "science (OBSTYPE=OBJECT)",
  );
});

Deno.test("cards that contradict one another claim nothing, and are shown", () => {
  assertEquals(
    claimed({ IMAGETYP: "OBJECT", OBSTYPE: "flat" }),
    "null (OBSTYPE=flat, IMAGETYP=OBJECT)",
  );
  assertEquals(
    claimed({ IMAGETYP: "OBJECT", OBSTYPE: "STANDARD" }),
    "standard (OBSTYPE=STANDARD)",
  );
});

Deno.test("no text of a header makes a claim fail", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    claimed({ IMAGETYP: text, OBSTYPE: text });
    claimed({
      INSTRUME: text,
      VERSION: "kastr",
      LAMPSTA1: text,
      EXPTIME: text,
    });
  }));
});

Deno.test("plain values leave commas and letters", () => {
  assertEquals(plainValue(" wave, Lamp "), "WAVE,LAMP");
  assertEquals(plainValue("Dark Frames"), "DARK");
});

Deno.test("any of the cards, any of the values, and ranges of cards", () => {
  const rules = "arc : LAMPA..C, LAMP7 == on, 1";
  assertEquals(claimed({ LAMPA: "off", LAMPB: "ON" }, rules), "arc (LAMPB=ON)");
  assertEquals(claimed({ LAMP7: 1 }, rules), "arc (LAMP7=1)");
  assertEquals(claimed({ LAMP7: "1.0" }, rules), "arc (LAMP7=1.0)");
  assertEquals(claimed({ LAMPD: "on", LAMP7: 0 }, rules), "null ()");
});

Deno.test("not, != and missing cards", () => {
  const rules =
    "science : EXPTIME > 1 and not LAMPA..C == on and SHUT != CLOSED";
  assertEquals(claimed({ EXPTIME: 2 }, rules), "science (EXPTIME=2)");
  assertEquals(claimed({ EXPTIME: 2, LAMPC: "on" }, rules), "null ()");
  assertEquals(claimed({ EXPTIME: 2, SHUT: "closed" }, rules), "null ()");
  assertEquals(claimed({ LAMPA: "off", SHUT: "open" }, rules), "null ()");
});

Deno.test("numbers compare, texts that spell none do not", () => {
  const cases: [string, CardValue, boolean][] = [
    ["< 5", 4.9, true],
    ["< 5", 5, false],
    ["<= 5", "5", true],
    ["> -1e3", -999, true],
    [">= 5", 4, false],
    [">= 5", "five", false],
    [">= 5", "", false],
    ["<= 5", true, false],
    ["<= 5", null, false],
  ];
  for (const [relation, value, holds] of cases) {
    const said = claimed({ EXPTIME: value }, `dark : EXPTIME ${relation}`);
    assertEquals(said.startsWith("dark"), holds, `${value} ${relation}`);
  }
});

Deno.test("patterns, empty cards, HIERARCH cards and truth values", () => {
  const glob = (text: string, card: CardValue) =>
    claimed({ "ESO DPR TYPE": card }, `arc : ESO DPR TYPE ~ ${text}`) !==
      "null ()";
  assertEquals(glob("*Cu*", "CuNe+CuAr"), true);
  assertEquals(glob("cune+*", "CuNe+CuAr"), true);
  assertEquals(glob("Cu", "CuNe"), false);
  assertEquals(glob("?*", " "), false);
  assertEquals(glob('"a,?"', "a,b"), true);
  assertEquals(glob("a.c", "abc"), false);
  assertEquals(claimed({ LAMP: "" }, 'flat : LAMP == ""'), "flat (LAMP=)");
  assertEquals(
    claimed({ LAMP: true }, "flat : LAMP == true"),
    "flat (LAMP=true)",
  );
  assertEquals(
    claimed({ LAMP: "TRUE" }, "flat : LAMP == true"),
    "flat (LAMP=TRUE)",
  );
});

Deno.test("or binds less than and", () => {
  const rules = "arc : A == 1 or B == 1 and C == 1";
  assertEquals(claimed({ A: 1 }, rules), "arc (A=1)");
  assertEquals(claimed({ B: 1 }, rules), "null ()");
  assertEquals(claimed({ B: 1, C: 1 }, rules), "arc (B=1, C=1)");
});

Deno.test("what stands after otherwise is asked when nothing before it holds", () => {
  const rules = `bias : T == 0
    otherwise
    arc : LAMP == on
    flat : DOME == on
    otherwise
    science : T > 0`;
  const cases: [Record<string, CardValue>, string][] = [
    [{ T: 0, LAMP: "on" }, "bias (T=0)"],
    [{ T: 5, LAMP: "on" }, "arc (LAMP=on)"],
    [{ T: 5, LAMP: "on", DOME: "on" }, "null (LAMP=on, DOME=on)"],
    [{ T: 5 }, "science (T=5)"],
    [{}, "null ()"],
  ];
  for (const [cards, said] of cases) assertEquals(claimed(cards, rules), said);
});

Deno.test("rules of one's own go first, and only for their frames", () => {
  const rules = "frames : INSTRUME == mine\narc : OBSTYPE == cal";
  assertEquals(
    claimed({ INSTRUME: "Mine", OBSTYPE: "cal" }, rules),
    "arc (OBSTYPE=cal)",
  );
  assertEquals(
    claimed({ INSTRUME: "Mine", OBSTYPE: "BIAS" }, rules),
    "null ()",
  );
  assertEquals(
    claimed({ INSTRUME: "other", OBSTYPE: "BIAS" }, rules),
    "bias (OBSTYPE=BIAS)",
  );
});
