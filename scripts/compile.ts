/**
 * Compiles the toolkit into one executable that needs neither Deno nor a network
 * connection. It contains the default model, onnxruntime's library and all
 * modules and assets that the commands load.
 *
 *     deno task compile                                      # dist/spit, for this system
 *     deno task compile --target aarch64-apple-darwin --output dist/spit-mac
 *     deno task compile --dry-run                            # list the contents and their size
 *
 * `deno compile` builds on `denort`, a runtime that it downloads, or takes from the
 * path in `DENORT_BIN`. Without one, the error says so, and a dry run takes place
 * instead. A dry run needs no `denort`: it embeds the files in a copy
 * of `deno`, lists them and deletes the result, which would not run.
 *
 * Exit codes: 0 done; 1 the executable exceeds {@linkcode MAX_BYTES}; 2 it could
 * not be built.
 */
import { Command } from "commander";
import { fileURLToPath } from "node:url";
import { dirname, join, resolve } from "../lib/std.ts";
import { writeAll } from "../lib/io/output.ts";
import { addonFolder, PROVIDER_FILES } from "../lib/model/cuda.ts";
import { DEFAULT_MODEL } from "../lib/model/find_model.ts";
// Deno resolves the folder of a package only after a module has imported it.
import "../lib/model/onnx_session.ts";

/** Upper limit on the size of an executable, in bytes. */
export const MAX_BYTES = 175e6;

/**
 * Permissions of the executable. The files, servers and programs that it will use
 * are not known when it is compiled, so the flags are broad.
 */
export const PERMISSIONS: readonly string[] = [
  // Frames, lists, labels, rules and models, wherever they are.
  "--allow-read",
  // Output of -o, --out and --append, and the labels of a review.
  "--allow-write",
  // Frames on web servers, a NATS server, and the local page of `review`.
  "--allow-net",
  // The shell that runs the hooks of `watch`, and the browser of `review --open`.
  "--allow-run",
  // onnxruntime's native library.
  "--allow-ffi",
  "--allow-env=ORT_DISABLE_TELEMETRY,SPIT_ORT_LIBS",
  // An unattended run must not stop at a prompt.
  "--no-prompt",
];

/**
 * Folder of onnxruntime-node's binaries, below `bin/napi-v6/`, by Deno's name of
 * the target. The package has no binaries for macOS on Intel, and `deno compile`
 * does not support Windows on ARM.
 */
export const TARGETS: Readonly<Record<string, string>> = {
  "x86_64-unknown-linux-gnu": "linux/x64",
  "aarch64-unknown-linux-gnu": "linux/arm64",
  "aarch64-apple-darwin": "darwin/arm64",
  "x86_64-pc-windows-msvc": "win32/x64",
};

/** Large files and folders below `bin/napi-v6/` that no executable needs. */
const UNUSED_BINARIES = [
  "win32/arm64",
  // The install script of the package puts 300 MB of these beside the addon. An
  // executable loads a provider from SPIT_ORT_LIBS instead.
  ...PROVIDER_FILES.map((name) => `linux/x64/${name}`),
  // Loaded only for DirectML, which the toolkit does not use.
  "win32/x64/DirectML.dll",
];

/** Files that are opened at run time, so that `deno compile` does not find them. */
const INCLUDED_FILES = [
  "lib/classify/reader_worker.ts",
  `models/${DEFAULT_MODEL}.json`,
  `models/${DEFAULT_MODEL}.onnx`,
];

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Returns the arguments of `deno compile`, without the entry point `cli.ts`.
 *
 * @param binaries Path of onnxruntime-node's `bin/napi-v6/`.
 * @throws {Error} If the target is not supported; the message lists those that are.
 */
export function compileArguments(
  target: string,
  binaries: string,
  output: string,
): string[] {
  if (!Object.hasOwn(TARGETS, target)) {
    throw new Error(
      `onnxruntime-node has no binaries for ${target}; supported targets: ${
        Object.keys(TARGETS).join(", ")
      }`,
    );
  }
  const excluded = new Set([...Object.values(TARGETS), ...UNUSED_BINARIES]);
  excluded.delete(TARGETS[target]!);
  return [
    "compile",
    "--frozen",
    // `deno task check` checks types.
    "--no-check",
    // onnxruntime's addon loads the library beside it, which must be a real file.
    "--self-extracting",
    // Leaves out the packages that only tests and build scripts import.
    "--exclude-unused-npm",
    ...PERMISSIONS,
    ...INCLUDED_FILES.flatMap((path) => ["--include", path]),
    ...[...excluded].flatMap((path) => ["--exclude", join(binaries, path)]),
    "--output",
    output,
  ];
}

