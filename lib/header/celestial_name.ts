import { hasLampWord, listTypeWords, splitWords } from "./file_name.ts";

/** Catalogues whose designations are a number, or coordinates as numbers. */
const CATALOGUES =
  // Stars.
  "HD HDE HR HIP SAO TYC GSC BD CD CPD GJ GL LHS LTT LP WD PG PHL EG EGGR FEIGE HILTNER " +
  "HILT WOLF ROSS GRW LDS GD HZ TIC TOI KIC KOI EPIC KEPLER WASP HAT COROT QATAR TRAPPIST " +
  // Nebulae, clusters and galaxies.
  "NGC NCG IC SH2 PN PNG LBN LDN UGC PGC MCG ARP MRK MKN ZW HCG KISS ABELL ACO " +
  // Surveys, sources and transients.
  "PKS 3C 4C PSR QSO SDSS 2MASS 2MASX WISE IRAS ROSAT 1RXS GAIA GAIADR2 GAIADR3 EFEDS PSO " +
  "ZTF ATLAS ASASSN PTF PS1 SN AT GRB FRB MAXI SWIFT WR";

const CONSTELLATIONS =
  "And Ant Aps Aqr Aql Ara Ari Aur Boo Cae Cam Cnc CVn CMa CMi Cap Car Cas Cen Cep Cet Cha " +
  "Cir Col Com CrA CrB Crv Crt Cru Cyg Del Dor Dra Equ Eri For Gem Gru Her Hor Hya Hyi Ind " +
  "Lac Leo LMi Lep Lib Lup Lyn Lyr Men Mic Mon Mus Nor Oct Oph Ori Pav Peg Per Phe Pic Psc " +
  "PsA Pup Pyx Ret Sge Sgr Sco Scl Sct Ser Sex Tau Tel Tri TrA Tuc UMa UMi Vel Vir Vol Vul";

/** Abbreviations that are also words, months or days: only a Greek letter makes them a star. */
const AMBIGUOUS =
  "And Ant Car Col Com For Her Ind Men Mon Nor Oct Per Sex Tel Vol";

const GREEK =
  "alpha alf alp beta bet gamma gam delta del epsilon eps zeta zet eta theta tet the iota " +
  "iot kappa kap lambda lam mu nu xi ksi omicron omi pi rho sigma sig tau upsilon ups phi " +
  "chi psi omega ome";

/** Genitives of constellations, after a letter or a number: `gamma Cassiopeiae`, `P Cygni`. */
const GENITIVES =
  "Andromedae Aquarii Aquilae Arietis Aurigae Bootis Cancri Capricorni Carinae Cassiopeiae " +
  "Centauri Cephei Ceti Corvi Crucis Cygni Delphini Draconis Eridani Geminorum Herculis " +
  "Hydrae Leonis Leporis Librae Lyrae Ophiuchi Orionis Pegasi Persei Piscium Puppis " +
  "Sagittae Sagittarii Scorpii Serpentis Tauri Velorum Virginis Canis Ursae Coronae";

/**
 * Bright stars (IAU Catalog of Star Names), bodies of the solar system (Mercury is also a
 * lamp), some of them in French, Italian, Spanish and German, deep fields, and kinds of objects.
 */
const NAMES = new Set(
  ("sirius canopus arcturus vega capella rigel procyon betelgeuse achernar altair acrux " +
    "aldebaran antares spica pollux fomalhaut deneb regulus castor bellatrix elnath alnilam " +
    "alnitak mintaka saiph dubhe merak mizar alcor alkaid alioth polaris kochab schedar caph " +
    "navi mirach alpheratz almach algol mirfak hamal mira diphda enif markab scheat albireo " +
    "sadr rasalhague izar denebola algieba alphard pleione alcyone nunki gacrux mimosa " +
    "hadar toliman rigil adhara wezen aludra mirzam phact eltanin rastaban thuban sheliak " +
    "sulafat tarazed sadalsuud sadalmelik errai alderamin alfirk ruchbah segin sheratan " +
    "alhena propus gomeisa phecda megrez zosma vindemiatrix porrima zubenelgenubi " +
    "zubeneschamali dschubba acrab shaula unukalhai kornephoros alphecca rasalgethi sabik " +
    "ankaa menkar " +
    "goods cdfs ecdfs hudf luna lune mond venere marte giove saturno saturne nettuno " +
    "moon venus mars jupiter saturn uranus neptune pluto ganymede callisto ceres vesta " +
    "nova supernova comet asteroid nebula galaxy quasar").split(" "),
);

const either = (words: string) => `(?:${words.split(" ").join("|")})`;

const unambiguous = CONSTELLATIONS.split(" ")
  .filter((name) => !AMBIGUOUS.split(" ").includes(name)).join(" ");

/** Letters and digits do not continue a name. */
const BEFORE = "(?<![A-Za-z0-9])";
const AFTER = "(?![A-Za-z0-9])";

