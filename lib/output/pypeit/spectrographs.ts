/**
 * PypeIt's spectrographs: whose frames they take, and what makes a configuration of each.
 *
 * @module
 */
import type { ConfigurationKeys } from "../../calibration/configurations.ts";

/** A spectrograph of PypeIt's. */
export interface Spectrograph extends ConfigurationKeys {
  /** Our name of the instrument, as `LogEntry.instrument` has it; `null` for any. */
  readonly instrument: string | null;
}

/** What biases and darks share with the frames that they serve. */
const lightless = (...names: string[]): ConfigurationKeys["shared"] => ({
  bias: names,
  dark: names,
});

const GMOS: ConfigurationKeys = {
  keys: "dispname dichroic decker dispangle datasec binning".split(" "),
  shared: lightless("datasec", "binning"),
  tolerances: { dispangle: 1e-5 },
};
const OSIRIS: ConfigurationKeys = {
  keys: ["dispname", "decker", "binning"],
  // Standards are taken through a wide slit.
  shared: { ...lightless("binning"), standard: ["dispname"] },
  tolerances: {},
};
const DEIMOS: ConfigurationKeys = {
  keys: "dispname decker binning dispangle amp filter1".split(" "),
  shared: lightless("binning", "amp"),
  tolerances: { dispangle: 1e-5 },
};
const LRIS_BLUE: ConfigurationKeys = {
  keys: ["dispname", "dichroic", "decker", "amp", "binning"],
  shared: lightless("amp", "binning"),
  tolerances: {},
};
const LRIS_RED: ConfigurationKeys = {
  ...LRIS_BLUE,
  keys: [...LRIS_BLUE.keys, "dispangle", "cenwave"],
  tolerances: { dispangle: 1e-2, cenwave: 1e-3 },
};
const DEVENY: ConfigurationKeys = {
  // PypeIt works `cenwave` out from the angle.
  keys: ["dispname", "dispangle", "filter1", "binning"],
  shared: lightless("binning"),
  tolerances: { dispangle: 1e-3 },
};
const ALFOSC: ConfigurationKeys = {
  keys: ["dispname", "decker", "binning"],
  shared: lightless("binning"),
  tolerances: {},
};
const EFOSC2: ConfigurationKeys = {
  keys: ["dispname", "decker", "binning", "datasec"],
  shared: lightless("binning", "datasec"),
  tolerances: {},
};
const DBSP: ConfigurationKeys = {
  keys: ["dispname", "binning", "dispangle", "dichroic"],
  shared: lightless("binning"),
  tolerances: { dispangle: 1e-2 },
};
const KAST: ConfigurationKeys = {
  keys: ["dispname", "dichroic"],
  shared: lightless("binning"),
  tolerances: {},
};
const KAST_RED: ConfigurationKeys = {
  ...KAST,
  keys: [...KAST.keys, "dispangle"],
  tolerances: { dispangle: 1e-3 },
};
const GOODMAN: ConfigurationKeys = {
  keys: ["dispname", "mode", "decker", "binning", "dispangle"],
  shared: lightless("binning"),
  tolerances: { dispangle: 1e-3 },
};
const FORS2: ConfigurationKeys = {
  keys: ["dispname", "dispangle", "decker", "detector"],
  shared: lightless("detector"),
  tolerances: { dispangle: 2 },
};
const XSHOOTER: ConfigurationKeys = {
  keys: ["arm"],
  shared: {},
  tolerances: {},
};
const ISIS: ConfigurationKeys = {
  keys: ["dispname", "decker", "binning", "dispangle", "dichroic"],
  shared: lightless("binning"),
  tolerances: { dispangle: 1e-3 },
};

/** Those that we do not know: as PypeIt's `Spectrograph`, but with the angle and the binning. */
const ANY: ConfigurationKeys = {
  keys: ["dispname", "dichroic", "decker", "dispangle", "binning"],
  shared: lightless("binning"),
  tolerances: { dispangle: 1e-3 },
};

const of = (instrument: string, marks: ConfigurationKeys): Spectrograph => ({
  instrument,
  ...marks,
});

/**
 * By PypeIt's name.
 *
 * Source: PypeIt 2.0.1, pypeit/spectrographs: of each class `configuration_keys`,
 * `config_independent_frames` and the `rtol` of its metadata. The date, which biases
 * of DEIMOS and LRIS must share, is left out: a night is on two.
 */
export const SPECTROGRAPHS: ReadonlyMap<string, Spectrograph> = new Map([
  ["gemini_gmos_north_e2v", of("gmos-n", GMOS)],
  ["gemini_gmos_north_ham", of("gmos-n", GMOS)],
  ["gemini_gmos_north_ham_ns", of("gmos-n", GMOS)],
  ["gemini_gmos_south_ham", of("gmos-s", GMOS)],
  ["gtc_osiris", of("osiris", OSIRIS)],
  ["gtc_osiris_plus", of("osiris", OSIRIS)],
  ["keck_deimos", of("deimos", DEIMOS)],
  ["keck_lris_blue", of("lris-blue", LRIS_BLUE)],
  ["keck_lris_blue_orig", of("lris-blue", LRIS_BLUE)],
  ["keck_lris_red", of("lris-red", LRIS_RED)],
  ["keck_lris_red_mark4", of("lris-red", LRIS_RED)],
  ["keck_lris_red_orig", of("lris-red", LRIS_RED)],
  ["ldt_deveny", of("deveny", DEVENY)],
  ["not_alfosc", of("alfosc", ALFOSC)],
  ["not_alfosc_vert", of("alfosc", ALFOSC)],
  ["ntt_efosc2", of("efosc2", EFOSC2)],
  ["p200_dbsp_blue", of("dbsp-blue", DBSP)],
  ["p200_dbsp_red", of("dbsp-red", DBSP)],
  ["shane_kast_blue", of("kast-blue", KAST)],
  ["shane_kast_red", of("kast-red", KAST_RED)],
  ["shane_kast_red_ret", of("kast-red", KAST)],
  ["soar_goodman_blue", of("goodman", GOODMAN)],
  ["soar_goodman_red", of("goodman", GOODMAN)],
  ["vlt_fors2", of("fors2", FORS2)],
  ["vlt_xshooter_nir", of("xshooter-nir", XSHOOTER)],
  ["vlt_xshooter_uvb", of("xshooter-uvb", XSHOOTER)],
  ["vlt_xshooter_vis", of("xshooter-vis", XSHOOTER)],
  ["wht_isis_blue", of("isis-blue", ISIS)],
  ["wht_isis_red", of("isis-red", ISIS)],
]);

/** A spectrograph by PypeIt's name; one that we do not know takes the frames of any instrument. */
export function getSpectrograph(name: string): Spectrograph {
  return SPECTROGRAPHS.get(name) ?? { instrument: null, ...ANY };
}
