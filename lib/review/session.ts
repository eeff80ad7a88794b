import {
  findReviewReason,
  REVIEW_REASONS,
  type ReviewReason,
} from "../calibration/triage.ts";
import type { Verdict } from "../classify/verdict.ts";
import { findLabel, type Label, type Labels } from "../evaluation/labels.ts";
import { resolve } from "../std.ts";
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
  /** Sort key: frames with lower values are reviewed first, in the order of `compareByReviewReason`. */
  readonly priority: number;
  /** Type that the header claims. */
  readonly claim: FrameType | null;
  /** Entry of the observing log; values that the header lacks are left out. */
  readonly log: readonly (readonly [name: string, text: string])[];
  readonly instrument: string | null;
  /** Start of the exposure, modified Julian date. */
  readonly mjd: number | null;
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
 */
export function createReviewSession() {
  const rows: ReviewRow[] = [];
  const ids = new Map<string, number>();
  let labels: Labels = new Map();
  let labelsError = "";
  let waiting = 0;
  let version = 0;
  let changed = Promise.withResolvers<void>();

  function notifyPages(): void {
    changed.resolve();
    changed = Promise.withResolvers<void>();
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
      rows[id] = {
        id,
        version,
        imageVersion: version,
        ...describeVerdict(verdict),
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
    getChanges: (since: number): Changes => ({
      version,
      rows: rows.filter((row) => row.version > since),
      waiting,
      labelsError,
    }),
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

/** Returns the part of a row that depends on the verdict alone. */
export function describeVerdict(
  verdict: Verdict,
): Omit<ReviewRow, "id" | "version" | "imageVersion" | "label"> {
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
    mjd: log?.mjd ?? null,
    hdus,
  };
}

/**
 * Returns the two labels that a frame most probably needs: the answer or the likeliest
 * type, and the next one. In a conflict the type that the header claims is the next one; for a frame
 * that is out-of-distribution or unusable it is `other`.
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

const ORDER: readonly (ReviewReason | null)[] = [...REVIEW_REASONS, null];

/** The order of `compareByReviewReason` as one number, so that a page can sort in new rows. */
function computePriority(verdict: Verdict): number {
  const reason = findReviewReason(verdict);
  const probability = verdict.probability ?? 0;
  return 2 * ORDER.indexOf(reason) +
    (reason === "conflict" ? 1 - probability : probability);
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