const DESIGNATION = new RegExp(
  [
    // NGC 6826, HD223075, BD+28d4211, 3C079, SN 2018abc, BDp33_2642
    `${BEFORE}${
      either(CATALOGUES)
    }[\\s_-]*[JpPmM+-]?\\d(?:[A-Za-z0-9+-]|\\.(?=\\d))*`,
    // ksi Cas, alpha1 Cen
    `${BEFORE}${either(GREEK)}\\d?[\\s_-]*` +
    `${either(`${CONSTELLATIONS} ${GENITIVES}`)}${AFTER}`,
    // RR Lyr, P Cygni, 61 Cyg, 48Lib
    `${BEFORE}(?:[PR-Z]|[A-IK-Z][A-IK-Z]|[1-9]\\d?\\d?)[\\s_-]*` +
    `${either(`${unambiguous} ${GENITIVES}`)}(?![a-z0-9])`,
    // V838 Mon
    `${BEFORE}V\\d{3,4}[\\s_-]*${either(CONSTELLATIONS)}(?![a-z0-9])`,
    // J1342_0928, but not the equinoxes J2000 and J1950
    `${BEFORE}J(?!2000|1950)[012]\\d[0-5]\\d(?:[\\s_]\\d{4})?(?![0-9]|[pm+-]\\d)`,
    // 67P, C/2020 F3
    `${BEFORE}[1-9]\\d{0,2}P${AFTER}|${BEFORE}C/\\d{4}`,
  ].join("|"),
  "i",
);

/** Z And, AM Her: in capitals only. */
const VARIABLE = new RegExp(
  `${BEFORE}(?:[R-Z]|[A-IK-Z][A-IK-Z])[\\s_-]?(?:And|Her|Per)(?![a-z0-9])`,
);

/** Names in catalogues of bright stars, after which telluric standards are named. */
const STAR = /^(?:HDE?|HIP|HR|SAO|TYC|BD|CD|CPD)[\s_-]*[pm+-]?\d/i;

/**
 * Returns whether a name that {@linkcode findCelestialName} returned is the designation of a
 * catalogue of bright stars.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { isStarDesignation } from "./celestial_name.ts";
 *
 * assert(isStarDesignation("HIP 109452"));
 * assert(!isStarDesignation("ksi Cas"));
 * ```
 */
export function isStarDesignation(name: string): boolean {
  return STAR.test(name);
}

/** M 42. In file names and other texts M1 is also a mirror or a mode. */
const MESSIER = /(?<![A-Za-z0-9])M[\s_-]?(\d{2,3})(?![A-Za-z0-9])/;
const ONLY_MESSIER = /^M[\s_-]?(\d{1,3})$/i;
const MESSIER_OBJECTS = 110;

/**
 * J0047+0319, SP2148+286: hours and minutes, and degrees. A date has two digits after `-`, or
 * a counter or a time after eight digits: `20210105-0071`.
 */
const COORDINATES =
  /(?<!\d)(?!(?<![Jj])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])-)(\d\d)(\d\d)\d{0,4}(?:\.\d+)?(?:[+p]\d\d+|-(?:\d{3,}|\d\d(?![\d-])))/;

/** Words for calibrations and tests; the type words of file names are added to them. */
const OTHER_WORDS =
  /(?<![A-Za-z])(?:lamps?|cal|calib[a-z]*|wave|focus|test|acq[a-z]*|hartmann?|hart|twilight|twi|dome|screen|sun|solar)(?![A-Za-z])/i;

const CALIBRATIONS = ["bias", "dark", "flat", "arc"] as const;

/** Elements of lamps: `Ne`, `ThAr`. */
const LAMPS = /(?<![A-Za-z])(?:He|Ne|Ar|Hg|Cd|Cu|Th|Fe|Xe|Kr|Zn)+(?![A-Za-z])/;

/**
 * Returns the name of a celestial object in the name of a target or of a file: `M76`,
 * `ksi_Cas`, `0047+0319`. The name of a catalogue, a constellation, a star or a planet is
 * recognized by its form; whether there is such an object is not looked up.
 *
 * The result is `null` for a text that has also a word for a calibration or a test:
 * `ARC: Xe for NGC205N`.
 *
 * @param standard The standard star that the text names, if it names one.
 * @param isFileName Whether the text is the name of a file, in which `1234-001` is a counter;
 *   `J1234-0012` still has coordinates.
 */
export function findCelestialName(
  text: string,
  standard: string | null = null,
  isFileName = false,
): string | null {
  const types = listTypeWords(text);
  const isCalibration = CALIBRATIONS.some((type) => types.has(type)) ||
    hasLampWord(text) || OTHER_WORDS.test(text) || LAMPS.test(text);
  if (isCalibration) return null;
  return standard ?? DESIGNATION.exec(text)?.[0] ??
    VARIABLE.exec(text)?.[0] ??
    splitWords(text).find((word) => NAMES.has(word.toLowerCase())) ??
    findMessier(text) ?? findCoordinates(text, isFileName);
}

function findMessier(text: string): string | null {
  const [name, number] = ONLY_MESSIER.exec(text.trim()) ?? MESSIER.exec(text) ??
    [];
  return name !== undefined && Number(number) >= 1 &&
      Number(number) <= MESSIER_OBJECTS
    ? name
    : null;
}

function findCoordinates(text: string, isFileName: boolean): string | null {
  const match = COORDINATES.exec(text);
  if (match === null) return null;
  const [found, hours, minutes] = match;
  const isCounter = isFileName && found.includes("-") &&
    !/J$/i.test(text.slice(0, match.index));
  return !isCounter && Number(hours) < 24 && Number(minutes) < 60
    ? found
    : null;
}
