/**
 * Instrument configurations: frames that share the state of the instrument, and the
 * calibrations that serve them. This is the only definition of a configuration; PypeIt
 * files, groups of rows and missing calibrations follow it.
 *
 * @module
 */
import { type FrameType, isOnSky } from "../frame_type.ts";
import { formatMjd } from "../header/card_values.ts";
import type { LogEntry } from "../header/log_entry.ts";
import type { ConfigurationKey } from "../header/rules.ts";

export interface ConfigurationDefinition {
  /**
   * Keys of `LogEntry.configuration` in which the configurations differ, besides
   * {@linkcode DETECTOR_KEYS}.
   */
  readonly keys: readonly ConfigurationKey[];
  /** Types whose frames serve several configurations, and the keys that they share with these. */
  readonly shared: Readonly<
    Partial<Record<FrameType, readonly ConfigurationKey[]>>
  >;
  /** Tolerances of numeric keys, relative to the first value. Default: 0. */
  readonly tolerances?: Readonly<Partial<Record<ConfigurationKey, number>>>;
  /** Whether its frames need a bias or a dark. Default: true. */
  readonly needsBias?: boolean;
}

/** A spectrograph of PypeIt. */
export interface Spectrograph extends ConfigurationDefinition {
  /** Name of the instrument in `LogEntry.instrument`; `null` for any. */
  readonly instrument: string | null;
  /** First day, UT, on which its detector was used: `2021-04-22`. */
  readonly since?: string;
  /** First day, UT, on which its detector was no longer used. */
  readonly until?: string;
}

/**
 * Keys of camera, window and read-out. Frames that differ in one of these, where both
 * headers have it, are never combined, whatever their type.
 */
export const DETECTOR_KEYS: readonly ConfigurationKey[] = [
  ...["arm", "detector", "size", "window", "datasec"] as const,
  ...["binning", "amp", "readout", "gain"] as const,
];

/** Returns the keys in which a frame of a type must agree with a configuration. */
export function listKeys(
  { keys, shared }: ConfigurationDefinition,
  type: FrameType | "unknown" | null,
): ConfigurationKey[] {
  const own = type === null || type === "unknown" ? undefined : shared[type];
  return [...new Set([...DETECTOR_KEYS, ...own ?? keys])];
}

/** Biases and darks share keys of the detector with the frames that they serve. */
function shareUnlit(
  ...keys: ConfigurationKey[]
): ConfigurationDefinition["shared"] {
  return { bias: keys, dark: keys };
}

const GMOS: ConfigurationDefinition = {
  keys: ["dispname", "dichroic", "decker", "dispangle", "datasec", "binning"],
  shared: shareUnlit("datasec", "binning"),
  tolerances: { dispangle: 1e-5 },
};
const OSIRIS: ConfigurationDefinition = {
  keys: ["dispname", "decker", "binning"],
  // Standard stars are observed through a wide slit.
  shared: { ...shareUnlit("binning"), standard: ["dispname"] },
};
const DEIMOS: ConfigurationDefinition = {
  keys: ["dispname", "decker", "binning", "dispangle", "amp", "filter1"],
  shared: shareUnlit("binning", "amp"),
  tolerances: { dispangle: 1e-5 },
};
const LRIS_BLUE: ConfigurationDefinition = {
  keys: ["dispname", "dichroic", "decker", "amp", "binning"],
  shared: shareUnlit("amp", "binning"),
};
const LRIS_RED: ConfigurationDefinition = {
  ...LRIS_BLUE,
  keys: [...LRIS_BLUE.keys, "dispangle", "cenwave"],
  tolerances: { dispangle: 1e-2, cenwave: 1e-3 },
};
const DEVENY: ConfigurationDefinition = {
  // PypeIt computes `cenwave` from the angle.
  keys: ["dispname", "dispangle", "filter1", "binning"],
  shared: shareUnlit("binning"),
  tolerances: { dispangle: 1e-3 },
};
const ALFOSC: ConfigurationDefinition = {
  keys: ["dispname", "decker", "binning"],
  shared: shareUnlit("binning"),
};
const EFOSC2: ConfigurationDefinition = {
  keys: ["dispname", "decker", "binning", "datasec"],
  shared: shareUnlit("binning", "datasec"),
};
const DBSP: ConfigurationDefinition = {
  keys: ["dispname", "binning", "dispangle", "dichroic"],
  shared: shareUnlit("binning"),
  tolerances: { dispangle: 1e-2 },
};
const KAST: ConfigurationDefinition = {
  keys: ["dispname", "dichroic"],
  shared: shareUnlit("binning"),
};
const KAST_RED: ConfigurationDefinition = {
  ...KAST,
  keys: [...KAST.keys, "dispangle"],
  tolerances: { dispangle: 1e-3 },
};
const GOODMAN: ConfigurationDefinition = {
  keys: ["dispname", "mode", "decker", "binning", "dispangle"],
  shared: shareUnlit("binning"),
  tolerances: { dispangle: 1e-3 },
};
const FORS2: ConfigurationDefinition = {
  keys: ["dispname", "dispangle", "decker", "detector"],
  shared: shareUnlit("detector"),
  tolerances: { dispangle: 2 },
};
const XSHOOTER: ConfigurationDefinition = {
  keys: ["arm"],
  shared: shareUnlit(),
};
const ISIS: ConfigurationDefinition = {
  keys: ["dispname", "decker", "binning", "dispangle", "dichroic"],
  shared: shareUnlit("binning"),
  tolerances: { dispangle: 1e-3 },
};

