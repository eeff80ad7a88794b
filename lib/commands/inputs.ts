import {
  followExposures,
  weighNight,
  weighNights,
} from "../calibration/weigh_nights.ts";
import {
  type ClassifiedFile,
  classifyFilesWithPreviews,
} from "../classify/classify_files.ts";
import { applyLabel, type Verdict } from "../classify/verdict.ts";
import { SpitError } from "../errors.ts";
import type { Labels } from "../evaluation/labels.ts";
import type { ReadLabelsOptions } from "../evaluation/manifest.ts";
import { readRules } from "../header/parse_rules.ts";
import type { Rules } from "../header/rules.ts";
import { type ListedFrame, listFrames } from "../io/find_frames.ts";
import { modelId } from "../model/model_card.ts";
import { openModel } from "../model/open_model.ts";
import { createVerdictCounter } from "../output/summary.ts";
import type { ClassificationOptions, SearchOptions } from "./options.ts";
import { type Notify, type ProgressOptions, withProgress } from "./terminal.ts";

/** The frames that paths name. */
export interface FoundFrames {
  readonly frames: readonly ListedFrame[];
  /** The paths of `frames`. */
  readonly files: readonly string[];
  /** Exit code of a command that has no other error: 2 if a path named does not exist. */
  readonly exitCode: 0 | 2;
}

/**
 * Finds the frames that paths name, with their sizes where these are known.
 *
 * @param notify Receives messages about the search, also one for each path named that does
 *   not exist.
 * @throws {SpitError} `usage` when there is no frame; what `listFrames` throws.
 */
export async function findInputFrames(
  paths: readonly string[],
  notify: Notify,
  { followLinks, verbose }: SearchOptions,
): Promise<FoundFrames> {
  let exitCode: FoundFrames["exitCode"] = 0;
  const frames = await Array.fromAsync(listFrames(paths, notify, {
    followLinks,
    verbose,
    onMissing(path) {
      exitCode = 2;
      notify(`no such file or folder: ${path}`);
    },
  }));
  if (frames.length === 0) {
    throw new SpitError(
      "usage",
      "no frames to classify: name FITS files, or folders that contain some",
    );
  }
  return { frames, files: frames.map(({ path }) => path), exitCode };
}

/** Computes 12 hexadecimal digits that identify the content of rules, wherever their files are. */
async function computeDigest(rules: readonly Rules[]): Promise<string> {
  const contents = rules.map(({ file: _, ...content }) => content);
  const bytes = new TextEncoder().encode(JSON.stringify(contents));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex().slice(0, 12);
}

/**
 * Reads the labels of a manifest as `readLabels` does, and returns them with the function
 * that finds the label of a file. Without a manifest, its parsers are not loaded.
 */
async function openLabels(
  path: string | undefined,
  notify: Notify,
  options: ReadLabelsOptions,
) {
  if (path === undefined) {
    const labels: Labels = new Map();
    return { labels, find: () => undefined };
  }
  const { findLabel } = await import("../evaluation/labels.ts");
  const { readLabels } = await import("../evaluation/manifest.ts");
  const labels = await readLabels(path, notify, options);
  return { labels, find: (file: string) => findLabel(labels, file) };
}

export type Classifier = Awaited<ReturnType<typeof openClassifier>>;

/**
 * Opens the model and reads the rules and labels that options name; declare it with
 * `await using`.
 *
 * @param notify Receives the name of the model and the device.
 * @param frames The frames to come, if they are known. A notice follows if none has a
 *   label.
 * @throws {SpitError} What `readRules`, `readLabels` and `openModel` throw.
 */
export async function openClassifier(
  options: ClassificationOptions,
  notify: Notify,
  frames?: readonly string[],
) {
  const rules = await readRules(options.rules ?? []);
  const { hdu } = options;
  const { labels, find } = await openLabels(options.labels, notify, {
    hdu,
    frames,
  });
  const digest = rules.length === 0 ? undefined : await computeDigest(rules);
  const model = await openModel(options.model, options.device);
  const id = modelId(model.card);
  notify(`${id} on ${model.device}`);
  const counter = createVerdictCounter();
  let start = performance.now();
  async function* classifyAndLabel(
    paths: Iterable<string> | AsyncIterable<string>,
    preview: boolean,
  ): AsyncGenerator<ClassifiedFile, void, void> {
    start = performance.now();
    const files = classifyFilesWithPreviews(
      paths,
      { ...options, rules, model },
      preview,
    );
    for await (const { verdict, previews } of files) {
      yield { verdict: applyLabel(verdict, find(verdict.file)), previews };
    }
  }
  return {
    model,
    /** `NAME@VERSION` of the model. */
    modelId: id,
    labels,
    /**
     * The options that decide the answers, as `recordOptions` takes them. Labels are not
     * among them: a row names its label.
     */
    recorded: {
      "--pixels-only": options.pixelsOnly || undefined,
      "--trust-header": options.trustHeader || undefined,
      "--min-probability": options.minProbability || undefined,
      "--hdu": hdu,
      "--rules": digest,
    },
    /**
     * Classifies files in order, each by itself, and applies the labels. With `preview`, each
     * file has previews of its HDUs.
     */
    async *classify(
      paths: Iterable<string> | AsyncIterable<string>,
      { preview = false } = {},
    ): AsyncGenerator<ClassifiedFile, void, void> {
      for await (const file of classifyAndLabel(paths, preview)) {
        counter.add(file.verdict);
        yield file;
      }
    },
    /**
     * Classifies files in order, and the frames of the sky with the other targets of their
     * nights, as `weighNights` does; applies the labels.
     *
     * @param progress Shown for the files that are classified, before they are held.
     */
    async *classifyNights(
      paths: readonly string[],
      progress: ProgressOptions,
      { preview = false } = {},
    ): AsyncGenerator<ClassifiedFile, void, void> {
      const files = withProgress(classifyAndLabel(paths, preview), progress);
      for await (const file of weighNights(files, model.card, options)) {
        counter.add(file.verdict);
        yield file;
      }
    },
    /** Answers for the frames of a night again; see `weighNight`. */
    weighNight: (verdicts: readonly Verdict[]): Verdict[] =>
      weighNight(verdicts, model.card, options),
    /** Returns what answers for frames again as they arrive; see `followExposures`. */
    followExposures: (existing: readonly Verdict[]) =>
      followExposures(model.card, options, existing),
    /** Returns counts of the verdicts so far, and the time since the classification began. */
    summary: () =>
      counter.summary({
        seconds: (performance.now() - start) / 1000,
        model: id,
        device: model.device,
      }),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}
