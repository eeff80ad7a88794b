import type { FrameType } from "../../lib/frame_type.ts";
import type { UnknownInstrument } from "./unknown_instruments.ts";

/** Software of cameras, and small observatories whose file names and folders tell the type. */
export interface CameraSoftware extends Omit<UnknownInstrument, "frames"> {
  /** The path of each frame, its claim, and its cards. */
  readonly frames: readonly (readonly [
    path: string,
    ...UnknownInstrument["frames"][number],
  ])[];
}

/** `_thor`, `_led` and the like claim nothing, as the words have other meanings too. */
export const CAMERA_SOFTWARE: readonly CameraSoftware[] = [
  {
    name: "eShel with AudeLA",
    source:
      "LabAixBidouille/Audela, plugin/tool/eshel: acquisition.tcl, process.tcl",
    cards: {
      SWCREATE: "eShel-2.5",
      INSTRUME: "eShel",
      DETNAM: "QSI532",
      "DATE-OBS": "2011-07-30T21:33:02.51",
      EXPOSURE: 300,
    },
    log: {
      start: "2011-07-30T21:33:02.510",
      exposure: 300,
      instrument: "eShel",
    },
    frames: [
      [
        "20110730-213302-BIAS-1.fit",
        "bias",
        { IMAGETYP: "BIAS", EXPOSURE: 0 },
        { exposure: 0 },
      ],
      ["20110730-213302-DARK-300s-1.fit", "dark", { IMAGETYP: "DARK" }],
      ["20110730-213302-FLAT-10s-1.fit", "flat", { IMAGETYP: "FLAT" }],
      ["20110730-213302-THAR-60s-1.fit", "arc", { IMAGETYP: "CALIB" }],
      ["20110730-213302-LED-10s-1.fit", "flat", { IMAGETYP: "LED" }],
      ["20110730-213302-TUNGSTEN-10s-1.fit", "flat", { IMAGETYP: "TUNGSTEN" }],
      ["20110730-213302-HD5394-300s-1.fit", "science", {
        IMAGETYP: "OBJECT",
        OBJNAME: "HD5394",
      }, { target: "HD5394" }],
    ],
  },
  {
    name: "SpcAudace",
    source: "LabAixBidouille/Audela, spc_sari and spc_traite of SpcAudace",
    cards: { "DATE-OBS": "2005-08-20T22:12:11.25", EXPOSURE: 60 },
    log: { exposure: 60, start: "2005-08-20T22:12:11.250" },
    frames: [
      ["noir-1.fit", "dark", {}],
      ["noirs_plu-1.fit", "dark", {}],
      ["plu-3.fit", "flat", {}],
      ["offset-1.fit", "bias", { EXPOSURE: 0.01 }, { exposure: 0.01 }],
      ["neon-1.fit", "arc", {}],
      ["blyrae-1.fit", "", {}],
    ],
  },
  {
    name: "specINTI",
    source: "C. Buil, V. Desnoux, manual of specINTI, chapter 11",
    cards: {},
    frames: [
      ["altair-1.fits", "", {}],
      ["altair_neon-1.fits", "arc", {}],
      ["altair_tung-1.fits", "flat", {}],
      ["n900-1.fits", "", {}],
      ["o-1.fits", "", {}],
    ],
  },
  {
    name: "PRISM",
    source: "header of a frame of OPSPA, PRISM 10.4",
    cards: {
      SWCREATE: "PRISM, Version 10.4.20.930, 10/9/2021",
      "DATE-OBS": "2022-07-26T01:35:23.232000",
      UT: "01:35:23.23",
      EXPOSURE: 120,
      SITELONG: "-68:10:48:00",
      INSTRUME: "ZWO ASI6200MM Pro",
    },
    log: {
      start: "2022-07-26T01:35:23.232",
      exposure: 120,
      night: "2022-07-25",
    },
    frames: [["a001.fits", "", {}]],
  },
  {
    name: "Sequence Generator Pro",
    source: "bcolyn/PhotonFinder, tests/sample_headers.py",
    cards: {
      OBJECT: "M57",
      "DATE-LOC": "2020-05-30T02:22:49.0968820",
      "DATE-OBS": "2020-05-30T00:22:49.0968820",
      CREATOR: "Sequence Generator Pro v3.1.0.479",
      SITELONG: "3 43 0.000",
      EXPOSURE: 30,
      RA: 283.395539831101,
      DEC: 33.0340625,
      AIRMASS: 1.1136910218553,
    },
    log: {
      start: "2020-05-30T00:22:49.097",
      exposure: 30,
      night: "2020-05-29",
      ra: 283.395539831101,
      dec: 33.0340625,
      airmass: 1.1136910218553,
      target: "M57",
    },
    frames: [
      ["M57_1.fit", "light", { IMAGETYP: "LIGHT" }],
      ["M57_2.fit", "flat", { IMAGETYP: "FLAT" }],
      ["M57_3.fit", "dark", { IMAGETYP: "DARK" }],
      ["M57_4.fit", "bias", { IMAGETYP: "BIAS", EXPOSURE: 0 }, { exposure: 0 }],
    ],
  },
  {
    name: "MaxIm DL with ACP at iTelescope",
    source: "bcolyn/PhotonFinder, tests/sample_headers.py",
    cards: {
      "DATE-OBS": "2018-07-04T14:03:03",
      EXPTIME: 300,
      EXPOSURE: 300,
      SITELONG: "149 03 52",
      "LONG-OBS": 149.064444444,
      OBJECT: "m17",
      TELESCOP: "iTelescope 33",
      RA: "18 20 48.12",
      DEC: "-16 10 58.8",
      AIRMASS: 1.0416255235,
      SWCREATE: "MaxIm DL Version 5.24",
    },
    log: {
      start: "2018-07-04T14:03:03",
      exposure: 300,
      night: "2018-07-04",
      ra: 275.2005,
      dec: -16.183,
      airmass: 1.0416255235,
      target: "m17",
    },
    frames: [["m17.fit", "light", { IMAGETYP: "Light Frame" }]],
  },
  {
    name: "Astro Photography Tool",
    source: "bcolyn/PhotonFinder, tests/sample_headers.py",
    cards: {
      "DATE-OBS": "2018-09-17T21:04:46",
      EXPTIME: 240,
      SWCREATE: "Astro Photography Tool - APT v.3.54.1",
      OBJCTRA: "01 35 00",
      OBJCTDEC: "+30 44 25",
      SITELONG: "+03 41 00.000",
    },
    log: {
      start: "2018-09-17T21:04:46",
      exposure: 240,
      night: "2018-09-17",
      ra: 23.75,
      dec: 30.7402778,
    },
    frames: [["L_1.fit", "light", { IMAGETYP: "Light Frame" }]],
  },
  {
    name: "N.I.N.A. without a mount",
    source: "bcolyn/PhotonFinder, tests/sample_headers.py",
    cards: {
      EXPOSURE: 30,
      EXPTIME: 30,
      "DATE-LOC": "2021-03-02T21:19:00.455",
      "DATE-OBS": "2021-03-02T20:19:00.455",
      OBJECT: "MarsM45",
      OBJCTRA: "00 00 00",
      OBJCTDEC: "+00 00 00",
      SWCREATE: "N.I.N.A. 1.10.2.90",
    },
    log: {
      start: "2021-03-02T20:19:00.455",
      exposure: 30,
      ra: null,
      dec: null,
    },
    frames: [["x.fits", "light", { IMAGETYP: "LIGHT" }]],
  },
  {
    name: "ASICAP",
    source: "Deep Sky Stacker, reading of EXPOINUS",
    cards: { EXPOINUS: 500000, GAIN: 100 },
    log: { exposure: 0.5 },
    frames: [["a1.fit", "", {}], ["Dark_1.fit", "dark", {}], [
      "arc_1.fit",
      "arc",
      { EXPOINUS: 2500000 },
      { exposure: 2.5 },
    ]],
  },
  {
    name: "SharpCap 4",
    source: "README of the Fittle corpus",
    cards: {
      SWCREATE: "SharpCap v4.0",
      EXPTIME: 60,
      "DATE-OBS": "2022-02-28T22:30:33.5625432",
    },
    log: { exposure: 60, start: "2022-02-28T22:30:33.563" },
    frames: [
      ["a.fits", "light", { FRAMETYP: "Light" }],
      ["b.fits", "dark", { FRAMETYP: "Dark" }],
      ["c.fits", "flat", { FRAMETYP: "Flat" }],
      ["d.fits", "bias", { FRAMETYP: "Bias", EXPTIME: 0.0001 }, {
        exposure: 0.0001,
      }],
      ["e.fits", "arc", { FRAMETYP: "Light", OBJECT: "neon" }],
    ],
  },
  {
    name: "Student laboratory in Toronto (AST326)",
    source: "ayushi137/AST326, lab2/Fits.py",
    cards: {},
    frames: [
      ["Night2/Neon_30sec_01.fit", "arc", { EXPTIME: 30 }],
      ["Night2/Dark_30sec_01.fit", "dark", { EXPTIME: 30 }],
      // The script calls it "Neon from Night1".
      ["Lamp1.fit", "arc", { EXPTIME: 5 }],
      ["Lamp1_dark.fit", "dark", { EXPTIME: 5 }],
    ],
  },
  {
    name: "LISA in Bern",
    source: "YaraLuginbuehl/LISA_Data_Reduction, WavelengthCalibration.py",
    cards: { EXPTIME: 7 },
    log: { exposure: 7 },
    frames: [
      ["Data/WavelengthCalibrationData/Neon_new/0001.fit", "arc", {}],
      ["Data/WavelengthCalibrationData/Dark_7s/0001.fit", "dark", {}],
      ["Data/WavelengthCalibrationData/Flat/0001.fit", "flat", {}],
      ["Data/ObjectData/Object/0001.fit", "", {}],
    ],
  },
  {
    name: "Folders of a student's script",
    source: "script with THAR_DIR, spectro_reduction",
    cards: { EXPTIME: 7 },
    frames: [
      ["Input/ThAr/a0001.fits", "arc", {}],
      ["Input/Dark/a0001.fits", "dark", {}],
      ["Input/Flat/a0001.fits", "flat", {}],
      ["Input/Bias/a0001.fits", "bias", { EXPTIME: 0.001 }],
      ["Input/Light/a0001.fits", "", {}],
    ],
  },
  {
    name: "DADOS and BACHES in Potsdam",
    source: "scripts of the OST (darkframe_dir, flatfield_dir)",
    cards: { EXPTIME: 20 },
    frames: [["darks/20s/img-001.FIT", "dark", {}], [
      "flats/img-001.FIT",
      "flat",
      {},
    ], ["star.FIT", "science", {}]],
  },
  {
    name: "Student laboratory in Pisa",
    source: "code of the course of 2023",
    cards: { EXPOSURE: 10 },
    log: { exposure: 10 },
    frames: [
      ["28_marzo_2023/sirius.fit", "", {}],
      ["28_marzo_2023/sirius_lamp.fit", "arc", {}],
      ["28_marzo_2023/dark_1.fit", "dark", {}],
      ["28_marzo_2023/flat_1.fit", "flat", {}],
    ],
  },
  {
    name: "Amateur spectra processed with ISIS",
    source: "audit of such files: OBJECT keeps the name of an earlier target",
    cards: { IMAGETYP: "Light Frame", EXPTIME: 180 },
    log: { exposure: 180 },
    frames: [["26.2.18/Regulus-1.fit", "light", { OBJECT: "Regulus" }], [
      "26.2.18/LED-4.fit",
      "flat",
      { OBJECT: "Regulus" },
    ], ["OFFSET/offset-1.fit", "bias", { OBJECT: "Regulus", EXPTIME: 0.001 }, {
      exposure: 0.001,
    }], ["DARK/dark-1.fit", "dark", { OBJECT: "Regulus" }]],
  },
  {
    name: "CCDCiel",
    source: "pchev/ccdciel, cu_fits.pas",
    cards: {
      "DATE-OBS": "2022-01-05T20:01:02.123",
      EXPTIME: 60,
      OBJECT: "HD 4628",
      RA: 12.0958,
      DEC: 5.2806,
      EQUINOX: 2000,
      SITELONG: 6.15,
      SWCREATE: "CCDciel 0.9.78",
    },
    log: {
      start: "2022-01-05T20:01:02.123",
      exposure: 60,
      ra: 12.0958,
      dec: 5.2806,
      night: "2022-01-05",
      target: "HD 4628",
    },
    frames: [
      ["a.fits", "light", { IMAGETYP: "Light   " }],
      ["b.fits", "dark", { IMAGETYP: "Dark    " }],
      ["c.fits", "flat", { IMAGETYP: "Flat    " }],
      ["d.fits", "bias", { IMAGETYP: "Bias    ", EXPTIME: 0 }, { exposure: 0 }],
    ],
  },
  {
    name: "Frame types in many headers",
    source:
      "tables of frame types of programs that sort files (_FRAME_TYPE_MAP)",
    cards: { EXPTIME: 5 },
    frames: [
      ["a.fits", "light", { IMAGETYP: "LIGHT_FRAME" }],
      ["a.fits", "bias", { IMAGETYP: "offset", EXPTIME: 0.001 }],
      ["a.fits", "", { IMAGETYP: "offset" }],
      ["a.fits", "bias", { IMAGETYP: "Zero Frame" }],
      ["a.fits", "dark", { IMAGETYP: "Dark Flat Frame" }],
      ["a.fits", "flat", { IMAGETYP: "Flat Field" }],
      ["a.fits", "flat twilight", { IMAGETYP: "skyflat" }],
      ["a.fits", "", { IMAGETYP: "Tricolor Image" }],
    ],
  },
  {
    name: "Andor Solis",
    source: "frames of an Andor camera at OHP",
    cards: {
      HEAD: "DU940P_BV",
      DATE: "2022-09-21T22:58:41",
      FRAME: "2022-09-21T22:58:41.000",
      EXPOSURE: 300,
      ACQMODE: "Single Scan",
    },
    log: { start: null, mjd: null, exposure: 300 },
    frames: [
      ["Bias_M2_ML_Wed_Sep_21_2022_18.42.21_00002.fits", "bias", {
        EXPOSURE: 1e-5,
      }, { exposure: 1e-5 }],
      ["ThAr_M2_ML_00000.fits", "arc", {}],
      ["Ksi_Cas_M2_ML_00001.fits", "", {}],
    ],
  },
  {
    name: "SHOC at the SAAO",
    source: "SAAO, page on SHOC (FITS header keywords)",
    cards: {
      HEAD: "DU8201_UVB",
      DATE: "2015-04-17T14:34:28",
      FRAME: "2015-04-17T14:34:28.000",
      "DATE-OBS": "2015-04-17T14:34:26.446239",
      EXPOSURE: 1,
    },
    log: { start: "2015-04-17T14:34:26.446", exposure: 1 },
    frames: [["SHA_20150417.0001.fits", "", {}]],
  },
  {
    name: "eShel, LISA and ALPY at Chelles",
    source:
      "T. Lemoult, script that adds the cards of AudeLA to files named for ISIS",
    cards: { "DATE-OBS": "2014-08-02T21:33:02", EXPOSURE: 60 },
    log: { start: "2014-08-02T21:33:02", exposure: 60 },
    frames: [
      ["Be 66Oph_thor-1.fits", "", {}],
      ["Be 66Oph_tung-1.fits", "flat", {}],
      ["Be 66Oph_led-1.fits", "", {}],
      ["LED-1.fits", "flat", {}],
      ["TUNGSTEN-1.fits", "flat", {}],
      ["prnu-1.fits", "flat", {}],
      ["offset-1.fits", "bias", { EXPOSURE: 0 }, { exposure: 0 }],
      ["BIAS-1.fits", "bias", { EXPOSURE: 0 }, { exposure: 0 }],
      ["Dark-300-1.fits", "dark", {}],
      ["Be 66Oph-neon-1.fits", "arc", {}],
      ["Be 66Oph-neonlong-1.fits", "", {}],
      ["NEON-1.fits", "arc", {}],
      ["flat-1.fits", "flat", {}],
      ["Be 66Oph-1.fits", "", {}],
      ["OBJECT-1.fits", "", {}],
      ["66Oph_champ.fits", "", {}],
      ["CALIB-1.fits", "arc", {
        IMAGETYP: "CALIB",
        SERIESID: "2014-08-02T21:33:02",
        OBJNAME: "66Oph",
      }, { target: "66Oph" }],
      ["OBJECT-1.fits", "science", { IMAGETYP: "OBJECT", OBJNAME: "66Oph" }, {
        target: "66Oph",
      }],
    ],
  },
  {
    name: "LISA with INDI",
    source: "acquireCalibNeonFlat.py, for the spectrograph at Chelles",
    cards: {
      FRAME: "Light",
      EXPTIME: 10,
      "DATE-OBS": "2017-06-01T22:10:11.123",
    },
    log: { start: "2017-06-01T22:10:11.123", exposure: 10 },
    frames: [["2017-06-01_22-00-00-NeonFlat/neon-1.fits", "arc", {}], [
      "2017-06-01_22-00-00-NeonFlat/flat-1.fits",
      "flat",
      {},
    ], ["2017-06-01_23-00-00-Vega/OBJECT-1.fits", "light", {}]],
  },
  {
    name: "ASIStudio",
    source:
      "TestParseFilenameMeta_ASI and TestTypeFromDirs_Compound of a stacking program in Go",
    cards: {},
    frames: [
      [
        "galaxy/L/Light_ASIImg_30sec_Bin1_filter-L_-20.0C_gain300_2025-03-27_232804_frame0001.fit",
        "",
        {},
      ],
      [
        "galaxy/Darks/Dark_ASIImg_30sec_Bin1_filter-B_-20.0C_gain300_2025-03-28_025415_frame0001.fit",
        "dark",
        {},
      ],
      [
        "galaxy/Bias/Bias_ASIImg_0.001sec_Bin1_filter-L_-19.5C_gain300_2025-03-28_023107_frame0021.fit",
        "bias",
        {},
      ],
      [
        "galaxy/Flats/Ha/Flat_ASIImg_0.2sec_Bin1_filter-Ha_-20.0C_gain300_2025-03-28_031453_frame0001.fit",
        "flat",
        {},
      ],
      ["galaxy/Darks/something_30sec.fit", "dark", {}],
      ["2020_05_06/darks_0gain_300s_-25deg/autorun/x.fit", "", {}],
      ["C2019/offset_-15_250gain/autorun/x.fit", "", {}],
      ["2020_05_06/flats_0gain_Ha/autorun/x.fit", "", {}],
      ["M27/offsets/2019-08-30_00_23/x.fit", "bias", {}],
      ["M27/darks/2019-08-30_00_02/x.fit", "dark", {}],
      ["sess/dark_flats/x.fit", "dark", {}],
      ["sess/darkstar_nebula/L/x.fit", "", {}],
      ["M27/m27/data/2019-08-29_22_20/x.fit", "", {}],
    ],
  },
  {
    name: "SharpCap 3",
    source: "TestTypeFromDirs_Compound; actionprojecteu/azotea-client, FITS.md",
    cards: {
      SWCREATE: "SharpCap",
      EXPTIME: 15,
      "DATE-OBS": "2023-02-28T04:18:40.1234567",
    },
    log: { exposure: 15, start: "2023-02-28T04:18:40.123" },
    frames: [
      ["2023_02_27/darks/CapObj/2023-02-28_05_18_38Z/x.FIT", "dark", {}],
      ["2023_02_27/offset/CapObj/2023-02-28_05_52_24Z/x.FIT", "bias", {
        EXPTIME: 0.000032,
      }, { exposure: 0.000032 }],
      ["2023_02_27/flats/CapObj/2023-02-28_06_01_48Z/x.FIT", "flat", {}],
      ["2023_02_27/triplet_m66/CapObj/2023-02-27_22_55_39Z/x.FIT", "", {}],
    ],
  },
  {
    name: "ASIAIR",
    source: "TomyCesaille/poto-siril",
    cards: { EXPTIME: 1 },
    frames: [
      ["Flat_810.0ms_Bin1_H_gain0_20240707-102251_-9.9C_0019.fit", "flat", {
        EXPTIME: 0.81,
      }],
      ["Dark_300.0s_Bin1_L_gain360_20240308-231955_-10.5C_0001.fit", "dark", {
        EXPTIME: 300,
      }],
      ["Bias_1.0ms_Bin1_L_gain100_20240308-232001_-10C_0001.fit", "bias", {
        EXPTIME: 0.001,
      }],
      [
        "Light_LDN 1093_120.0s_Bin1_H_gain100_20240708-002258_-10.0C_0001.fit",
        "light",
        { IMAGETYP: "Light" },
      ],
    ],
  },
  {
    name: "Lhires III",
    source: "navarete/lhires_pipeline, README.md",
    cards: {},
    frames: [
      ["bias_0001.fit", "bias", { EXPTIME: 0 }],
      ["dflat_300s_0001.fit", "flat", {}],
      ["hear_300s_0001.fit", "arc", {}],
      ["etaCar_300s_0001.fit", "", {}],
      ["HIP54830_600s_0001.fit", "", {}],
    ],
  },
  {
    name: "Echelle spectra of a workshop at Ondřejov",
    source: "A. Wagner, script for IRAF, 2024",
    cards: {},
    frames: [
      ["p202409050001Bias.fits", "bias", {}],
      ["p202409050011Flat.fits", "flat", {}],
      ["p202409050021Comp.fits", "arc", {}],
      ["p202409050031WASP-97.fits", "", {}],
    ],
  },
  {
    name: "OSELOTS",
    source: "stubbslab/SpectrographAnalysis, OSELOTSDefaults.txt",
    cards: { STARTEXP: "2020-10-29T03:11:12.123Z", EXPTIME: 60 },
    log: { exposure: 60, start: "2020-10-29T03:11:12.123" },
    frames: [
      ["Bias_2020_10_29_1.fits", "bias", { EXPTIME: 0 }, { exposure: 0 }],
      ["Dark_2020_10_29_12.fits", "dark", {}],
      ["HG2_2020_10_29_32.fits", "", {}],
      ["KR1_2020_10_29_36.fits", "", {}],
      ["Sky_2020_10_29_68.fits", "", {}],
      ["NoLight_f26p35_2021_12_28_40.fits", "", {}],
      ["Mono_650nm_f26p35_2021_12_28_41.fits", "", {}],
    ],
  },
  {
    name: "Student laboratory in Toronto (AST325)",
    source: "code of two groups of the course",
    cards: { EXPTIME: 10 },
    frames: [
      ["Raw Data/Neon30sfit.fit", "arc", {}],
      ["Darks/Darks__30s_01.fit", "dark", {}],
      ["Darks/Dark-00015s.fit", "dark", {}],
      ["Flats/Flats_5s_01.fit", "flat", {}],
      ["Raw Data/Mirfak_SpectroPicture_50s.fits", "", {}],
      ["Raw Data/Jupiter5s.fit", "", {}],
      ["Bias-0001.fit", "bias", { EXPTIME: 0 }],
      ["Neon-8s.fit", "arc", {}],
      ["Aldebaran-10s.fit", "", {}],
      ["MoonGuideImage2.fit", "", {}],
    ],
  },
  {
    name: "Student observatory of SNU",
    source: "scripts of the course AO2; samples of spectools",
    cards: { EXPTIME: 60 },
    log: { exposure: 60 },
    frames: [
      ["Cali-0001bias.fit", "bias", { EXPTIME: 0 }, { exposure: 0 }],
      ["Cali-0001d60.fit", "", {}],
      ["Flat-0001.fit", "flat", {}],
      ["Arc-0001af.fit", "arc", {}],
      ["saturn_h-0001.fit", "", {}],
      ["HR9087-0001.fit", "", {}],
      ["Sample_Neon.fits", "arc", {}],
      ["Sample_Bias.fits", "bias", { EXPTIME: 0 }, { exposure: 0 }],
      ["Sample_Himalia1.fits", "", {}],
    ],
  },
  {
    name: "KStars",
    source: "KStars, test of file names",
    cards: {
      EXPTIME: 120,
      "DATE-OBS": "2022-03-12T04:42:56.001",
      OBJECT: "m5",
      OBJCTRA: "15 18 33.22",
      OBJCTDEC: " 2 04 51.7",
      SITELONG: 238,
    },
    log: {
      exposure: 120,
      start: "2022-03-12T04:42:56.001",
      target: "m5",
      ra: 229.638416667,
      dec: 2.081027778,
      night: "2022-03-11",
    },
    frames: [
      ["m5_Light_LPR_120_secs_2022-03-12T04-44-56_201.fits", "light", {
        FRAME: "Light",
      }],
      ["Dark_120_secs_2022-03-12T04-44-56_001.fits", "dark", { FRAME: "Dark" }],
      ["Flat_1_secs_2022-03-12T04-44-56_001.fits", "flat", { FRAME: "Flat" }],
      ["Bias_0_secs_2022-03-12T04-44-56_001.fits", "bias", {
        FRAME: "Bias",
        EXPTIME: 0,
      }, { exposure: 0 }],
    ],
  },
  {
    name: "INDIGO",
    source:
      "indigo-astronomy/indigo, indigo_ccd_driver.c and indigo_agent_mount.c",
    cards: {
      EXPTIME: 30,
      "DATE-OBS": "2021-05-04T21:00:01.234",
      OBJCTRA: "9 05 00",
      OBJCTDEC: "-3 04 05",
      AIRMASS: 1.25,
    },
    log: {
      exposure: 30,
      start: "2021-05-04T21:00:01.234",
      ra: 136.25,
      dec: -3.068055556,
      airmass: 1.25,
    },
    frames: [
      ["a.fits", "light", { IMAGETYP: "Light" }],
      ["a.fits", "dark", { IMAGETYP: "Dark" }],
      ["a.fits", "flat", { IMAGETYP: "Flat" }],
      ["a.fits", "dark", { IMAGETYP: "DarkFlat" }],
      ["a.fits", "bias", { IMAGETYP: "Bias", EXPTIME: 0 }, { exposure: 0 }],
    ],
  },
  {
    name: "Fiber-fed spectrograph at Mount Laguna",
    source: "IanB618/MLO-Spectrograph, metadata_utils.py",
    cards: {
      LOCATION: "Mt Laguna Observatory",
      LONGITUD: -116.427,
      INSTRUME: "Fiber-Fed Spectrograph",
      "DATE-OBS": "2026-03-04T05:06:07.123",
      "MJD-OBS": 61103.212582,
      EXPTIME: 300,
      RA: 101.28,
      DEC: -16.71,
      AIRMASS: 1.5,
    },
    log: {
      start: "2026-03-04T05:06:07.123",
      mjd: 61103.212582,
      night: "2026-03-03",
      exposure: 300,
      ra: 101.28,
      dec: -16.71,
      airmass: 1.5,
    },
    frames: [
      ["a.fits", "light", { FRAME: "Light", OBJECT: "HD 48915" }],
      ["a.fits", "arc", { FRAME: "Light", OBJECT: "ThAr" }],
      ["a.fits", "flat", { FRAME: "Light", OBJECT: "flat" }],
      ["a.fits", "dark", { FRAME: "Dark" }],
    ],
  },
  {
    name: "sbig-util",
    source: "worlickwerx/sbig-util, README of libsbig",
    cards: {
      "DATE-OBS": "2014-10-30T21:07:37",
      EXPTIME: 1,
      OBJECT: "m33",
      INSTRUME: "SBIG ST-8 Dual CCD Camera",
    },
    log: { start: "2014-10-30T21:07:37", exposure: 1, target: "m33" },
    frames: [["m33_001.fits", "", {}], ["neon_001.fits", "arc", {}], [
      "dark_001.fits",
      "dark",
      { OBJECT: "dark" },
      { target: "dark" },
    ]],
  },
  {
    name: "Folders of CAP",
    source: "rcamuccio/CAP",
    cards: { EXPTIME: 5 },
    frames: [["bias/bias-001.fit", "bias", { EXPTIME: 0 }], [
      "flat/flat_half/flat_half-001.fit",
      "flat",
      {},
    ], ["dark/dark_60/d-001.fit", "dark", {}]],
  },
  {
    name: "FIDEOS at the ESO 1 m",
    source: "CERES, fideos/fideosutils.py",
    cards: { "DATE-OBS": "2016-08-12T03:12:11.250", EXPTIME: 600 },
    log: { start: "2016-08-12T03:12:11.250" },
    frames: [
      ["raw/bias_1.fits", "bias", { EXPTIME: 0 }],
      ["raw/dark_600_1.fits", "dark", {}],
      ["raw/flat_1F_1.fits", "flat", { EXPTIME: 20 }],
      ["raw/flat_2F_1.fits", "flat", { EXPTIME: 20 }],
      ["raw/ThAr_1F_1.fits", "arc", { EXPTIME: 20 }],
      ["raw/ThAr_2F_1.fits", "arc", { EXPTIME: 20 }],
      ["raw/HD10700_2F_1.fits", "", { OBJECT: "HD10700" }, {
        target: "HD10700",
      }],
    ],
  },
  {
    name: "Targets in the logs of Kast and MODS, without lamp cards",
    source:
      "svalenti/Keck_observations, logofthenight.md; PypeIt files of MODS",
    cards: { EXPTIME: 10 },
    frames: [
      ["b1001.fits", "arc", { OBJECT: "Arc_0p5_NeHgCdAr" }],
      ["b1004.fits", "arc", { OBJECT: "arc_2p0_NeHgCdAr" }],
      ["b1005.fits", "arc", { OBJECT: "HgCdArNe Arc Blue" }],
      ["b1007.fits", "flat", { OBJECT: "Flats Blue" }],
      ["b1018.fits", "bias", { OBJECT: "Bias", EXPTIME: 0 }],
      ["b1029.fits", "", { OBJECT: "BD284211" }],
      ["m0024.fits", "", { OBJECT: "Feige_110_dual_grating" }],
      ["m0028.fits", "arc", { OBJECT: "Ne_+_Hg_Lamps" }],
      ["m0029.fits", "arc", { OBJECT: "Kr_+_Xe_Lamps" }],
      ["m0030.fits", "arc", { OBJECT: "Ar_Lamp" }],
      // Near-Earth asteroids, and 959 Arne.
      ["a.fits", "", { OBJECT: "Near-Earth 433" }],
      ["a.fits", "", { OBJECT: "Arne" }],
    ],
  },
  {
    name: "Echelle spectra that OBJECT sorts",
    source: "reduce_night of a script echelle_reduction",
    cards: { EXPTIME: 60 },
    frames: [
      ["e0001.fit", "bias", { OBJECT: "zero", EXPTIME: 0 }],
      ["e0002.fit", "arc", { OBJECT: "comp" }],
      ["e0003.fit", "flat", { OBJECT: "flat" }],
    ],
  },
  {
    name: "pyobs",
    source: "pyobs-core, pyobs/utils/enums.py (ImageType, IMAGETYP)",
    cards: { "DATE-OBS": "2020-10-11T20:21:22.345", EXPTIME: 30 },
    log: { start: "2020-10-11T20:21:22.345", exposure: 30 },
    frames: [
      ["r1.fits", "bias", { IMAGETYP: "bias", EXPTIME: 0 }, { exposure: 0 }],
      ["r1.fits", "dark", { IMAGETYP: "dark" }],
      ["r1.fits", "flat twilight", { IMAGETYP: "skyflat" }],
      ["r1.fits", "focus", { IMAGETYP: "focus" }],
      ["r1.fits", "acquisition", { IMAGETYP: "acquisition" }],
      ["r1.fits", "science", { IMAGETYP: "object", OBJECT: "alf Lyr" }, {
        target: "alf Lyr",
      }],
    ],
  },
  {
    name: "AzCam, as of VATTspec",
    source: "azcam, exposure.py (IMAGETYP, COMPLAMP, times)",
    cards: {
      "DATE-OBS": "2021-04-05",
      "TIME-OBS": "06:07:08.900",
      "UTC-OBS": "06:07:08.900",
      TIMESYS: "UTC",
      EXPREQ: 15,
      EXPTIME: 15,
    },
    log: { start: "2021-04-05T06:07:08.900", exposure: 15 },
    frames: [
      ["r1.fits", "bias", { IMAGETYP: "zero", OBJECT: "zero", EXPTIME: 0 }, {
        exposure: 0,
      }],
      ["r1.fits", "dark", { IMAGETYP: "dark", OBJECT: "dark" }],
      ["r1.fits", "flat", { IMAGETYP: "flat", OBJECT: "flat" }],
      ["r1.fits", "arc", {
        IMAGETYP: "comp",
        OBJECT: "hear",
        COMPLAMP: "HeAr",
      }],
      ["r1.fits", "science", { IMAGETYP: "object", OBJECT: "UGC 4115" }, {
        target: "UGC 4115",
      }],
    ],
  },
];