const HIRES: ConfigurationDefinition = {
  keys: ["dispname", "decker", "filter1", "echangle", "xdangle", "binning"],
  shared: shareUnlit("dispname", "binning"),
  // PypeIt's tolerances are in part absolute, 0.01 and 0.1 degrees.
  tolerances: { echangle: 1e-2, xdangle: 5e-2 },
};
const NIRSPEC: ConfigurationDefinition = {
  keys: ["filter1", "filter2", "echangle", "xdangle", "decker"],
  shared: shareUnlit("binning"),
  tolerances: { echangle: 1e-3, xdangle: 1e-3 },
};

/** A definition without tolerances, or with some. */
function define(
  keys: readonly ConfigurationKey[],
  tolerances: ConfigurationDefinition["tolerances"] = {},
): ConfigurationDefinition {
  return { keys, shared: shareUnlit("binning"), tolerances };
}

/** Near-infrared arrays, for which PypeIt uses neither a bias nor an overscan. */
const NO_BIAS = { needsBias: false };

const GNIRS = define(["decker", "dispname", "dispangle"], { dispangle: 1e-4 });
const KCWI = define(["dispname", "decker", "binning", "cenwave"], {
  cenwave: 0.01,
});
const LUCI = define(["decker", "dispname", "dispangle", "filter1", "arm"], {
  dispangle: 0.1,
});
const MODS = define(["dichroic", "dispname", "binning"]);
const OSMOS = define(["dispname", "decker", "binning"]);
/** The keys of PypeIt's base class. */
const BASE = define(["dispname", "dichroic", "decker"]);

/**
 * For instruments that PypeIt does not know: every key that their rules read. A slit may
 * be given as its measured width.
 */
const DEFAULT: ConfigurationDefinition = {
  keys: [
    ...["dispname", "dispangle", "cenwave", "echangle", "xdangle"] as const,
    ...["decker", "slitwid", "dichroic", "filter1", "filter2"] as const,
    "mode",
  ],
  shared: shareUnlit(),
  tolerances: {
    dispangle: 1e-3,
    cenwave: 1e-3,
    echangle: 1e-3,
    xdangle: 1e-3,
    decker: 0.03,
  },
};

/** Tolerances of measured values, for every instrument. */
const MEASURED: ConfigurationDefinition["tolerances"] = {
  gain: 0.02,
  slitwid: 0.03,
};

/** Returns the tolerances of a definition, with those that hold for every instrument. */
export function listTolerances(
  { tolerances }: ConfigurationDefinition,
): NonNullable<ConfigurationDefinition["tolerances"]> {
  return { ...MEASURED, ...tolerances };
}

/**
 * Spectrographs by PypeIt's name; of several for one instrument the usual one comes first.
 *
 * Source: PypeIt 2.0.1, pypeit/spectrographs: `configuration_keys`,
 * `config_independent_frames`, the `rtol` of the metadata of each class, and the days on
 * which detectors were replaced (`check_spectrograph`, `comment`). Left out are the date,
 * which biases of DEIMOS and LRIS share, because a night has two; and keys that PypeIt
 * computes (slit of MOSFIRE; `cenwave` of Modspec and Blue Channel, with any tolerance).
 */
