import { findClosestWord } from "../closest_word.ts";
import { SpitError } from "../errors.ts";
import { FRAME_TYPES, isFrameType } from "../frame_type.ts";
import { readText } from "../io/file.ts";
import { normalizeText, toNumber } from "./card_values.ts";
import {
  type ClaimedType,
  type ClaimRule,
  type Comparison,
  type Condition,
  CONFIGURATION_KEYS,
  LOG_COLUMNS,
  type Operand,
  type ParsedRules,
  POINTING_KEYS,
  type Reading,
  type ReadingName,
  type Relation,
  type Rules,
  type Source,
  SOURCE_FORMS,
  TEXT_RELATIONS,
} from "./rules.ts";
import { isSubtype, type Subtype, SUBTYPES } from "./subtype.ts";

/** Words before a `:`, and before a `=`. */
const CLAIM_WORDS = [
  "frames",
  ...FRAME_TYPES,
  "light",
  ...Object.keys(SUBTYPES),
];
const READINGS = [...LOG_COLUMNS, ...POINTING_KEYS, ...CONFIGURATION_KEYS];

interface Draft {
  frames: (readonly Comparison[])[] | null;
  typeCards: readonly string[];
  rank: number;
  claims: ClaimRule[];
  readings: Partial<Record<ReadingName, Reading[]>>;
}

/**
 * Reads rules files, for the option `rules` of the functions that classify frames. They
 * come before the built-in rules, in the order of the paths.
 *
 * @throws {SpitError} `bad_rules`, with the line; `not_found`, `is_directory`,
 *   `no_permission` or `io` when a file cannot be read.
 */
export async function readRules(paths: readonly string[]): Promise<Rules[]> {
  return await Array.fromAsync(
    paths,
    async (path) => parseRules(await readText(path, "the rules"), path),
  );
}

/**
 * Parses the text of a rules file, whose syntax `docs/rules.md` describes.
 *
 * @param file Name of the file, for messages.
 * @throws {SpitError} `bad_rules`, with the file, the line and what to change.
 */
export function parseRules(text: string, file: string): ParsedRules {
  const draft = createDraft();
  text.split(/\r\n|\r|\n/).forEach((raw, k) => {
    const line = raw.trim().replace(/\s+/g, " ");
    if (line === "" || line.startsWith("#")) return;
    try {
      parseLine(line, draft);
    } catch (error) {
      throw addLine(error, file, k + 1, line);
    }
  });
  const { frames, typeCards, claims, readings } = draft;
  if (claims.length === 0 && Object.keys(readings).length === 0) {
    const what =
      `${file} has no rule; write one per line, as: arc : OBSTYPE == COMP`;
    throw new SpitError("bad_rules", what, { file });
  }
  return { file, frames, typeCards, claims, readings };
}

/**
 * Parses only the lines `frames` of a rules file, which takes a tenth of the time. Faults
 * in other lines are not found.
 */
export function parseFramesCondition(text: string): ParsedRules["frames"] {
  const draft = createDraft();
  for (const line of text.match(/^frames .*$/gm) ?? []) parseLine(line, draft);
  return draft.frames;
}

/**
 * Parses only the lines of a rules file that read one of some names. Faults in other lines
 * are not found.
 */
export function parseReadings(
  text: string,
  names: readonly ReadingName[],
): ParsedRules["readings"] {
  const wanted: ReadonlySet<string> = new Set(["type", ...names]);
  const draft = createDraft();
  for (const [line, name] of text.matchAll(/^([a-z0-9]+) = .*$/gm)) {
    if (wanted.has(name!)) parseLine(line, draft);
  }
  return draft.readings;
}

function createDraft(): Draft {
  return { frames: null, typeCards: [], rank: 0, claims: [], readings: {} };
}

