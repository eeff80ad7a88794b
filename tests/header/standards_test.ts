import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  findStandardByName,
  findStandardInFileName,
  listStandards,
  matchStandard,
  type Standard,
} from "../../lib/header/standards.ts";

const findByName = (text: string) => findStandardByName(text)?.name ?? null;
const findInFileName = (name: string) =>
  findStandardInFileName(name)?.name ?? null;

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
    assertEquals(findByName(text), name, text);
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
    assertEquals(findByName(text), "BD+33 2642", text);
  }
});

/**
 * Spellings of observers and pipelines, star by star: file names of IRAF's onedstds and
 * names.men, ESO, ING, PyNOT, ABSCAL, PypeIt and LBT's modsens.cl, and the words that
 * observers add.
 */
const SPELLINGS = String.raw`
Feige 34: feige34 | Feige 34 | F34 | FEIGE-34 | Feige_034 | feige34_r2 |
  Feige 34 std | FeIGE34 slit2 | eg71 | EGGR 71 | SP1036+433 | SP1036p433 |
  SP1036433 | STD: Feige 34 | STD-Feige34 | Feige 34 (flux std) |
  Flux standard Feige 34 | flux_std_feige34 | SpecPhot Feige34 |
  specphot std feige34 | Feige 34 5" slit | feige34 10arcsec slit |
  Feige 34 - 60 s | Feige34_60sec | std_Feige34_PA0 | Feige34 parallactic angle |
  Feige 34 Gr4 | feige34_gr4 | Feige34 grism 4 | Feige34 600/4310 |
  Feige34 300/7500 | feige34-b | feige34_r | Feige 34 blue side | Feige34 (red) |
  "Feige 34" | Feige 34. | Feige34 #1 | Feige34 [std] | feige34std |
  std feige 34 #2 | Feige34 offset | Feige34 tellurics | Feige34 standard star |
  Standard star Feige 34 | Feige34 R300B | Feige34 R1000R | Feige34 0.5x |
  feige34 300l/mm | Feige34 G600 | Feige34_g3 | Feige 34 (2) |
  spectrophotometric standard Feige 34 | Feige 34 v2 | Feige34_1x1 |
  Feige34_20s_001 | Feige34_2023-01-05 | Feige_34_center | Feige34 low airmass |
  Feige34 AM=1.2 | Feige34_SPS | specphot-Feige34
Feige 110: f110 | feige110 | Feige 110 (spec std)
Feige 56: f56 | feige56
Feige 15: f15 | feige15
Feige 98: f98
Feige 25: f25
Feige 66: Feige66 | BD+25 2534
Feige 67: FEIGE67
Feige 24: feige24 | eg20
Feige 92: feige92
EG 81: eg81 | Feige46
Hiltner 600: h600 | hilt600 | HILT600 | Hiltner 600 | hiltner600 | HILTNER_600 |
  HD289002 | SP0642+021
Hiltner 102: hiltner102 | Hilt 102
Kopff 27: kopff27 | kopf27 | Kopff_27
Wolf 1346: wolf1346 | W1346 | w1346
WD 1327-083: w485a | wolf485a | EG99
L 745-46A: l74546 | l74546a | EG54
WD 1105-048: l97030 | ltt4099 | EG76
L 930-80: l93080 | ltt8702 | g2631
L 870-2: l8702 | EG11
L 1363-3: l13633 | g14563 | EG148
LDS 749B: lds749b | g2610 | eg145
LDS 235B: lds235 | lds235b | eg63
CD-34 241: ltt377 | l377 | LTT 377
LTT 1020: l1020 | ltt1020 | LTT-1020
LTT 1788: l1788 | LTT1788
LTT 2415: l2415 | LTT 2415
LTT 2511: l2511
LTT 3218: LTT 3218 | ltt3218_r2 | l3218 | LTT3218_5arcsec | ltt3218red | EG62 |
  LTT03218 | LTT3218 sp std | LTT 3218 R400 M1 | LTT3218_400M2 |
  ltt3218 flux standard | ltt3218 spectroscopic standard
LTT 3864: l3864 | ltt3864
LTT 4364: l4364 | LTT4364 | EG82
LTT 4816: l4816 | ltt4816
LTT 6248: l6248 | LTT_6248
LTT 7379: l7379 | LTT7379_STD
LTT 7987: l7987 | LTT7987
LTT 9239: l9239 | LTT-9239
LTT 9491: l9491 | ltt9491
EG 21: EG21 | eg 21 | EGGR21 | CPD-69 177 | CPD-69d177 | EG21 STD | std EG21 300s |
  EG21 spec std | EG21_slit5.0 | EG21_400m1 | STD_EG21 | EG 21 (SPECSTD)
EG 274: EG274 | EG-274 | WD1620-391
GJ 754.1A: EG131 | eg 131 | gj7541a
CD-32 9927: cd32 | cd-32 9927 | CD-32d9927 | cd32d9927 | CD_32_9927 | CD-329927 |
  CDm32d9927 | CD32_9927
BD+28 4211: BD+28 | BD28 | BD+28d4211 | BDp28d4211 | bd284211 | BD+284211 |
  BD+28_4211 | BD28+4211 | bd+28 d4211 | BD 28 4211 | BD+28deg4211 | BD+28 std |
  bd_28d4211 | SP2148+286 | sp2148286
BD+33 2642: BD+33 | bd33 | BD33d2642
BD+75 325: bd75325 | BD+75d325 | BD75
BD+17 4708: BD+17d4708 | bd174708 | BD+174708
BD+26 2606: BD+26d2606 | bd262606 | BD26
BD+25 4655: BD+25d4655 | bd254655
BD+25 3941: bd253941
BD+08 2015: bd8 | bd82015 | bd082015
BD+40 4032: bd404032
BD+54 1216: bd54d1216 | BD+541216
BD+21 607: bd21d0607 | BD+21d0607
BD+60 1753: BD60D1753 | BD+60-1753
BD+02 3375: bd02d3375 | BD+2 3375
BD-11 3759: bd11d3759 | BD-11d3759
G191-B2B: g191b2b | G191-B2B | G191B2B | G 191-B2B | g191_b2b | G191-2B | g191 |
  EG247 | SP0501+527 | 191-B2B | BD+52-913
GD 71: GD71 | gd_71 | GD-71 | gd 071 | GD71_tell | GD71 B600 | GD71-R400 |
  GD71_B600_520nm | GD 71 R831 | GD71 std | spstd_GD71 | GD71 nod | GD71_NIR |
  GD71 VIS
GD 153: GD153 | GD 153 R600 | WD1254+223
GD 108: gd108
GD 140: gd140 | EG184
GD 50: GD50
GD 190: gd190
GD 248: gd248
HZ 44: hz44 | Hz 44 std | HZ-44 | HZ44_1 | Hz_44 | HZ 44 2" | HZ 44 (std) |
  HZ44 100s | hz44-b600-450 | HZ 44 telluric | tell std HZ44 | TELL-HZ44 |
  HZ44 1.0 arcsec | HZ44 slit 1.5" | HZ44 2as slit | HZ44_0001 | HZ44 10" |
  HZ44 narrow slit | HZ44.fits
HZ 43: HZ43 | Hz43A | EG98
HZ 4: HZ4 | hz 4
HZ 2: hz2
HZ 14: hz14
HZ 15: hz15
HZ 21: HZ21
HZ 29: hz29
G 158-100: g158_100 | G158-100 | G158100
G 138-31: g138_31 | g13831 | G138-31
WD 2149+021: g93_48 | G93-48 | g9348
G 193-74: g19374 | G193-74
G 24-9: g24_9 | G24-9
G 60-54: G60-54
G 47-18: g4718
G 99-37: g9937
GRW+70 5824: grw705824 | GRW+70d5824 | grw_70d5824
GRW+70 8247: grw708247 | GRW+70 8247
WD 2126+734: grw738031 | GRW+73 8031 | eg144
AGK+81 266: agk_81d266 | AGK+81d266 | AGK+81 266
HS 2027+0651: HS2027
SP 0305+261: sp0305+261 | HD19445 | HD 19445
SP 0644+375: sp0644+375 | SP0644p375 | EG50
SP 0946+139: HD84937 | HD 84937 | SP0946+139
HD 93521: hd93521 | HD93521_std | SP1045+378
HD 192281: hd192281
HD 217086: hd217086
Cyg OB2 No. 9: cygob2no9 | CygOB2#9 | Cyg OB2 9
PG 0823+546: PG0823+546 | pg0823546 | PG 0823+546
PG 0205+134: pg0205134
PG 0934+554: pg0934554 | pg0934_554
PG 1708+602: pg1708602
PG 1545+035: pg1545_035 | PG1545+035
SA 95-42: sa95-42 | SA95-42 | sa95_42
SA 29-130: sa29130 | SA29-130
VMa 2: vma2 | VMA2 | van Maanen 2
40 Eri B: 40erib | 40 Eri B | bd7781
Ross 640: ross640
Ross 627: ross627 | ros627
Ton 573: ton573 | gd128
LB 1240: lb1240 | g88
P330E: P330E | P330-E | p330e_std
P177D: P177D
P041C: P041C | P41-C | p041-c
VB 8: VB8 | VB-8 | GJ644C
HD 37962: LTT2351
C26202: C26202
alpha Lyr: HR 7001 | HR7001 | Vega | alf Lyr | alpha_lyr | HD172167 | Vega std |
  HIP91262 | Vega spec | Vega_1 | vega 2s
HR 153: HR153 | zeta Cas | HR0153
xi2 Cet: HR718 | HR 718 | HD15318
HR 1544: HR1544 | pi2 Ori
HR 3454: HR3454 | HD74280 | eta Hya
HR 4468: HR4468 | hr 4468 | STD-HR4468 | HR4468-1 | hr4468_R
HR 4963: HR4963 | theta Vir
HR 5501: HR5501
HR 7596: HR7596 | 58 Aql
HR 7950: HR7950 | eps Aqr
HR 8634: HR8634 | hr 8634 std | zet Peg
HR 9087: HR9087 | 29 Psc
109 Vir: HR5511 | 109Vir
eta UMa: HR5191 | etauma
mu Col: HR1996
HD 205905: HD205905
WD 1657+343: WD1657+343 | WD1657_343
2MASS J16194609+5534178: SNAP2 | SNAP-2 | 2MASS J16194609+5534178
2MASS J18022716+6043356: 2MASS J18022716+6043356 | 2MASS-J18022716+6043356
KF06T2: KF06T2 | J17583798+6646522
2M0036+18: 2M003618
LB 227: LB227 | lp414101
`;

