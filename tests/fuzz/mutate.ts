import { makeRandom, type Random } from "../../lib/simulate/random.ts";

/** A sound file to damage. */
export interface SoundFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const KEYWORDS = [
  ..."SIMPLE XTENSION BITPIX NAXIS NAXIS1 NAXIS2 NAXIS3 EXTEND".split(" "),
  ..."PCOUNT GCOUNT BZERO BSCALE BLANK TFIELDS TFORM1 TTYPE1".split(" "),
  ..."THEAP ZIMAGE ZCMPTYPE ZBITPIX ZNAXIS ZNAXIS1 ZNAXIS2".split(" "),
  ..."ZTILE1 ZTILE2 ZNAME1 ZVAL1 ZVAL2 ZBLANK ZQUANTIZ".split(" "),
  ..."ZDITHER0 ZSCALE ZZERO EXPTIME OBSTYPE DATE-OBS END".split(" "),
];

const VALUES = [
  ..."0 1 2 3 7 8 9 16 32 64 -1 -8 -16 -32 -64 999 65535 65536".split(" "),
  ..."2147483647 2147483648 4294967295 4294967296 9007199254740993".split(" "),
  ..."99999999999999999999 1.5 -0.0 1E400 1D5 Inf T F '' 'abc'".split(" "),
  ..."'IMAGE' 'BINTABLE' 'RICE_1' 'GZIP_1' 'GZIP_2' 'PLIO_1'".split(" "),
  ..."'HCOMPRESS_1' '1PB(0)' '1QB(99999999)' '1PI' '9X' 'É'".split(" "),
  "'unclosed",
  "",
];

type Mutation = (
  bytes: Uint8Array,
  random: Random,
  files: readonly SoundFile[],
) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  function bits(bytes, random) {
    const damaged = bytes.slice();
    for (let k = random.integer(1, 20); k > 0; k--) {
      damaged[place(bytes, random)]! ^= 1 << random.integer(0, 7);
    }
    return damaged;
  },
  function noise(bytes, random) {
    const damaged = bytes.slice();
    const start = place(bytes, random);
    const end = start + random.integer(1, 3000);
    for (let at = start; at < Math.min(end, bytes.length); at++) {
      damaged[at] = random.integer(0, 255);
    }
    return damaged;
  },
  function headerNoise(bytes, random) {
    const damaged = bytes.slice();
    for (let k = random.integer(1, 3); k > 0; k--) {
      damaged[place(bytes.subarray(0, 6000), random)] = random.integer(0, 255);
    }
    return damaged;
  },
  function truncation(bytes, random) {
    return bytes.slice(0, place(bytes, random));
  },
  function blockTruncation(bytes, random) {
    return bytes.slice(0, 2880 * random.integer(0, bytes.length / 2880 | 0));
  },
  function hole(bytes, random) {
    const start = place(bytes, random);
    const end = start + random.integer(1, 10_000);
    return spliced(bytes.subarray(0, start), bytes.subarray(end));
  },
  function junk(bytes, random) {
    const more = Uint8Array.from(
      { length: random.integer(1, 5000) },
      () => random.integer(0, 255),
    );
    return spliced(bytes, more);
  },
  function twice(bytes, random) {
    return spliced(bytes, bytes.subarray(place(bytes, random)));
  },
  function otherTail(bytes, random, files) {
    const { bytes: other } = random.pick(files);
    const cut = 80 * random.integer(0, bytes.length / 80 | 0);
    return spliced(bytes.subarray(0, cut), other.subarray(cut));
  },
  function cardValue(bytes, random) {
    const damaged = bytes.slice();
    const cards = cardsOf(bytes, random.pick(KEYWORDS));
    if (cards.length === 0) return damaged;
    const at = random.pick(cards);
    const value = random.pick(VALUES).padStart(random.pick([1, 20]));
    const text = `= ${value}`.padEnd(72).slice(0, 72);
    damaged.set(new TextEncoder().encode(text).subarray(0, 72), at + 8);
    return damaged;
  },
  function cardsSwapped(bytes, random) {
    const damaged = bytes.slice();
    const [one, other] = [0, 1].map(() => 80 * random.integer(0, 71));
    const end = Math.max(one!, other!) + 80;
    if (end > bytes.length) return damaged;
    damaged.set(bytes.subarray(one!, one! + 80), other!);
    damaged.set(bytes.subarray(other!, other! + 80), one!);
    return damaged;
  },
  function cardLost(bytes, random) {
    const damaged = bytes.slice();
    const cards = cardsOf(bytes, random.pick(KEYWORDS));
    if (cards.length === 0) return damaged;
    const at = random.pick(cards);
    damaged.fill(0x20, at, at + 80);
    return damaged;
  },
];

/**
 * A damaged file: the same for the same seed and files.
 *
 * @param files Sound files, one of which is damaged one to four times.
 */
export function damagedFile(
  seed: number,
  files: readonly SoundFile[],
): SoundFile {
  const random = makeRandom(seed);
  const { name, bytes } = random.pick(files);
  const done: string[] = [];
  let damaged = bytes;
  for (let k = random.integer(1, 4); k > 0 && damaged.length > 0; k--) {
    const mutation = random.pick(MUTATIONS);
    damaged = mutation(damaged, random, files);
    done.push(mutation.name);
  }
  return { name: `${name}, ${done.join(", ")}`, bytes: damaged };
}

function place(bytes: Uint8Array, random: Random): number {
  return random.integer(0, bytes.length - 1);
}

function spliced(one: Uint8Array, other: Uint8Array): Uint8Array {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

/** Where cards of a keyword begin, on the grid of 80 bytes. */
function cardsOf(bytes: Uint8Array, keyword: string): number[] {
  const name = new TextEncoder().encode(keyword.padEnd(8));
  const found: number[] = [];
  for (let at = 0; at + 80 <= Math.min(bytes.length, 200_000); at += 80) {
    if (name.every((byte, k) => bytes[at + k] === byte)) found.push(at);
  }
  return found;
}
