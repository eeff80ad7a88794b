/**
 * Makes one executable of the toolkit, which needs neither Deno nor a network:
 * the default network with its card, onnxruntime's library, and all that the
 * commands load.
 *
 *     deno task compile                                      # dist/spit, for this system
 *     deno task compile --target aarch64-apple-darwin --output dist/spit-mac
 *     deno task compile --dry-run                            # what would be in it, and its size
 *
 * Deno builds it on `denort`, its runtime without the tools, which it fetches, or
 * takes from where `DENORT_BIN` says. Without either `--dry-run` still makes the
 * file, on the whole `deno` instead, says what is in it, and throws it away: such
 * a file does not run. Exit codes: 0 done; 1 larger than {@linkcode LIMIT}; 2 not made.
 *
 * @module
 */
import { Command } from "commander";
import { dirname, join, resolve } from "../lib/io/path.ts";
import { fileURLToPath } from "node:url";
import { addonFolder } from "../lib/model/cuda.ts";
// Deno tells where a package lies once a module asks for it.
import "../lib/model/onnx_session.ts";
import { compileArguments } from "./compile/arguments.ts";

/** Bytes that an executable may have. */
export const LIMIT = 170e6;

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What is made, and of what. */
export interface Making {
  /** The system it is for, a key of `TARGETS` in `compile/targets.ts`. */
  readonly target: string;
  /** Path of the executable. */
  readonly output: string;
  /** The runtime that it is built on; else the one that Deno fetches. */
  readonly runtime?: string;
}

/**
 * Has Deno make an executable. Its list of what goes in is passed on.
 *
 * @returns Bytes of the executable.
 * @throws {Error} When Deno makes none: it has said why.
 */
export async function compile(
  { target, output, runtime }: Making,
  show: "inherit" | "null" = "inherit",
): Promise<number> {
  await Deno.mkdir(dirname(output), { recursive: true });
  const binaries = dirname(dirname(addonFolder()!));
  const fetched = runtime === undefined;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...compileArguments(target, binaries, output),
      // A runtime at hand is of this system; what goes in is the target's all the same.
      ...(fetched ? ["--target", target] : []),
      "cli.ts",
    ],
    cwd: ROOT,
    env: fetched ? {} : { DENORT_BIN: runtime },
    stdout: show,
    stderr: show,
  }).output();
  if (!success) throw new Error(`deno compile made no ${output}`);
  return (await Deno.stat(output)).size;
}

interface Options {
  readonly target: string;
  readonly output?: string;
  readonly dryRun?: boolean;
}

async function main(): Promise<number> {
  const { target, output, dryRun } = new Command("compile")
    .option("--target <system>", "the system it is for", Deno.build.target)
    .option("--output <file>", "the executable; default: dist/spit")
    .option("--dry-run", "say what would be in it, and how large it would be")
    .parse(Deno.args, { from: "user" })
    .opts<Options>();
  try {
    const size = dryRun
      ? await tryOut(target)
      : await make(target, output ?? join(ROOT, "dist", "spit"));
    if (size <= LIMIT) return 0;
    console.error(`error: it is larger than ${megabytes(LIMIT)}`);
    return 1;
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    return 2;
  }
}

async function make(target: string, output: string): Promise<number> {
  const file = target.includes("windows") && !/\.exe$/i.test(output)
    ? `${output}.exe`
    : output;
  const size = await compile({ target, output: resolve(file) });
  console.error(`${file}: ${megabytes(size)}`);
  return size;
}

/** Says how large it would be with all of Deno in the runtime's place. */
async function tryOut(target: string): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    const runtime = Deno.execPath();
    const size = await compile({
      target,
      output: join(folder, "spit"),
      runtime,
    });
    const embedded = size - (await Deno.stat(runtime)).size;
    console.error(
      `${megabytes(embedded)} beside the runtime; on the whole deno ` +
        `of this system, which is larger than its runtime, ${megabytes(size)}`,
    );
    return size;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) Deno.exit(await main());
