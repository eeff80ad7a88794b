/**
 * The WebAssembly kernels of the preprocessing and the features, and their memory.
 *
 * They return what the steps in `lib/preprocess` return, bit for bit.
 *
 * @module
 */
import * as wasm from "../../kernels/kernels.wasm";

export * from "../../kernels/memory.ts";

export const {
  accumulate,
  addLight,
  areAlike,
  averageParts,
  averagePoints,
  averageRows,
  binResiduals,
  clip,
  clipFloats,
  countFloatHits,
  countHits,
  findLines,
  findRange,
  findRun,
  fitSlope,
  floatRowMaxima,
  measureBlock,
  measureFloats,
  narrow,
  profile,
  profileFloats,
  rankedResidual,
  resize,
  resizeFloats,
  rowMaxima,
  sampleCountUpTo,
  sampleEvenly,
  sampleEvery,
  sampleRanked,
  sampleSumFrom,
  scale,
  selectFloat,
  subtract,
  subtractRunningMedian,
  turn,
} = wasm;