export const SPECTROGRAPHS: ReadonlyMap<string, Spectrograph> = new Map(
  Object.entries<Spectrograph>({
    gemini_flamingos2: { instrument: "flamingos2", ...BASE, ...NO_BIAS },
    gemini_gmos_north_ham: {
      instrument: "gmos-n",
      since: "2017-02-01",
      ...GMOS,
    },
    gemini_gmos_north_ham_ns: {
      instrument: "gmos-n",
      since: "2017-02-01",
      ...GMOS,
    },
    gemini_gmos_north_e2v: {
      instrument: "gmos-n",
      until: "2017-03-01",
      ...GMOS,
    },
    gemini_gmos_south_ham: { instrument: "gmos-s", ...GMOS },
    gemini_gnirs_echelle: { instrument: "gnirs", ...GNIRS, ...NO_BIAS },
    gemini_gnirs_ifu: { instrument: "gnirs", ...GNIRS, ...NO_BIAS },
    gtc_osiris_plus: { instrument: "osiris", ...OSIRIS },
    gtc_osiris: { instrument: "osiris", ...OSIRIS },
    gtc_maat: { instrument: "osiris", ...OSIRIS },
    keck_deimos: { instrument: "deimos", ...DEIMOS },
    keck_esi: { instrument: "esi", ...define([]) },
    keck_hires: { instrument: "hires", since: "2004-08-01", ...HIRES },
    keck_kcrm: { instrument: "kcrm", ...KCWI },
    keck_kcwi: { instrument: "kcwi", ...KCWI },
    keck_lris_blue: {
      instrument: "lris-blue",
      since: "2009-05-01",
      ...LRIS_BLUE,
    },
    keck_lris_blue_orig: {
      instrument: "lris-blue",
      until: "2009-05-01",
      ...LRIS_BLUE,
    },
    keck_lris_red: {
      instrument: "lris-red",
      since: "2009-05-03",
      until: "2021-04-22",
      ...LRIS_RED,
    },
    keck_lris_red_mark4: {
      instrument: "lris-red",
      since: "2021-04-22",
      ...LRIS_RED,
    },
    keck_lris_red_orig: {
      instrument: "lris-red",
      until: "2009-05-03",
      ...LRIS_RED,
    },
    keck_mosfire: {
      instrument: "mosfire",
      ...define(["decker", "dispname", "filter1"]),
      ...NO_BIAS,
    },
    keck_nires: { instrument: "nires", ...define(["dispname"]), ...NO_BIAS },
    keck_nirspec_high: {
      instrument: "nirspec",
      since: "2018-10-01",
      ...NIRSPEC,
      ...NO_BIAS,
    },
    keck_nirspec_high_old: {
      instrument: "nirspec",
      until: "2019-01-01",
      ...NIRSPEC,
      ...NO_BIAS,
    },
    keck_nirspec_low: {
      instrument: "nirspec",
      since: "2018-10-01",
      ...define(["decker", "dispname"]),
      ...NO_BIAS,
    },
    lbt_luci1: { instrument: "luci1", ...LUCI, ...NO_BIAS },
    lbt_luci2: { instrument: "luci2", ...LUCI, ...NO_BIAS },
    lbt_mods1b: { instrument: "mods1b", ...MODS },
    lbt_mods1r: { instrument: "mods1r", ...MODS },
    lbt_mods2b: { instrument: "mods2b", ...MODS },
    lbt_mods2r: { instrument: "mods2r", ...MODS },
    ldt_deveny: { instrument: "deveny", ...DEVENY },
    magellan_fire: { instrument: "fire", ...BASE, ...NO_BIAS },
    magellan_fire_long: { instrument: "fire", ...BASE, ...NO_BIAS },
    magellan_mage: { instrument: "mage", ...define([]) },
    mdm_modspec: {
      instrument: "modspec",
      ...define(["dispname", "filter1", "binning"]),
    },
    mdm_osmos_mdm4k: { instrument: "osmos", ...OSMOS },
    mdm_osmos_r4k: { instrument: "osmos", ...OSMOS },
    mmt_binospec: { instrument: "binospec", ...define(["dispname"]) },
    mmt_bluechannel: {
      instrument: "bluechannel",
      ...define(["dispname", "dispangle", "filter1"], { dispangle: 2e-3 }),
    },
    mmt_mmirs: { instrument: "mmirs", ...BASE, ...NO_BIAS },
    not_alfosc: { instrument: "alfosc", ...ALFOSC },
    not_alfosc_vert: { instrument: "alfosc", ...ALFOSC },
    ntt_efosc2: { instrument: "efosc2", ...EFOSC2 },
    p200_dbsp_blue: { instrument: "dbsp-blue", ...DBSP },
    p200_dbsp_red: { instrument: "dbsp-red", ...DBSP },
    p200_tspec: { instrument: "tspec", ...define(["dispname"]), ...NO_BIAS },
    shane_kast_blue: { instrument: "kast-blue", ...KAST },
    shane_kast_red: { instrument: "kast-red", ...KAST_RED },
    shane_kast_red_ret: { instrument: "kast-red", ...KAST },
    soar_goodman_blue: { instrument: "goodman-blue", ...GOODMAN },
    soar_goodman_red: { instrument: "goodman-red", ...GOODMAN },
    subaru_focas: {
      instrument: "focas",
      keys: ["dispname", "decker", "detector"],
      shared: shareUnlit("detector"),
    },
    tng_dolores: { instrument: "dolores", ...define(["dispname", "decker"]) },
    vlt_fors2: { instrument: "fors2", ...FORS2 },
    vlt_sinfoni: {
      instrument: "sinfoni",
      ...define(["decker", "dispname", "filter1"]),
      ...NO_BIAS,
    },
    vlt_xshooter_nir: { instrument: "xshooter-nir", ...XSHOOTER, ...NO_BIAS },
    vlt_xshooter_uvb: { instrument: "xshooter-uvb", ...XSHOOTER },
    vlt_xshooter_vis: { instrument: "xshooter-vis", ...XSHOOTER },
    wht_isis_blue: { instrument: "isis-blue", ...ISIS },
    wht_isis_red: { instrument: "isis-red", ...ISIS },
  }),
);

