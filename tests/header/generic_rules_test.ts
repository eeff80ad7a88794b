import { assertAlmostEquals, assertEquals } from "@std/assert";
import { readClaims } from "../../lib/header/read_claims.ts";
import { CAMERA_SOFTWARE } from "./camera_software.ts";
import { fileOf } from "./headers.ts";
import { UNKNOWN_ECHELLES } from "./unknown_echelles.ts";
import { UNKNOWN_INFRARED } from "./unknown_infrared.ts";
import {
  UNKNOWN_INSTRUMENTS,
  type UnknownInstrument,
} from "./unknown_instruments.ts";
import { UNKNOWN_MODERN } from "./unknown_modern.ts";
import { SECOND_SURVEY } from "./unknown_second_survey.ts";
import { NAMED_SURVEY, UNKNOWN_SURVEY } from "./unknown_survey.ts";

const INSTRUMENTS = [
  ...UNKNOWN_INSTRUMENTS,
  ...UNKNOWN_ECHELLES,
  ...UNKNOWN_INFRARED,
  ...UNKNOWN_MODERN,
  ...UNKNOWN_SURVEY,
  ...SECOND_SURVEY,
];

for (const instrument of INSTRUMENTS) {
  const { name, source, frames } = instrument;
  Deno.test(`generic.rules: ${name} (${source})`, () => {
    for (const frame of frames) checkFrame(instrument, frame);
  });
}

for (const software of [...CAMERA_SOFTWARE, ...NAMED_SURVEY]) {
  const { name, source, frames } = software;
  Deno.test(`generic.rules and file names: ${name} (${source})`, () => {
    for (const [path, ...frame] of frames) checkFrame(software, frame, path);
  });
}

function checkFrame(
  { cards, log }: Pick<UnknownInstrument, "cards" | "log">,
  [claim, own, ownLog]: UnknownInstrument["frames"][number],
  path?: string,
): void {
  const file = fileOf({ ...cards, ...own });
  const read = readClaims(path === undefined ? file : { ...file, path });
  const { type, subtype } = read.header;
  const claimed = [type, subtype].filter((one) => one !== null).join(" ");
  assertEquals(claimed, claim, `${path ?? ""} ${JSON.stringify(own)}`);
  for (const [key, value] of Object.entries({ ...log, ...ownLog })) {
    const entry = read.log[key as keyof typeof read.log];
    if (typeof value === "number") {
      assertAlmostEquals(entry as number, value, 1e-6, key);
    } else {
      assertEquals(entry, value, key);
    }
  }
}
