/**
 * Runs the command line as a process that can use a queue, with the least permissions.
 */
import { fileURLToPath } from "node:url";
import type { NatsServer } from "./server.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** The result of a process. */
export interface ProcessResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Starts `spit ARGS` in a folder. It may write to the subfolder `rows`.
 *
 * @param denoOptions Further options of `deno run`.
 */
export function startSpit(
  args: readonly string[],
  server: NatsServer,
  folder: string,
  denoOptions: readonly string[] = [],
): Deno.ChildProcess {
  const permissions = [
    "--allow-read",
    "--allow-ffi",
    "--allow-env=ORT_DISABLE_TELEMETRY",
    `--allow-net=${server.host}`,
    `--allow-write=${folder}/rows`,
  ];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, ...denoOptions, CLI, ...args],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a process. */
export async function waitForResult(
  child: Deno.ChildProcess,
): Promise<ProcessResult> {
  const { code, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), err: decode(stderr) };
}

/** Runs `spit ARGS` and waits for its end. */
export async function runSpit(
  args: readonly string[],
  server: NatsServer,
  folder: string,
): Promise<ProcessResult> {
  return await waitForResult(startSpit(args, server, folder));
}
