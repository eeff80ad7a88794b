/**
 * `spit review PATH…`.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ReviewOptions } from "../commands/review.ts";
import {
  count,
  type Run,
  withModelOptions,
  withReadOptions,
  withRulesOption,
  withWorkersOption,
} from "./options.ts";

/** Defines the command. */
export function defineReview(program: Command, run: Run): void {
  const command = program.command("review")
    .description(
      "correct types by hand, on a page in the browser, until Ctrl-C",
    )
    .argument("<PATH...>", "files, folders, @LIST, or -; folders are watched");
  withWorkersOption(
    withRulesOption(withReadOptions(withModelOptions(command))),
  )
    .option(
      "--labels <csv>",
      "file that the labels are appended to (default: spit-labels.csv, in the folder if there is one, else here)",
    )
    .option("--all", "walk all frames, not only the doubtful")
    .addOption(
      new Option(
        "--port <number>",
        "port of the page (default: one that goes with the labels file)",
      ).argParser(port),
    )
    .option("--open", "open the page in the browser")
    .option("-q, --quiet", "no notices; the address is printed all the same")
    .action(async (paths: string[], options: ReviewOptions) => {
      const { review } = await import("../commands/review.ts");
      await run(() => review(paths, options));
    });
}

function port(text: string): number {
  const number = count(text);
  if (number < 65536) return number;
  throw new InvalidArgumentError("It must be a number from 0 to 65535.");
}
