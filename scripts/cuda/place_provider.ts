/**
 * From a folder or a package to the folder where the runtime looks.
 *
 * @module
 */
import { basename, join } from "../../lib/io/path.ts";
import { unzipSync } from "fflate";
import { SpitError } from "../../lib/errors.ts";
import {
  hasProvider,
  isOurProvider,
  libraryFolders,
  PROVIDER_FILES,
  RUNTIME_VERSION,
} from "../../lib/model/cuda.ts";

/**
 * Copies the provider's files from a folder: one that has them, `site-packages`
 * or `onnxruntime/capi` of an installed `onnxruntime-gpu`.
 *
 * @throws {SpitError} `no_device` when the folder has none, or that of
 *   another onnxruntime.
 */
export async function placeFromFolder(
  folder: string,
  target: string,
): Promise<void> {
  const source = libraryFolders(folder).find(hasProvider);
  if (source === undefined) {
    throw new SpitError(
      "no_device",
      `${folder} lacks ${PROVIDER_FILES.join(" or ")}`,
      { file: folder },
    );
  }
  for (const name of PROVIDER_FILES) {
    await Deno.copyFile(join(source, name), join(target, `${name}.part`));
  }
  await finish(folder, target);
}

/**
 * Takes the provider's files out of a package: a wheel of `onnxruntime-gpu`, or
 * what NuGet has; both are zips.
 *
 * @param from What it is called in messages.
 * @throws {SpitError} As {@linkcode placeFromFolder}; `io` when it is no zip.
 */
export async function placeFromPackage(
  bytes: Uint8Array,
  from: string,
  target: string,
): Promise<void> {
  const files = unzipped(bytes, from);
  for (const name of PROVIDER_FILES) {
    const path = Object.keys(files).find((path) => basename(path) === name);
    if (path === undefined) {
      throw new SpitError("no_device", `${from} lacks ${name}`, { file: from });
    }
    await Deno.writeFile(join(target, `${name}.part`), files[path]!);
  }
  await finish(from, target);
}

function unzipped(bytes: Uint8Array, from: string): Record<string, Uint8Array> {
  const wanted: readonly string[] = PROVIDER_FILES;
  try {
    return unzipSync(bytes, {
      // A package for several systems has files of the same name for each.
      filter: ({ name }) =>
        wanted.includes(basename(name)) && !/arm64|aarch64/.test(name),
    });
  } catch (cause) {
    throw new SpitError("io", `${from} is no package`, { file: from, cause });
  }
}

/** Takes what was written for the provider, or takes it away. */
async function finish(from: string, target: string): Promise<void> {
  const trial = await Deno.makeTempDir({ dir: target });
  try {
    for (const name of PROVIDER_FILES) {
      await Deno.rename(join(target, `${name}.part`), join(trial, name));
    }
    if (!isOurProvider(trial)) {
      throw new SpitError(
        "no_device",
        `the provider in ${from} is not that of onnxruntime ${RUNTIME_VERSION}, which this toolkit runs on`,
        { file: from },
      );
    }
    for (const name of PROVIDER_FILES) {
      await Deno.rename(join(trial, name), join(target, name));
    }
  } finally {
    await Deno.remove(trial, { recursive: true });
  }
}
