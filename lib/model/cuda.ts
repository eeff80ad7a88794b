/**
 * Where onnxruntime's CUDA provider and NVIDIA's libraries lie.
 *
 * onnxruntime loads the provider from the folder of its own core library and from
 * nowhere else, whatever `LD_LIBRARY_PATH` says. The npm package has a core
 * without a provider; the wheel `onnxruntime-gpu` of the same version has both.
 *
 * @module
 */
import { dirname, join } from "../io/path.ts";
import { fileURLToPath } from "node:url";
import { holdsText, loads, neededBy } from "./shared_library.ts";

/** The onnxruntime that we run on; a provider of any other is not for it. */
export const RUNTIME_VERSION = "1.30.0";

/** Folders, `:` between them, where the provider or NVIDIA's libraries may lie. */
export const LIBRARIES_VARIABLE = "SPIT_ORT_LIBS";

const SHARED = "libonnxruntime_providers_shared.so";
const CUDA = "libonnxruntime_providers_cuda.so";

/** File names of the provider: the bridge, and what it leads to. */
export const PROVIDER_FILES = [SHARED, CUDA] as const;

/** What the wheel, a link by its soname, and a developer's package call the core. */
const CORE_FILES = [
  `libonnxruntime.so.${RUNTIME_VERSION}`,
  "libonnxruntime.so.1",
  "libonnxruntime.so",
];

/** Libraries that the provider loads when it needs them, without being linked to them. */
const LOADED_LATER = ["libcudnn.so.9", "libnvrtc.so.13", "libnvrtc.so.12"];

/**
 * Folder of the native library that Deno fetched; `undefined` where no module of
 * the process imports the package.
 */
export function addonFolder(): string | undefined {
  const entry = import.meta.resolve("npm:onnxruntime-node@1.30.0");
  if (!entry.startsWith("file:")) return undefined;
  const root = dirname(dirname(fileURLToPath(entry)));
  return join(root, "bin", "napi-v6", "linux", "x64");
}

/**
 * The folders that `SPIT_ORT_LIBS` names, and those that pip makes in them or
 * beside them: `site-packages` or its `onnxruntime/capi` will do for all.
 *
 * @param named As in the variable. Default: what it says, where we may read it.
 */
export function libraryFolders(
  named: string = variable(LIBRARIES_VARIABLE),
): string[] {
  return named.split(":").filter((folder) => folder !== "").flatMap((folder) =>
    [
      folder,
      join(folder, "onnxruntime", "capi"),
      ...pipFolders(join(folder, "nvidia")),
      ...pipFolders(join(folder, "..", "..", "nvidia")),
    ].filter(isFolder)
  );
}

/** A folder that has the provider and its core, both of our version. */
export interface OwnRuntime {
  /** Where they lie. */
  readonly folder: string;
  /** Path of the core. */
  readonly core: string;
}

/**
 * The first of some folders whose onnxruntime can stand in for the one that Deno
 * fetched. A core of another version must not be loaded: the addon would then not
 * start at all.
 */
export function ownRuntime(folders: readonly string[]): OwnRuntime | undefined {
  for (const folder of folders.filter(hasProvider)) {
    const core = CORE_FILES.map((name) => join(folder, name)).find(isFile);
    if (core !== undefined && holdsText(core, `VERS_${RUNTIME_VERSION}`)) {
      return { folder, core };
    }
  }
}

/** Whether a folder has all files of the provider. */
export function hasProvider(folder: string): boolean {
  return PROVIDER_FILES.every((name) => isFile(join(folder, name)));
}

/** Whether the provider in a folder was built with the onnxruntime that we run on. */
export function isOurProvider(folder: string): boolean {
  return holdsText(join(folder, CUDA), `\0${RUNTIME_VERSION}\0`);
}

/**
 * Has the addon, which must not have been loaded yet, run on the onnxruntime of
 * `SPIT_ORT_LIBS`: the dynamic linker takes a core that is loaded already for the
 * one that the addon asks for. Without such a folder nothing is done.
 */
export function useOwnRuntime(): void {
  const own = ownRuntime(libraryFolders());
  if (own !== undefined) Deno.dlopen(own.core, {});
}

/** Where the runtime looks for its provider. */
export function providerFolder(): string | undefined {
  return ownRuntime(libraryFolders())?.folder ?? addonFolder();
}

/** NVIDIA's libraries that a provider cannot do without; cuDNN for convolutions. */
export function nvidiaLibraries(folder: string): string[] {
  return [...new Set([...linkedLibraries(folder), "libcudnn.so.9"])];
}

function linkedLibraries(folder: string): string[] {
  try {
    return neededBy(join(folder, CUDA)).filter((name) =>
      /^lib(cu|nv)/.test(name)
    );
  } catch {
    // What is no library the runtime will refuse, in its own words.
    return [];
  }
}

/**
 * Loads NVIDIA's libraries from the folders of `SPIT_ORT_LIBS` where the system
 * has none of their name, so that the provider finds them loaded.
 */
export function loadNvidiaLibraries(): void {
  const folders = libraryFolders();
  const home = providerFolder();
  if (folders.length === 0 || home === undefined || !hasProvider(home)) return;
  for (const name of [...nvidiaLibraries(home), ...LOADED_LATER]) {
    if (loads(name)) continue;
    const path = folders.map((folder) => join(folder, name)).find(isFile);
    // It stays open for as long as the process lives.
    if (path !== undefined && loads(path)) Deno.dlopen(path, {});
  }
}

function pipFolders(nvidia: string): string[] {
  try {
    return [...Deno.readDirSync(nvidia)].map(({ name }) =>
      join(nvidia, name, "lib")
    ).sort();
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return kindOf(path)?.isFile ?? false;
}

function isFolder(path: string): boolean {
  return kindOf(path)?.isDirectory ?? false;
}

function kindOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** What nobody allowed us to read is as if it were not set: asking would stop a night's run. */
function variable(name: string): string {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) ?? "" : "";
}
