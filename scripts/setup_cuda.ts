/**
 * Makes `--device cuda` work: puts onnxruntime's CUDA provider beside the native
 * library that Deno fetched, and says in one line what is missing still.
 *
 *     deno task setup:cuda                    # fetches what the npm package's own script would
 *     deno task setup:cuda --from SOURCE      # a folder, a wheel of onnxruntime-gpu, a .nupkg
 *
 * SOURCE may be `site-packages` with `onnxruntime-gpu` of the same version in it;
 * its default is the folders of SPIT_ORT_LIBS. Exit codes: 0 CUDA works, 1 the
 * provider is in place and something else is missing, 2 no provider.
 */
import { Command } from "commander";
import { SpitError } from "../lib/errors.ts";
import {
  addonFolder,
  hasProvider,
  isOurProvider,
  LIBRARIES_VARIABLE,
  libraryFolders,
  RUNTIME_VERSION,
} from "../lib/model/cuda.ts";
import { openModel } from "../lib/model/open_model.ts";
import { placeFromFolder, placeFromPackage } from "./cuda/place_provider.ts";
import { fetchPackage, providerPackage } from "./cuda/published_provider.ts";

interface Options {
  /** A folder or a package; the variable, else the feed, when left out. */
  readonly from?: string;
  /** Where the provider is to go. */
  readonly into?: string;
  /** Index of another NuGet feed. */
  readonly index?: string;
}

async function main(): Promise<void> {
  const options = new Command("setup:cuda")
    .option("--from <source>", "a folder, a wheel of onnxruntime-gpu, a .nupkg")
    .option("--into <folder>", "another place than beside the native library")
    .option("--index <address>", "index of another NuGet feed")
    .parse(Deno.args, { from: "user" })
    .opts<Options>();
  try {
    await placeProvider(options);
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    Deno.exit(2);
  }
  // Placed elsewhere, there is nothing to try: the runtime does not look there.
  if (options.into === undefined) Deno.exit(await tryDevice());
}

async function placeProvider(options: Options): Promise<void> {
  const target = options.into ?? addonFolder();
  if (target === undefined || Deno.build.os !== "linux") {
    throw new SpitError(
      "no_device",
      "onnxruntime-node has CUDA on Linux on x64 only",
    );
  }
  const from = options.from ?? libraryFolders().find(hasProvider);
  if (from === undefined && hasProvider(target) && isOurProvider(target)) {
    console.error(`the provider is in ${target} already`);
    return;
  }
  if (from === undefined) {
    await placePublished(target, options.index);
  } else if (await isFolder(from)) {
    await placeFromFolder(from, target);
  } else {
    await placeFromPackage(await Deno.readFile(from), from, target);
  }
  console.error(
    `the CUDA provider of onnxruntime ${RUNTIME_VERSION} is in ${target}`,
  );
}

async function placePublished(target: string, index?: string): Promise<void> {
  const published = await providerPackage();
  const found = index === undefined ? published : { ...published, index };
  console.error(`fetching ${found.name} ${found.version}`);
  try {
    const { bytes, compared } = await fetchPackage(found);
    if (!compared) console.error("the feed gives no SHA-512 to compare with");
    await placeFromPackage(bytes, found.name, target);
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    throw new SpitError(
      error.code,
      `${error.description}; or take the provider from a folder or wheel of ` +
        `onnxruntime-gpu ${RUNTIME_VERSION} (pip download): --from, or ${LIBRARIES_VARIABLE}`,
      { cause: error },
    );
  }
}

async function tryDevice(): Promise<number> {
  try {
    await using model = await openModel(undefined, "cuda");
    console.error(`${model.card.name} runs on ${model.device}`);
    return 0;
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    console.error(`error: ${error.message}`);
    return 1;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (cause) {
    throw new SpitError("not_found", `there is no ${path}`, { cause });
  }
}

if (import.meta.main) await main();
