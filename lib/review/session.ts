import {
  findSpectrographNames,
  splitByConfiguration,
} from "../calibration/configuration.ts";
import { nameConfigurations } from "../calibration/configuration_table.ts";
import { findNightLabel } from "../calibration/night.ts";
import { findOutliers } from "../calibration/siblings.ts";
import {
  computePriority,
  findReviewReason,
  type ReviewReason,
} from "../calibration/triage.ts";
import type { Verdict } from "../classify/verdict.ts";
import { findLabel, type Label, type Labels } from "../evaluation/labels.ts";
import { dirname, resolve } from "../std.ts";
import type { FrameType } from "../frame_type.ts";
import {
  type EvidenceItem,
  explainAnswer,
  formatAnswer,
  listEvidence,
  listProbabilities,
} from "../output/explanation.ts";
import { formatProbability } from "../output/text.ts";

/** A frame as the page gets it. Numbers that the page only prints are texts. */
export interface ReviewRow {
  /** Identifies the frame; no request names a path. */
  readonly id: number;
  /** Increases whenever the row changes. */
  readonly version: number;
  /** Changes when the frame is classified again, and with it its images. */
  readonly imageVersion: number;
  /** Absolute path. */
  readonly file: string;
  readonly type: Verdict["type"];
  /** The type with its subtype, or `error`. */
  readonly answer: string;
  /** Probability of the type; empty for an unknown frame or an error. */
  readonly probability: string;
  /** What decided the type and what contradicts it, or the message of the error. */
  readonly explanation: string;
  readonly evidence: readonly EvidenceItem[];
  /** Types, the likeliest first. */
  readonly probabilities: readonly {
    readonly type: string;
    readonly value: number;
    /** From all evidence. */
    readonly text: string;
    /** From the pixels alone; empty for a type that the network does not know. */
    readonly pixels: string;
    readonly votes: number;
  }[];
  /** The labels that the frame most probably needs, the likeliest first; at most two. */
  readonly suggestions: readonly Label[];
  readonly reviewReason: ReviewReason | null;
  /** Sort key: frames with lower values are reviewed first. */
  readonly priority: number;
  /** Type that the header claims. */
  readonly claim: FrameType | null;
  /** Entry of the observing log; values that the header lacks are left out. */
  readonly log: readonly (readonly [name: string, text: string])[];
  readonly instrument: string | null;
  /** PypeIt's usual name of the spectrograph; `null` if it has none. */
  readonly spectrograph: string | null;
  readonly night: string | null;
  /** Start of the exposure, modified Julian date. */
  readonly mjd: number | null;
  /** Names of its configurations, as `kast-red A`. A bias may belong to several. */
  readonly configurations: readonly string[];
  /** The smallest id of the frames of the same night, configuration and type. */
  readonly set: number;
  /** What a person should look at, the most urgent first. */
  readonly findings: readonly (ReviewReason | "outlier" | "incomplete")[];
  /** Indices of the image HDUs. */
  readonly hdus: readonly number[];
  readonly label: Label | null;
}

export interface Changes {
  /** Version to ask for changes since. */
  readonly version: number;
  readonly rows: readonly ReviewRow[];
  /** Number of frames still to be classified. */
  readonly waiting: number;
  /** Why the labels file cannot be read; empty if it can. */
  readonly labelsError: string;
}

export type ReviewSession = ReturnType<typeof createReviewSession>;

/**
 * Creates the state of a review: frames with their verdicts and labels, and what has
 * changed since a page last asked.
 *
 * @param weigh Replaces the verdicts on all frames by those with the evidence of their nights,
 *   in the same order.
 */
