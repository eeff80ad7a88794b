/**
 * The inner loops of the preprocessing and the features for planes of 16-bit integers:
 * the fast path. The specification is TypeScript, in `lib/preprocess`. This is
 * AssemblyScript, compiled by `deno task kernels` to `lib/kernels/kernels.wasm`.
 *
 * The caller divides the memory that {@link room} returns. Results do not depend on
 * earlier calls.
 */
export { accumulate, measureBlock } from "./blocks";
export { clip, rowMaxima } from "./clip";
export { countHits } from "./hits";
export { profile } from "./profiles";
export { binResiduals, rankedResidual } from "./residuals";
export { resize, scale } from "./resize";
export { decodeRice } from "./rice";
