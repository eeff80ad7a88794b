/**
 * `spit worker --nats URL --out DIR`.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import type { WorkerOptions } from "../commands/worker.ts";
import {
  count,
  positive,
  type Run,
  withModelOptions,
  withReadOptions,
  withRulesOption,
  withWorkersOption,
} from "./options.ts";
import { withQueueOptions } from "./queue_options.ts";

/** Defines the command. */
export function defineWorker(program: Command, run: Run): void {
  const command = program.command("worker")
    .description("type frames that come from a queue, until Ctrl-C");
  withWorkersOption(
    withReadOptions(withModelOptions(withQueueOptions(command))),
  )
    .requiredOption("--out <dir>", "folder for the rows; merge DIR reads it")
    .option("--name <name>", "what this worker is called", "worker")
    .option(
      "--part-frames <number>",
      "write a part when it has so many rows",
      atLeast(1),
      200,
    )
    .option(
      "--part-seconds <seconds>",
      "write a part when its first row is so old",
      positive,
      5,
    )
    .option(
      "--tries <number>",
      "give a frame up that cannot be reached, or ends its workers, so many times",
      atLeast(3),
      5,
    )
    .option(
      "--rest <seconds>",
      "time until the second try; four times as long until each further one",
      positive,
      5,
    )
    .option(
      "--ack-wait <seconds>",
      "a worker is dead, and its frames go to others, when silent so long",
      positive,
      30,
    )
    .option(
      "--max-pending <number>",
      "frames that all workers hold at once, at most",
      atLeast(1),
      10_000,
    )
    .option("--until-empty", "end when the queue is empty")
    .option("-q, --quiet", "no notices")
    .action(async (options: WorkerOptions) => {
      const { worker } = await import("../commands/worker.ts");
      await run(() => worker(options));
    });
  withRulesOption(command);
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return count(text);
    throw new InvalidArgumentError(
      `It must be a whole number, ${least} or more.`,
    );
  };
}
