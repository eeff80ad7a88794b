import { assertEquals, assertMatch } from "@std/assert";
import { readClaims } from "../../lib/header/read_claims.ts";
import type { CardValue } from "../../lib/fits/header.ts";
import { openFits } from "../../lib/fits/open_fits.ts";
import { BUILTIN_RULES } from "../../lib/header/builtin_rules.ts";
import { parseReadings, parseRules } from "../../lib/header/parse_rules.ts";
import type { ReadingName } from "../../lib/header/rules.ts";
import { readManifest } from "../../lib/evaluation/manifest.ts";
import { fileOf } from "./headers.ts";

const FOLDER = new URL("../../lib/header/rules/", import.meta.url);
const FRAMES = new URL("../../../shared/frames/", import.meta.url);

/** Returns `instrument: type (evidence)`, with a subtype behind the type. */
function readClaim(cards: Record<string, CardValue>): string {
  const { header, log } = readClaims(fileOf(cards));
  const claimed = [header.type, header.subtype].filter((one) => one !== null);
  return `${log.instrument}: ${claimed.join(" ") || null} (${header.evidence})`;
}

/** Returns `type subtype` of a frame of an instrument without rules of its own. */
function readName(target: CardValue, cards: Record<string, CardValue> = {}) {
  const { type, subtype } = readClaims(
    fileOf({ OBJECT: target, EXPTIME: 5, ...cards }),
  ).header;
  return [type, subtype].filter((one) => one !== null).join(" ");
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

Deno.test("the readings that complete other files are those of generic.rules", () => {
  const text = BUILTIN_RULES.generic!;
  const { readings } = parseRules(text, "generic");
  const names = Object.keys(readings) as ReadingName[];
  assertEquals(parseReadings(text, names), readings);
  for (const name of names) {
    assertEquals(parseReadings(text, [name]), { [name]: readings[name] });
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
  assertEquals(
    kast({ EXPTIME: 62, LAMPSTAG: "on" }),
    "kast-blue: light (OBSTYPE=OBJECT, EXPTIME=62)",
  );
  assertEquals(
    kast({ EXPTIME: 30 }),
    "kast-blue: science (OBSTYPE=OBJECT, EXPTIME=30, LAMPSTA1=off)",
  );
  assertEquals(kast({ EXPTIME: -1 }), "kast-blue: null ()");
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
    "goodman: arc focus (LAMP_HGA=TRUE, OBSTYPE=FOCUS)",
  );
  assertEquals(
    readClaim({ INSTRUME: "EFOSC", "ESO DPR TYPE": "DARK", EXPTIME: 0 }),
    "efosc2: bias (EXPTIME=0)",
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
    "deveny: focus (IMAGETYP=FOCUS)",
  );
});

Deno.test("Kast: the name decides where the lamp cards are missing, and contradicts them otherwise", () => {
  const cards = { VERSION: "kastr", OBSTYPE: "OBJECT", EXPTIME: 3 };
  assertEquals(
    readClaim({ ...cards, OBJECT: "HeHgNe_arc" }),
    "kast-red: arc (OBJECT=HeHgNe_arc)",
  );
  assertEquals(
    readClaim({ ...cards, OBJECT: "BD+15 233" }),
    "kast-red: light (OBSTYPE=OBJECT, EXPTIME=3)",
  );
  assertEquals(
    readClaim({ ...cards, OBJECT: "arc_red 1 Ar", LAMPSTAH: "off" }),
    "kast-red: null (OBJECT=arc_red 1 Ar, OBSTYPE=OBJECT, EXPTIME=3, LAMPSTAH=off)",
  );
  assertEquals(
    readClaim({ ...cards, OBJECT: "twilight", LAMPSTA1: "off" }),
    "kast-red: flat twilight (OBJECT=twilight)",
  );
});

Deno.test("DEIMOS: an image through a mask claims no type", () => {
  const flat = { INSTRUME: "DEIMOS", OBSTYPE: "IntFlat", HATCHPOS: "closed" };
  assertEquals(
    readClaim({ ...flat, MOSMODE: "Spectral", GRATENAM: "600ZD" }),
    "deimos: flat internal (OBSTYPE=IntFlat, HATCHPOS=closed)",
  );
  assertEquals(
    readClaim({ ...flat, MOSMODE: "Direct", GRATENAM: "600ZD" }),
    "deimos: alignment (MOSMODE=Direct)",
  );
  assertEquals(
    readClaim({ ...flat, MOSMODE: "Spectral", GRATENAM: "Mirror" }),
    "deimos: alignment (GRATENAM=Mirror)",
  );
});

Deno.test("focus, Hartmann and acquisition frames are told by type cards and names", () => {
  const ids = { INSTRUME: "IDS on INT", IMAGETYP: "arc" };
  assertEquals(
    readClaim({ ...ids, OBJECT: "hart l" }),
    "ids: arc hartmann (IMAGETYP=arc, OBJECT=hart l)",
  );
  assertEquals(
    readClaim({ INSTRUME: "SpUpNIC", EXPTYPE: "HARTMANN", OBJECT: "CuAr" }),
    "spupnic: hartmann (EXPTYPE=HARTMANN)",
  );
  assertEquals(
    readClaim({ INSTRUME: "GMOS-N", OBSTYPE: "OBJECT", OBSCLASS: "acqCal" }),
    "gmos-n: acquisition (OBSCLASS=acqCal)",
  );
  const efosc2 = { INSTRUME: "EFOSC", "ESO DPR CATG": "ACQUISITION" };
  assertEquals(
    readClaim({
      ...efosc2,
      "ESO DPR TYPE": "OBJECT",
      "ESO DPR TECH": "SPECTRUM",
    }),
    "efosc2: acquisition (ESO DPR CATG=ACQUISITION)",
  );
});

Deno.test("the class of an observation, its program and its name tell a standard", () => {
  const gmos = { INSTRUME: "GMOS-S", OBSTYPE: "OBJECT", GRATING: "B600" };
  const cases = [
    [{ ...gmos, OBSCLASS: "partnerCal" }, "standard"],
    [{ ...gmos, OBSCLASS: "progCal", OBJECT: "HIP 12345" }, "standard"],
    [{ ...gmos, OBSCLASS: "science" }, "science"],
    [{ ...gmos, OBSCLASS: "partnerCal", OBJECT: "Twilight" }, "flat"],
    [{ ...gmos, OBSCLASS: "partnerCal", GRATING: "MIRROR" }, null],
    [{ INSTRUME: "GNIRS", OBSTYPE: "ARC", OBSCLASS: "partnerCal" }, "arc"],
    [{ INSTRUME: "RSS", LAMPID: "NONE", CCDTYPE: "OBJECT" }, "science"],
    [
      {
        INSTRUME: "RSS",
        LAMPID: "NONE",
        CCDTYPE: "OBJECT",
        PROPID: "CAL_SPST",
      },
      "standard",
    ],
    [{ INSTRUME: "HRS", OBSTYPE: "ARC", PROPID: "CAL_SPST" }, "arc"],
    [
      { INSTRUME: "en06", OBSTYPE: "SPECTRUM", PROPID: "FLOYDS standards" },
      "standard",
    ],
    [
      { INSTRUME: "en06", OBSTYPE: "ARC", PROPID: "FLOYDS standards" },
      "arc",
    ],
    [{ IMAGETYP: "object", OBJECT: "std1" }, "standard"],
    [{ IMAGETYP: "object", OBJECT: "STD" }, "standard"],
    [{ IMAGETYP: "object", OBJECT: "HIP 12345 telluric" }, "standard"],
    [{ IMAGETYP: "Light Frame", OBJECT: "tell_HD12345" }, "standard"],
    [{ OBJECT: "flux standard" }, "standard"],
    [{ IMAGETYP: "comp", OBJECT: "std HZ44" }, "arc"],
    [{ IMAGETYP: "light", OBJECT: "HeNeAr std" }, "arc"],
    [{ IMAGETYP: "object", OBJECT: "std HZ44 arc" }, "science"],
    [{ IMAGETYP: "object", OBJECT: "RV standard" }, "science"],
    [{ IMAGETYP: "object", OBJECT: "stdev Tel" }, "science"],
  ] as const;
  for (const [cards, type] of cases) {
    const { header } = readClaims(fileOf(cards));
    assertEquals(header.type, type, JSON.stringify(cards));
  }
});

Deno.test("MOSFIRE and NIRES: flats with the lamp off", () => {
  const mosfire = {
    INSTRUME: "MOSFIRE",
    OBJECT: "Flat",
    OBSMODE: "K-spectroscopy",
  };
  assertEquals(
    readClaim({ ...mosfire, FLATSPEC: 1 }),
    "mosfire: flat dome (FLATSPEC=1)",
  );
  assertEquals(
    readClaim({ ...mosfire, FLATSPEC: 0 }),
    "mosfire: flat lamp-off (FLATSPEC=0, OBJECT=Flat)",
  );
  assertEquals(
    readClaim({ ...mosfire, FLATSPEC: 0, PWSTATA7: 1, OBJECT: "Ne" }),
    "mosfire: arc (PWSTATA7=1)",
  );
  assertEquals(
    readClaim({ ...mosfire, FLATSPEC: 0, FILTER: "Dark" }),
    "mosfire: dark (FILTER=Dark)",
  );
  assertEquals(
    readClaim({ ...mosfire, FLATSPEC: 0, OBJECT: "COSMOS2" }),
    "mosfire: science (FLATSPEC=0)",
  );
  assertEquals(
    readClaim({ ...mosfire, FLATSPEC: 0, OBSMODE: "K-imaging" }),
    "mosfire: alignment (OBSMODE=K-imaging)",
  );
  const nires = { INSTRUME: "NIRES", OBJECT: "DOME PHLAT" };
  assertEquals(
    readClaim({ ...nires, OBSTYPE: "domeflat" }),
    "nires: flat dome (OBSTYPE=domeflat)",
  );
  assertEquals(
    readClaim({ ...nires, OBSTYPE: "dark" }),
    "nires: flat lamp-off (OBSTYPE=dark, OBJECT=DOME PHLAT)",
  );
});

Deno.test("X-shooter: the infrared arm takes flats with the lamp off as images", () => {
  const cards = {
    INSTRUME: "XSHOOTER",
    "ESO SEQ ARM": "NIR",
    "ESO DPR TYPE": "LAMP,FLAT",
    "ESO DPR CATG": "CALIB",
  };
  assertEquals(
    readClaim({ ...cards, "ESO DPR TECH": "ECHELLE,SLIT" }),
    "xshooter-nir: flat internal (ESO DPR TYPE=LAMP,FLAT)",
  );
  assertEquals(
    readClaim({ ...cards, "ESO DPR TECH": "IMAGE" }),
    "xshooter-nir: flat lamp-off (ESO DPR TYPE=LAMP,FLAT, ESO DPR TECH=IMAGE, ESO SEQ ARM=NIR)",
  );
});

Deno.test("LUCI and MODS: lamps of the calibration unit, images, lamps that are off", () => {
  const lamps = Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((n) => [`LAMP${n}`, false]),
  );
  const luci = { INSTRUME: "LUCI1", GRATNAME: "G200", CALIB: true, ...lamps };
  assertEquals(
    readClaim({ ...luci, LAMP5: true }),
    "luci1: flat internal (CALIB=true, LAMP5=true)",
  );
  assertEquals(
    readClaim({ ...luci, LAMP1: true }),
    "luci1: arc (CALIB=true, LAMP1=true)",
  );
  assertEquals(
    readClaim(luci),
    "luci1: flat lamp-off (CALIB=true, LAMP1=false)",
  );
  assertEquals(
    readClaim({ ...luci, CALIB: false }),
    "luci1: science (CALIB=false, LAMP1=false)",
  );
  assertEquals(
    readClaim({ ...luci, CALIB: false, GRATNAME: "Mirror" }),
    "luci1: alignment (GRATNAME=Mirror)",
  );
  assertEquals(
    readClaim({ INSTRUME: "MODS1R", IMAGETYP: "FLAT", MASKNAME: "Imaging" }),
    "mods1r: alignment (MASKNAME=Imaging)",
  );
});

