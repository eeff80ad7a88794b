/**
 * `OBSTYPE == COMP, ARC and not LAMPS ~ *1*`: the conditions of a rules file.
 *
 * Faults are thrown without the file and the line, which `parseRules` adds.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { plainValue } from "./plain_value.ts";
import type { Comparison, Condition, Operand, Relation } from "./rules.ts";

/** What is wrong with a line, and what to do. */
export function ruleFault(what: string): SpitError {
  return new SpitError("bad_rules", what);
}

/**
 * Reads a condition. `and` binds closer than `or`, `not` closer than both.
 *
 * @param text Blanks in it are single ones.
 * @param typeCards What the word `type` stands for.
 * @throws {SpitError} `bad_rules`.
 */
export function parseCondition(
  text: string,
  typeCards: readonly string[],
): Condition {
  return splitAt(text, " or ").map((all) =>
    splitAt(all, " and ").map((one) => parseComparison(one, typeCards))
  );
}

const COMPARISON = /^(not )?([^=!<>~"]*)(==|!=|<=|>=|<|>|~)(.*)$/s;

function parseComparison(
  text: string,
  typeCards: readonly string[],
): Comparison {
  const match = COMPARISON.exec(text.trim());
  if (match === null) {
    throw ruleFault(
      `"${text.trim()}" compares nothing; write KEYWORD == VALUE, with == != ~ < <= > or >=`,
    );
  }
  const [, not, cards, sign, values] = match;
  const relation = sign === "!=" ? "==" : sign as Relation;
  return {
    negated: (not !== undefined) !== (sign === "!="),
    cards: cards!.split(",").flatMap((card) =>
      card.trim() === "type" ? typeCardsOf(typeCards) : parseCards(card)
    ),
    relation,
    operands: splitAt(values!, ",").map((value) =>
      parseOperand(value, relation)
    ),
  };
}

function typeCardsOf(typeCards: readonly string[]): readonly string[] {
  if (typeCards.length > 0) return typeCards;
  throw ruleFault(
    `"type" stands for no card yet; say which before this line, as in: type = IMAGETYP`,
  );
}

const KEYWORD = /^[A-Z0-9_-]+( [A-Z0-9_-]+)*$/;

/**
 * The keywords that a word stands for: itself, or with `LAMPSTA1..5` a range
 * over its last character.
 *
 * @throws {SpitError} `bad_rules`.
 */
export function parseCards(text: string): string[] {
  const word = text.trim();
  const range = /^(.*)(?:([0-9])\.\.([0-9])|([A-Z])\.\.([A-Z]))$/.exec(word);
  const stem = range === null ? word : range[1]! + (range[2] ?? range[4]!);
  if (!KEYWORD.test(stem)) {
    throw ruleFault(
      word === ""
        ? "a keyword is missing"
        : `"${word}" is no keyword; they are written in capitals, as OBSTYPE, LAMPSTA1..5 or ESO DPR TYPE`,
    );
  }
  if (range === null) return [word];
  const first = (range[2] ?? range[4]!).charCodeAt(0);
  const last = (range[3] ?? range[5]!).charCodeAt(0);
  if (last < first) {
    throw ruleFault(`the range "${word}" runs backwards; turn it round`);
  }
  return Array.from(
    { length: last - first + 1 },
    (_, k) => range[1]! + String.fromCharCode(first + k),
  );
}

function parseOperand(text: string, relation: Relation): Operand {
  const value = unquoted(text);
  if (value === "" && text.trim() === "") {
    throw ruleFault(
      `a value is missing; a card that is empty is compared with ""`,
    );
  }
  const number = value === "" || !Number.isFinite(Number(value))
    ? null
    : Number(value);
  if (number === null && !["==", "~"].includes(relation)) {
    throw ruleFault(`"${value}" is no number, and ${relation} asks for one`);
  }
  return {
    plain: plainValue(value),
    number,
    pattern: relation === "~" ? patternOf(value) : null,
  };
}

/** `*` stands for any text, `?` for one character; upper and lower case are the same. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is");
}

/** A value without the quotes around it. */
export function unquoted(text: string): string {
  const value = text.trim();
  return /^".*"$/s.test(value) ? value.slice(1, -1).trim() : value;
}

/** Splits a text where a separator stands outside quotes. */
export function splitAt(text: string, separator: string): string[] {
  const quoted = text.split('"');
  if (quoted.length % 2 === 0) {
    throw ruleFault(`a quote (") is opened and not closed`);
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