Deno.test("findStandardByName reads the spellings of observers and pipelines", () => {
  for (const entry of SPELLINGS.trim().split(/\n(?! )/)) {
    const [name, spellings] = entry.split(/:\s+(.*)/s) as [string, string];
    for (const spelling of spellings.split("|").map((one) => one.trim())) {
      assertEquals(findByName(spelling), name, spelling);
    }
  }
});

Deno.test("findStandardByName compares whole names", () => {
  assertEquals(findByName("HZ4"), "HZ 4");
  assertEquals(findByName("ksi2_Cet"), "xi2 Cet");
  assertEquals(findByName("Hilt102"), "Hiltner 102");
  assertEquals(findByName("HZ43"), "HZ 43");
  assertEquals(findByName("sa95-42"), "SA 95-42");
  assertEquals(findByName("CygOB2#9"), "Cyg OB2 No. 9");
  assertEquals(findByName("H600"), "Hiltner 600");
  assertEquals(findByName("58 Aql"), "HR 7596");
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
  for (const text of others) assertEquals(findByName(text), null, text);
});

Deno.test("a number after an abbreviated name makes it another star", () => {
  const others = [
    "BD+17 3248",
    "BD+28 1234",
    "BD+75_752",
    "CD-34 1234",
    "CD-32 12",
    "G158-37",
    "G191-55",
    "L1020-3",
    "PG 0823+499",
    "HS 2027+1234",
  ];
  for (const text of others) {
    assertEquals(findByName(text), null, text);
    assertEquals(findInFileName(`${text}.fits`), null, text);
  }
  assertEquals(findByName("BD+28 60s"), "BD+28 4211");
});

