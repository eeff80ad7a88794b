/**
 * The machine of a benchmark: what matters of it, and nothing that names it.
 *
 * @module
 */
import { type Machine, thisMachine } from "../gpu/machine.ts";

/** Hardware, versions, and how quiet it was. */
export interface BenchMachine extends Machine {
  /** Bytes of memory. */
  readonly memory: number;
  /** Load average of the last minute when the benchmark began; 0 on a quiet machine. */
  readonly load: number;
}

/** Looks. */
export async function benchMachine(): Promise<BenchMachine> {
  return {
    ...await thisMachine(),
    memory: Deno.systemMemoryInfo().total,
    load: Deno.loadavg()[0]!,
  };
}

/** Two lines, or three where others are at work. */
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
