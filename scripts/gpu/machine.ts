/**
 * What a measurement was taken on.
 *
 * @module
 */
import { RUNTIME_VERSION } from "../../lib/model/cuda.ts";

/** Hardware and versions. */
export interface Machine {
  /** Day of the measurement, ISO 8601. */
  readonly date: string;
  /** Name, memory and driver of each GPU; `null` where there is none to be seen. */
  readonly gpus: readonly string[] | null;
  /** Cores that this process may use. */
  readonly cores: number;
  /** The processor's name. */
  readonly processor: string;
  /** Deno and onnxruntime. */
  readonly versions: { readonly deno: string; readonly onnxruntime: string };
}

/** Looks; what cannot be found out is said to be unknown. */
export async function thisMachine(): Promise<Machine> {
  return {
    date: new Date().toISOString().slice(0, 10),
    gpus: await gpus(),
    cores: navigator.hardwareConcurrency,
    processor: await processorName(),
    versions: { deno: Deno.version.deno, onnxruntime: RUNTIME_VERSION },
  };
}

async function gpus(): Promise<string[] | null> {
  const query = "--query-gpu=name,memory.total,driver_version";
  try {
    const { success, stdout } = await new Deno.Command("nvidia-smi", {
      args: [query, "--format=csv,noheader"],
      stderr: "null",
    }).output();
    if (!success) return null;
    return new TextDecoder().decode(stdout).trim().split("\n");
  } catch {
    return null;
  }
}

async function processorName(): Promise<string> {
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    return /^model name\s*:\s*(.*)$/m.exec(text)?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}