/** A path in a public repository: the label that a person gives it, and what it claims. */
export interface PublicPath {
  readonly source: string;
  readonly label: FrameType;
  /** `null` for no claim. */
  readonly claim: string | null;
  readonly path: string;
}

/**
 * Paths of frames in public repositories, programs and guides, with label and claim. The
 * labels were written down before the first measurement, which found 61 of 105 calibrations
 * and made 4 false claims. The last three sources were read afterwards.
 */
const PUBLIC_PATH_TABLE = `
# 00-berni/proj_3
science - data_files/01_night/saturno/saturno_image_26072022_0440.fit
science - data_files/16-08-26/Aldebaran/aldebaran-001.fit
science - data_files/16-08-26/M42/M42-001.fit
science - data_files/16-08-26/Pleione/pleione-002.fit
arc arc data_files/16-08-26/Pleione/pleione_lamp.fit
science - data_files/16-08-26/RRLyr/RRLyr-002.fit
arc arc data_files/16-08-26/vega/lamp_vega.fit
science - data_files/17-03-27/Arturo/arturo_-0012sec.fit
arc arc data_files/17-03-27/Arturo/arturo_lamp.fit
science - data_files/17-03-27/Eltanin/eltanin-001_10sec.fit
arc arc data_files/17-03-27/Eltanin/eltanin_lamp.fit
science - data_files/17-03-27/Muceps/mucep-001__30sec.fit
arc arc data_files/17-03-27/Muceps/muceps_lamp.fit
science - data_files/17-03-27/Polluce/polluce_10sec_1.fit
arc arc data_files/17-03-27/Polluce/polluce_lamp.fit
science - data_files/17-03-27/Rastaban/rastaban-001__10sec.fit
science - data_files/17-03-27/Vega01/vega-001_20deg.fit
arc arc data_files/17-03-27/Vega01/vega_20deg_lamp.fit
arc arc data_files/17-03-27/Vega03/vega43deglamp.fit
arc arc data_files/17-03-27/Vega04/vega04_lamp.fit
science - data_files/17-03-27/Vega05/vega5-001_68deg.fit
science - data_files/17-03-27/WR140/wr140_100sec.fit
arc arc data_files/17-03-27/WR140/wr140_lamp.fit
dark dark data_files/17-03-27/calibrazione/cal-001__dark.fit
flat flat data_files/17-03-27/calibrazione/cal-001__flat.fit
bias bias data_files/17-03-27/calibrazione/cal-001_bias.fit
science - data_files/22-07-26_ohp/luna/LunaNera_Image_26072022_0525.fit
# Antonio19-jpg/AntonioWork
science - M42-013.fit
science - Regolo-0015sec.fit
arc arc Regolo_lamp.fit
science - giove_spec.fit
science - vega5-002_68deg.fit
arc arc lamp_moon_venus.fit
arc arc vega5_lamp.fit
# d-sanfratello/spectrumpy; script of the course of 2019
science - 27 marzo 2018/moon-001.fit
arc arc 27 marzo 2018/lamp_moon_venus.fit
arc arc spectral_lamps_ATIK/neon_ATIK.fit
# Sandipan-Borthakur/toes-pyreduce-pipeline
bias bias 2024-06-21/Bias_0s_20240621_221716-1.fit
flat flat 2024-06-21/Flat_5s_20240621_222912-1.fit
science - 2024-06-21/Vega_Object_25s_20240621_224908-1.fit
arc arc 2024-06-21/Vega_Calibration_30s_20240621_225633-1.fit
# malclocke/specreduce
dark dark example/dark.fit
science - example/fomalhaut_0031.fit
# Salgadod123/Spectra-Reduction-school-project
science science Hot_Star.fit
dark dark MasterDark_BiasSub.fits
flat flat MasterFlat_Final.fits
arc arc Processed_WaveCal.fits
# RaulS22/Astrophysics-Lab
bias bias BIAS/bias_cooled_2024-09-23_18-43-30_0220.fits
flat flat FLAT/flat__2024-09-23_18-52-28_black_0241.fits
science - M57/m57_2024-09-23_19-29-46_black_0323.fits
# hpparvi/tutorial--specreduce
arc arc data/osiris_arc_HgAr.fits
arc arc data/osiris_arc_Ne.fits
science - data/osiris_tres_3b.fits
# sonithls/HFOSC-Spectroscopic-Pipeline
arc arc Database/hfosc1_gr7_lamp.fits
# sotzee/AST443
arc arc spectra/arklamp.00000006.FIT
science - spectra/snowball.00000014.FIT
dark dark spectra/data_dark_reduced/processed_Master_Dark1.fits
flat flat spectra/data_dark_reduced/processed_Master_Flat.fits
science - spectra/data_dark_reduced/processed_snowball.00000014.FIT.fits
science science Spectroscopy_Lab2/science_1.cal.fits
# abigailbishop/AST443-F18-BBY
dark dark Lab2/fitsFiles/masterdark_10.0.fits
flat flat Lab2/fitsFiles/masterFlat.fits
science science Lab2/fitsFiles/ref_star_dcc.fits
arc flat Lab2/fitsFiles/mercury_dcc_flat.fits
science flat Lab2/fitsFiles/nebula_00000000_dcc_flat.fits
flat flat Lab0/3.3_SpectrumFlat/masterflat_50E-6m_lamp.fits
flat flat Lab0/3.3_SpectrumFlats_all/master_DomeFlat_50E-6m.fits
# ISIS, guide for the Alpy 600 (C. Buil)
science - alpy_tuto/hd192640-1.fit
arc arc alpy_tuto/hd192640_calib-1.fit
flat flat alpy_tuto/flat.fit
dark dark alpy_tuto/calib/dark300_15.fit
bias bias alpy_tuto/calib/offset_15.fit
# KostasValeckas/PyLongslit
arc arc GTC/Lyman-alpha_emitter/GQ1218+0832_1000B/arcsub.fits
arc arc GTC/Lyman-alpha_emitter/GQ1218+0832_1000B/arcsub_std.fits
science - GTC/Lyman-alpha_emitter/GQ1218+0832_1000B/obj.fits
standard standard GTC/Lyman-alpha_emitter/GQ1218+0832_1000B/std.fits
science science lensed_out/reduced_science_0004799976-20241004-OSIRIS-OsirisLongSlitSpectroscopy.fits
standard standard lensed_out/reduced_std_0004799968-20241004-OSIRIS-OsirisLongSlitSpectroscopy.fits
standard standard output/reduced_standard_ALHh050097.fits
science - tutorial/obj.skysub.fits
# sgsellers/SSOsoft
flat flat level0/solar_flat.fits
flat flat level0/lamp_flat.fits
dark dark level0/dark.fits
science - level0/scan_6302.fits
# kmgill/solhat
flat - Sun_-_Flat/0001.fits
dark - Sun_-_Dark/0001.fits
dark - Sun_-_Flat_Dark/0001.fits
science - Sun/0001.fits
# CCDAutoPilot, help on data organization
dark dark -20DarkR1_600s1x1_080620_00001.fit
bias bias -20BiasR1_1x1_080620_00001.fit
flat flat RedFlatR1_236W_M63_00123.fit
science - RedR1_236W_M63_00123.fit
# MU of TAO, reference
flat flat userID/081013_T1/EveningFlat/x0001.fit
flat flat userID/081013_T1/MorningFlat/x0001.fit
science - userID/081013_T1/images/x0001.fit
# StellarCartography/pydis
arc arc UT170422/HeNeAr.0005r.fits
arc arc example_data/HeNeAr.0028b.fits
science - 05may31.0035r.fits
# MIDAS scripts for the Zeiss-1000
bias bias bias/S13051113.FTS
flat flat flats/S13051014.FTS
science - S13050712.FTS
# IRAF guides for the RTT-150 and for Xinglong and Lijiang
arc arc fear.fits
flat - nhalogen.fits
bias bias Zero.fits
flat flat Halogen.fits
arc arc Lamp.fits
# reduction of VIRUS2 (Antigen), manifest
standard standard VIRUS2/20250619/0000099/D3G/VIRUS2_20250620_0000017_standard_D3G_exp01_20250621T040909.6_HR4963.fits
bias bias VIRUS2/20250619/0000029/D3G/VIRUS2_20250619_0000029_bias_D3G_exp01_20250620T021157.0_zero.fits
flat - VIRUS2/20250619/0000030/D3G/VIRUS2_20250619_0000030_flatp_D3G_exp01_20250620T022204.3_twilight.fits
arc arc VIRUS2/20250619/0000025/D3G/VIRUS2_20250619_0000025_arc_D3G_exp01_20250620T010914.6_fear.fits
# mikeireland/pymfe
arc arc 20150601/thar0001.fit
science - 20150601/gacrux0001.fit
dark dark tauCeti/Masterdark_thar.fit
dark dark tauCeti/Masterdark_target.fit
flat flat 20160221_sun/20151130_Masterflat_calibrated.fit
# rudolffu/pyfosc, myfosc
bias bias bias0001.fit
flat flat speclflat0001.fit
arc arc specllamp0001.fit
science - specltar0001.fit
standard - speclfluxref0001.fit
# m2fs_pipeline
arc arc output/NeHgArXe_COSMOS_C_b.fits
arc arc output/ThAr_COSMOS_C_b.fits
flat - output/LED_COSMOS_C_b.fits
flat - output/twilight_COSMOS_C_b.fits
dark - raw_images/bdark.fits
science - raw_images/b0148.fits
# pykosmospp, docs
arc arc data/arcs/arc_001.fits
# SpecProc
bias bias rawdata/bias_001.fits
arc arc rawdata/thar_001.fits
science science rawdata/science_001.fits
# script with raw/calibracion.FIT
arc arc raw/calibracion.FIT
# script for spectra of TRES
flat flat FLAT_2012-04-01_23h18m00s.fits
standard - Feige34_2012-04-29_03h42m55s_cb.fits
science - 11LORI_2012-04-02_02h46m34s_cb.fits
# lab on CCDs, averaged darks
dark dark Astronomy/20200113rm/sarm20200113dark-001.fits
# SEDM, scripts
standard - Aug08/bd+28d4211_5s_ifu20130808_23_05_49r.fits
# UVES_headsort
bias bias bias_cal_390_06_01_b.fits
flat flat flat_cal_390_06_01_b.fits
arc arc thar_wav_390_06_01_b.fits
science science hem1341m1020_sci_390_06_b.fits
# spec_stack.py (Ordner, DATEI_PREFIX)
science science work/in/science_spectrum_001.fits
arc arc work/in/calibration_lamp_001.fits
# FAR_spectro
arc arc master/master_lamp.fits
# plouis35/QuickSpec
bias bias _offset.fit
dark dark _dark.fit
flat flat _flat.fit
# name_suggests_darkflat, tests
dark dark flat_dark_001.fits
dark dark M42_DarkFlat_300s.fit
dark dark session1.FLAT_DARK.fits
dark dark dark flat 01.fits
# reduction of Alpy spectra with findorder and AlpyArNe
flat flat testspec/flats/spectrum-0001_flat_afterwards_20s.fit
arc arc testspec/wavelength_calib.fit
science - testspec/spectra/spectrum-0001.fit
dark dark testspec/darks/spectrum-0001_20s.fit
# final project Astro100
arc arc FinalProjectAstro100/0060.COMP.fits
flat flat FinalProjectAstro100/masterFlatSpectroscopy.fits
# script with Scans/halogen.fit
flat flat Scans/halogen.fit
# files of XIDL, Lick and MMT
standard - Lick/March30_2014/Flux/Feige34_b600.fits
standard - Lick/May_2014/Flux/HZ44_r600.fits
standard - MMT/BCS_Apr2014/g191b2b_300sens.fits
# dark_masters of several programs
dark dark darks/dark_10.C22.fits
dark dark images/darks/dark_ccd1_8bit_6s_gain250_bin1_10c_20210826_020202.fit
# ylo0803/ast443-nyc
bias bias lab0/data/bias_1series_10c_0s.00000001.BIAS.FIT
dark dark lab0/data/dark_10series_0c_0m30s.00000001.DARK.FIT
flat flat lab0/data/flat_spec_1series_10s.00000001.FLAT.FIT
flat flat lab0/data/spec_flat_field.FIT
arc arc lab0/data/spec_lamp.FIT
arc arc lab0/data/spec_neon_1series_5s.00000001.NOAUTODARK.FIT
# anjavdl/PHY517_AST443
bias bias tutorials/00000025.BIAS.FIT
science science tutorials/star_bkgsub.fits
# script with sedi/calibration_lamp.fit
arc arc sedi/calibration_lamp.fit
science - sedi/calibration_nolamp.fit
`;

export const PUBLIC_PATHS: readonly PublicPath[] = readTable(
  PUBLIC_PATH_TABLE,
);

function readTable(table: string): PublicPath[] {
  return table.trim().split("\n# ").flatMap((group) => {
    const [source, ...lines] = group.replace(/^# /, "").split("\n");
    return lines.map((line) => {
      const [label, claim, ...path] = line.split(" ");
      return {
        source: source!,
        label: label as FrameType,
        claim: claim === "-" ? null : claim!,
        path: path.join(" "),
      };
    });
  });
}
