/**
 * What `deno compile` is told: what goes into the executable, what stays out,
 * and what it may do.
 *
 * @module
 */
import { join } from "../../lib/io/path.ts";
import { PROVIDER_FILES } from "../../lib/model/cuda.ts";
import { DEFAULT_MODEL } from "../../lib/model/find_model.ts";
import { foldersOfOthers } from "./targets.ts";

/**
 * What the commands need, and no more. Which files, servers and programs it will
 * be is known only when somebody runs it.
 */
export const PERMISSIONS: readonly string[] = [
  // Frames, lists, labels, rules and models, wherever they lie.
  "--allow-read",
  // What -o, --out, --append and a label given in the review write.
  "--allow-write",
  // Frames on web servers, a queue, and the page that review serves to this machine.
  "--allow-net",
  // The shell of watch's hooks, and ending what it has started; review --open.
  "--allow-run",
  // onnxruntime's native library.
  "--allow-ffi",
  "--allow-env=ORT_DISABLE_TELEMETRY,SPIT_ORT_LIBS",
  // A night's run must not stop at a question.
  "--no-prompt",
];

/** Files below `bin/napi-v6/` that are large and never loaded, whatever the system. */
const UNUSED = [
  // Where `deno task setup:cuda` was run they lie beside the native library: 300 MB.
  // The executable is told of a provider by SPIT_ORT_LIBS.
  ...PROVIDER_FILES.map((name) => `linux/x64/${name}`),
  // onnxruntime loads it only for DirectML, which is none of our devices.
  "win32/x64/DirectML.dll",
];

/** What no import names: the network is read as a file, the worker started from one. */
const INCLUDED = [
  "lib/classify/read_worker.ts",
  `models/${DEFAULT_MODEL}.json`,
  `models/${DEFAULT_MODEL}.onnx`,
];

/**
 * Arguments of the `deno` that makes the executable, run in the checkout; what is
 * compiled, `cli.ts`, comes after them.
 *
 * @param target The system it is for.
 * @param binaries Folder of onnxruntime-node's binaries, with one folder a system in it.
 * @param output Path of the executable.
 * @throws {Error} When the target is unknown.
 */
export function compileArguments(
  target: string,
  binaries: string,
  output: string,
): string[] {
  const excluded = [...foldersOfOthers(target), ...UNUSED]
    .map((path) => join(binaries, path));
  return [
    "compile",
    "--frozen",
    // That is the business of `deno task check`.
    "--no-check",
    // onnxruntime's addon opens the library beside it, which must be a real file.
    "--self-extracting",
    // Without it the packages of the tests and the build go in, too.
    "--exclude-unused-npm",
    ...PERMISSIONS,
    ...INCLUDED.flatMap((path) => ["--include", path]),
    ...excluded.flatMap((path) => ["--exclude", path]),
    "--output",
    output,
  ];
}
