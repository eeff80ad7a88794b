/**
 * Identifies the type of raw spectral frames (bias, dark, arc, flat, standard, science)
 * from their pixels, and from exposure time, target and header where light cannot tell
 * types apart.
 *
 * The parts have modules of their own: `./fits` (FITS files), `./preprocess` (input
 * images and features), `./model` (models and their cards) and `./header` (rules files).
 * `docs/module.md` describes how a script uses them.
 *
 * @example Classify one file
 * ```ts
 * import { classifyFile } from "./mod.ts";
 *
 * const { type, probability, error } = await classifyFile("r6.fits");
 * console.log(error?.message ?? `${type}, ${probability}`);
 * ```
 *
 * @example Find the frames of a night whose header contradicts the pixels
 * ```ts
 * import { classifyFiles } from "./mod.ts";
 *
 * for await (const verdict of classifyFiles(["r1.fits", "r2.fits"])) {
 *   if (verdict.agreement === "conflict") {
 *     console.log(verdict.file, verdict.type, verdict.header.evidence);
 *   }
 * }
 * ```
 *
 * @module
 */
export type { ConfigurationValues } from "./lib/calibration/configuration.ts";
export {
  type ConfigurationLack,
  type ConfigurationRow,
  type ConfigurationTable,
  type IncompleteHeader,
  tabulateConfigurations,
} from "./lib/calibration/configuration_table.ts";
export {
  type Audit,
  auditVerdicts,
  type BaseFinding,
  type DriftFinding,
  type Finding,
  FINDING_GROUPS,
  type FindingGroup,
  type FindingKind,
  type FrameFinding,
  type IncompleteFinding,
  type MissingFinding,
  type OutlierFinding,
} from "./lib/calibration/findings.ts";
export type {
  Calibration,
  MissingCalibration,
  NearestCalibrations,
} from "./lib/calibration/missing_calibrations.ts";
export {
  type ComparedType,
  type Drift,
  findOutliers,
  type Outlier,
  type SiblingFindings,
  type SiblingFrame,
  type SiblingSet,
} from "./lib/calibration/siblings.ts";
export { REVIEW_REASONS, type ReviewReason } from "./lib/calibration/triage.ts";
export {
  classifyFile,
  type ClassifyOptions,
} from "./lib/classify/classify_file.ts";
export {
  classifyFiles,
  type ClassifyFilesOptions,
} from "./lib/classify/classify_files.ts";
export { weighNight } from "./lib/calibration/weigh_nights.ts";
export { classifyFrame } from "./lib/classify/classify_frame.ts";
export {
  type Answer,
  type AnswerOptions,
  EVIDENCE,
  type Evidence,
  type Reason,
  REASONS,
} from "./lib/classify/evidence.ts";
export type {
  ConstantDamage,
  Damage,
  EmptyDamage,
  SaturationDamage,
} from "./lib/classify/damage.ts";
export type { HduFlag, HduVerdict } from "./lib/classify/hdus.ts";
export type { ReadOptions } from "./lib/classify/inputs.ts";
export {
  type AnswerCard,
  applyLabel,
  type ClassifiedVerdict,
  type FailedVerdict,
  type Verdict,
} from "./lib/classify/verdict.ts";
export type {
  PixelReason,
  PixelVerdict,
  VoteResult,
} from "./lib/classify/vote.ts";
export {
  type ErrorCode,
  SpitError,
  type SpitErrorOptions,
} from "./lib/errors.ts";
export type { Pixels, Plane } from "./lib/fits/frame.ts";
export type { FitsLimits } from "./lib/fits/open_fits.ts";
export { FRAME_TYPES, type FrameType } from "./lib/frame_type.ts";
export type { Agreement, HeaderClaim } from "./lib/header/claim.ts";
export type { LogEntry } from "./lib/header/log_entry.ts";
export type { StandardMatch } from "./lib/header/standards.ts";
export type { FrameStatistics } from "./lib/preprocess/statistics.ts";
export { type Subtype, SUBTYPES } from "./lib/header/subtype.ts";
export type { ClaimedType, Rules } from "./lib/header/rules.ts";
export { type Device, DEVICES, type NamedDevice } from "./lib/model/device.ts";
export type { EvidenceWeights, ModelCard } from "./lib/model/model_card.ts";
export {
  type Model,
  type ModelChoice,
  type ModelOutput,
  openModel,
} from "./lib/model/open_model.ts";
