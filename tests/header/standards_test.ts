import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  findStandardByName,
  findStandardInFileName,
  listStandards,
  matchStandard,
  type Standard,
} from "../../lib/header/standards.ts";

const NOWHERE = { target: null, ra: null, dec: null, equinox: 2000, mjd: null };

Deno.test("matchStandard matches by position, by name, and by both", () => {
  const feige34 = { ra: 159.90308, dec: 43.10256 };
  const cases = [
    [{ ...NOWHERE, ...feige34 }, ["position"]],
    [{ ...NOWHERE, ...feige34, target: "FEIGE34" }, ["position", "name"]],
    [{ ...NOWHERE, target: "feige-034" }, ["name"]],
    [{ ...NOWHERE, target: "Feige 34", ra: 159.9, dec: 43 }, ["name"]],
  ] as const;
  for (const [pointing, matched] of cases) {
    const match = matchStandard(pointing);
    assertEquals(match?.name, "Feige 34");
    assertEquals(match?.matched, matched);
  }
});

Deno.test("matchStandard ignores a name if the telescope pointed elsewhere", () => {
  const away = { ...NOWHERE, target: "Feige 34", ra: 159.90308, dec: 44 };
  assertEquals(matchStandard(away), null);
  const hz44 = { ...away, ra: 200.89693, dec: 36.13321 };
  assertEquals(matchStandard(hz44)?.name, "HZ 44");
  assertEquals(matchStandard(hz44)?.matched, ["position"]);
});

Deno.test("matchStandard takes 0, a pole and values without a meaning for no pointing", () => {
  const pointings = [
    [0, 0],
    [0, -30],
    [123.4, 0],
    [123.4, 90],
    [123.4, -90],
    [NaN, 36],
    [123.4, Infinity],
  ] as const;
  for (const [ra, dec] of pointings) {
    const match = matchStandard({ ...NOWHERE, target: "HZ 44", ra, dec });
    assertEquals([match?.name, match?.separation], ["HZ 44", null]);
    assertEquals(matchStandard({ ...NOWHERE, ra, dec }), null);
  }
});

Deno.test("a name counts if the pointing is some arcminutes away, as that of 1950", () => {
  // HZ 44 at B1950: 36′ from its position of J2000.
  const b1950 = { ...NOWHERE, ra: 200.32814, dec: 36.39373, equinox: null };
  const match = matchStandard({ ...b1950, target: "HZ 44 std" });
  assertEquals([match?.name, match?.matched], ["HZ 44", ["name"]]);
  assertEquals(matchStandard(b1950), null);
  assertEquals(matchStandard({ ...b1950, target: "HZ 4" }), null);
});

Deno.test("matchStandard has a tolerance", () => {
  const point = (separation: number) => ({
    ...NOWHERE,
    ra: 200.89693,
    dec: 36.13321 + separation / 3600,
  });
  assertEquals(matchStandard(point(350))?.separation, 350);
  assertEquals(matchStandard(point(370)), null);
  assertEquals(
    matchStandard({ ...point(370), tolerance: 480 })?.separation,
    370,
  );
  assertEquals(matchStandard({ ...point(100), tolerance: 60 }), null);
});

Deno.test("a right ascension below 24 is tried as hours, too", () => {
  const [ra, dec] = [200.89693, 36.13321];
  const hours = { ...NOWHERE, target: "HZ 44", ra: ra / 15, dec };
  const match = matchStandard(hours);
  assertEquals([match?.name, match?.matched], ["HZ 44", ["position", "name"]]);
  assertEquals(matchStandard({ ...hours, ra: ra / 12, target: null }), null);
});

Deno.test("a tolerance of 0 matches nothing: the star is the science target", () => {
  const [star] = listStandards();
  const { name, ra, dec } = star!;
  const pointing = { target: name, ra, dec, mjd: null, equinox: 2000 };
  assertEquals(matchStandard(pointing)?.name, name);
  assertEquals(matchStandard({ ...pointing, tolerance: 0 }), null);
  const none = { target: null, ra: null, dec: null, mjd: null, equinox: null };
  assertEquals(matchStandard({ ...none, tolerance: 0 }, "Feige34.fits"), null);
});

