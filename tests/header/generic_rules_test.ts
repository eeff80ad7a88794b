import { assertAlmostEquals, assertEquals } from "@std/assert";
import { readClaims } from "../../lib/header/read_claims.ts";
import { fileOf } from "./headers.ts";
import { UNKNOWN_ECHELLES } from "./unknown_echelles.ts";
import { UNKNOWN_INFRARED } from "./unknown_infrared.ts";
import { UNKNOWN_INSTRUMENTS } from "./unknown_instruments.ts";

const INSTRUMENTS = [
  ...UNKNOWN_INSTRUMENTS,
  ...UNKNOWN_ECHELLES,
  ...UNKNOWN_INFRARED,
];

for (const { name, source, cards, log, frames } of INSTRUMENTS) {
  Deno.test(`generic.rules: ${name} (${source})`, () => {
    for (const [claim, own, ownLog] of frames) {
      const read = readClaims(fileOf({ ...cards, ...own }));
      const { type, subtype } = read.header;
      const claimed = [type, subtype].filter((one) => one !== null).join(" ");
      assertEquals(claimed, claim, JSON.stringify(own));
      for (const [key, value] of Object.entries({ ...log, ...ownLog })) {
        const entry = read.log[key as keyof typeof read.log];
        if (typeof value === "number") {
          assertAlmostEquals(entry as number, value, 1e-6, key);
        } else {
          assertEquals(entry, value, key);
        }
      }
    }
  });
}
