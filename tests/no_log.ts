import type { LogEntry } from "../lib/header/log_entry.ts";

/** What an observing log has of a frame whose header says nothing. */
export const NO_LOG: LogEntry = {
  instrument: null,
  night: null,
  start: null,
  mjd: null,
  exposure: null,
  target: null,
  ra: null,
  dec: null,
  airmass: null,
  configuration: {},
};
