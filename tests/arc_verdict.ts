import type { Verdict } from "../lib/classify/verdict.ts";
import { NO_LOG } from "./no_log.ts";

/** A verdict of the tiny network on a file: an arc. */
export function arcVerdict(file: string): Verdict {
  return {
    file,
    type: "arc",
    confidence: 0.9,
    reason: null,
    votes: { arc: 4 },
    probabilities: { arc: 0.9 },
    strangeness: null,
    hdus: [0],
    header: null,
    agreement: "silent",
    log: NO_LOG,
    model: "tiny@1.0.0",
    error: null,
  };
}
