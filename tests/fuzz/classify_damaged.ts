/** Classifies a damaged file and checks the verdict. */
import process from "node:process";
import { classifyInputs } from "../../lib/classify/classify_inputs.ts";
import { getInputOptions, readInputs } from "../../lib/classify/inputs.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import type { Model } from "../../lib/model/open_model.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { createFormatter } from "../../lib/output/formats.ts";

/** The result for a damaged file. */
export interface Result {
  /** `classified`, the code of the error, or `thrown`. */
  readonly status: string;
  /** What is wrong with this result, if anything. */
  readonly failure?: string;
  /** CPU time in milliseconds, which other processes do not affect. */
  readonly time: number;
}

/** Limit on the decompressed size, in bytes. */
const MAX_BYTES = 64e6;

/** Limit on the CPU time, in milliseconds. */
const MAX_TIME = 10_000;

/** Error codes that a damaged file may have. */
const CODES: readonly string[] = [
  ..."empty not_fits bad_header truncated_header truncated_data".split(" "),
  ..."no_image one_dimensional cube zero_axis absurd_axis bad_tile".split(" "),
  ..."unsupported_compression broken_gzip broken_bzip2 broken_compress".split(
    " ",
  ),
  ..."broken_zstd too_large".split(" "),
];

/** Matches messages of errors that should have been a SpitError. */
const INTERNAL_ERROR =
  /undefined|NaN|\[object|is not a function|not iterable|Invalid (array|typed)|out of bounds|Cannot (read propert|set propert|access|convert|destructure|mix)|RangeError|TypeError|at file:/;

/**
 * Classifies a file, formats its row in every format, and checks both.
 *
 * @param blocking Whether to read with blocking calls, as a worker does.
 */
export async function classifyDamaged(
  path: string,
  model: Model,
  blocking: boolean,
): Promise<Result> {
  const start = process.cpuUsage();
  let status: string;
  let failure: string | undefined;
  try {
    const inputs = await readInputs(path, {
      maxBytes: MAX_BYTES,
      blocking,
      ...getInputOptions(model.card),
    });
    const verdict = await classifyInputs(inputs, model);
    status = verdict.error?.code ?? "classified";
    failure = checkVerdict(verdict) ?? checkRows(verdict);
  } catch (error) {
    status = "thrown";
    failure = error instanceof Error ? error.stack : String(error);
  }
  const { user, system } = process.cpuUsage(start);
  const time = (user + system) / 1000;
  if (time > MAX_TIME) failure ??= `it took ${(time / 1000).toFixed(1)} s`;
  return { status, time, ...(failure !== undefined && { failure }) };
}

function checkVerdict(verdict: Verdict): string | undefined {
  const { error, type, pixels, hdus, probability } = verdict;
  if (!everyNumberIsFinite(verdict)) return "a number is not finite";
  if (error !== null) {
    if (!CODES.includes(error.code)) return `${error.code}: ${error.message}`;
    if (INTERNAL_ERROR.test(error.message)) return error.message;
    return type === null ? undefined : "both an error and a type";
  }
  const { votes, probabilities } = pixels;
  const values = Object.values(probabilities);
  const sum = values.reduce((sum, value) => sum + value, 0);
  const count = Object.values(votes).reduce((sum, votes) => sum + votes, 0);
  if (![...FRAME_TYPES, "unknown"].includes(type ?? "")) return `type ${type}`;
  if (!values.every((value) => value >= 0 && value <= 1)) {
    return `probabilities ${values}`;
  }
  if (Math.abs(sum - 1) > 1e-3) return `sum of probabilities ${sum}`;
  if ((probability === null) !== (type === "unknown")) {
    return `type ${type} with the probability ${probability}`;
  }
  if (probability !== null && !(probability >= 0 && probability <= 1)) {
    return `${probability}`;
  }
  if (count !== 4 * hdus.length || count === 0) return `${count} votes`;
  return undefined;
}

function everyNumberIsFinite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(everyNumberIsFinite);
}

/** Checks that a row is one line without control characters. */
function checkRows(verdict: Verdict): string | undefined {
  const options = { files: [verdict.file], terminal: true, colour: false };
  for (const format of ["table", "csv", "fitsort", "ndjson"] as const) {
    const formatter = createFormatter(format, options);
    formatter.begin();
    const row = formatter.row(verdict);
    // deno-lint-ignore no-control-regex -- the pattern excludes control characters
    if (!/^[^\x00-\x08\x0a-\x1f\x7f-\x9f]*\n$/.test(row)) {
      return `row in ${format}: ${JSON.stringify(row)}`;
    }
    if (format === "ndjson") JSON.parse(row);
  }
  return undefined;
}