/** PypeIt's names of spectrographs for which there are no header rules here. */
export const OTHER_SPECTROGRAPHS: readonly string[] = [
  ...["aat_uhrf", "apf_levy", "arc_kosmos", "bok_bc", "d154_dfosc"],
  ...["gemini_flamingos1", "int_ids_eev10", "int_ids_redplus2"],
  ...["jwst_nircam", "jwst_nirspec", "lbt_mods1b_proc", "lbt_mods1r_proc"],
  ...["lbt_mods2b_proc", "lbt_mods2r_proc", "p200_ngps_i", "p200_ngps_r"],
];

/** Returns the spectrograph of a PypeIt name. An unknown name accepts frames of any instrument. */
export function findSpectrograph(name: string): Spectrograph {
  return SPECTROGRAPHS.get(name) ?? { instrument: null, ...DEFAULT };
}

/**
 * Returns whether two names are those of one instrument. Headers of one camera can differ
 * in case: `DADOS200` and `Dados200`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { isSameInstrument } from "./configuration.ts";
 *
 * assert(isSameInstrument("DADOS200", "Dados200"));
 * assert(!isSameInstrument("kast-red", null));
 * ```
 */
export function isSameInstrument(
  one: string | null,
  other: string | null,
): boolean {
  return one === other ||
    one !== null && one.toLowerCase() === other?.toLowerCase();
}

/** Returns PypeIt's names for frames of an instrument, the usual one first. */
export function findSpectrographNames(
  instrument: string,
  mjd: number | null,
): string[] {
  return [...SPECTROGRAPHS].flatMap(([name, one]) =>
    isSameInstrument(one.instrument, instrument) && wasInUse(one, mjd)
      ? [name]
      : []
  );
}

/** Returns whether the detector of a spectrograph was in use; true for an unknown date. */
export function wasInUse(
  { since, until }: Pick<Spectrograph, "since" | "until">,
  mjd: number | null,
): boolean {
  if (mjd === null) return true;
  const day = formatMjd(mjd).slice(0, 10);
  return (since === undefined || day >= since) &&
    (until === undefined || day < until);
}

