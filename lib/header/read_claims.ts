/**
 * Reads what the headers of a file say about the frame.
 *
 * @module
 */
import { makeHeader } from "../fits/header.ts";
import type { FitsFile } from "../fits/open_fits.ts";
import { selectRules } from "./builtin_rules.ts";
import { type HeaderClaim, readHeaderClaim } from "./claim.ts";
import { type LogEntry, readLogEntry } from "./log_entry.ts";
import type { Rules } from "./rules.ts";

/** What the headers of a file say about the frame. */
export interface HeaderClaims {
  /** The frame type that they claim. */
  readonly header: HeaderClaim;
  /** The entry of an observing log. */
  readonly log: LogEntry;
}

/**
 * Reads the claims of an HDU: of the one given, else of the first image. The cards of
 * the primary header apply where those of the HDU say nothing.
 *
 * @param file An open file; only its headers are used.
 * @param hdu Index of the HDU, from 0.
 * @param rules The user's rules, which come before the built-in ones.
 */
export function readClaims(
  file: Pick<FitsFile, "hdus">,
  hdu?: number,
  rules?: readonly Rules[],
): HeaderClaims {
  const chosen = file.hdus.find(({ index, kind }) =>
    hdu === undefined ? kind === "image" || kind === "tiled" : index === hdu
  );
  const cards = [chosen, file.hdus[0]].flatMap((one) =>
    one?.header.cards ?? []
  );
  const header = makeHeader(cards);
  const applicable = selectRules(header, rules);
  return {
    header: readHeaderClaim(header, applicable),
    log: readLogEntry(header, applicable),
  };
}
