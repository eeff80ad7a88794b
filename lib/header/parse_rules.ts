/**
 * The text of a rules file → {@linkcode Rules}. `docs/rules.md` tells the form.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { FRAME_TYPES, isFrameType } from "../frame_type.ts";
import { findClosestWord } from "../closest_word.ts";
import {
  parseCards,
  parseCondition,
  ruleFault,
  splitAt,
  unquoted,
} from "./parse_condition.ts";
import { numberOf } from "./plain_value.ts";
import {
  type ClaimRule,
  type Comparison,
  CONFIGURATION_NAMES,
  type ConfigurationName,
  LOG_NAMES,
  type LogName,
  type Reading,
  type Rules,
  type Source,
} from "./rules.ts";

/** What is before a `:`, and what is before a `=`. */
const CLAIM_WORDS = ["frames", ...FRAME_TYPES];
const READING_WORDS = ["type", ...LOG_NAMES, ...CONFIGURATION_NAMES];

/** Rules while their file is read. */
interface Draft {
  frames: (readonly Comparison[])[] | null;
  typeCards: readonly string[];
  rank: number;
  claims: ClaimRule[];
  readings: Partial<Record<LogName | ConfigurationName, Reading[]>>;
}

/**
 * Reads rules.
 *
 * @param text The file.
 * @param file Its name, for messages.
 * @throws {SpitError} `bad_rules`, naming the file and the line, showing the line
 *   and saying what to do.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { makeHeader } from "../fits/header.ts";
 * import { claim } from "./claim.ts";
 * import { parseRules } from "./parse_rules.ts";
 *
 * const rules = parseRules("arc : LAMPSTAA..K == on and EXPTIME <= 61\n", "kast.rules");
 * const header = makeHeader([
 *   { keyword: "LAMPSTAD", value: "on", comment: "" },
 *   { keyword: "EXPTIME", value: 20, comment: "" },
 * ]);
 * assertEquals(claim(header, rules), { type: "arc", evidence: "LAMPSTAD=on, EXPTIME=20" });
 * ```
 */
export function parseRules(text: string, file: string): Rules {
  const draft = emptyDraft();
  text.split(/\r\n|\r|\n/).forEach((raw, k) => {
    const line = raw.trim().replace(/\s+/g, " ");
    if (line === "" || line.startsWith("#")) return;
    try {
      parseLine(line, draft);
    } catch (error) {
      throw withLine(error, file, k + 1, line);
    }
  });
  const { frames, claims, readings } = draft;
  if (claims.length === 0 && Object.keys(readings).length === 0) {
    throw new SpitError(
      "bad_rules",
      `${file} holds no rule; write one in a line, as in: arc : OBSTYPE == COMP`,
      { file },
    );
  }
  return { frames, claims, readings };
}

/**
 * The `frames` of rules alone, which takes a tenth of the time. It is for rules
 * that are known to be good: errors elsewhere go unnoticed.
 */
export function parseFrames(text: string): Rules["frames"] {
  const draft = emptyDraft();
  for (const line of text.match(/^frames .*$/gm) ?? []) parseLine(line, draft);
  return draft.frames;
}

function emptyDraft(): Draft {
  return { frames: null, typeCards: [], rank: 0, claims: [], readings: {} };
}

function withLine(
  error: unknown,
  file: string,
  number: number,
  line: string,
): unknown {
  if (!(error instanceof SpitError)) return error;
  const shown = line.length > 80 ? `${line.slice(0, 79)}…` : line;
  return new SpitError(
    "bad_rules",
    `${file}, line ${number}: ${error.description} (in: ${shown})`,
    { file, cause: error },
  );
}

/** The first sign of a line says what it is: `word : condition`, or `word = sources`. */
function parseLine(line: string, draft: Draft): void {
  if (line === "otherwise") {
    draft.rank++;
    return;
  }
  const match = /^([^:=]*)([:=])(.*)$/.exec(line);
  if (match === null) {
    throw ruleFault(
      `this is neither "TYPE : CONDITION", nor "NAME = KEYWORD", nor "otherwise"`,
    );
  }
  const [, before, sign, after] = match;
  const word = before!.trim();
  if (sign === ":") addClaim(word, after!.trim(), draft);
  else addReading(word, after!.trim(), draft);
}

function addClaim(word: string, text: string, draft: Draft): void {
  if (word !== "frames" && !isFrameType(word)) {
    throw unknownWord(word, CLAIM_WORDS, 'before ":" stands one of');
  }
  const condition = parseCondition(text, draft.typeCards);
  if (!isFrameType(word)) {
    draft.frames = [...draft.frames ?? [], ...condition];
    return;
  }
  if (condition.some((all) => all.every(({ negated }) => negated))) {
    throw ruleFault(
      "a header without any of these cards would claim the type; ask for a card that must be there, too",
    );
  }
  draft.claims.push({ type: word, condition, rank: draft.rank });
}

function addReading(word: string, text: string, draft: Draft): void {
  if (word === "type") {
    draft.typeCards = text.split(",").flatMap(parseCards);
    return;
  }
  if (!isReadingName(word)) {
    throw unknownWord(word, READING_WORDS, 'before "=" stands one of');
  }
  const [before, condition, ...more] = splitAt(text, " if ");
  if (more.length > 0) throw ruleFault(`"if" stands twice in the line`);
  const sources = splitAt(before!, ",").map(parseSource);
  if (word === "longitude") sources.forEach(checkLongitude);
  (draft.readings[word] ??= []).push({
    sources,
    condition: condition === undefined
      ? null
      : parseCondition(condition, draft.typeCards),
  });
}

/** What stands for itself: a text in quotes, a number, a word in small letters. */
const LITERAL = /^("[^"]*"|[-+]?\d+(\.\d*)?|[a-z][a-z0-9-]*)$/;

function parseSource(text: string): Source {
  const source = text.trim();
  if (source === "") throw ruleFault("a keyword or a value is missing");
  if (LITERAL.test(source)) return { text: unquoted(source) };
  const swapped = source.startsWith("swapped ");
  const cards = source.replace(/^swapped /, "").split("+");
  return { cards: cards.flatMap(parseCards), swapped };
}

/** A slip here would put frames into other nights, or into none. */
function checkLongitude(source: Source): void {
  if (!("text" in source)) return;
  const degrees = numberOf(source.text);
  if (degrees === undefined || degrees < -180 || degrees > 360) {
    throw ruleFault(
      `"${source.text}" is no longitude; give degrees to the east as a number, to the west below 0`,
    );
  }
}

function isReadingName(word: string): word is LogName | ConfigurationName {
  return [...LOG_NAMES, ...CONFIGURATION_NAMES].some((name) => name === word);
}

/** A fault that lists what there is, the likeliest first. */
function unknownWord(
  word: string,
  known: readonly string[],
  what: string,
): SpitError {
  const nearest = findClosestWord(word, known);
  const meant = nearest === undefined ? "" : `did you mean ${nearest}? `;
  return ruleFault(
    `there is no "${word}"; ${meant}${what} ${known.join(", ")}`,
  );
}
