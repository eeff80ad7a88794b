import type {
  ClassifiedVerdict,
  FailedVerdict,
  PixelVerdict,
} from "../lib/classify/verdict.ts";
import type { HeaderClaim } from "../lib/header/claim.ts";
import { NO_LOG } from "./no_log.ts";

/** Parts of a verdict that a test sets; those of the pixel verdict among them. */
export interface VerdictParts extends
  Partial<
    Omit<ClassifiedVerdict, "pixels" | "file" | "error" | "probabilities">
  >,
  Partial<Pick<PixelVerdict, "votes" | "probabilities" | "ood">> {}

/** The claim of a header that claims nothing. */
export const NO_CLAIM: HeaderClaim = {
  type: null,
  subtype: null,
  evidence: "",
  standard: null,
  object: null,
  differs: [],
};

/** Returns a verdict on a classified file: an arc unless `parts` says otherwise. */
export function makeVerdict(
  file: string,
  parts: VerdictParts = {},
): ClassifiedVerdict {
  const { votes, probabilities, ood = null, ...rest } = parts;
  const { type = "arc" } = rest;
  const { probability = type === "unknown" ? null : 0.9 } = rest;
  const chance = probability ?? 0.4;
  const likeliest = type === "unknown" ? "science" : type;
  return {
    file,
    type,
    probability,
    probabilities: probabilities ?? { [likeliest]: chance },
    decided_by: type === "unknown" ? [] : ["pixels"],
    subtype: null,
    use: type !== "unknown" && rest.agreement !== "conflict",
    flags: [],
    reason: null,
    pixels: {
      type,
      probability: chance,
      probabilities: probabilities ?? { [likeliest]: chance },
      votes: votes ?? { [likeliest]: 4 },
      ood,
    },
    header: NO_CLAIM,
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
    probabilities: null,
    decided_by: [],
    subtype: null,
    use: false,
    flags: [],
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
