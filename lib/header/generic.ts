/**
 * The rule for any instrument: cards that many observatories write, and only
 * values that can mean one thing.
 *
 * @module
 */
import type { HeaderRules } from "./claim.ts";

/**
 * Left out on purpose, for they do not name one type: `Light` (camera software
 * writes it for every open shutter), `cal`, `focus`, `lamp`, and sky or twilight
 * flats, which are spectra of the sky.
 *
 * Values from FITS headers of Kast, ALFOSC, EFOSC2 (ESO DPR), GMOS, Goodman,
 * ISIS, SPRAT, DBSP and CCD camera software; `KOAIMTYP` from the Keck archive.
 */
export const GENERIC: HeaderRules = {
  typeCards: [
    "IMAGETYP",
    "OBSTYPE",
    "OBS-TYPE",
    "IMGTYPE",
    "IMTYPE",
    "OBSMODE",
    "KOAIMTYP",
    "ESO DPR TYPE",
  ],
  values: {
    bias: ["BIAS", "ZERO"],
    dark: ["DARK"],
    arc: [
      "ARC",
      "ARCLAMP",
      "COMP",
      "COMPARISON",
      "COMPARISONLAMP",
      "COMPLAMP",
      "LAMP,WAVE",
      "WAVE",
      "WAVE,LAMP",
    ],
    flat: [
      "DOMEFLAT",
      "FLAT",
      "FLAT,LAMP",
      "FLATFIELD",
      "FLATLAMP",
      "INTFLAT",
      "LAMP,FLAT",
      "LAMPFLAT",
      "QUARTZ",
    ],
    standard: [
      "FLUXSTANDARD",
      "STANDARD",
      "STANDARDSTAR",
      "STD",
      "STD,FLUX",
      "STD,TELLURIC",
    ],
    science: [
      "EXPOSE",
      "OBJ",
      "OBJECT",
      "SCIENCE",
      "SPECTRUM",
      "TARGET",
    ],
  },
  exposureCards: ["EXPTIME"],
};
