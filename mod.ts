/**
 * Types raw spectral frames (bias, dark, arc, flat, standard, science) from
 * their pixels alone.
 *
 * @example The type of one file
 * ```ts
 * import { classifyFile } from "./mod.ts";
 *
 * const { type, probability, error } = await classifyFile("r6.fits");
 * console.log(error?.message ?? `${type}, ${probability}`);
 * ```
 *
 * @example A night, one verdict after the other
 * ```ts
 * import { classifyFiles } from "./mod.ts";
 *
 * for await (const verdict of classifyFiles(["r1.fits", "r2.fits"])) {
 *   if (verdict.agreement === "conflict") {
 *     console.log(verdict.file, verdict.type, verdict.header?.evidence);
 *   }
 * }
 * ```
 *
 * @module
 */
export {
  classifyFile,
  type ClassifyOptions,
} from "./lib/classify/classify_file.ts";
export type { ReadOptions } from "./lib/classify/inputs.ts";
export {
  classifyFiles,
  type ClassifyFilesOptions,
} from "./lib/classify/classify_files.ts";
export { classifyFrame } from "./lib/classify/classify_frame.ts";
export type { Verdict } from "./lib/classify/verdict.ts";
export {
  type PixelVerdict,
  type Reason,
  REASONS,
  type VoteResult,
} from "./lib/classify/vote.ts";
export {
  type ErrorCode,
  SpitError,
  type SpitErrorOptions,
} from "./lib/errors.ts";
export type { PixelMemory } from "./lib/fits/pixels.ts";
export type { Frame, Pixels, Plane } from "./lib/fits/frame.ts";
export type { Card, CardValue, Header } from "./lib/fits/header.ts";
export {
  type FitsFile,
  type FitsLimits,
  imageHdus,
  openFits,
} from "./lib/fits/open_fits.ts";
export type { Hdu, HduKind } from "./lib/fits/hdu.ts";
export { FRAME_TYPES, type FrameType } from "./lib/frame_type.ts";
export type { Agreement } from "./lib/header/claim.ts";
export type { HeaderClaim } from "./lib/header/claim.ts";
export type { LogEntry } from "./lib/header/log_entry.ts";
export { readRules } from "./lib/header/parse_rules.ts";
export {
  type ClaimRule,
  type Comparison,
  type Condition,
  CONFIGURATION_KEYS,
  type ConfigurationKey,
  LOG_COLUMNS,
  type LogColumn,
  type Operand,
  type Reading,
  type Relation,
  type Rules,
  type Source,
} from "./lib/header/rules.ts";
export type { ModelChoice } from "./lib/model/open_model.ts";
export type { ModelCard } from "./lib/model/model_card.ts";
export { type Device, DEVICES, type NamedDevice } from "./lib/model/device.ts";
export {
  type Model,
  type ModelOutput,
  openModel,
} from "./lib/model/open_model.ts";
export type { InputImage } from "./lib/preprocess/input_image.ts";
export { preprocess } from "./lib/preprocess/preprocess.ts";
