/**
 * PypeIt's spectrographs: whose frames they take, and what makes a setup of each.
 *
 * @module
 */

/** A spectrograph of PypeIt's. */
export interface Spectrograph {
  /** Our name of the instrument, as `LogEntry.instrument` has it; `null` for any. */
  readonly instrument: string | null;
  /** The parts of the setup that tell its configurations apart. */
  readonly keys: readonly string[];
}

/** A slit is no part of it where arcs are taken through a narrow one. */
const ANY_SLIT = ["dispname", "dispangle", "dichroic", "binning"];
const OWN_SLIT = ["dispname", "decker", "binning", "cenwave", "dispangle"];
const MASK = ["dispname", "decker", "binning", "dispangle", "cenwave", "amp"];

const of = (instrument: string, keys: readonly string[]): Spectrograph => ({
  instrument,
  keys,
});

/**
 * By PypeIt's name.
 *
 * Source: PypeIt 1.16, `configuration_keys` of the classes in
 * pypeit/spectrographs, as far as headers that we read have them.
 */
export const SPECTROGRAPHS: Readonly<Record<string, Spectrograph>> = {
  gemini_gmos_north_e2v: of("gmos-n", MASK),
  gemini_gmos_north_ham: of("gmos-n", MASK),
  gemini_gmos_north_ham_ns: of("gmos-n", MASK),
  gemini_gmos_south_ham: of("gmos-s", MASK),
  gtc_osiris: of("osiris", OWN_SLIT),
  gtc_osiris_plus: of("osiris", OWN_SLIT),
  keck_deimos: of("deimos", MASK),
  keck_lris_blue: of("lris-blue", MASK),
  keck_lris_blue_orig: of("lris-blue", MASK),
  keck_lris_red: of("lris-red", MASK),
  keck_lris_red_mark4: of("lris-red", MASK),
  keck_lris_red_orig: of("lris-red", MASK),
  ldt_deveny: of("deveny", ANY_SLIT),
  not_alfosc: of("alfosc", OWN_SLIT),
  not_alfosc_vert: of("alfosc", OWN_SLIT),
  ntt_efosc2: of("efosc2", OWN_SLIT),
  p200_dbsp_blue: of("dbsp-blue", ANY_SLIT),
  p200_dbsp_red: of("dbsp-red", ANY_SLIT),
  shane_kast_blue: of("kast-blue", ANY_SLIT),
  shane_kast_red: of("kast-red", ANY_SLIT),
  shane_kast_red_ret: of("kast-red", ANY_SLIT),
  soar_goodman_blue: of("goodman", OWN_SLIT),
  soar_goodman_red: of("goodman", OWN_SLIT),
  vlt_fors2: of("fors2", OWN_SLIT),
  vlt_xshooter_nir: of("xshooter-nir", OWN_SLIT),
  vlt_xshooter_uvb: of("xshooter-uvb", OWN_SLIT),
  vlt_xshooter_vis: of("xshooter-vis", OWN_SLIT),
  wht_isis_blue: of("isis-blue", OWN_SLIT),
  wht_isis_red: of("isis-red", OWN_SLIT),
};

/** A spectrograph by PypeIt's name; one that we do not know takes the frames of any instrument. */
export function spectrographOf(name: string): Spectrograph {
  return SPECTROGRAPHS[name] ?? { instrument: null, keys: OWN_SLIT };
}
