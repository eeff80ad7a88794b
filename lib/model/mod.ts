/**
 * Models: opening them, and reading their model cards.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openModel } from "./mod.ts";
 *
 * await using model = await openModel("spit-compact", "cpu");
 * assertEquals(model.card.name, "spit-compact");
 * ```
 *
 * @module
 */
export { type ErrorCode, SpitError, type SpitErrorOptions } from "../errors.ts";
export { FRAME_TYPES, type FrameType } from "../frame_type.ts";
export { type Device, DEVICES, type NamedDevice } from "./device.ts";
export { DEFAULT_MODEL, modelNames } from "./find_model.ts";
export { type ModelCard, modelId, parseModelCard } from "./model_card.ts";
export { type Model, type ModelOutput, openModel } from "./open_model.ts";
