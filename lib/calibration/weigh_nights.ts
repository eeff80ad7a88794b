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
  type AnswerCard,
  type ClassifiedVerdict,
  type Verdict,
} from "../classify/verdict.ts";
import { isOnSky } from "../frame_type.ts";
import type { LogEntry } from "../header/log_entry.ts";
import { dirname } from "../std.ts";
import { isSameInstrument } from "./configuration.ts";
import { compareNights } from "./night.ts";

/** A frame of the sky whose exposure time is known. */
interface SkyFrame {
  readonly file: string;
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
 * Frames that have a label and frames that are out-of-distribution keep their verdicts, and so
 * do all frames with the option `pixelsOnly`.
 *
 * @param verdicts Verdicts on the frames alone, in any order.
 * @param card The model card of the verdicts.
 * @param options Those of the verdicts.
 * @returns The verdicts in the same order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { weighNight } from "./weigh_nights.ts";
 *
 * assertEquals(weighNight([], { thresholds: { probability: 0 } }), []);
 * ```
 */
export function weighNight(
  verdicts: readonly Verdict[],
  card: AnswerCard,
  options: AnswerOptions = {},
): Verdict[] {
  const frames = verdicts.map(selectSkyFrame);
  const longestFirst = sortLongestFirst(frames);
  const nights = Map.groupBy(longestFirst, ({ log }) => log.night);
  return verdicts.map((verdict, k) => {
    const frame = frames[k]!;
    if (frame === null) return verdict;
    const { night } = frame.log;
    // Frames whose night is unknown can be of any night.
    const others = night === null
      ? [longestFirst]
      : [nights.get(night)!, nights.get(null) ?? []];
    return answerBeside(findLongest(frame, others), verdict, card, options);
  });
}

/**
 * Follows the exposures of frames that arrive one by one. Returns a function that answers for
 * a frame of the sky again, as {@linkcode weighNight} does, with the longest exposure of the
 * other targets of its night so far. It is to be called once for each frame, in the order of
 * arrival, with the verdict on the frame alone. A later verdict on a file replaces the earlier
 * one.
 *
 * The longest exposure so far is a lower limit of that of the whole night. It therefore counts
 * only where it makes a standard more probable, and all other verdicts are returned as they
 * are: standards are often observed before the first science frame, and without longer
 * exposures before them they would look like science targets.
 *
 * @param card The model card of the verdicts.
 * @param options Those of the verdicts.
 * @param existing Verdicts on frames that arrived before, one for each file.
 */
export function followExposures(
  card: AnswerCard,
  options: AnswerOptions = {},
  existing: readonly Verdict[] = [],
): (verdict: Verdict) => Verdict {
  const longestFirst = sortLongestFirst(existing.map(selectSkyFrame));
  return (verdict) => {
    // A frame that has changed is no other target of itself.
    const earlier = longestFirst.findIndex(({ file }) => file === verdict.file);
    if (earlier !== -1) longestFirst.splice(earlier, 1);
    const frame = selectSkyFrame(verdict);
    if (frame === null) return verdict;
    const longest = findLongest(frame, [longestFirst]);
    const end = longestFirst.findLastIndex(({ exposure }) =>
      exposure >= frame.exposure
    );
    longestFirst.splice(end + 1, 0, frame);
    const weighed = answerBeside(longest, verdict, card, options);
    const isLikelier = getStandard(weighed) > getStandard(verdict);
    return isLikelier ? weighed : verdict;
  };
}

/** Image HDUs of the files that are held: a file takes as much memory as it has HDUs. */
const MOST_HELD = 1000;

/**
 * Answers for the frames of the sky again, as {@linkcode weighNight} does, while files are
 * classified. From the first frame of the sky on, files are held until a folder begins whose
 * first file is of another night, or until 1,000 image HDUs are held. The order is kept. If
 * the source throws, the files held are yielded first.
 */
export async function* weighNights<T extends { readonly verdict: Verdict }>(
  files: AsyncIterable<T>,
  card: AnswerCard,
  options: AnswerOptions = {},
): AsyncGenerator<T, void, void> {
  let held: T[] = [];
  let sky: SkyFrame[] = [];
  let hdus = 0;
  const isNext = ({ file, log }: Verdict) =>
    held.length > 0 && dirname(held.at(-1)!.verdict.file) !== dirname(file) &&
    log !== null && !sky.some((one) => compareNights(one.log, log));
  const release = () => {
    const verdicts = held.map(({ verdict }) => verdict);
    const weighed = weighNight(verdicts, card, options)
      .map((verdict, k) => ({ ...held[k]!, verdict }));
    held = [];
    sky = [];
    hdus = 0;
    return weighed;
  };
  try {
    for await (const file of files) {
      const { verdict } = file;
      if (hdus >= MOST_HELD || isNext(verdict)) yield* release();
      const frame = selectSkyFrame(verdict);
      if (held.length === 0 && frame === null) {
        yield file;
        continue;
      }
      held.push(file);
      hdus += Math.max(1, verdict.hdus.length);
      if (frame !== null) sky.push(frame);
    }
  } catch (error) {
    yield* release();
    throw error;
  }
  yield* release();
}

/** Returns what is compared of a frame of the sky; `null` for any other frame. */
function selectSkyFrame(verdict: Verdict): SkyFrame | null {
  if (verdict.error !== null || !showsSky(verdict)) return null;
  const { file, header, log } = verdict;
  const { exposure } = log;
  if (exposure === null || !(exposure > 0)) return null;
  const name = header.standard?.name ?? header.object ?? log.target ?? "";
  return {
    file,
    folder: dirname(file),
    log,
    exposure,
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

function sortLongestFirst(frames: readonly (SkyFrame | null)[]): SkyFrame[] {
  return frames.filter((frame) => frame !== null)
    .sort((one, other) => other.exposure - one.exposure);
}

/**
 * Answers again beside the longest exposure of other targets, if there is one and evidence may
 * change the answer.
 */
function answerBeside(
  longest: number | undefined,
  verdict: Verdict,
  card: AnswerCard,
  options: AnswerOptions,
): Verdict {
  if (longest === undefined || options.pixelsOnly || !isOpen(verdict, card)) {
    return verdict;
  }
  return answerAgain(verdict, { ...verdict.log, longest }, card, options);
}

function getStandard({ probabilities }: Verdict): number {
  return probabilities?.standard ?? 0;
}

/** Whether evidence may change the answer. */
function isOpen(
  verdict: Verdict,
  { thresholds }: AnswerCard,
): verdict is ClassifiedVerdict {
  return verdict.error === null && !verdict.decided_by.includes("label") &&
    (verdict.pixels.ood ?? 0) <= (thresholds.ood ?? 1);
}

/**
 * Returns the longest exposure of other targets of the night. Without the name of a target,
 * another exposure time counts as another target.
 *
 * @param lists Frames that may be of the night, those with the longest exposures first.
 */
function findLongest(
  frame: SkyFrame,
  lists: readonly (readonly SkyFrame[])[],
): number | undefined {
  const isOther = (other: SkyFrame) =>
    frame.target !== "" && other.target !== ""
      ? frame.target !== other.target
      : frame.exposure !== other.exposure;
  const found = lists.flatMap((frames) =>
    frames.find((other) => isOther(other) && isSameNight(frame, other)) ?? []
  );
  return found.length === 0
    ? undefined
    : Math.max(...found.map(({ exposure }) => exposure));
}

function isSameNight(one: SkyFrame, other: SkyFrame): boolean {
  return isSameInstrument(one.log.instrument, other.log.instrument) &&
    (compareNights(one.log, other.log) ?? one.folder === other.folder);
}
