/**
 * The verdict: what we say of a frame. One row of every report.
 *
 * @module
 */
import type { ErrorCode } from "../errors.ts";
import type { FrameType } from "../frame_type.ts";
import type { Agreement } from "../header/agreement.ts";
import type { HeaderClaim } from "../header/claim.ts";
import type { LogEntry } from "../header/log_entry.ts";
import type { Reason } from "./vote.ts";

export type { Agreement, HeaderClaim, LogEntry, Reason };

/**
 * What we say of one file. The keys and their order are a contract: they are
 * the NDJSON row. In a row with an error everything from `type` to `agreement`
 * but the header's claim is `null` or empty.
 */
export interface Verdict {
  /** Path, as given or found. */
  readonly file: string;
  /** The type, `unknown` for a `reason`, `null` when the file could not be typed. */
  readonly type: FrameType | "unknown" | null;
  /** Calibrated probability of the type, mean over views, 0 to 1; for `unknown` that of the likeliest; `null` with an error. */
  readonly confidence: number | null;
  /** Why the type is `unknown`; `null` when it is not. */
  readonly reason: Reason | null;
  /** Votes of the views: four for each image HDU. */
  readonly votes: Partial<Record<FrameType, number>>;
  /** Mean probability of each type that the network knows. */
  readonly probabilities: Partial<Record<FrameType, number>>;
  /**
   * How surely this is no spectral frame, mean over views, 0 to 1; `null` with an
   * error, and from a network that does not say.
   */
  readonly strangeness: number | null;
  /** The image HDUs that voted. */
  readonly hdus: readonly number[];
  /** What the header claims; `null` with an error before the header was read. */
  readonly header: HeaderClaim | null;
  /** Header against pixels; `null` with an error. */
  readonly agreement: Agreement | null;
  /** What an observing log has of the frame; `null` with an error before the header was read. */
  readonly log: LogEntry | null;
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /** Why the file has no type. */
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}
