import { SpitError } from "../errors.ts";

/** Name of the model that is used by default. */
export const DEFAULT_MODEL = "spit-compact";

/** Folder of the models that come with the toolkit. */
export const MODELS_FOLDER: URL = new URL("../../models/", import.meta.url);

/**
 * Finds a model card.
 *
 * @param nameOrPath Name in `models/`, or path of a card or of the `.onnx` file beside it.
 * @returns Path or URL of the card.
 * @throws {SpitError} `no_model`; the message lists the installed models.
 */
export async function findModelCard(nameOrPath: string): Promise<string | URL> {
  if (isName(nameOrPath)) {
    const card = new URL(`${nameOrPath}.json`, MODELS_FOLDER);
    const names = await modelNames();
    if (names.includes(nameOrPath)) return card;
    throw new SpitError(
      "no_model",
      `there is no model ${JSON.stringify(nameOrPath)}; ` +
        (names.length === 0
          ? "none is installed: give the path of a model card"
          : `installed: ${names.join(", ")}; or give the path of a model card`),
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

/** Returns the sorted names of the installed models. */
export async function modelNames(): Promise<string[]> {
  // A server does not list folders; the published package contains this model only.
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

/**
 * Reads a file of a model. A published module is loaded from a server, and the files
 * beside it are fetched from there, which needs `--allow-net`.
 *
 * @param location Path, or URL beside this module.
 * @returns The content, or `undefined` when the file does not exist.
 * @throws {SpitError} `io` when the server responds with an error.
 */
export async function readModelFile(
  location: string | URL,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (location instanceof URL && location.protocol !== "file:") {
    const response = await fetch(location);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    const { status } = response;
    const what = `cannot fetch ${location}: the server responded ${status}`;
    throw new SpitError("io", what);
  }
  try {
    return await Deno.readFile(location);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
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
