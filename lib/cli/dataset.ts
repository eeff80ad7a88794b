/**
 * `spit dataset OUT`.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { DatasetOptions } from "../commands/dataset.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import { count, type Run } from "./options.ts";

/** Defines the command. */
export function defineDataset(program: Command, run: Run): void {
  program.command("dataset")
    .description("make shards of input images for training")
    .argument("<OUT>", "folder")
    .option("--simulated <number>", "simulated frames", count, 0)
    .option("--seed <number>", "seed of the first simulated frame", count, 1)
    .option("--instrument <names...>", "their instruments, in turn")
    .addOption(
      new Option("--type <types...>", "their types, in turn")
        .choices(FRAME_TYPES),
    )
    .option("--ood <number>", "simulated out-of-distribution frames", count, 0)
    .option("--manifest <csv>", "labelled real frames")
    .action(async (out: string, options: DatasetOptions) => {
      const { dataset } = await import("../commands/dataset.ts");
      await run(async () => {
        console.error(`${await dataset(out, options)} inputImages`);
        return 0;
      });
    });
}
