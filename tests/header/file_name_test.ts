import { assertEquals } from "@std/assert";
import {
  isFileNameClaim,
  readFileNameClaim,
} from "../../lib/header/file_name.ts";
import { PUBLIC_PATHS } from "./camera_software.ts";

const readType = (name: string, exposure: number | null = null) =>
  readFileNameClaim(name, exposure).type;

Deno.test("words in the name of a file claim a type, in any notation", () => {
  for (
    const [name, type] of [
      ["Bias_M2_ML_Mon_Sep_19.fits", "bias"],
      ["BIAS0002.FIT", "bias"],
      ["dark300.fits", "dark"],
      ["flat-Neg5-tel-2min30s.00000000.fits", "flat"],
      ["48LibARCNe.fits", "arc"],
      ["neon-5s-3.fit", "arc"],
      ["ThAr_M2_ML_Mon_Sep_19.fits", "arc"],
      ["osiris_HgAr.fits", "arc"],
      ["skyFlat_domeFlat.fits", "flat"],
      // specINTI names the files of the lamps after the star.
      ["altair_tung-1.fits", "flat"],
      ["altair_neon-1.fits", "arc"],
      ["calib_neon-001_10s.fits", "arc"],
      ["20110730-213302-TUNGSTEN-10s-1.fit", "flat"],
      ["Dunkelbild_300s.fit", "dark"],
      ["prnu-1.fits", "flat"],
      ["th_ar_0002.fits", "arc"],
      ["escuro_0001.fits", "dark"],
      ["planos_0001.fits", "flat"],
      ["skyflats_001.fits", "flat"],
      ["vega_std.fits.gz", "standard"],
      ["L2-sci-hg-240.fits", "science"],
    ] as const
  ) assertEquals(readType(name), type, name);
});

Deno.test("words inside other words, targets and queries claim nothing", () => {
  for (
    const name of [
      "Arcturus_001.fits",
      "darkness.fits",
      "Hearne_001.fits",
      "r102.fits",
      "M76_M2_ML_Tue.fits",
      "hd12345_ref.fit",
      "Tobias_001.fits",
      "Flatiron_001.fits",
      "Clamp_001.fits",
      "Hearth_001.fits",
      "Arne_959.fits",
      "near_earth_433.fits",
      "noflat_001.fits",
      "vega_cal.fits",
      "vega_calibrated.fits",
      "afterdark/r102.fits",
      "NOIRLab_001.fits",
      "https://example.org/r102.fits?name=bias",
    ]
  ) assertEquals(readFileNameClaim(name, null).evidence, "", name);
});

Deno.test("offset, noir, PLU and LED claim a type only without other words", () => {
  for (
    const [name, type] of [
      ["offset-1.fit", "bias"],
      ["Offsets_003.fits.gz", "bias"],
      ["noir_120s-3.fit", "dark"],
      ["noirs_plu-1.fit", "dark"],
      ["plu-3.fit", "flat"],
      ["20110730-213302-LED-10s-1.fit", "flat"],
      ["gain100_offset30_0001.fits", null],
      ["offset_star_001.fits", "science"],
      ["ciel_noir_001.fits", null],
      ["street_LED_001.fits", null],
    ] as const
  ) assertEquals(readType(name), type, name);
});

Deno.test("the folder claims a calibration if its name has no other words", () => {
  for (
    const [path, type] of [
      ["bias/r102.fits", "bias"],
      ["C:\\flats\\r102.fits", "flat"],
      ["night/ThAr/r102.fits", "arc"],
      ["night/Dark_7s/r102.fits", "dark"],
      ["night/darks/300s/r102.fits", "dark"],
      ["night/OFFSET/r102.fits", "bias"],
      ["darks/CapObj/2023-02-28_05_18_38Z/r102.fits", "dark"],
      ["flats/autorun/r102.fits", "flat"],
      // The name of the file comes first.
      ["flats/neon-1.fits", "arc"],
      ["flats/dark-1.fits", "dark"],
      ["science/r102.fits", null],
      ["std/r102.fits", null],
      ["NeonFlat/r102.fits", null],
      ["dark_nebula/r102.fits", null],
      ["flats/vega/r102.fits", null],
      ["neon/2018-08-01/r102.fits", null],
      ["flats/2018/08/r102.fits", null],
    ] as const
  ) assertEquals(readType(path), type, path);
  assertEquals(readType("darks/r102.fits", 0), null);
  assertEquals(
    readFileNameClaim("night/darks/300s/r102.fits", 300).evidence,
    "file name darks/300s/r102.fits",
  );
});

