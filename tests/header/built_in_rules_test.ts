import { assertEquals, assertMatch } from "@std/assert";
import { headerSays } from "../../lib/classify/input_images.ts";
import type { CardValue } from "../../lib/fits/header.ts";
import { openFits } from "../../lib/fits/open_fits.ts";
import { genericRules, RULES_TEXTS } from "../../lib/header/built_in_rules.ts";
import { claim } from "../../lib/header/claim.ts";
import { logEntryOf } from "../../lib/header/log_entry.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";
import { rulesFor } from "../../lib/header/rules_for.ts";
import { readManifest } from "../../lib/evaluation/manifest.ts";
import { headerOf } from "./headers.ts";

const FOLDER = new URL("../../lib/header/rules/", import.meta.url);
const FRAMES = new URL("../../../shared/frames/", import.meta.url);

/** `instrument: type (evidence)` */
function said(cards: Record<string, CardValue>): string {
  const header = headerOf(cards);
  const rules = rulesFor(header);
  const { type, evidence } = claim(header, rules);
  return `${logEntryOf(header, rules).instrument}: ${type} (${evidence})`;
}

Deno.test("every file is in the list, is for some frames, names its source and reads without fault", () => {
  const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();
  assertEquals(files, Object.keys(RULES_TEXTS).map((n) => `${n}.rules`).sort());
  for (const [name, text] of Object.entries(RULES_TEXTS)) {
    const { frames, claims, readings } = parseRules(text, name);
    assertEquals(frames === null, name === "generic");
    assertEquals(/^# Sources?: /m.test(text), true, name);
    assertEquals([claims.length > 0, "instrument" in readings], [true, true]);
  }
  assertEquals(genericRules().frames, null);
});

Deno.test("Kast: lamps and exposure time, in PypeIt's ranges", () => {
  const kast = (cards: Record<string, CardValue>) =>
    said({ VERSION: "kastb", OBSTYPE: "OBJECT", LAMPSTA1: "off", ...cards });
  assertEquals(
    kast({ EXPTIME: 0, LAMPSTA5: "on" }),
    "kast-blue: bias (EXPTIME=0)",
  );
  assertEquals(
    kast({ EXPTIME: 60, LAMPSTA1: "on", LAMPSTAD: "on" }),
    "kast-blue: flat (LAMPSTA1=on)",
  );
  assertEquals(
    kast({ EXPTIME: 40, LAMPSTAG: "on" }),
    "kast-blue: arc (LAMPSTAG=on, EXPTIME=40)",
  );
  assertEquals(kast({ EXPTIME: 62, LAMPSTAG: "on" }), "kast-blue: null ()");
  assertEquals(
    kast({ EXPTIME: 30 }),
    "kast-blue: science (OBSTYPE=OBJECT, EXPTIME=30)",
  );
  assertEquals(
    kast({ EXPTIME: 20, OBSTYPE: "DARK", VERSION: "kastr", LAMPSTAH: "on" }),
    "kast-red: dark (OBSTYPE=DARK)",
  );
  assertEquals(
    kast({ EXPTIME: 20, VERSION: "kastr", LAMPSTAH: "on" }),
    "kast-red: arc (LAMPSTAH=on, EXPTIME=20)",
  );
});

Deno.test("lamps that burn while the type card says object are a contradiction", () => {
  assertEquals(
    said({
      INSTRUME: "ISIS red arm",
      IMAGETYP: "object",
      CAGLAMPS: "CuNe+CuAr",
    }),
    "isis-red: null (IMAGETYP=object, CAGLAMPS=CuNe+CuAr)",
  );
  assertEquals(
    said({ INSTRUME: "ISIS red arm", IMAGETYP: "arc", CAGLAMPS: "CuNe+CuAr" }),
    "isis-red: arc (IMAGETYP=arc)",
  );
  assertEquals(
    said({ INSTRUME: "ISIS blue arm", IMAGETYP: "zero", CAGLAMPS: "W" }),
    "isis-blue: bias (IMAGETYP=zero)",
  );
  assertEquals(
    said({ FPA: "DBSP_RED2", IMGTYPE: "object", LAMPS: "0001110" }),
    "dbsp-red: null (IMGTYPE=object, LAMPS=0001110)",
  );
  assertEquals(
    said({ INSTRUME: "Goodman Spectro", OBSTYPE: "OBJECT", LAMP_NE: "TRUE" }),
    "goodman: null (OBSTYPE=OBJECT, LAMP_NE=TRUE)",
  );
});

Deno.test("instruments whose header names no type by one card", () => {
  assertEquals(
    said({ INSTRUME: "Goodman Spectro", OBSTYPE: "FOCUS", LAMP_HGA: "TRUE" }),
    "goodman: arc (LAMP_HGA=TRUE)",
  );
  assertEquals(
    said({ INSTRUME: "EFOSC", "ESO DPR TYPE": "DARK", EXPTIME: 0 }),
    "efosc2: null (EXPTIME=0, ESO DPR TYPE=DARK)",
  );
  const osiris = { INSTRUME: "OSIRIS", OBSMODE: "OsirisLongSlitSpectroscopy" };
  assertEquals(
    said({ ...osiris, OBJECT: "ArcLamp_Ne", OBSTYPE: "OBJECT" }),
    "osiris: arc (OBJECT=ArcLamp_Ne)",
  );
  assertEquals(
    said({ ...osiris, OBJECT: "M 31" }),
    "osiris: science (OBSMODE=OsirisLongSlitSpectroscopy, OBJECT=M 31)",
  );
  assertEquals(
    said({
      INSTRUME: "LRISBLUE",
      TRAPDOOR: "closed",
      ELAPTIME: 1,
      LAMPS: "0,0,0,1,0,0",
    }),
    "lris-blue: arc (LAMPS=0,0,0,1,0,0, TRAPDOOR=closed)",
  );
  assertEquals(
    said({ INSTRUME: "LRIS", TRAPDOOR: "open", ELAPTIME: 600, NEON: "off" }),
    "lris-red: science (TRAPDOOR=open, ELAPTIME=600)",
  );
  assertEquals(
    said({ INSTRUME: "Deveny", IMAGETYP: "FOCUS", LAMPCAL: "Ne" }),
    "deveny: null ()",
  );
});

Deno.test("one right header of the real frames claims a wrong type: its lamp card is stuck", async () => {
  const manifest = new URL("manifest.csv", FRAMES);
  try {
    await Deno.stat(manifest);
  } catch {
    return; // other people's data, which not everybody has
  }
  const text = await Deno.readTextFile(manifest);
  const lying = new Set(
    text.split("\n").filter((row) => /WRONG HEADER|MISLABELLED/.test(row))
      .map((row) => row.split(",")[0]),
  );
  const wrong: string[] = [];
  for (const { path, label, hdu } of await readManifest(manifest.pathname)) {
    const name = path.slice(FRAMES.pathname.length);
    if (label === "other" || lying.has(name)) continue;
    using file = await openFits(path);
    const { type, evidence } = headerSays(file, hdu).header;
    const right = type === label ||
      (type === "science" && label === "standard");
    if (!right && evidence !== "") wrong.push(`${name}: ${evidence}`);
  }
  assertEquals(wrong.length, 1, wrong.join("\n"));
  assertMatch(wrong[0]!, /r133\.fits.*LAMPSTAH=on/);
});
