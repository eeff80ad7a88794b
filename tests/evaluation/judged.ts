/** Judged frames for tests, without files. */
import type { PixelVerdict } from "../../lib/classify/verdict.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import type { Judged } from "../../lib/evaluation/judged.ts";
import type { LabelledFrame } from "../../lib/evaluation/manifest.ts";

/** What a test cares about; the rest is filled in. */
export interface Said {
  readonly instrument?: string;
  readonly night?: string;
  readonly confidence?: string;
  readonly sure?: number;
  readonly votes?: PixelVerdict["votes"];
  readonly reason?: "flips_disagree" | "low_probability";
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
  const parts = {
    probability: said.sure ?? 0.9,
    reason: said.reason ?? null,
    ...(said.votes === undefined ? {} : { votes: said.votes }),
    ...(type === "unknown" && said.votes === undefined ? { votes: {} } : {}),
  };
  const verdict = type === null
    ? makeFailedVerdict(path)
    : makeVerdict(path, { type, ...parts });
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
