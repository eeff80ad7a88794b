/** `spit review` as a process, with the least permissions that it needs. */
import { fileURLToPath } from "node:url";
import { evenPlane, fitsOf, lopsidedPlane, TINY } from "../tiny.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** A server at work. */
export interface Reviewing extends AsyncDisposable {
  /** Address of its page. */
  readonly url: string;
  /** Ends it with a signal; gives its exit code, and what it had said on standard error. */
  end(signal: Deno.Signal): Promise<{ code: number; err: string }>;
}

/** Starts a review of a folder, to which it may write; comes when the address is known. */
export async function startReview(
  folder: string,
  args: readonly string[] = [],
  { run = "", env = {} }: {
    readonly run?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Reviewing> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-ffi",
      "--allow-env=ORT_DISABLE_TELEMETRY",
      "--allow-net=127.0.0.1",
      `--allow-write=${folder}`,
      ...(run === "" ? [] : [run]),
      ...[CLI, "review", folder, "--model", TINY, "--workers", "0", ...args],
    ],
    cwd: folder,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const err = new Response(child.stderr).text();
  let hasEnded = false;
  const end = async (signal: Deno.Signal) => {
    if (!hasEnded) child.kill(signal);
    hasEnded = true;
    const { code } = await child.status;
    return { code, err: await err };
  };
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value, done } = await reader.read();
  await reader.cancel();
  if (done) throw new Error(`no address: ${await err}`);
  return {
    url: value.trim(),
    end,
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
    },
  };
}

/**
 * Five frames: `conflict` (bias pixels, header of a science frame), `unknown`,
 * `error` (no FITS), and two that are surely a bias.
 */
export async function writeNight(folder: string): Promise<void> {
  const write = (name: string, bytes: Uint8Array) =>
    Deno.writeFile(`${folder}/${name}.fits`, bytes);
  await write("bias1", fitsOf([evenPlane()], { IMAGETYP: "BIAS" }));
  await write("bias2", fitsOf([evenPlane()], { IMAGETYP: "BIAS" }));
  await write(
    "conflict",
    fitsOf([evenPlane()], { IMAGETYP: "OBJECT", OBJECT: "<b>M31</b>" }),
  );
  await write("error", new TextEncoder().encode("no FITS"));
  await write("unknown", fitsOf([lopsidedPlane()]));
}
