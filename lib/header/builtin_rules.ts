import type { Header } from "../fits/header.ts";
import { isTrue } from "./evaluate_rules.ts";
import {
  parseFramesCondition,
  parseReadings,
  parseRules,
} from "./parse_rules.ts";
import {
  type Condition,
  DETECTOR_READINGS,
  LOG_COLUMNS,
  type ParsedRules,
  POINTING_KEYS,
  type Rules,
} from "./rules.ts";
import acam from "./rules/acam.rules" with { type: "text" };
import alfosc from "./rules/alfosc.rules" with { type: "text" };
import binospec from "./rules/binospec.rules" with { type: "text" };
import bluechannel from "./rules/bluechannel.rules" with { type: "text" };
import cafos from "./rules/cafos.rules" with { type: "text" };
import common from "./rules/common.rules" with { type: "text" };
import dbsp from "./rules/dbsp.rules" with { type: "text" };
import deimos from "./rules/deimos.rules" with { type: "text" };
import deveny from "./rules/deveny.rules" with { type: "text" };
import dfosc from "./rules/dfosc.rules" with { type: "text" };
import dolores from "./rules/dolores.rules" with { type: "text" };
import efosc2 from "./rules/efosc2.rules" with { type: "text" };
import esi from "./rules/esi.rules" with { type: "text" };
import fire from "./rules/fire.rules" with { type: "text" };
import flamingos2 from "./rules/flamingos2.rules" with { type: "text" };
import floyds from "./rules/floyds.rules" with { type: "text" };
import focas from "./rules/focas.rules" with { type: "text" };
import fors2 from "./rules/fors2.rules" with { type: "text" };
import generic from "./rules/generic.rules" with { type: "text" };
import gmos from "./rules/gmos.rules" with { type: "text" };
import gnirs from "./rules/gnirs.rules" with { type: "text" };
import goodman from "./rules/goodman.rules" with { type: "text" };
import hires from "./rules/hires.rules" with { type: "text" };
import ids from "./rules/ids.rules" with { type: "text" };
import isis from "./rules/isis.rules" with { type: "text" };
import kast from "./rules/kast.rules" with { type: "text" };
import kcwi from "./rules/kcwi.rules" with { type: "text" };
import kosmos from "./rules/kosmos.rules" with { type: "text" };
import ldss3 from "./rules/ldss3.rules" with { type: "text" };
import lris from "./rules/lris.rules" with { type: "text" };
import luci from "./rules/luci.rules" with { type: "text" };
import mage from "./rules/mage.rules" with { type: "text" };
import mmirs from "./rules/mmirs.rules" with { type: "text" };
import mods from "./rules/mods.rules" with { type: "text" };
import modspec from "./rules/modspec.rules" with { type: "text" };
import mosfire from "./rules/mosfire.rules" with { type: "text" };
import nires from "./rules/nires.rules" with { type: "text" };
import nirspec from "./rules/nirspec.rules" with { type: "text" };
import osiris from "./rules/osiris.rules" with { type: "text" };
import osmos from "./rules/osmos.rules" with { type: "text" };
import rss from "./rules/rss.rules" with { type: "text" };
import sinfoni from "./rules/sinfoni.rules" with { type: "text" };
import sprat from "./rules/sprat.rules" with { type: "text" };
import spupnic from "./rules/spupnic.rules" with { type: "text" };
import tspec from "./rules/tspec.rules" with { type: "text" };
import xshooter from "./rules/xshooter.rules" with { type: "text" };

/**
 * Texts of the built-in rules files. `generic` is for all frames that no file before it is
 * for; `common` is for all frames, in addition.
 */
export const BUILTIN_RULES: Readonly<Record<string, string>> = {
  acam,
  alfosc,
  binospec,
  bluechannel,
  cafos,
  dbsp,
  deimos,
  deveny,
  dfosc,
  dolores,
  efosc2,
  esi,
  fire,
  flamingos2,
  floyds,
  focas,
  fors2,
  gmos,
  gnirs,
  goodman,
  hires,
  ids,
  isis,
  kast,
  kcwi,
  kosmos,
  ldss3,
  lris,
  luci,
  mage,
  mmirs,
  mods,
  modspec,
  mosfire,
  nires,
  nirspec,
  osiris,
  osmos,
  rss,
  sinfoni,
  sprat,
  spupnic,
  tspec,
  xshooter,
  generic,
  common,
};

/**
 * Selects the first rules that are for a frame: the user's, else those of its instrument,
 * else `generic.rules`. Columns of the log and keys of the detector that they leave out are
 * read by `generic.rules`; the rest of the configuration is not.
 */
export function selectRules(
  header: Header,
  userRules: readonly Rules[] = [],
): ParsedRules {
  const parsed = userRules as readonly ParsedRules[];
  return completeRules(
    parsed.find(({ frames }) => isTrue(frames, header)) ??
      parseBuiltin(
        listBuiltins().find(({ frames }) => isTrue(frames, header))!,
      ),
  );
}

const completed = new WeakMap<ParsedRules, ParsedRules>();

/** Adds the readings of `generic.rules` that rules leave out. */
function completeRules(rules: ParsedRules): ParsedRules {
  const known = completed.get(rules);
  if (known !== undefined) return known;
  const missing = [...LOG_COLUMNS, ...POINTING_KEYS, ...DETECTOR_READINGS]
    .filter((name) => rules.readings[name] === undefined);
  const readings = {
    ...rules.readings,
    ...parseReadings(BUILTIN_RULES.generic!, missing),
  };
  const complete = { ...rules, readings };
  completed.set(rules, complete);
  return complete;
}

/** Returns the rules that add to those of every instrument. */
export function selectCommonRules(): ParsedRules {
  return parseBuiltin(listBuiltins().find(({ name }) => name === "common")!);
}

/** A built-in file, parsed as far as needed: parsing all would delay every start by 5 ms. */
interface Builtin {
  readonly name: string;
  readonly text: string;
  readonly frames: Condition | null;
  rules?: ParsedRules;
}

let builtins: readonly Builtin[] | undefined;

function listBuiltins(): readonly Builtin[] {
  return builtins ??= Object.entries(BUILTIN_RULES).map(([name, text]) => ({
    name,
    text,
    frames: parseFramesCondition(text),
  }));
}

function parseBuiltin(builtin: Builtin): ParsedRules {
  return builtin.rules ??= parseRules(builtin.text, `${builtin.name}.rules`);
}
