/**
 * Rules files: what the headers of an instrument claim, and which cards an observing
 * log is read from. `docs/rules.md` describes their syntax.
 *
 * @example Classify with the rules of an instrument
 * ```ts no-eval
 * import { classifyFile } from "../../mod.ts";
 * import { readRules } from "./mod.ts";
 *
 * const rules = await readRules(["my-spectrograph.rules"]);
 * const { header, agreement } = await classifyFile("r6.fits", { rules });
 * ```
 *
 * @module
 */
export { readRules } from "./parse_rules.ts";
export type { Rules } from "./rules.ts";
export { type ErrorCode, SpitError, type SpitErrorOptions } from "../errors.ts";