Deno.test("matchStandard applies the equinox, or tries that of date", () => {
  // HZ 44 precessed by astropy 8.0, to FK4 B1950 and to FK5 J2013.82.
  const b1950 = { ra: 200.32814, dec: 36.39373 };
  const ofDate = { ra: 201.05391, dec: 36.06137 };
  const mjd = 56592.5;
  assertEquals(matchStandard({ ...NOWHERE, ...b1950 }), null);
  const matches = [
    { ...NOWHERE, ...b1950, equinox: 1950 },
    { ...NOWHERE, ...ofDate, equinox: 2013.82 },
    { ...NOWHERE, ...ofDate, equinox: null, mjd },
    { ...NOWHERE, ra: 200.89693, dec: 36.13321, equinox: null, mjd },
  ].map((pointing) => matchStandard(pointing));
  for (const match of matches) {
    assertEquals(match?.name, "HZ 44");
    assertEquals(match!.separation! < 3, true);
  }
});

Deno.test("findStandardByName reads the Latin genitive of a constellation", () => {
  // CERES, pucheros/pucherosutils.py, get_coords (ethahydra, alphaboo).
  for (
    const [text, name] of [
      ["alpha Lyrae", "alpha Lyr"],
      ["Alf_Lyrae std", "alpha Lyr"],
      ["ksi2 Ceti", "xi2 Cet"],
      ["theta Crateris", "HR 4468"],
      ["eta Hydrae", "HR 3454"],
      ["eta Ursae Majoris", "eta UMa"],
      ["109 Virginis", "109 Vir"],
      ["lyrae", null],
      ["alpha Centauri", null],
    ] as const
  ) {
    assertEquals(findStandardByName(text), name, text);
  }
});

Deno.test("findStandardByName ignores words that observers add", () => {
  const texts = [
    "BDp33_2642_zpol",
    "bd+33d2642",
    "std BD+332642",
    "BD+33 2642 std",
    "BD+33 2642 300s",
    "SP BD+33 2642 wide slit",
    "BD_33_2642-2",
    "STD_BD33D2642",
    "SPSTD_BD+33 2642",
    "BD33",
    "BD+33 2642 slit5",
    "bd332642a",
    "BD+33 2642 A",
    "bd+33_2642_2x2_slit1.5",
    "BD+33 2642 blue arm par",
    "BD332642_R1000B",
    "bd332642-red2",
    "std1 BD+33d2642",
  ];
  for (const text of texts) {
    assertEquals(findStandardByName(text), "BD+33 2642", text);
  }
});

Deno.test("findStandardByName compares whole names", () => {
  assertEquals(findStandardByName("HZ4"), "HZ 4");
  assertEquals(findStandardByName("ksi2_Cet"), "xi2 Cet");
  assertEquals(findStandardByName("Hilt102"), "Hiltner 102");
  assertEquals(findStandardByName("HZ43"), "HZ 43");
  assertEquals(findStandardByName("sa95-42"), "SA 95-42");
  assertEquals(findStandardByName("CygOB2#9"), "Cyg OB2 No. 9");
  assertEquals(findStandardByName("H600"), "Hiltner 600");
  assertEquals(findStandardByName("58 Aql"), "HR 7596");
  const others = [
    "HZ",
    "G24",
    "G13-831",
    "BD-33 2642",
    "1HZ4",
    "HZ4x",
    "near HZ4",
    "HZ4 galaxy",
    "Sirius B",
    "sigma Ori E",
    "40 Eri A",
    "R 4",
    "2642",
    "",
  ];
  for (const text of others) assertEquals(findStandardByName(text), null, text);
});

Deno.test("the name of the file counts without a pointing, if the target names no standard", () => {
  const none = { target: null, ra: null, dec: null, mjd: null, equinox: null };
  const file = "night/Feige34_001.fits";
  assertEquals(matchStandard(none, file), {
    name: "Feige 34",
    matched: ["file name"],
    separation: null,
  });
  // The object of an earlier exposure stays in the header, as with camera software.
  const stale = matchStandard({ ...none, target: "Nova Del 2013" }, file);
  assertEquals(stale?.matched, ["file name"]);
  const named = matchStandard({ ...none, target: "HZ 44" }, file);
  assertEquals([named?.name, named?.matched], ["HZ 44", ["name"]]);
  assertEquals(matchStandard({ ...none, ra: 10, dec: 10 }, file), null);
  assertEquals(matchStandard(none, "night/r0001.fits"), null);
});

