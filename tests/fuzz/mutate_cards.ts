/** Damage to header cards and to the pointers of tiled images. */
import type { Mutation } from "./mutate.ts";
import { findCards, findDataStarts, pickOffset, writeCard } from "./layout.ts";

/** Keywords of the structure of a file. */
const STRUCTURE = [
  ..."SIMPLE XTENSION BITPIX NAXIS NAXIS1 NAXIS2 NAXIS3 EXTEND".split(" "),
  ..."PCOUNT GCOUNT GROUPS BZERO BSCALE BLANK TFIELDS TFORM1".split(" "),
  ..."TFORM2 TTYPE1 TTYPE2 THEAP ZIMAGE ZCMPTYPE ZBITPIX ZNAXIS".split(" "),
  ..."ZNAXIS1 ZNAXIS2 ZTILE1 ZTILE2 ZNAME1 ZVAL1 ZVAL2 ZBLANK".split(" "),
  ..."ZQUANTIZ ZDITHER0 ZSCALE ZZERO END".split(" "),
];

/** Keywords of the observation, which header rules and the log read. */
const OBSERVATION = [
  ..."EXPTIME EXPOSURE ELAPTIME OBSTYPE IMAGETYP OBJECT TARGNAME".split(" "),
  ..."DATE-OBS DATE-BEG DATE UT UTC UTSTART MJD-OBS MJD MJD-BEG".split(" "),
  ..."RA DEC TELRA AIRMASS INSTRUME VERSION TELESCOP PROGRAM".split(" "),
  ..."GRATING SLIT CCDSUM BINNING LONGITUD OBSGEO-L LAMPS".split(" "),
];

const NUMBERS = [
  ..."0 1 2 3 7 8 9 16 32 64 -1 -8 -16 -32 -64 100 999 65535".split(" "),
  ..."65536 2147483647 2147483648 4294967295 4294967296".split(" "),
  ..."9007199254740993 99999999999999999999 -99999999999 1.5".split(" "),
  ..."-0.0 0.0001 1E400 -1E300 1D5 1E-320 57253.05 3.0E6 1E9".split(" "),
];

/** Line separators and other characters that are special in Unicode. */
const SPECIAL_TEXTS = [
  ...["\u2028", "\u2029", "\u0085", "\u00a0", "\ufeff", "\u3000", "\u202e"],
  ...["\u017f", "\u0131", "\u212a", "\ufb01", "\u{1f600}", "\n", "\r"],
];

const WORDS = [
  ..."nan inf T F '' 'abc' 'IMAGE' 'BINTABLE' 'TABLE' 'RICE_1'".split(" "),
  ..."'GZIP_1' 'GZIP_2' 'NOCOMPRESS' 'PLIO_1' 'HCOMPRESS_1'".split(" "),
  ..."'1PB(0)' '1QB(99999999)' '1PI' '9X' '1PE' '1QD' '1J' '1D'".split(" "),
  ..."'0B' '999999999999B' 'SUBTRACTIVE_DITHER_1' 'NO_DITHER'".split(" "),
  ..."'COMPRESSED_DATA' 'ZSCALE' 'ZZERO' 'UNCOMPRESSED_DATA'".split(" "),
  ..."'2015-08-19T01:12:08.9' '2015-13-45' '0000-00-00'".split(" "),
  ..."'9999-12-31T23:59:60' '31/02/96' '99:99:99' '-0:00:60'".split(" "),
  ..."'+91:00:00' 'kastr' 'ALFOSC_FASU' 'DEIMOS' 'GMOS-N'".split(" "),
  ..."'IDS' 'LRIS' 'EFOSC' 'FORS2' 'XSHOOTER' 'OSIRIS'".split(" "),
  ..."'\u001b[31m' 'É' '\u0000' '\u0085' '&' 'x&' '''' (1,2)".split(" "),
  ..."'32768' '1.5D3' 'O'Meara' 'O'Meara's' 'it''s' 'x'/'y'".split(" "),
  "'Goodman Spectro'",
  "'Barnard's star' / O'Meara's",
  "'unclosed",
  ...SPECIAL_TEXTS.flatMap((
    text,
  ) => [`'M${text}31'`, `'M31'${text}/ M${text}31`]),
  "1 2",
  "",
];

const VALUES = [...NUMBERS, ...WORDS];

