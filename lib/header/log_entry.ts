/**
 * What an observing log has of a frame, from its header.
 *
 * @module
 */
import { cardNumber, cardString, type Header } from "../fits/header.ts";

/** A line of an observing log; `null` where the header says nothing. */
export interface LogEntry {
  /** Instrument, and its arm where it has some: `kast-blue`; else what the header calls it. */
  readonly instrument: string | null;
  /** The evening that the night began with, `2016-08-26`. */
  readonly night: string | null;
  /** Start of the exposure, UT: `2016-08-27T03:14:15`. */
  readonly start: string | null;
  /** Start of the exposure, modified Julian date, days. */
  readonly mjd: number | null;
  /** Exposure time, seconds. */
  readonly exposure: number | null;
  /** What the observer calls the target. */
  readonly target: string | null;
  /** Right ascension, degrees. */
  readonly ra: number | null;
  /** Declination, degrees. */
  readonly dec: number | null;
  /** Airmass. */
  readonly airmass: number | null;
  /**
   * How the instrument was set up, in PypeIt's names (`dispname`, `dispangle`, `decker`,
   * `dichroic`, `binning`…): what a calibration must share with the frames it is for.
   */
  readonly setup: Readonly<Record<string, string>>;
}

/** What the header says for an observing log. */
export function logEntryOf(header: Header): LogEntry {
  return {
    instrument: cardString(header, "INSTRUME") ?? null,
    night: null,
    start: cardString(header, "DATE-OBS") ?? null,
    mjd: cardNumber(header, "MJD-OBS") ?? null,
    exposure: cardNumber(header, "EXPTIME") ?? null,
    target: cardString(header, "OBJECT") ?? null,
    ra: null,
    dec: null,
    airmass: cardNumber(header, "AIRMASS") ?? null,
    setup: {},
  };
}