Deno.test("instruments whose flats are told apart by other cards", () => {
  const modspec = { INSTRUME: "Modspec", IMAGETYP: "Flat" };
  assertEquals(
    readClaim({ ...modspec, MIRROR: "IN" }),
    "modspec: flat internal (IMAGETYP=Flat, MIRROR=IN)",
  );
  assertEquals(
    readClaim({ ...modspec, MIRROR: "OUT" }),
    "modspec: flat twilight (IMAGETYP=Flat, MIRROR=OUT)",
  );
  assertEquals(
    readClaim({ INSTRUME: "LDSS3-C", EXPTYPE: "Object", OBJECT: "FlatQH" }),
    "ldss3: flat internal (OBJECT=FlatQH)",
  );
  assertEquals(
    readClaim({ INSTRUME: "KCWI", IMTYPE: "CONTBARS" }),
    "kcwi: flat alignment (IMTYPE=CONTBARS)",
  );
  assertEquals(
    readClaim({
      INSTRUME: "LRIS",
      SLITNAME: "direct",
      TRAPDOOR: "open",
      FLAMP1: "on",
      ELAPTIME: 3,
    }),
    "lris-red: flat slitless (FLAMP1=on, TRAPDOOR=open, SLITNAME=direct)",
  );
  assertEquals(
    readClaim({ FPA: "TSPEC_SPEC", OBSTYPE: "object", OBJECT: "lamp_off" }),
    "tspec: flat lamp-off (OBJECT=lamp_off)",
  );
  assertEquals(
    readClaim({ INSTRUME: "CAFOS 2.2", IMAGETYP: "flat", INSGRNAM: "FREE" }),
    "cafos: alignment (INSGRNAM=FREE)",
  );
  assertEquals(
    readClaim({ INSTRUME: "AG4", IMAGETYP: "object", OBJECT: "M 31" }),
    "ag4: acquisition (INSTRUME=AG4)",
  );
  const dolores = { "OBS-TYPE": "CALIB", GRM_ID: "LR-B", EXPTIME: 2 };
  assertEquals(
    readClaim({ ...dolores, LMP_ID: "Ne+Hg" }),
    "dolores: arc (OBS-TYPE=CALIB, LMP_ID=Ne+Hg)",
  );
  assertEquals(
    readClaim({ ...dolores, LMP_ID: "Halogen" }),
    "dolores: flat internal (OBS-TYPE=CALIB, LMP_ID=Halogen)",
  );
});

