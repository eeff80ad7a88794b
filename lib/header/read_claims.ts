import { makeHeader } from "../fits/header.ts";
import type { FitsFile } from "../fits/open_fits.ts";
import { selectRules } from "./builtin_rules.ts";
import { type HeaderClaim, readHeaderClaim } from "./claim.ts";
import { type LogEntry, readLogEntry } from "./log_entry.ts";
import type { Rules } from "./rules.ts";

/**
 * Reads the claims of an HDU: of the one given, else of the first image. The cards of
 * the primary header apply where those of the HDU say nothing.
 *
 * @param rules The user's rules, which come before the built-in ones.
 */
export function readClaims(
  file: Pick<FitsFile, "hdus">,
  hdu?: number,
  rules?: readonly Rules[],
): { readonly header: HeaderClaim; readonly log: LogEntry } {
  const chosen = file.hdus.find(({ index, kind }) =>
    hdu === undefined ? kind === "image" || kind === "tiled" : index === hdu
  );
  const hdus = [chosen, file.hdus[0]];
  const header = makeHeader(hdus.flatMap((hdu) => hdu?.header.cards ?? []));
  const applicable = selectRules(header, rules);
  return {
    header: readHeaderClaim(header, applicable),
    log: readLogEntry(header, applicable),
  };
}
