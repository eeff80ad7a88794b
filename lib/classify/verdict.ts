import type { ErrorCode } from "../errors.ts";
import type { FrameType } from "../frame_type.ts";
import {
  type Agreement,
  compareClaim,
  type HeaderClaim,
} from "../header/claim.ts";
import type { LogEntry } from "../header/log_entry.ts";
import { isUsable, type Subtype } from "../header/subtype.ts";
import { type ModelCard, modelId } from "../model/model_card.ts";
import type { ModelOutput } from "../model/open_model.ts";
import {
  combineStatistics,
  type FrameStatistics,
} from "../preprocess/statistics.ts";
import { holdsForType, listDamage } from "./damage.ts";
import { voteOnHdus } from "./hdus.ts";
import type { FailedInputs, FileInputs } from "./inputs.ts";
import {
  type Answer,
  type AnswerOptions,
  combineEvidence,
  DEFAULT_WEIGHTS,
  type Evidence,
  type Reason,
} from "./evidence.ts";
import type { PixelVerdict } from "./vote.ts";

export type {
  Agreement,
  Evidence,
  FrameStatistics,
  HeaderClaim,
  LogEntry,
  PixelVerdict,
  Reason,
  Subtype,
};

/**
 * The result for one file: classified, or failed with an `error`. The keys and
 * their order are a contract: they are the keys of the NDJSON row.
 */
export type Verdict = ClassifiedVerdict | FailedVerdict;

/** The verdict on a file that was read and classified. */
export interface ClassifiedVerdict {
  /** Path, as given or found. */
  readonly file: string;
  /** The answer: the frame type, or `unknown` for the `reason` given. */
  readonly type: FrameType | "unknown";
  /**
   * Calibrated probability of the type, 0 to 1; `null` when it is `unknown`, or given by
   * a label.
   */
  readonly probability: number | null;
  /** Combined probability of each type. */
  readonly probabilities: Answer["probabilities"];
  /** The evidence that decided between the types; empty when the type is `unknown`. */
  readonly decided_by: readonly Evidence[];
  /**
   * What the header says about the frame besides its type; `null` if it says it of another
   * type, unless a frame of that subtype may not be used.
   */
  readonly subtype: Subtype | null;
  /**
   * Whether the frame may serve as its type: `false` for an unknown type, a conflict, a
   * subtype such as a focus test, an out-of-distribution frame, whose type is the claim
   * of its header, or a `flag`.
   */
  readonly use: boolean;
  /**
   * Codes of what is wrong with the pixels, each once: `hdu-differs` when an image HDU
   * differs from the others, as `pixels.hdus` says; the flags of `pixels.damage`.
   */
  readonly flags: readonly string[];
  /** Why the type is `unknown`; `null` when it is not. */
  readonly reason: Reason | null;
  /** What the pixels alone say. */
  readonly pixels: PixelVerdict;
  /** What the header claims. */
  readonly header: HeaderClaim;
  /** Whether the header's claim agrees with the answer. */
  readonly agreement: Agreement;
  /** The entry of an observing log for the frame. */
  readonly log: LogEntry;
  /** Indices of the image HDUs that were classified. */
  readonly hdus: readonly number[];
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /** Always `null`. */
  readonly error: null;
}

/**
 * The verdict on a file that could not be read or classified: what depends on its pixels
 * is `null`, and it must not be used.
 */