Deno.test("a bias or a dark has no subtype", () => {
  assertEquals(readName("twilight", { IMAGETYP: "zero" }), "bias");
  assertEquals(readName("focus", { OBSTYPE: "DARK" }), "dark");
});

Deno.test("names of calibrations claim a type where no card does, or only an open shutter", () => {
  const headers: Record<string, CardValue>[] = [{}, {
    IMAGETYP: "Light Frame",
  }];
  for (const cards of headers) {
    for (
      const name of [
        "arc",
        "HgArNe",
        "Arcs_2",
        "neon",
        "comp CuAr",
        "HeNe J1250+28",
        "ThAr",
        "TH-AR",
        "Fe Ne 300s",
        "BeNeAr",
        "arc 30s",
      ]
    ) {
      assertEquals(readName(name, cards), "arc", name);
    }
    for (
      const name of [
        "flat",
        "Flat_03",
        "quartz",
        "Flat field",
        "tung 5s",
        "WideFlat",
        "milky_blue",
      ]
    ) {
      assertEquals(readName(name, cards), "flat", name);
    }
    for (const name of ["dome flat", "DomeFlat 2arcsec slit", "domeflat1"]) {
      assertEquals(readName(name, cards), "flat dome", name);
    }
    for (
      const name of [
        "twilight",
        "sky flat",
        "SkyFlat-3",
        "twilight flat",
        "dawn sky",
        "sunsky",
      ]
    ) {
      assertEquals(readName(name, cards), "flat twilight", name);
    }
    assertEquals(readName("dark30s", cards), "dark");
    assertEquals(readName("Dome flat lamp off", cards), "flat lamp-off");
    assertEquals(readName("bias", { ...cards, EXPTIME: 0 }), "bias");
  }
});

