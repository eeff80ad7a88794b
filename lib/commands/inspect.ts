import { type Command, Option } from "commander";
import { runModel } from "../classify/classify_inputs.ts";
import { voteOnHdus } from "../classify/hdus.ts";
import { getInputOptions, readInputs } from "../classify/inputs.ts";
import {
  type AnswerOptions,
  DEFAULT_WEIGHTS,
  weighEvidence,
} from "../classify/evidence.ts";
import { applyLabel, createVerdict } from "../classify/verdict.ts";
import { sliceOutput } from "../classify/vote.ts";
import { SpitError } from "../errors.ts";
import { findLabel } from "../evaluation/labels.ts";
import { readLabels } from "../evaluation/manifest.ts";
import { readRules } from "../header/parse_rules.ts";
import { removeFitsExtension } from "../io/find_frames.ts";
import { assertReplaceable } from "../io/output.ts";
import { openModel } from "../model/open_model.ts";
import { encodeInputImagePng } from "../output/png.ts";
import {
  formatHdu,
  formatLikelihoods,
  formatVerdict,
} from "../output/inspection.ts";
import { printable } from "../output/text.ts";
import type { InputImage } from "../preprocess/input_image.ts";
import {
  addAnswerOptions,
  addLabelsOption,
  addModelOptions,
  addReadOptions,
  type ModelOptions,
  parseOutputOf,
  type ReadOptions,
} from "./options.ts";
import { makeNotify, print } from "./terminal.ts";

interface InspectOptions extends ModelOptions, ReadOptions, AnswerOptions {
  readonly labels?: string;
  readonly output?: string;
  readonly overwrite?: boolean;
}

export function define(command: Command): void {
  command
    .argument("<FILE>", "a FITS file")
    .option(
      "-o, --output <png>",
      "file for the input image (default: NAME.png in the working directory)",
      parseOutputOf("png"),
    )
    .option("--overwrite", "replace an existing file")
    // The earlier name.
    .addOption(
      new Option("-f, --force").implies({ overwrite: true }).hideHelp(),
    )
    .action((path: string, options: InspectOptions) => inspect(path, options));
  addAnswerOptions(addReadOptions(addModelOptions(addLabelsOption(command))));
}

/**
 * Prints what the network saw and answered for each image HDU of a file, and how the
 * evidence gives the answer; writes the input images, 650 × 210 pixels.
 *
 * @throws {SpitError} What is wrong with the file, the model, or the PNG file.
 */
async function inspect(path: string, options: InspectOptions): Promise<void> {
  const { hdu, maxBytes } = options;
  const rules = await readRules(options.rules ?? []);
  const frames = [path];
  const labels = await readLabels(options.labels, makeNotify(), {
    hdu,
    frames,
  });
  await using model = await openModel(options.model, options.device);
  const { card } = model;
  const file = await readInputs(path, {
    hdu,
    maxBytes,
    rules,
    preview: true,
    ...getInputOptions(card),
  });
  if (file.error !== null) throw file.error;
  const output = await runModel(model, file.hdus);
  await print(`${printable(path)}\n\n`);
  for (const [k, { hdu, firstRead, preview }] of file.hdus.entries()) {
    const inputImageFile = namePng(path, options, file.hdus.length, hdu);
    const note = await writePng(inputImageFile, preview!.inputImage, options);
    await print(formatHdu({
      ...preview!,
      firstRead,
      output: sliceOutput(output, k, card.classes.length),
      inputImageFile: inputImageFile + note,
    }, card.classes));
  }
  const answer = createVerdict(file, output, card, options);
  const verdict = applyLabel(answer, findLabel(labels, path));
  await print(formatVerdict(verdict, card));
  const isFromPixels = options.pixelsOnly ||
    answer.reason === "out_of_distribution";
  if (isFromPixels) return;
  const weights = card.evidence ?? DEFAULT_WEIGHTS;
  const { header, log } = file;
  const { result } = voteOnHdus(output, file.hdus, card);
  const evidence = weighEvidence(result, header, log, weights);
  await print("\n" + formatLikelihoods(evidence, answer));
}

function namePng(
  path: string,
  { output }: InspectOptions,
  hdus: number,
  hdu: number,
): string {
  const name = removeFitsExtension(path.replace(/^[^]*[/\\]/, ""));
  const png = output ?? `${name || "frame"}.png`;
  return hdus === 1 ? png : `${png.replace(/\.png$/i, "")}.hdu${hdu}.png`;
}

/** Returns a note if the file exists and stays as it is. */
async function writePng(
  path: string,
  { pixels }: InputImage,
  { output, overwrite = false }: InspectOptions,
): Promise<string> {
  const png = encodeInputImagePng(pixels);
  await assertReplaceable(path, "PNG");
  try {
    await Deno.writeFile(path, png, { createNew: !overwrite });
    return "";
  } catch (cause) {
    const exists = cause instanceof Deno.errors.AlreadyExists;
    if (exists && output === undefined) {
      return " exists and was not replaced (--overwrite replaces it)";
    }
    throw new SpitError(
      "usage",
      exists
        ? `${path} exists: replace it with --overwrite, or give another name with -o`
        : `cannot write the input image ${path}: ${(cause as Error).message}`,
      { file: path, cause },
    );
  }
}
