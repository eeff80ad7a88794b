/** This module is loaded at every start, so it imports nothing heavy. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { AnswerOptions } from "../classify/evidence.ts";
import { type Device, DEVICES } from "../model/device.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";

export interface ModelOptions {
  readonly model: string;
  readonly device: Device;
}

export function addModelOptions(command: Command): Command {
  return command
    .option(
      "--model <name>",
      "name of a model, or path of its card",
      DEFAULT_MODEL,
    )
    .addOption(
      new Option("--device <device>", "where the model runs")
        .choices(DEVICES).default("auto"),
    );
}

export interface ReadOptions {
  readonly hdu?: number;
  readonly maxBytes?: number;
  readonly rules?: readonly string[];
}

export function addReadOptions(command: Command): Command {
  return command
    .option("--hdu <number>", "use only this HDU, counted from 0", parseCount)
    .option(
      "--max-bytes <number>",
      "refuse files larger than this when decompressed (default: 4 GiB)",
      parseCount,
    )
    .addOption(createRulesOption());
}

export function createRulesOption(): Option {
  return new Option(
    "--rules <file...>",
    "rules files, tried before the built-in rules",
  );
}

/** Adds the options for how the answer is formed from the evidence. */
export function addAnswerOptions(command: Command): Command {
  return command
    .option(
      "--pixels-only",
      "the answer is what the pixels alone say; the header is ignored",
    )
    .addOption(
      new Option(
        "--trust-header",
        "a frame whose pixels are unlike any spectral frame may be used as the type that its header claims",
      ).conflicts("pixelsOnly"),
    )
    .option(
      "--min-probability <number>",
      "a frame whose type is less probable than this is unknown (0 to 1)",
      parseFraction,
    );
}

export interface ClassificationOptions
  extends ModelOptions, ReadOptions, AnswerOptions, SearchOptions {
  /** Path of a label manifest. Its labels replace the answers. */
  readonly labels?: string;
  readonly workers?: number;
  readonly timeout: number;
  readonly quiet?: boolean;
}

export function addClassificationOptions(command: Command): Command {
  addAnswerOptions(addReadOptions(addModelOptions(command)))
    .option(
      "--workers <number>",
      "workers that read files; 0: read in the main thread (default: one per core, at most 8)",
      parseWorkers,
    )
    .option(
      "--timeout <seconds>",
      "give up on a file that takes longer to read; 0: no limit",
      parseSeconds,
      120,
    );
  return addQuietOption(command);
}

export function addLabelsOption(command: Command): Command {
  return command.option(
    "--labels <csv>",
    "types given by a person, which replace the answers: path,label, or a file that review wrote",
  );
}

export interface SearchOptions {
  /** Whether links that lead out of the folders given are followed. */
  readonly followLinks?: boolean;
  /** Whether notices name each file and link that is skipped. */
  readonly verbose?: boolean;
}

/** Adds the options for how frames are found in folders. */
export function addSearchOptions(command: Command): Command {
  return command
    .option("--follow-links", "follow links that lead out of the folders given")
    .option(
      "-v, --verbose",
      "name each file and link in folders that is skipped",
    );
}

export function addQuietOption(command: Command): Command {
  return command.option("-q, --quiet", "no progress and no notices");
}

export interface QueueOptions {
  readonly nats: string;
  readonly stream: string;
  readonly creds?: string;
  readonly ca?: string;
}

export function addQueueOptions(command: Command): Command {
  return command
    .requiredOption(
      "--nats <url>",
      "the server: nats://[USER:PASSWORD@]HOST:PORT, or tls://…",
    )
    .option("--stream <name>", "the stream; created if missing", "frames")
    .option("--creds <file>", "credentials file, as nsc writes it")
    .option("--ca <file>", "CA certificates of the server, PEM");
}

export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number, 0 or more.");
  }
  return Number(text);
}

/** As many as {@linkcode classifyFiles} accepts, whose module is not loaded at the start. */
function parseWorkers(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 256) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 0 to 256.");
}

/** Returns a parser of whole numbers that are at least `minimum`. */
export function parseCountFrom(minimum: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= minimum) return Number(text);
    throw new InvalidArgumentError(
      `It must be a whole number, ${minimum} or more.`,
    );
  };
}

export function parseFraction(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError("It must be a number from 0 to 1.");
  }
  return value;
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < Infinity)) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return value;
}

function parseSeconds(text: string): number {
  const value = Number(text);
  // Timers are limited to 2³¹ milliseconds.
  if (text.trim() === "" || !(value >= 0 && value < 2e6)) {
    throw new InvalidArgumentError(
      "It must be a number of seconds, 0 or more.",
    );
  }
  return value;
}
