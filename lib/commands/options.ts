/** This module is loaded at every start, so it imports nothing heavy. */
import type { Command } from "commander";
import type { AnswerOptions } from "../classify/evidence.ts";
import { SpitError } from "../errors.ts";
import { type Device, DEVICES } from "../model/device.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import type { Format } from "../output/formats.ts";

/** An option of a command, which commander need not be loaded for. */
export interface OptionSpec {
  /** As commander takes them: `-o, --output <file>`. */
  readonly flags: string;
  readonly description: string;
  /**
   * Parses the value; throws {@linkcode InvalidValueError}. An option that may be repeated
   * adds the value to those before.
   */
  readonly parse?: (text: string, before?: unknown) => unknown;
  readonly choices?: readonly string[];
  readonly default?: unknown;
  /** Names of the options that cannot be used with it. */
  readonly conflicts?: readonly string[];
}

/** Adds options to a command. */
export function addOptions(
  command: Command,
  specs: readonly OptionSpec[],
): Command {
  for (const spec of specs) {
    const option = command.createOption(spec.flags, spec.description);
    if (spec.parse) option.argParser(spec.parse);
    if (spec.choices) option.choices(spec.choices);
    if (spec.default !== undefined) option.default(spec.default);
    if (spec.conflicts) option.conflicts([...spec.conflicts]);
    command.addOption(option);
  }
  return command;
}

/** The error of a value, which commander recognizes by its code. */
export class InvalidValueError extends Error {
  readonly code = "commander.invalidArgument";
}

/** A command line without an error and with options that need no further check. */
export interface PlainLine {
  readonly operands: readonly [string, ...string[]];
  /** Values by the names that commander gives them, with the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Parses most command lines as commander does, without loading it and the modules of
 * Node that it needs.
 *
 * @returns `undefined` for a line that is left to commander: without an operand, with an
 *   error, or with grouped short options, options that conflict with others, or values that
 *   begin with a dash.
 */
export function parsePlainLine(
  args: readonly string[],
  specs: readonly OptionSpec[],
): PlainLine | undefined {
  const options = Object.fromEntries(
    specs.filter((spec) => spec.default !== undefined)
      .map((spec) => [nameOption(spec), spec.default]),
  );
  const operands: string[] = [];
  const rest = [...args];
  while (rest.length > 0) {
    const arg = rest.shift()!;
    if (!arg.startsWith("-") || arg === "-") {
      operands.push(arg);
      continue;
    }
    const [, flag, inline] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [, arg];
    const spec = specs.find(({ flags }) => flags.split(/, | /).includes(flag!));
    if (spec === undefined || spec.conflicts) return undefined;
    if (!spec.flags.endsWith(">")) {
      if (inline !== undefined) return undefined;
      options[nameOption(spec)] = true;
      continue;
    }
    const text = inline ?? rest.shift();
    if (text === undefined || text.startsWith("-")) return undefined;
    if (spec.choices && !spec.choices.includes(text)) return undefined;
    const name = nameOption(spec);
    try {
      options[name] = spec.parse ? spec.parse(text, options[name]) : text;
    } catch {
      return undefined;
    }
  }
  const [first, ...others] = operands;
  return first === undefined
    ? undefined
    : { operands: [first, ...others], options };
}

/** Returns the name of a value, as commander forms it: `maxBytes` for `--max-bytes`. */
function nameOption({ flags }: OptionSpec): string {
  return /--([a-z-]+)/.exec(flags)![1]!
    .replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

/** A value of `--format`. */
export type ReportFormat = Format | "pypeit";

/** What an output can be: a report, a page, or an image. */
type OutputFormat = ReportFormat | "html" | "png";

/** The formats that the extension of an output names. */
const FORMAT_OF_EXTENSION: ReadonlyMap<string, OutputFormat> = new Map([
  ["csv", "csv"],
  ["htm", "html"],
  ["html", "html"],
  ["json", "json"],
  ["jsonl", "ndjson"],
  ["ndjson", "ndjson"],
  ["png", "png"],
  ["pypeit", "pypeit"],
  ["tsv", "fitsort"],
]);

/** Returns the format that the extension of an output names, if it names one. */
function findNamedFormat(output: string): OutputFormat | undefined {
  const extension = /\.([a-z]+)$/i.exec(output)?.[1]?.toLowerCase();
  return FORMAT_OF_EXTENSION.get(extension ?? "");
}

/** Returns a parser of names of outputs in one format, which refuses the extension of another. */
export function parseOutputOf(format: OutputFormat): (text: string) => string {
  return (text) => {
    if ((findNamedFormat(text) ?? format) === format) return text;
    const name = text.replace(/\.[a-z]+$/i, `.${format}`);
    throw new InvalidValueError(
      `It is written as ${format}: name it, for example, ${name}`,
    );
  };
}

/** The formats of a command, the default first. */
type Formats<Name extends ReportFormat> = readonly [Name, ...Name[]];

/** Returns the option `--format` of a command that has `-o`; see {@linkcode chooseFormat}. */
export function formatOption(formats: Formats<ReportFormat>): OptionSpec {
  return {
    flags: "--format <format>",
    description: `output format (default: from the extension of -o, else ${
      formats[0]
    })`,
    choices: formats,
  };
}

/**
 * Returns the format of a report: that of `--format`, or else the one that the extension
 * of the output names, or else the default.
 *
 * @throws {SpitError} `usage` when the extension names a format that the command does not
 *   write.
 */
export function chooseFormat<Name extends ReportFormat>(
  { format, output }: { readonly format?: Name; readonly output?: string },
  formats: Formats<Name>,
): Name {
  if (format !== undefined) return format;
  const named = findNamedFormat(output ?? "");
  if (named === undefined) return formats[0];
  const found = formats.find((one) => one === named);
  if (found !== undefined) return found;
  const hint = named === "html" ? "; `spit report` writes a page" : "";
  throw new SpitError(
    "usage",
    `cannot write ${output} as ${named}: name another file, or one of the ` +
      `formats with --format: ${formats.join(", ")}${hint}`,
    { file: output },
  );
}

export interface ModelOptions {
  readonly model: string;
  readonly device: Device;
}

const MODEL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "--model <name>",
    description: "name of a model, or path of a model card",
    default: DEFAULT_MODEL,
  },
  {
    flags: "--device <device>",
    description: "where the model runs",
    choices: DEVICES,
    default: "auto",
  },
];

