/**
 * The command line as a process that may use a queue, with the least permissions.
 */
import { fileURLToPath } from "node:url";
import type { NatsServer } from "./server.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** What a run left behind. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Starts `spit ARGS` in a folder; it may write to `rows` there.
 *
 * @param more Further options of Deno.
 */
export function startSpit(
  args: readonly string[],
  server: NatsServer,
  folder: string,
  more: readonly string[] = [],
): Deno.ChildProcess {
  const permissions = [
    "--allow-read",
    "--allow-ffi",
    "--allow-env=ORT_DISABLE_TELEMETRY",
    `--allow-net=${server.host}`,
    `--allow-write=${folder}/rows`,
  ];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, ...more, CLI, ...args],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for its end. */
export async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Runs `spit ARGS` to its end. */
export async function spit(
  args: readonly string[],
  server: NatsServer,
  folder: string,
): Promise<Ended> {
  return await ended(startSpit(args, server, folder));
}
