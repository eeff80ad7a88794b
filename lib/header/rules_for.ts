/**
 * Which rules a header is read by.
 *
 * @module
 */
import type { Header } from "../fits/header.ts";
import { builtInRulesFor, genericRules } from "./built_in_rules.ts";
import { holds } from "./holds.ts";
import { LOG_NAMES, type Rules } from "./rules.ts";

/**
 * The first rules that are for such frames. The columns of the log that they
 * leave out, but not the configuration, are read as `generic.rules` say.
 *
 * @param own Rules of one's own, before the built-in ones.
 */
export function rulesFor(header: Header, own: readonly Rules[] = []): Rules {
  const rules = own.find(({ frames }) => holds(frames, header)) ??
    builtInRulesFor(header);
  const general = genericRules();
  const readings = { ...rules.readings };
  for (const name of LOG_NAMES) readings[name] ??= general.readings[name];
  return { ...rules, readings };
}
