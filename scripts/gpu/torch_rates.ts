/**
 * PyTorch on the same device: the same networks, the same batches.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { LIBRARIES_VARIABLE } from "../../lib/model/cuda.ts";
import { MODELS_FOLDER } from "../../lib/model/find_model.ts";
import type { CheckOptions } from "./options.ts";

const SCRIPT = fileURLToPath(new URL("../gpu_check.py", import.meta.url));

/** What PyTorch reaches with one batch in one form. */
export interface TorchRate {
  /** Flips in one pass. */
  readonly batch: number;
  /** Memory layout, `contiguous` or `channels_last`. */
  readonly layout: string;
  /** Whether by `torch.compile`. */
  readonly compiled: boolean;
  /** Flips a second from host memory and back to it, as the toolkit's. */
  readonly host?: number;
  /** Flips a second where they lie on the device already. */
  readonly device?: number;
  /** Why there is no rate. */
  readonly fault?: string;
}

/** All that PyTorch said, or why it said nothing. */
export type TorchAnswer =
  | {
    readonly torch: string;
    readonly cuda: string | null;
    readonly cudnn: number | null;
    readonly threads: number;
    readonly networks: Readonly<Record<string, readonly TorchRate[]>>;
    readonly fault?: never;
  }
  | { readonly fault: string };

/** Has scripts/gpu_check.py measure; where that fails the last line it wrote says why. */
export async function torchRates(options: CheckOptions): Promise<TorchAnswer> {
  const request = {
    device: options.device,
    seconds: options.seconds,
    tf32: options.tf32,
    compile: options.compile,
    batches: options.batches,
    networks: options.models.map((name) => ({
      name,
      card: name.endsWith(".json")
        ? name
        : fileURLToPath(new URL(`${name}.json`, MODELS_FOLDER)),
    })),
  };
  const child = new Deno.Command(options.python, {
    args: [SCRIPT],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  try {
    await using python = child.spawn();
    const writer = python.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(request)));
    await writer.close();
    const { success, stdout, stderr } = await python.output();
    const text = new TextDecoder().decode(success ? stdout : stderr);
    if (success) return JSON.parse(text);
    return { fault: text.trim().split("\n").at(-1) ?? "it failed" };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

/**
 * Adds the folder of the Python packages to those where NVIDIA's libraries are
 * looked for: PyTorch brings CUDA and cuDNN along.
 */
export async function lendTorchLibraries(python: string): Promise<void> {
  const find =
    "import importlib.util as u; s = u.find_spec('torch'); print(s.origin if s else '')";
  try {
    const { stdout } = await new Deno.Command(python, { args: ["-c", find] })
      .output();
    const origin = new TextDecoder().decode(stdout).trim();
    if (origin === "") return;
    const named = Deno.env.get(LIBRARIES_VARIABLE) ?? "";
    const packages = origin.replace(/[/\\]torch[/\\][^/\\]*$/, "");
    Deno.env.set(
      LIBRARIES_VARIABLE,
      [named, packages].filter(Boolean).join(":"),
    );
  } catch {
    // Without a Python the libraries are where they are.
  }
}
