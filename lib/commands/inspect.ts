/**
 * `spit inspect FILE`: shows why a frame has its type, and writes its input image.
 *
 * @module
 */
import type { Command } from "commander";
import { tallyVerdict } from "../classify/classify_file.ts";
import { classifyInputs } from "../classify/classify_inputs.ts";
import {
  headerSays,
  readInputs,
  votingHdus,
} from "../classify/input_images.ts";
import { SpitError } from "../errors.ts";
import { openFits } from "../fits/open_fits.ts";
import { readRules } from "../header/read_rules.ts";
import { assertNotFrame, standardOutput } from "../io/output.ts";
import { type ModelOutput, openModel } from "../model/open_model.ts";
import { encodeInputImagePng } from "../output/input_image_png.ts";
import { hduText, verdictText } from "../output/inspection.ts";
import { printable } from "../output/printable.ts";
import type { InputImage } from "../preprocess/input_image.ts";
import { maximaOf } from "../preprocess/wasm/plane_maxima.ts";
import {
  addModelOptions,
  addReadOptions,
  type ModelOptions,
  type ReadOptions,
} from "./options.ts";

/** Options of `inspect`. */
export interface InspectOptions extends ModelOptions, ReadOptions {
  /** PNG file for the input image. Default: the name of the file, in the working folder. */
  readonly output?: string;
  /** Whether an existing PNG file is replaced. */
  readonly force?: boolean;
}

/** Adds the arguments and options of `inspect` to a command, and what it does. */
export function define(command: Command): void {
  command
    .argument("<FILE>", "a FITS file")
    .option(
      "-o, --output <png>",
      "file for the input image (default: the name of the frame, here)",
    )
    .option("-f, --force", "replace an existing file")
    .action((path: string, options: InspectOptions) => inspect(path, options));
  addReadOptions(addModelOptions(command));
}

/**
 * Prints what the network saw and answered for each image HDU of a file, and writes the
 * input images, 650 × 210 pixels.
 *
 * @throws {SpitError} What is wrong with the file, the model, or the PNG file.
 */
async function inspect(path: string, options: InspectOptions): Promise<void> {
  using file = await openFits(path, options);
  const hdus = votingHdus(file, options.hdu);
  await using model = await openModel(options.model, options.device);
  const { card } = model;
  const { write } = standardOutput();
  await write(`${printable(path)}\n\n`);

  const outputs: ModelOutput[] = [];
  for await (
    const { frame, inputImage, flips, features } of readInputs(file, hdus, card)
  ) {
    const output = await classifyInputs(model, flips, features);
    outputs.push(output);
    const inputImageFile = namePng(path, options, hdus.length, frame.hdu);
    await writePng(inputImageFile, inputImage, options.force ?? false);
    await write(hduText({
      hdu: frame.hdu,
      width: frame.width,
      height: frame.height,
      inputImage,
      rowMaxima: maximaOf(frame),
      output,
      inputImageFile,
    }, card.classes));
  }
  const verdict = tallyVerdict({
    path,
    ...headerSays(file, options.hdu, await readRules(options.rules ?? [])),
    hdus: hdus.map(({ index }) => index),
    output: concatOutputs(outputs),
  }, model);
  await write(verdictText(verdict, card));
}

function concatOutputs(outputs: readonly ModelOutput[]): ModelOutput {
  const concat = (parts: readonly Float32Array[]) =>
    Float32Array.from(parts.flatMap((part) => [...part]));
  const ood = outputs.flatMap((output) => output.ood ?? []);
  return {
    probabilities: concat(outputs.map(({ probabilities }) => probabilities)),
    ood: ood.length === 0 ? null : concat(ood),
  };
}

function namePng(
  path: string,
  { output }: InspectOptions,
  hdus: number,
  hdu: number,
): string {
  const name = path.replace(/^.*[/\\]/, "").replace(
    /\.(fits|fit|fts)?(\.(gz|bz2|fz))?$/i,
    "",
  );
  const png = output ?? `${name || "frame"}.png`;
  return hdus === 1 ? png : `${png.replace(/\.png$/i, "")}.hdu${hdu}.png`;
}

async function writePng(
  path: string,
  { pixels }: InputImage,
  force: boolean,
): Promise<void> {
  const png = encodeInputImagePng(pixels);
  await assertNotFrame(path);
  try {
    await Deno.writeFile(path, png, { createNew: !force });
  } catch (cause) {
    const exists = cause instanceof Deno.errors.AlreadyExists;
    throw new SpitError(
      "usage",
      exists
        ? `${path} exists: replace it with --force, or give another name with -o`
        : `Cannot write the input image ${path}: ${(cause as Error).message}`,
      { file: path, cause },
    );
  }
}
