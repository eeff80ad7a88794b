import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { type CardValue, makeHeader } from "../../lib/fits/header.ts";
import { readLogEntry, readPointing } from "../../lib/header/log_entry.ts";
import { findNight } from "../../lib/header/card_values.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";
import { selectRules } from "../../lib/header/builtin_rules.ts";
import { NO_LOG } from "../no_log.ts";
import { headerOf } from "./headers.ts";

function readLog(cards: Record<string, CardValue>, rules?: string) {
  const header = headerOf(cards);
  const own = rules === undefined ? [] : [parseRules(rules, "own.rules")];
  return readLogEntry(header, selectRules(header, own));
}

Deno.test("an empty header gives an empty log entry", () => {
  assertEquals(readLog({}), NO_LOG);
  assertEquals(
    readLog({ OBJECT: "  ", AIRMASS: 99.9, EXPTIME: "long" }),
    NO_LOG,
  );
});

Deno.test("a frame of Kast is read by its rules", () => {
  const log = readLog({
    VERSION: "kastr",
    "DATE-OBS": "2016-08-27T03:14:15.50",
    EXPTIME: 60,
    OBJECT: "Feige 110 ",
    RA: " 23:19:58.4",
    DEC: "-05:09:56.0",
    AIRMASS: "1.2",
    GRATNG_N: "600/7500",
    GRISM_N: "600/4310",
    GRTILT_P: 10848,
    BSPLIT_N: "d55",
    SLIT_N: "2.0 arcsec",
  });
  assertAlmostEquals(log.ra!, 349.99333, 1e-4);
  assertAlmostEquals(log.dec!, -5.16556, 1e-4);
  assertAlmostEquals(log.mjd!, 57627.13490, 1e-5);
  assertEquals({ ...log, ra: null, dec: null, mjd: null }, {
    instrument: "kast-red",
    night: "2016-08-26",
    start: "2016-08-27T03:14:15.500",
    mjd: null,
    exposure: 60,
    target: "Feige 110",
    ra: null,
    dec: null,
    airmass: 1.2,
    configuration: {
      binning: "1,1",
      decker: "2.0 arcsec",
      dichroic: "d55",
      dispangle: "10848",
      dispname: "600/7500",
    },
  });
});

Deno.test("a night lasts from noon to noon at the telescope", () => {
  const night = (start: string, longitude: number) =>
    readLog({ "DATE-OBS": start, "OBSGEO-L": longitude }).night;
  // Hawaii, 10.37 h behind: noon is at 22:22 UT.
  assertEquals(night("2018-08-08T22:21:00", -155.469), "2018-08-07");
  assertEquals(night("2018-08-08T22:23:00", -155.469), "2018-08-08");
  // Siding Spring, 9.94 h ahead: noon is at 02:04 UT.
  assertEquals(night("2018-08-08T02:03:00", 149.07), "2018-08-07");
  assertEquals(night("2018-08-08T02:05:00", 149.07), "2018-08-08");
  assertEquals(night("2018-08-08T22:21:00", 360 - 155.469), "2018-08-07");
  assertEquals(findNight(58338.5, 0), "2018-08-08");
  assertEquals(readLog({ "DATE-OBS": "2018-08-08T02:05:00" }).night, null);
});

Deno.test("a card of the night comes before the longitude, unless the start contradicts it", () => {
  const night = (card: string | number) =>
    readLog({
      NIGHT: card,
      "DATE-OBS": "2018-08-08T20:30:00",
      "OBSGEO-L": -155.469,
    }).night;
  assertEquals(night("2018-08-08"), "2018-08-08");
  assertEquals(night(20180808), "2018-08-08");
  assertEquals(night("2018/08/08"), "2018-08-08");
  // Without the card: noon is at 22:22 UT.
  for (const unusable of ["2018-08-10", "2018-08-09", "first", 7]) {
    assertEquals(night(unusable), "2018-08-07", String(unusable));
  }
  assertEquals(readLog({ NIGHT: "20180808" }).night, "2018-08-08");
});

