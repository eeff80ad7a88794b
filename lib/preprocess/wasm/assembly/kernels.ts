/**
 * The hot loops of preprocessing for planes of 16-bit integers, as raw frames are:
 * AssemblyScript, compiled by `deno task kernels` to `lib/preprocess/wasm/kernels.wasm`.
 *
 * Addresses are handed out by {@link room}; nothing is kept between calls.
 */
export { measureBlock } from "./blocks";
export { clip, rowMaxima } from "./clip";
export { countHits } from "./hits";
export { profile } from "./profiles";
export { binResiduals, rankedResidual } from "./residuals";
export { resize, scale } from "./resize";
export { turn } from "./turn";

/** Makes sure that so many bytes are there, and says where they begin, aligned to 16. */
export function room(bytes: usize): usize {
  const start = (__heap_base + 15) & ~15;
  const pages = <i32> ((start + bytes + 0xffff) >> 16);
  const more = pages - memory.size();
  if (more > 0 && memory.grow(more) < 0) return 0;
  return start;
}
