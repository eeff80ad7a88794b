/**
 * Suggestions for misspelt words.
 *
 * @module
 */
import { levenshteinDistance } from "./std.ts";

/**
 * Returns the word of a list that is closest to a word and at most two letters off,
 * ignoring case; `undefined` if there is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { findClosestWord } from "./closest_word.ts";
 *
 * assertEquals(findClosestWord("flta", ["bias", "flat"]), "flat");
 * assertEquals(findClosestWord("wavelength", ["bias", "flat"]), undefined);
 * ```
 */
export function findClosestWord(
  word: string,
  words: readonly string[],
): string | undefined {
  const lower = word.toLowerCase();
  const [closest] = words
    .filter((name) => Math.abs(name.length - lower.length) <= 2)
    .map((name) => ({ name, distance: levenshteinDistance(name, lower) }))
    .filter(({ distance }) => distance <= 2)
    .sort((one, other) => one.distance - other.distance);
  return closest?.name;
}