Deno.test("the longitude is read from several cards, else known by site or telescope", () => {
  const night = (cards: Record<string, string | number>) =>
    readLog({ "DATE-OBS": "2018-08-08T15:00:00", ...cards }).night;
  // At 70° W noon is at 16:43 UT, at 70° E it is at 7:17.
  const [west, east] = ["2018-08-07", "2018-08-08"];
  assertEquals(night({ "OBS-LONG": -70.73 }), west);
  assertEquals(night({ SITELONG: "-70 44 12" }), west);
  assertEquals(night({ LONGITUD: "70:44:12 W" }), west);
  assertEquals(night({ LONGITUD: "70:44:12 E" }), east);
  assertEquals(night({ SITEID: "lsc" }), west);
  assertEquals(night({ TELESCOP: "SOAR 4.1m" }), west);
  assertEquals(night({ OBSERVAT: "La Silla" }), west);
  assertEquals(night({ INSTRUME: "EFOSC" }), west);
  assertEquals(night({ INSTRUME: "en06" }), "2018-08-07");
  assertEquals(night({ INSTRUME: "en12" }), east);
  // A longitude that counts to the west is told by an observatory.
  assertEquals(night({ "OBS-LONG": "70:44:12" }), west);
  assertEquals(night({ "OBS-LONG": 70.73 }), west);
  assertEquals(night({ "OBS-LONG": "79:41:00" }), null);
  assertEquals(night({ SITELONG: 0 }), null);
  assertEquals(night({ TELESCOP: "my telescope" }), null);
});

Deno.test("a missing start or mjd is computed from the other", () => {
  const start = (cards: Record<string, CardValue>) => readLog(cards).start;
  assertEquals(
    start({ "DATE-OBS": "2018-08-01", UTSTART: "19:23:13.540" }),
    "2018-08-01T19:23:13.540",
  );
  assertEquals(
    start({ "DATE-OBS": "27/08/96", UT: "03:14" }),
    "1996-08-27T03:14:00",
  );
  assertEquals(
    start({ "DATE-OBS": "2020-03-21", UT: 4.5 }),
    "2020-03-21T04:30:00",
  );
  // The AAT (dates), the HCT and MIKE (seconds).
  for (const date of ["2020:03:21", "2020/03/21", "2020.03.21"]) {
    assertEquals(
      start({ "DATE-OBS": date, UT: "04:30:00" }),
      "2020-03-21T04:30:00",
    );
  }
  assertEquals(
    start({ "UT-DATE": "2020-03-21", "UT-TIME": 16200 }),
    "2020-03-21T04:30:00",
  );
  assertEquals(start({ "UT-DATE": "2020-03-21", "UT-TIME": 86400 }), null);
  assertEquals(start({ "DATE-OBS": "2020-03:21", UT: 4.5 }), null);
  assertEquals(start({ "MJD-OBS": 57627.25 }), "2016-08-27T06:00:00");
  assertEquals(readLog({ "DATE-OBS": "2016-08-27T06:00:00" }).mjd, 57627.25);
  assertEquals(readLog({ "MJD-OBS": 0 }).mjd, null);
  for (
    const text of [
      "2018-08-01",
      "2018-02-30T00:00:00",
      "2018-13-01T00:00:00",
      "2018-08-01T24:00:00",
      "Dom, 09 de May de 2010",
      "",
    ]
  ) {
    assertEquals(start({ "DATE-OBS": text }), null, text);
  }
});

Deno.test("a start in local time is unknown", () => {
  for (
    const [scale, start] of [
      ["UTC", "2014-08-01T10:12:11"],
      ["UTC approximate", "2014-08-01T10:12:11"],
      ["tai", "2014-08-01T10:12:11"],
      ["", "2014-08-01T10:12:11"],
      ["JST", null],
      ["LOCAL", null],
      ["UTC+9", null],
    ] as const
  ) {
    const log = readLog({ "DATE-OBS": "2014-08-01T10:12:11", TIMESYS: scale });
    assertEquals(log.start, start, scale);
    assertEquals(log.mjd === null, start === null, scale);
  }
});