Deno.test("names of calibrations have the element of a lamp, and the number of a frame", () => {
  const lit = { EXPTIME: 5 };
  for (const name of ["Calib: Xe of", "kr_lamp", "Hg lamp 2", "Cal Ne"]) {
    assertEquals(readName(name, lit), "arc", name);
  }
  assertEquals(readName("flat 1 of 5", lit), "flat");
  assertEquals(readName("dark 2 of 3", lit), "dark");
  assertEquals(readName("bias 3 of 10", { EXPTIME: 0 }), "bias");
  // The lamps in a dome are those of flats or of arcs.
  assertEquals(readName("Calib: dome lamp", lit), "dome");
  for (const name of ["lamp", "kr", "Calib", "Fe", "Cal 3 of 5"]) {
    assertEquals(readName(name, lit), "", name);
  }
});

Deno.test("a name contradicts the type card OBJECT, but no other", () => {
  assertEquals(
    readClaim({ IMAGETYP: "OBJECT", OBJECT: "HgArNe" }),
    "null: null (OBJECT=HgArNe, IMAGETYP=OBJECT)",
  );
  assertEquals(readName("dome flat", { IMAGETYP: "comp" }), "arc dome");
  assertEquals(readName("twilight", { IMAGETYP: "object" }), "flat twilight");
});

