import { assertEquals } from "@std/assert";
import type { CardValue } from "../../lib/fits/header.ts";
import { readSettings } from "../../lib/header/settings.ts";
import { headerOf } from "./headers.ts";

const CASES: readonly (readonly [
  string,
  Readonly<Record<string, CardValue>>,
  ReturnType<typeof readSettings>,
])[] = [
  [
    "texts of lamps that are on or off, and their names",
    {
      ...{ LAMPSTAA: "on", LAMPSTAC: "on ", LAMPSTA1: "off" },
      ...{ LAMPNAMA: "He", LAMPNAMD: "Ar", LAMPNAME: "Ne", LAMPNAM1: "Blue" },
    },
    { lamps: "LAMPSTAA=on, LAMPSTAC=on" },
  ],
  [
    "numbers and logical values of lamps",
    {
      ...{ CLAMP1: 0, CLAMP2: 1, CLAMPNM2: "Ne", CLAMPID2: "OSRAM Ne/10" },
      ...{ LAMP_DOM: true, LAMP_QUA: "FALSE", LAMP_DPE: 40 },
    },
    { lamps: "CLAMP2=1, LAMP_DOM=true, LAMP_DPE=40" },
  ],
  [
    "lists of lamps",
    { LAMPS: "0001110", LAMPCAL: "Cd, Hg", GCALLAMP: "Off", AGARCLMP: "" },
    { lamps: "LAMPS=0001110, LAMPCAL=Cd, Hg" },
  ],
  ["the name of the only lamp", { LAMPNAME: "HeNeAr" }, {
    lamps: "LAMPNAME=HeNeAr",
  }],
  ["temperatures of lamps, and a clamp", { LAMPTEMP: 31.5, BLCLAMP: true }, {}],
  [
    "the gain and the speed of the readout",
    { GAIN: 1.4, CCDSPEED: "SLOW", READMODE: "simple", WINDSPD: 12.5 },
    { readout: "GAIN=1.4, CCDSPEED=SLOW, READMODE=simple" },
  ],
  ["no cards", { OBJECT: "x" }, {}],
];

for (const [name, cards, expected] of CASES) {
  Deno.test(`readSettings: ${name}`, () => {
    assertEquals(readSettings(headerOf(cards)), expected);
  });
}
