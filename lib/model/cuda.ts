/**
 * onnxruntime's CUDA provider and NVIDIA's libraries, from the folders that
 * `SPIT_ORT_LIBS` names.
 *
 * onnxruntime loads its CUDA provider only from the folder of its own core library,
 * whatever `LD_LIBRARY_PATH` says. The npm package contains a core library without a
 * provider; the Python wheel `onnxruntime-gpu` of the same version contains both.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { dirname, join } from "../std.ts";

/** Version of onnxruntime in use; a CUDA provider must be of the same version. */
export const RUNTIME_VERSION = "1.30.0";

/** Environment variable with the folders, separated by `:`, to load libraries from. */
const LIBRARIES_VARIABLE = "SPIT_ORT_LIBS";

/** File names of the CUDA provider. */
export const PROVIDER_FILES = [
  "libonnxruntime_providers_shared.so",
  "libonnxruntime_providers_cuda.so",
] as const;

/** What `--device cuda` needs, and how to install it. */
export const CUDA_REQUIREMENTS: string =
  Deno.build.os === "linux" && Deno.build.arch === "x86_64"
    ? "an NVIDIA driver, CUDA 13, cuDNN 9 and onnxruntime's CUDA provider: " +
      `run pip install "onnxruntime-gpu[cuda,cudnn]==${RUNTIME_VERSION}" ` +
      `and set ${LIBRARIES_VARIABLE} to its site-packages folder`
    : "Linux on x64, the only platform for which onnxruntime-node has CUDA";

/**
 * Name of the core library in the wheel. A core library of another version must not
 * be loaded: the native addon of the npm package would not start with it.
 */
const CORE_FILE = `libonnxruntime.so.${RUNTIME_VERSION}`;

/** NVIDIA libraries that the provider uses, each after those that it depends on. */
const NVIDIA_LIBRARIES = [
  "libcudart",
  "libnvJitLink",
  "libcublasLt",
  "libcublas",
  "libnvrtc",
  "libcurand",
  "libcufft",
  "libcudnn",
];

/**
 * Returns the folder of onnxruntime-node's native library in Deno's cache, or
 * `undefined` in a process in which no module imports the package.
 */
export function addonFolder(): string | undefined {
  const entry = import.meta.resolve("npm:onnxruntime-node@1.30.0");
  if (!entry.startsWith("file:")) return undefined;
  const root = dirname(dirname(fileURLToPath(entry)));
  return join(root, "bin", "napi-v6", "linux", "x64");
}

/**
 * Returns the folders named by `SPIT_ORT_LIBS` and those that pip creates in or next
 * to them, so that naming `site-packages` or its `onnxruntime/capi` is sufficient.
 *
 * @param named Value of the variable. Default: read from the environment, if permitted.
 */
export function libraryFolders(
  named: string = readVariable(LIBRARIES_VARIABLE),
): string[] {
  return named.split(":").filter((folder) => folder !== "").flatMap((folder) =>
    [
      folder,
      join(folder, "onnxruntime", "capi"),
      ...nvidiaFolders(join(folder, "nvidia")),
      ...nvidiaFolders(join(folder, "..", "..", "nvidia")),
    ].filter((path) => statFile(path)?.isDirectory)
  );
}

/**
 * Returns the path of an onnxruntime core library of {@linkcode RUNTIME_VERSION} that
 * has the CUDA provider beside it, or `undefined` when no folder has one.
 */
export function findCudaRuntime(
  folders: readonly string[],
): string | undefined {
  const folder = folders.find((folder) =>
    [CORE_FILE, ...PROVIDER_FILES].every((name) =>
      statFile(join(folder, name))?.isFile
    )
  );
  return folder && join(folder, CORE_FILE);
}

/**
 * Loads the core library found in `SPIT_ORT_LIBS`, if any. Call it before the native
 * addon is loaded: the dynamic linker then resolves the addon's dependency to it.
 */
export function loadCudaRuntime(): void {
  const core = findCudaRuntime(libraryFolders());
  if (core !== undefined) Deno.dlopen(core, {});
}

/**
 * Loads NVIDIA's libraries from the folders of `SPIT_ORT_LIBS`, except those that
 * the system has, so that the provider finds them loaded. They stay loaded until the
 * process ends.
 */
export function loadNvidiaLibraries(): void {
  const files = libraryFolders().flatMap((folder) =>
    readFolder(folder).map((name) => ({ name, path: join(folder, name) }))
  );
  for (const library of NVIDIA_LIBRARIES) {
    const pattern = new RegExp(`^${library}\\.so\\.\\d+$`);
    for (const { name, path } of files) {
      if (!pattern.test(name)) continue;
      // onnxruntime reports a library that is missing or does not load.
      if (!tryLoading(name)) tryLoading(path);
    }
  }
}

/**
 * Returns the dynamic linker's reason why the CUDA provider does not load, as
 * `libcublasLt.so.13: cannot open shared object file`, which onnxruntime does not
 * report. Returns `undefined` when the provider loads.
 */
export function findCudaLoadError(): string | undefined {
  const core = findCudaRuntime(libraryFolders());
  const folder = core === undefined ? addonFolder() : dirname(core);
  if (folder === undefined) return undefined;
  for (const name of PROVIDER_FILES) {
    try {
      Deno.dlopen(join(folder, name), {});
    } catch (error) {
      return (error as Error).message;
    }
  }
}

function tryLoading(library: string): boolean {
  try {
    Deno.dlopen(library, {});
    return true;
  } catch {
    return false;
  }
}

function nvidiaFolders(nvidia: string): string[] {
  return readFolder(nvidia).map((name) => join(nvidia, name, "lib"));
}

function readFolder(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

function statFile(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** Returns "" for a variable that may not be read: a prompt would block a long run. */
function readVariable(name: string): string {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) ?? "" : "";
}
