/**
 * `spit enqueue PATH… --nats URL`.
 *
 * @module
 */
import type { Command } from "commander";
import type { EnqueueOptions } from "../commands/enqueue.ts";
import type { Run } from "./options.ts";
import { withQueueOptions } from "./queue_options.ts";

/** Defines the command. */
export function defineEnqueue(program: Command, run: Run): void {
  const command = program.command("enqueue")
    .description("post frames to a queue, for workers to type")
    .argument("[path...]", "files, folders, URLs, @LIST, or -");
  withQueueOptions(command)
    .option("--dead", "post again what workers have given up")
    .option("-q, --quiet", "no notices")
    .action(async (paths: string[], options: EnqueueOptions) => {
      const { enqueue } = await import("../commands/enqueue.ts");
      await run(() => enqueue(paths, options));
    });
}
