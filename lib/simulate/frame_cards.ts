/**
 * Header cards of simulated frames, honest or not.
 *
 * @module
 */
import type { Card, CardValue } from "../fits/header.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import type { Instrument } from "./instrument.ts";
import type { Random } from "./random.ts";

/** What the type card says of each type; as on most telescopes, all that is on sky is OBJECT. */
const IMAGETYP: Readonly<Record<FrameType, string>> = {
  bias: "BIAS",
  dark: "DARK",
  arc: "ARC",
  flat: "FLAT",
  standard: "OBJECT",
  science: "OBJECT",
};

const OBJECTS: Readonly<Record<FrameType, readonly string[]>> = {
  bias: ["bias"],
  dark: ["dark"],
  arc: ["arc", "HeNeAr", "comparison"],
  flat: ["dome flat", "quartz", "flat lamp"],
  standard: ["Feige 34", "G191B2B", "BD+28 4211", "Hiltner 600"],
  science: ["J1430+1339", "NGC 3521", "AT2026abc", "field 12"],
};

/** What the cards are made of. */
export interface FrameFacts {
  readonly type: FrameType;
  readonly instrument: Instrument;
  /** In seconds. */
  readonly exposure: number;
  /** Start of the exposure, ISO 8601. */
  readonly date: string;
  /** Whether the type card must name another type. */
  readonly lyingHeader: boolean;
}

/** The cards of a frame, without those that say how its pixels are stored. */
export function frameCards(
  { type, instrument, exposure, date, lyingHeader }: FrameFacts,
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
