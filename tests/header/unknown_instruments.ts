import type { CardValue } from "../../lib/fits/header.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import type { Subtype } from "../../lib/header/subtype.ts";

type Cards = Readonly<Record<string, CardValue>>;

/** The headers that the software of an instrument without rules of its own writes. */
export interface UnknownInstrument {
  readonly name: string;
  /** Code or document that names the cards and their values. */
  readonly source: string;
  /** Cards of every frame. */
  readonly cards?: Cards;
  /** What the log must have of every frame. */
  readonly log?: Partial<LogEntry>;
  /** The claim, with a subtype behind the type, and the cards of each frame. */
  readonly frames: readonly (readonly [
    claim: FrameType | "light" | "" | `${FrameType} ${Subtype}` | Subtype,
    cards: Cards,
    log?: Partial<LogEntry>,
  ])[];
}

export const UNKNOWN_INSTRUMENTS: readonly UnknownInstrument[] = [
  {
    name: "B&C at Bok",
    source: "PypeIt, bok_bc.py",
    cards: {
      TELESCOP: "bok",
      "DATE-OBS": "2019-03-05",
      UT: "07:12:30",
      RA: "10:39:36.7",
      DEC: "+43:06:09",
    },
    log: { night: "2019-03-04", start: "2019-03-05T07:12:30" },
    frames: [
      ["bias", { IMAGETYP: "zero", OBJECT: "BIAS", EXPTIME: 0 }],
      ["flat dome", { IMAGETYP: "flat", OBJECT: "Dome Flat", EXPTIME: 5 }],
      ["arc", { IMAGETYP: "comp", COMPLAMP: "HeAr Ne", EXPTIME: 20 }],
      ["arc", { OBJECT: "lamps", COMPLAMP: "HeAr Ne", EXPTIME: 20 }],
      ["science", { IMAGETYP: "object", OBJECT: "STANDARD Feige34" }],
    ],
  },
  {
    name: "UHRF at the AAT",
    source: "PypeIt, aat_uhrf.py",
    cards: {
      TELESCOP: "Anglo-Australian Telescope",
      UTDATE: "2009:07:15",
      UTSTART: "11:02:03",
      TOTALEXP: 1200,
    },
    log: {
      start: "2009-07-15T11:02:03",
      exposure: 1200,
      night: "2009-07-15",
    },
    frames: [["", { OBJECT: "HD 169454" }], ["arc", { OBJECT: "ThAr" }]],
  },
  {
    name: "AAOmega with 2dF",
    source: "SAMI, sami/manager.py and dr/tdfdr.py (NDF_CLASS)",
    cards: {
      INSTRUME: "AAOMEGA-2dF",
      TELESCOP: "Anglo-Australian Telescope",
      SPECTID: "BL",
      UTDATE: "2013:03:06",
      UTSTART: "13:02:55",
      UTMJD: 56357.5437,
      LONG_OBS: 149.066,
      MEANRA: 184.0,
      MEANDEC: -1.5,
      EXPOSED: 1800,
    },
    log: {
      exposure: 1800,
      ra: 184,
      dec: -1.5,
      night: "2013-03-06",
      start: "2013-03-06T13:02:55",
    },
    frames: [
      ["bias", { NDFCLASS: "BIAS", OBSTYPE: "BIAS", EXPOSED: 0 }, {
        exposure: 0,
      }],
      ["dark", { NDFCLASS: "DARK" }],
      ["arc", { NDFCLASS: "MFARC", OBJECT: "ARC - CuAr/FeAr" }],
      ["flat", { NDFCLASS: "MFFFF", OBJECT: "FLAT - Quartz" }],
      ["flat", { NDFCLASS: "LFLAT" }],
      ["science", { NDFCLASS: "MFOBJECT", OBJECT: "Y13SAR1_P002_09T004" }],
      ["flat twilight", { NDFCLASS: "MFSKY", OBJECT: "twilight" }],
    ],
  },
  {
    name: "Veloce at the AAT",
    source: "veloce pipeline of C. Bergmann, identify_obstypes",
    cards: { INSTRUME: "Veloce", UTMJD: 58380.5, EXPOSED: 60 },
    log: { exposure: 60, mjd: 58380.5 },
    frames: [
      ["bias", { NDFCLASS: "BIAS", OBJECT: "BiasFrame", EXPOSED: 0 }, {
        exposure: 0,
      }],
      ["dark", { NDFCLASS: "DARK", OBJECT: "DarkFrame" }],
      ["flat", { NDFCLASS: "MFFFF", OBJECT: "FlatField-Quartz" }],
      ["flat twilight", { NDFCLASS: "SFLAT", OBJECT: "SkyFlat" }],
      // The class of arcs is that of stars.
      ["arc", { NDFCLASS: "MFOBJECT", OBJECT: "ThAr" }],
      ["arc", { NDFCLASS: "MFOBJECT", OBJECT: "ThXe" }],
      ["science", { NDFCLASS: "MFOBJECT", OBJECT: "HD 10700" }],
    ],
  },
  {
    name: "WiFeS at the ANU 2.3 m",
    source: "PyWiFeS, reduction scripts (IMAGETYP)",
    cards: {
      INSTRUME: "WiFeS",
      TELESCOP: "ANU 2.3m",
      "DATE-OBS": "2023-05-17T10:01:02",
      EXPTIME: 100,
    },
    log: { night: "2023-05-17" },
    frames: [
      ["bias", { IMAGETYP: "zero", EXPTIME: 0 }],
      ["dark", { IMAGETYP: "dark" }],
      ["arc", { IMAGETYP: "arc", OBJECT: "NeAr" }],
      ["flat", { IMAGETYP: "flat", OBJECT: "QI-1" }],
      ["flat twilight", { IMAGETYP: "skyflat" }],
      ["flat alignment", { IMAGETYP: "wire" }],
      ["standard", { IMAGETYP: "standard", OBJECT: "LTT4364" }],
      ["science", { IMAGETYP: "object", OBJECT: "NGC 1808" }],
    ],
  },
  {
    name: "HFOSC at the HCT",
    source:
      "HFOSC pipeline of Sonith L. S., list_bias, list_flat, list_lamp; myfosc (TM_START)",
    cards: {
      INSTRUME: "HFOSC",
      TELESCOP: "HCT",
      "DATE-OBS": "2019-09-17",
      TM_START: 52331,
      EXPTIME: 30,
    },
    log: { start: "2019-09-17T14:32:11", night: "2019-09-17" },
    frames: [
      ["bias", { OBJECT: "Bias_Snspec", EXPTIME: 0 }],
      ["arc", { OBJECT: "FeAr" }],
      ["arc", { OBJECT: "lamp", LAMP: "Fe-Ar" }],
      ["arc", { OBJECT: "lamp", LAMP: "Fe-Ne" }],
      ["flat", { OBJECT: "Halogen" }],
      ["flat", { OBJECT: "spectral flat" }],
      ["", { OBJECT: "SN2019np" }],
    ],
  },
  {
    name: "BFOSC at the Xinglong 2.16 m",
    source: "bfosc of H. Ma and others: OBSTYPE of its frames",
    cards: {
      INSTRUME: "BFOSC",
      TELESCOP: "Xinglong 2.16m",
      "DATE-OBS": "2020-11-24T12:01:02.5",
      EXPTIME: 60,
    },
    log: { night: "2020-11-24" },
    frames: [
      ["bias", { OBSTYPE: "BIAS", EXPTIME: 0 }],
      ["flat", { OBSTYPE: "SPECLFLAT", OBJECT: "FLAT" }],
      ["arc", { OBSTYPE: "SPECLLAMP", OBJECT: "FeAr" }],
      ["standard", { OBSTYPE: "SPECLFLUXREF", OBJECT: "Feige34" }],
      ["science", { OBSTYPE: "SPECLTARGET", OBJECT: "SN2020aab" }],
      ["acquisition", { OBSTYPE: "SLITTARGET", OBJECT: "SN2020aab" }],
    ],
  },
  {
    name: "YFOSC at the Lijiang 2.4 m",
    source: "yfosc of L. Wang and others, make_obslog",
    cards: {
      INSTRUME: "yf01",
      TELESCOP: "Lijiang2.4m",
      "DATE-OBS": "2021-03-11T13:02:01",
      EXPTIME: 60,
      OBJECT: "SN2021gno",
    },
    log: { night: "2021-03-11" },
    frames: [
      ["bias", { OBSTYPE: "BIAS", EXPTIME: 0 }],
      ["flat", {
        OBSTYPE: "LAMPFLAT",
        FILTER6: "mirror_in",
        FILTER7: "lamp_halogen",
      }],
      // The type card says only that the shutter was open.
      ["arc", {
        OBSTYPE: "EXPOSE",
        FILTER6: "mirror_in",
        FILTER7: "lamp_neon_helium",
      }],
      ["arc", {
        OBSTYPE: "EXPOSE",
        FILTER6: "mirror_in",
        FILTER7: "lamp_fe_argon",
      }],
      ["light", { OBSTYPE: "EXPOSE", FILTER6: "mirror_out" }],
      ["", { OBSTYPE: "EXPERIMENTAL" }],
    ],
  },
  {
    name: "HRS at the Xinglong 2.16 m",
    source: "gamse, gamse/pipelines/xinglong216hrs/__init__.py",
    cards: { "DATE-STA": "2017-03-05T12:00:01", EXPTIME: 300 },
    log: { start: "2017-03-05T12:00:01" },
    frames: [
      ["bias", { OBJECT: "bias", EXPTIME: 0 }],
      ["flat", { OBJECT: "flat" }],
      ["arc", { OBJECT: "ThAr" }],
      ["", { OBJECT: "HD 122563" }],
    ],
  },
  {
    name: "FOCES at Wendelstein",
    source: "gamse, gamse/pipelines/foces/__init__.py (FRAME, EXPOSURE)",
    cards: {
      FRAME: "2018-03-05T20:00:01.250",
      EXPOSURE: 1200,
      TELESCOP: "Wendelstein",
    },
    log: {
      start: "2018-03-05T20:00:01.250",
      exposure: 1200,
      night: "2018-03-05",
    },
    frames: [["", { OBJECT: "ups And" }]],
  },
  {
    name: "ARCES at Apache Point",
    source: "PypeIt, arc_arces.py; CERES, arces/arcesutils.py",
    cards: {
      INSTRUME: "echelle",
      TELESCOP: "3.5m",
      OBSERVAT: "APO",
      "DATE-OBS": "2016-05-21T04:17:07.2",
      EXPTIME: 60,
    },
    log: { night: "2016-05-20" },
    frames: [
      ["bias", { IMAGETYP: "zero", EXPTIME: 0 }],
      ["flat", { IMAGETYP: "flat", FILTER: "Blue", LAMPW: 1 }],
      ["arc", { IMAGETYP: "comp", MIRROR: "Lamps", LAMPT: 1 }],
      ["science", { IMAGETYP: "object", OBJNAME: "HD 84937" }, {
        target: "HD 84937",
      }],
    ],
  },
  {
    name: "Levy at the APF",
    source: "PypeIt, apf_levy.py (OBJECT, TOBJECT, DATE-BEG)",
    cards: {
      VERSION: "apf",
      TELESCOP: "Lick Observatory APF",
      "DATE-BEG": "2021-08-05T04:17:07.2",
      EXPTIME: 30,
    },
    log: { night: "2021-08-04", start: "2021-08-05T04:17:07.200" },
    frames: [
      ["bias", { OBJECT: "Bias", EXPTIME: 0 }],
      ["dark", { OBJECT: "Dark" }],
      ["flat", { OBJECT: "WideFlat" }],
      ["flat", { OBJECT: "NarrowFlat" }],
      ["arc", { OBJECT: "ThAr" }],
      ["", { OBJECT: "10700", TOBJECT: "HD 10700" }],
    ],
  },
  {
    name: "Hamilton at the Shane",
    source: "PypeIt, shane_hamspec.py (LAMPPOS)",
    cards: { OBSTYPE: "OBJECT", EXPTIME: 10 },
    frames: [
      // OBSTYPE is OBJECT whenever the shutter opens.
      ["arc", { LAMPPOS: "Thorium-Argon", OBJECT: "thar" }],
      ["flat", { LAMPPOS: "PolarQuartz", OBJECT: "wide flat" }],
      ["science", { LAMPPOS: "None", OBJECT: "HD 10700" }],
      ["science", { LAMPPOS: "off", OBJECT: "HD 10700" }],
    ],
  },
  {
    name: "NGPS at the Palomar 200 inch",
    source: "PypeIt, p200_ngps.py",
    cards: {
      INSTRUME: "NGPS",
      TELESCOP: "200 inch Hale",
      EXPTIME: 60000,
      SHUTTIME: 60,
      UTSHUT: "2026-05-01T04:02:01.5",
    },
    log: {
      exposure: 60,
      start: "2026-05-01T04:02:01.500",
      night: "2026-04-30",
    },
    frames: [
      ["bias", { IMGTYPE: "BIAS", SHUTTIME: 0 }, { exposure: 0 }],
      ["arc", { IMGTYPE: "THAR" }],
      ["flat dome", { IMGTYPE: "DOMEFLAT" }],
      ["flat", { IMGTYPE: "CONT" }],
      ["science", { IMGTYPE: "SCI", NAME: "ZTF21aajunnc" }, {
        target: "ZTF21aajunnc",
      }],
    ],
  },
  {
    name: "SARG at the TNG",
    source: "gamse, gamse/pipelines/sarg.py",
    cards: {
      "DATE-OBS": "2008-03-05",
      EXPSTART: "23:12:11.2",
      TELESCOP: "TNG",
      EXPTIME: 30,
    },
    log: { start: "2008-03-05T23:12:11.200", night: "2008-03-05" },
    frames: [
      ["science", { "OBS-TYPE": "OBJECT", OBJCAT: "HD 84937" }, {
        target: "HD 84937",
      }],
      ["bias", { "OBS-TYPE": "BIAS", EXPTIME: 0 }],
    ],
  },
  {
    name: "HARPS at the ESO 3.6 m",
    source: "PyReduce, instruments/harps.py (ESO DPR TYPE)",
    cards: {
      INSTRUME: "HARPS",
      TELESCOP: "ESO-3P6",
      "DATE-OBS": "2015-03-05T23:12:11.200",
      EXPTIME: 30,
    },
    log: { night: "2015-03-05" },
    frames: [
      ["bias", { "ESO DPR TYPE": "BIAS,BIAS", EXPTIME: 0 }],
      ["flat", { "ESO DPR TYPE": "LAMP,LAMP,TUN" }],
      ["flat", { "ESO DPR TYPE": "LAMP,DARK,TUN", OBJECT: "LAMP,DARK,TUN" }],
      ["flat", { "ESO DPR TYPE": "DARK,LAMP,TUN" }],
      ["arc", { "ESO DPR TYPE": "WAVE,WAVE,THAR2", OBJECT: "WAVE,WAVE,THAR2" }],
      ["arc", { "ESO DPR TYPE": "WAVE,WAVE,COMB" }],
      ["science", { "ESO DPR TYPE": "STAR,WAVE,G2V", OBJECT: "HD84937" }],
      ["science", { "ESO DPR TYPE": "STAR,SKY,M" }],
    ],
  },
  {
    name: "HARPS-N at the TNG",
    source: "pyharpn of P. Sairam and others (TNG DPR TYPE, TNG OBS TARG NAME)",
    cards: {
      INSTRUME: "HARPN",
      TELESCOP: "TNG",
      "DATE-OBS": "2015-03-05T23:12:11.200",
      EXPTIME: 30,
    },
    log: { night: "2015-03-05" },
    frames: [
      ["bias", { "TNG DPR TYPE": "BIAS,BIAS", EXPTIME: 0 }],
      ["flat", { "TNG DPR TYPE": "LAMP,LAMP,TUN" }],
      ["arc", { "TNG DPR TYPE": "WAVE,WAVE,THAR2" }],
      ["science", {
        "TNG DPR TYPE": "STAR,SKY",
        "TNG OBS TARG NAME": "HD84937",
      }, { target: "HD84937" }],
    ],
  },
  {
    name: "SOPHIE at the OHP 1.93 m",
    source: "scripts that read OHP DPR TYPE, OHP TARG NAME and OHP CCD DKTM",
    cards: {
      "OHP OBS DATE START": "2015-03-05T23:12:11.2",
      "OHP CCD DKTM": 900,
      TELESCOP: "OHP-1.93",
    },
    log: { exposure: 900, night: "2015-03-05" },
    frames: [
      ["science", { "OHP DPR TYPE": "OBJECT,FP", "OHP TARG NAME": "HD84937" }, {
        target: "HD84937",
      }],
      ["arc", { "OHP DPR TYPE": "WAVE,THAR,THAR" }],
    ],
  },
  {
    name: "FEROS at the MPG/ESO 2.2 m",
    source: "CERES, feros/ferosutils.py; ESO document GEN-SPE-ESO-19400-0794",
    cards: {
      INSTRUME: "FEROS",
      TELESCOP: "MPI-2.2",
      "DATE-OBS": "2015-03-05T23:12:11.200",
      EXPTIME: 30,
    },
    log: { night: "2015-03-05" },
    frames: [
      ["bias", { "ESO DPR TYPE": "BIAS", OBJECT: "BIAS", EXPTIME: 0 }],
      ["dark", { "ESO DPR TYPE": "DARK" }],
      ["flat", { "ESO DPR TYPE": "FLAT", OBJECT: "FLAT" }],
      ["arc", { "ESO DPR TYPE": "WAVE", OBJECT: "WAVE" }],
      ["science", { "ESO DPR TYPE": "OBJECT,WAVE", OBJECT: "HD 84937" }],
      ["science", { "ESO DPR TYPE": "OBJECT,SKY", OBJECT: "HD 84937" }],
    ],
  },
  {
    name: "UVES at the VLT",
    source:
      "PyReduce, instruments/uves.py; ESO document GEN-SPE-ESO-19400-0794",
    cards: {
      INSTRUME: "UVES",
      TELESCOP: "ESO-VLT-U2",
      "ESO TEL GEOLON": -70.4032,
      "DATE-OBS": "2015-03-05T23:12:11.200",
      EXPTIME: 30,
    },
    log: { night: "2015-03-05" },
    frames: [
      ["bias", { "ESO DPR TYPE": "BIAS", OBJECT: "BIAS", EXPTIME: 0 }],
      ["dark", { "ESO DPR TYPE": "DARK", "ESO DPR TECH": "IMAGE" }],
      ["flat", { "ESO DPR TYPE": "LAMP,FLAT", OBJECT: "LAMP,FLAT" }],
      ["flat", { "ESO DPR TYPE": "LAMP,DFLAT" }],
      ["flat", { "ESO DPR TYPE": "LAMP,ORDERDEF", OBJECT: "LAMP,ORDERDEF" }],
      ["arc", { "ESO DPR TYPE": "LAMP,FMTCHK", OBJECT: "LAMP,FMTCHK" }],
      ["arc", { "ESO DPR TYPE": "LAMP,WAVE", OBJECT: "LAMP,WAVE" }],
      ["standard", {
        "ESO DPR TYPE": "STD",
        "ESO DPR CATG": "CALIB",
        OBJECT: "STD",
        "ESO OBS TARG NAME": "LTT7379",
      }, { target: "LTT7379" }],
      ["science", { "ESO DPR TYPE": "OBJECT,POINT", OBJECT: "QSO J0008" }],
      ["science", { "ESO DPR TYPE": "OBJECT,EXTENDED" }],
    ],
  },
  {
    name: "MUSE at the VLT",
    source: "ESO document GEN-SPE-ESO-19400-0794 (DPR TYPE)",
    cards: {
      INSTRUME: "MUSE",
      TELESCOP: "ESO-VLT-U4",
      "DATE-OBS": "2015-03-05T23:12:11.200",
      EXPTIME: 30,
    },
    frames: [
      ["flat", { "ESO DPR TYPE": "FLAT,LAMP", "ESO DPR TECH": "IFU" }],
      ["flat twilight", { "ESO DPR TYPE": "FLAT,SKY" }],
      ["arc", { "ESO DPR TYPE": "WAVE" }],
      ["arc", { "ESO DPR TYPE": "WAVE,MASK" }],
      ["standard", { "ESO DPR TYPE": "STD", "ESO OBS TARG NAME": "GD108" }],
      ["science", { "ESO DPR TYPE": "OBJECT" }],
      ["sky", { "ESO DPR TYPE": "SKY" }],
    ],
  },
  {
    name: "ESPRESSO at the VLT, and NIRPS",
    source: "EDPS workflow of ESPRESSO, apero-drs (ESO DPR TYPE)",
    cards: { INSTRUME: "ESPRESSO", TELESCOP: "ESO-VLT-U1", EXPTIME: 30 },
    frames: [
      ["flat", { "ESO DPR TYPE": "ORDERDEF,LAMP,OFF" }],
      ["flat", { "ESO DPR TYPE": "FLAT,LAMP,OFF" }],
      ["flat", { "ESO DPR TYPE": "FLAT,DARK,LAMP" }],
      ["arc", { "ESO DPR TYPE": "WAVE,THAR,FP" }],
      ["arc", { "ESO DPR TYPE": "WAVE,DARK,UN1" }],
      ["standard", { "ESO DPR TYPE": "TELLURIC,SKY" }],
      ["standard", { "ESO DPR TYPE": "FLUX,STD,SKY" }],
      ["science", { "ESO DPR TYPE": "OBJECT,FP" }],
    ],
  },
  {
    name: "SOFI at the NTT",
    source:
      "ESO document GEN-SPE-ESO-19400-0794 (DPR TYPE, DPR TECH, DPR CATG)",
    cards: { INSTRUME: "SOFI", TELESCOP: "ESO-NTT", "ESO DET DIT": 15 },
    log: { exposure: 15 },
    frames: [
      ["science", { "ESO DPR TYPE": "OBJECT", "ESO DPR TECH": "SPECTRUM" }],
      ["standard", { "ESO DPR TYPE": "STD", "ESO DPR TECH": "SPECTRUM" }],
      ["science alignment", {
        "ESO DPR TYPE": "OBJECT",
        "ESO DPR TECH": "IMAGE",
      }],
      ["science acquisition", {
        "ESO DPR TYPE": "OBJECT",
        "ESO DPR CATG": "ACQUISITION",
      }],
      ["arc", { "ESO DPR TYPE": "LAMP,WAVE", "ESO DPR TECH": "SPECTRUM" }],
    ],
  },
  {
    name: "Echelle at the du Pont",
    source: "CERES, dupont/dupontutils.py",
    cards: {
      TELESCOP: "du_Pont",
      "UT-DATE": "2012-03-12",
      "UT-TIME": "05:12:33",
      EXPTIME: 60,
    },
    log: { start: "2012-03-12T05:12:33", night: "2012-03-11" },
    frames: [
      ["bias", { EXPTYPE: "Bias", EXPTIME: 0 }],
      ["dark", { EXPTYPE: "Dark" }],
      ["flat", { EXPTYPE: "Flat", OBJECT: "milky blue" }],
      ["science", { EXPTYPE: "Object", OBJECT: "HD 84937" }],
      ["arc", { EXPTYPE: "Comp", OBJECT: "ThAr" }],
    ],
  },
  {
    name: "MIKE at the Clay",
    source: "CERES, mike/mikeutils.py",
    cards: {
      INSTRUME: "MIKE-Blue",
      TELESCOP: "Clay_Mag_2",
      "UT-DATE": "2012-03-12",
      "UT-TIME": 18753,
      EXPTIME: 60,
    },
    log: { start: "2012-03-12T05:12:33", night: "2012-03-11" },
    frames: [
      // The lamp for milky flats is one of the comparison lamps.
      ["flat", { EXPTYPE: "Comp", OBJECT: "Milky flat" }],
      ["arc", { EXPTYPE: "Comp", OBJECT: "ThAr" }],
      ["flat", { EXPTYPE: "Flat", OBJECT: "blue qtz" }],
      ["science", { EXPTYPE: "Object", OBJECT: "HD 84937" }],
    ],
  },
  {
    name: "Echelle at the VBT",
    source: "CERES, vbt/vbtutils.py",
    cards: { "DATE-OBS": "2012-03-12T15:12:33", EXPTIME: 60 },
    frames: [
      ["bias", { IMAGETYP: "zero", EXPTIME: 0 }],
      ["science", { IMAGETYP: "obj", TELRA: "09:48:00", TELDEC: "+13:44:00" }, {
        ra: 147,
      }],
      ["arc", { IMAGETYP: "comp" }],
      ["flat", { IMAGETYP: "flat" }],
    ],
  },
  {
    name: "FIES at the NOT",
    source: "CERES, fies/fiesutils.py",
    cards: {
      INSTRUME: "FIES",
      TELESCOP: "NOT",
      "DATE-OBS": "2015-03-05T23:12:11.2",
      EXPTIME: 60,
    },
    log: { night: "2015-03-05" },
    frames: [
      ["bias", { IMAGETYP: "BIAS", EXPTIME: 0 }],
      ["flat", { IMAGETYP: "FLAT" }],
      ["arc", { IMAGETYP: "WAVE" }],
      ["science", { IMAGETYP: "science" }],
      ["", { IMAGETYP: "", OBJECT: "HD 84937", TCSTGT: "HD 84937" }],
    ],
  },
  {
    name: "CAFE at Calar Alto",
    source: "CERES, cafe/cafeutils.py",
    cards: { INSTRUME: "CAFE", TELESCOP: "CA-2.2", EXPTIME: 60 },
    frames: [
      ["bias", { IMAGETYP: "Bias", EXPTIME: 0 }],
      ["flat", { IMAGETYP: "Flat" }],
      ["arc", { IMAGETYP: "Calibration", OBJECT: "[arc] ThAr" }],
      ["science", { IMAGETYP: "Science", OBJECT: "HD 84937" }],
    ],
  },
  {
    name: "MEGARA at the GTC",
    source: "megaradrp, megaradrp/datatype.py (OBSMODE, IMAGETYP)",
    cards: { INSTRUME: "MEGARA", TELESCOP: "GTC", EXPTIME: 60 },
    frames: [
      ["bias", {
        OBSMODE: "MegaraBiasImage",
        IMAGETYP: "IMAGE_BIAS",
        EXPTIME: 0,
      }],
      ["dark", { OBSMODE: "MegaraDarkImage", IMAGETYP: "IMAGE_DARK" }],
      ["arc", { OBSMODE: "MegaraArcCalibration", IMAGETYP: "IMAGE_COMP" }],
      ["flat", { OBSMODE: "MegaraTraceMap", IMAGETYP: "IMAGE_FLAT" }],
      ["flat", { OBSMODE: "MegaraFiberFlatImage", IMAGETYP: "IMAGE_FLAT" }],
      ["flat", { OBSMODE: "MegaraSlitFlat", IMAGETYP: "IMAGE_SLITFLAT" }],
      ["flat twilight", {
        OBSMODE: "MegaraTwilightFlatImage",
        IMAGETYP: "IMAGE_TWILIGHT",
      }],
      ["science", { OBSMODE: "MegaraLcbImage", IMAGETYP: "IMAGE_TARGET" }],
    ],
  },
  {
    name: "LRS2 and VIRUS at the HET",
    source: "Panacea (zro, drk, cmp, flt, twi, sci at the end of file names)",
    cards: { TELESCOP: "HET", EXPTIME: 60 },
    frames: [
      ["bias", { IMAGETYP: "zro", EXPTIME: 0 }],
      ["dark", { IMAGETYP: "drk" }],
      ["arc", { IMAGETYP: "cmp", OBJECT: "Hg" }],
      ["flat", { IMAGETYP: "flt", OBJECT: "ldls_long" }],
      ["flat twilight", { IMAGETYP: "twi", OBJECT: "skyflat" }],
      ["science", { IMAGETYP: "sci", OBJECT: "FEIGE_34_056_E" }],
    ],
  },
  {
    name: "SDSS, BOSS and DESI",
    source:
      "idlspec2d, mangadrp (target, calibration) and desispec (FLAVOR, OBSTYPE)",
    cards: { EXPTIME: 60 },
    frames: [
      ["bias", { FLAVOR: "bias", EXPTIME: 0 }],
      ["bias", { OBSTYPE: "ZERO", FLAVOR: "zero", EXPTIME: 0 }],
      ["dark", { OBSTYPE: "DARK", FLAVOR: "science" }],
      ["arc", { FLAVOR: "arc" }],
      ["flat", { FLAVOR: "flat" }],
      ["arc", { FLAVOR: "calibration" }],
      ["science", { FLAVOR: "science" }],
      ["science", { FLAVOR: "target" }],
      ["science", { OBSTYPE: "SCIENCE", FLAVOR: "science" }],
    ],
  },
  {
    name: "APOGEE",
    source: "apogee_drp (IMAGETYP, EXPTYPE)",
    cards: { EXPTIME: 60 },
    frames: [
      ["dark", { IMAGETYP: "Dark", EXPTYPE: "DARK" }],
      ["arc", { IMAGETYP: "ArcLamp", EXPTYPE: "ARCLAMP" }],
      ["flat dome", { IMAGETYP: "DomeFlat", EXPTYPE: "DOMEFLAT" }],
      ["flat", { IMAGETYP: "QuartzFlat", EXPTYPE: "QUARTZFLAT" }],
      ["flat internal", { IMAGETYP: "InternalFlat" }],
      ["science", { IMAGETYP: "Object", EXPTYPE: "OBJECT" }],
    ],
  },
  {
    name: "MOIRCS at Subaru",
    source: "PypeIt, subaru_moircs.py (DATA-TYP and OBJECT)",
    cards: { TELESCOP: "Subaru", MJD: 57000.25, EXPTIME: 60 },
    log: { night: "2014-12-08" },
    frames: [
      ["science", { "DATA-TYP": "OBJECT", OBJECT: "COSMOS-1" }],
      ["standard", { "DATA-TYP": "STANDARD_STAR", OBJECT: "HIP 1234" }],
      ["flat dome", { "DATA-TYP": "DOMEFLAT", OBJECT: "DOMEFLAT" }],
      ["flat lamp-off", { "DATA-TYP": "DOMEFLAT", OBJECT: "DOMEFLAT_OFF" }],
      ["flat alignment", { "DATA-TYP": "DOMEFLAT", OBJECT: "MASKIMAGE" }],
      // All frames of internal lamps have one type.
      ["arc", { "DATA-TYP": "INSTFLAT", OBJECT: "TH-AR" }],
    ],
  },
  {
    name: "WINERED at Magellan",
    source: "PypeIt, magellan_winered.py",
    cards: { TELESCOP: "Magellan Clay", EXPTIME: 60 },
    frames: [
      ["arc", { "DATA-TYP": "COMPARISON", CMPLAMP: "on", OBJECT: "ThAr" }],
      ["flat dome", { "DATA-TYP": "DOMEFLAT", OBJECT: "on" }],
      ["flat lamp-off", { "DATA-TYP": "DOMEFLAT", OBJECT: "off" }],
      ["science", { "DATA-TYP": "OBJECT", OBJECT: "HIP 1234" }],
    ],
  },
  {
    name: "KPF at Keck",
    source: "KPF-Pipeline (IMTYPE)",
    cards: { INSTRUME: "KPF", TELESCOP: "Keck I", EXPTIME: 60 },
    frames: [
      ["bias", { IMTYPE: "Bias", EXPTIME: 0 }],
      ["dark", { IMTYPE: "Dark" }],
      ["arc", { IMTYPE: "Arclamp", OBJECT: "autocal-thar-all-night" }],
      ["flat", { IMTYPE: "Flatlamp", OBJECT: "autocal-flat-all" }],
      ["science", { IMTYPE: "Object", OBJECT: "10700" }],
    ],
  },
  {
    name: "Spectrographs of NOAO (RC Spec, COSMOS, Hydra)",
    source: "IRAF, ccdred and the NOAO FITS dictionary (OBSTYPE, IMAGETYP)",
    cards: {
      TELESCOP: "CTIO 1.5 meter telescope",
      OBSERVAT: "CTIO",
      "DATE-OBS": "2005-03-05T23:12:11.2",
      EXPTIME: 60,
      RA: "12:10:03.4",
      DEC: "- 5:03:02",
    },
    log: { night: "2005-03-05", dec: -5.0505556 },
    frames: [
      ["bias", { IMAGETYP: "zero", EXPTIME: 0 }],
      ["arc", { IMAGETYP: "comparison" }],
      ["flat", { IMAGETYP: "projector flat" }],
      ["flat dome", { OBSTYPE: "dome flat" }],
      ["flat twilight", { OBSTYPE: "sky flat" }],
      ["focus", { OBSTYPE: "focus" }],
      ["science", { OBSTYPE: "object" }],
    ],
  },
  {
    name: "OES at Ondrejov",
    source: "PESO, list of its header cards",
    cards: {
      OBSERVAT: "ONDREJOV",
      LONGITUD: 14.783611,
      "DATE-OBS": "2010-03-05",
      UT: "23:12:11",
      EXPTIME: 60,
    },
    log: { night: "2010-03-05" },
    frames: [
      ["bias", { IMAGETYP: "zero", EXPTIME: 0 }],
      ["arc", { IMAGETYP: "comp" }],
      ["flat", { IMAGETYP: "flat" }],
      ["science", { IMAGETYP: "object", OBJECT: "bet Lyr" }],
    ],
  },
  {
    name: "INDI drivers (KStars, Ekos)",
    source: "INDI, drivers/ccd: sbigccd.cpp, apogee_ppi.cpp, fli_ccd.c",
    cards: { INSTRUME: "SBIG CCD" },
    frames: [
      ["light", { FRAME: "Light", EXPTIME: 60 }],
      ["bias", { FRAME: "Bias", EXPTIME: 0 }],
      ["dark", { FRAME: "Dark", EXPTIME: 60 }],
      ["flat", { FRAME: "Flat Field", EXPTIME: 60 }],
      ["arc", { FRAME: "Light", EXPTIME: 60, OBJECT: "neon" }],
    ],
  },
  {
    name: "TheSkyX and CCDSoft",
    source: "RmFitsUtil.py (PICTTYPE as ccdsoftImageFrame)",
    cards: { EXPTIME: 60 },
    frames: [
      ["light", { PICTTYPE: 1 }],
      ["bias", { PICTTYPE: 2, EXPTIME: 0 }],
      ["dark", { PICTTYPE: 3 }],
      ["flat", { PICTTYPE: 4 }],
      ["dark", { PICTTYPE: 3, IMAGETYP: "Dark Frame" }],
    ],
  },
  {
    name: "N.I.N.A.",
    source:
      "headers in public code that reads its files; its list of image types",
    cards: {
      SWCREATE: "N.I.N.A. 2.0",
      EXPOSURE: 60,
      "DATE-OBS": "2022-02-28T22:30:33.562",
      "DATE-LOC": "2022-02-28T23:30:33.562",
      SITELONG: 3.7,
    },
    log: { exposure: 60, night: "2022-02-28" },
    frames: [
      ["light", { IMAGETYP: "LIGHT", OBJECT: "NGC 6543" }],
      ["bias", { IMAGETYP: "BIAS", EXPOSURE: 0 }, { exposure: 0 }],
      ["dark", { IMAGETYP: "DARK" }],
      ["dark", { IMAGETYP: "DARKFLAT" }],
      ["flat", { IMAGETYP: "FLAT" }],
      ["arc", { IMAGETYP: "LIGHT", OBJECT: "neon" }],
    ],
  },
  {
    name: "MaxIm DL, with PUCHEROS",
    source: "SBFITSEXT 1.0; CERES, pucheros/pucherosutils.py",
    cards: { EXPTIME: 60, "DATE-OBS": "2012-03-12T05:12:33" },
    frames: [
      ["light", { IMAGETYP: "Light Frame", OBJECT: "alphaboo" }],
      ["bias", { IMAGETYP: "Bias Frame", EXPTIME: 0 }],
      ["dark", { IMAGETYP: "Dark Frame" }],
      ["flat", { IMAGETYP: "Flat Frame" }],
      ["flat", { IMAGETYP: "Flat Field" }],
      ["arc", { IMAGETYP: "Light Frame", OBJECT: "Th_Ar" }],
    ],
  },
];
