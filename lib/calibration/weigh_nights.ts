/**
 * Answers for the frames of a night again, with the exposure times of its other targets as
 * evidence: standards are bright, so their exposures are short beside those of the science
 * targets.
 *
 * @module
 */
import type { AnswerOptions } from "../classify/evidence.ts";
import {
  answerAgain,
  type ClassifiedVerdict,
  type Verdict,
} from "../classify/verdict.ts";
import { isOnSky } from "../frame_type.ts";
import type { LogEntry } from "../header/log_entry.ts";
import type { ModelCard } from "../model/model_card.ts";
import { dirname } from "../std.ts";
import { isSameInstrument } from "./configuration.ts";
import { compareNights } from "./night.ts";

/** A classified file; {@linkcode weighNight} replaces its verdict. */
export interface WithVerdict {
  /** The verdict on the file alone. */
  readonly verdict: Verdict;
}

/** What decides between the types of a frame of the sky. */
type Card = Pick<ModelCard, "evidence" | "thresholds">;

/** A frame of the sky whose exposure time is known. */
interface SkyFrame {
  readonly index: number;
  readonly folder: string;
  readonly log: LogEntry;
  readonly exposure: number;
  /** Name of the target, as compared; empty if it is unknown. */
  readonly target: string;
}

/**
 * Answers for the frames of the sky again, each with the longest exposure of the other
 * targets of its night (`longest` in the log). Frames are of the same night if they are of
 * the same instrument and `compareNights` says so, or, without dates, if they are in the
 * same folder.
 *
 * Frames that a label or the pixels alone decide, and frames that are out-of-distribution,
 * keep their verdicts.
 *
 * @param files In any order.
 * @param card The model card of the verdicts.
 * @param options Those of the verdicts.
 * @returns The files in the same order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { weighNight } from "./weigh_nights.ts";
 *
 * assertEquals(weighNight([], { thresholds: { probability: 0 } }), []);
 * ```
 */
export function weighNight<T extends WithVerdict>(
  files: readonly T[],
  card: Card,
  options: AnswerOptions = {},
): T[] {
  if (options.pixelsOnly) return [...files];
  const frames = files.flatMap(({ verdict }, index) =>
    selectSkyFrame(verdict, index) ?? []
  );
  const weighed = [...files];
  for (const frame of frames) {
    const longest = findLongest(frame, frames);
    const file = files[frame.index]!;
    const { verdict } = file;
    if (longest === undefined || !isOpen(verdict, card)) continue;
    const log = { ...frame.log, longest };
    weighed[frame.index] = {
      ...file,
      verdict: answerAgain(verdict, log, card, options),
    };
  }
  return weighed;
}

/** Files that are held until the night of their frames is complete. */
const MOST_HELD = 2000;

/**
 * Answers for the frames of the sky again, as {@linkcode weighNight} does, while files are
 * classified. From the first frame of the sky in a folder on, the files of the folder are
 * held until the last of them, or 2,000, are classified. The order is kept. If the source
 * throws, the files held are yielded first.
 */
export async function* weighNights<T extends WithVerdict>(
  files: AsyncIterable<T>,
  card: Card,
  options: AnswerOptions = {},
): AsyncGenerator<T, void, void> {
  let held: T[] = [];
  const release = () => {
    const weighed = weighNight(held, card, options);
    held = [];
    return weighed;
  };
  try {
    for await (const file of files) {
      const isNext = held.length > 0 &&
        dirname(held[0]!.verdict.file) !== dirname(file.verdict.file);
      if (isNext || held.length === MOST_HELD) yield* release();
      if (held.length > 0 || selectSkyFrame(file.verdict, 0) !== null) {
        held.push(file);
      } else yield file;
    }
  } catch (error) {
    yield* release();
    throw error;
  }
  yield* release();
}

/** Returns what is compared of a frame of the sky; `null` for any other frame. */
function selectSkyFrame(verdict: Verdict, index: number): SkyFrame | null {
  if (verdict.error !== null || verdict.log.exposure === null) return null;
  const { file, header, log } = verdict;
  if (!showsSky(verdict) || !(log.exposure! > 0)) return null;
  const name = header.standard?.name ?? header.object ?? log.target ?? "";
  return {
    index,
    folder: dirname(file),
    log,
    exposure: log.exposure!,
    target: name.toLowerCase().replaceAll(/[\s_]/g, ""),
  };
}

/** Whether a frame is of the sky; an unknown one, if only standard and science are likely. */
function showsSky(
  { type, reason, probabilities, pixels }: ClassifiedVerdict,
): boolean {
  if (type !== "unknown") return isOnSky(type);
  const { standard = 0, science = 0 } = probabilities;
  if (standard + science <= 0.5) return false;
  return reason === "undecided" || reason === "low_probability" ||
    // The night does not tell the sky from other light.
    reason === "flips_disagree" && Object.keys(pixels.votes).every(isOnSky);
}

/** Whether evidence may change the answer. */
function isOpen(
  verdict: Verdict,
  { thresholds }: Card,
): verdict is ClassifiedVerdict {
  return verdict.error === null && !verdict.decided_by.includes("label") &&
    (verdict.pixels.ood ?? 0) <= (thresholds.ood ?? 1);
}

/**
 * Returns the longest exposure of other targets of the night. Without the name of a target,
 * another exposure time counts as another target.
 */
function findLongest(
  frame: SkyFrame,
  frames: readonly SkyFrame[],
): number | undefined {
  let longest: number | undefined;
  for (const other of frames) {
    if (longest !== undefined && other.exposure <= longest) continue;
    const isOther = frame.target !== "" && other.target !== ""
      ? frame.target !== other.target
      : frame.exposure !== other.exposure;
    if (isOther && isSameNight(frame, other)) longest = other.exposure;
  }
  return longest;
}

function isSameNight(one: SkyFrame, other: SkyFrame): boolean {
  return isSameInstrument(one.log.instrument, other.log.instrument) &&
    (compareNights(one.log, other.log) ?? one.folder === other.folder);
}