Deno.test("findStandardInFileName matches names between separators", () => {
  assertEquals(findStandardInFileName("std/Feige34_red.fits"), "Feige 34");
  assertEquals(findStandardInFileName("2020_bd+33_2642.fit"), "BD+33 2642");
  assertEquals(findStandardInFileName("g191-b2b-0001.fits.gz"), "G191-B2B");
  assertEquals(findStandardInFileName("cal-bd-28-4211.fits"), "BD+28 4211");
  assertEquals(findStandardInFileName("vega_std.fits.fz"), "alpha Lyr");
  assertEquals(
    findStandardInFileName("Sci_HR8634_m10_120sec_1053.fits.fz"),
    "HR 8634",
  );
  const others = [
    "HZ4.fits",
    "L2-star-hg-10.00000000.fits.fz",
    "N20180808S0139.fits",
    "EFOSC.2022-01-27T02-31-32.701.fits",
    "feige340.fits",
    "Feige_3_4.fits",
    "g_24_9.fits",
    "Feige34/image-0041.fits",
  ];
  for (const file of others) {
    assertEquals(findStandardInFileName(file), null, file);
  }
});

/** Spellings of a name: separators, case, zeros, signs as letters, added words. */
const spelling = fc.record({
  separator: fc.constantFrom("", " ", "_", "-", "keep"),
  lowerCase: fc.boolean(),
  prefix: fc.constantFrom("", "std ", "SP ", "Standard_", "SPSTD_"),
  suffix: fc.constantFrom(
    ...["", "_std", " std", "_zpol", " flux", " 120s", " slit5", "_blue"],
    ...["-red1", " 2x2", "_R1000B"],
  ),
  signAsLetter: fc.boolean(),
});

const anyName = fc.constantFrom(
  ...listStandards().flatMap(({ name, aliases }) =>
    [name, ...aliases]
      .filter((text) => /[A-Z]/i.test(text))
      .map((text) => ({ text, name }))
  ),
);

