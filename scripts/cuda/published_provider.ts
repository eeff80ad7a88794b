/**
 * The provider as onnxruntime's makers publish it: where, is written in the
 * install script of the npm package, which Deno does not run.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { SpitError } from "../../lib/errors.ts";

/** A package of a NuGet feed. */
export interface PublishedPackage {
  /** Address of the feed's index. */
  readonly index: string;
  /** As the feed has it, in any case. */
  readonly name: string;
  /** As `1.30.0`. */
  readonly version: string;
}

/** The package that holds the CUDA provider of the pinned onnxruntime, for Linux on x64. */
export async function providerPackage(): Promise<PublishedPackage> {
  // The version is the one that lib/model pins.
  const script = "npm:onnxruntime-node@1.30.0/script/install-metadata.js";
  const { default: metadata } = await import(script);
  const platform = "linux/x64";
  const manifest = `${platform}:${metadata.requirements[platform][0]}`;
  const files: { package: string }[] = Object.values(
    metadata.manifests[manifest],
  );
  const { name, versions } = metadata.packages[files[0]!.package];
  const { feed, version } = versions[0];
  return { index: metadata.feeds[feed].index, name, version };
}

/**
 * Fetches a package and compares it with the SHA-512 that the feed's catalogue
 * gives, where it gives one.
 *
 * @returns The bytes, a zip, and whether they were compared.
 * @throws {SpitError} `io`, saying what could not be fetched, or that it is not
 *   what the catalogue says.
 */
export async function fetchPackage(
  { index, name, version }: PublishedPackage,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; compared: boolean }> {
  const id = name.toLowerCase();
  const { resources } = await fetched(index, (answer) => answer.json()) as {
    resources: { "@id": string; "@type": string }[];
  };
  const base = (type: string) =>
    resources.find((one) => one["@type"].startsWith(type))?.["@id"]
      .replace(/\/*$/, "/");
  const content = base("PackageBaseAddress/3.0.0");
  if (content === undefined) {
    throw new SpitError("io", `${index} does not say where its packages are`);
  }
  const bytes = await fetched(
    `${content}${id}/${version}/${id}.${version}.nupkg`,
    (answer) => answer.bytes(),
  );
  const registrations = base("RegistrationsBaseUrl");
  const wanted = registrations &&
    await catalogueHash(`${registrations}${id}/${version}.json`);
  if (wanted) {
    const found = createHash("sha512").update(bytes).digest("base64");
    if (found !== wanted) {
      throw new SpitError(
        "io",
        `${name} ${version} came with SHA-512 ${found}, and the catalogue says ${wanted}: fetch it again`,
      );
    }
  }
  return { bytes, compared: Boolean(wanted) };
}

/** `undefined` where the feed has no catalogue, or one of another form. */
async function catalogueHash(leaf: string): Promise<string | undefined> {
  try {
    const json = (answer: Response) => answer.json();
    const { catalogEntry } = await fetched(leaf, json);
    const { packageHash, packageHashAlgorithm } =
      typeof catalogEntry === "string"
        ? await fetched(catalogEntry, json)
        : catalogEntry;
    return packageHashAlgorithm === "SHA512" ? packageHash : undefined;
  } catch {
    return undefined;
  }
}

async function fetched<T>(
  address: string,
  read: (answer: Response) => Promise<T>,
): Promise<T> {
  try {
    const answer = await fetch(address);
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new Error(`status ${answer.status}`);
    }
    return await read(answer);
  } catch (cause) {
    throw new SpitError(
      "io",
      `cannot fetch ${address}: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

/** The innermost reason, without the address that `fetch` says again. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (cause instanceof Error) return reasonOf(cause);
  return message.replace(/^error sending request for url \(.*?\): /, "");
}
