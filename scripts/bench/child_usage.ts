/**
 * What child processes cost: seconds of the processor, peak memory. Linux tells;
 * elsewhere there are no such figures.
 *
 * @module
 */

/** Of C's `getrusage`: this process's children that have ended, with theirs. */
const CHILDREN = -1;
/** `struct rusage` of 64-bit Linux begins with two `timeval`s of two 64-bit integers. */
const RUSAGE_BYTES = 144;

/**
 * Seconds of the processor that all children that have ended took so far, those
 * that they waited for among them. The difference of two calls is what a child
 * in between took.
 */
export function childrenSeconds(): number | undefined {
  const library = openLibrary();
  if (library === undefined) return undefined;
  const usage = new BigInt64Array(RUSAGE_BYTES / 8);
  const failed = library.symbols.getrusage(CHILDREN, usage) !== 0;
  library.close();
  if (failed) return undefined;
  const [user, userMicro, system, systemMicro] = usage;
  return Number(user! + system!) + Number(userMicro! + systemMicro!) / 1e6;
}

function openLibrary() {
  if (Deno.build.os !== "linux") return undefined;
  try {
    return Deno.dlopen("libc.so.6", {
      getrusage: { parameters: ["i32", "buffer"], result: "i32" },
    });
  } catch {
    // Another C library than glibc: no figure, rather than a wrong one.
    return undefined;
  }
}

/** How often the peak is looked at; the kernel keeps it, so that only the last growth can be missed. */
const LOOK_EVERY = 20;

/** A process watched until it is disposed of. */
export interface PeakWatch extends Disposable {
  /** Bytes in memory at most, in all: a process and its children, each at its own peak. */
  bytes(): number | undefined;
}

/** Watches the peak memory of a process and of its children. */
export function watchPeak(pid: number): PeakWatch {
  const peaks = new Map<number, number>();
  const look = () => {
    for (const one of [pid, ...childrenOf(pid)]) {
      const peak = peakOf(one);
      if (peak !== undefined) peaks.set(one, peak);
    }
  };
  look();
  const timer = setInterval(look, LOOK_EVERY);
  return {
    bytes: () =>
      peaks.size === 0
        ? undefined
        : [...peaks.values()].reduce((sum, peak) => sum + peak, 0),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function childrenOf(pid: number): number[] {
  const text = readProc(`/proc/${pid}/task/${pid}/children`) ?? "";
  return text.split(" ").filter((one) => one !== "").map(Number);
}

function peakOf(pid: number): number | undefined {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(
    readProc(`/proc/${pid}/status`) ?? "",
  )?.[1];
  return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
}

/** `undefined` where the process has ended, or there is no such file system. */
function readProc(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