Deno.test("findStandardByName finds every name and alias in many spellings", () => {
  fc.assert(
    fc.property(anyName, spelling, ({ text, name }, options) => {
      let spelled = text;
      if (options.signAsLetter && /^(BD|J)/.test(text)) {
        spelled = spelled
          .replace(/^(BD|J\d+)\+/, "$1p").replace(/^(BD|J\d+)-/, "$1m");
      }
      if (options.separator !== "keep") {
        spelled = spelled.replaceAll(" ", options.separator);
      }
      if (options.lowerCase) spelled = spelled.toLowerCase();
      spelled = options.prefix + spelled + options.suffix;
      assertEquals(findStandardByName(spelled), name, spelled);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("other numbers of the same catalogues match no star", () => {
  const names = new Map(
    listStandards().flatMap(({ name, aliases }) =>
      [name, ...aliases].map((text) => [text.toUpperCase(), name])
    ),
  );
  const prefix = fc.constantFrom(
    ..."HD HR HIP LTT GD EG HZ FEIGE WOLF ROSS HILTNER LB GJ".split(" "),
  );
  const number = fc.oneof(fc.integer({ min: 1, max: 999 }), fc.nat(99_999));
  const suffix = fc.constantFrom("", "_std", " slit2", "-red1", " 300s", "a");
  fc.assert(
    fc.property(prefix, number, suffix, (text, digits, added) => {
      const expected = names.get(`${text} ${digits}`) ??
        // Some names have the letter of a component.
        (added === "a" ? names.get(`${text} ${digits}A`) : undefined) ?? null;
      const spelled = `${text}${digits}${added}`;
      assertEquals(findStandardByName(spelled), expected, spelled);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("random names of targets match no star", () => {
  // No catalogue of standard stars has these prefixes.
  const prefix = fc.constantFrom(
    ..."NGC IC UGC M SN AT GQ TIC EPIC SDSS 2MASX PGC MRK 3C KIC TOI".split(
      " ",
    ),
  );
  const number = fc.nat({ max: 99_999 });
  fc.assert(fc.property(prefix, number, fc.string(), (text, digits, extra) => {
    assertEquals(findStandardByName(text + digits), null);
    assertEquals(findStandardByName(`${text} ${digits}`), null);
    assertEquals(findStandardInFileName(`${text}_${digits}.fits`), null);
    // Any text is accepted.
    findStandardByName(extra);
    findStandardInFileName(extra);
  }));
});

Deno.test("names of science targets and calibration frames match no star", () => {
  const targets = [
    "GQ125005+280041",
    "HeNe GQ125005+280041",
    "J061856-315835",
    "MMT0155-0821",
    "J0047+0319",
    "B0026+129",
    "PGC124",
    "3C079",
    "Zw 229-015",
    "CIV1233-0031",
    "T20+45",
    "kiss14ag",
    "67P_20150827_0910",
    "1h0323",
    "HD223075",
    "AG_Peg",
    "gamcas",
    "Regolo",
    "M42",
    "M 76",
    "NGC 1501",
    "NGC 7293",
    "G 12.8-0.2",
    "GD galaxy",
    "BD+15233",
    "ARC: Xe for None",
    "Flats2_m7_425",
    "Blue Arc CuNe+Cuar",
    "DomeFlat 4arcsec slit",
    "guider 1300 1300",
    "Halogen 1",
  ];
  for (const target of targets) {
    assertEquals(findStandardByName(target), null, target);
    assertEquals(findStandardInFileName(`${target}.fits`), null, target);
  }
});

Deno.test("the catalogue has no star twice, and each has a source", () => {
  const all = listStandards();
  assertEquals(all.length >= 416, true);
  for (const [i, star] of all.entries()) {
    const { name, ra, dec } = star;
    assertEquals(ra >= 0 && ra < 360, true, name);
    assertEquals(Math.abs(dec) <= 90, true, name);
    assertEquals(/\S/.test(star.source), true, name);
    assertEquals(
      ["spectrophotometric", "telluric", "polarimetric"].includes(star.kind),
      true,
      name,
    );
    for (const other of all.slice(0, i)) {
      const distance = measureDistance(star, other);
      assertEquals(distance > 30, true, `${name} and ${other.name}`);
    }
    for (const alias of [name, ...star.aliases]) {
      if (/[A-Z]/i.test(alias)) {
        assertEquals(findStandardByName(alias), name, alias);
      }
    }
  }
});

/** Names with a position: of equinox J2000 after J and BB, else of B1950. */
const POSITION_NAME =
  /^(?:WD|PG|SP|EC|HS|(?:SDSS |2MASS )?(J)|(BB)) ?(\d\d)(\d\d)(\d\d)?\d*(?:\.\d+)?([+-])(\d\d)(\d\d?)(\d\d)?/;

Deno.test("positions agree with those that names contain", () => {
  for (const star of listStandards()) {
    for (const name of [star.name, ...star.aliases]) {
      const parts = POSITION_NAME.exec(name);
      if (parts === null) continue;
      const [, j, bb, hours, minutes, seconds, sign, degrees, rest] = parts;
      const { ra, dec } = precess(star, (j ?? bb) === undefined ? 1950 : 2000);
      const namedRa = 15 * Number(hours) + Number(minutes) / 4 +
        Number(seconds ?? 0) / 240;
      const namedDec = Number(degrees) +
        (rest!.length === 1 ? Number(rest) / 10 : Number(rest) / 60);
      // Names are truncated or rounded to the last digit.
      const raStep = seconds === undefined ? 1 / 4 : 1 / 240;
      const decStep = rest!.length === 1 ? 1 / 10 : 1 / 60;
      const difference = [
        Math.abs((ra - namedRa + 540) % 360 - 180) / raStep,
        Math.abs(dec - (sign === "-" ? -namedDec : namedDec)) / decStep,
      ];
      const agree = difference.every((steps) => steps < 1.3);
      assertEquals(agree, true, `${name} at ${ra}, ${dec} (${star.name})`);
    }
  }
});

/**
 * Returns the position at an epoch and of its equinox to within a few arcseconds; Meeus,
 * Astronomical Algorithms, ch. 21.
 */
function precess(star: Standard, equinox: number): { ra: number; dec: number } {
  const degree = Math.PI / 180;
  const years = equinox - 2000;
  const dec = star.dec + years * star.pmDec / 3.6e6;
  const ra = star.ra + years * star.pmRa / 3.6e6 / Math.cos(dec * degree);
  const [m, n] = [46.11, 20.047]; // Arcseconds a year, 1975.
  let middle = { ra, dec };
  const move = (share: number) => ({
    ra: ra + share * years / 3600 *
        (m + n * Math.sin(middle.ra * degree) * Math.tan(middle.dec * degree)),
    dec: dec + share * years / 3600 * n * Math.cos(middle.ra * degree),
  });
  middle = move(1 / 2);
  return move(1);
}

/** Returns arcseconds; haversine formula. */
function measureDistance(
  a: { ra: number; dec: number },
  b: { ra: number; dec: number },
): number {
  const degree = Math.PI / 180;
  const h = Math.sin((a.dec - b.dec) * degree / 2) ** 2 +
    Math.cos(a.dec * degree) * Math.cos(b.dec * degree) *
      Math.sin((a.ra - b.ra) * degree / 2) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(h))) / degree * 3600;
}
