/**
 * Builds `lib/preprocess/wasm/kernels.wasm` from the AssemblyScript in `lib/preprocess/wasm/assembly/`.
 *
 *     deno task kernels
 *
 * The same sources give the same bytes, which a test holds the committed file to.
 *
 * @module
 */
import asc from "assemblyscript/asc";

const OPTIONS = [
  "kernels.ts",
  "--outFile=kernels.wasm",
  "-O3",
  "--converge",
  "--enable=simd",
  "--runtime=stub",
  // Nothing in the kernels aborts, so they need nothing of their host.
  "--use=abort=",
  "--disableWarning=112",
];

/**
 * The compiled kernels.
 *
 * @throws {Error} What the compiler has to say of the sources.
 */
export async function buildKernels(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(OPTIONS, {
    async readFile(name: string) {
      try {
        return await Deno.readTextFile(
          new URL(`../lib/preprocess/wasm/assembly/${name}`, import.meta.url),
        );
      } catch {
        // The compiler looks for a source in several places.
        return null;
      }
    },
    writeFile(_name: string, contents: Uint8Array | string) {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) {
    throw new Error(`the kernels do not compile:\n${stderr.toString()}`);
  }
  return binary;
}

if (import.meta.main) {
  const place = new URL("../lib/preprocess/wasm/kernels.wasm", import.meta.url);
  await Deno.writeFile(place, await buildKernels());
}
