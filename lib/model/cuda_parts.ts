/**
 * What CUDA still lacks on this machine, part by part.
 *
 * @module
 */
import { join } from "../io/path.ts";
import {
  hasProvider,
  LIBRARIES_VARIABLE,
  libraryFolders,
  nvidiaLibraries,
  providerFolder,
  RUNTIME_VERSION,
} from "./cuda.ts";
import { loads } from "./shared_library.ts";

/** Something to install. */
export interface MissingPart {
  /** What it is. */
  readonly part: "platform" | "provider" | "CUDA" | "cuDNN" | "driver";
  /** How it is named in a message, and where it comes from. */
  readonly name: string;
}

/** What is known of a machine; each has a default that looks. */
export interface CudaMachine {
  /** `Deno.build.os` and `Deno.build.arch`, as `linux x86_64`. */
  readonly platform?: string;
  /** Folder where the runtime looks for its provider. */
  readonly provider?: string;
  /** Folders where NVIDIA's libraries may lie, beside those of the system. */
  readonly folders?: readonly string[];
  /** Whether a library loads, by its name or path. */
  readonly loads?: (library: string) => boolean;
}

/**
 * The parts that `--device cuda` needs and that are not there, in the order in
 * which they are installed. None missing does not say that the GPU works: that
 * only a pass on it does.
 */
export function missingCudaParts(machine: CudaMachine = {}): MissingPart[] {
  const platform = machine.platform ?? `${Deno.build.os} ${Deno.build.arch}`;
  if (platform !== "linux x86_64") {
    const name = "Linux on x64: onnxruntime-node has CUDA nowhere else";
    return [{ part: "platform", name }];
  }
  const provider = machine.provider ?? providerFolder();
  const folders = machine.folders ?? libraryFolders();
  const works = machine.loads ?? loads;
  const isThere = (library: string) =>
    works(library) || folders.some((folder) => works(join(folder, library)));

  const missing: MissingPart[] = [];
  const there = provider !== undefined && hasProvider(provider);
  if (!there) {
    const name = `the CUDA provider of onnxruntime ${RUNTIME_VERSION} ` +
      "(deno task setup:cuda)";
    missing.push({ part: "provider", name });
  }
  const absent = there
    ? nvidiaLibraries(provider).filter((library) => !isThere(library))
    : absentOfAny(isThere);
  const version = there ? majorOf(provider) : "12 or 13";
  for (
    const [part, name] of [
      ["CUDA", `CUDA ${version}`],
      ["cuDNN", "cuDNN 9"],
      ["driver", "the NVIDIA driver"],
    ] as const
  ) {
    const its = absent.filter((library) => partOf(library) === part);
    if (its.length > 0) {
      missing.push({ part, name: `${name} (${its.join(", ")})` });
    }
  }
  return missing;
}

/** One line on what is missing, for a message; empty when nothing is. */
export function sayMissing(parts: readonly MissingPart[]): string {
  if (parts.length === 0) return "";
  const names = parts.map(({ name }) => name);
  const last = names.pop()!;
  const list = names.length === 0 ? last : `${names.join(", ")} and ${last}`;
  const nvidia = parts.some(({ part }) => part === "CUDA" || part === "cuDNN");
  return `it needs ${list}` +
    (nvidia
      ? `; libraries are looked for where the system looks (LD_LIBRARY_PATH) and in the folders of ${LIBRARIES_VARIABLE}`
      : "");
}

/** Before there is a provider nobody knows which CUDA it will want. */
function absentOfAny(isThere: (library: string) => boolean): string[] {
  const runtimes = ["libcudart.so.13", "libcudart.so.12"];
  return [
    ...(runtimes.some(isThere) ? [] : ["libcudart"]),
    ...["libcudnn.so.9", "libcuda.so.1"].filter((name) => !isThere(name)),
  ];
}

function partOf(library: string): "CUDA" | "cuDNN" | "driver" {
  if (library.startsWith("libcuda.so")) return "driver";
  return library.startsWith("libcudnn") ? "cuDNN" : "CUDA";
}

/** The CUDA that a provider was built for. */
function majorOf(provider: string): string {
  const runtime = nvidiaLibraries(provider).find((name) =>
    name.startsWith("libcudart.so.")
  );
  return runtime?.split(".").at(-1) ?? "12 or 13";
}
