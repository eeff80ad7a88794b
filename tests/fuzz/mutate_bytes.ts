/** Damage to bytes and blocks: bits, noise, truncation, holes, parts of other files. */
import { concat } from "../../lib/std.ts";
import type { Random } from "../../lib/simulate/random.ts";
import type { Mutation } from "./mutate.ts";
import { findDataStarts, pickOffset } from "./layout.ts";

/** Mutations by the name that a report shows. */
export const BYTE_MUTATIONS: Readonly<Record<string, Mutation>> = {
  bits(bytes, random) {
    const damaged = bytes.slice();
    for (let k = random.integer(1, 20); k > 0; k--) {
      damaged[pickOffset(bytes, random)]! ^= 1 << random.integer(0, 7);
    }
    return damaged;
  },
  noise(bytes, random) {
    const damaged = bytes.slice();
    const noise = makeNoise(random, 3000);
    const at = pickOffset(bytes, random);
    damaged.set(noise.subarray(0, bytes.length - at), at);
    return damaged;
  },
  fill(bytes, random) {
    const start = pickOffset(bytes, random);
    const value = random.pick([0, 0x20, 0x7f, 0x80, 0xff]);
    return bytes.slice().fill(value, start, start + random.integer(1, 20_000));
  },
  truncation: (bytes, random) => bytes.slice(0, pickOffset(bytes, random)),
  blockTruncation(bytes, random) {
    const end = 2880 * random.integer(0, Math.floor(bytes.length / 2880));
    return bytes.slice(0, Math.max(0, end + random.integer(-1, 1)));
  },
  hole(bytes, random) {
    const start = pickOffset(bytes, random);
    const end = start + random.integer(1, 10_000);
    return concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  blockRemoved(bytes, random) {
    const start = 2880 * random.integer(0, Math.floor(bytes.length / 2880));
    const [head, tail] = [bytes.subarray(0, start), bytes.subarray(start)];
    return concat([head, tail.subarray(2880)]);
  },
  blockDuplicated(bytes, random) {
    const start = 2880 * random.integer(0, Math.floor(bytes.length / 2880));
    const head = bytes.subarray(0, start + 2880);
    return concat([head, bytes.subarray(start)]);
  },
  noiseAppended: (bytes, random) => concat([bytes, makeNoise(random, 5000)]),
  tailDuplicated: (bytes, random) =>
    concat([bytes, bytes.subarray(pickOffset(bytes, random))]),
  otherTail(bytes, random, files) {
    const { bytes: other } = random.pick(files);
    const cut = 80 * random.integer(0, Math.floor(bytes.length / 80));
    const [head, tail] = [bytes.subarray(0, cut), other.subarray(cut)];
    return concat([head, tail]);
  },
  otherData(bytes, random, files) {
    const { bytes: other } = random.pick(files);
    const [ownStart = 0] = findDataStarts(bytes);
    const [start = 0] = findDataStarts(other);
    const [head, tail] = [bytes.subarray(0, ownStart), other.subarray(start)];
    return concat([head, tail]);
  },
};

function makeNoise(random: Random, maxLength: number): Uint8Array {
  const length = random.integer(1, maxLength);
  return Uint8Array.from({ length }, () => random.integer(0, 255));
}