export interface FailedVerdict
  extends
    Pick<ClassifiedVerdict, "file" | "model">,
    Readonly<
      Record<
        | "type"
        | "probability"
        | "probabilities"
        | "subtype"
        | "reason"
        | "pixels"
        | "agreement",
        null
      >
    > {
  /** Always empty. */
  readonly decided_by: readonly [];
  /** Always `false`. */
  readonly use: false;
  /** Always empty. */
  readonly flags: readonly [];
  /** What the header claims; `null` when the header could not be read. */
  readonly header: HeaderClaim | null;
  /** The entry of an observing log; `null` when the header could not be read. */
  readonly log: LogEntry | null;
  /** Always empty. */
  readonly hdus: readonly [];
  /** What is wrong with the file. */
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

export function createVerdict(
  { path, header, log, hdus }: FileInputs,
  output: ModelOutput,
  card: ModelCard,
  options: AnswerOptions = {},
): ClassifiedVerdict {
  const { result, describe } = voteOnHdus(output, hdus, card);
  const { reason: _, ...pixels } = result;
  const weights = card.evidence ?? DEFAULT_WEIGHTS;
  const answer = combineEvidence(result, header, log, weights, options);
  const described = describe(answer.type);
  const damage = listDamage(hdus, answer.type, header.type);
  const flags = [
    ...(described.some(({ differs }) => differs) ? ["hdu-differs"] : []),
    ...new Set(damage.map(({ flag }) => flag)),
  ];
  const reads = hdus.find(({ firstRead }) => firstRead !== null);
  return {
    file: path,
    type: answer.type,
    probability: answer.probability,
    probabilities: answer.probabilities,
    decided_by: answer.decided_by,
    subtype: findSubtype(header, answer.type),
    use: answer.use && flags.length === 0,
    flags,
    reason: answer.reason,
    pixels: {
      ...pixels,
      ...(described.length > 0 && { hdus: described }),
      ...(damage.length > 0 && { damage }),
      ...(reads && { reads: [reads.hdu, reads.firstRead!] }),
      statistics: combineStatistics(hdus.map(({ statistics }) => statistics)),
    },
    header,
    agreement: answer.agreement,
    log,
    hdus: hdus.flatMap(({ hdu, firstRead }) =>
      firstRead === null ? [hdu] : [hdu, firstRead]
    ),
    model: modelId(card),
    error: null,
  };
}

/** The part of a model card that the answer depends on, besides its network. */
export type AnswerCard = Pick<ModelCard, "evidence" | "thresholds">;

/**
 * Answers for a frame of the sky again, with an entry of the observing log that has more
 * evidence. What depends on the light alone stays: votes, damage, the HDUs that differ.
 *
 * @param verdict Neither decided by a label nor out-of-distribution.
 * @param log The new entry.
 * @param card The model card of the verdict; its evidence and thresholds are used.
 * @param options Those of the verdict.
 */
export function answerAgain(
  verdict: ClassifiedVerdict,
  log: LogEntry,
  { evidence = DEFAULT_WEIGHTS, thresholds }: AnswerCard,
  options: AnswerOptions = {},
): ClassifiedVerdict {
  const { pixels, header, flags } = verdict;
  // A verdict does not say why its pixels alone give no type. If the type with most votes is
  // probable enough, the flips disagree.
  const [first] = (Object.keys(pixels.votes) as FrameType[])
    .sort((one, other) => pixels.votes[other]! - pixels.votes[one]!);
  const isSplit = verdict.reason === "flips_disagree" ||
    pixels.type === "unknown" && first !== undefined &&
      (pixels.probabilities[first] ?? 0) >= thresholds.probability;
  const vote = {
    ...pixels,
    reason: isSplit ? "flips_disagree" : null,
  } as const;
  const answer = combineEvidence(vote, header, log, evidence, options);
  return {
    ...verdict,
    ...answer,
    subtype: findSubtype(header, answer.type),
    use: answer.use && flags.length === 0,
    log,
  };
}

/** Returns the subtype that the header gives a frame of a type: a dome flat is no dome arc. */
function findSubtype(
  { type: claimed, subtype }: HeaderClaim,
  type: FrameType | "unknown",
): Subtype | null {
  const isOfType = claimed === null || claimed === "light" ||
    claimed === type || type === "unknown";
  return isOfType || !isUsable(subtype) ? subtype : null;
}

export function createFailedVerdict(
  { path, header, log, error }: FailedInputs,
  card: ModelCard,
): FailedVerdict {
  return {
    file: path,
    type: null,
    probability: null,
    probabilities: null,
    decided_by: [],
    subtype: null,
    use: false,
    flags: [],
    reason: null,
    pixels: null,
    header,
    agreement: null,
    log,
    hdus: [],
    model: modelId(card),
    error: { code: error.code, message: error.message },
  };
}

/**
 * Replaces the answer by the type that a person gave the frame. A subtype remains only if
 * a frame of it may be used and the header claims no other type. A label does not repair
 * the pixels: flags remain, except `saturated` for a type that it does not spoil, and forbid
 * the use. A file that could not be read is left as it is.
 *
 * @param label A type; `other` for a frame that is no spectral frame, whose type becomes
 *   `unknown`; `undefined` for no label.
 */
export function applyLabel(
  verdict: Verdict,
  label: FrameType | "other" | undefined,
): Verdict {
  if (label === undefined || verdict.error !== null) return verdict;
  const { header } = verdict;
  const isOther = label === "other";
  const type = isOther ? "unknown" : label;
  const flags = isOther
    ? verdict.flags
    : verdict.flags.filter((flag) => holdsForType(flag, label));
  return {
    ...verdict,
    type,
    probability: null,
    decided_by: ["label"],
    subtype: isOther || isUsable(header.subtype)
      ? findSubtype(header, type)
      : null,
    use: !isOther && flags.length === 0,
    flags,
    reason: isOther ? "labelled_other" : null,
    agreement: isOther ? "silent" : compareClaim(header, label),
  };
}
