/**
 * Options of the commands that use a queue.
 *
 * @module
 */
import type { Command } from "commander";

/** Adds `--nats`, `--stream`, `--creds` and `--ca`. */
export function withQueueOptions(command: Command): Command {
  return command
    .requiredOption(
      "--nats <url>",
      "the server: nats://HOST:PORT, or tls://, with USER:PASSWORD@ before HOST",
    )
    .option("--stream <name>", "the stream, made if it is not there", "frames")
    .option("--creds <file>", "credentials, as nsc writes them")
    .option("--ca <file>", "certificates that vouch for the server, PEM");
}
