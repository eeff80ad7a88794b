/** How the typing of a damaged file ends, and whether it may end so. */
import { classifyInputs } from "../../lib/classify/classify_inputs.ts";
import { getInputOptions, readInputs } from "../../lib/classify/inputs.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import type { Model } from "../../lib/model/open_model.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { createFormatter } from "../../lib/output/formats.ts";

/** What came of a damaged file. */
export interface Outcome {
  /** `typed`, or the code of its error. */
  readonly end: string;
  /** What is wrong with that end; absent when nothing is. */
  readonly fault?: string;
  /** Milliseconds that it took. */
  readonly time: number;
}

/** Decompressed bytes that a damaged file may have. */
const MOST_BYTES = 64e6;

/** Milliseconds that one may take, on a machine with other work. */
const LONGEST = 10_000;

/** Codes that a damaged file may end with. */
const CODES: readonly string[] = [
  ..."empty not_fits bad_header truncated_header truncated_data".split(" "),
  ..."no_image one_dimensional cube zero_axis absurd_axis bad_tile".split(" "),
  ..."unsupported_compression broken_gzip broken_bzip2 too_large".split(" "),
];

/** Words of errors that nobody meant a user to read. */
const UNMEANT =
  /undefined|NaN|\[object|is not a function|not iterable|Invalid (array|typed)|out of bounds|Cannot |RangeError|TypeError|at file:/;

/**
 * Types a file, the whole way from its bytes to its row.
 *
 * @param blocking Read as a worker does, or as the main thread.
 */
export async function outcomeOf(
  path: string,
  model: Model,
  blocking: boolean,
): Promise<Outcome> {
  const start = performance.now();
  let end: string;
  let fault: string | undefined;
  try {
    const options = { maxBytes: MOST_BYTES, blocking };
    const read = await readInputs(path, {
      ...options,
      ...getInputOptions(model.card),
    });
    const verdict = await classifyInputs(read, model);
    end = verdict.error?.code ?? "typed";
    fault = faultOf(verdict) ?? faultOfRows(verdict);
  } catch (error) {
    end = "thrown";
    fault = error instanceof Error ? error.stack : String(error);
  }
  const time = performance.now() - start;
  if (time > LONGEST) fault ??= `it took ${(time / 1000).toFixed(1)} s`;
  return { end, time, ...(fault !== undefined && { fault }) };
}

function faultOf(verdict: Verdict): string | undefined {
  const { error, type, pixels, hdus, probability } = verdict;
  if (!everyNumberIsFinite(verdict)) return "a number that is none";
  if (error !== null) {
    if (!CODES.includes(error.code)) return `${error.code}: ${error.message}`;
    if (UNMEANT.test(error.message)) return error.message;
    return type === null ? undefined : "an error with a type";
  }
  const { votes, probabilities } = pixels;
  const shares = Object.values(probabilities);
  const sum = shares.reduce((sum, share) => sum + share, 0);
  const count = Object.values(votes).reduce((sum, votes) => sum + votes, 0);
  if (![...FRAME_TYPES, "unknown"].includes(type ?? "")) return `type ${type}`;
  if (!shares.every((share) => share >= 0 && share <= 1)) return "shares";
  if (Math.abs(sum - 1) > 1e-3) return `shares that come to ${sum}`;
  if (!(probability !== null && probability >= 0)) return "no probability";
  if (count !== 4 * hdus.length || count === 0) return `${count} votes`;
  return undefined;
}

function everyNumberIsFinite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(everyNumberIsFinite);
}

/** What headers say may harm no terminal, and no program that reads lines. */
function faultOfRows(verdict: Verdict): string | undefined {
  const context = { files: [verdict.file], terminal: true, colour: false };
  for (const format of ["table", "csv", "fitsort", "ndjson"] as const) {
    const report = createFormatter(format, context);
    report.begin({});
    const row = report.row(verdict, {});
    // deno-lint-ignore no-control-regex -- control characters are what is looked for
    if (!/^[^\x00-\x08\x0a-\x1f\x7f-\x9f]*\n$/.test(row)) {
      return `a row of ${format}: ${JSON.stringify(row)}`;
    }
    if (format === "ndjson") JSON.parse(row);
  }
  return undefined;
}