Deno.test("names of targets claim nothing", () => {
  for (
    const name of [
      "Arcturus",
      "NGC 7293 arc",
      "arc in A370",
      "ARC 12 field",
      "Ar 12158",
      "Ne VIII star",
      "Arne",
      "HE 0435-1223",
      "He 2-10",
      "HgMn star",
      "Milky Way 3",
      "Tunguska",
      "Wide binary",
      "near Vega",
      "Mercury",
      "Neon Nebula",
      "Dark cloud 3",
      "dark matter halo",
      "Flatiron",
      "Flat spectrum QSO",
      "BIAS survey",
      "Biasca",
      "Zero-age star",
      "Zerolab",
      "Testudo",
      "A test star field",
      "NGC 7023 focus group",
      "Focal plane",
      "Sky Survey 12",
      "Skylark",
      "Domenica",
      "Compton 5",
      "M 31",
      "Feige 34",
      "3C 273",
      "Zw 229-015",
    ]
  ) {
    assertEquals(readName(name), "", name);
    assertEquals(readName(name, { IMAGETYP: "object" }), "science", name);
  }
});

Deno.test("names of tests and acquisitions give a subtype", () => {
  assertEquals(readName("focus"), "focus");
  assertEquals(readName("focus 3 HD 1234"), "focus");
  assertEquals(readName("Collimator focus run"), "focus");
  assertEquals(readName("Hartmann left"), "hartmann");
  assertEquals(readName("M51 acq"), "acquisition");
  assertEquals(readName("rot test"), "test");
  assertEquals(readName("mask image"), "alignment");
  assertEquals(readName("pinhole arc"), "pinhole");
  assertEquals(readName("blank sky"), "sky");
  assertEquals(readName("SKY for NGC 7027"), "sky");
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
      const right = type === null || type === label ||
        (type === "science" && label === "standard") ||
        (type === "light" && label !== "bias" && label !== "dark");
      if (!right) wrong.push(`${name}: ${evidence}`);
    }
    assertEquals(wrong.length, 1, wrong.join("\n"));
    assertMatch(wrong[0]!, /r133\.fits.*LAMPSTAH=on/);
  },
);
