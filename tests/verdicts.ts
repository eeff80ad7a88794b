import type {
  ClassifiedVerdict,
  FailedVerdict,
  PixelVerdict,
} from "../lib/classify/verdict.ts";
import { NO_LOG } from "./no_log.ts";

/** Parts of a verdict that a test sets; those of the pixel verdict among them. */
export interface VerdictParts
  extends
    Partial<Omit<ClassifiedVerdict, "pixels" | "file" | "error">>,
    Partial<Pick<PixelVerdict, "votes" | "probabilities" | "ood">> {}

/** Returns a verdict on a classified file: an arc unless `parts` says otherwise. */
export function makeVerdict(
  file: string,
  parts: VerdictParts = {},
): ClassifiedVerdict {
  const { votes, probabilities, ood = null, ...rest } = parts;
  const { type = "arc", probability = 0.9 } = rest;
  const likeliest = type === "unknown" ? "science" : type;
  return {
    file,
    type,
    probability,
    reason: null,
    pixels: {
      type,
      probability,
      probabilities: probabilities ?? { [likeliest]: probability },
      votes: votes ?? { [likeliest]: 4 },
      ood,
    },
    header: {
      type: null,
      subtype: null,
      evidence: "",
      standard: null,
      differs: [],
    },
    agreement: "silent",
    log: NO_LOG,
    hdus: [0],
    model: "tiny@1.0.0",
    error: null,
    ...rest,
  };
}

/** Returns the verdict on a file that could not be read. */
export function makeFailedVerdict(
  file: string,
  error: FailedVerdict["error"] = { code: "not_found", message: "gone" },
  rest: Partial<Pick<FailedVerdict, "header" | "log" | "model">> = {},
): FailedVerdict {
  return {
    file,
    type: null,
    probability: null,
    reason: null,
    pixels: null,
    header: null,
    agreement: null,
    log: null,
    hdus: [],
    model: "tiny@1.0.0",
    error,
    ...rest,
  };
}
