/**
 * A model for the length of one call: the caller's own, or one opened for it.
 *
 * @module
 */
import type { Device } from "./device.ts";
import { type Model, openModel } from "./open_model.ts";

/** Which network, and where it runs. */
export interface ModelChoice {
  /**
   * An opened model, which stays open; or a name or path, opened for this call
   * and released after it. Default: the default model.
   */
  readonly model?: Model | string;
  /** Where a model that is opened here is to run. Default: `auto`. */
  readonly device?: Device;
}

/**
 * Declare the result with `await using`: a model that was opened here is then
 * released, one that was given is not.
 *
 * @throws {SpitError} As `openModel` does.
 */
export async function borrowModel(
  { model, device }: ModelChoice,
): Promise<Model> {
  if (typeof model !== "object") return await openModel(model, device);
  return { ...model, [Symbol.asyncDispose]: () => Promise.resolve() };
}
