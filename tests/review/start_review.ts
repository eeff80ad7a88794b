/** Runs `spit review` as a process, with the fewest permissions that it needs. */
import { fileURLToPath } from "node:url";
import { evenPlane, fitsOf, lopsidedPlane, TINY } from "../tiny.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** A running review. */
export interface RunningReview extends AsyncDisposable {
  /** Address of the page. */
  readonly url: string;
  /** Ends the process with a signal; returns its exit code and standard error. */
  end(signal: Deno.Signal): Promise<{ code: number; err: string }>;
}

/** Starts a review of a folder that it may write to; resolves when its address is known. */
export async function startReview(
  folder: string,
  args: readonly string[] = [],
  { run = "", env = {}, openFiles }: {
    readonly run?: string;
    /** Limit of open files. Default: that of this process. */
    readonly openFiles?: number;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<RunningReview> {
  const deno = openFiles === undefined
    ? [Deno.execPath()]
    : ["sh", "-c", `ulimit -n ${openFiles}; exec "$@"`, "sh", Deno.execPath()];
  const child = new Deno.Command(deno[0]!, {
    args: [
      ...deno.slice(1),
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
  if (done) throw new Error(`review printed no address: ${await err}`);
  return {
    url: value.trim(),
    end,
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
    },
  };
}

/**
 * Writes five frames: `conflict` (pixels of a bias, header of a science frame),
 * `unknown`, `error` (not FITS), `bias1` and `bias2`.
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
