/**
 * Verdicts → the files that PypeIt takes.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { Verdict } from "../../classify/verdict.ts";
import { SpitError } from "../../errors.ts";
import { isFrameType } from "../../frame_type.ts";
import type { Label } from "../../labels/labels_file.ts";
import { setupsOf } from "../../night/setups.ts";
import { writeFileWhole } from "../output.ts";
import { obslog } from "./obslog.ts";
import { pypeitFile } from "./pypeit_file.ts";
import type { PypeitFrame } from "./row.ts";
import { spectrographOf } from "./spectrographs.ts";

/** A verdict, and what a person says of the frame. */
export interface Labelled {
  /** What the pixels say. */
  readonly verdict: Verdict;
  /** What a person says; `null` for nothing. */
  readonly label: Label | null;
}

/** Where the files go, and what is in them. */
export interface PypeitOrder {
  /** PypeIt's name of the spectrograph. */
  readonly spectrograph: string;
  /** Folder; made when it is not there. */
  readonly folder: string;
  /** Replace files that are there. Default: false. */
  readonly overwrite?: boolean;
  /** Who makes them: `spit 0.1.0 with spit-compact@0.3.0`. */
  readonly maker: string;
  /** Now, ISO 8601. */
  readonly date: string;
}

/** What was written. */
export interface PypeitFiles {
  /** Paths of the files. */
  readonly paths: readonly string[];
  /** Frames of other instruments: in the observing log alone. */
  readonly elsewhere: number;
}

/**
 * Writes a `.pypeit` file for each setup, in PypeIt's layout
 * (`FOLDER/shane_kast_blue_A/shane_kast_blue_A.pypeit`), and one `.obslog`. Each is
 * written whole or not at all.
 *
 * Every frame is in the observing log, and every one that may be of this
 * spectrograph in a `.pypeit` file: commented out when it has no type.
 *
 * @throws {SpitError} `usage` when a file is there already, or cannot be written, or
 *   when no frame is of the spectrograph.
 */
export async function writePypeit(
  labelled: readonly Labelled[],
  { spectrograph, folder, overwrite = false, maker, date }: PypeitOrder,
): Promise<PypeitFiles> {
  const { instrument, keys } = spectrographOf(spectrograph);
  const frames = labelled.map(frameOf);
  const own = frames.filter(({ log }) =>
    instrument === null || log === null || log.instrument === null ||
    log.instrument === instrument
  );
  const setups = setupsOf(own, keys);
  if (!own.some(({ log }) => log !== null)) {
    const names = frames.map(({ log }) => log?.instrument ?? "unknown");
    throw new SpitError(
      "usage",
      `no frame is of ${spectrograph}: their instruments are ${
        [...new Set(names)].join(", ")
      }`,
    );
  }
  const texts = new Map<string, string>();
  for (const [calib, setup] of setups.entries()) {
    const name = `${spectrograph}_${setup.name}`;
    texts.set(
      join(folder, name, `${name}.pypeit`),
      pypeitFile({ spectrograph, setup, calib, maker: `${maker}, ${date}` }),
    );
  }
  texts.set(
    join(folder, `${spectrograph}.obslog`),
    obslog(frames, spectrograph, date),
  );

  if (!overwrite) { for (const path of texts.keys()) await refuseThere(path); }
  for (const [path, text] of texts) {
    await makeFolder(resolve(path, ".."));
    await writeFileWhole(path, text);
  }
  return { paths: [...texts.keys()], elsewhere: frames.length - own.length };
}

function frameOf({ verdict, label }: Labelled): PypeitFrame {
  const { file, log } = verdict;
  const type = label ?? verdict.type;
  return {
    path: resolve(file),
    type: type !== null && isFrameType(type) ? type : null,
    log,
  };
}

async function refuseThere(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new SpitError(
    "usage",
    `${path} is there already: give --overwrite to replace it`,
    { file: path },
  );
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (cause) {
    throw new SpitError(
      "usage",
      `cannot make the folder ${path}: ${(cause as Error).message}`,
      { file: path },
      cause,
    );
  }
}
