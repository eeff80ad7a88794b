import type { CardValue, Header } from "../fits/header.ts";
import { normalizeText, toNumber, toText } from "./card_values.ts";
import type { Comparison, Condition } from "./rules.ts";

/**
 * Returns the cards that make a condition true, as `OBSTYPE=COMP`; `null` if it is false.
 * Negated comparisons add no card.
 */
export function findEvidence(
  condition: Condition,
  header: Header,
): string[] | null {
  for (const comparisons of condition) {
    const cards: string[] = [];
    const holds = comparisons.every((one) => {
      const match = findMatch(one, header);
      if (match !== null) cards.push(match);
      return (match === null) === one.negated;
    });
    if (holds) return cards;
  }
  return null;
}

/** Returns whether a condition is true; `null` is true of every header. */
export function isTrue(condition: Condition | null, header: Header): boolean {
  return condition === null || findEvidence(condition, header) !== null;
}

/** Returns the first card that satisfies a comparison, regardless of its negation. */
function findMatch(comparison: Comparison, header: Header): string | null {
  const { cards, patterns } = comparison;
  const keywords = patterns.length === 0
    ? cards
    : [...cards, ...findKeywords(patterns, header)];
  for (const card of keywords) {
    const value = header.values.get(card);
    if (value === undefined || value === null) continue;
    if (satisfies(value, comparison)) return `${card}=${toText(value)}`;
  }
  return null;
}

/** Returns the keywords of a header that match one of the patterns. */
function findKeywords(
  patterns: Comparison["patterns"],
  header: Header,
): string[] {
  return [...header.values.keys()].filter((keyword) =>
    patterns.some(([start, end]) =>
      keyword.length >= start.length + end.length &&
      keyword.startsWith(start) && keyword.endsWith(end)
    )
  );
}

/**
 * Values that comparisons have been evaluated for, and the results. In a night most cards
 * repeat: the types, the names of targets, the lamps.
 */
const knownResults = new WeakMap<Comparison, Map<CardValue, boolean>>();
const MOST_KNOWN = 32;
/** Length of the longest text that is kept; that of a card without CONTINUE cards. */
const LONGEST_KNOWN = 68;

/** Whether a value relates to any of the operands of a comparison. */
function satisfies(value: CardValue, comparison: Comparison): boolean {
  let results = knownResults.get(comparison);
  if (results === undefined) {
    knownResults.set(comparison, results = new Map<CardValue, boolean>());
  }
  const known = results.get(value);
  if (known !== undefined) return known;
  const result = evaluate(value, comparison);
  if (typeof value === "string" && value.length > LONGEST_KNOWN) return result;
  if (results.size >= MOST_KNOWN) results.clear();
  results.set(value, result);
  return result;
}

function evaluate(
  value: CardValue,
  { relation, operands }: Comparison,
): boolean {
  const text = toText(value)!;
  switch (relation) {
    case "~":
    case "contains":
    case "consists of": {
      const lower = text.toLowerCase();
      // V8 compiles a pattern when it is first tested, which takes far longer than the test.
      return operands.some(({ part, pattern }) =>
        lower.includes(part) && pattern!.test(text)
      );
    }
    case "==": {
      const number = toNumber(value);
      const normalized = normalizeText(text);
      return operands.some((operand) =>
        number !== undefined && operand.number !== null
          ? number === operand.number
          : normalized === operand.normalized
      );
    }
  }
  const number = toNumber(value);
  return number !== undefined &&
    operands.some((operand) => compare(number, relation, operand.number!));
}

function compare(
  one: number,
  relation: "<" | "<=" | ">" | ">=",
  other: number,
): boolean {
  switch (relation) {
    case "<":
      return one < other;
    case "<=":
      return one <= other;
    case ">":
      return one > other;
    case ">=":
      return one >= other;
  }
}
