import type { RuleClaim } from "./claim.ts";
import type { ClaimedType } from "./rules.ts";

/**
 * Words in file names that name a type. `lamp` is not among them, as it can be an arc or a
 * flat, nor are `sky` and the names of targets.
 */
const TYPE_WORDS = mapWords({
  bias: "bias biases zero zeros",
  dark: "dark darks darkflat darkflats flatdark flatdarks dunkelbild",
  flat: "flat flats flatfield domeflat dflat skyflat skyflats prnu quartz " +
    "halogen tung tungsten",
  arc:
    "arc arcs comp comps comparison neon argon xenon krypton thar hgar hgne " +
    "hear hene henear cuar cune fear hgcd hgarne cunear",
  standard: "std standard",
  science: "sci science star",
});

/**
 * Words that name a type where there are no others. An offset is a bias, but also a setting
 * of the camera (`gain100_offset30`) or of the telescope. `noir` and `plu` (plage de lumière
 * uniforme) are the French words for a dark and a flat, `LED` is the flat lamp of eShel.
 *
 * Sources: AudeLA, `spc_sari` of SpcAudace and `process.tcl` of eShel.
 */
const SOLE_WORDS = mapWords({
  bias: "offset offsets",
  dark: "noir noirs",
  flat: "plu led",
});

/** Words that say nothing: units, extensions, and words for any frame. */
const NEUTRAL_WORDS = new Set(
  "s sec secs min ms c x bin frame frames raw new old fit fits fts gz fz"
    .split(" "),
);

/** Types that the name of a folder, and a name beside that of a target, can claim. */
const CALIBRATIONS: ReadonlySet<ClaimedType> = new Set(
  ["bias", "dark", "flat", "arc"],
);

function mapWords(
  words: Partial<Record<ClaimedType, string>>,
): ReadonlyMap<string, ClaimedType> {
  return new Map(
    Object.entries(words).flatMap(([type, list]) =>
      list.split(" ").map((word) => [word, type as ClaimedType])
    ),
  );
}

/** Two chemical elements or more name the lamps of an arc: `ThAr`, `HeNeAr`. */
const LAMPS = /(?<![A-Za-z])(?:He|Ne|Ar|Hg|Cd|Cu|Th|Fe|Xe|Kr|Zn){2,}(?![a-z])/;

/** Words with their capitals: `48LibARCNe` has `Lib`, `ARC` and `Ne`. */
export const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

const NOTHING: RuleClaim = { type: null, subtype: null, evidence: "" };

/**
 * Reads the type that the name of a file claims: `Bias_0001.fits` is a bias,
 * `L2-dark-neon-1200.fits` a dark for the arcs. Where the name says nothing, that of its
 * folder counts if it has no other words: `flats/r102.fits`, `darks/300s/r102.fits`.
 *
 * A name with words of two types claims none, except that a dark may name what it is for.
 * As in a header, bias and dark count only if the exposure time fits.
 *
 * @param path Path of the file, or its address.
 * @param exposure Exposure time in seconds; `null` if it is unknown.
 * @param target Name of the target in the header; `null` for none. Observers often leave it
 *   as it is when they take calibrations; so only these can be claimed beside it.
 */
export function readFileNameClaim(
  path: string,
  exposure: number | null,
  target: string | null = null,
): RuleClaim {
  // Dark Doodad is a nebula.
  if (target !== null && listTypeWords(target).size > 0) return NOTHING;
  const [name, type] = findTypeName(path);
  if (type === null) return NOTHING;
  if (target !== null && !CALIBRATIONS.has(type)) return NOTHING;
  if (type === "bias" && exposure !== null && exposure > 0.1) return NOTHING;
  if (type === "dark" && exposure === 0) return NOTHING;
  return { type, subtype: null, evidence: `${PREFIX}${name}` };
}

/** Finds the part of a path that names a type, from the name of the file to that of its folder. */
function findTypeName(path: string): [string, ClaimedType | null] {
  const name = findFileName(path);
  const types = listTypeWords(name);
  const sole = listSoleTypes(name);
  if (types.size > 0 || sole !== null && sole.size > 0) {
    return [name, chooseType(types.size > 0 ? types : sole!)];
  }
  const folders = removeQuery(path).split(/[\\/]/).slice(0, -1);
  for (let depth = 1; depth <= folders.length; depth++) {
    const folder = folders.at(-depth)!;
    const types = listSoleTypes(folder);
    // A folder of exposures of 300 s says nothing.
    const isNeutral = types?.size === 0 && HAS_LETTERS.test(folder);
    if (isNeutral || SESSION_FOLDER.test(folder)) continue;
    const type = types === null ? null : chooseType(types);
    if (type === null || !CALIBRATIONS.has(type)) break;
    return [[...folders.slice(-depth), name].join("/"), type];
  }
  return [name, null];
}

const HAS_LETTERS = /[A-Za-z]/;

/** Folders that SharpCap and ASICap make for each series in the folder of the user. */
const SESSION_FOLDER =
  /^(?:CapObj|autorun|\d{4}-\d\d-\d\d_\d\d_\d\d(?:_\d\dZ)?)$/i;

function chooseType(types: ReadonlySet<ClaimedType>): ClaimedType | null {
  const [first] = types;
  return types.has("dark") ? "dark" : types.size === 1 ? first! : null;
}

/** Returns the name of a file without its folders, and without the query of an address. */
export function findFileName(path: string): string {
  return removeQuery(path).replace(/^[^]*[\\/]/, "");
}

function removeQuery(path: string): string {
  return path.replace(/[?#][^]*$/, "");
}

/** Returns the types that the words of a name give: of a file, or of a target. */
export function listTypeWords(name: string): ReadonlySet<ClaimedType> {
  const types = name.match(WORD)?.flatMap((word) =>
    TYPE_WORDS.get(word.toLowerCase()) ?? []
  );
  return new Set([...types ?? [], ...LAMPS.test(name) ? ["arc"] as const : []]);
}

/** Returns the types that a name gives if it has no other words; `null` if it has some. */
function listSoleTypes(name: string): ReadonlySet<ClaimedType> | null {
  const types = new Set<ClaimedType>();
  if (LAMPS.test(name)) types.add("arc");
  for (const word of name.replace(LAMPS, "").match(WORD) ?? []) {
    const lower = word.toLowerCase();
    const type = TYPE_WORDS.get(lower) ?? SOLE_WORDS.get(lower);
    if (type !== undefined) types.add(type);
    else if (!NEUTRAL_WORDS.has(lower)) return null;
  }
  return types;
}

const PREFIX = "file name ";

/** Whether the name of the file makes the claim, as the header makes none. */
export function isFileNameClaim({ evidence }: RuleClaim): boolean {
  return evidence.startsWith(PREFIX);
}
