/**
 * A process that types frames, measured from outside: by its rows on standard
 * output, whatever it is written in.
 *
 * @module
 */
import { childrenSeconds, watchPeak } from "./child_usage.ts";
import type { Sample } from "./rounds.ts";

/** What came of a process. */
export interface ChildRun {
  /** Seconds from its start to its first whole row. */
  readonly first: number;
  /** Seconds from its start to its last row. */
  readonly last: number;
  /** Seconds from its start to its end. */
  readonly seconds: number;
  /** Seconds of the processor, all its threads and children together. */
  readonly cpu: number | undefined;
  /** Bytes in memory at most. */
  readonly peak: number | undefined;
  /** Its rows, NDJSON. */
  readonly rows: readonly string[];
}

/**
 * Runs a command to its end.
 *
 * @throws {Error} When it ends with anything but 0: with its last words.
 */
export async function runChild(
  command: string,
  args: readonly string[],
): Promise<ChildRun> {
  const before = childrenSeconds();
  const start = performance.now();
  const since = () => (performance.now() - start) / 1000;
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  using watch = watchPeak(child.pid);
  const words = new Response(child.stderr).text();
  let first: number | undefined;
  let last = 0;
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (!piece.includes("\n")) continue;
    last = since();
    first ??= last;
  }
  const { code } = await child.status;
  const seconds = since();
  if (code !== 0) {
    const why = (await words).trimEnd().split("\n").at(-1);
    throw new Error(`it ended with ${code}: ${why}`);
  }
  await words;
  const after = childrenSeconds();
  return {
    first: first ?? seconds,
    last,
    seconds,
    cpu: before === undefined || after === undefined
      ? undefined
      : after - before,
    peak: watch.bytes(),
    rows: text.split("\n").filter((row) => row !== ""),
  };
}

/** Names of what {@linkcode wholeSample} tells. */
export const FIRST = "first row, s";
export const WHOLE = "whole, s";
export const RATE = "frames/s";
export const WARM = "warm frames/s";
export const CPU = "CPU ms a frame";
export const PEAK = "peak, MB";

/**
 * A run through many frames, and one through few: their difference is what
 * frames cost without the start of the process.
 */
export function wholeSample(many: ChildRun, few: ChildRun): Sample {
  const frames = many.rows.length;
  const more = frames - few.rows.length;
  const longer = many.seconds - few.seconds;
  const { cpu, peak } = many;
  return {
    [FIRST]: many.first,
    [WHOLE]: many.seconds,
    [RATE]: frames / many.seconds,
    // A machine that is busy elsewhere may take longer for few: no rate, then.
    ...(more > 0 && longer > 0 ? { [WARM]: more / longer } : {}),
    ...(cpu === undefined ? {} : { [CPU]: 1000 * cpu / frames }),
    ...(peak === undefined ? {} : { [PEAK]: peak / 1e6 }),
  };
}
