/** Damages valid files. */
import { gunzipSync, gzipSync } from "node:zlib";
import { concat } from "../../lib/std.ts";
import { makeRandom, type Random } from "../../lib/simulate/random.ts";
import { BYTE_MUTATIONS } from "./mutate_bytes.ts";
import { CARD_MUTATIONS } from "./mutate_cards.ts";

/** A file, valid or damaged. */
export interface FuzzFile {
  /** Name of the valid file, and of the mutations. */
  readonly name: string;
  readonly bytes: Uint8Array;
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

/** Fraction of gzip files whose content is damaged and compressed again. */
const DAMAGED_CONTENT = 0.7;

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
  const { name, bytes } = random.pick(files);
  const damagesContent = bytes[0] === 0x1f && random.chance(DAMAGED_CONTENT);
  const names: string[] = [name];
  let damaged = damagesContent ? new Uint8Array(gunzipSync(bytes)) : bytes;
  for (let k = random.integer(1, 4); k > 0 && damaged.length > 0; k--) {
    const [mutation, damage] = random.chance(0.5)
      ? STRUCTURE_CHANGED
      : random.pick(MUTATIONS);
    damaged = damage(damaged, random, files);
    names.push(mutation);
  }
  if (damagesContent) {
    damaged = new Uint8Array(gzipSync(damaged, { level: 1 }));
    names.push("compressed again");
  }
  if (damagesContent && random.chance(BOMBS)) {
    damaged = concat([damaged, ZEROS]);
    names.push("bomb");
  }
  return { name: names.join(", "), bytes: damaged };
}
