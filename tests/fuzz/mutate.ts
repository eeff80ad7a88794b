/** Damages valid files. */
import { gzipSync, zstdCompressSync } from "node:zlib";
import { concat } from "../../lib/std.ts";
import { compressLzw } from "../io/compress_lzw.ts";
import { makeRandom, type Random } from "../../lib/simulate/random.ts";
import { BYTE_MUTATIONS } from "./mutate_bytes.ts";
import { CARD_MUTATIONS } from "./mutate_cards.ts";

/** A file, valid or damaged. */
export interface FuzzFile {
  /** Name of the valid file, and of the mutations. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The decompressed bytes of a file that the fuzzer can compress again. */
  readonly content?: Uint8Array;
}

/**
 * Returns a damaged copy of the bytes.
 *
 * @param bytes At least one byte.
 * @param files Files from which parts may be inserted.
 */
export type Mutation = (
  bytes: Uint8Array,
  random: Random,
  files: readonly FuzzFile[],
) => Uint8Array;

const MUTATIONS = Object.entries({ ...BYTE_MUTATIONS, ...CARD_MUTATIONS });

/** Used for half of the damage, because wrong sizes cause the most severe failures. */
const STRUCTURE_CHANGED = [
  "structureChanged",
  CARD_MUTATIONS.structureChanged!,
] as const;

/** Fraction of compressed files whose content is damaged and compressed again. */
const DAMAGED_CONTENT = 0.7;

/** Fraction of gzip files that are compressed as many members, or twice. */
const MANY_MEMBERS = 0.05;
const TWICE = 0.02;

/** Fraction of files that end with thousands of members of a byte each. */
const TINY_MEMBERS = 0.005;
const MEMBER = new Uint8Array(gzipSync(new Uint8Array(1)));

/** Fraction of those that are followed by more zeros than the size limit allows. */
const BOMBS = 0.03;
const ZEROS = new Uint8Array(gzipSync(new Uint8Array(70e6)));

/**
 * Picks one of the valid files and damages it one to four times. The result depends
 * only on the seed and the files.
 */
export function damageFile(
  seed: number,
  files: readonly FuzzFile[],
): FuzzFile {
  const random = makeRandom(seed);
  const { name, bytes, content } = random.pick(files);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const damagesContent = content !== undefined &&
    random.chance(DAMAGED_CONTENT);
  const names: string[] = [name];
  let damaged = damagesContent ? content : bytes;
  for (let k = random.integer(1, 4); k > 0 && damaged.length > 0; k--) {
    const [mutation, damage] = random.chance(0.5)
      ? STRUCTURE_CHANGED
      : random.pick(MUTATIONS);
    damaged = damage(damaged, random, files);
    names.push(mutation);
  }
  if (damagesContent && name.endsWith(".zst")) {
    damaged = new Uint8Array(zstdCompressSync(damaged));
    names.push("compressed again");
  } else if (damagesContent && !isGzip) {
    damaged = compressLzw(damaged, { width: random.integer(10, 16) });
    names.push("compressed again");
  } else if (damagesContent && random.chance(MANY_MEMBERS)) {
    damaged = compressMembers(damaged, random);
    names.push("compressed as many members");
  } else if (damagesContent) {
    damaged = new Uint8Array(gzipSync(damaged, { level: 1 }));
    names.push("compressed again");
  }
  if (isGzip && random.chance(TWICE)) {
    damaged = new Uint8Array(gzipSync(damaged, { level: 1 }));
    names.push("compressed twice");
  }
  if (isGzip && random.chance(TINY_MEMBERS)) {
    const members = Array<Uint8Array>(random.integer(1, 3000)).fill(MEMBER);
    damaged = concat([damaged, ...members]);
    names.push("followed by tiny members");
  }
  if (damagesContent && isGzip && random.chance(BOMBS)) {
    damaged = concat([damaged, ZEROS]);
    names.push("bomb");
  }
  return { name: names.join(", "), bytes: damaged };
}

/** Compresses bytes in pieces of random lengths. */
function compressMembers(bytes: Uint8Array, random: Random): Uint8Array {
  const longest = random.pick([100, 1000, 50_000]);
  const members: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + random.integer(0, longest);
    const piece = bytes.subarray(at, end);
    members.push(new Uint8Array(gzipSync(piece, { level: 1 })));
    at = end;
  }
  return concat(members);
}