Deno.test("the position counts within 30″ if the target has the name of another object", () => {
  const point = (target: string | null, arcseconds: number) =>
    matchStandard({
      ...NOWHERE,
      target,
      ra: 88.11508,
      dec: 15.88701 + arcseconds / 3600,
    })?.name;
  for (const target of ["SN 2022abc", "NGC 2129", "J0552+1553", "HD 39000"]) {
    assertEquals(point(target, 200), undefined, target);
    assertEquals(point(target, 20), "GD 71", target);
  }
  // The name of the star with words of any kind, and targets without a name.
  for (const target of [null, "target 3", "GD71 low", "GD 71 (see log)"]) {
    assertEquals(point(target, 200), "GD 71");
  }
  // 16 Cyg A, 39″ from the standard 16 Cyg B.
  const cyg = { ...NOWHERE, ra: 295.45398, dec: 50.52506 };
  assertEquals(matchStandard({ ...cyg, target: "16 Cyg A" }), null);
  assertEquals(matchStandard({ ...cyg, target: "16 Cyg B" })?.name, "16 Cyg B");
  // A deep field around a standard.
  const cdfs = { ...NOWHERE, ra: 53.1167, dec: -27.8083 };
  assertEquals(matchStandard(cdfs)?.name, "C26202");
  assertEquals(matchStandard({ ...cdfs, target: "GOODS-S mask 2" }), null);
});

