import { assertEquals, assertMatch } from "@std/assert";
import { readClaims } from "../../lib/header/read_claims.ts";
import type { CardValue } from "../../lib/fits/header.ts";
import { openFits } from "../../lib/fits/open_fits.ts";
import { BUILTIN_RULES, selectRules } from "../../lib/header/builtin_rules.ts";
import { readHeaderClaim } from "../../lib/header/claim.ts";
import { readLogEntry } from "../../lib/header/log_entry.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";
import { readManifest } from "../../lib/evaluation/manifest.ts";
import { headerOf } from "./headers.ts";

const FOLDER = new URL("../../lib/header/rules/", import.meta.url);
const FRAMES = new URL("../../../shared/frames/", import.meta.url);

/** Returns `instrument: type (evidence)`. */
function readClaim(cards: Record<string, CardValue>): string {
  const header = headerOf(cards);
  const rules = selectRules(header);
  const { type, evidence } = readHeaderClaim(header, rules);
  return `${readLogEntry(header, rules).instrument}: ${type} (${evidence})`;
}

Deno.test("every built-in file is listed, has a frames line and a source, and parses", () => {
  const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();
  assertEquals(
    files,
    Object.keys(BUILTIN_RULES).map((n) => `${n}.rules`).sort(),
  );
  for (const [name, text] of Object.entries(BUILTIN_RULES)) {
    const { frames, claims, readings } = parseRules(text, name);
    assertEquals(frames === null, ["generic", "common"].includes(name));
    assertEquals(/^# Sources?: /m.test(text), true, name);
    assertEquals(claims.length > 0, true, name);
    assertEquals("instrument" in readings, name !== "common", name);
  }
});

Deno.test("Kast: lamps and exposure time, in PypeIt's ranges", () => {
  const kast = (cards: Record<string, CardValue>) =>
    readClaim({
      VERSION: "kastb",
      OBSTYPE: "OBJECT",
      LAMPSTA1: "off",
      ...cards,
    });
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

Deno.test("a lamp that is on contradicts a type card OBJECT", () => {
  assertEquals(
    readClaim({
      INSTRUME: "ISIS red arm",
      IMAGETYP: "object",
      CAGLAMPS: "CuNe+CuAr",
    }),
    "isis-red: null (IMAGETYP=object, CAGLAMPS=CuNe+CuAr)",
  );
  assertEquals(
    readClaim({
      INSTRUME: "ISIS red arm",
      IMAGETYP: "arc",
      CAGLAMPS: "CuNe+CuAr",
    }),
    "isis-red: arc (IMAGETYP=arc)",
  );
  assertEquals(
    readClaim({ INSTRUME: "ISIS blue arm", IMAGETYP: "zero", CAGLAMPS: "W" }),
    "isis-blue: bias (IMAGETYP=zero)",
  );
  assertEquals(
    readClaim({ FPA: "DBSP_RED2", IMGTYPE: "object", LAMPS: "0001110" }),
    "dbsp-red: null (IMGTYPE=object, LAMPS=0001110)",
  );
  assertEquals(
    readClaim({
      INSTRUME: "Goodman Spectro",
      OBSTYPE: "OBJECT",
      LAMP_NE: "TRUE",
    }),
    "goodman: null (OBSTYPE=OBJECT, LAMP_NE=TRUE)",
  );
});

Deno.test("instruments that need several cards for a type", () => {
  assertEquals(
    readClaim({
      INSTRUME: "Goodman Spectro",
      OBSTYPE: "FOCUS",
      LAMP_HGA: "TRUE",
    }),
    "goodman: arc (LAMP_HGA=TRUE)",
  );
  assertEquals(
    readClaim({ INSTRUME: "EFOSC", "ESO DPR TYPE": "DARK", EXPTIME: 0 }),
    "efosc2: null (EXPTIME=0, ESO DPR TYPE=DARK)",
  );
  const osiris = { INSTRUME: "OSIRIS", OBSMODE: "OsirisLongSlitSpectroscopy" };
  assertEquals(
    readClaim({ ...osiris, OBJECT: "ArcLamp_Ne", OBSTYPE: "OBJECT" }),
    "osiris: arc (OBJECT=ArcLamp_Ne)",
  );
  assertEquals(
    readClaim({ ...osiris, OBJECT: "M 31" }),
    "osiris: science (OBSMODE=OsirisLongSlitSpectroscopy, OBJECT=M 31)",
  );
  assertEquals(
    readClaim({
      INSTRUME: "LRISBLUE",
      TRAPDOOR: "closed",
      ELAPTIME: 1,
      LAMPS: "0,0,0,1,0,0",
    }),
    "lris-blue: arc (LAMPS=0,0,0,1,0,0, TRAPDOOR=closed)",
  );
  assertEquals(
    readClaim({
      INSTRUME: "LRIS",
      TRAPDOOR: "open",
      ELAPTIME: 600,
      NEON: "off",
    }),
    "lris-red: science (TRAPDOOR=open, ELAPTIME=600)",
  );
  assertEquals(
    readClaim({ INSTRUME: "Deveny", IMAGETYP: "FOCUS", LAMPCAL: "Ne" }),
    "deveny: null ()",
  );
});

const manifest = new URL("manifest.csv", FRAMES);
// The frames are not public.
const hasFrames = await Deno.stat(manifest).then(() => true, () => false);

Deno.test(
  "among the correct headers of the real frames only one claims a wrong type: its lamp card is stuck",
  {
    ignore: !hasFrames,
  },
  async () => {
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
      const { type, evidence } = readClaims(file, hdu).header;
      const right = type === label ||
        (type === "science" && label === "standard");
      if (!right && evidence !== "") wrong.push(`${name}: ${evidence}`);
    }
    assertEquals(wrong.length, 1, wrong.join("\n"));
    assertMatch(wrong[0]!, /r133\.fits.*LAMPSTAH=on/);
  },
);
