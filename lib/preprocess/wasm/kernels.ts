/**
 * The WebAssembly kernels of the preprocessing and the features, and their memory.
 *
 * For planes of 16-bit integers they return what the steps in `lib/preprocess` return,
 * bit for bit.
 *
 * @module
 */
import * as wasm from "../../kernels/kernels.wasm";

export * from "../../kernels/memory.ts";

export const {
  accumulate,
  addLight,
  binResiduals,
  clip,
  clipFloats,
  countHits,
  findRange,
  measureBlock,
  narrow,
  profile,
  rankedResidual,
  resize,
  rowMaxima,
  sampleCountUpTo,
  sampleEvenly,
  sampleRanked,
  scale,
  subtract,
  turn,
} = wasm;
