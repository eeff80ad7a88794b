import { SpitError } from "../errors.ts";
import { readLines } from "../io/find_frames.ts";
import { standardOutput } from "../io/output.ts";
import { stringifyVerdict } from "../output/json.ts";
import { hasFindings } from "../output/summary.ts";
import { openClassifier } from "./inputs.ts";
import type { ClassificationOptions } from "./options.ts";
import { makeNotify } from "./terminal.ts";

interface StreamOptions extends ClassificationOptions {
  readonly strict?: boolean;
}

/**
 * Classifies the files that standard input names, a line each, until its end. Each line
 * is answered by one row of NDJSON on standard output, in order and as soon as it is
 * ready.
 *
 * @param paths What the command line names: only `-`.
 * @returns The exit code: 1 with `strict` and a finding, else 0.
 * @throws {SpitError} `usage` for other paths, and for a line of more than 64 KiB; what
 *   `openClassifier` throws.
 */
export async function classifyStream(
  paths: readonly string[],
  options: StreamOptions,
): Promise<number> {
  if (paths.length !== 1 || paths[0] !== "-") {
    throw new SpitError(
      "usage",
      "--stream reads paths from standard input: give - as the only PATH",
    );
  }
  await using classifier = await openClassifier(options, makeNotify(options));
  const output = standardOutput();
  try {
    for await (const { verdict } of classifier.classify(parseLines())) {
      await output.write(stringifyVerdict(verdict) + "\n");
    }
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    throw error;
  }
  return options.strict && hasFindings(classifier.summary()) ? 1 : 0;
}

async function* parseLines() {
  const decoder = new TextDecoder();
  for await (const line of readLines(null)) {
    yield parseLine(decoder.decode(line).replace(/\r$/, ""));
  }
}

/**
 * Returns the path that a line of the stream names: a JSON string, the key `file` of a
 * JSON object, or the line itself if it is neither. Every line names a path, so that the
 * number of rows is that of lines.
 */
export function parseLine(line: string): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null && "file" in value &&
      typeof value.file === "string"
    ? value.file
    : line;
}