export function createReviewSession(
  weigh: (verdicts: readonly Verdict[]) => readonly Verdict[] = (same) => same,
) {
  const rows: ReviewRow[] = [];
  /**
   * The verdicts on the frames alone, without labels, so that a label moves no frame to
   * another set.
   */
  const verdicts: Verdict[] = [];
  /** The verdicts that the rows show. */
  const shown: Verdict[] = [];
  const ids = new Map<string, number>();
  let labels: Labels = new Map();
  let labelsError = "";
  let waiting = 0;
  let version = 0;
  /** Number of verdicts that were added since frames were last compared. */
  let uncompared = 0;
  let changed = Promise.withResolvers<void>();

  function notifyPages(): void {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  }

  /** Compares the frames with each other, which takes longer the more there are. */
  function compareFrames(): void {
    if (uncompared === 0 || waiting > 0 && 2 * uncompared < rows.length) return;
    uncompared = 0;
    const weighed = weigh(verdicts);
    describeSets(weighed).forEach((description, id) => {
      const row = rows[id]!;
      const verdict = weighed[id]!;
      const isSame = verdict.type === shown[id]!.type &&
        verdict.probability === shown[id]!.probability;
      if (isSame && isSameDescription(row, description)) return;
      shown[id] = verdict;
      rows[id] = {
        ...row,
        ...describeVerdict(verdict),
        ...description,
        file: row.file,
        version: ++version,
      };
    });
  }

  return {
    /** Adds to the number of frames still to be classified. */
    expectFrames(count: number) {
      waiting += count;
      version++;
      notifyPages();
    },
    /** Adds a frame, or replaces the verdict of a frame of the same path. */
    addVerdict(verdict: Verdict) {
      const file = resolve(verdict.file);
      const id = ids.get(file) ?? rows.length;
      ids.set(file, id);
      waiting = Math.max(0, waiting - 1);
      version++;
      uncompared++;
      verdicts[id] = verdict;
      shown[id] = verdict;
      const own = describeVerdict(verdict);
      rows[id] = {
        id,
        version,
        imageVersion: version,
        ...own,
        configurations: [],
        set: id,
        findings: own.reviewReason === null ? [] : [own.reviewReason],
        file,
        label: findLabel(labels, file) ?? null,
      };
      notifyPages();
    },
    /** Sets the labels of all frames, present and future. */
    setLabels(newLabels: Labels) {
      labels = newLabels;
      for (const row of rows) {
        const label = findLabel(labels, row.file) ?? null;
        if (label !== row.label) {
          rows[row.id] = { ...row, label, version: ++version };
        }
      }
      notifyPages();
    },
    setLabelsError(message: string) {
      if (message === labelsError) return;
      labelsError = message;
      version++;
      notifyPages();
    },
    getRow: (id: number): ReviewRow | undefined => rows[id],
    /** Returns the changes since a version; since 0, everything. */
    getChanges(since: number): Changes {
      compareFrames();
      return {
        version,
        rows: rows.filter((row) => row.version > since),
        waiting,
        labelsError,
      };
    },
    /** Resolves when there are changes since a version, or when the signal aborts. */
    async waitForChanges(since: number, signal: AbortSignal): Promise<void> {
      const aborted = Promise.withResolvers<void>();
      const onAbort = () => aborted.resolve();
      signal.addEventListener("abort", onAbort);
      while (version <= since && !signal.aborted) {
        await Promise.race([changed.promise, aborted.promise]);
      }
      signal.removeEventListener("abort", onAbort);
    },
  };
}

/** The part of a row that depends on the other frames. */
type SetDescription = Pick<ReviewRow, "configurations" | "set" | "findings">;

/**
 * Returns for each frame its configurations, the set of frames like it, and its findings.
 * The set follows the frame's own header, so that a frame that must not be used has one,
 * too. Frames without a date are of one set only if they are in one folder.
 */