function addLine(
  error: unknown,
  file: string,
  number: number,
  line: string,
): unknown {
  if (!(error instanceof SpitError)) return error;
  const shown = line.length > 80 ? `${line.slice(0, 79)}…` : line;
  const what = `${file}, line ${number}: ${error.description} (in: ${shown})`;
  return new SpitError("bad_rules", what, { file, cause: error });
}

/** Creates an error without the file and the line, which `parseRules` adds. */
function createFault(message: string): SpitError {
  return new SpitError("bad_rules", message);
}

/** The first sign of a line gives its kind: `word : condition`, or `word = sources`. */
function parseLine(line: string, draft: Draft): void {
  if (line === "otherwise") {
    draft.rank++;
    return;
  }
  const match = /^([^:=]*)([:=])(.*)$/.exec(line);
  if (match === null) {
    throw createFault(
      `expected "TYPE : CONDITION", "NAME = KEYWORD" or "otherwise"`,
    );
  }
  const [word, sign, text] = match.slice(1).map((part) => part.trim());
  if (sign === ":") addClaim(word!, text!, draft);
  else addReading(word!, text!, draft);
}

function addClaim(word: string, text: string, draft: Draft): void {
  const claimed = word === "frames" ? null : parseClaimed(word);
  const condition = parseCondition(text, draft.typeCards);
  if (claimed === null) {
    draft.frames = [...draft.frames ?? [], ...condition];
    return;
  }
  if (condition.some((all) => all.every(({ negated }) => negated))) {
    throw createFault(
      "a header without any of these cards would make the claim; add a card that must exist",
    );
  }
  draft.claims.push({ ...claimed, condition, rank: draft.rank });
}

/** Parses `TYPE`, `SUBTYPE` or `TYPE SUBTYPE`. */
function parseClaimed(text: string): Pick<ClaimRule, "type" | "subtype"> {
  const [first = "", second, ...more] = text.split(" ");
  const type = isClaimedType(first) ? first : null;
  const subtype = type === null ? first : second;
  if (more.length > 0 || (type === null && second !== undefined)) {
    throw createFault(
      `"${text}" is not a claim; before ":" write TYPE, SUBTYPE or TYPE SUBTYPE`,
    );
  }
  return {
    type,
    subtype: subtype === undefined ? null : parseSubtype(subtype),
  };
}

function isClaimedType(word: string): word is ClaimedType {
  return isFrameType(word) || word === "light";
}

function parseSubtype(word: string): Subtype {
  if (isSubtype(word)) return word;
  throw createWordFault(word, CLAIM_WORDS, ":");
}

function addReading(word: string, text: string, draft: Draft): void {
  if (word === "type") {
    draft.typeCards = text.split(",").flatMap(parseCards);
    return;
  }
  const name = READINGS.find((name) => name === word);
  if (name === undefined) {
    throw createWordFault(word, ["type", ...READINGS], "=");
  }
  const [before, condition, ...more] = splitUnquoted(text, " if ");
  if (more.length > 0) throw createFault(`the line has more than one "if"`);
  const sources = splitUnquoted(before!, ",").map(parseSource);
  if (word === "longitude") sources.forEach(checkLongitude);
  (draft.readings[name] ??= []).push({
    sources,
    condition: condition === undefined
      ? null
      : parseCondition(condition, draft.typeCards),
  });
}

/** A literal: a text in quotes, a number, or a word in lower case. */
const LITERAL = /^("[^"]*"|[-+]?\d+(\.\d*)?|[a-z][a-z0-9-]*)$/;

function parseSource(text: string): Source {
  const source = text.trim();
  if (source === "") throw createFault("a keyword or a value is missing");
  if (LITERAL.test(source)) return { text: removeQuotes(source) };
  const form = SOURCE_FORMS.find((form) => source.startsWith(`${form} `)) ??
    null;
  const cards = source.slice(form === null ? 0 : form.length + 1).split("+");
  return { cards: cards.flatMap(parseCards), form };
}

