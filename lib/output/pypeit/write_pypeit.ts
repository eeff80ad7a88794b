import {
  compareTimes,
  type Configuration,
  type FindDefinition,
  findDefinition,
  findSpectrograph,
  findSpectrographNames,
  groupByConfiguration,
  type Grouping,
  isSameInstrument,
  OTHER_SPECTROGRAPHS,
  type Spectrograph,
  SPECTROGRAPHS,
  wasInUse,
} from "../../calibration/configuration.ts";
import { tabulateUsable } from "../../calibration/configuration_table.ts";
import { selectUsable } from "../../calibration/missing_calibrations.ts";
import type { Verdict } from "../../classify/verdict.ts";
import { SpitError } from "../../errors.ts";
import { findClosestWord } from "../../closest_word.ts";
import {
  checkOutput,
  makeFolder,
  writeFileAtomically,
} from "../../io/output.ts";
import { dirname, join, resolve } from "../../std.ts";
import {
  formatIncomplete,
  formatLacks,
  listNotices,
  nameKey,
} from "../configurations.ts";
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
  /** Frames of other instruments or detectors, which are in the observing log only. */
  readonly otherInstruments: readonly string[];
  /** What the configurations lack, as `configuration B of kast-red (science 2): no arc`. */
  readonly lacks: readonly string[];
  /** Frames whose headers lack keys, and what was done with them. */
  readonly notices: readonly string[];
  /** Frames that PypeIt would not find by name, whose lines are comments. */
  readonly notFound: readonly string[];
  /** Frames that must not be used and fit no configuration, which are in the observing log only. */
  readonly unassigned: readonly string[];
}

/**
 * Checks, before frames are classified, that the files can be written, and makes the
 * folder.
 *
 * @param notice Called with a message about an unknown spectrograph.
 * @throws {SpitError} `usage` for an invalid name, for one that is nearly that of a known
 *   spectrograph, when the observing log exists, or when the folder cannot be written.
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
    const isOther = OTHER_SPECTROGRAPHS.includes(spectrograph);
    const near = findNearName(spectrograph);
    if (!isOther && near !== undefined) {
      throw new SpitError(
        "usage",
        `PypeIt has no spectrograph ${spectrograph}; did you mean ${near}?`,
      );
    }
    notice(
      `no header rules for ${spectrograph}: ` +
        "its files get the frames of all instruments",
    );
  }
  const obslog = obslogPath(folder, spectrograph);
  if (!overwrite) await refuseExisting(obslog);
  await makeFolder(folder);
  await checkOutput(obslog);
}

/** Returns the known spectrograph that a name misspells, or whose parts it contains. */
function findNearName(name: string): string | undefined {
  const known = [...SPECTROGRAPHS.keys(), ...OTHER_SPECTROGRAPHS];
  const lower = name.toLowerCase();
  // `kast_red` and `keck_lris` are parts of names, `KAST_RED` differs in case.
  return findClosestWord(lower, known) ??
    known.find((one) => one.startsWith(`${lower}_`)) ??
    known.find((one) => one.endsWith(`_${lower}`)) ??
    known.find((one) => one.includes(`_${lower}_`));
}

/**
 * Writes a `.pypeit` file for each configuration, in PypeIt's layout
 * (`FOLDER/shane_kast_blue_A/shane_kast_blue_A.pypeit`), and one `.obslog`. Each is
 * written whole or not at all.
 *
 * Every frame is in the observing log. Every frame that may be of this spectrograph is in
 * a `.pypeit` file, as a comment if it must not be used or if its header does not tell the
 * configuration; such frames make no configuration of their own. The configurations are
 * those of the audit.
 *
 * @throws {SpitError} `usage` when a file exists or cannot be written, when no frame is of
 *   the spectrograph, or when its detector was not in use at the date of any.
 */
