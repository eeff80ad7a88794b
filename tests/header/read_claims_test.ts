import { assert, assertEquals } from "@std/assert";
import type { CardValue } from "../../lib/fits/header.ts";
import { readClaims } from "../../lib/header/read_claims.ts";
import { fileOf } from "./headers.ts";

const PRIMARY = { INSTRUME: "Slitspec", OBSTYPE: "SCIENCE", EXPTIME: 60 };

Deno.test("exposure times that the headers of a file give differently are named", () => {
  const file = fileOf(PRIMARY, { OBSTYPE: "SCIENCE", EXPTIME: 15 });
  const { header, log } = readClaims(file);
  assertEquals(header.differs, ["EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1"]);
  assertEquals([header.type, log.exposure], ["science", 15]);
});

Deno.test("headers of a file that claim different types contradict each other", () => {
  const { header } = readClaims(
    fileOf(PRIMARY, { OBSTYPE: "ZERO", EXPTIME: 0 }),
  );
  assertEquals(header.type, null);
  assertEquals(header.evidence, "OBSTYPE=SCIENCE, OBSTYPE=ZERO");
  assertEquals(header.differs, [
    "OBSTYPE=SCIENCE in HDU 0, OBSTYPE=ZERO in HDU 1",
    "EXPTIME=60 in HDU 0, EXPTIME=0 in HDU 1",
  ]);
});

Deno.test("HDUs with the same value are named together", () => {
  const file = fileOf(PRIMARY, {}, { EXPTIME: 15 }, { EXPTIME: 15 }, {
    EXPTIME: 20,
  });
  assertEquals(readClaims(file).header.differs, [
    "EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 2 and 3, EXPTIME=20 in HDU 4",
  ]);
});

Deno.test("headers that repeat, omit, round or do not know a value agree", () => {
  const headers: Record<string, CardValue>[] = [
    {},
    PRIMARY,
    { EXPTIME: 59.7 },
    { EXPTIME: "60.0" },
    { EXPTIME: -1 },
    { EXPTIME: "unknown" },
    { OBSTYPE: "science frame" },
    { OBSTYPE: "OBJECT" },
    { OBSTYPE: "STANDARD" },
    { OBSTYPE: "" },
  ];
  for (const cards of headers) {
    const { header } = readClaims(fileOf(PRIMARY, cards, cards));
    assertEquals(header.differs, [], JSON.stringify(cards));
  }
  assertEquals(
    readClaims(fileOf({ EXPTIME: 0 }, { EXPTIME: 0.002 })).header.differs,
    [],
  );
});

Deno.test("only the HDU that is asked for is compared", () => {
  const file = fileOf(PRIMARY, { EXPTIME: 60 }, { EXPTIME: 15 });
  assertEquals(readClaims(file, 1).header.differs, []);
  assertEquals(readClaims(file, 2).header.differs, [
    "EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 2",
  ]);
});

Deno.test("a standard star is found by the pointing, in the equinox of the header", () => {
  const pointing = { RA: "05:05:30.6", DEC: "+52:49:54" };
  const { header } = readClaims(
    fileOf({ ...PRIMARY, ...pointing, EQUINOX: 2000 }),
  );
  assertEquals(header.standard?.name, "G191-B2B");
  assertEquals(readClaims(fileOf(PRIMARY)).header.standard, null);
});

Deno.test("the name of the file counts where the header names no type", () => {
  const read = (cards: Record<string, CardValue>) =>
    readClaims({ ...fileOf(cards), path: "night/neon-001.fits" }).header;
  const named = { type: "arc", evidence: "file name neon-001.fits" } as const;
  const silent: Record<string, CardValue>[] = [
    {},
    { EXPTIME: 10 },
    { IMAGETYP: "Light Frame" },
    // The target of an earlier frame.
    { IMAGETYP: "Light Frame", OBJECT: "M 76" },
    { OBJECT: "M 76" },
  ];
  for (const cards of silent) {
    const { type, evidence, object } = read(cards);
    assertEquals({ type, evidence }, named);
    assertEquals(object, null);
  }
  assertEquals(read({ OBJECT: "neon nova" }).type, null);
  assertEquals(read({ IMAGETYP: "Dark Frame" }).type, "dark");
});

