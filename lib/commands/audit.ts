import type { Command } from "commander";
import {
  type Audit,
  type Finding,
  type FindingKind,
  startAudit,
} from "../calibration/findings.ts";
import { checkOutput, writeFileAtomically } from "../io/output.ts";
import {
  type AuditForm,
  formatAuditNdjson,
  formatAuditTable,
} from "../output/audit.ts";
import { readTerminalWidth } from "../output/table.ts";
import { formatConfigurations, listNotices } from "../output/configurations.ts";
import { formatCount } from "../output/text.ts";
import { findInputFrames, openClassifier } from "./inputs.ts";
import {
  addClassificationOptions,
  addLabelsOption,
  addOptions,
  addSearchOptions,
  chooseFormat,
  type ClassificationOptions,
  formatOption,
} from "./options.ts";
import { makeNotify, print } from "./terminal.ts";

interface AuditOptions extends ClassificationOptions {
  readonly format?: AuditForm;
  readonly output?: string;
  readonly strict?: boolean;
}

const FORMATS: readonly [AuditForm, AuditForm] = ["table", "ndjson"];

export function define(command: Command): void {
  addOptions(command, [formatOption(FORMATS)])
    .argument("<PATH...>", "files, folders, URLs, @LIST, or -")
    .option(
      "-o, --output <file>",
      "write the output to a file, completely or not at all",
    )
    .option("--strict", "exit 1 if anything is found")
    .action(async (paths: string[], options: AuditOptions) => {
      Deno.exitCode = await audit(paths, options);
    });
  addSearchOptions(addClassificationOptions(addLabelsOption(command)));
}

/** Classifies the frames that paths name and writes what needs review; returns the exit code. */
async function audit(
  paths: readonly string[],
  options: AuditOptions,
): Promise<number> {
  const format = chooseFormat(options, FORMATS);
  const notify = makeNotify(options);
  const { files, exitCode } = await findInputFrames(paths, notify, options);
  await using classifier = await openClassifier(options, notify, files);
  if (options.output !== undefined) await checkOutput(options.output);
  const audit = startAudit();
  const progress = { total: files.length, quiet: options.quiet };
  const classified = classifier.classifyNights(files, progress);
  for await (const { verdict } of classified) {
    audit.add(verdict);
  }
  const result = audit.result();
  await writeAudit(result, format, options.output);
  if (options.output !== undefined) notify(`wrote ${options.output}`);
  listNotices(result).forEach(notify);
  const isSound = result.findings.length === 0;
  if (isSound && result.configurations.length > 0) {
    formatConfigurations(result.configurations).trimEnd().split("\n")
      .forEach(notify);
  }
  notify(summarize(files.length, result.findings));
  return exitCode || (options.strict && !isSound ? 1 : 0);
}

async function writeAudit(
  result: Audit,
  format: AuditForm,
  output: string | undefined,
): Promise<void> {
  const terminal = output === undefined && Deno.stdout.isTerminal();
  const colour = terminal && !Deno.noColor;
  const width = terminal ? readTerminalWidth() : undefined;
  const text = format === "ndjson"
    ? formatAuditNdjson(result)
    : formatAuditTable(result, { terminal, colour, width });
  await (output === undefined
    ? print(text)
    : writeFileAtomically(output, text));
}

/** `24 frames: 1 error, 2 conflicts; 2 missing calibrations, 1 note`. */
function summarize(total: number, findings: readonly Finding[]): string {
  const counts = Map.groupBy(findings, ({ kind }) => kind);
  const parts = NOUNS.flatMap(([kind, noun]) => {
    const count = counts.get(kind)?.length ?? 0;
    return count === 0 ? [] : [formatCount(count, noun)];
  });
  const all = formatCount(total, "frame");
  return parts.length === 0
    ? `nothing needs review: ${all}`
    : `${all}: ${parts.join(", ")}`;
}

const NOUNS: readonly (readonly [kind: FindingKind, noun: string])[] = [
  ["error", "error"],
  ["conflict", "conflict"],
  ["unknown", "unknown frame"],
  ["unusable", "unusable frame"],
  ["outlier", "outlier"],
  ["drift", "drift"],
  ["incomplete", "incomplete header"],
  ["missing", "missing calibration"],
  ["note", "note"],
];
