/**
 * A raw frame is never written over, whatever a user, a script or a glob names as
 * an output.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { isFitsName } from "./file_names.ts";

/** How files begin that no report does: FITS, gzip, bzip2. */
const MAGICS = ["SIMPLE  =", "\x1f\x8b", "BZh"];

/**
 * Refuses to write to a file that is named like a frame, be it there or not, or
 * that begins like one under any name. A link is followed.
 *
 * @throws {SpitError} `usage` for a frame; `io` when what is there cannot be looked at.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { refuseFrame } from "./refuse_frame.ts";
 *
 * await refuseFrame("no-such-night.csv");
 * await assertRejects(() => refuseFrame("r6.fits.gz"), Error, "never written over");
 * ```
 */
export async function refuseFrame(path: string): Promise<void> {
  if (isFitsName(path)) throw refusal(path, "its name is that of a frame");
  if (await beginsLikeFrame(path)) throw refusal(path, "it holds a frame");
}

async function beginsLikeFrame(path: string): Promise<boolean> {
  const head = new Uint8Array(9);
  let filled = 0;
  try {
    // Opening a pipe would wait for who writes to it.
    if (!(await Deno.stat(path)).isFile) return false;
    using file = await Deno.open(path);
    while (filled < head.length) {
      const read = await file.read(head.subarray(filled));
      if (read === null) break;
      filled += read;
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const what = `cannot see what is in ${path}: ${(cause as Error).message}`;
    throw new SpitError("io", what, { file: path, cause });
  }
  const text = String.fromCharCode(...head.subarray(0, filled));
  return MAGICS.some((magic) => text.startsWith(magic));
}

function refusal(file: string, why: string): SpitError {
  return new SpitError(
    "usage",
    `cannot write ${file}: ${why}, and a frame is never written over; name another file`,
    { file },
  );
}