Deno.test("positions out of range are ignored", () => {
  const position = (ra: CardValue, dec: CardValue) => {
    const log = readLog({ RA: ra, DEC: dec });
    return [log.ra, log.dec];
  };
  assertEquals(position(192.5, -28), [192.5, -28]);
  assertEquals(position("12 00 00", "+90:00:00.0"), [180, 90]);
  assertEquals(position("192.5", "-0:30:00"), [192.5, -0.5]);
  assertEquals(position("12 00 00", "- 0 30 00"), [180, -0.5]);
  assertEquals(position("25:00:00", "91:00:00"), [null, null]);
  assertEquals(position("12:60:00", "N/A"), [null, null]);
  assertEquals(position(-1, 90.1), [null, null]);
});

Deno.test("sources are tried in turn, with conditions, joined and swapped cards", () => {
  const rules = `binning = swapped CCDSUM if ARM == blue
    binning = CCDSUM, YBIN + XBIN, "1,1"
    dispname = GRISM, GRATING
    mode = longslit`;
  const configuration = (cards: Record<string, CardValue>) =>
    readLog(cards, rules).configuration;
  assertEquals(configuration({ CCDSUM: "1 2", ARM: "blue" }).binning, "2,1");
  assertEquals(configuration({ CCDSUM: "1 2", ARM: "red" }).binning, "1,2");
  assertEquals(configuration({ XBIN: 1, YBIN: 2 }).binning, "2,1");
  assertEquals(configuration({ XBIN: 1 }).binning, "1,1");
  assertEquals(
    configuration({ GRISM: "", GRATING: "300/4" }).dispname,
    "300/4",
  );
  assertEquals(configuration({}).mode, "longslit");
});

Deno.test("exposure times have many names, and units in texts and comments", () => {
  const exposure = (cards: Record<string, CardValue>) =>
    readLog(cards).exposure;
  for (
    const card of [
      "EXPTIME",
      "EXPOSURE",
      "EXPOSED",
      "ELAPTIME",
      "ITIME",
      "ESO DET DIT",
    ]
  ) {
    assertEquals(exposure({ [card]: 30 }), 30, card);
  }
  for (
    const text of ["30 s", "30.0sec", "30", "30 seconds", "0.5 min", "30000 ms"]
  ) {
    assertEquals(exposure({ EXPTIME: text }), 30, text);
  }
  for (const value of ["long", "30 apples", -1, 1e9]) {
    assertEquals(exposure({ EXPTIME: value, EXPOSURE: 20 }), 20, String(value));
  }
  // A camera of Spectral Instruments.
  assertEquals(exposure({ N_PARAM: 80, PARAM25: 150 }), 0.15);
  assertEquals(exposure({ PARAM25: 150 }), null);
  for (
    const [comment, expected] of [
      ["[ms]", 0.15],
      ["Time (msec)", 0.15],
      ["exposure time in msec", 0.15],
      ["exposure in milliseconds", 0.15],
      ["seconds", 150],
      ["M31 items", 150],
    ] as const
  ) {
    const header = makeHeader([{ keyword: "EXPOSURE", value: 150, comment }]);
    assertEquals(
      readLogEntry(header, selectRules(header)).exposure,
      expected,
      comment,
    );
  }
});

Deno.test("the comment of a right ascension can give hours", () => {
  for (
    const [comment, expected] of [
      ["RA at equinox (hrs)", 187.5],
      ["[hours] pointing", 187.5],
      ["Right ascension in hours", 187.5],
      ["Right ascension (deg)", 12.5],
      ["[h:m:s]", 12.5],
      ["", 12.5],
    ] as const
  ) {
    const header = makeHeader([{ keyword: "RA", value: 12.5, comment }]);
    assertEquals(
      readLogEntry(header, selectRules(header)).ra,
      expected,
      comment,
    );
  }
});

Deno.test("rules can give milliseconds, microseconds and hours", () => {
  const rules =
    "exposure = milliseconds TEXP, microseconds TEXU\nra = hours RAH\ndec = DECD";
  assertEquals(readLog({ TEXU: 250000 }, rules).exposure, 0.25);
  const log = readLog({ TEXP: 1500, RAH: 12.5, DECD: -3 }, rules);
  assertEquals([log.exposure, log.ra, log.dec], [1.5, 187.5, -3]);
  assertEquals(readLog({ RAH: "12:30:00" }, rules).ra, 187.5);
  assertEquals(readLog({ TEXP: "1.5 s" }, rules).exposure, 1.5);
});

