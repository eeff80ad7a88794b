/**
 * `spit audit PATH…`.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { AuditOptions } from "../commands/audit.ts";
import {
  type Run,
  withLabelsOption,
  withModelOptions,
  withReadOptions,
  withRulesOption,
  withWorkersOption,
} from "./options.ts";

/** Defines the command. */
export function defineAudit(program: Command, run: Run): void {
  const command = program.command("audit")
    .description("print only what needs a person: doubts, missing calibrations")
    .argument("<PATH...>", "files, folders, @LIST, or -");
  withLabelsOption(
    withWorkersOption(
      withRulesOption(withReadOptions(withModelOptions(command))),
    ),
  )
    .addOption(
      new Option("--format <format>", "form of the report")
        .choices(["table", "ndjson"]).default("table"),
    )
    .option(
      "-o, --output <file>",
      "write the report to a file, whole or not at all",
    )
    .option("--strict", "exit 1 when there is something to print")
    .option("-q, --quiet", "no progress, no notices")
    .action(async (paths: string[], options: AuditOptions) => {
      const { audit } = await import("../commands/audit.ts");
      await run(() => audit(paths, options));
    });
}
