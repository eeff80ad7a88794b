/**
 * Builds `lib/kernels/kernels.wasm` from the AssemblyScript in `lib/kernels/assembly/`.
 *
 *     deno task kernels
 *
 * The build is reproducible, and a test compares the committed file with it.
 */
import asc from "assemblyscript/asc";

const OPTIONS = [
  "kernels.ts",
  "--outFile=kernels.wasm",
  "-O3",
  "--converge",
  "--enable=simd",
  "--runtime=stub",
  // The kernels never abort, so that they need no imports.
  "--use=abort=",
  "--disableWarning=112",
];

/** @throws {Error} With the messages of the compiler. */
export async function buildKernels(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(OPTIONS, {
    async readFile(name: string) {
      try {
        return await Deno.readTextFile(
          new URL(`../lib/kernels/assembly/${name}`, import.meta.url),
        );
      } catch {
        // The compiler tries several paths for each source.
        return null;
      }
    },
    writeFile(_name: string, contents: Uint8Array | string) {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) {
    throw new Error(`Cannot compile the kernels:\n${stderr.toString()}`);
  }
  return binary;
}

if (import.meta.main) {
  const path = new URL("../lib/kernels/kernels.wasm", import.meta.url);
  await Deno.writeFile(path, await buildKernels());
}
