import { assertEquals } from "@std/assert";
import type { CardValue } from "../../lib/fits/header.ts";
import { selectRules } from "../../lib/header/builtin_rules.ts";
import { readHeaderClaim } from "../../lib/header/claim.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";
import { headerOf } from "./headers.ts";

/** Returns `type (evidence)`. */
function readClaim(cards: Record<string, CardValue>, rules?: string): string {
  const header = headerOf(cards);
  const own = rules === undefined ? [] : [parseRules(rules, "own.rules")];
  const { type, evidence } = readHeaderClaim(header, selectRules(header, own));
  return `${type} (${evidence})`;
}

Deno.test("a comparison is true for any of its cards and values", () => {
  const rules = "arc : LAMPA..C, LAMP7 == on, 1";
  assertEquals(
    readClaim({ LAMPA: "off", LAMPB: "ON" }, rules),
    "arc (LAMPB=ON)",
  );
  assertEquals(readClaim({ LAMP7: 1 }, rules), "arc (LAMP7=1)");
  assertEquals(readClaim({ LAMP7: "1.0" }, rules), "arc (LAMP7=1.0)");
  assertEquals(readClaim({ LAMPD: "on", LAMP7: 0 }, rules), "null ()");
});

Deno.test("a * in a keyword stands for any text", () => {
  const rules = "arc : *TYP, CAHA * MODE, X* == arc and not *LAMP == off";
  assertEquals(readClaim({ IMATYP: "ARC" }, rules), "arc (IMATYP=ARC)");
  assertEquals(readClaim({ TYP: "ARC" }, rules), "arc (TYP=ARC)");
  assertEquals(
    readClaim({ IMATYP: "other", "CAHA INS MODE": "arc" }, rules),
    "arc (CAHA INS MODE=arc)",
  );
  assertEquals(readClaim({ X7: "arc" }, rules), "arc (X7=arc)");
  assertEquals(readClaim({ X7: "arc", ALAMP: "off" }, rules), "null ()");
  assertEquals(readClaim({ TYPE: "arc" }, rules), "null ()");
  // What stands before the * and what stands after it do not overlap.
  assertEquals(readClaim({ "CAHA MODE": "arc" }, rules), "null ()");
});

Deno.test("not and != are true for missing cards", () => {
  const rules =
    "science : EXPTIME > 1 and not LAMPA..C == on and SHUT != CLOSED";
  assertEquals(readClaim({ EXPTIME: 2 }, rules), "science (EXPTIME=2)");
  assertEquals(readClaim({ EXPTIME: 2, LAMPC: "on" }, rules), "null ()");
  assertEquals(readClaim({ EXPTIME: 2, SHUT: "closed" }, rules), "null ()");
  assertEquals(readClaim({ LAMPA: "off", SHUT: "open" }, rules), "null ()");
});

Deno.test("relations compare numbers, and are false for other texts", () => {
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
  for (const [relation, value, expected] of cases) {
    const actual = readClaim({ EXPTIME: value }, `dark : EXPTIME ${relation}`);
    assertEquals(actual.startsWith("dark"), expected, `${value} ${relation}`);
  }
});

Deno.test("patterns, empty cards, HIERARCH cards and logical values", () => {
  const glob = (text: string, card: CardValue) =>
    readClaim({ "ESO DPR TYPE": card }, `arc : ESO DPR TYPE ~ ${text}`) !==
      "null ()";
  assertEquals(glob("*Cu*", "CuNe+CuAr"), true);
  assertEquals(glob("cune+*", "CuNe+CuAr"), true);
  assertEquals(glob("Cu", "CuNe"), false);
  assertEquals(glob("?*", " "), false);
  assertEquals(glob('"a,?"', "a,b"), true);
  assertEquals(glob("a.c", "abc"), false);
  assertEquals(glob("*\u03c3x*y", "\u03c2X y"), true);
  assertEquals(glob("*", ""), true);
  assertEquals(readClaim({ LAMP: "" }, 'flat : LAMP == ""'), "flat (LAMP=)");
  assertEquals(
    readClaim({ LAMP: true }, "flat : LAMP == true"),
    "flat (LAMP=true)",
  );
  assertEquals(
    readClaim({ LAMP: "TRUE" }, "flat : LAMP == true"),
    "flat (LAMP=TRUE)",
  );
});

Deno.test("words are found in any case, and by each of them", () => {
  const contains = (words: string, card: string) =>
    readClaim({ OBJECT: card }, `arc : OBJECT contains ${words}`) !== "null ()";
  assertEquals(contains("Comp Lamp", "COMPLAMP2"), true);
  assertEquals(contains("comp lamp", "lamp comp"), false);
  assertEquals(contains("comp lamp", "lamp"), false);
  assertEquals(contains("flat, lamp", "the lamp"), true);
});

Deno.test("and binds tighter than or", () => {
  const rules = "arc : A == 1 or B == 1 and C == 1";
  assertEquals(readClaim({ A: 1 }, rules), "arc (A=1)");
  assertEquals(readClaim({ B: 1 }, rules), "null ()");
  assertEquals(readClaim({ B: 1, C: 1 }, rules), "arc (B=1, C=1)");
});

Deno.test("rules after otherwise apply if no rule before it claims a type", () => {
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
  for (const [cards, expected] of cases) {
    assertEquals(readClaim(cards, rules), expected);
  }
});

Deno.test("a result does not depend on the headers before", () => {
  const text =
    "arc : LAMP == 1, T and not LAMP > 5\nflat : OBJECT contains dome";
  const shared = parseRules(text, "own.rules");
  const lamps: CardValue[] = [1, "1", "1.0", true, "T", 0, null, "", 7, "7"];
  const names = ["dome", "dome".padStart(100, "."), "domes"];
  // More values than are kept, and each of them again.
  const numbers = Array.from({ length: 50 }, (_, k) => k % 40);
  const headers = [
    ...lamps.map((LAMP) => ({ LAMP })),
    ...names.map((OBJECT) => ({ OBJECT })),
    ...numbers.map((k) => ({ LAMP: k, OBJECT: `dome ${k}` })),
  ];
  for (const cards of [...headers, ...headers.toReversed()]) {
    const header = headerOf(cards);
    assertEquals(
      readHeaderClaim(header, shared),
      readHeaderClaim(header, parseRules(text, "own.rules")),
    );
  }
});
