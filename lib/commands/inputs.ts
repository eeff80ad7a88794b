import { classifyFilesWithPreviews } from "../classify/classify_files.ts";
import { SpitError } from "../errors.ts";
import { findLabel, type Labels, readLabels } from "../evaluation/labels.ts";
import { readRules } from "../header/parse_rules.ts";
import { type ListedFrame, listFrames } from "../io/find_frames.ts";
import { modelId } from "../model/model_card.ts";
import { openModel } from "../model/open_model.ts";
import { createVerdictCounter } from "../output/summary.ts";
import type { ClassificationOptions } from "./options.ts";
import type { Notify } from "./terminal.ts";

/**
 * Finds the frames that paths name, with their sizes where these are known.
 *
 * @throws {SpitError} `usage` when there is no frame; what `listFrames` throws.
 */
export async function listInputFrames(
  paths: readonly string[],
  notify: Notify,
): Promise<ListedFrame[]> {
  const frames = await Array.fromAsync(listFrames(paths, notify));
  if (frames.length > 0) return frames;
  throw new SpitError(
    "usage",
    "No frames to classify: name FITS files, or folders that contain some",
  );
}

/** Finds the paths of the frames that paths name; see {@linkcode listInputFrames}. */
export async function findInputFrames(
  paths: readonly string[],
  notify: Notify,
): Promise<string[]> {
  return (await listInputFrames(paths, notify)).map(({ path }) => path);
}

/**
 * Reads a labels file. If no frame has a label, a notice says so: most likely the file
 * belongs to other frames.
 *
 * @returns The labels; `null` without a path.
 * @throws {SpitError} What `readLabels` throws.
 */
export async function readInputLabels(
  path: string | undefined,
  frames: readonly string[],
  notify: Notify,
): Promise<Labels | null> {
  if (path === undefined) return null;
  const labels = await readLabels(path, notify);
  if (frames.every((frame) => findLabel(labels, frame) === undefined)) {
    const [first] = labels.keys();
    const example = first ? `its first is ${first}` : "it is empty";
    notify(`${path} has no label for any of these frames; ${example}`);
  }
  return labels;
}

export type Classifier = Awaited<ReturnType<typeof openClassifier>>;

/**
 * Opens the model and reads the rules that options name; declare it with `await using`.
 *
 * @param notify Receives the name of the model and the device.
 * @throws {SpitError} What `readRules` and `openModel` throw.
 */
export async function openClassifier(
  { model: name, device, rules: paths = [], ...options }: ClassificationOptions,
  notify: Notify,
) {
  const rules = await readRules(paths);
  const model = await openModel(name, device);
  const id = modelId(model.card);
  notify(`${id} on ${model.device}`);
  const { hdu, maxBytes, workers, timeout } = options;
  const counter = createVerdictCounter();
  let start = performance.now();
  return {
    model,
    /** `NAME@VERSION` of the model. */
    modelId: id,
    rules,
    /** Classifies files in order. With `preview`, each file has previews of its HDUs. */
    async *classify(
      paths: Iterable<string> | AsyncIterable<string>,
      { preview = false } = {},
    ) {
      start = performance.now();
      const read = { hdu, maxBytes, workers, timeout, rules, model };
      const files = classifyFilesWithPreviews(paths, read, preview);
      for await (const file of files) {
        counter.add(file.verdict);
        yield file;
      }
    },
    /** Returns counts of the verdicts so far, and the time since `classify` was called. */
    summary: () =>
      counter.summary({
        seconds: (performance.now() - start) / 1000,
        model: id,
        device: model.device,
      }),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}
