/** Sound files, damaged. */
import { gunzipSync, gzipSync } from "node:zlib";
import { concatBytes } from "../../lib/io/memory.ts";
import { makeRandom, type Random } from "../../lib/simulate/random.ts";
import { BYTE_MUTATIONS } from "./mutate_bytes.ts";
import { CARD_MUTATIONS } from "./mutate_cards.ts";

/** A file, sound or not. */
export interface FuzzFile {
  /** What it is, and what was done to it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Damages a copy of bytes, at least one of them; `files` are those that parts of
 * may be put in.
 */
export type Mutation = (
  bytes: Uint8Array,
  random: Random,
  files: readonly FuzzFile[],
) => Uint8Array;

const MUTATIONS = Object.entries({ ...BYTE_MUTATIONS, ...CARD_MUTATIONS });

/** Half the damage is of this kind: nothing leads further astray than a size that is wrong. */
const LAYOUT = ["layoutChanged", CARD_MUTATIONS.layoutChanged!] as const;

/** Share of the gzip files that are damaged inside, and packed anew. */
const INSIDE = 0.7;

/** Share of those that go on with more zeros than a file may have. */
const BOMBS = 0.03;
const ZEROS = new Uint8Array(gzipSync(new Uint8Array(70e6)));

/**
 * A damaged file: the same for the same seed and files.
 *
 * @param files Sound files, one of which is damaged one to four times.
 */
export function damagedFile(
  seed: number,
  files: readonly FuzzFile[],
): FuzzFile {
  const random = makeRandom(seed);
  const { name, bytes } = random.pick(files);
  const isInside = bytes[0] === 0x1f && random.chance(INSIDE);
  const done: string[] = [name];
  let damaged = isInside ? new Uint8Array(gunzipSync(bytes)) : bytes;
  for (let k = random.integer(1, 4); k > 0 && damaged.length > 0; k--) {
    const [mutation, damage] = random.chance(0.5)
      ? LAYOUT
      : random.pick(MUTATIONS);
    damaged = damage(damaged, random, files);
    done.push(mutation);
  }
  if (isInside) {
    damaged = new Uint8Array(gzipSync(damaged, { level: 1 }));
    done.push("packed anew");
  }
  if (isInside && random.chance(BOMBS)) {
    damaged = concatBytes([damaged, ZEROS]);
    done.push("bomb");
  }
  return { name: done.join(", "), bytes: damaged };
}
