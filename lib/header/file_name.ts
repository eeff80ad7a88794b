import type { RuleClaim } from "./claim.ts";
import type { ClaimedType } from "./rules.ts";

/**
 * Words in file names that name a type. `lamp` is not among them, as it can be an arc or a
 * flat, nor are `sky` and the names of targets.
 */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  bias: "bias biases zero zeros",
  dark: "dark darks",
  flat: "flat flats flatfield domeflat dflat quartz halogen tung tungsten",
  arc:
    "arc arcs comp comps comparison neon argon xenon krypton thar hgar hgne " +
    "hear hene henear cuar cune fear hgcd hgarne cunear",
  standard: "std standard",
  science: "sci science star",
} satisfies Partial<Record<ClaimedType, string>>;

const TYPES_OF_WORDS = new Map(
  Object.entries(TYPE_WORDS).flatMap(([type, words]) =>
    words.split(" ").map((word) => [word, type as ClaimedType])
  ),
);

/** Two chemical elements or more name the lamps of an arc: `ThAr`, `HeNeAr`. */
const LAMPS = /(?<![A-Za-z])(?:He|Ne|Ar|Hg|Cd|Cu|Th|Fe|Xe|Kr|Zn){2,}(?![a-z])/;

/** Words with their capitals: `48LibARCNe` has `Lib`, `ARC` and `Ne`. */
export const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

const NOTHING: RuleClaim = { type: null, subtype: null, evidence: "" };

/**
 * Reads the type that the name of a file claims: `Bias_0001.fits` is a bias,
 * `L2-dark-neon-1200.fits` a dark for the arcs.
 *
 * A name with words of two types claims none, except that a dark may name what it is for.
 * As in a header, bias and dark count only if the exposure time fits.
 *
 * @param path Path of the file, or its address.
 * @param exposure Exposure time in seconds; `null` if it is unknown.
 */
export function readFileNameClaim(
  path: string,
  exposure: number | null,
): RuleClaim {
  const name = findFileName(path);
  const types = listTypeWords(name);
  const [first] = types;
  const type = types.has("dark") ? "dark" : types.size === 1 ? first! : null;
  if (type === null) return NOTHING;
  if (type === "bias" && exposure !== null && exposure > 0.1) return NOTHING;
  if (type === "dark" && exposure === 0) return NOTHING;
  return { type, subtype: null, evidence: `${PREFIX}${name}` };
}

/** Returns the name of a file without its folders, and without the query of an address. */
export function findFileName(path: string): string {
  return path.replace(/[?#][^]*$/, "").replace(/^[^]*[\\/]/, "");
}

/** Returns the types that the words of a name give: of a file, or of a target. */
export function listTypeWords(name: string): ReadonlySet<ClaimedType> {
  const types = name.match(WORD)?.flatMap((word) =>
    TYPES_OF_WORDS.get(word.toLowerCase()) ?? []
  );
  return new Set([...types ?? [], ...LAMPS.test(name) ? ["arc"] as const : []]);
}

const PREFIX = "file name ";

/** Whether the name of the file makes the claim, as the header makes none. */
export function isFileNameClaim({ evidence }: RuleClaim): boolean {
  return evidence.startsWith(PREFIX);
}
