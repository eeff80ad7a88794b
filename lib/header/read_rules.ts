/**
 * Rules files of one's own.
 *
 * @module
 */
import { readText } from "../io/file.ts";
import { parseRules } from "./parse_rules.ts";
import type { Rules } from "./rules.ts";

/**
 * Reads rules files; give what it returns as `rules` to who reads frames. They
 * go before the built-in ones, in the order of the paths.
 *
 * @throws {SpitError} `bad_rules`, naming the line; `not_found`, `is_directory`,
 *   `no_permission` or `io` when a file cannot be read.
 */
export async function readRules(paths: readonly string[]): Promise<Rules[]> {
  const rules: Rules[] = [];
  for (const path of paths) {
    rules.push(parseRules(await readText(path, "the rules"), path));
  }
  return rules;
}