Deno.test("the name of the file counts without a pointing, if the target names no standard", () => {
  const none = { target: null, ra: null, dec: null, mjd: null, equinox: null };
  const file = "night/Feige34_001.fits";
  assertEquals(matchStandard(none, file), {
    name: "Feige 34",
    matched: ["file name"],
    separation: null,
    magnitude: 11.14,
  });
  // The catalogue has no magnitude of a faint star.
  const faint = { ...none, target: "PG 0205+134" };
  assertEquals(matchStandard(faint), {
    name: "PG 0205+134",
    matched: ["name"],
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
  assertEquals(findInFileName("std/Feige34_red.fits"), "Feige 34");
  assertEquals(findInFileName("2020_bd+33_2642.fit"), "BD+33 2642");
  assertEquals(findInFileName("g191-b2b-0001.fits.gz"), "G191-B2B");
  assertEquals(findInFileName("cal-bd-28-4211.fits"), "BD+28 4211");
  assertEquals(findInFileName("vega_std.fits.fz"), "alpha Lyr");
  assertEquals(
    findInFileName("Sci_HR8634_m10_120sec_1053.fits.fz"),
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
    "f110.fits",
    "l3218_blue.fits",
    "h600.fits",
  ];
  for (const file of others) {
    assertEquals(findInFileName(file), null, file);
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
      assertEquals(findByName(spelled), name, spelled);
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
      assertEquals(findByName(spelled), expected, spelled);
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
    assertEquals(findByName(text + digits), null);
    assertEquals(findByName(`${text} ${digits}`), null);
    assertEquals(findInFileName(`${text}_${digits}.fits`), null);
    // Any text is accepted.
    findByName(extra);
    findInFileName(extra);
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
    assertEquals(findByName(target), null, target);
    assertEquals(findInFileName(`${target}.fits`), null, target);
  }
});

Deno.test("the catalogue has no star twice, and each has a source", () => {
  const all = listStandards();
  assertEquals(all.length >= 417, true);
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
        assertEquals(findByName(alias), name, alias);
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
