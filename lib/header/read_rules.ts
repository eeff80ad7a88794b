/**
 * Rules files of one's own.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
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
  for (const path of paths) rules.push(parseRules(await textOf(path), path));
  return rules;
}

async function textOf(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const code = error instanceof Deno.errors.NotFound
      ? "not_found"
      : error instanceof Deno.errors.IsADirectory
      ? "is_directory"
      : error instanceof Deno.errors.PermissionDenied ||
          error instanceof Deno.errors.NotCapable
      ? "no_permission"
      : "io";
    const why = error instanceof Error ? error.message : String(error);
    throw new SpitError(
      code,
      `cannot read the rules in ${file}: ${why}`,
      { file },
      error,
    );
  }
}
