/**
 * `spit simulate OUT`.
 *
 * @module
 */
import type { Command } from "commander";
import type { SimulateOptions } from "../commands/simulate.ts";
import { count, type Run, share } from "./options.ts";

/** Defines the command. */
export function defineSimulate(program: Command, run: Run): void {
  program.command("simulate")
    .description("write a night of simulated raw frames")
    .argument("<OUT>", "folder")
    .option("--seed <number>", "the same seed, the same frames", count, 1)
    .option("--count <number>", "how many frames", count, 24)
    .option(
      "--lying <share>",
      "share of frames whose header lies, 0 to 1",
      share,
    )
    .option("--gzip", "write .fits.gz")
    .option("--instrument <name>", "frames of one simulated instrument only")
    .option("--ood", "out-of-distribution frames instead of a night")
    .option("-q, --quiet", "no progress, no notices")
    .action(async (out: string, options: SimulateOptions) => {
      const { simulate } = await import("../commands/simulate.ts");
      await run(async () => {
        await simulate(out, options);
        return 0;
      });
    });
}
