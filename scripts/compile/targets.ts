/**
 * The systems that an executable can be made for.
 *
 * @module
 */

/**
 * Folder of each target's binaries in onnxruntime-node, below `bin/napi-v6/`:
 * Deno's name of a system, and the package's. The package has none for macOS on
 * Intel, and Deno makes no executable for Windows on ARM.
 */
export const TARGETS: Readonly<Record<string, string>> = {
  "x86_64-unknown-linux-gnu": "linux/x64",
  "aarch64-unknown-linux-gnu": "linux/arm64",
  "aarch64-apple-darwin": "darwin/arm64",
  "x86_64-pc-windows-msvc": "win32/x64",
};

/** Folders of the package's binaries that no target uses. */
const USED_BY_NONE = ["win32/arm64"];

/**
 * The folders whose binaries are of no use on a target.
 *
 * @param target One of {@linkcode TARGETS}.
 * @throws {Error} When there is no such target; the message lists those there are.
 */
export function foldersOfOthers(target: string): string[] {
  const own = TARGETS[target];
  if (own === undefined) {
    throw new Error(
      `onnxruntime-node has no binaries for ${target}; there are: ${
        Object.keys(TARGETS).join(", ")
      }`,
    );
  }
  return [...Object.values(TARGETS), ...USED_BY_NONE]
    .filter((folder) => folder !== own);
}