Deno.test("rules can give the end of the exposure, which the exposure time precedes", () => {
  const rules = "exposure = EXPTIME\nstart = end DATE-OBS";
  const end = { "DATE-OBS": "2023-07-24T12:00:30" };
  const log = readLog({ ...end, EXPTIME: 60 }, rules);
  assertEquals(log.start, "2023-07-24T11:59:30");
});

Deno.test("DFOSC writes the right ascension in hours", () => {
  const log = readLog({ INSTRUME: "DFOSC_FASU", OBJRA: 12.5, OBJDEC: -30 });
  assertEquals([log.ra, log.dec], [187.5, -30]);
});

Deno.test("camera software writes the position of the target as OBJCTRA and OBJCTDEC", () => {
  const log = readLog({ OBJCTRA: "21 44 10", OBJCTDEC: "+09 52 00" });
  assertAlmostEquals(log.ra!, 326.04167, 1e-4);
  assertAlmostEquals(log.dec!, 9.86667, 1e-4);
});

Deno.test("a position of 0 and 0 is that of camera software without a mount", () => {
  const log = readLog({ OBJCTRA: "00 00 00", OBJCTDEC: "+00 00 00" });
  assertEquals([log.ra, log.dec], [null, null]);
  const equator = readLog({ OBJCTRA: "01 00 00", OBJCTDEC: "+00 00 00" });
  assertEquals([equator.ra, equator.dec], [15, 0]);
  assertEquals(readLog({ RA: 0, DEC: -5 }).ra, 0);
  assertEquals(readLog({ RA: 0 }).ra, 0);
});

Deno.test("FRAME of Andor Solis is the start only where the clock gives UT", () => {
  const FRAME = "2022-09-21T22:58:41.000";
  const log = readLog({ HEAD: "DU940P_BV", FRAME, EXPOSURE: 300 });
  assertEquals([log.start, log.mjd, log.exposure], [null, null, 300]);
});

Deno.test("the equinox is a year, or follows from the reference frame", () => {
  const equinox = (cards: Record<string, CardValue>) => {
    const header = headerOf(cards);
    return readPointing(header, selectRules(header)).equinox;
  };
  assertEquals(equinox({ EQUINOX: 1950 }), 1950);
  assertEquals(equinox({ EQUINOX: "J2000.0" }), 2000);
  assertEquals(equinox({ EQUINOX: "B1950" }), 1950);
  assertEquals(equinox({ EPOCH: 2016.6 }), 2016.6);
  assertEquals(equinox({ EPOCH: "apparent", RADECSYS: "FK4" }), 1950);
  assertEquals(equinox({ RADESYS: "ICRS" }), 2000);
  assertEquals(equinox({ EQUINOX: -999 }), null);
  assertEquals(equinox({}), null);
});

Deno.test("rules can give the tolerance of a match with a standard star", () => {
  const header = headerOf({});
  const rules = parseRules("tolerance = 300", "own.rules");
  assertEquals(
    readPointing(header, selectRules(header, [rules])).tolerance,
    300,
  );
  assertEquals(readPointing(header, selectRules(header)).tolerance, undefined);
});

Deno.test("generic rules complete the log of user rules and the keys of the detector, not the rest", () => {
  const log = readLog(
    {
      EXPTIME: 5,
      RA: 10,
      SITE: 20,
      "MJD-OBS": 58000.1,
      CCDSUM: "1 1",
      SLIT: "2",
    },
    "instrument = mine\nlongitude = SITE",
  );
  assertEquals(
    [log.instrument, log.exposure, log.ra, log.night, log.configuration],
    ["mine", 5, 10, "2017-09-03", { binning: "1,1" }],
  );
});

Deno.test("any text in a header can be read", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    readLog({ "DATE-OBS": text, UT: text, RA: text, INSTRUME: text });
  }));
});