Deno.test("an exposure time of 0 claims bias if nothing else claims a type", () => {
  const read = (cards: Record<string, CardValue>, path = "r1.fits") => {
    const { type, evidence } = readClaims({ ...fileOf(cards), path }).header;
    return `${type} (${evidence})`;
  };
  assertEquals(read({ EXPTIME: 0 }), "bias (EXPTIME=0)");
  assertEquals(read({ EXPOSURE: 0 }), "bias (EXPOSURE=0)");
  assertEquals(read({ EXPOSURE: 0, EXPTIME: 60 }), "null ()");
  assertEquals(
    read({ EXPTIME: 0, OBSTYPE: "OBJECT" }),
    "science (OBSTYPE=OBJECT)",
  );
  assertEquals(
    read({ EXPTIME: 0, OBJECT: "HgNe arc" }),
    "arc (OBJECT=HgNe arc)",
  );
  assertEquals(
    read({ EXPTIME: 0 }, "flat-01.fits"),
    "flat (file name flat-01.fits)",
  );
  // Such as an image of a sky survey, whose exposure time is not known.
  assertEquals(read({ EXPTIME: 0, OBJECT: "M 51" }), "null ()");
});

Deno.test("an arc or a flat in the name of the file counts beside an object without a name", () => {
  const read = (path: string, cards = {}) =>
    readClaims({ ...fileOf({ IMAGETYP: "object", ...cards }), path }).header
      .type;
  assertEquals(read("thar_001.fits"), "arc");
  assertEquals(read("flat_001.fits"), "flat");
  assertEquals(read("dark_001.fits"), "science");
  assertEquals(read("flat_001.fits", { OBJECT: "HD 1" }), "science");
});

Deno.test("a standard star in the name of a file is the object, unless the file is a calibration", () => {
  const read = (path: string, OBJECT = "Nova Del 2013") => {
    const file = fileOf({ INSTRUME: "cam", OBJECT });
    const { standard, object } = readClaims({ ...file, path }).header;
    return [standard?.name ?? null, object];
  };
  assertEquals(read("Sci_HR8634_m10.fits"), ["HR 8634", "HR 8634"]);
  assertEquals(read("arc_HR8634.fits", "field 3"), ["HR 8634", null]);
  assertEquals(read("img_0001.fits"), [null, "Nova"]);
});

Deno.test("a card for the mode of imaging makes a frame an alignment, but not a bias", () => {
  const read = (cards: Record<string, CardValue>) => {
    const { type, subtype } = readClaims(fileOf(cards)).header;
    return [type, subtype];
  };
  // HST, ACS handbook: OBSTYPE is IMAGING, SPECTROSCOPIC, ...
  assertEquals(read({ INSTRUME: "ACS", OBSTYPE: "IMAGING", IMAGETYP: "EXT" }), [
    null,
    "alignment",
  ]);
  assertEquals(read({ OBSTYPE: "SPECTROSCOPIC" }), [null, null]);
  const mode = { INSTRUME: "X", OBS_MODE: "IMAGING" };
  assertEquals(read({ ...mode, IMAGETYP: "FLAT" }), ["flat", "alignment"]);
  assertEquals(read({ ...mode, IMAGETYP: "BIAS" }), ["bias", null]);
});

Deno.test("texts of a header are cut to 500 characters", () => {
  const long = "x".repeat(10_000);
  const file = fileOf(
    { OBJECT: long, INSTRUME: long, OBSTYPE: long, FILTER: long },
    { OBSTYPE: `${long}y`, EXPTIME: 5 },
  );
  const { header, log } = readClaims(file);
  assertEquals(log.target, `${"x".repeat(499)}…`);
  assertEquals(log.instrument?.length, 500);
  assert(JSON.stringify({ header, log }).length < 5000);
});
