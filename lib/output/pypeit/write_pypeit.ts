/**
 * Verdicts → the files that PypeIt takes.
 *
 * @module
 */
import { dirname, join, resolve } from "../../io/path.ts";
import type { Verdict } from "../../classify/verdict.ts";
import { SpitError } from "../../errors.ts";
import { findClosestWord } from "../../closest_word.ts";
import type { Label } from "../../evaluation/labels_file.ts";
import { groupByConfiguration } from "../../calibration/configurations.ts";
import { writeFileAtomically } from "../../io/output.ts";
import { obslog } from "./obslog.ts";
import { pypeitFile } from "./pypeit_file.ts";
import type { PypeitFrame } from "./row.ts";
import { spectrographOf, SPECTROGRAPHS } from "./spectrographs.ts";

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
  /** Who makes them: `spit with spit-compact@0.3.0`. */
  readonly maker: string;
  /** Now, ISO 8601. */
  readonly date: string;
}

/** What was written. */
export interface PypeitFiles {
  /** Paths of the files. */
  readonly paths: readonly string[];
  /** Frames of other instruments: in the observing log alone. */
  readonly elsewhere: readonly string[];
  /** Frames that PypeIt would not find by name: their lines are comments. */
  readonly unfound: readonly string[];
}

/**
 * Finds out, before frames are typed, what would keep the files from being written.
 *
 * @param notice Told of a spectrograph that we do not know.
 * @throws {SpitError} `usage` when its name is none, or its observing log is there.
 */
export async function checkOrder(
  { spectrograph, folder, overwrite }: Omit<PypeitOrder, "maker" | "date">,
  notice: (message: string) => void,
): Promise<void> {
  if (!/^\w+$/.test(spectrograph)) {
    throw new SpitError(
      "usage",
      `"${spectrograph}" is no name of a spectrograph: give PypeIt's, as shane_kast_blue`,
    );
  }
  if (!SPECTROGRAPHS.has(spectrograph)) {
    const near = findClosestWord(spectrograph, [...SPECTROGRAPHS.keys()]);
    notice(
      `${spectrograph} is none of PypeIt's spectrographs that we know` +
        (near === undefined ? "" : ` (is it ${near}?)`) +
        ": it gets the frames of all instruments",
    );
  }
  if (!overwrite) await refuseThere(obslogPath(folder, spectrograph));
}

/**
 * Writes a `.pypeit` file for each configuration, in PypeIt's layout
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
  const marks = spectrographOf(spectrograph);
  const frames = labelled.map(frameOf).toSorted(byTime);
  const isElsewhere = ({ log }: PypeitFrame) => {
    const instrument = log?.instrument ?? null;
    return marks.instrument !== null && instrument !== null &&
      instrument !== marks.instrument;
  };
  const own = frames.filter((frame) => !isElsewhere(frame));
  if (!own.some(({ log }) => log !== null)) {
    throw nothingOf(spectrograph, frames);
  }
  const given = new Set(frames.map(({ path }) => path));
  const texts = new Map<string, string>();
  const unfound = new Set<string>();
  for (
    const [calib, configuration] of groupByConfiguration(own, marks).entries()
  ) {
    const name = `${spectrograph}_${configuration.name}`;
    const file = pypeitFile({
      spectrograph,
      configuration,
      calib,
      given,
      maker: `${maker}, ${date}`,
    });
    texts.set(join(folder, name, `${name}.pypeit`), file.text);
    for (const path of file.unfound) unfound.add(path);
  }
  texts.set(
    obslogPath(folder, spectrograph),
    obslog(frames, spectrograph, date),
  );

  if (!overwrite) { for (const path of texts.keys()) await refuseThere(path); }
  for (const [path, text] of texts) {
    await makeFolder(dirname(path));
    await writeFileAtomically(path, text);
  }
  return {
    paths: [...texts.keys()],
    elsewhere: frames.filter(isElsewhere).map(({ path }) => path),
    unfound: [...unfound],
  };
}

function obslogPath(folder: string, spectrograph: string): string {
  return join(folder, `${spectrograph}.obslog`);
}

function frameOf({ verdict, label }: Labelled): PypeitFrame {
  const { file, log } = verdict;
  const type = label ?? verdict.type;
  return {
    path: resolve(file),
    type: type === "unknown" || type === "other" ? null : type,
    log,
  };
}

/** Frames without a time come last. */
function byTime(one: PypeitFrame, other: PypeitFrame): number {
  const [first, second] = [one.log?.mjd ?? null, other.log?.mjd ?? null];
  if (first === null || second === null) {
    return Number(first === null) - Number(second === null);
  }
  return first - second;
}

function nothingOf(
  spectrograph: string,
  frames: readonly PypeitFrame[],
): SpitError {
  const names = new Set(frames.map(({ log }) => log?.instrument ?? "unknown"));
  return new SpitError(
    "usage",
    `no frame is of ${spectrograph}: their instruments are ${
      [...names].join(", ")
    }`,
  );
}

async function refuseThere(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.NotADirectory) return;
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
      { file: path, cause },
    );
  }
}