const DEFINITIONS: ReadonlyMap<string | null, ConfigurationDefinition> =
  new Map<string | null, ConfigurationDefinition>([
    // The first spectrograph of an instrument counts.
    ...[...SPECTROGRAPHS.values()].reverse()
      .map((one) => [one.instrument, one] as const),
    // The header does not name the camera.
    ["goodman", GOODMAN],
    // PypeIt after 2.0.1 has a name for each of its two detectors.
    [
      "ids",
      define(["dispname", "dispangle", "detector", "binning"], {
        dispangle: 1e-3,
      }),
    ],
  ]);

/** Returns PypeIt's definition for a `LogEntry.instrument`, or a default if it has none. */
export function findDefinition(
  instrument: string | null,
): ConfigurationDefinition {
  return DEFINITIONS.get(instrument?.toLowerCase() ?? null) ?? DEFAULT;
}

/** Returns the definition of an instrument; see {@linkcode findDefinition}. */
export type FindDefinition = (
  instrument: string | null,
) => ConfigurationDefinition;

/** Values of a configuration by key, as `{ dispname: "600/4310" }`. */
export type ConfigurationValues = Readonly<Record<string, string>>;

/** Returns the values of some keys, without those that are unknown. */
export function selectValues(
  log: Pick<LogEntry, "configuration"> | null,
  keys: readonly string[],
): ConfigurationValues {
  return Object.fromEntries(keys.flatMap((key) => {
    const value = log?.configuration[key]?.trim() ?? "";
    return value === "" ? [] : [[key, value] as const];
  }));
}

/**
 * Returns whether two configurations have the same values in all keys that both have.
 * Texts are compared without regard to case, numbers with the tolerance of the key.
 *
 * Source: PypeIt 2.0.1, spectrograph.py (`same_configuration`).
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { isCompatible } from "./configuration.ts";
 *
 * const tolerances = { dispangle: 1e-3 };
 * const frame = { dispname: "600/7500", dispangle: "7450.2" };
 * assert(isCompatible(frame, { dispangle: "7450.1", decker: "0.5" }, tolerances));
 * assert(!isCompatible(frame, { dispangle: "7450.1", dispname: "300" }, tolerances));
 * ```
 */
export function isCompatible(
  first: ConfigurationValues,
  second: ConfigurationValues,
  tolerances: Readonly<Partial<Record<string, number>>> = {},
): boolean {
  return Object.entries(second).every(([key, value]) =>
    first[key] === undefined ||
    isSameValue(first[key], value, tolerances[key] ?? 0)
  );
}

/** {@linkcode isCompatible} for configurations that also must have the same keys. */
export function isSameConfiguration(
  first: ConfigurationValues,
  second: ConfigurationValues,
  tolerances?: ConfigurationDefinition["tolerances"],
): boolean {
  return Object.keys(first).length === Object.keys(second).length &&
    Object.keys(second).every((key) => key in first) &&
    isCompatible(first, second, tolerances);
}

function isSameValue(first: string, second: string, tolerance: number) {
  if (first.toUpperCase() === second.toUpperCase()) return true;
  // Texts give NaN, which compares false.
  const difference = Math.abs(Number(second) - Number(first));
  return difference <= tolerance * Math.abs(Number(first));
}

/** Rows that share an instrument and a configuration. */
interface RowGroup<R> {
  readonly instrument: string | null;
  readonly configuration: ConfigurationValues;
  readonly rows: R[];
}

/**
 * Groups rows by instrument and configuration. Unlike {@linkcode groupByConfiguration} it
 * puts each row into one group: that of its own header.
 *
 * @param getType Returns the type of a row, whose keys count; without it all keys do.
 * @returns The groups in their order of appearance, with the values of their first row.
 */
