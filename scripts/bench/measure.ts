/**
 * Measurements for the benchmark: processes measured from outside, subjects
 * measured in turns, medians, and ratios within a run.
 */

/** One measurement: quantities by name, each name with its unit. */
export type Sample = Readonly<Record<string, number>>;

/** Something with a unique name that can be measured repeatedly. */
export interface Subject {
  readonly name: string;
  measure(): Promise<Sample>;
}

/** The samples of each subject, one per run. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

export type Quantity = readonly [subject: string, quantity: string];

/** Median and quartiles over runs. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly runs: number;
}

/**
 * Measures all subjects in turns (A B C, A B C, …), so that a machine whose
 * speed drifts affects all of them alike.
 */
export async function measureInTurns(
  subjects: readonly Subject[],
  runs: number,
  report: (message: string) => void,
): Promise<Samples> {
  const samples = new Map<string, Sample[]>(
    subjects.map(({ name }) => [name, []]),
  );
  for (let run = 1; run <= runs; run++) {
    for (const { name, measure } of subjects) {
      report(`run ${run} of ${runs}: ${name}`);
      samples.get(name)!.push(await measure());
    }
  }
  return samples;
}

/** Returns `null` when the quantity was not measured. */
export function computeSpread(
  samples: Samples,
  quantity: Quantity,
): Spread | null {
  const values = selectValues(samples, quantity);
  return summarize(values.filter((value) => value !== undefined));
}

/**
 * Returns the median and quartiles of the ratios within each run, so that what
 * slows a run down slows both sides. Runs that lack either side are left out.
 */
export function computeRatio(
  samples: Samples,
  numerator: Quantity,
  denominator: Quantity,
): Spread | null {
  const below = selectValues(samples, denominator);
  return summarize(
    selectValues(samples, numerator).flatMap((value, run) => {
      const other = below[run];
      return value === undefined || other === undefined || !(other > 0)
        ? []
        : [value / other];
    }),
  );
}

function selectValues(
  samples: Samples,
  [subject, quantity]: Quantity,
): (number | undefined)[] {
  return (samples.get(subject) ?? []).map((sample) => sample[quantity]);
}

/** Returns the median and quartiles, linear between neighbours; `null` without values. */
export function summarize(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (fraction: number) => {
    const position = fraction * (sorted.length - 1);
    const [below, above] = [Math.floor(position), Math.ceil(position)];
    return sorted[below]! +
      (position - below) * (sorted[above]! - sorted[below]!);
  };
  return {
    median: quantile(0.5),
    lower: quantile(0.25),
    upper: quantile(0.75),
    runs: sorted.length,
  };
}

export interface ProcessRun {
  /** Seconds from the start to the first complete row. */
  readonly firstRow: number;
  /** Seconds from the start to the exit. */
  readonly seconds: number;
  /** CPU seconds of all threads and children; `undefined` where it is not known. */
  readonly cpu: number | undefined;
  /** Peak resident memory in bytes, the sum over the process and its children. */
  readonly peak: number | undefined;
  /** NDJSON rows on standard output. */
  readonly rows: readonly string[];
}

/**
 * Runs a command that writes NDJSON rows to standard output.
 *
 * @throws {Error} When it exits with another code than 0.
 */
export async function runProcess(
  command: string,
  args: readonly string[],
): Promise<ProcessRun> {
  const cpuBefore = readChildrenCpu();
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  using memory = watchPeakMemory(child.pid);
  const errors = new Response(child.stderr).text();
  let firstRow: number | undefined;
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (chunk.includes("\n")) firstRow ??= elapsed();
  }
  const { code } = await child.status;
  const seconds = elapsed();
  const lastError = (await errors).trimEnd().split("\n").at(-1);
  if (code !== 0) throw new Error(`exited with ${code}: ${lastError}`);
  const cpuAfter = readChildrenCpu();
  return {
    firstRow: firstRow ?? seconds,
    seconds,
    cpu: cpuBefore === undefined || cpuAfter === undefined
      ? undefined
      : cpuAfter - cpuBefore,
    peak: memory.bytes(),
    rows: text.split("\n").filter((row) => row !== ""),
  };
}

/** `RUSAGE_CHILDREN` of `getrusage(2)`: children that have exited, and theirs. */
const CHILDREN = -1;
/** Size of `struct rusage` on 64-bit Linux; it starts with two `timeval`s of two 64-bit integers. */
const RUSAGE_BYTES = 144;

/** Returns the CPU seconds of all children that have exited; Linux with glibc only. */
function readChildrenCpu(): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const library = Deno.dlopen("libc.so.6", {
      getrusage: { parameters: ["i32", "buffer"], result: "i32" },
    });
    const usage = new BigInt64Array(RUSAGE_BYTES / 8);
    const failed = library.symbols.getrusage(CHILDREN, usage) !== 0;
    library.close();
    if (failed) return undefined;
    const [user, userMicro, system, systemMicro] = usage;
    return Number(user! + system!) + Number(userMicro! + systemMicro!) / 1e6;
  } catch {
    return undefined;
  }
}

/** Milliseconds between two reads; the kernel keeps the peak of each process. */
const MEMORY_INTERVAL = 20;

function watchPeakMemory(
  pid: number,
): Disposable & { bytes(): number | undefined } {
  const peaks = new Map<string, number>();
  const update = () => {
    const children = readProc(`/proc/${pid}/task/${pid}/children`);
    for (const id of [`${pid}`, ...children.split(" ").filter(Boolean)]) {
      const status = readProc(`/proc/${id}/status`);
      const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
      if (kilobytes !== undefined) peaks.set(id, 1024 * Number(kilobytes));
    }
  };
  update();
  const timer = setInterval(update, MEMORY_INTERVAL);
  return {
    bytes: () =>
      peaks.size === 0
        ? undefined
        : peaks.values().reduce((sum, peak) => sum + peak, 0),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Returns an empty text once the process has exited, and where there is no `/proc`. */
function readProc(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
