/** The command line as a process, with the least permissions that the README gives. */
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** What a run left behind. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * What `spit` is called as, for a process or a shell; `folder` is where it may
 * write. Without one it has no permission at all.
 */
export function spitCommand(folder?: string): string[] {
  const permissions = folder === undefined ? [] : [
    "--allow-read",
    "--allow-ffi",
    "--allow-env=ORT_DISABLE_TELEMETRY",
    `--allow-write=${folder}`,
  ];
  return [Deno.execPath(), "run", "--no-prompt", ...permissions, CLI];
}

/** Starts `spit ARGS` in a folder, with streams piped; see {@linkcode spitCommand}. */
export function startSpit(
  args: readonly string[],
  folder?: string,
): Deno.ChildProcess {
  const [deno, ...rest] = spitCommand(folder);
  return new Deno.Command(deno!, {
    args: [...rest, ...args],
    cwd: folder,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs `spit ARGS` to its end. */
export async function spit(
  args: readonly string[],
  folder?: string,
  input = "",
): Promise<Ended> {
  const child = startSpit(args, folder);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}
