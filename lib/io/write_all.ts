/**
 * Writing to files that others write to, too.
 *
 * @module
 */

/** Writes all of a text, or of bytes: a system may take them in part. */
export async function writeAll(
  to: Pick<Deno.FsFile, "write">,
  what: string | Uint8Array,
): Promise<void> {
  let bytes = typeof what === "string" ? new TextEncoder().encode(what) : what;
  while (bytes.length > 0) bytes = bytes.subarray(await to.write(bytes));
}

/**
 * What names a process among all that write to a folder, on whatever machine: its
 * number alone comes again, in each container for one.
 */
export function writerMark(): string {
  return `${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
}
