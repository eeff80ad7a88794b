/**
 * Options that several commands take, and how their values are read.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { DEVICES } from "../model/device.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";

/** Runs a command; what it gives is the exit code. */
export type Run = (command: () => Promise<number>) => Promise<void>;

/** Adds `--model` and `--device`. */
export function withModelOptions(command: Command): Command {
  return command
    .option(
      "--model <name>",
      "a model's name, or the path of its card",
      DEFAULT_MODEL,
    )
    .addOption(
      new Option("--device <device>", "where the model runs")
        .choices(DEVICES).default("auto"),
    );
}

/** Adds `--hdu` and `--max-bytes`. */
export function withReadOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--hdu <number>", "only this HDU, counted from 0")
        .argParser(count),
    )
    .addOption(
      new Option(
        "--max-bytes <number>",
        "refuse files larger than this, decompressed (default: 4 GiB)",
      ).argParser(count),
    );
}

/** Adds `--rules`. */
export function withRulesOption(command: Command): Command {
  return command.option(
    "--rules <file...>",
    "rules of instruments, before those that come along",
  );
}

/** Adds `--workers` and `--timeout`. */
export function withWorkersOption(command: Command): Command {
  return command.option(
    "--workers <number>",
    "workers that read files; 0: the main thread (default: one a core, at most 8)",
    count,
  ).option(
    "--timeout <seconds>",
    "give a file up that is not read in so long; 0: never (default: 120)",
    seconds,
  );
}

/** Adds `--labels`. */
export function withLabelsOption(command: Command): Command {
  return command.option(
    "--labels <csv>",
    "labels by hand, as review writes them: they stand for the type",
  );
}

/** A whole number, 0 or more. */
export function count(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number, 0 or more.");
  }
  return Number(text);
}

/** A share, 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError("It must be a number from 0 to 1.");
  }
  return value;
}

/** A length of time, 0 or more. */
function seconds(text: string): number {
  const value = Number(text);
  // Timers take no longer than 2³¹ milliseconds.
  if (text.trim() === "" || !(value >= 0 && value < 2e6)) {
    throw new InvalidArgumentError(
      "It must be a number of seconds, 0 or more.",
    );
  }
  return value;
}

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < Infinity)) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return value;
}