export function splitByConfiguration<R>(
  rows: readonly R[],
  getLog: (row: R) => LogEntry | null,
  getType: (row: R) => FrameType | "unknown" | null = () => null,
): RowGroup<R>[] {
  const groups: RowGroup<R>[] = [];
  for (const row of rows) {
    const log = getLog(row);
    const instrument = log?.instrument ?? null;
    const definition = findDefinition(instrument);
    const keys = listKeys(definition, getType(row));
    const configuration = selectValues(log, keys);
    const tolerances = listTolerances(definition);
    const group = groups.find((one) =>
      isSameInstrument(one.instrument, instrument) &&
      isSameConfiguration(one.configuration, configuration, tolerances)
    );
    if (group !== undefined) group.rows.push(row);
    else groups.push({ instrument, configuration, rows: [row] });
  }
  return groups;
}

export interface ConfiguredFrame {
  /** Its type; `null` or `unknown` if it has none. */
  readonly type: FrameType | "unknown" | null;
  /** Whether it may be used as its type. */
  readonly use: boolean;
  /** Its log entry; `null` if the header could not be read. */
  readonly log: LogEntry | null;
}

/** A configuration with its frames. */
export interface Configuration<F> {
  /** A, B, … Z, AA, AB, …, by the time of the first frame of the instrument. */
  readonly name: string;
  /** Instrument of its frames; `null` if unknown. */
  readonly instrument: string | null;
  /** The values that its frames share. */
  readonly configuration: ConfigurationValues;
  /** The frames, by time. A bias may belong to several configurations. */
  readonly frames: readonly F[];
}

/** A frame whose header lacks keys of the configurations. */
export interface IncompleteFrame<F> {
  readonly frame: F;
  /** The keys that it lacks; `instrument` among them if it has none. */
  readonly lacks: readonly string[];
  /** The configurations that its header does not contradict. */
  readonly fits: readonly Configuration<F>[];
}

/** What {@linkcode groupByConfiguration} returns. */
export interface Grouping<F> {
  /** By instrument; those with light by time, then those of biases that serve none. */
  readonly configurations: readonly Configuration<F>[];
  /** Usable frames that are in no configuration, because their header does not tell which. */
  readonly incomplete: readonly IncompleteFrame<F>[];
  /** Usable frames that are in the only configuration that their header does not contradict. */
  readonly completed: readonly IncompleteFrame<F>[];
}

/** What the header of frames says about their configuration. */
interface Setting {
  /** `null` also for frames that name no instrument among others that do. */
  readonly instrument: string | null;
  readonly definition: ConfigurationDefinition;
  /** The keys that count for their type. */
  readonly keys: readonly ConfigurationKey[];
  readonly values: ConfigurationValues;
}

/** Frames with equal values. */
interface Cluster<F> extends Setting {
  readonly frames: F[];
}

/** A configuration that is being built. */
interface Group<F> extends Omit<Setting, "values"> {
  values: ConfigurationValues;
  readonly members: Set<F>;
}

/** Where the header of a cluster lets it be. */
interface Place<F> {
  readonly groups: readonly Group<F>[];
  readonly lacks: readonly string[];
  readonly isIncomplete: boolean;
}

/**
 * Groups frames by instrument and configuration. Frames of a shared type, mostly biases,
 * belong to every configuration that they serve. A usable frame whose header lacks keys
 * joins the only configuration that it does not contradict; if there are several, or it
 * lacks more than half of the keys, it is incomplete, and in none. The same holds for a
 * frame that names no instrument, or no arm, among others that do.
 *
 * A frame that must not be used makes no configuration: it is in the one of its header,
 * else in all that its header does not contradict.
 *
 * Source: PypeIt 2.0.1, metadata.py (`unique_configurations`, `set_configurations`). Unlike
 * there, the keys of the detector count for every spectrograph, and a shared frame that
 * serves no configuration gets one of its own.
 *
 * @param find Returns the definition of an instrument.
 */