Deno.test("beside a target only a calibration counts, unless the target has its words", () => {
  const read = (path: string, target: string) =>
    readFileNameClaim(path, null, target).type;
  assertEquals(read("neon-1.fits", "Regulus"), "arc");
  assertEquals(read("DARK/r102.fits", "Regulus"), "dark");
  assertEquals(read("sci_r102.fits", "Regulus"), null);
  assertEquals(read("std_r102.fits", "Regulus"), null);
  assertEquals(read("dark_doodad-1.fits", "Dark Doodad"), null);
});

Deno.test("a name with words of two types claims none, unless a dark is named after its use", () => {
  assertEquals(readType("sci-neon-1200.fits"), null);
  assertEquals(readType("arc_flat.fits"), null);
  assertEquals(readType("star-neon-40.fits"), null);
  assertEquals(readType("dark-neon-1200.fits"), "dark");
});

Deno.test("a name counts as bias or dark only if the exposure time fits", () => {
  assertEquals(readType("bias.fits", 0), "bias");
  assertEquals(readType("bias.fits", 30), null);
  assertEquals(readType("dark.fits", 30), "dark");
  assertEquals(readType("dark.fits", 0), null);
});

Deno.test("the claim names the file as its evidence", () => {
  const claim = readFileNameClaim("night/flat-1.fits", 2);
  assertEquals(claim.evidence, "file name flat-1.fits");
  assertEquals(isFileNameClaim(claim), true);
  assertEquals(isFileNameClaim({ ...claim, evidence: "IMAGETYP=FLAT" }), false);
});

Deno.test("names of combined frames and of lamps are words in one", () => {
  for (
    const [name, type] of [
      ["Masterdark_thar.fit", "dark"],
      ["masterdarkflat_2s.fits", "dark"],
      ["20151130_Masterflat.fit", "flat"],
      ["superbias.fits", "bias"],
      ["speclflat0001.fit", "flat"],
      ["neonlamp-1.fit", "arc"],
      ["tunglamp-1.fit", "flat"],
      ["hgnear_60s.fits", "arc"],
      ["NEHGAR_60s.fits", "arc"],
    ] as const
  ) assertEquals(readType(name), type, name);
});

Deno.test("a lamp or a calibration in the name of a file is an arc, unless other words say more", () => {
  for (
    const [name, type] of [
      ["lamp_vega.fits", "arc"],
      ["vega43deglamp.fit", "arc"],
      ["hd192640_calib-1.fit", "arc"],
      ["raw/calibraci\u00f3n_02.FIT", "arc"],
      ["l\u00e1mpara_02.fits", "arc"],
      ["Processed_WaveCal.fits", "arc"],
      ["cal-001__dark.fit", "dark"],
      ["flat_lamp-1.fit", "flat"],
      ["halogen_lamp-1.fit", "flat"],
      ["flats/lamp-1.fit", "flat"],
      ["darks/calib-1.fit", "dark"],
      ["lamp_off-1.fit", null],
      ["calibration_nolamp.fit", null],
      ["vega_no_lamp.fit", null],
      ["white_lamp-1.fit", null],
      ["lamp_on-1.fit", null],
      ["bulb_lamp-1.fit", null],
      ["qth_lamp-1.fit", "flat"],
      ["LED_lamp-1.fit", "flat"],
      ["star_lamp-1.fit", null],
      ["lamps/r102.fits", null],
      ["calib/r102.fits", null],
      ["wavelength_650nm-1.fits", null],
    ] as const
  ) assertEquals(readType(name), type, name);
});

