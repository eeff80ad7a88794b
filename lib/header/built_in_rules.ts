/**
 * The rules that come along, one file for each instrument.
 *
 * @module
 */
import alfosc from "./rules/alfosc.rules" with { type: "text" };
import dbsp from "./rules/dbsp.rules" with { type: "text" };
import deimos from "./rules/deimos.rules" with { type: "text" };
import deveny from "./rules/deveny.rules" with { type: "text" };
import efosc2 from "./rules/efosc2.rules" with { type: "text" };
import floyds from "./rules/floyds.rules" with { type: "text" };
import fors2 from "./rules/fors2.rules" with { type: "text" };
import generic from "./rules/generic.rules" with { type: "text" };
import gmos from "./rules/gmos.rules" with { type: "text" };
import goodman from "./rules/goodman.rules" with { type: "text" };
import ids from "./rules/ids.rules" with { type: "text" };
import isis from "./rules/isis.rules" with { type: "text" };
import kast from "./rules/kast.rules" with { type: "text" };
import lris from "./rules/lris.rules" with { type: "text" };
import osiris from "./rules/osiris.rules" with { type: "text" };
import sprat from "./rules/sprat.rules" with { type: "text" };
import spupnic from "./rules/spupnic.rules" with { type: "text" };
import xshooter from "./rules/xshooter.rules" with { type: "text" };
import type { Header } from "../fits/header.ts";
import { holds } from "./holds.ts";
import { parseFrames, parseRules } from "./parse_rules.ts";
import type { Condition, Rules } from "./rules.ts";

/** Their texts; what is for all frames comes last. */
export const RULES_TEXTS: Readonly<Record<string, string>> = {
  alfosc,
  dbsp,
  deimos,
  deveny,
  efosc2,
  floyds,
  fors2,
  gmos,
  goodman,
  ids,
  isis,
  kast,
  lris,
  osiris,
  sprat,
  spupnic,
  xshooter,
  generic,
};

/** A file, and as much of it as was read. */
interface BuiltIn {
  readonly name: string;
  readonly text: string;
  readonly frames: Condition | null;
  rules?: Rules;
}

let all: readonly BuiltIn[] | undefined;

/** The built-in rules for a frame: those of its instrument, else `generic.rules`. */
export function builtInRulesFor(header: Header): Rules {
  return rulesOf(builtIns().find(({ frames }) => holds(frames, header))!);
}

/** The rules for all frames. */
export function genericRules(): Rules {
  return rulesOf(builtIns().at(-1)!);
}

function builtIns(): readonly BuiltIn[] {
  return all ??= Object.entries(RULES_TEXTS).map(([name, text]) => ({
    name,
    text,
    frames: parseFrames(text),
  }));
}

/** Read when they are first needed: to read all would delay every start by 5 ms. */
function rulesOf(one: BuiltIn): Rules {
  return one.rules ??= parseRules(one.text, `${one.name}.rules`);
}
