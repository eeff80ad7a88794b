/**
 * What the review page is told of a frame.
 *
 * @module
 */
import type { PixelVerdict, Verdict } from "../classify/verdict.ts";
import type { Label } from "../evaluation/labels_file.ts";
import { type Doubt, doubtOf } from "../calibration/triage.ts";
import { reasonText } from "../output/reason_text.ts";
import { rounded } from "../output/rounded.ts";

/** A frame on the page: its verdict, how much it is in doubt, its label. `file` is absolute. */
export interface ReviewRow
  extends Pick<Verdict, "file" | "type" | "probability" | "hdus"> {
  /** Votes of the flips for each type. */
  readonly votes: PixelVerdict["votes"];
  /** What the page calls the frame by: the page never names a path. */
  readonly id: number;
  /** Grows whenever the row changes. */
  readonly version: number;
  /** Which typing of the frame this is: another one has other input images. */
  readonly typing: number;
  /** Mean probability of each type, the likeliest first. */
  readonly probabilities: readonly (readonly [type: string, share: number])[];
  /** Why the type is unknown, or why there is none; else empty. */
  readonly why: string;
  /** Why it needs a person. */
  readonly doubt: Doubt | null;
  /** The smaller, the sooner a person should look, as `byDoubt` sorts. */
  readonly rank: number;
  /** Type that the header claims. */
  readonly claim: string | null;
  /** The cards that claim it. */
  readonly evidence: string;
  /** What the observing log has of it, name and text; what the header does not say is left out. */
  readonly log: readonly (readonly [name: string, text: string])[];
  /** Instrument, to compare like with like. */
  readonly instrument: string | null;
  /** Start of the exposure, modified Julian date, days. */
  readonly mjd: number | null;
  /** Label by hand. */
  readonly label: Label | null;
}

/** What a row says of its verdict: all but what the desk knows. */
export type TypedRow = Omit<ReviewRow, "id" | "version" | "typing" | "label">;

/** Says of a verdict what the page shows. */
export function typedRow(exact: Verdict): TypedRow {
  const verdict = rounded(exact);
  const { header, log, error } = verdict;
  return {
    file: verdict.file,
    type: verdict.type,
    probability: verdict.probability,
    votes: verdict.pixels?.votes ?? {},
    hdus: verdict.hdus,
    probabilities: Object.entries(verdict.pixels?.probabilities ?? {})
      .sort(([, a], [, b]) => b - a),
    why: error === null ? reasonText(verdict) : error.message,
    doubt: doubtOf(verdict),
    rank: rankOf(exact),
    claim: header?.type ?? null,
    evidence: header?.evidence ?? "",
    log: logTexts(log),
    instrument: log?.instrument ?? null,
    mjd: log?.mjd ?? null,
  };
}

const ORDER: readonly (Doubt | null)[] = ["error", "conflict", "unknown", null];

/** `byDoubt` as one number, so that a page can put a new row in its place. */
function rankOf(verdict: Verdict): number {
  const doubt = doubtOf(verdict);
  const sure = verdict.probability ?? 0;
  return 2 * ORDER.indexOf(doubt) + (doubt === "conflict" ? 1 - sure : sure);
}

function logTexts(log: Verdict["log"]): [string, string][] {
  if (log === null) return [];
  const { exposure, airmass, configuration } = log;
  const texts: [string, string | null][] = [
    ["Instrument", log.instrument],
    ["Start", log.start?.replace("T", " ") ?? null],
    ["Exposure", exposure === null ? null : `${Number(exposure.toFixed(3))} s`],
    ["Target", log.target],
    ["Airmass", airmass === null ? null : airmass.toFixed(2)],
    ...Object.entries(configuration),
  ];
  return texts.flatMap(([name, text]) => text ? [[name, text]] : []);
}
