import type { ErrorCode } from "../errors.ts";
import type { FrameType } from "../frame_type.ts";
import {
  type Agreement,
  compareClaim,
  type HeaderClaim,
} from "../header/claim.ts";
import type { LogEntry } from "../header/log_entry.ts";
import { type ModelCard, modelId } from "../model/model_card.ts";
import type { ModelOutput } from "../model/open_model.ts";
import type { FailedInputs, FileInputs } from "./inputs.ts";
import { type PixelVerdict, type Reason, vote } from "./vote.ts";

export type { Agreement, HeaderClaim, LogEntry, PixelVerdict, Reason };

/**
 * The result for one file: classified, or failed with an `error`. The keys and
 * their order are a contract: they are the keys of the NDJSON row.
 */
export type Verdict = ClassifiedVerdict | FailedVerdict;

/** The verdict on a file that was read and classified. */
export interface ClassifiedVerdict {
  /** Path, as given or found. */
  readonly file: string;
  /** The frame type, or `unknown` for the `reason` given. */
  readonly type: FrameType | "unknown";
  /** Calibrated probability of the type, 0 to 1; of the likeliest type when it is `unknown`. */
  readonly probability: number;
  /** Why the type is `unknown`; `null` when it is not. */
  readonly reason: Reason | null;
  /** What the pixels alone say. */
  readonly pixels: PixelVerdict;
  /** What the header claims. */
  readonly header: HeaderClaim;
  /** Whether the header's claim agrees with the type. */
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
 * The verdict on a file that could not be read or classified: `type`, `probability`,
 * `reason`, `pixels` and `agreement` are `null`.
 */
export interface FailedVerdict
  extends
    Pick<ClassifiedVerdict, "file" | "model">,
    Readonly<
      Record<"type" | "probability" | "reason" | "pixels" | "agreement", null>
    > {
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
): ClassifiedVerdict {
  const { reason, ...pixels } = vote(output, card);
  return {
    file: path,
    type: pixels.type,
    probability: pixels.probability,
    reason,
    pixels,
    header,
    agreement: compareClaim(header, pixels.type, card.classes),
    log,
    hdus: hdus.map(({ hdu }) => hdu),
    model: modelId(card),
    error: null,
  };
}

export function createFailedVerdict(
  { path, header, log, error }: FailedInputs,
  card: ModelCard,
): FailedVerdict {
  return {
    file: path,
    type: null,
    probability: null,
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
