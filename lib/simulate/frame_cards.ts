import type { Card, CardValue } from "../fits/header.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import type { Instrument } from "./instrument.ts";
import type { Random } from "./random.ts";

/** IMAGETYP of each type. As at most telescopes, standards and science frames are both OBJECT. */
const IMAGETYP: Readonly<Record<FrameType, string>> = {
  bias: "BIAS",
  dark: "DARK",
  arc: "ARC",
  flat: "FLAT",
  standard: "OBJECT",
  science: "OBJECT",
};

/** Target names from which OBJECT is drawn. */
const OBJECTS: Readonly<Record<FrameType, readonly string[]>> = {
  bias: ["bias"],
  dark: ["dark"],
  arc: ["arc", "HeNeAr", "comparison"],
  flat: ["dome flat", "quartz", "flat lamp"],
  standard: ["Feige 34", "G191B2B", "BD+28 4211", "Hiltner 600"],
  science: ["J1430+1339", "NGC 3521", "AT2026abc", "field 12"],
};

/** Properties of a frame that its header states. */
export interface FrameCardsOptions {
  readonly type: FrameType;
  readonly instrument: Instrument;
  /** Exposure time in seconds. */
  readonly exposure: number;
  /** Start of the exposure, ISO 8601. */
  readonly date: string;
  /** Whether IMAGETYP and OBJECT name another type. */
  readonly lyingHeader: boolean;
}

/** Creates the header cards of a frame, except those that describe how pixels are stored. */
export function createFrameCards(
  { type, instrument, exposure, date, lyingHeader }: FrameCardsOptions,
  random: Random,
): Card[] {
  const claimed = lyingHeader
    ? random.pick(
      FRAME_TYPES.filter((other) => IMAGETYP[other] !== IMAGETYP[type]),
    )
    : type;
  const card = (keyword: string, value: CardValue, comment: string): Card => ({
    keyword,
    value,
    comment,
  });
  return [
    card("ORIGIN", "spit simulate", "not an observation"),
    card("INSTRUME", instrument.name, "simulated spectrograph"),
    card("DATE-OBS", date, "start of exposure, UTC"),
    card("EXPTIME", Number(exposure.toFixed(3)), "[s] exposure"),
    card("IMAGETYP", IMAGETYP[claimed], "type of frame"),
    card("OBJECT", random.pick(OBJECTS[claimed]), "name of target"),
    card("GAIN", Number(instrument.detector.gain.toFixed(3)), "[e-/ADU]"),
    card(
      "RDNOISE",
      Number(instrument.detector.readNoise.toFixed(2)),
      "[e-] read noise",
    ),
    card("CCDSUM", "1 1", "binning"),
    card("GRATING", "600/4310", "disperser"),
    card("OBSGEO-L", -121.64, "[deg] longitude, east positive"),
  ];
}