export function addModelOptions(command: Command): Command {
  return addOptions(command, MODEL_OPTIONS);
}

export interface ReadOptions {
  readonly hdu?: number;
  readonly maxBytes?: number;
  readonly rules?: readonly string[];
}

export const RULES_OPTION: OptionSpec = {
  flags: "--rules <file>",
  description: "rules file, tried before the built-in rules; may be repeated",
  // Not `<file...>`, which would take the paths of frames that follow.
  parse: (file, before = []) => [...before as readonly string[], file],
};

const READ_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "--hdu <number>",
    description: "use only this HDU, counted from 0",
    parse: parseCount,
  },
  {
    flags: "--max-bytes <number>",
    description:
      "refuse files larger than this when decompressed (default: 4 GiB)",
    parse: parseCount,
  },
  RULES_OPTION,
];

export function addReadOptions(command: Command): Command {
  return addOptions(command, READ_OPTIONS);
}

/** Options for how the answer is formed from the evidence. */
const ANSWER_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "--pixels-only",
    description: "classify by the pixels alone, and ignore the header",
  },
  {
    flags: "--trust-header",
    description:
      "let frames whose pixels are unlike any spectral frame be used as the type that their header claims",
    conflicts: ["pixelsOnly"],
  },
  {
    flags: "--min-probability <number>",
    description:
      "lowest probability of an answer, 0 to 1; frames below it are unknown",
    parse: parseFraction,
  },
];

export function addAnswerOptions(command: Command): Command {
  return addOptions(command, ANSWER_OPTIONS);
}

export interface ClassificationOptions
  extends ModelOptions, ReadOptions, AnswerOptions, SearchOptions {
  /** Path of a label manifest. Its labels replace the answers. */
  readonly labels?: string;
  readonly workers?: number;
  readonly timeout: number;
  readonly quiet?: boolean;
}

const QUIET_OPTION: OptionSpec = {
  flags: "-q, --quiet",
  description: "show no progress and no notices",
};

export const CLASSIFICATION_OPTIONS: readonly OptionSpec[] = [
  ...MODEL_OPTIONS,
  ...READ_OPTIONS,
  ...ANSWER_OPTIONS,
  {
    flags: "--workers <number>",
    description:
      "reader threads; 0: read in the main thread (default: one per core, at most 8)",
    parse: parseWorkers,
  },
  {
    flags: "--timeout <seconds>",
    description: "time limit for reading a file; 0: no limit",
    parse: parseSeconds,
    default: 120,
  },
  QUIET_OPTION,
];

export function addClassificationOptions(command: Command): Command {
  return addOptions(command, CLASSIFICATION_OPTIONS);
}

export const LABELS_OPTION: OptionSpec = {
  flags: "--labels <csv>",
  description:
    "CSV file of labels (path,label), as written by review; labels replace the answers",
};

export function addLabelsOption(command: Command): Command {
  return addOptions(command, [LABELS_OPTION]);
}

export interface SearchOptions {
  /** Whether links that lead out of the folders given are followed. */
  readonly followLinks?: boolean;
  /** Whether notices name each file and link that is skipped. */
  readonly verbose?: boolean;
}

/** Options for how frames are found in folders. */
export const SEARCH_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "--follow-links",
    description: "follow links that lead out of the folders given",
  },
  {
    flags: "-v, --verbose",
    description: "name each file and link that is skipped in folders",
  },
];

export function addSearchOptions(command: Command): Command {
  return addOptions(command, SEARCH_OPTIONS);
}

export function addQuietOption(command: Command): Command {
  return addOptions(command, [QUIET_OPTION]);
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
    throw new InvalidValueError("It must be a whole number, 0 or more.");
  }
  return Number(text);
}

/** As many as {@linkcode classifyFiles} accepts, whose module is not loaded at the start. */
function parseWorkers(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 256) return Number(text);
  throw new InvalidValueError("It must be a whole number from 0 to 256.");
}

/** Returns a parser of whole numbers that are at least `minimum`. */
export function parseCountFrom(minimum: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= minimum) return Number(text);
    throw new InvalidValueError(
      `It must be a whole number, ${minimum} or more.`,
    );
  };
}

export function parseFraction(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidValueError("It must be a number from 0 to 1.");
  }
  return value;
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < Infinity)) {
    throw new InvalidValueError("It must be a number above 0.");
  }
  return value;
}

function parseSeconds(text: string): number {
  const value = Number(text);
  // Timers are limited to 2³¹ milliseconds.
  if (text.trim() === "" || !(value >= 0 && value < 2e6)) {
    throw new InvalidValueError(
      "It must be a number of seconds, 0 or more.",
    );
  }
  return value;
}