export function groupByConfiguration<F extends ConfiguredFrame>(
  frames: readonly F[],
  find: FindDefinition = findDefinition,
): Grouping<F> {
  const sorted = frames.toSorted(compareTimes);
  const { usable = [], unusable = [] } = Object.groupBy(
    sorted,
    ({ use }) => use ? "usable" : "unusable",
  );
  const named = listInstruments(usable);
  const findOwnDefinition = ({ log }: F) => find(log?.instrument ?? null);
  const describe = (frame: F): Setting => {
    const own = frame.log?.instrument ?? null;
    const definition = findOwnDefinition(frame);
    const keys = listKeys(definition, frame.type);
    return {
      instrument: own !== null && isNamed(own, named)
        ? named.find((name) => isSameInstrument(name, own)) ?? own
        : null,
      definition,
      keys,
      values: selectValues(frame.log, keys),
    };
  };
  const isShared = (frame: F) =>
    frame.type !== null && frame.type !== "unknown" &&
    findOwnDefinition(frame).shared[frame.type] !== undefined;

  const groups: Group<F>[] = [];
  const placed: { frame: F; place: Place<F> }[] = [];
  const place = (cluster: Cluster<F>): boolean => {
    const place = findPlace(cluster, groups);
    if (place === null) return false;
    for (const frame of cluster.frames) {
      placed.push({ frame, place });
      if (place.isIncomplete) continue;
      for (const { members } of place.groups) members.add(frame);
    }
    return true;
  };
  const start = (cluster: Cluster<F>): Group<F> => ({
    ...cluster,
    members: new Set(cluster.frames),
  });
  const lit = gatherClusters(usable.filter((one) => !isShared(one)), describe);
  for (const cluster of lit.toSorted(compareCompleteness)) {
    if (!place(cluster)) groups.push(start(cluster));
  }
  const unserving = gatherClusters(usable.filter(isShared), describe)
    .filter((cluster) => !place(cluster))
    .map(start);

  const firsts = new Map(groups.map((group) => [
    group,
    usable.findIndex((one) => group.members.has(one) && !isShared(one)),
  ]));
  groups.sort((one, other) => firsts.get(one)! - firsts.get(other)!);
  const all = [...groups, ...unserving];
  for (const frame of unusable) {
    for (const { members } of findGroups(describe(frame), all)) {
      members.add(frame);
    }
  }
  const byInstrument = [...Map.groupBy(all, ({ instrument }) => instrument)]
    .sort(([one], [other]) => compareNames(one, other));
  const configurations = new Map(
    byInstrument.flatMap(([instrument, own]) =>
      own.map((group, index): [Group<F>, Configuration<F>] => [group, {
        name: nameConfiguration(index),
        instrument,
        configuration: group.values,
        frames: sorted.filter((frame) => group.members.has(frame)),
      }])
    ),
  );
  const listPlaced = (isIncomplete: boolean): IncompleteFrame<F>[] =>
    placed.filter(({ place }) =>
      place.lacks.length > 0 && place.isIncomplete === isIncomplete
    ).map(({ frame, place: { lacks, groups } }) => ({
      frame,
      lacks,
      fits: groups.map((group) => configurations.get(group)!),
    }));
  return {
    configurations: [...configurations.values()],
    incomplete: listPlaced(true),
    completed: listPlaced(false),
  };
}

/** Compares frames by time, for sorting; those without a time come last. */
export function compareTimes(
  one: Pick<ConfiguredFrame, "log">,
  other: Pick<ConfiguredFrame, "log">,
): number {
  const [first, second] = [one.log?.mjd ?? null, other.log?.mjd ?? null];
  if (first !== null && second !== null) return first - second;
  return Number(first === null) - Number(second === null);
}

/** Sorts by name, `null` last. */
function compareNames(one: string | null, other: string | null): number {
  if (one === null || other === null) {
    return Number(one === null) - Number(other === null);
  }
  return one < other ? -1 : 1;
}

/** Lists the names of the instruments, each in its first spelling. */
function listInstruments(frames: readonly ConfiguredFrame[]): string[] {
  const names = new Set(frames.flatMap(({ log }) => log?.instrument ?? []));
  return [...names].filter((name, k, all) =>
    all.findIndex((other) => isSameInstrument(name, other)) === k
  );
}

/** Instruments of several arms or cameras whose headers may not tell which. */
const ARMLESS: readonly string[] = ["goodman", "xshooter"];

/** Whether a name tells the arm, where others name arms of the same instrument. */
function isNamed(instrument: string, named: readonly string[]): boolean {
  const own = instrument.toLowerCase();
  return !ARMLESS.includes(own) ||
    !named.some((name) => name.toLowerCase().startsWith(`${own}-`));
}

function findCluster<F>(
  clusters: readonly Cluster<F>[],
  own: Setting,
): Cluster<F> | undefined {
  const tolerances = listTolerances(own.definition);
  return clusters.find(({ instrument, keys, values }) =>
    instrument === own.instrument && keys.join() === own.keys.join() &&
    isSameConfiguration(values, own.values, tolerances)
  );
}

