import type { CardValue, Header } from "../fits/header.ts";
import { normalizeText, toNumber, toText } from "./card_values.ts";
import type { Comparison, Condition, Operand, Relation } from "./rules.ts";

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
function findMatch(
  { cards, patterns, relation, operands }: Comparison,
  header: Header,
): string | null {
  const keywords = patterns.length === 0
    ? cards
    : [...cards, ...findKeywords(patterns, header)];
  for (const card of keywords) {
    const value = header.values.get(card);
    if (value === undefined || value === null) continue;
    if (operands.some((operand) => compare(value, relation, operand))) {
      return `${card}=${toText(value)}`;
    }
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

function compare(
  value: CardValue,
  relation: Relation,
  operand: Operand,
): boolean {
  if (operand.pattern !== null) {
    const text = toText(value)!;
    // V8 compiles a pattern when it is first tested, which takes far longer than the test.
    return text.toLowerCase().includes(operand.part) &&
      operand.pattern.test(text);
  }
  const number = toNumber(value);
  if (relation === "==") {
    return number !== undefined && operand.number !== null
      ? number === operand.number
      : normalizeText(toText(value)!) === operand.normalized;
  }
  if (number === undefined) return false;
  switch (relation as "<" | "<=" | ">" | ">=") {
    case "<":
      return number < operand.number!;
    case "<=":
      return number <= operand.number!;
    case ">":
      return number > operand.number!;
    case ">=":
      return number >= operand.number!;
  }
}
