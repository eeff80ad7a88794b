import type { LogEntry } from "../lib/header/log_entry.ts";

/** The log entry of a frame whose header has no cards for it. */
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
