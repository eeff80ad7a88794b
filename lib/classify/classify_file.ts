/**
 * One file → its verdict.
 *
 * @module
 */
import type { SpitError } from "../errors.ts";
import { agreementOf } from "../header/agreement.ts";
import type { HeaderClaim } from "../header/claim.ts";
import type { LogEntry } from "../header/log_entry.ts";
import {
  borrowModel,
  type Model,
  type ModelChoice,
  type ModelOutput,
} from "../model/open_model.ts";
import { modelId } from "../model/model_card.ts";
import { releaseMemory } from "../io/memory.ts";
import {
  type FileInputs,
  readFileInputs,
  type ReadOptions,
} from "./file_inputs.ts";
import { classifyInputs } from "./classify_inputs.ts";
import type { ClassifiedVerdict, FailedVerdict, Verdict } from "./verdict.ts";
import { vote } from "./vote.ts";

/** How files are typed. */
export interface ClassifyOptions extends ModelChoice, ReadOptions {}

/**
 * Types one file. What is wrong with the file is in the verdict's `error`; what
 * is wrong with the model is thrown.
 *
 * @param path A FITS file, also compressed.
 * @param options Which network, which HDU. Give an opened {@linkcode Model}, or
 *   use {@linkcode classifyFiles}, when there are many files.
 * @throws {SpitError} As `openModel` does; `inference`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { classifyFile } from "./classify_file.ts";
 *
 * const model = new URL("../../tests/fixtures/model/tiny.json", import.meta.url).pathname;
 * const { type, error } = await classifyFile("no-such.fits", { model, device: "cpu" });
 * assertEquals([type, error?.code], [null, "not_found"]);
 * ```
 */
export async function classifyFile(
  path: string,
  options: ClassifyOptions = {},
): Promise<Verdict> {
  await using model = await borrowModel(options);
  const flips = await readFileInputs(path, model.card, options);
  return await verdictOf(flips, model);
}

/**
 * The verdict on a file whose flips were made.
 *
 * @param file Its flips are given up.
 * @throws {SpitError} `inference`.
 */
export async function verdictOf(
  file: FileInputs,
  model: Model,
): Promise<Verdict> {
  if (file.error !== null) return errorVerdict(file, modelId(model.card));
  const output = await classifyInputs(model, file.flips, file.features);
  releaseMemory(file.flips);
  return tallyVerdict({ ...file, output }, model);
}

/** A file after the network. */
export interface ClassifiedInputs {
  /** Path, as given. */
  readonly path: string;
  /** What the header claims. */
  readonly header: HeaderClaim;
  /** What an observing log has of it. */
  readonly log: LogEntry;
  /** The HDUs that vote. */
  readonly hdus: readonly number[];
  /** What the network says of four flips for each HDU, calibrated. */
  readonly output: ModelOutput;
}

/** Counts the votes and sets the header's claim beside them. */
export function tallyVerdict(
  { path, header, log, hdus, output }: ClassifiedInputs,
  { card }: Pick<Model, "card">,
): ClassifiedVerdict {
  const { reason, ...pixels } = vote(output, card);
  // The keys and their order are the NDJSON contract.
  return {
    file: path,
    type: pixels.type,
    probability: pixels.probability,
    reason,
    pixels,
    header,
    agreement: agreementOf(pixels.type, header, card.classes),
    log,
    hdus,
    model: modelId(card),
    error: null,
  };
}

function errorVerdict(
  { path, header, log, error }: Extract<FileInputs, { error: SpitError }>,
  model: string,
): FailedVerdict {
  return {
    file: path,
    type: null,
    probability: null,
    reason: null,
    pixels: null,
    header,
    agreement: null,
    log,
    hdus: [],
    model,
    error: { code: error.code, message: error.message },
  };
}
