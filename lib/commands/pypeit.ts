import type { Command } from "commander";
import { SpitError } from "../errors.ts";
import { print } from "./terminal.ts";
import { readText } from "../io/file.ts";
import { writeFileAtomically } from "../io/output.ts";
import {
  applyChanges,
  compareEntry,
  parsePypeitDocument,
  type PypeitDocument,
} from "../output/pypeit/correct_pypeit.ts";
import { refuseExisting } from "../output/pypeit/write_pypeit.ts";
import { printable } from "../output/text.ts";
import { join } from "../std.ts";
import { openClassifier } from "./inputs.ts";
import {
  addClassificationOptions,
  addLabelsOption,
  type ClassificationOptions,
  parseOutputOf,
} from "./options.ts";
import { makeNotify } from "./terminal.ts";

interface PypeitCommandOptions extends ClassificationOptions {
  readonly output?: string;
  readonly overwrite?: boolean;
  readonly strict?: boolean;
}

export function define(command: Command): void {
  command
    .argument("<FILE>", "a .pypeit file")
    .option(
      "-o, --output <file>",
      "file for the corrected copy (default: NAME_spit.pypeit beside FILE)",
      parseOutputOf("pypeit"),
    )
    .option("--overwrite", "replace an existing file")
    .option("--strict", "exit 1 if a frame is changed")
    .action(async (path: string, options: PypeitCommandOptions) => {
      Deno.exitCode = await correctPypeit(path, options);
    });
  addClassificationOptions(addLabelsOption(command));
}

/**
 * Classifies the frames of a `.pypeit` file, prints the changes, and writes a corrected
 * copy; returns the exit code.
 *
 * @throws {SpitError} `usage` when none of its frames exists, or when the copy exists; what
 *   `readText` and `openClassifier` throw.
 */
async function correctPypeit(
  path: string,
  options: PypeitCommandOptions,
): Promise<number> {
  const { overwrite, strict, quiet } = options;
  const notify = makeNotify(options);
  const copy = options.output ??
    path.replace(/(\.pypeit)?$/, "_spit.pypeit");
  const document = parsePypeitDocument(
    await readText(path, "the frames"),
    path,
  );
  const files = await findFrames(document, path);
  if (!overwrite) await refuseExisting(copy);
  for (const line of document.ignored) {
    notify(
      `${path}, line ${line}: PypeIt ignores it, ` +
        "because it has not as many bars as the heading",
    );
  }
  await using classifier = await openClassifier(options, notify, files);
  const progress = { total: files.length, quiet };
  const classified = await Array.fromAsync(
    classifier.classifyNights(files, progress),
  );
  const changes = document.entries.flatMap((entry, k) =>
    compareEntry(entry, classified[k]!.verdict) ?? []
  );
  const heading = `corrected by spit with ${classifier.modelId}, ` +
    `${new Date().toISOString()}: ${changes.length} of ${files.length} ` +
    "frames changed";
  await writeFileAtomically(copy, applyChanges(document, changes, heading));
  await print(
    changes.map(({ entry, description }) =>
      `${printable(entry.filename)}: ${description}\n`
    ).join(""),
  );
  notify(
    `wrote ${copy}: ${changes.length} of ${files.length} frames changed`,
  );
  return strict && changes.length > 0 ? 1 : 0;
}

/**
 * Finds the frame of each entry: the first file of its name in the folders, as PypeIt
 * does. A frame that does not exist has the path in the last folder.
 */
async function findFrames(
  { folders, entries }: PypeitDocument,
  file: string,
): Promise<string[]> {
  let found = 0;
  const frames: string[] = [];
  for (const { filename } of entries) {
    const paths = folders.length === 0
      ? [filename]
      : folders.map((folder) => join(folder, filename));
    let frame = paths.at(-1)!;
    for (const path of paths) {
      if (!await isFile(path)) continue;
      frame = path;
      found++;
      break;
    }
    frames.push(frame);
  }
  if (found > 0) return frames;
  throw new SpitError(
    "usage",
    entries.length === 0
      ? `${file} lists no frame`
      : `none of the frames that ${file} lists exists; ` +
        `correct its path lines (the first frame would be ${frames[0]})`,
    { file },
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
