import type { CameraSoftware } from "./camera_software.ts";
import type { UnknownInstrument } from "./unknown_instruments.ts";

/** Headers of spectrographs without rules of their own, from code that reads or writes them. */
export const UNKNOWN_SURVEY: readonly UnknownInstrument[] = [
  {
    name: "SITELLE at the CFHT",
    source:
      "cfht2caom2, tests/data/single_plane/2445848a.fits.header (a frame of the alignment)",
    cards: {
      DETECTOR: "SITELLE",
      TELESCOP: "CFHT 3.6m",
      LONGITUD: -155.468876,
      TIMESYS: "UTC",
      EXPTIME: 30,
      DARKTIME: 30,
      "DATE-OBS": "2019-10-01",
      UTIME: "15:21:08.80",
      "UTC-OBS": "15:21:08.80",
      "TIME-OBS": "15:21:09.810",
      "MJD-OBS": 58757.6396852,
      EQUINOX: 2000,
      RADECSYS: "FK5",
      RA: "3:55:13.58",
      DEC: "9:45:18.7",
      AIRMASS: 1.121,
    },
    log: {
      start: "2019-10-01T15:21:09.810",
      mjd: 58757.6396852,
      night: "2019-09-30",
      exposure: 30,
      target: "Hz 4",
      ra: 58.8065833,
      dec: 9.7551944,
      airmass: 1.121,
    },
    frames: [
      ["alignment", { OBSTYPE: "ALIGN", EXPTYPE: "ALIGN", OBJECT: "Hz 4" }],
    ],
  },
  {
    name: "EXES on SOFIA",
    source:
      "sofia_redux, instruments/exes: tests/resources.py, data/header/headerdef.dat",
    cards: {
      INSTRUME: "EXES",
      TELESCOP: "SOFIA 2.5m",
      DATATYPE: "SPECTRAL",
      INSTCFG: "LOW",
      "DATE-OBS": "2015-01-01T00:01:00.000",
      UTCSTART: "00:01:00.000",
      EXPTIME: 100,
    },
    log: { start: "2015-01-01T00:01:00", exposure: 100 },
    frames: [
      // TELRA is in hours by headerdef.dat (0 to 24), which its comment does not say.
      ["science", {
        OBSTYPE: "OBJECT",
        DATASRC: "ASTRO",
        INSTMODE: "NOD_ON_SLIT",
        OBJECT: "BN/KL",
        TELRA: 5.58764,
        TELDEC: -5.37414,
      }, { target: "BN/KL", ra: 83.8146, dec: -5.37414 }],
      ["flat", {
        OBSTYPE: "FLAT",
        DATASRC: "CALIBRATION",
        INSTMODE: "STARE",
      }],
      ["standard", { OBSTYPE: "STANDARD_TELLURIC", DATASRC: "ASTRO" }],
      ["standard", { OBSTYPE: "STANDARD_FLUX", DATASRC: "ASTRO" }],
      ["dark", { OBSTYPE: "DARK", DATASRC: "CALIBRATION" }],
      ["sky", { OBSTYPE: "SKY", DATASRC: "ASTRO" }],
      // Of lines or of a continuum.
      ["light", { OBSTYPE: "LAMP", DATASRC: "CALIBRATION" }],
    ],
  },
  {
    name: "FIFI-LS on SOFIA",
    source:
      "sofia_redux, instruments/fifi_ls/data/header_info/headerdef.dat (OBSTYPE)",
    cards: {
      INSTRUME: "FIFI-LS",
      DETCHAN: "BLUE",
      "DATE-OBS": "2016-07-03T05:06:07",
      EXPTIME: 30.72,
    },
    log: { start: "2016-07-03T05:06:07", exposure: 30.72 },
    frames: [
      ["science", { OBSTYPE: "OBJECT", OBJECT: "M82" }, { target: "M82" }],
      ["standard", { OBSTYPE: "STANDARD_FLUX", OBJECT: "Mars" }],
      ["arc", { OBSTYPE: "GASCELL" }],
      ["focus", { OBSTYPE: "FOCUS_LOOP" }],
      ["sky", { OBSTYPE: "SKY" }],
      // A black body.
      ["", { OBSTYPE: "BB" }],
    ],
  },
  {
    name: "HONIR at the Kanata 1.5 m",
    source: "kanatapy, imred/honirred.py (DATA-TYP, OBJECT, HN-ARM)",
    cards: { "HN-ARM": "opt", "CCD-MODE": "Full" },
    frames: [["bias", { "DATA-TYP": "BIAS", OBJECT: "BIAS" }]],
  },
  {
    name: "ViSP at the DKIST",
    source:
      "dkist-fits-specifications, spec122/schemas: fits.yml, camera.yml, dkist-dkist.yml",
    cards: {
      TELESCOP: "Daniel K. Inouye Solar Telescope",
      OBSERVAT: "Haleakala High Altitude Observatory Site",
      NETWORK: "NSF-DKIST",
      INSTRUME: "VISP",
      OBJECT: "quietsun",
      "DATE-OBS": "2022-06-02T17:21:51.123",
      CAM__004: [20, "[ms] FPAExposureTime"],
      CAM__005: [40, "[ms] CamExposureTime"],
      DKIST003: ["observe", "ObservingProgramTask"],
    },
    log: {
      start: "2022-06-02T17:21:51.123",
      night: "2022-06-01",
      exposure: 0.02,
    },
    frames: [
      ["science", { DKIST004: ["observe", "InstrumentProgramTask"] }],
      ["dark", { DKIST004: ["dark", "InstrumentProgramTask"] }],
      // A lamp, or the defocused Sun.
      ["flat", { DKIST004: ["gain", "InstrumentProgramTask"] }],
      ["focus", { DKIST004: ["focus", "InstrumentProgramTask"] }],
      ["alignment", { DKIST004: ["align", "InstrumentProgramTask"] }],
      ["", { DKIST004: ["polcal", "InstrumentProgramTask"] }],
    ],
  },
  {
    name: "LISA at the 80 cm telescope in Vienna",
    source: "specpink, utils.py and reducer.py (IMAGETYP)",
    cards: { "DATE-OBS": "2024-03-12T20:01:02", EXPTIME: 60 },
    log: { start: "2024-03-12T20:01:02", exposure: 60 },
    frames: [
      ["bias", { IMAGETYP: "bias", EXPTIME: 0 }, { exposure: 0 }],
      ["dark", { IMAGETYP: "dark" }],
      // A dark for the lamp.
      ["dark", { IMAGETYP: "lamp_dark" }],
      ["flat", { IMAGETYP: "flat" }],
      // An arc, but the word does not say of which lamp.
      ["light", { IMAGETYP: "lamp" }],
      ["light", { IMAGETYP: "light" }],
    ],
  },
  {
    name: "Fiber spectrographs of the Rubin Observatory",
    source: "obs_fiberspectrograph, translator.py (IMGTYPE is empty)",
    cards: {
      INSTRUME: "FiberSpectrograph.Broad",
      TIMESYS: "TAI",
      "DATE-BEG": "2024-01-09T17:41:34.996",
      EXPTIME: 1,
    },
    log: { start: "2024-01-09T17:41:34.996", exposure: 1 },
    frames: [["", { IMGTYPE: "" }]],
  },
  {
    name: "Cassegrain spectrograph of CTIO in the 1980s",
    source: "IRAF, noao/imred/ccdred/ccddb/ctio/OLD/csccd.dat (DATA-TYP)",
    cards: { EXPTIME: 10, DARKTIME: 10 },
    log: { exposure: 10 },
    frames: [
      ["bias", { "DATA-TYP": "BIAS", EXPTIME: 0 }, { exposure: 0 }],
      ["dark", { "DATA-TYP": "DARK" }],
      ["flat", { "DATA-TYP": "PROJECTOR FLAT" }],
      ["flat dome", { "DATA-TYP": "DOME FLAT" }],
      ["flat twilight", { "DATA-TYP": "SKY FLAT" }],
      ["arc", { "DATA-TYP": "COMPARISON" }],
      ["science", { "DATA-TYP": "OBJECT" }],
      ["", { "DATA-TYP": "MASK" }],
    ],
  },
  {
    name: "Echelle of CTIO in the 1980s",
    source: "IRAF, noao/imred/ccdred/ccddb/ctio/OLD/ech.dat (IMAGETYP)",
    frames: [
      ["bias", { IMAGETYP: "BIAS" }],
      ["flat", { IMAGETYP: "PROJECTOR FLAT" }],
      ["flat dome", { IMAGETYP: "DOME FLAT" }],
      ["arc", { IMAGETYP: "COMPARISON" }],
      ["science", { IMAGETYP: "OBJECT" }],
    ],
  },
  {
    name: "HELLRIDE at the VTT",
    source:
      "an issue of the KIS data centre with a header (OBS_MODE, TEXPOSUR)",
    cards: {
      "DATE-BEG": "2020-09-06T08:40:30",
      "DATE-OBS": "2020-09-06T08:40:30",
      OBSRVTRY: "Teide Observatory",
      TELESCOP: "VTT",
      INSTRUME: "HELLRIDE",
      FILTER: "Na_I_D2_5890",
      TEXPOSUR: [0.0200033802816901, "Exposure time in seconds"],
    },
    log: {
      start: "2020-09-06T08:40:30",
      exposure: 0.0200033802816901,
      night: "2020-09-05",
    },
    frames: [
      ["science", { OBS_MODE: ["Science", "Mode of data acquisition"] }],
    ],
  },
  {
    name: "TripleSpec at SOAR",
    source: "PypeIt, soar_tspec.py (OBSTYPE, OBJECT)",
    cards: {
      FPA: "spec",
      "DATE-OBS": "2025-02-05T03:04:05.6",
      EXPTIME: 2,
      RA: "05:35:17.3",
      DEC: "-05:23:28",
      AIRMASS: 1.2,
    },
    log: {
      start: "2025-02-05T03:04:05.600",
      exposure: 2,
      ra: 83.8220833,
      dec: -5.3911111,
      airmass: 1.2,
    },
    frames: [
      // A flat. The words do not say so, and are not read.
      ["", { OBJECT: "lamp_on" }],
      ["flat lamp-off", { OBJECT: "lamp_off" }],
      ["science", { OBSTYPE: "Object", OBJECT: "SN 2025cy", EXPTIME: 300 }, {
        exposure: 300,
        target: "SN 2025cy",
      }],
    ],
  },
  {
    name: "Veloce at the AAT in 2018",
    source: "veloce_reduction, get_info_from_headers.py (EXPTYPE)",
    frames: [
      ["bias", { EXPTYPE: "Bias" }],
      ["dark", { EXPTYPE: "Dark" }],
      ["flat", { EXPTYPE: "Flat" }],
      ["flat", { EXPTYPE: "White" }],
      ["arc", { EXPTYPE: "ThAr" }],
      ["arc", { EXPTYPE: "ThXe" }],
      // The laser frequency comb.
      ["arc", { EXPTYPE: "Laser" }],
      ["science", { EXPTYPE: "Stellar" }],
    ],
  },
  {
    name: "Coronagraph of Roman with its prisms",
    source: "corgidrp, mocks.py (VISTYPE, SCTSRT, TARGET)",
    cards: {
      VISTYPE: "CGIVST_TDD_OBS",
      FILETIME: "2027-10-02T01:03:00",
      SCTSRT: "2027-10-02T01:02:03",
      EXPTIME: 60,
    },
    log: { start: "2027-10-02T01:02:03", exposure: 60 },
    frames: [
      // A dark and a flat. The types, with the instrument in front, are not read.
      ["", { VISTYPE: "CGIVST_CAL_DRK" }],
      ["", { VISTYPE: "CGIVST_CAL_FLAT" }],
      ["", { VISTYPE: "CGIVST_CAL_PUPIL_IMAGING" }],
      ["", { TARGET: "47 UMa" }, { target: "47 UMa" }],
    ],
  },
  {
    name: "DIS at Apache Point",
    source: "PypeIt (a fork), apo_dis.py; mosasaurus, instruments/DIS.py",
    cards: {
      "DATE-OBS": "2016-03-28T05:06:07.890",
      EXPTIME: 120,
      DARKTIME: 120,
      SLITMASK: "Slit 1.5",
      GRATING: "R300",
      CCDSUM: "2 2",
      RA: "10:14:51.77",
      DEC: "-47:09:24.1",
      AIRMASS: 1.3,
    },
    log: {
      start: "2016-03-28T05:06:07.890",
      exposure: 120,
      ra: 153.7157083,
      dec: -47.1566944,
      airmass: 1.3,
    },
    frames: [
      ["bias", { IMAGETYP: "zero", EXPTIME: 0 }, { exposure: 0 }],
      ["flat", { IMAGETYP: "flat", LAMP: "" }],
      ["arc", { IMAGETYP: "comp", LAMP: "HeNeAr" }],
      ["science", { IMAGETYP: "object", OBJNAME: "GJ 1132" }, {
        target: "GJ 1132",
      }],
    ],
  },
  {
    name: "THEMIS at the Teide",
    source: "its file fits.txt of 2001 (OBS_TYPE is a range of wavelengths)",
    frames: [["", { OBS_TYPE: "VISIBLE", BINNING: "1x1" }]],
  },
];

