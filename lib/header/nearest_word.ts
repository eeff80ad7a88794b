/**
 * What a misspelt word was meant as. By hand and not from a package, since
 * workers read rules, too, and start faster without any.
 *
 * @module
 */

/**
 * The word of a list that is at most two letters off; `undefined` when none is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { nearestWord } from "./nearest_word.ts";
 *
 * assertEquals(nearestWord("flta", ["bias", "flat"]), "flat");
 * assertEquals(nearestWord("wavelength", ["bias", "flat"]), undefined);
 * ```
 */
export function nearestWord(
  word: string,
  known: readonly string[],
): string | undefined {
  const lower = word.toLowerCase();
  const [nearest] = known
    .filter((name) => Math.abs(name.length - lower.length) <= 2)
    .map((name) => ({ name, steps: distance(name, lower) }))
    .sort((a, b) => a.steps - b.steps);
  return nearest !== undefined && nearest.steps <= 2 ? nearest.name : undefined;
}

/** Letters to add, leave out or replace (Levenshtein 1966), row by row. */
function distance(one: string, two: string): number {
  let row = Array.from({ length: two.length + 1 }, (_, k) => k);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let k = 0; k < two.length; k++) {
      const replaced = row[k]! + (two[k] === letter ? 0 : 1);
      next.push(Math.min(replaced, row[k + 1]! + 1, next[k]! + 1));
    }
    row = next;
  }
  return row[two.length]!;
}
