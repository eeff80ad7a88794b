/**
 * The files of a network, from a path or from beside this module.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/**
 * The bytes of a file. This module may have come from a server, as the toolkit
 * does that was published: what lies beside it is then fetched from there, for
 * which `--allow-net` is needed.
 *
 * @param place A path, or a URL beside this module.
 * @returns `undefined` when there is no such file.
 * @throws {SpitError} `io` when the server answers otherwise.
 */
export async function readPlace(
  place: string | URL,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (place instanceof URL && place.protocol !== "file:") {
    const response = await fetch(place);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new SpitError("io", `${place} cannot be had: ${response.status}`);
  }
  try {
    return await Deno.readFile(place);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
