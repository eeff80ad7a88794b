import type { RuleClaim } from "./claim.ts";
import type { ClaimedType } from "./rules.ts";

/**
 * Words in file names that name a type, in lower case. `sky` is not among them, nor are the
 * names of targets. Words that end in `flat` are found by their form.
 */
const TYPE_WORDS = mapWords({
  bias: "bias biases zero zeros",
  dark: "dark darks darkflat darkflats flatdark flatdarks dunkelbild " +
    "dunkelbilder dunkel oscuro oscuros escuro escuros buio",
  flat: "prnu quartz qtz qth halogen halogene halogena alogena tung tungsten " +
    "tungsteno wolfram incandescent hellfeld",
  // `arcsub` is an arc without its bias, in PyReduc and PyLongslit.
  arc: "arc arcs arcsub comp comps comparison neon argon xenon krypton thar " +
    "hgar hgne hear hene cuar cune fear hgcd vergleich vergleichslampe comparacion",
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
  flat: "plu led ff plano planos",
});

/**
 * Words for the calibration of wavelengths, in names without another calibration:
 * `vega_lamp`, `hd192640_calib-1`. The lamp for flats is called flat, or by its kind. `cal` is
 * not among them, as it is also a spectrum with calibrated fluxes.
 *
 * Sources: C. Buil's guides to ISIS; nine public repositories with frames `lamp`, all of them
 * arcs (`camera_software.ts`).
 */
const LAMP_WORDS = new RegExp(
  "\\b(?:" + [
    "calib",
    "calibra[ct]ion|calibrazione|kalibration|kalibrierung|etalonnage",
    "wave(?:length)? ?cal",
    "\\w*(?<!c)lamps?|(?:kalibrier)?lampe|lampada|lampara|relco",
  ].join("|") + ")\\b",
);

/**
 * Words for a lamp that shows no lines, is off or is absent. A lamp that is on is one of a
 * pair, which in the infrared is for flats.
 */
const CONTINUUM_WORDS = new Set(
  ("led white bulb filament blackbody screen dome cont continuum deuterium on off nolamp nolamps")
    .split(" "),
);

/** Words that qualify a flat, also in the name of a folder. */
const FLAT_WORDS = new Set(
  "sky dome twilight evening morning dusk dawn lamp".split(" "),
);

/** Words that qualify an arc, also in the name of a folder. */
const ARC_WORDS = new Set("lamp lamps cal calib calibration".split(" "));

/** The calibration of wavelengths, if there are no other words. */
const WAVELENGTHS = /^wave(?:length)? ?cal(?:ib|ibration)?$/;

/**
 * Words that do not say what a frame is, in lower case and divided by blanks: what was done to
 * it, a dark sky, the zeroth order of a spectrum.
 */
const PHRASES = new RegExp(
  "\\b(?:" + [
    "(?:bias|zero|dark|flat)(?: fields?| frames?| current)? " +
    "(?:sub|subtr|subtract|subtracted|corr|corrected|fielded|divided|removed)",
    "(?:no|minus|without) (?:bias|zero|dark|flat|lamp)s?",
    "dark (?:sky|skies|nebula|cloud|doodad|star|matter)",
    "zero (?:orders?|point)",
  ].join("|") + ")\\b",
  "g",
);

