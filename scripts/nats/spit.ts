import { fileURLToPath } from "node:url";
import type { NatsServer } from "./server.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

export interface ProcessResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Starts `spit ARGS` in a folder, with the least permissions that a queue requires. It
 * may write to the subfolder `rows`.
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

export async function waitForResult(
  child: Deno.ChildProcess,
): Promise<ProcessResult> {
  const { code, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), err: decode(stderr) };
}
