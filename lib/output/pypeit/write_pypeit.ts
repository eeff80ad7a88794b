import {
  findSpectrograph,
  groupByConfiguration,
  SPECTROGRAPHS,
} from "../../calibration/configuration.ts";
import type { Verdict } from "../../classify/verdict.ts";
import { SpitError } from "../../errors.ts";
import { findClosestWord } from "../../closest_word.ts";
import { writeFileAtomically } from "../../io/output.ts";
import { dirname, join, resolve } from "../../std.ts";
import { formatNote } from "../note.ts";
import { formatObslog, formatPypeitFile } from "./files.ts";
import { findFrameType, type PypeitFrame } from "./rows.ts";

export interface PypeitTarget {
  /** PypeIt's name of the spectrograph. */
  readonly spectrograph: string;
  /** Folder; created when it does not exist. */
  readonly folder: string;
  /** Replace existing files. Default: false. */
  readonly overwrite?: boolean;
}

export interface PypeitOptions extends PypeitTarget {
  /** The program and model that make them: `spit with spit-compact@0.3.0`. */
  readonly maker: string;
  /** Date of writing, ISO 8601. */
  readonly date: string;
}

export interface PypeitFiles {
  readonly paths: readonly string[];
  /** Frames of other instruments, which are in the observing log only. */
  readonly otherInstruments: readonly string[];
  /** Frames that PypeIt would not find by name, whose lines are comments. */
  readonly notFound: readonly string[];
  /** Frames that must not be used and fit no configuration, which are in the observing log only. */
  readonly unassigned: readonly string[];
}

/**
 * Checks, before frames are classified, that the files can be written.
 *
 * @param notice Called with a message about an unknown spectrograph.
 * @throws {SpitError} `usage` for an invalid name, or when the observing log exists.
 */
export async function checkPypeitTarget(
  { spectrograph, folder, overwrite }: PypeitTarget,
  notice: (message: string) => void,
): Promise<void> {
  if (!/^\w+$/.test(spectrograph)) {
    throw new SpitError(
      "usage",
      `"${spectrograph}" is not the name of a spectrograph; ` +
        "use PypeIt's name, such as shane_kast_blue",
    );
  }
  if (!SPECTROGRAPHS.has(spectrograph)) {
    const near = findClosestWord(spectrograph, [...SPECTROGRAPHS.keys()]);
    notice(
      `unknown spectrograph ${spectrograph}` +
        (near === undefined ? "" : ` (did you mean ${near}?)`) +
        ": its files get the frames of all instruments",
    );
  }
  if (!overwrite) await refuseExisting(obslogPath(folder, spectrograph));
}

/**
 * Writes a `.pypeit` file for each configuration, in PypeIt's layout
 * (`FOLDER/shane_kast_blue_A/shane_kast_blue_A.pypeit`), and one `.obslog`. Each is
 * written whole or not at all.
 *
 * Every frame is in the observing log. Every frame that may be of this spectrograph is in
 * a `.pypeit` file, as a comment if it must not be used; such frames make no configuration
 * of their own.
 *
 * @throws {SpitError} `usage` when a file exists or cannot be written, or when no frame
 *   is of the spectrograph.
 */
export async function writePypeit(
  verdicts: readonly Verdict[],
  { spectrograph, folder, overwrite = false, maker, date }: PypeitOptions,
): Promise<PypeitFiles> {
  const definition = findSpectrograph(spectrograph);
  const frames = verdicts.map(makeFrame).sort(compareTimes);
  const { own = [], other = [] } = Object.groupBy(frames, ({ log }) => {
    const instrument = log?.instrument ?? null;
    return instrument === null || definition.instrument === null ||
        instrument === definition.instrument
      ? "own"
      : "other";
  });
  if (!own.some(({ log }) => log !== null)) {
    const names = frames.map(({ log }) => log?.instrument ?? "unknown");
    throw new SpitError(
      "usage",
      `no frame is of ${spectrograph}; the frames are of: ${
        [...new Set(names)].join(", ")
      }`,
    );
  }
  const allPaths = new Set(frames.map(({ path }) => path));
  const texts = new Map<string, string>();
  const notFound = new Set<string>();
  const unassigned = new Set(own.map(({ path }) => path));
  const configurations = groupByConfiguration(own, definition);
  for (const [calib, configuration] of configurations.entries()) {
    const name = `${spectrograph}_${configuration.name}`;
    const file = formatPypeitFile({
      spectrograph,
      configuration,
      calib,
      allPaths,
      maker: `${maker}, ${date}`,
    });
    texts.set(join(folder, name, `${name}.pypeit`), file.text);
    for (const path of file.notFound) notFound.add(path);
    for (const { path } of configuration.frames) unassigned.delete(path);
  }
  texts.set(
    obslogPath(folder, spectrograph),
    formatObslog(frames, spectrograph, date),
  );

  if (!overwrite) {
    for (const path of texts.keys()) await refuseExisting(path);
  }
  for (const [path, text] of texts) {
    await makeFolder(dirname(path));
    await writeFileAtomically(path, text);
  }
  return {
    paths: [...texts.keys()],
    otherInstruments: other.map(({ path }) => path),
    notFound: [...notFound],
    unassigned: [...unassigned],
  };
}

function obslogPath(folder: string, spectrograph: string): string {
  return join(folder, `${spectrograph}.obslog`);
}

function makeFrame(verdict: Verdict): PypeitFrame {
  const { file, type, use, log } = verdict;
  return {
    path: resolve(file),
    type: type === "unknown" ? null : type,
    frametype: findFrameType(verdict),
    use,
    note: formatNote(verdict),
    log,
  };
}

/** Sorts frames without a time last. */
function compareTimes(one: PypeitFrame, other: PypeitFrame): number {
  const [first, second] = [one.log?.mjd ?? null, other.log?.mjd ?? null];
  if (first !== null && second !== null) return first - second;
  return Number(first === null) - Number(second === null);
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return;
    throw error;
  }
  throw new SpitError(
    "usage",
    `${path} exists; use --overwrite to replace it`,
    { file: path },
  );
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (cause) {
    throw new SpitError(
      "usage",
      `Cannot create the folder ${path}: ${(cause as Error).message}`,
      { file: path, cause },
    );
  }
}