export function describeSets(verdicts: readonly Verdict[]): SetDescription[] {
  const frames = verdicts.map((verdict, id) => ({ ...verdict, id }));
  const read = frames.filter(({ log }) => log !== null);
  const { names, incomplete } = nameConfigurations(read);
  const outliers = new Set(
    findOutliers(verdicts).outliers.map(({ file }) => file),
  );
  const sets = new Map<number, number>();
  const byConfiguration = splitByConfiguration(
    read,
    ({ log }) => log,
    ({ type }) => type,
  );
  for (const { rows } of byConfiguration) {
    const sameNight = Map.groupBy(rows, ({ file, type, log }) => {
      const night = findNightLabel(log!);
      return JSON.stringify([type, night ?? dirname(file), night === null]);
    });
    for (const members of sameNight.values()) {
      const set = Math.min(...members.map(({ id }) => id));
      for (const { id } of members) sets.set(id, set);
    }
  }
  return frames.map((frame) => {
    const reason = findReviewReason(frame);
    return {
      configurations: names.get(frame) ?? [],
      set: sets.get(frame.id) ?? frame.id,
      findings: [
        ...(reason === null ? [] : [reason]),
        ...(outliers.has(frame.file) ? ["outlier" as const] : []),
        ...(incomplete.has(frame) ? ["incomplete" as const] : []),
      ],
    };
  });
}

function isSameDescription(one: SetDescription, other: SetDescription) {
  return one.set === other.set &&
    one.configurations.join("\n") === other.configurations.join("\n") &&
    one.findings.join() === other.findings.join();
}

/** Returns the part of a row that depends on the verdict alone. */
export function describeVerdict(
  verdict: Verdict,
): Omit<
  ReviewRow,
  "id" | "version" | "imageVersion" | "label" | keyof SetDescription
> {
  const { file, type, probability, pixels, header, log, hdus } = verdict;
  const votes: Readonly<Record<string, number>> = pixels?.votes ?? {};
  const claim = header?.type ?? null;
  return {
    file,
    type,
    answer: formatAnswer(verdict),
    probability: probability === null ? "" : formatProbability(probability),
    explanation: explainAnswer(verdict),
    evidence: listEvidence(verdict),
    probabilities: listProbabilities(verdict).map((
      { type, combined, pixels },
    ) => ({
      type,
      value: combined,
      text: formatProbability(combined),
      pixels: pixels === null ? "" : formatProbability(pixels),
      votes: votes[type] ?? 0,
    })),
    suggestions: suggestLabels(verdict),
    reviewReason: findReviewReason(verdict),
    priority: computePriority(verdict),
    claim: claim === "light" ? null : claim,
    log: describeLog(log),
    instrument: log?.instrument ?? null,
    spectrograph: findSpectrograph(log),
    night: log && findNightLabel(log),
    mjd: log?.mjd ?? null,
    hdus,
  };
}

/**
 * Returns the two labels that a frame most probably needs: the answer or the likeliest
 * type, and the next one. In a conflict the type that the header claims is the next one;
 * for a frame that is out-of-distribution or unusable it is `other`.
 */
function suggestLabels(verdict: Verdict): Label[] {
  const types = listProbabilities(verdict).map(({ type }) => type);
  const first = types.find((type) => type === verdict.type) ?? types[0];
  if (first === undefined) return [];
  const second = types.find((type) => type !== first);
  const reviewReason = findReviewReason(verdict);
  const claim = verdict.header?.type ?? null;
  if (verdict.reason === "out_of_distribution") return ["other", first];
  if (reviewReason === "unusable") return [first, "other"];
  const isClaimed = reviewReason === "conflict" && claim !== null &&
    claim !== "light" && claim !== first;
  return [first, isClaimed ? claim : second ?? "other"];
}

function findSpectrograph(log: Verdict["log"]): string | null {
  if (log === null || log.instrument === null) return null;
  return findSpectrographNames(log.instrument, log.mjd)[0] ?? null;
}

function describeLog(log: Verdict["log"]): [string, string][] {
  if (log === null) return [];
  const { airmass, configuration } = log;
  const texts: [string, string | null][] = [
    ["Instrument", log.instrument],
    ["Start", log.start?.replace("T", " ") ?? null],
    ["Airmass", airmass === null ? null : airmass.toFixed(2)],
    ...Object.entries(configuration),
  ];
  return texts.flatMap(([name, text]) => text ? [[name, text]] : []);
}