Deno.test("words for what was done to a frame, a dark sky and a zeroth order claim nothing", () => {
  for (
    const [name, type] of [
      ["vega_dark_subtracted.fits", null],
      ["m31_flat_field_corrected.fits", null],
      ["neon_bias_sub.fits", "arc"],
      ["MasterDark_BiasSub.fits", "dark"],
      ["vega_no_flat.fits", null],
      ["dark_sky_m31.fits", null],
      ["DarkNebula_B33.fits", null],
      ["zero_order_vega.fits", null],
    ] as const
  ) assertEquals(readType(name), type, name);
});

Deno.test("a lamp and a frame may be part of the word for a type", () => {
  for (
    const [name, type] of [
      ["lamphene-ref.fits", "arc"],
      ["lampneon-1.fit", "arc"],
      ["Neonlampe_01.fit", "arc"],
      ["Halogenlampe_01.fit", "flat"],
      ["Kalibrierlampe_01.fit", "arc"],
      ["biasframe_1.fit", "bias"],
      ["darkframes-1.fit", "dark"],
      ["lampard-1.fit", null],
      ["scienceframe_1.fit", null],
    ] as const
  ) assertEquals(readType(name), type, name);
});

Deno.test("an arc may name the standard for which it was taken", () => {
  for (
    const [name, type] of [
      ["arcsub_std.fits", "arc"],
      ["std_HeNe_1.fits", "arc"],
      // Flats also correct a standard.
      ["std_flat.fits", null],
      ["std_neon_flat.fits", null],
    ] as const
  ) assertEquals(readType(name), type, name);
});

Deno.test("the name of a folder of arcs may have words for lamps and calibrations", () => {
  for (
    const [path, type] of [
      ["arc_lamps/r102.fits", "arc"],
      ["Calib_ThAr/r102.fits", "arc"],
      ["wavelength_cal.fits/r102.fits", "arc"],
      ["WaveCal/r102.fits", "arc"],
      ["wavelength/r102.fits", null],
      ["arc_vega/r102.fits", null],
      ["wave_cal_flat/r102.fits", null],
    ] as const
  ) assertEquals(readType(path), type, path);
});

Deno.test("a calibration in the name of a file is no arc below a folder of other calibrations", () => {
  assertEquals(readType("darks/T05/t5-p1-calibration-001-120_B2.fit"), null);
  assertEquals(readType("flats/T05/lamp-1.fit"), null);
  assertEquals(readType("arcs/T05/lamp-1.fit"), "arc");
  assertEquals(readType("science/lamp-1.fit"), "arc");
});

Deno.test("the folder of flats may tell which flats", () => {
  assertEquals(readType("081013_T1/EveningFlat/x1.fit"), "flat");
  assertEquals(readType("dome_flats/x1.fit"), "flat");
  assertEquals(readType("dome/x1.fit"), null);
  assertEquals(readType("evening/x1.fit"), null);
});

for (const [source, paths] of Map.groupBy(PUBLIC_PATHS, (one) => one.source)) {
  Deno.test(`paths in public repositories: ${source}`, () => {
    for (const { path, claim } of paths) {
      assertEquals(readType(path), claim, path);
    }
  });
}

Deno.test("of the paths in public repositories, two frames that a flat corrected claim a wrong type", () => {
  const wrong = PUBLIC_PATHS.filter(({ label, claim }) =>
    claim !== null && claim !== label
  );
  assertEquals(wrong.map(({ path }) => path), [
    "Lab2/fitsFiles/mercury_dcc_flat.fits",
    "Lab2/fitsFiles/nebula_00000000_dcc_flat.fits",
  ]);
});