/** The same where the names of the files tell more. */
export const NAMED_SURVEY: readonly CameraSoftware[] = [
  {
    name: "ACE at Piszkéstető",
    source: "piszkespipe, piszkesutils.py (IMAGETYP, names of files, TIME-BEG)",
    cards: {
      "DATE-OBS": "2021-03-04T20:10:05.1",
      "TIME-BEG": "2021-03-04T20:10:05.1",
      EXPTIME: 600,
      RA: "06:45:08.9",
      DEC: "-16:42:58",
    },
    log: {
      start: "2021-03-04T20:10:05.100",
      exposure: 600,
      ra: 101.2870833,
      dec: -16.7161111,
    },
    frames: [
      ["bias_001.fits", "bias", { IMAGETYP: "Bias Frame", EXPTIME: 0 }, {
        exposure: 0,
      }],
      ["d600_001.fits", "dark", { IMAGETYP: "Dark Frame" }],
      ["imgflat_001.fits", "flat", { IMAGETYP: "Flat Frame" }],
      // The program writes object for all open shutters.
      ["fibre_flat_001.fits", "flat", { IMAGETYP: "object" }],
      ["ThAr_001.fits", "arc", { IMAGETYP: "object" }],
      ["th_ar_0002.fits", "arc", { IMAGETYP: "object" }],
      ["sirius_001.fits", "science", { IMAGETYP: "object" }],
      // Without a type card.
      ["flat_002.fits", "flat", {}],
      ["sirius_002.fits", "", {}],
    ],
  },
  {
    name: "YHRS at the Lijiang 2.4 m",
    source:
      "gamse, pipelines/yhrs/__init__.py (DATE-STA; a letter in the name)",
    cards: {
      "DATE-STA": "2020-01-01T12:00:01.2",
      EXPTIME: 1800,
      OBJECT: "count1 speed-fast gain1 single-1800s bin--1",
    },
    log: { start: "2020-01-01T12:00:01.200", exposure: 1800 },
    frames: [
      ["Y200101A0001b.fits", "bias", {
        EXPTIME: 0,
        OBJECT: "count1 speed-fast gain1 single-0s bin--1",
      }, { exposure: 0 }],
      ["Y200101A0021c.fits", "", {}],
      ["Y200101A0031o.fits", "", {}],
    ],
  },
  {
    name: "LiRES at Lijiang",
    source: "gamse, pipelines/lires/__init__.py (names of files)",
    cards: {
      EXPTIME: 60,
      OBJECT: "count1 speed-fast gain1 single-60s bin--1",
    },
    log: { exposure: 60 },
    frames: [
      ["bias_001.fits", "bias", { EXPTIME: 0 }, { exposure: 0 }],
      ["flat_001.fits", "flat", {}],
      ["thar_001.fits", "arc", {}],
      ["obj_hd189733.fits", "", {}],
    ],
  },
  {
    name: "MOSAIC at the ELT",
    source: "PyReduce, instruments/MOSAIC/config.yaml (names of files)",
    cards: {
      INSTRUME: "MOSAIC",
      "DATE-OBS": "2025-05-06T01:02:03",
      EXPTIME: 30,
    },
    log: { start: "2025-05-06T01:02:03", exposure: 30 },
    frames: [
      ["MOSAIC_VIS1_BIAS.fits", "bias", { EXPTIME: 0 }, { exposure: 0 }],
      ["MOSAIC_NIR_FLAT.fits", "flat", {}],
      ["MOSAIC_VIS1_ThAr.fits", "arc", {}],
      ["MOSAIC_VIS1_skies.fits", "", {}],
    ],
  },
  {
    name: "FISS at the Goode Solar Telescope",
    source: "fisspy, preprocess: proc_base.py and proc_gui.py (STRTIME, names)",
    cards: {
      STRTIME: "2014-06-03T16:40:20",
      EXPTIME: 0.03,
      CCDNAME: "DV897_BV",
    },
    log: { start: "2014-06-03T16:40:20", exposure: 0.03 },
    frames: [
      ["FISS_20140603_164020_A_Flat.fts", "flat", {}],
      ["FISS_20140603_164020_A_BiasDark.fts", "dark", {}],
      ["FISS_20140603_164020_A.fts", "", {}],
    ],
  },
  {
    name: "Pico dos Dias",
    source: "a program that organizes frames of OPD (words in Portuguese)",
    cards: { EXPTIME: 300 },
    log: { exposure: 300 },
    frames: [
      ["0001.fits", "bias", { OBJECT: "zero", EXPTIME: 0 }, { exposure: 0 }],
      ["0002.fits", "dark", { OBJECT: "Escuro" }],
      ["0003.fits", "flat", { OBJECT: "flat_field" }],
      ["0004.fits", "flat", { OBJECT: "FF" }],
      ["0005.fits", "", { OBJECT: "eta Car" }, { target: "eta Car" }],
    ],
  },
];
