/**
 * `spit inspect FILE`.
 *
 * @module
 */
import type { Command } from "commander";
import type { InspectOptions } from "../commands/inspect.ts";
import {
  type Run,
  withModelOptions,
  withReadOptions,
  withRulesOption,
} from "./options.ts";

/** Defines the command. */
export function defineInspect(program: Command, run: Run): void {
  withRulesOption(
    withReadOptions(withModelOptions(program.command("inspect"))),
  )
    .description("show why a file has its type, and write its input image")
    .argument("<FILE>", "a FITS file")
    .option(
      "-o, --output <png>",
      "the input image (default: the file's name, here)",
    )
    .option("-f, --force", "replace an input image that is there")
    .action(async (path: string, options: InspectOptions) => {
      const { inspect } = await import("../commands/inspect.ts");
      await run(() => inspect(path, options));
    });
}
