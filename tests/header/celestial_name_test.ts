import { assert, assertEquals } from "@std/assert";
import {
  findCelestialName,
  isStarDesignation,
} from "../../lib/header/celestial_name.ts";

Deno.test("a designation, a star, a planet or coordinates are a celestial object", () => {
  for (
    const [text, name] of [
      ["NGC 6826", "NGC 6826"],
      ["HD223075", "HD223075"],
      ["NGC_7027.fits.fz", "NGC_7027"],
      ["BD+28d4211", "BD+28d4211"],
      ["3C079", "3C079"],
      ["SN 2018abc slit 2", "SN 2018abc"],
      ["M 42", "M 42"],
      ["m31", "m31"],
      ["M76_M2_ML_Tue.fits", "M76"],
      ["Ksi_Cas_M2_ML_Wed.fits", "Ksi_Cas"],
      ["gamcas", "gamcas"],
      ["RRLyr", "RRLyr"],
      ["V404 Cyg", "V404 Cyg"],
      ["61 Cyg A", "61 Cyg"],
      ["P_Cyg-1.fit", "P_Cyg"],
      ["P Cygni", "P Cygni"],
      ["SS Cygni", "SS Cygni"],
      ["28 Tauri", "28 Tauri"],
      ["Z And", "Z And"],
      ["XPer_300s", "XPer"],
      ["AM_Her", "AM_Her"],
      ["V838 Mon", "V838 Mon"],
      ["48Lib_SPEC1.fits", "48Lib"],
      ["EnifSpec.fits", "Enif"],
      ["Neptune.fits.fz", "Neptune"],
      ["GOODS-S mask 3", "GOODS"],
      ["C/2020 F3", "C/2020"],
      ["67P_20150827", "67P"],
      ["gamma Cassiopeiae", "gamma Cassiopeiae"],
      ["zeta_Tauri-60s.fit", "zeta_Tauri"],
      ["wr140_100sec.fit", "wr140"],
      ["eltanin-001_10sec.fit", "eltanin"],
      ["giove_spec.fit", "giove"],
      ["J0047+0319", "0047+0319"],
      ["GQ125005+280041", "125005+280041"],
      ["CIV1233-0031", "1233-0031"],
      ["J05364198-0330124", "05364198-0330124"],
      ["J20250111-0056123", "20250111-0056123"],
      ["FRB20231025B", "FRB20231025B"],
      ["frb19071", "frb19071"],
      ["GaiaDR3_1328057871377540224", "GaiaDR3_1328057871377540224"],
      ["PSOJ006p39_OFF", "PSOJ006p39"],
      ["PSO167-13", "PSO167-13"],
      ["eFEDS197p2", "eFEDS197p2"],
      ["J1342_0928_K", "J1342_0928"],
      ["J1626 2751", "J1626 2751"],
      ["J1500_offset", "J1500"],
    ] as const
  ) assertEquals(findCelestialName(text), name, text);
});

Deno.test("a text with a word for a calibration or a test has no celestial object", () => {
  for (
    const text of [
      "ARC: Xe for NGC205N",
      "HeNe GQ125005+280041",
      "Flat_M42.fits",
      "lamp_vega.fits",
      "vega43deglamp.fit",
      "hd192640_calib-1.fit",
      "focus HD 223075",
      "M42 twilight",
      "ThAr_M76.fits",
    ]
  ) assertEquals(findCelestialName(text), null, text);
  assertEquals(findCelestialName("lamp_vega.fits", "alpha Lyr"), null);
});

Deno.test("two numbers in the name of a file are counters, unless they are marked as coordinates", () => {
  const find = (text: string) => findCelestialName(text, null, true);
  for (const name of ["b1234-001.fits", "exp0012-0034.fits"]) {
    assertEquals(find(name), null);
    assertEquals(findCelestialName(name), name.slice(name.search(/\d/), -5));
  }
  assertEquals(find("J1234-0012_300s.fits"), "1234-0012");
  assertEquals(find("1234+0012.fits"), "1234+0012");
});

Deno.test("words, dates, settings and parts of words are no celestial object", () => {
  for (
    const text of [
      "",
      "unknown",
      "test 12",
      "r102.fits",
      "CCD_Image_49.fit",
      "2018-08-02T02-55-30.fits",
      "20160826.fits",
      "20110730-213302-LED-10s-1.fit",
      "ljg2m401-yf01-20210105-0071-x00.fits",
      "0004799976-20241004-OSIRIS.fits",
      "4000-7000",
      "930_blue",
      "spec-Neg5-tel-expo30s.fits",
      "Mon 10 Oct",
      "red And blue",
      "x And y",
      "CCD And telescope",
      "V Mon 12",
      "5 Per night",
      "mercury",
      "M1 cover",
      "Novara.fits",
      "pi_camera_001.fits",
      "neon_ATIK.fit",
      "J2000",
      "ccd_J1950.0",
      "J7234",
      "adj1200",
    ]
  ) assertEquals(findCelestialName(text), null, text);
});

Deno.test("a standard star that the text names is the object", () => {
  assertEquals(findCelestialName("G191B2B", "G191-B2B"), "G191-B2B");
});

Deno.test("the designation of a catalogue of bright stars is one of a star", () => {
  for (
    const text of [
      "HIP 109452",
      "HIP_108400",
      "hip6364",
      "HD223075",
      "HD-189733",
      "HDE 226868",
      "HR 718",
      "SAO 1234",
      "TYC 1234-567-1",
      "BD+28d4211",
      "BDp33_2642",
      "BDm12",
      "CD-32 9927",
      "CPD-60 1",
      "tell_HIP109452_A0V",
    ]
  ) assert(isStarDesignation(findCelestialName(text) ?? ""), text);
});

Deno.test("other names, and other catalogues, are not designations of bright stars", () => {
  for (
    const text of [
      "ksi Cas",
      "Vega",
      "NGC 6826",
      "M31",
      "HDFN 12",
      "CDFS 12",
      "HRS 12",
      "HCG 92",
      "Feige 34",
      "GD 71",
      "HZ 44",
      "LTT 3864",
      "WR140",
      "SN 2018abc",
      "1233-0031",
    ]
  ) assert(!isStarDesignation(findCelestialName(text) ?? ""), text);
  for (const text of ["", "HD", "my HD 1", "PHIP 1", "HIP"]) {
    assert(!isStarDesignation(text), text);
  }
});