/** Words that say nothing: units, extensions, and words for any frame. */
const NEUTRAL_WORDS = new Set(
  ("s sec secs min ms c x bin frame frames raw new old master masters fit fits fts gz fz")
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

/** The elements of an arc in one word, in any case: `hgnear`. Two of them also spell `near`. */
const MIXTURE = /^(?!hearth|hearne)(?:he|ne|ar|hg|cd|cu|th|fe|xe|kr|zn){3,}$/;

/** Two elements as two words, in lower case: `th_ar`. `ne ar` and `ar ne` are also near and Arne. */
const TWO_LAMPS = /\b(?:he|hg|cu|fe|th|cd) (?:ar|ne)\b/;

/** Splits a name into words, without accents: `48LibARCNe` has `Lib`, `ARC` and `Ne`. */
export function splitWords(name: string): readonly string[] {
  return name.normalize("NFD").replace(/\p{M}/gu, "")
    .match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
}

/** Returns the words in lower case, without those that do not say what the frame is. */
function listWords(name: string): readonly string[] {
  return splitWords(name).join(" ").toLowerCase().replace(PHRASES, " ")
    .split(" ").filter((word) => word !== "");
}

const NOTHING: RuleClaim = { type: null, subtype: null, evidence: "" };

/**
 * Reads the type that the name of a file claims: `Bias_0001.fits` is a bias,
 * `L2-dark-neon-1200.fits` a dark for the arcs. Where the name says nothing, that of its
 * folder counts if it has no other words: `flats/r102.fits`, `darks/300s/r102.fits`; then a
 * lamp in the name: `vega_lamp.fits`.
 *
 * A name with words of two types claims none, except that a dark may name what it is for, and
 * an arc the standard that it is for. As in a header, bias and dark count only if the exposure
 * time fits.
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

/**
 * Finds the part of a path that names a type, from the name of the file to that of its folder.
 * A lamp in the name counts last: `flats/lamp-1.fits`; and it does not count where the folder
 * of a folder names another calibration: `darks/T05/calibration-1.fits`.
 */
function findTypeName(path: string): [string, ClaimedType | null] {
  const name = findFileName(path);
  const types = listTypeWords(name);
  const sole = listSoleTypes(name);
  const isLamp = hasLampWord(name);
  if (types.size > 0 || sole !== null && sole.size > 0) {
    const type = chooseType(types.size > 0 ? types : sole!);
    // The name of a star, or the lamp that is named after it.
    const isOpen = isLamp && type !== null && !CALIBRATIONS.has(type);
    return [name, isOpen ? null : type];
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
  const isOther = folders.some((folder) =>
    [...listSoleTypes(folder) ?? []].some((type) =>
      type !== "arc" && CALIBRATIONS.has(type)
    )
  );
  return [name, isLamp && !isOther ? "arc" : null];
}

const HAS_LETTERS = /[A-Za-z]/;

/** Folders that SharpCap and ASICap make for each series in the folder of the user. */
const SESSION_FOLDER =
  /^(?:CapObj|autorun|\d{4}-\d\d-\d\d_\d\d_\d\d(?:_\d\dZ)?)$/i;

function chooseType(types: ReadonlySet<ClaimedType>): ClaimedType | null {
  if (types.has("dark")) return "dark";
  const [first, ...others] = types;
  // The arc for a standard.
  const isArc = types.size === 2 && types.has("arc") && types.has("standard");
  return isArc ? "arc" : others.length === 0 ? first ?? null : null;
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
  const words = listWords(name);
  const types = words.flatMap((word) => findType(word) ?? []);
  const isArc = LAMPS.test(name) || TWO_LAMPS.test(words.join(" "));
  return new Set(isArc ? [...types, "arc" as const] : types);
}

function findType(word: string): ClaimedType | undefined {
  const type = TYPE_WORDS.get(word);
  if (type !== undefined) return type;
  if (MIXTURE.test(word)) return "arc";
  // Masterdark, neonlamp, lamphene, biasframe.
  const part = TYPE_WORDS.get(
    word.replace(/^(?:master|super|lamp)|(?:lamp[es]?|frames?)$/g, ""),
  );
  if (part !== undefined && CALIBRATIONS.has(part)) return part;
  return /(?<!^no)flat(?:s|fields?)?$/.test(word) ? "flat" : undefined;
}

/** Whether a name has a word for the calibration of wavelengths, and none for another lamp. */
export function hasLampWord(name: string): boolean {
  const words = listWords(name);
  return LAMP_WORDS.test(words.join(" ")) &&
    !words.some((word) => CONTINUUM_WORDS.has(word));
}

/** Returns the types that a name gives if it has no other words; `null` if it has some. */
function listSoleTypes(name: string): ReadonlySet<ClaimedType> | null {
  const types = new Set<ClaimedType>();
  if (LAMPS.test(name)) types.add("arc");
  const others: string[] = [];
  for (const word of listWords(name.replace(LAMPS, ""))) {
    const type = findType(word) ?? SOLE_WORDS.get(word);
    if (type !== undefined) types.add(type);
    else if (!NEUTRAL_WORDS.has(word)) others.push(word);
  }
  if (WAVELENGTHS.test(others.join(" "))) return types.add("arc");
  const qualifiers = types.has("flat")
    ? FLAT_WORDS
    : types.has("arc")
    ? ARC_WORDS
    : null;
  return others.every((word) => qualifiers?.has(word)) ? types : null;
}

const PREFIX = "file name ";

/** Whether the name of the file makes the claim, as the header makes none. */
export function isFileNameClaim({ evidence }: RuleClaim): boolean {
  return evidence.startsWith(PREFIX);
}
