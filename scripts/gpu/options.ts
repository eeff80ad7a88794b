/**
 * What `scripts/gpu_check.ts` takes.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { modelNames } from "../../lib/model/find_model.ts";

/** How a machine is checked. */
export interface CheckOptions {
  /** What is checked against the processor; `cpu` itself is a rehearsal. */
  readonly device: "cuda" | "cpu";
  /** File for all that was measured. */
  readonly json?: string;
  /** Names of networks, or paths of their cards. */
  readonly models: readonly string[];
  /** Flips in one pass. */
  readonly batches: readonly number[];
  /** Simulated frames whose verdicts are compared. */
  readonly frames: number;
  /** Files that are typed from end to end; none when 0. */
  readonly night: number;
  /** Threads that read and preprocess. */
  readonly workers: number;
  /** How long each rate is measured. */
  readonly seconds: number;
  /** Whether PyTorch is measured beside. */
  readonly torch: boolean;
  /** Whether its compiled form is, too. */
  readonly compile: boolean;
  /** Whether products may be of 10 bits, as NVIDIA's libraries have it by themselves. */
  readonly tf32: boolean;
  /** A Python that has PyTorch. */
  readonly python: string;
}

/** Reads the command line; ends the process when it is wrong. */
export async function parseOptions(
  line: readonly string[],
): Promise<CheckOptions> {
  const { model, ...options } = new Command("gpu_check")
    .addOption(
      new Option("--device <name>").choices(["cuda", "cpu"]).default("cuda"),
    )
    .option("--json <file>", "write all that was measured")
    .option("--model <name...>", "names or cards; all that are installed")
    .option("--batches <list>", "flips in one pass", numbers, [
      1,
      4,
      16,
      64,
      256,
      1024,
    ])
    .option("--frames <n>", "simulated frames to compare", number, 96)
    .option("--night <n>", "files to type from end to end", number, 400)
    .option(
      "--workers <n>",
      "threads that read",
      number,
      navigator.hardwareConcurrency,
    )
    .option("--seconds <s>", "time for each rate", number, 2)
    .option("--no-torch", "without PyTorch")
    .option("--compile", "PyTorch compiled, too", false)
    .option("--no-tf32", "full float32, in onnxruntime and in PyTorch")
    .option("--python <path>", "one that has PyTorch", "python3")
    .parse(line, { from: "user" })
    .opts<Omit<CheckOptions, "models"> & { model?: string[] }>();
  return { ...options, models: model ?? await modelNames() };
}

function number(text: string): number {
  const value = Number(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError("not a number from 0 on");
}

function numbers(text: string): number[] {
  return text.split(",").map(number);
}
