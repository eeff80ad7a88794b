/**
 * What `scripts/bench.ts` takes.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";

/** Parts that can be asked for alone. */
export const SECTIONS = [
  "whole",
  "floor",
  "peer",
  "original",
  "stages",
  "kinds",
  "pixels",
  "counts",
  "memory",
] as const;

/** A part of the benchmark. */
export type Section = typeof SECTIONS[number];

/** How it is run. */
export interface BenchOptions {
  /** Rounds. */
  readonly runs: number;
  /** Frames that are typed; the files of the night, or as many links to them. */
  readonly frames: number;
  /** A folder of frames, instead of simulated ones. */
  readonly night?: string;
  /** File for all that was measured. */
  readonly json?: string;
  /** The parts that are measured. */
  readonly only: readonly Section[];
  /** Whether what takes long is measured, too. */
  readonly long: boolean;
  /** A Python with the peer's packages. */
  readonly python: string;
  /** One with TensorFlow. */
  readonly pythonOriginal: string;
}

/** Reads the command line; ends the process when it is wrong. */
export function parseOptions(
  line: readonly string[],
): Omit<BenchOptions, "frames"> & { frames?: number } {
  const options = new Command("bench")
    .description("measure the toolkit, its floor and its peers, in turn")
    .option("--runs <number>", "rounds", count, 5)
    .option(
      "--frames <number>",
      "frames to type (default: those of the night, or 200)",
      count,
    )
    .option("--night <folder>", "frames to take, instead of simulated ones")
    .option("--json <file>", "write all that was measured")
    .addOption(
      new Option("--only <parts...>", "measure these parts only")
        .choices(SECTIONS).default([...SECTIONS], "all"),
    )
    .option(
      "--long",
      "the line over 50 to 800 frames, and the memory of 10,000, too",
      false,
    )
    .option("--python <program>", "one with the peer's packages", "python3")
    .option(
      "--python-original <program>",
      "one with TensorFlow (default: that of --python)",
    )
    .parse(line, { from: "user" })
    .opts<BenchOptions>();
  return {
    ...options,
    pythonOriginal: options.pythonOriginal ?? options.python,
  };
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number, 1 or more.");
  }
  return Number(text);
}
