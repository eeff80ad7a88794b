/**
 * Describes the machine of a benchmark, without its name.
 *
 * @module
 */
import { RUNTIME_VERSION } from "../../lib/model/cuda.ts";

/** Hardware, versions and load. */
export interface BenchMachine {
  /** Date of the measurement, ISO 8601. */
  readonly date: string;
  /** Number of cores. */
  readonly cores: number;
  /** Name of the processor. */
  readonly processor: string;
  /** Memory, bytes. */
  readonly memory: number;
  /** Load average of the minute before the benchmark; 0 on an idle machine. */
  readonly load: number;
  /** Versions of Deno and onnxruntime. */
  readonly versions: { readonly deno: string; readonly onnxruntime: string };
}

/** Reads the properties of this machine. */
export async function benchMachine(): Promise<BenchMachine> {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: navigator.hardwareConcurrency,
    processor: await readProcessorName(),
    memory: Deno.systemMemoryInfo().total,
    load: Deno.loadavg()[0]!,
    versions: { deno: Deno.version.deno, onnxruntime: RUNTIME_VERSION },
  };
}

async function readProcessorName(): Promise<string> {
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    return /^model name\s*:\s*(.*)$/m.exec(text)?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}

/** Formats the properties in two lines, and a third one if the machine was not idle. */
export function machineText(
  { date, processor, cores, memory, load, versions }: BenchMachine,
): string {
  const lines = [
    `${date}, ${processor}, ${cores} cores, ${(memory / 1e9).toFixed(0)} GB`,
    `Deno ${versions.deno}, onnxruntime ${versions.onnxruntime}`,
  ];
  if (load > 0.3) {
    lines.push(
      `NOT QUIET: a load of ${load.toFixed(1)} before anything was measured`,
    );
  }
  return lines.join("\n");
}
