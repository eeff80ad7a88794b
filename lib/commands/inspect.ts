/**
 * `inspect FILE`: why a file has the type it has.
 *
 * @module
 */
import { runModel } from "../classify/classify_inputs.ts";
import { getInputOptions, readInputs } from "../classify/inputs.ts";
import { createVerdict } from "../classify/verdict.ts";
import { SpitError } from "../errors.ts";
import { readRules } from "../header/read_rules.ts";
import type { Device } from "../model/device.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { type ModelOutput, openModel } from "../model/open_model.ts";
import { FLIPS } from "../preprocess/flips.ts";
import type { InputImage } from "../preprocess/input_image.ts";
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
  const { hdu, maxBytes, force = false } = options;
  const rules = await readRules(options.rules ?? []);
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
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
  const { write } = standardOutput();
  await write(`${printable(path)}\n\n`);
  for (const [k, { hdu, preview }] of file.hdus.entries()) {
    const inputImageFile = inputImageName(
      path,
      options,
      file.hdus.length,
      hdu,
    );
    await writeInputImage(inputImageFile, preview!.inputImage, force);
    await write(hduText({
      ...preview!,
      output: sliceOutput(output, k, card.classes.length),
      inputImageFile,
    }, card.classes));
  }
  await write(verdictText(createVerdict(file, output, card), card));
  return 0;
}

/** Returns the output for the four flips of one HDU. */
function sliceOutput(
  { probabilities, ood }: ModelOutput,
  hdu: number,
  classes: number,
): ModelOutput {
  const [start, end] = [hdu * FLIPS, (hdu + 1) * FLIPS];
  return {
    probabilities: probabilities.subarray(start * classes, end * classes),
    ood: ood && ood.subarray(start, end),
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