/** Extreme 32-bit offsets and lengths. */
const POINTERS = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Mutations by the name that a report shows. */
export const CARD_MUTATIONS: Readonly<Record<string, Mutation>> = {
  structureChanged(bytes, random) {
    const damaged = bytes.slice();
    const cards = STRUCTURE.flatMap((keyword) => findCards(bytes, keyword));
    if (cards.length === 0) return damaged;
    const at = random.pick(cards);
    const card = new TextDecoder("latin1").decode(bytes.slice(at, at + 80));
    const keyword = card.slice(0, 8);
    const number = Number(card.slice(10, 30)) || 1;
    const value = random.pick([
      random.pick(VALUES),
      random.pick(NUMBERS),
      `${number + random.pick([-2, -1, 1, 2])}`,
      `${Math.floor(number * random.pick([-1, 0.5, 1.5, 2, 1000]))}`,
    ]);
    writeCard(
      damaged,
      at,
      `${keyword}= ${value.padStart(random.pick([1, 20]))}`,
    );
    return damaged;
  },
  cardReplaced(bytes, random) {
    const damaged = bytes.slice();
    const keyword = random.pick([...OBSERVATION, ...STRUCTURE]);
    const value = random.pick(VALUES);
    const at = 80 * random.integer(5, 60);
    writeCard(damaged, at, `${keyword.padEnd(8)}= ${value}`);
    return damaged;
  },
  observationChanged(bytes, random) {
    const damaged = bytes.slice();
    for (const keyword of OBSERVATION) {
      if (random.chance(0.7)) continue;
      for (const at of findCards(bytes, keyword)) {
        writeCard(damaged, at, `${keyword.padEnd(8)}= ${random.pick(VALUES)}`);
      }
    }
    return damaged;
  },
  malformedCard(bytes, random) {
    const damaged = bytes.slice();
    const value = random.pick(VALUES);
    const card = random.pick([
      `HIERARCH ESO DPR CATG = ${value}`,
      `CONTINUE  ${value}`,
      `${"'".repeat(random.integer(1, 70))}`,
      `OBJECT  = '${"'".repeat(random.integer(1, 70))}`,
      `NAXIS   =${value}`,
      `=       = ${value}`,
      `GAIN.SPE= ${value}`,
      `A/\u2028 'B= ${value}`,
      `HIERARCH = ${value}`,
    ]);
    writeCard(damaged, 80 * random.integer(1, 60), card);
    return damaged;
  },
  cardsSwapped(bytes, random) {
    const damaged = bytes.slice();
    const [one, other] = [
      80 * random.integer(0, 71),
      80 * random.integer(0, 71),
    ];
    if (Math.max(one, other) + 80 > bytes.length) return damaged;
    damaged.set(bytes.subarray(one, one + 80), other);
    damaged.set(bytes.subarray(other, other + 80), one);
    return damaged;
  },
  cardRemoved(bytes, random) {
    const damaged = bytes.slice();
    const cards = findCards(bytes, random.pick([...STRUCTURE, ...OBSERVATION]));
    if (cards.length > 0) writeCard(damaged, random.pick(cards), "");
    return damaged;
  },
  headerNoise(bytes, random) {
    const damaged = bytes.slice();
    const [end = bytes.length] = findDataStarts(bytes);
    const header = bytes.subarray(0, Math.max(1, Math.min(end, bytes.length)));
    for (let k = random.integer(1, 3); k > 0; k--) {
      damaged[pickOffset(header, random)] = random.integer(0, 255);
    }
    return damaged;
  },
  textInserted(bytes, random) {
    const damaged = bytes.slice();
    const [end = bytes.length] = findDataStarts(bytes);
    for (let k = random.integer(1, 5); k > 0; k--) {
      const text = new TextEncoder().encode(random.pick(SPECIAL_TEXTS));
      const at = random.integer(0, Math.min(end, bytes.length) - 1);
      damaged.set(text.subarray(0, bytes.length - at), at);
    }
    return damaged;
  },
  // A tiled image whose header states another size and other tiles than it has.
  tilesChanged(bytes, random) {
    const damaged = bytes.slice();
    const changed = {
      ZNAXIS1: [1, 100, 7000, 30_000],
      ZNAXIS2: [1, 100, 7000, 30_000],
      ZTILE1: [1, 100, 7000, 30_000],
      ZTILE2: [1, 100, 7000, 30_000],
      ZBITPIX: [8, 16, 32, -32, -64],
      ZVAL1: [1, 32, 65_536, 2 ** 31 - 1],
      ZVAL2: [1, 2, 4, 8],
    };
    for (const [keyword, values] of Object.entries(changed)) {
      for (const at of findCards(bytes, keyword)) {
        if (random.chance(0.4)) continue;
        writeCard(damaged, at, `${keyword.padEnd(8)}= ${random.pick(values)}`);
      }
    }
    return damaged;
  },
  // A row of a tiled image begins with the length and offset of its bytes.
  pointersChanged(bytes, random) {
    const damaged = bytes.slice();
    const starts = findDataStarts(bytes);
    if (starts.length < 2) return damaged;
    const view = new DataView(damaged.buffer);
    for (let k = random.integer(1, 4); k > 0; k--) {
      const at = random.pick(starts.slice(1)) + 4 * random.integer(0, 40);
      const value = random.pick([...POINTERS, bytes.length]);
      if (at + 4 <= bytes.length) view.setUint32(at, value);
    }
    return damaged;
  },
};
