/**
 * From what `--model` says to the files of a network.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/** The network that is used when none is named. */
export const DEFAULT_MODEL = "spit-compact";

/** Folder of the networks that come with the toolkit; inside the binary when compiled. */
export const MODELS_FOLDER: URL = new URL("../../models/", import.meta.url);

/**
 * Finds the card of a model.
 *
 * @param nameOrPath A name in `models/`, or a path to a card or to the `.onnx` beside it.
 * @returns Path or URL of the card.
 * @throws {SpitError} `no_model`; the message lists the models there are.
 */
export async function findModelCard(nameOrPath: string): Promise<string | URL> {
  if (isName(nameOrPath)) {
    const card = new URL(`${nameOrPath}.json`, MODELS_FOLDER);
    const known = await modelNames();
    if (known.includes(nameOrPath)) return card;
    throw new SpitError(
      "no_model",
      `there is no model ${JSON.stringify(nameOrPath)}; ` +
        (known.length === 0
          ? "none is installed: give the path of a model card"
          : `there are: ${known.join(", ")}; or give the path of a model card`),
    );
  }
  const card = nameOrPath.replace(/\.onnx$/i, ".json");
  if (await isFile(card)) return card;
  throw new SpitError(
    "no_model",
    card === nameOrPath
      ? `there is no model card ${card}`
      : `${nameOrPath} has no model card beside it: ${card} is missing`,
    { file: card },
  );
}

/** Names of the models that come with the toolkit, sorted. */
export async function modelNames(): Promise<string[]> {
  // A server lists no folders; what was published comes with this one.
  if (MODELS_FOLDER.protocol !== "file:") return [DEFAULT_MODEL];
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(MODELS_FOLDER)) {
      if (name.endsWith(".json")) names.push(name.slice(0, -".json".length));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

function isName(nameOrPath: string): boolean {
  return /^[\w.-]+$/.test(nameOrPath) && !/\.(json|onnx)$/i.test(nameOrPath);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * The bytes of a file. This module may have come from a server, as the toolkit
 * does that was published: what lies beside it is then fetched from there, for
 * which `--allow-net` is needed.
 *
 * @param place A path, or a URL beside this module.
 * @returns `undefined` when there is no such file.
 * @throws {SpitError} `io` when the server answers otherwise.
 */
export async function readModelFile(
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
