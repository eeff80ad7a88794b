/** Damage that knows nothing of FITS but its blocks: bits, cuts, holes, parts of other files. */
import { concatBytes } from "../../lib/io/memory.ts";
import type { Random } from "../../lib/simulate/random.ts";
import type { Mutation } from "./mutate.ts";
import { anyPlace, dataStarts } from "./place.ts";

/** What it is called in the story of a case, and what it does. */
export const BYTE_MUTATIONS: Readonly<Record<string, Mutation>> = {
  bits(bytes, random) {
    const damaged = bytes.slice();
    for (let k = random.integer(1, 20); k > 0; k--) {
      damaged[anyPlace(bytes, random)]! ^= 1 << random.integer(0, 7);
    }
    return damaged;
  },
  noise(bytes, random) {
    const damaged = bytes.slice();
    const noise = noiseOf(random, 3000);
    const at = anyPlace(bytes, random);
    damaged.set(noise.subarray(0, bytes.length - at), at);
    return damaged;
  },
  fill(bytes, random) {
    const start = anyPlace(bytes, random);
    const value = random.pick([0, 0x20, 0x7f, 0x80, 0xff]);
    return bytes.slice().fill(value, start, start + random.integer(1, 20_000));
  },
  truncation: (bytes, random) => bytes.slice(0, anyPlace(bytes, random)),
  blockTruncation(bytes, random) {
    const end = 2880 * random.integer(0, Math.floor(bytes.length / 2880));
    return bytes.slice(0, Math.max(0, end + random.integer(-1, 1)));
  },
  hole(bytes, random) {
    const start = anyPlace(bytes, random);
    const end = start + random.integer(1, 10_000);
    return concatBytes([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  blockLost(bytes, random) {
    const start = 2880 * random.integer(0, Math.floor(bytes.length / 2880));
    const [head, tail] = [bytes.subarray(0, start), bytes.subarray(start)];
    return concatBytes([head, tail.subarray(2880)]);
  },
  blockTwice(bytes, random) {
    const start = 2880 * random.integer(0, Math.floor(bytes.length / 2880));
    const head = bytes.subarray(0, start + 2880);
    return concatBytes([head, bytes.subarray(start)]);
  },
  junk: (bytes, random) => concatBytes([bytes, noiseOf(random, 5000)]),
  tailTwice: (bytes, random) =>
    concatBytes([bytes, bytes.subarray(anyPlace(bytes, random))]),
  otherTail(bytes, random, files) {
    const { bytes: other } = random.pick(files);
    const cut = 80 * random.integer(0, Math.floor(bytes.length / 80));
    const [head, tail] = [bytes.subarray(0, cut), other.subarray(cut)];
    return concatBytes([head, tail]);
  },
  otherData(bytes, random, files) {
    const { bytes: other } = random.pick(files);
    const [own = 0] = dataStarts(bytes);
    const [start = 0] = dataStarts(other);
    const [head, tail] = [bytes.subarray(0, own), other.subarray(start)];
    return concatBytes([head, tail]);
  },
};

function noiseOf(random: Random, most: number): Uint8Array {
  const length = random.integer(1, most);
  return Uint8Array.from({ length }, () => random.integer(0, 255));
}