export interface CompileOptions {
  /** The target system, a key of {@linkcode TARGETS}. */
  readonly target: string;
  readonly output: string;
  /** Path of the runtime to embed files in; default: the `denort` of `deno compile`. */
  readonly runtime?: string;
  /** Whether to hide the output of `deno compile`, which lists the contents. */
  readonly quiet?: boolean;
}

/** `deno compile` has no `denort`: it can neither be downloaded nor found in DENORT_BIN. */
export class DenortError extends Error {}

/**
 * Compiles the executable and returns its size in bytes.
 *
 * @throws {DenortError} Without a `denort`.
 * @throws {Error} If `deno compile` fails for another reason, which is printed.
 */
export async function compile(
  { target, output, runtime, quiet = false }: CompileOptions,
): Promise<number> {
  const binaries = dirname(dirname(addonFolder()!));
  const print = quiet ? "null" : "inherit";
  await Deno.mkdir(dirname(output), { recursive: true });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...compileArguments(target, binaries, output),
      // A given runtime is one of this system, whatever the target of its contents.
      ...(runtime === undefined ? ["--target", target] : []),
      "cli.ts",
    ],
    cwd: ROOT,
    env: runtime === undefined ? {} : { DENORT_BIN: runtime },
    stdout: print,
    stderr: "piped",
  }).output();
  const messages = new TextDecoder().decode(stderr);
  if (!success && /base binary|Could not find denort/.test(messages)) {
    throw new DenortError(
      "deno compile needs denort, its base runtime, which can neither be " +
        "downloaded nor found; set DENORT_BIN to the path of the denort of " +
        `Deno ${Deno.version.deno} for ${target}`,
    );
  }
  if (!quiet) await writeAll(Deno.stderr, stderr);
  if (!success) throw new Error(`Cannot compile ${output}`);
  return (await Deno.stat(output)).size;
}

async function compileToFile(target: string, output: string): Promise<number> {
  const file = target.includes("windows") && !/\.exe$/i.test(output)
    ? `${output}.exe`
    : output;
  try {
    const size = await compile({ target, output: resolve(file) });
    console.error(`${file}: ${formatMegabytes(size)}`);
    return size;
  } catch (error) {
    if (!(error instanceof DenortError)) throw error;
    const { embedded } = await embed(target, true);
    throw new Error(
      `${error.message}. Checked instead: the files of the executable ` +
        `(${formatMegabytes(embedded)}) can be embedded.`,
    );
  }
}

async function dryRun(target: string): Promise<number> {
  const { size, embedded } = await embed(target, false);
  console.error(
    `embedded files: ${formatMegabytes(embedded)}; ` +
      `with this deno, which is larger than denort: ${formatMegabytes(size)}`,
  );
  return size;
}

/** Embeds the files in a copy of this `deno`, and deletes it; returns sizes in bytes. */
async function embed(
  target: string,
  quiet: boolean,
): Promise<{ size: number; embedded: number }> {
  const folder = await Deno.makeTempDir();
  try {
    const runtime = Deno.execPath();
    const output = join(folder, "spit");
    const size = await compile({ target, output, runtime, quiet });
    return { size, embedded: size - (await Deno.stat(runtime)).size };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function main(): Promise<number> {
  const options = new Command("compile")
    .option("--target <system>", "target system", Deno.build.target)
    .option("--output <file>", "path of the executable (default: dist/spit)")
    .option("--dry-run", "list the contents and their size, write nothing")
    .parse(Deno.args, { from: "user" })
    .opts<{ target: string; output?: string; dryRun?: boolean }>();
  const { target, output = join(ROOT, "dist", "spit") } = options;
  try {
    const size = options.dryRun
      ? await dryRun(target)
      : await compileToFile(target, output);
    if (size <= MAX_BYTES) return 0;
    console.error(
      `error: the executable is larger than ${formatMegabytes(MAX_BYTES)}`,
    );
    return 1;
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    return 2;
  }
}

if (import.meta.main) Deno.exit(await main());
