/**
 * `audit PATH…`: only what needs a person.
 *
 * @module
 */
import { typeFiles } from "../classify/classify_inputs_of_files.ts";
import type { Verdict } from "../classify/verdict.ts";
import { isFrameType } from "../frame_type.ts";
import { readRules } from "../header/read_rules.ts";
import { labelOf, type Labels } from "../evaluation/labels_file.ts";
import { modelId } from "../model/model_card.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { type Model, openModel } from "../model/open_model.ts";
import { byDoubt, type Doubt, doubtOf } from "../calibration/triage.ts";
import {
  gapsOf,
  type TypedFrame,
} from "../calibration/missing_calibrations.ts";
import {
  type AuditForm,
  auditNdjson,
  auditTable,
  type Findings,
} from "../output/audit.ts";
import { standardOutput, writeFileAtomically } from "../io/output.ts";
import {
  framesNamed,
  noticesOf,
  type TypingOptions,
  withProgress,
} from "./frames_named.ts";
import { labelsNamed } from "./labels_named.ts";

/** Options of `audit`. */
export interface AuditOptions extends TypingOptions {
  /** Form of the report. Default: `table`. */
  readonly format?: AuditForm;
  /** File to write the report to, whole or not at all. Default: standard output. */
  readonly output?: string;
  /** Labels by hand, which stand for the type and settle every doubt but an error. */
  readonly labels?: string;
  /** Exit with 1 when there is something to print. */
  readonly strict?: boolean;
}

/**
 * Types the frames that the paths name; prints those that need a person, and the
 * calibrations that are missing among them.
 *
 * @returns The exit code: 0, or 1 with `strict` and something found.
 * @throws {SpitError} `usage` when there is nothing to type or nowhere to write;
 *   what `readRules`, `readLabels` and `openModel` throw.
 */
export async function audit(
  paths: readonly string[],
  options: AuditOptions,
): Promise<number> {
  const notice = noticesOf(options);
  const files = await framesNamed(paths, notice);
  const labels: Labels = await labelsNamed(options.labels, files, notice) ??
    new Map();
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  notice(`${modelId(model.card)} on ${model.device}`);
  const findings = await findingsOf(files, model, labels, options);
  await write(findings, options);
  notice(summaryOf(files.length, findings));
  const { length } = [...findings.doubtful, ...findings.gaps];
  return options.strict && length > 0 ? 1 : 0;
}

/** Of frames without a doubt no more is kept than finding gaps takes. */
async function findingsOf(
  files: readonly string[],
  model: Model,
  labels: Labels,
  options: AuditOptions,
): Promise<Findings> {
  const { hdu, maxBytes, workers, timeout } = options;
  const rules = await readRules(options.rules ?? []);
  const doubtful: Verdict[] = [];
  const frames: TypedFrame[] = [];
  const typed = typeFiles(files, {
    model,
    hdu,
    maxBytes,
    workers,
    timeout,
    rules,
  });
  const progress = { count: files.length, quiet: options.quiet };
  for await (const { verdict } of withProgress(typed, progress)) {
    const label = labelOf(labels, verdict.file);
    if (doubtLeft(verdict, label) !== null) doubtful.push(verdict);
    const { file, log } = verdict;
    const type = label ?? verdict.type;
    if (type !== null && isFrameType(type) && log !== null) {
      frames.push({ file, type, log });
    }
  }
  return { doubtful: doubtful.sort(byDoubt), gaps: gapsOf(frames) };
}

/** A person has looked at what has a label; only what cannot be read stays in doubt. */
function doubtLeft(
  verdict: Verdict,
  label: string | undefined,
): Doubt | null {
  const doubt = doubtOf(verdict);
  return label === undefined || doubt === "error" ? doubt : null;
}

async function write(
  findings: Findings,
  { format, output }: AuditOptions,
): Promise<void> {
  const terminal = output === undefined && Deno.stdout.isTerminal();
  const colour = terminal && !Deno.noColor;
  const text = format === "ndjson"
    ? auditNdjson(findings, doubtOf)
    : auditTable(findings, { terminal, colour });
  if (output !== undefined) return await writeFileAtomically(output, text);
  try {
    await standardOutput().write(text);
  } catch (error) {
    // `… | head` has seen enough.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** `24 frames: 1 error, 2 conflicts, 1 unknown; 2 calibrations lacking, 1 note`. */
function summaryOf(frames: number, { doubtful, gaps }: Findings): string {
  const doubts = doubtful.map(doubtOf);
  const weights = gaps.map(({ weight }) => weight);
  const count = (n: number, one: string, many: string) =>
    n === 0 ? [] : [`${n} ${n === 1 ? one : many}`];
  const of = <T>(all: readonly T[], what: T) =>
    all.filter((each) => each === what).length;
  const parts = [
    ...count(of(doubts, "error"), "error", "errors"),
    ...count(of(doubts, "conflict"), "conflict", "conflicts"),
    ...count(of(doubts, "unknown"), "unknown frame", "unknown frames"),
    ...count(
      of(weights, "lack"),
      "missing calibration",
      "missing calibrations",
    ),
    ...count(of(weights, "note"), "note", "notes"),
  ];
  const [all] = count(frames, "frame", "frames");
  return parts.length === 0
    ? `nothing needs a look: ${all}`
    : `${all}: ${parts.join(", ")}`;
}