/** Gathers frames with equal values in the same keys. */
function gatherClusters<F>(
  frames: readonly F[],
  describe: (frame: F) => Setting,
): Cluster<F>[] {
  const clusters: Cluster<F>[] = [];
  // Most values are equal to the letter: the others are compared with each cluster.
  const known = new Map<string, Cluster<F>>();
  for (const frame of frames) {
    const own = describe(frame);
    const text = JSON.stringify([own.instrument, own.keys, own.values]);
    const cluster = known.get(text) ?? findCluster(clusters, own);
    if (cluster !== undefined) cluster.frames.push(frame);
    else clusters.push({ ...own, frames: [frame] });
    known.set(text, cluster ?? clusters.at(-1)!);
  }
  return clusters;
}

/**
 * Sorts clusters that others can join first: those of a named instrument, with the most
 * keys, with frames of the sky.
 */
function compareCompleteness<F extends ConfiguredFrame>(
  one: Cluster<F>,
  other: Cluster<F>,
): number {
  const hasSky = ({ frames }: Cluster<F>) =>
    frames.some(({ type }) => isOnSky(type));
  const count = ({ values }: Cluster<F>) => Object.keys(values).length;
  return Number(one.instrument === null) - Number(other.instrument === null) ||
    count(other) - count(one) ||
    Number(hasSky(other)) - Number(hasSky(one));
}

/** Finds the groups that a cluster belongs to; `null` if it contradicts all. */
function findPlace<F>(
  cluster: Cluster<F>,
  groups: readonly Group<F>[],
): Place<F> | null {
  const { instrument, keys, values } = cluster;
  const fits = findCompatible(cluster, groups);
  const [first, ...others] = fits;
  if (first === undefined) return null;
  // An image always has a size, so that it is not what a header lost.
  const wanted = keys.filter((key) =>
    key !== "size" && fits.some(({ values }) => values[key] !== undefined)
  );
  const isUnnamed = instrument === null &&
    fits.some(({ instrument }) => instrument !== null);
  const lacks = [
    ...isUnnamed ? ["instrument"] : [],
    ...wanted.filter((key) => values[key] === undefined),
  ];
  const isAmbiguous = others.some((other) =>
    other.instrument !== first.instrument ||
    !isCompatible(
      restrict(first.values, keys),
      restrict(other.values, keys),
      listTolerances(first.definition),
    )
  );
  const isLost = lacks.length > 1 && 2 * lacks.length > wanted.length;
  const isIncomplete = lacks.length > 0 && (isAmbiguous || isLost);
  return { groups: fits, lacks, isIncomplete };
}

/** Returns the groups that have no other values, of the same instrument or of any for `null`. */
function findCompatible<F>(
  { instrument, keys, values }: Setting,
  groups: readonly Group<F>[],
): Group<F>[] {
  return groups.filter((group) =>
    (instrument === null || instrument === group.instrument) &&
    isCompatible(
      restrict(group.values, keys),
      values,
      listTolerances(group.definition),
    )
  );
}

/** Returns the groups with the same values, else all that have no others. */
function findGroups<F>(
  setting: Setting,
  groups: readonly Group<F>[],
): Group<F>[] {
  const fits = findCompatible(setting, groups);
  const same = fits.filter(({ values, definition }) =>
    isSameConfiguration(
      restrict(values, setting.keys),
      setting.values,
      listTolerances(definition),
    )
  );
  return same.length > 0 ? same : fits;
}

function restrict(
  values: ConfigurationValues,
  keys: readonly string[],
): ConfigurationValues {
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => keys.includes(key)),
  );
}

/**
 * Returns the name of a configuration by its index from 0: a letter, and two after the
 * 26th.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { nameConfiguration } from "./configuration.ts";
 *
 * assertEquals([0, 25, 26, 53].map(nameConfiguration), ["A", "Z", "AA", "BB"]);
 * ```
 */
export function nameConfiguration(index: number): string {
  const letter = String.fromCharCode(65 + index % 26);
  return index < 26
    ? letter
    : nameConfiguration(Math.floor(index / 26) - 1) + letter;
}
