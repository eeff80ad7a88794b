import type { UnknownInstrument } from "./unknown_instruments.ts";

/** The headers of spectrographs since 2004, and of some to come, without rules of their own. */
export const UNKNOWN_MODERN: readonly UnknownInstrument[] = [
  {
    name: "Spectrograph of SONG at Mount Kent",
    source: "songpipe, songpipe/frame.py (IMAGETYP, OBSERVAT)",
    cards: {
      OBSERVAT: "Mt. Kent",
      "DATE-OBS": "2024-06-11T12:04:05",
      EXPTIME: 600,
    },
    log: { start: "2024-06-11T12:04:05", exposure: 600, night: "2024-06-11" },
    frames: [
      ["bias", { IMAGETYP: "BIAS", EXPTIME: 0 }, { exposure: 0 }],
      ["dark", { IMAGETYP: "DARK" }],
      ["flat", { IMAGETYP: "FLAT", LIGHTP: 1 }],
      ["flat", { IMAGETYP: "FLATI2", TEL1_S: 1, TEL2_S: 1 }],
      ["arc", { IMAGETYP: "THAR", TEL1_S: 1, TEL2_S: 1 }],
      ["arc", { IMAGETYP: "FP", TEL1_S: 1, TEL2_S: 0 }],
      ["science", { IMAGETYP: "STAR", OBJECT: "HD 133112" }, {
        target: "HD 133112",
      }],
    ],
  },
  {
    name: "Spectrograph of SONG at the Teide",
    source: "songpipe, songpipe/frame.py and run_tenerife.py",
    cards: {
      OBSERVAT: "Observatorio del Teide",
      SLIT: 6,
      "DATE-OBS": "2024-06-12T00:10:05",
      EXPTIME: 300,
    },
    log: { start: "2024-06-12T00:10:05", exposure: 300, night: "2024-06-11" },
    frames: [
      ["bias", { IMAGETYP: "BIAS", EXPTIME: 0 }, { exposure: 0 }],
      ["flat", { IMAGETYP: "FLAT" }],
      ["flat", { IMAGETYP: "FLATI2" }],
      ["arc", { IMAGETYP: "THAR" }],
      ["science", { IMAGETYP: "STAR", OBJECT: "mu Her" }, {
        target: "mu Her",
      }],
    ],
  },
  {
    name: "LLAMAS at the Baade",
    source:
      "llamas-pyjamas, Test/test_fix_exposure_info.py and GUI/obslog.py (nights without DATE-OBS)",
    cards: {
      "TEL UTC": "01:34:17.5",
      "TEL DATE-OBS": "2024-11-29",
      "TEL RA": "02:34:56.7",
      "TEL DEC": "-29:12:34",
      "TEL AIRMASS": 1.14,
      REXPTIME: 10,
    },
    log: {
      start: "2024-11-29T01:34:17.500",
      exposure: 10,
      ra: 38.73625,
      dec: -29.2094444,
      airmass: 1.14,
    },
    frames: [
      ["flat", { OBJECT: "LDLS flat" }],
      ["arc", { OBJECT: "ARC ThAr" }],
      ["", { "OBS TARGET NAME": "SPT CL 2311" }, { target: "SPT CL 2311" }],
    ],
  },
  {
    name: "PARVI at the Palomar 200 inch",
    source:
      "pychell, pychell/data/parvi.py (START in nanoseconds of Unix time)",
    cards: {
      DATE_OBS: "2021-07-19",
      START: "1626681600000000000",
      EXPTIME: 600,
      TCS_RA: "20:00:43.7",
      TCS_DEC: "+22:42:39",
      FIBER: 3,
    },
    log: {
      // Nanoseconds are not read.
      start: null,
      exposure: 600,
      ra: 300.1820833,
      dec: 22.7108333,
    },
    frames: [["", { OBJECT: "HD 189733" }, { target: "HD 189733" }]],
  },
  {
    name: "Mookodi at Lesedi",
    source: "piascik/Mookodi, camera/server/Camera.cpp (EXPTYPE)",
    cards: {
      EXPTIME: 60,
      EXPOSURE: 60,
      UTSTART: "21:10:05",
      "DATE-OBS": "2021-09-14T21:10:05.120",
      HBIN: 1,
      VBIN: 1,
    },
    log: { start: "2021-09-14T21:10:05.120", exposure: 60 },
    frames: [
      ["bias", { EXPTYPE: "BIAS", EXPTIME: 0, EXPOSURE: 0 }, { exposure: 0 }],
      ["dark", { EXPTYPE: "DARK" }],
      ["arc", { EXPTYPE: "ARC" }],
      ["flat", { EXPTYPE: "LAMPFLAT" }],
      ["flat twilight", { EXPTYPE: "SKYFLAT" }],
      ["standard", { EXPTYPE: "STANDARD" }],
      ["light", { EXPTYPE: "EXPOSURE" }],
      ["acquisition", { EXPTYPE: "ACQUIRE" }],
    ],
  },
  {
    name: "SNIFS at the UH 2.2 m",
    source: "snifs-pipeline, src/pipeline/resolver/common.py (OBSTYPE, header)",
    cards: {
      "DATE-OBS": "2010-05-26T07:12:33",
      EXPTIME: 900,
      DARKTIME: 902,
    },
    log: { start: "2010-05-26T07:12:33", exposure: 900 },
    frames: [
      ["bias", { OBSTYPE: "BIAS", EXPTIME: 0 }, { exposure: 0 }],
      ["dark", { OBSTYPE: "DARK" }],
      ["flat", { OBSTYPE: "FLAT" }],
      ["arc", { OBSTYPE: "ARC" }],
      ["science", {
        OBSTYPE: "OBJECT",
        OBJECT: "SN2010cr",
        OBJRA: "13:29:25.0",
        OBJDEC: "+11:47:46",
      }, { target: "SN2010cr", ra: 202.3541667, dec: 11.7961111 }],
    ],
  },
  {
    name: "HERMES at the AAT",
    source: "mikeireland/pyhermes, hermes.py (NDFCLASS)",
    cards: { SOURCE: "Plate 0", CFG_FILE: "field_p0.sds" },
    frames: [
      ["bias", { NDFCLASS: "BIAS" }],
      ["flat", { NDFCLASS: "MFFFF" }],
      ["flat", { NDFCLASS: "LFLAT" }],
      ["arc", { NDFCLASS: "MFARC" }],
      ["science", { NDFCLASS: "MFOBJECT" }],
    ],
  },
  {
    name: "RIMAS at the LDT",
    source: "PypeIt, ldt_rimas.py (OBJTYPE, EXPTIMEE)",
    cards: {
      INSTRUME: "RIMAS",
      CAMNAME: "YJ",
      "DATE-BEG": "2025-09-12T05:06:07.5",
      EXPTIMEE: 120,
      RA: "10:39:36.7",
      DEC: "+43:06:09",
      FILTER4: "long",
    },
    log: {
      start: "2025-09-12T05:06:07.500",
      exposure: 120,
      ra: 159.9029167,
      dec: 43.1025,
    },
    frames: [
      ["dark", { OBJTYPE: "Dark" }],
      ["dark", { OBJTYPE: "Darks" }],
      ["flat dome", { OBJTYPE: "Dome_Flat" }],
      ["flat twilight", { OBJTYPE: "Sky_Flat" }],
      // The dome with its lamps off.
      ["flat lamp-off", { OBJTYPE: "Dome_Background" }],
      ["standard", { OBJTYPE: "Standard", OBJNAME: "Feige 34" }, {
        target: "Feige 34",
      }],
      ["science", { OBJTYPE: "Science", OBJNAME: "GRB 250910A" }, {
        target: "GRB 250910A",
      }],
      ["science", { OBJTYPE: "Science_On", OBJNAME: "M 57" }],
      ["science", { OBJTYPE: "Science_Extended", OBJNAME: "M 57" }],
      ["test", { OBJTYPE: "Test" }],
    ],
  },
  {
    name: "TripleSpec at Apache Point",
    source: "PypeIt, arc_tspec.py (IMAGETYP, OBJNAME)",
    cards: {
      "DATE-OBS": "2023-01-05T03:04:05.600",
      EXPTIME: 180,
      SLIT: "1.1",
      AIRMASS: 1.2,
    },
    log: {
      start: "2023-01-05T03:04:05.600",
      exposure: 180,
      airmass: 1.2,
    },
    frames: [
      ["dark", { IMAGETYP: "dark" }],
      ["flat", { IMAGETYP: "flat" }],
      ["science", { IMAGETYP: "object", OBJNAME: "2MASS J0559" }, {
        target: "2MASS J0559",
      }],
      ["science", { IMAGETYP: "Object", OBJNAME: "HIP 25453" }, {
        target: "HIP 25453",
      }],
    ],
  },
  {
    name: "ERIS at the VLT",
    source: "PypeIt, vlt_eris.py (OBJECT of calibrations)",
    cards: {
      INSTRUME: "ERIS",
      "MJD-OBS": 60010.25,
      EXPTIME: 60,
      "ESO TEL AIRM START": 1.1,
    },
    log: { mjd: 60010.25, start: "2023-03-07T06:00:00", exposure: 60 },
    frames: [
      ["dark", { OBJECT: "DARK" }],
      ["flat", { OBJECT: "FLAT,LAMP" }],
      ["arc", { OBJECT: "WAVE,LAMP" }],
      ["standard", { OBJECT: "STD,TELLURIC" }],
      ["standard", { OBJECT: "STD" }],
      ["", { OBJECT: "NGC 253", "ESO OCS DET1 IMGNAME": "ERIS_IFS_OBS" }, {
        target: "NGC 253",
      }],
    ],
  },
  {
    name: "SPHERE IFS at the VLT",
    source: "avigan/SPHERE and others (ESO DPR TYPE, ESO DPR CATG)",
    cards: {
      INSTRUME: "SPHERE",
      "DATE-OBS": "2020-01-09T12:19:51.6203",
      "ESO DET SEQ1 DIT": 1.650726,
    },
    log: { start: "2020-01-09T12:19:51.620", exposure: 1.650726 },
    frames: [
      ["dark", { "ESO DPR TYPE": "DARK", "ESO DPR CATG": "CALIB" }],
      ["dark", { "ESO DPR TYPE": "DARK,BACKGROUND", "ESO DPR CATG": "CALIB" }],
      ["flat", { "ESO DPR TYPE": "FLAT,LAMP", "ESO DPR CATG": "CALIB" }],
      // A continuum lamp through the lenslets, to find the spectra.
      ["flat", { "ESO DPR TYPE": "SPECPOS,LAMP", "ESO DPR CATG": "CALIB" }],
      ["arc", { "ESO DPR TYPE": "WAVE,LAMP", "ESO DPR CATG": "CALIB" }],
      ["sky", { "ESO DPR TYPE": "SKY", "ESO DPR CATG": "SCIENCE" }],
      ["science", { "ESO DPR TYPE": "OBJECT", "ESO DPR CATG": "SCIENCE" }],
      ["science", { "ESO DPR TYPE": "OBJECT,FLUX", "ESO DPR CATG": "SCIENCE" }],
      ["science", {
        "ESO DPR TYPE": "OBJECT,CENTER",
        "ESO DPR CATG": "SCIENCE",
      }],
    ],
  },
  {
    name: "METIS at the ELT",
    source: "AstarVienna/METIS_Simulations, Simulations/YAML (type, catg)",
    cards: { INSTRUME: "METIS", "ESO DPR TECH": "LMS" },
    frames: [
      ["dark", { "ESO DPR TYPE": "DARK", "ESO DPR CATG": "CALIB" }],
      // A black body, also while it is closed.
      ["", { "ESO DPR TYPE": "RSRF", "ESO DPR CATG": "CALIB" }],
      ["arc", { "ESO DPR TYPE": "WAVE", "ESO DPR CATG": "CALIB" }],
      ["standard", { "ESO DPR TYPE": "STD", "ESO DPR CATG": "CALIB" }],
      ["sky", { "ESO DPR TYPE": "SKY", "ESO DPR CATG": "CALIB" }],
      ["science", { "ESO DPR TYPE": "OBJECT", "ESO DPR CATG": "SCIENCE" }],
    ],
  },
  {
    name: "MICADO at the ELT",
    source: "PyReduce, instruments/MICADO/config.yaml",
    cards: { INSTRUME: "MICADO", "MJD-OBS": 60310.5, OBS_EXPTIME: 300 },
    log: { mjd: 60310.5 },
    frames: [
      ["dark", { "ESO DPR TYPE": "DARK" }],
      ["flat", { "ESO DPR TYPE": "LAMP,FLAT" }],
      ["arc", { "ESO DPR TYPE": "WAVE" }],
      // Abbreviations of a simulation, not read: flats, a flat and an arc of pinholes.
      ["", { "ESO DPR TYPE": "SFLATSLIT" }],
      ["", { "ESO DPR TYPE": "SFLAT_PINH" }],
      ["", { "ESO DPR TYPE": "WAVE_PINH" }],
      ["standard", { "ESO DPR TYPE": "STD,TELLURIC" }],
      ["science", { "ESO DPR TYPE": "OBJECT" }],
    ],
  },
  {
    name: "ANDES at the ELT",
    source: "PyReduce, instruments/ANDES_RIZ/config.yaml (SIMTYPE)",
    cards: {
      INSTRUME: "ANDES",
      "DATE-OBS": "2025-02-03T04:05:06",
      EXPTIME: 30,
      FIBMODE: "even",
    },
    log: { start: "2025-02-03T04:05:06", exposure: 30 },
    frames: [
      ["bias", { SIMTYPE: "bias", EXPTIME: 0 }, { exposure: 0 }],
      ["flat", { SIMTYPE: "flat_field" }],
      ["arc", { SIMTYPE: "fabry_perot" }],
      ["arc", { SIMTYPE: "lfc" }],
      // In other cards, a spectrum is what the file contains.
      ["", { SIMTYPE: "spectrum" }],
    ],
  },
  {
    name: "NIRWALS at SALT",
    source:
      "nirwals-pipeline, salt_pkgs/configs/nirwals: prered.json, obslog.json",
    cards: {
      INSTRUME: "NIRWALS",
      PROPID: "2023-1-SCI-004",
      "DATE-OBS": "2023-06-07",
      "TIME-OBS": "22:10:11.5",
      "UTC-OBS": "22:10:11.5",
      EXPTIME: 400,
    },
    log: { start: "2023-06-07T22:10:11.500", exposure: 400 },
    frames: [
      ["dark", { OBSTYPE: "Dark", OBJECT: "DARK" }],
      ["flat", { OBSTYPE: "Flat field", OBJECT: "FLAT", LAMPID: "QTH1" }],
      ["arc", { OBSTYPE: "Arc", OBJECT: "ARC", LAMPID: "Ar" }],
      ["sky", { OBSTYPE: "Sky", OBJECT: "NGC 1365" }],
      ["science", { OBSTYPE: "Science", OBJECT: "NGC 1365" }, {
        target: "NGC 1365",
      }],
    ],
  },
  {
    name: "Cosmic Web Imager at the Palomar 200 inch",
    source: "FDERP, pcwi_group_obs.pro (IMGTYPE after cwi_fix_headers.pro)",
    frames: [
      ["bias", { IMGTYPE: "bias" }],
      ["dark", { IMGTYPE: "dark" }],
      ["flat", { IMGTYPE: "cflat" }],
      ["flat alignment", { IMGTYPE: "cbars" }],
      ["arc", { IMGTYPE: "arc" }],
      ["arc alignment", { IMGTYPE: "arcbars" }],
      ["science", { IMGTYPE: "object", OBJECT: "UM 287" }, {
        target: "UM 287",
      }],
    ],
  },
  {
    name: "GIANO-B at the TNG",
    source: "a program for cross-correlation that reads GIANO-B (OBS-TYPE)",
    cards: {
      "DATE-OBS": "2018-07-22T22:01:02.3",
      "MJD-OBS": 58321.9173877,
      EXPTIME: 200,
      AIRMASS: 1.05,
    },
    log: { start: "2018-07-22T22:01:02.300", exposure: 200, airmass: 1.05 },
    frames: [
      ["science", { "OBS-TYPE": "SCIENCE", OBJECT: "HD 189733" }, {
        target: "HD 189733",
      }],
    ],
  },
  {
    name: "NIRSpec of JWST",
    source:
      "NIRSpec pipeline tools, dictionary of keywords (EXP_TYPE; EXPOSURE is a number)",
    cards: {
      TELESCOP: "JWST",
      INSTRUME: "NIRSPEC",
      "DATE-OBS": "2013-01-19",
      "TIME-OBS": "18:23:34.230",
      EXPOSURE: "00001",
      EFFEXPTM: 104.33508,
      TARG_RA: 5.5,
      TARG_DEC: -72.05,
    },
    log: { start: "2013-01-19T18:23:34.230", exposure: 104.33508 },
    frames: [
      // The types of JWST, with the instrument in front, are not read.
      ["", { EXP_TYPE: "NRS_DARK" }],
      ["", { EXP_TYPE: "NRS_AUTOFLAT" }],
      ["", { EXP_TYPE: "NRS_AUTOWAVE" }],
      ["", { EXP_TYPE: "NRS_LAMP" }],
      ["focus", { EXP_TYPE: "NRS_FOCUS" }],
      ["", { EXP_TYPE: "NRS_TACQ" }],
      ["", { EXP_TYPE: "NRS_FIXEDSLIT", TARGNAME: "NGC 104" }, {
        target: "NGC 104",
        ra: 5.5,
        dec: -72.05,
      }],
    ],
  },
];
