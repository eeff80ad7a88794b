import { assertEquals } from "@std/assert";
import type { CardValue } from "../../lib/fits/header.ts";
import { readLamps } from "../../lib/header/lamps.ts";
import { headerOf } from "./headers.ts";

const CASES: readonly (readonly [
  string,
  Readonly<Record<string, CardValue>>,
  string | null,
])[] = [
  [
    "texts of lamps that are on or off, and their names",
    {
      ...{ LAMPSTAA: "on", LAMPSTAC: "on ", LAMPSTA1: "off" },
      ...{ LAMPNAMA: "He", LAMPNAMD: "Ar", LAMPNAME: "Ne", LAMPNAM1: "Blue" },
    },
    "LAMPSTAA=on, LAMPSTAC=on",
  ],
  [
    "numbers and logical values of lamps",
    {
      ...{ CLAMP1: 0, CLAMP2: 1, CLAMPNM2: "Ne", CLAMPID2: "OSRAM Ne/10" },
      ...{ LAMP_DOM: true, LAMP_QUA: "FALSE", LAMP_DPE: 40 },
    },
    "CLAMP2=1, LAMP_DOM=true, LAMP_DPE=40",
  ],
  [
    "lists of lamps",
    { LAMPS: "0001110", LAMPCAL: "Cd, Hg", GCALLAMP: "Off", AGARCLMP: "" },
    "LAMPS=0001110, LAMPCAL=Cd, Hg",
  ],
  ["the name of the only lamp", { LAMPNAME: "HeNeAr" }, "LAMPNAME=HeNeAr"],
  [
    "temperatures of lamps, and a clamp",
    { LAMPTEMP: 31.5, BLCLAMP: true },
    null,
  ],
  ["no cards", { OBJECT: "x" }, null],
];

for (const [name, cards, expected] of CASES) {
  Deno.test(`readLamps: ${name}`, () => {
    assertEquals(readLamps(headerOf(cards)), expected);
  });
}
