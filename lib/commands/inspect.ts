/**
 * `inspect FILE`: why a file has the type it has.
 *
 * @module
 */
import {
  headerSays,
  readInputs,
  votingHdus,
} from "../classify/input_images.ts";
import { tallyVerdict } from "../classify/classify_file.ts";
import { classifyInputs } from "../classify/classify_inputs.ts";
import { SpitError } from "../errors.ts";
import { openFits } from "../fits/open_fits.ts";
import { readRules } from "../header/read_rules.ts";
import type { Device } from "../model/device.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { type ModelOutput, openModel } from "../model/open_model.ts";
import type { InputImage } from "../preprocess/input_image.ts";
import { maximaOf } from "../preprocess/wasm/plane_maxima.ts";
import { hduText, verdictText } from "../output/inspection.ts";
import { assertNotFrame, standardOutput } from "../io/output.ts";
import { encodeInputImagePng } from "../output/input_image_png.ts";
import { printable } from "../output/printable.ts";

/** Options of `inspect`. */
export interface InspectOptions {
  /** PNG to write. Default: the file's name with `.png`, in the working folder. */
  readonly output?: string;
  /** Replace an input image that is there. */
  readonly force?: boolean;
  /** Name or path of the model. Default: the default model. */
  readonly model?: string;
  /** Where it is to run. Default: `auto`. */
  readonly device?: Device;
  /** Only this HDU. */
  readonly hdu?: number;
  /** Files of rules, before those that come along. */
  readonly rules?: readonly string[];
  /** Largest decompressed file, in bytes: the limit against gzip bombs. */
  readonly maxBytes?: number;
}

/**
 * Prints what the network saw and said of one file, and writes its input image at
 * full size, 650 × 210; one for each image HDU.
 *
 * @returns The exit code, 0.
 * @throws {SpitError} What is wrong with the file, the model, or the input image's place.
 */
export async function inspect(
  path: string,
  options: InspectOptions,
): Promise<number> {
  using file = await openFits(path, options);
  const hdus = votingHdus(file, options.hdu);
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  const { card } = model;
  const { write } = standardOutput();
  await write(`${printable(path)}\n\n`);

  const outputs: ModelOutput[] = [];
  for await (
    const { frame, inputImage, flips, features } of readInputs(file, hdus, card)
  ) {
    const output = await classifyInputs(model, flips, features);
    outputs.push(output);
    const inputImageFile = inputImageName(
      path,
      options,
      hdus.length,
      frame.hdu,
    );
    await writeInputImage(inputImageFile, inputImage, options.force ?? false);
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
    output: together(outputs),
  }, model);
  await write(verdictText(verdict, card));
  return 0;
}

function together(outputs: readonly ModelOutput[]): ModelOutput {
  const join = (parts: readonly Float32Array[]) =>
    Float32Array.from(parts.flatMap((part) => [...part]));
  const strange = outputs.flatMap(({ ood }) => ood ?? []);
  return {
    probabilities: join(outputs.map(({ probabilities }) => probabilities)),
    ood: strange.length === 0 ? null : join(strange),
  };
}

function inputImageName(
  path: string,
  { output }: InspectOptions,
  hdus: number,
  hdu: number,
): string {
  const name = path.replace(/^.*[/\\]/, "").replace(
    /\.(fits|fit|fts)?(\.(gz|bz2|fz))?$/i,
    "",
  );
  const whole = output ?? `${name || "frame"}.png`;
  return hdus === 1 ? whole : `${whole.replace(/\.png$/i, "")}.hdu${hdu}.png`;
}

async function writeInputImage(
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
        ? `${path} is there already: give --force to replace it, or -o for another name`
        : `cannot write the inputImage ${path}: ${(cause as Error).message}`,
      { file: path, cause },
    );
  }
}
