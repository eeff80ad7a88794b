/**
 * The inner loops of the preprocessing and the features for planes of 16-bit integers, and
 * for planes of floats: the fast path. The specification is TypeScript, in
 * `lib/preprocess`. This is AssemblyScript, compiled by `deno task kernels` to
 * `lib/kernels/kernels.wasm`.
 *
 * The caller divides the memory that {@link room} returns. Results do not depend on
 * earlier calls.
 */
export { accumulate, measureBlock } from "./blocks";
export { clip, rowMaxima } from "./clip";
export { measureFloats } from "./blocks_floats";
export { clipFloats, floatRowMaxima } from "./clip_floats";
export { areAlike, findRun, sampleEvery, sampleSumFrom } from "./damage";
export { countHits } from "./hits";
export { countFloatHits } from "./hits_floats";
export { profile } from "./profiles";
export { profileFloats } from "./profiles_floats";
export { binResiduals, rankedResidual } from "./residuals";
export { resize, resizeFloats, scale } from "./resize";
export {
  addLight,
  averageParts,
  averagePoints,
  averageRows,
  findLines,
  sampleCountUpTo,
  sampleEvenly,
  sampleRanked,
} from "./statistics";
export { decodeRice } from "./rice";
export { subtractRunningMedian } from "./running_median";
export { selectFloat } from "./select";
export { turn } from "./turn";
export { chunk, findRange, narrow, subtract, swap } from "./words";
export { fitSlope } from "./zscale";

/** Grows the memory to so many bytes and returns their address, aligned to 16; 0 if it cannot grow. */
export function room(bytes: usize): usize {
  const start = (__heap_base + 15) & ~15;
  const pages = <i32> ((start + bytes + 0xffff) >> 16);
  const more = pages - memory.size();
  if (more > 0 && memory.grow(more) < 0) return 0;
  return start;
}
