import { shortenText } from "../errors.ts";
import { type Header, makeHeader } from "../fits/header.ts";
import type { FitsFile } from "../fits/open_fits.ts";
import { selectCommonRules, selectRules } from "./builtin_rules.ts";
import { findCelestialName } from "./celestial_name.ts";
import { type HeaderClaim, readHeaderClaim, type RuleClaim } from "./claim.ts";
import { compareExposures, compareTypeCards } from "./compare_headers.ts";
import { findFileName, readFileNameClaim } from "./file_name.ts";
import { type LogEntry, readLogEntry, readPointing } from "./log_entry.ts";
import { parseRules } from "./parse_rules.ts";
import type { ParsedRules, Rules } from "./rules.ts";
import { matchStandard, type StandardMatch } from "./standards.ts";

/** Longest text from a header in a row; CONTINUE cards can make one of any length. */
export const LONGEST_TEXT = 500;

/** Claims where nothing else does: the time is also 0 where it is unknown. */
const ZERO_EXPOSURE = parseRules(
  "bias : EXPTIME == 0\nbias : EXPOSURE, EXPOSED == 0 and not EXPTIME > 0",
  "read_claims.ts",
);

/**
 * Reads the claims of an HDU: of the one given, else of the first image. The cards of
 * the primary header apply where those of the HDU say nothing. If the headers of the
 * images contradict the primary header, the claim names the cards. Where the header names
 * no type, as with much camera software, the name of the file and of its folder count; so do
 * those of an arc and a flat where it claims science and names no target. Where none of
 * these claims anything, nor names a celestial object, an exposure time of 0 claims a bias.
 * Texts are cut to 500 characters.
 *
 * @param rules The user's rules, which come before the built-in ones.
 */
export function readClaims(
  file: Pick<FitsFile, "hdus"> & Partial<Pick<FitsFile, "path">>,
  hdu?: number,
  rules?: readonly Rules[],
): { readonly header: HeaderClaim; readonly log: LogEntry } {
  const isImage = ({ kind }: FitsFile["hdus"][number]) =>
    kind === "image" || kind === "tiled";
  const chosen = file.hdus.find((one) =>
    hdu === undefined ? isImage(one) : one.index === hdu
  );
  const primary = file.hdus[0];
  const header = chosen !== undefined && chosen === primary
    ? chosen.header
    : mergeHeaders(chosen, primary);
  const applicable = selectRules(header, rules);
  const claim = readHeaderClaim(header, applicable, selectCommonRules());
  const compared = file.hdus.filter((one) =>
    one !== primary && (hdu === undefined ? isImage(one) : one === chosen)
  );
  const { differs, ...rest } = primary === undefined
    ? { ...claim, differs: [] }
    : compareClaims(claim, primary, compared, applicable);
  const log = shortenTexts(addSize(readLogEntry(header, applicable), chosen));
  const pointing = readPointing(header, applicable);
  const standard = matchStandard({ ...log, ...pointing }, file.path);
  const isSilent = rest.evidence === "" || rest.type === "light";
  // Some programs call every exposure with an open shutter an object.
  const isUnnamed = rest.type === "science" && log.target === null;
  const named = (isSilent || isUnnamed) && file.path !== undefined
    ? readFileNameClaim(file.path, log.exposure, log.target)
    : undefined;
  const isNamed = named !== undefined && named.type !== null &&
    (isSilent || named.type === "arc" || named.type === "flat");
  const fileName = file.path === undefined ? null : findFileName(file.path);
  // The target can then be that of an earlier frame.
  const isByFileName = isNamed ||
    standard?.matched.includes("file name") === true;
  const isFileName = isByFileName || log.target === null;
  const object = findObject(
    isFileName ? fileName : log.target,
    standard,
    isFileName,
  );
  const isBare = rest.evidence === "" && object === null && log.exposure === 0;
  const read = isNamed
    ? { ...rest, type: named.type, evidence: named.evidence }
    : isBare
    ? { ...rest, ...readHeaderClaim(header, ZERO_EXPOSURE) }
    : rest;
  return { header: shortenTexts({ ...read, standard, object, differs }), log };
}

/** Finds the celestial object that a text names, a standard star among them. */
function findObject(
  text: string | null,
  standard: StandardMatch | null,
  isFileName: boolean,
): string | null {
  const isNamed = standard !== null &&
    standard.matched.some((by) => by !== "position");
  return text === null
    ? null
    : findCelestialName(text, isNamed ? standard.name : null, isFileName);
}

/** Cuts the texts in a value of plain objects and arrays. */
function shortenTexts<T>(value: T): T {
  if (typeof value === "string") return shortenText(value, LONGEST_TEXT) as T;
  if (Array.isArray(value)) return value.map(shortenTexts) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, entry]) => [key, shortenTexts(entry)]),
  ) as T;
}

/** Adds the size of an image to the configuration, as `2071x200`. */
function addSize(
  log: LogEntry,
  hdu: FitsFile["hdus"][number] | undefined,
): LogEntry {
  if (hdu === undefined || hdu.width === 0) return log;
  const size = `${hdu.width}x${hdu.height}`;
  return { ...log, configuration: { ...log.configuration, size } };
}

type IndexedHeader = Pick<FitsFile["hdus"][number], "index" | "header">;

function mergeHeaders(...hdus: readonly (IndexedHeader | undefined)[]): Header {
  return makeHeader(hdus.flatMap((hdu) => hdu?.header.cards ?? []));
}

/** Compares what the primary header and the images claim. */
function compareClaims(
  claim: RuleClaim,
  primary: IndexedHeader,
  hdus: readonly IndexedHeader[],
  rules: ParsedRules,
): RuleClaim & Pick<HeaderClaim, "differs"> {
  const common = selectCommonRules();
  const readOne = (...hdus: IndexedHeader[]) =>
    readHeaderClaim(mergeHeaders(...hdus), rules, common);
  const contradicting = hdus.flatMap((hdu) => {
    if (compareTypeCards(primary, [hdu], rules).length === 0) return [];
    const [first, own] = [readOne(primary, hdu), readOne(hdu, primary)];
    return areContradictory(first, own) ? [{ hdu, claims: [first, own] }] : [];
  });
  const differs = [
    ...compareTypeCards(primary, contradicting.map(({ hdu }) => hdu), rules),
    ...compareExposures(primary, hdus, rules),
  ];
  if (contradicting.length === 0) return { ...claim, differs };
  const evidence = contradicting.flatMap(({ claims }) =>
    claims.map(({ evidence }) => evidence)
  );
  return {
    type: null,
    subtype: null,
    evidence: [...new Set(evidence)].join(", "),
    differs,
  };
}

/** Whether two headers claim types that exclude each other. */
function areContradictory(a: RuleClaim, b: RuleClaim): boolean {
  const group = ({ type }: RuleClaim) => type === "standard" ? "science" : type;
  const isType = ({ type }: RuleClaim) => type !== null && type !== "light";
  return isType(a) && isType(b) && group(a) !== group(b);
}

/** Reads what the name of a target claims by the rules for all instruments: `HgArNe` is an arc. */
export function readTargetClaim(target: string): RuleClaim {
  const card = { keyword: "OBJECT", value: target, comment: "" };
  return readHeaderClaim(makeHeader([card]), selectCommonRules());
}
