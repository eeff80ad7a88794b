/** Judged frames for tests, without files. */
import type { Judged } from "../../lib/evaluation/judged.ts";
import type { LabelledFrame } from "../../lib/evaluation/manifest.ts";

/** What a test cares about; the rest is filled in. */
export interface Said {
  readonly instrument?: string;
  readonly night?: string;
  readonly confidence?: string;
  readonly sure?: number | null;
  readonly votes?: Judged["verdict"]["votes"];
  readonly reason?: "views disagree" | "low confidence";
  readonly seconds?: number;
  readonly path?: string;
}

/** A frame of some label, and that it was called a type. */
export function judged(
  label: LabelledFrame["label"],
  type: Judged["verdict"]["type"],
  said: Said = {},
): Judged {
  const path = said.path ?? "a.fits";
  const named = type === null || type === "unknown" ? {} : { [type]: 4 };
  const verdict = {
    file: path,
    type,
    confidence: type === null ? null : said.sure ?? 0.9,
    reason: said.reason ?? null,
    votes: said.votes ?? named,
    probabilities: {},
    strangeness: null,
    hdus: [0],
    header: null,
    agreement: "silent" as const,
    log: null,
    model: "m@1",
    error: type === null
      ? { code: "not_found" as const, message: "gone" }
      : null,
  };
  return {
    frame: {
      path,
      label,
      instrument: said.instrument ?? "kast-red",
      night: said.night ?? "2015-08-18",
      split: "",
      hdu: undefined,
      confidence: said.confidence ?? "high",
    },
    verdict,
    ...(said.seconds === undefined ? {} : { seconds: said.seconds }),
  };
}