export async function writePypeit(
  verdicts: readonly Verdict[],
  { spectrograph, folder, overwrite = false, maker, date }: PypeitOptions,
): Promise<PypeitFiles> {
  const definition = findSpectrograph(spectrograph);
  const isAccepted = (instrument: string | null) =>
    isOfInstrument(instrument, definition);
  const wasUsed = ({ log }: Pick<Verdict, "log">) =>
    wasInUse(definition, log?.mjd ?? null);
  const frames = verdicts.map(makeFrame).sort(compareTimes);
  const { own = [], other = [] } = Object.groupBy(
    frames,
    (frame) =>
      isAccepted(frame.log?.instrument ?? null) && wasUsed(frame)
        ? "own"
        : "other",
  );
  if (!own.some(({ log }) => log !== null)) {
    throw createForeignError(spectrograph, frames);
  }
  const find: FindDefinition = (instrument) =>
    isAccepted(instrument) ? definition : findDefinition(instrument);
  const isUnknown = definition.instrument === null;
  const told = verdicts
    .filter((one) => wasUsed(one) || !isAccepted(one.log?.instrument ?? null))
    .map((one) => isUnknown ? removeInstrument(one) : one);
  const table = tabulateUsable(
    told.flatMap((one) => selectUsable(one) ?? []),
    find,
  );
  const configurations = addIncomplete(
    groupByConfiguration(told.map(makeFrame), find),
  )
    .filter(({ instrument }) => isAccepted(instrument));

  const allPaths = new Set(frames.map(({ path }) => path));
  const texts = new Map<string, string>();
  const notFound = new Set<string>();
  const unassigned = new Set(own.map(({ path }) => path));
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
    lacks: table.configurations
      .filter(({ instrument }) => isAccepted(instrument))
      .map(formatLacks).filter((text) => text !== ""),
    notices: [
      ...table.incomplete.map(formatIncomplete),
      ...listNotices(table),
    ],
  };
}

/** Whether frames of an instrument may be of a spectrograph: their header may not name the arm. */
function isOfInstrument(
  instrument: string | null,
  { instrument: own }: Spectrograph,
): boolean {
  return own === null || instrument === null ||
    isSameInstrument(instrument, own) ||
    own.startsWith(`${instrument.toLowerCase()}-`);
}

/** For an unknown spectrograph all frames count as of one instrument. */
function removeInstrument(verdict: Verdict): Verdict {
  if (verdict.log === null) return verdict;
  return { ...verdict, log: { ...verdict.log, instrument: null } };
}

/** Adds frames whose header does not tell the configuration to those that fit, as comments. */
function addIncomplete(
  { configurations, incomplete }: Grouping<PypeitFrame>,
): Configuration<PypeitFrame>[] {
  return configurations.map((configuration) => ({
    ...configuration,
    frames: [
      ...configuration.frames,
      ...incomplete.filter(({ fits }) => fits.includes(configuration))
        .map(({ frame, lacks }) => ({
          ...frame,
          use: false,
          note: `incomplete: the header lacks ${lacks.map(nameKey).join(", ")}`,
        })),
    ],
  }));
}

/** Says of which spectrographs the frames are. */
function createForeignError(
  spectrograph: string,
  frames: readonly PypeitFrame[],
): SpitError {
  const definition = findSpectrograph(spectrograph);
  const ofInstrument = frames.filter(({ log }) =>
    log?.instrument && isOfInstrument(log.instrument, definition)
  );
  const told = ofInstrument.length > 0 ? ofInstrument : frames;
  const names = told.flatMap(({ log }) =>
    log?.instrument ? findSpectrographNames(log.instrument, log.mjd) : []
  );
  const hint = names.length === 0
    ? ""
    : `; use --spectrograph ${[...new Set(names)].join(" or ")}`;
  const instruments = frames.map(({ log }) => log?.instrument ?? "unknown");
  const day = ofInstrument[0]?.log?.start?.slice(0, 10) ?? "that day";
  return new SpitError(
    "usage",
    ofInstrument.length > 0
      ? `the detector of ${spectrograph} was not in use on ${day}${hint}`
      : `no frame is of ${spectrograph}; the frames are of: ${
        [...new Set(instruments)].join(", ")
      }${hint}`,
  );
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

/**
 * Throws if a file exists.
 *
 * @throws {SpitError} `usage`, which names `--overwrite`.
 */
export async function refuseExisting(path: string): Promise<void> {
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
