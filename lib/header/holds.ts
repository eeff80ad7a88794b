/**
 * Whether a header meets a condition, and which of its cards do.
 *
 * @module
 */
import type { CardValue, Header } from "../fits/header.ts";
import { numberOf, plainValue, textOf } from "./plain_value.ts";
import type { Comparison, Condition, Operand, Relation } from "./rules.ts";

/**
 * The cards by which a condition holds, as `OBSTYPE=COMP`; `null` when it does
 * not hold. Of a comparison that is negated no card can be shown.
 */
export function evidenceOf(
  condition: Condition,
  header: Header,
): string[] | null {
  for (const comparisons of condition) {
    const found = comparisons.map((one) => matchOf(one, header));
    if (
      found.every((match, k) => (match === null) === comparisons[k]!.negated)
    ) {
      return found.filter((match) => match !== null);
    }
  }
  return null;
}

/** Whether a condition holds. No condition holds for every header. */
export function holds(condition: Condition | null, header: Header): boolean {
  return condition === null || evidenceOf(condition, header) !== null;
}

/** The first card that relates as asked, whether that is wanted or not. */
function matchOf(
  { cards, relation, operands }: Comparison,
  header: Header,
): string | null {
  for (const card of cards) {
    const value = header.values.get(card);
    if (value === undefined || value === null) continue;
    if (operands.some((operand) => relates(value, relation, operand))) {
      return `${card}=${textOf(value)}`;
    }
  }
  return null;
}

function relates(
  value: CardValue,
  relation: Relation,
  operand: Operand,
): boolean {
  if (relation === "~") return operand.pattern!.test(textOf(value)!);
  const number = numberOf(value);
  if (relation === "==") {
    return number !== undefined && operand.number !== null
      ? number === operand.number
      : plainValue(textOf(value)!) === operand.plain;
  }
  if (number === undefined) return false;
  switch (relation) {
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
