/**
 * Rules files: what the headers of an instrument claim, and which cards an observing
 * log is read from. `docs/rules.md` describes their syntax.
 *
 * @example Classify with rules of your own
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { classifyFile } from "../../mod.ts";
 * import { readRules } from "./mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".rules" });
 * await Deno.writeTextFile(path, "arc : LAMPSTA1..4 == on\n");
 * const rules = await readRules([path]);
 * const { error } = await classifyFile("no-such.fits", { rules });
 * assertEquals(error?.code, "not_found");
 * ```
 *
 * @module
 */
export { readRules } from "./parse_rules.ts";
export type { Rules } from "./rules.ts";
export { type ErrorCode, SpitError, type SpitErrorOptions } from "../errors.ts";