/** A wrong longitude would put frames into other nights, or into none. */
function checkLongitude(source: Source): void {
  if (!("text" in source)) return;
  const degrees = toNumber(source.text);
  if (degrees === undefined || degrees < -180 || degrees > 360) {
    throw createFault(
      `"${source.text}" is not a longitude; give degrees as a number, west negative`,
    );
  }
}

function createWordFault(
  word: string,
  words: readonly string[],
  sign: string,
): SpitError {
  const closest = findClosestWord(word, words);
  const suggestion = closest === undefined ? "" : `did you mean ${closest}? `;
  return createFault(
    `unknown word "${word}"; ${suggestion}before "${sign}" use one of ${
      words.join(", ")
    }`,
  );
}

/**
 * Parses a condition. `and` binds tighter than `or`, and `not` tighter than both.
 *
 * @param text Blanks in it are single.
 * @param typeCards The cards that the word `type` stands for.
 */
function parseCondition(text: string, typeCards: readonly string[]): Condition {
  return splitUnquoted(text, " or ").map((all) =>
    splitUnquoted(all, " and ").map((one) => parseComparison(one, typeCards))
  );
}

const COMPARISON =
  /^(not )?([^=!<>~"]*?) ?(==|!=|<=|>=|<|>|~|(?<= )contains(?= )|(?<= )consists of(?= ))(.*)$/s;

function parseComparison(
  text: string,
  typeCards: readonly string[],
): Comparison {
  const match = COMPARISON.exec(text.trim());
  if (match === null) {
    throw createFault(
      `"${text.trim()}" is not a comparison; write KEYWORD == VALUE, with == != ~ < <= > >=, contains or consists of`,
    );
  }
  const [, not, cards, sign, values] = match;
  const relation = sign === "!=" ? "==" : sign as Relation;
  const operands = splitUnquoted(values!, ",");
  const words = cards!.split(",").map((card) => card.trim());
  return {
    negated: (not !== undefined) !== (sign === "!="),
    cards: words.filter((word) => !isPattern(word)).flatMap((word) =>
      word === "type" ? checkTypeCards(typeCards) : parseCards(word)
    ),
    patterns: words.filter(isPattern).map((word) => {
      const [start, end] = word.split("*");
      return [start!, end!];
    }),
    relation,
    operands: relation === "consists of"
      ? [parseOperand(operands.map(checkWord).join(","), relation)]
      : operands.map((value) => parseOperand(value, relation)),
  };
}

function checkTypeCards(typeCards: readonly string[]): readonly string[] {
  if (typeCards.length > 0) return typeCards;
  throw createFault(
    `"type" has no cards yet; define it before this line, as: type = IMAGETYP`,
  );
}

const KEYWORD = /^[A-Z0-9_-]+( [A-Z0-9_-]+)*$/;

/** Whether a word is a keyword with one `*` for any text, as `*TYPE`. */
function isPattern(word: string): boolean {
  return word !== "*" && word.includes("*") &&
    KEYWORD.test(word.replace("*", "X"));
}

/** Expands a keyword: itself, or a range over its last character, as `LAMPSTA1..5`. */
function parseCards(text: string): string[] {
  const word = text.trim();
  const range = /^(.*)(?:([0-9])\.\.([0-9])|([A-Z])\.\.([A-Z]))$/.exec(word);
  const stem = range === null ? word : range[1]! + (range[2] ?? range[4]!);
  if (!KEYWORD.test(stem)) {
    throw createFault(
      word === ""
        ? "a keyword is missing"
        : `"${word}" is not a keyword; write keywords in capitals, as OBSTYPE, LAMPSTA1..5 or ESO DPR TYPE`,
    );
  }
  if (range === null) return [word];
  const first = (range[2] ?? range[4]!).charCodeAt(0);
  const last = (range[3] ?? range[5]!).charCodeAt(0);
  if (last < first) {
    throw createFault(`the range "${word}" runs backwards; exchange its ends`);
  }
  return Array.from(
    { length: last - first + 1 },
    (_, k) => range[1]! + String.fromCharCode(first + k),
  );
}

function parseOperand(text: string, relation: Relation): Operand {
  const value = removeQuotes(text);
  if (value === "" && text.trim() === "") {
    throw createFault(`a value is missing; compare an empty card with ""`);
  }
  const number = value === "" || !Number.isFinite(Number(value))
    ? null
    : Number(value);
  const isText = (TEXT_RELATIONS as readonly string[]).includes(relation);
  if (number === null && relation !== "==" && !isText) {
    throw createFault(`"${value}" is not a number, which ${relation} needs`);
  }
  return {
    normalized: normalizeText(value),
    number,
    pattern: createPattern(value, relation),
    part: findPart(value, relation),
  };
}

/** Returns the longest part of ASCII without wildcards; of a list, the empty text. */
function findPart(value: string, relation: Relation): string {
  if (relation === "consists of") return "";
  const parts = value.toLowerCase().split(
    relation === "~" ? /[*?]|[^ -~]/ : " ",
  );
  return parts.reduce((a, b) => b.length > a.length ? b : a);
}

/** Creates the pattern of a relation of texts; case does not matter. */
function createPattern(value: string, relation: Relation): RegExp | null {
  switch (relation) {
    case "~":
      return createGlob(value);
    case "contains":
      return createWordPattern(checkWords(value));
    case "consists of":
      return createListPattern(value.split(","));
    default:
      return null;
  }
}

/** Returns words without quotes, as `dome flat`. */
function checkWords(text: string): string {
  const words = removeQuotes(text);
  if (/^[a-z0-9]+( [a-z0-9]+)*$/i.test(words)) return words;
  throw createFault(
    `"${words}" is not a word; after contains and consists of write letters and digits`,
  );
}

/** A unit of seconds, and a number that may stand after a word: `flat2`, `dark30s`. */
const SECONDS = "(?:s|secs?)?";
const NUMBER = `(?:\\d+${SECONDS})?`;

function checkWord(text: string): string {
  const word = checkWords(text);
  if (!word.includes(" ")) return word;
  throw createFault(
    `"${word}" has several words; list single words after consists of`,
  );
}

/**
 * Matches a text that contains words as whole words, with any separators between them
 * or none: `dome flat` matches `DomeFlat2_red`, not `dome flattened`.
 */
function createWordPattern(words: string): RegExp {
  const source = words.split(" ").join("[^a-z0-9]*");
  return new RegExp(`(?<![a-z0-9])${source}${NUMBER}(?![a-z0-9])`, "i");
}

/** Matches a text that has no words other than these, numbers, and seconds as `30s`. */
function createListPattern(words: readonly string[]): RegExp {
  const word = `(?:${words.join("|")})`;
  // A token matches in one way only, which keeps the time linear in the text.
  const token = `(?:${word}${NUMBER}|\\d+${SECONDS})`;
  return new RegExp(`^[^a-z0-9]*(?:${token}(?:[^a-z0-9]+|$))+$`, "i");
}

/** `*` matches any text, `?` one character; case does not matter. */
function createGlob(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is");
}

function removeQuotes(text: string): string {
  const value = text.trim();
  return /^".*"$/s.test(value) ? value.slice(1, -1).trim() : value;
}

/** Splits a text at separators that are not in quotes. */
function splitUnquoted(text: string, separator: string): string[] {
  const quoted = text.split('"');
  if (quoted.length % 2 === 0) {
    throw createFault(`a quote (") is not closed`);
  }
  const parts = [""];
  quoted.forEach((piece, k) => {
    if (k % 2 === 1) {
      parts[parts.length - 1] += `"${piece}"`;
      return;
    }
    const [head, ...more] = piece.split(separator);
    parts[parts.length - 1] += head!;
    parts.push(...more);
  });
  return parts;
}
