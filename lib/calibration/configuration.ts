/**
 * Instrument configurations: frames that share the state of the instrument, and the
 * calibrations that serve them. This is the only definition of a configuration; PypeIt
 * files, groups of rows and missing calibrations follow it.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import type { LogEntry } from "../header/log_entry.ts";
import type { ConfigurationKey } from "../header/rules.ts";

export interface ConfigurationDefinition {
  /** Keys of `LogEntry.configuration` in which the configurations differ. */
  readonly keys: readonly ConfigurationKey[];
  /** Types whose frames serve several configurations, and the keys that they share with these. */
  readonly shared: Readonly<
    Partial<Record<FrameType, readonly ConfigurationKey[]>>
  >;
  /** Tolerances of numeric keys, relative to the first value. Default: 0. */
  readonly tolerances?: Readonly<Partial<Record<ConfigurationKey, number>>>;
}

export interface Spectrograph extends ConfigurationDefinition {
  /** Name of the instrument in `LogEntry.instrument`; `null` for any. */
  readonly instrument: string | null;
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
const XSHOOTER: ConfigurationDefinition = { keys: ["arm"], shared: {} };
const ISIS: ConfigurationDefinition = {
  keys: ["dispname", "decker", "binning", "dispangle", "dichroic"],
  shared: shareUnlit("binning"),
  tolerances: { dispangle: 1e-3 },
};

/** For other instruments: the keys of PypeIt's base class, with the angle and the binning. A slit may be given as its measured width. */
const DEFAULT: ConfigurationDefinition = {
  keys: ["dispname", "dichroic", "decker", "dispangle", "binning"],
  shared: shareUnlit("binning"),
  tolerances: { decker: 1e-3, dispangle: 1e-3 },
};

/**
 * Spectrographs by PypeIt's name.
 *
 * Source: PypeIt 2.0.1, pypeit/spectrographs: `configuration_keys`,
 * `config_independent_frames` and the `rtol` of the metadata of each class. The date,
 * which biases of DEIMOS and LRIS share, is left out, because a night has two.
 */
export const SPECTROGRAPHS: ReadonlyMap<string, Spectrograph> = new Map(
  Object.entries({
    gemini_gmos_north_e2v: { instrument: "gmos-n", ...GMOS },
    gemini_gmos_north_ham: { instrument: "gmos-n", ...GMOS },
    gemini_gmos_north_ham_ns: { instrument: "gmos-n", ...GMOS },
    gemini_gmos_south_ham: { instrument: "gmos-s", ...GMOS },
    gtc_osiris: { instrument: "osiris", ...OSIRIS },
    gtc_osiris_plus: { instrument: "osiris", ...OSIRIS },
    keck_deimos: { instrument: "deimos", ...DEIMOS },
    keck_lris_blue: { instrument: "lris-blue", ...LRIS_BLUE },
    keck_lris_blue_orig: { instrument: "lris-blue", ...LRIS_BLUE },
    keck_lris_red: { instrument: "lris-red", ...LRIS_RED },
    keck_lris_red_mark4: { instrument: "lris-red", ...LRIS_RED },
    keck_lris_red_orig: { instrument: "lris-red", ...LRIS_RED },
    ldt_deveny: { instrument: "deveny", ...DEVENY },
    not_alfosc: { instrument: "alfosc", ...ALFOSC },
    not_alfosc_vert: { instrument: "alfosc", ...ALFOSC },
    ntt_efosc2: { instrument: "efosc2", ...EFOSC2 },
    p200_dbsp_blue: { instrument: "dbsp-blue", ...DBSP },
    p200_dbsp_red: { instrument: "dbsp-red", ...DBSP },
    shane_kast_blue: { instrument: "kast-blue", ...KAST },
    shane_kast_red: { instrument: "kast-red", ...KAST_RED },
    shane_kast_red_ret: { instrument: "kast-red", ...KAST },
    soar_goodman_blue: { instrument: "goodman", ...GOODMAN },
    soar_goodman_red: { instrument: "goodman", ...GOODMAN },
    vlt_fors2: { instrument: "fors2", ...FORS2 },
    vlt_xshooter_nir: { instrument: "xshooter-nir", ...XSHOOTER },
    vlt_xshooter_uvb: { instrument: "xshooter-uvb", ...XSHOOTER },
    vlt_xshooter_vis: { instrument: "xshooter-vis", ...XSHOOTER },
    wht_isis_blue: { instrument: "isis-blue", ...ISIS },
    wht_isis_red: { instrument: "isis-red", ...ISIS },
  }),
);

/** Returns the spectrograph of a PypeIt name. An unknown name accepts frames of any instrument. */
export function findSpectrograph(name: string): Spectrograph {
  return SPECTROGRAPHS.get(name) ?? { instrument: null, ...DEFAULT };
}

const DEFINITIONS: ReadonlyMap<string | null, ConfigurationDefinition> =
  new Map(
    // The first spectrograph of an instrument counts.
    [...SPECTROGRAPHS.values()].reverse().map((one) => [one.instrument, one]),
  );

/** Returns PypeIt's definition for a `LogEntry.instrument`, or a default if it has none. */
export function findDefinition(
  instrument: string | null,
): ConfigurationDefinition {
  return DEFINITIONS.get(instrument) ?? DEFAULT;
}

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
 * @returns The groups in their order of appearance, with the values of their first row.
 */
export function splitByConfiguration<R>(
  rows: readonly R[],
  getLog: (row: R) => LogEntry | null,
): RowGroup<R>[] {
  const groups: RowGroup<R>[] = [];
  for (const row of rows) {
    const log = getLog(row);
    const instrument = log?.instrument ?? null;
    const { keys, tolerances } = findDefinition(instrument);
    const configuration = selectValues(log, keys);
    const group = groups.find((one) =>
      one.instrument === instrument &&
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

/** A configuration with its frames, in their original order. */
export interface Configuration<F> {
  /** A, B, … Z, AA, AB, … */
  readonly name: string;
  /** The values that its frames share, taken from the first of them. */
  readonly configuration: ConfigurationValues;
  /** The frames. A bias may belong to several configurations. */
  readonly frames: readonly F[];
}

/**
 * Groups frames of an instrument by configuration, as PypeIt does. Frames of a shared
 * type, mostly biases, belong to every configuration that they serve, and so does a frame
 * whose header has none of the keys. A frame that must not be used makes no configuration
 * of its own: it is in the first that its header does not contradict, or in none.
 *
 * Source: PypeIt 2.0.1, metadata.py (`unique_configurations`, `set_configurations`). Unlike
 * there, a shared frame that serves no configuration gets one of its own, and a key that
 * its header lacks does not exclude it.
 */
export function groupByConfiguration<F extends ConfiguredFrame>(
  frames: readonly F[],
  { keys, shared, tolerances }: ConfigurationDefinition,
): Configuration<F>[] {
  type Group = { readonly first: F; readonly members: Set<F> };
  const find = (
    frame: F,
    groups: readonly Group[],
    isMatch: typeof isSameConfiguration,
  ) =>
    groups.find(({ first }) =>
      isMatch(
        selectValues(first.log, keys),
        selectValues(frame.log, keys),
        tolerances,
      )
    );
  const assign = (frame: F, groups: Group[]) => {
    const group = find(frame, groups, isSameConfiguration);
    if (group !== undefined) group.members.add(frame);
    else groups.push({ first: frame, members: new Set([frame]) });
  };
  const findSharedKeys = ({ type, log }: F) =>
    (type === null || type === "unknown" ? undefined : shared[type]) ??
      (Object.keys(selectValues(log, keys)).length === 0 ? [] : undefined);

  const join = (frame: F, groups: readonly Group[]) => {
    const group = find(frame, groups, isSameConfiguration) ??
      find(frame, groups, isCompatible);
    group?.members.add(frame);
  };
  // Frames that must not be used come last, because they join what is there.
  const { usable = [], unusable = [] } = Object.groupBy(
    frames,
    ({ use }) => use ? "usable" : "unusable",
  );
  const isShared = (frame: F) => findSharedKeys(frame) !== undefined;
  const configurations: Group[] = [];
  const unserving: Group[] = [];
  for (const frame of usable) {
    if (!isShared(frame)) assign(frame, configurations);
  }
  for (const frame of [...usable, ...unusable].filter(isShared)) {
    const names = findSharedKeys(frame)!;
    const values = selectValues(frame.log, names);
    const served = configurations.filter(({ first }) =>
      isCompatible(selectValues(first.log, names), values, tolerances)
    );
    for (const { members } of served) members.add(frame);
    if (served.length > 0) continue;
    if (frame.use) assign(frame, unserving);
    else join(frame, unserving);
  }
  for (const frame of unusable) {
    if (!isShared(frame)) join(frame, [...configurations, ...unserving]);
  }
  return [...configurations, ...unserving].map(({ first, members }, index) => ({
    name: nameConfiguration(index),
    configuration: selectValues(first.log, keys),
    frames: frames.filter((frame) => members.has(frame)),
  }));
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
