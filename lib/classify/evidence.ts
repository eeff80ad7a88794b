/**
 * Combines the evidence on a frame into one answer:
 *
 *     P(type | evidence) ∝ P(type | pixels) L(exposure | type) L(target | type)
 *                            L(night | type, exposure) L(claim | type)
 *
 * The pixels decide between the kinds of light: no light, lines, a lamp's continuum, the
 * sky. Exposure, target and the claim of the header correct them where they are uncertain.
 * Any claim may be wrong, so that none overturns confident pixels. Within a kind, the other
 * evidence decides what light cannot show: a bias from a short dark, a standard from a
 * science target.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import {
  FRAME_TYPES,
  type FrameType,
  isOnSky,
  mapTypes,
  ON_SKY,
} from "../frame_type.ts";
import {
  type Agreement,
  compareClaim,
  contradictsItself,
  type HeaderClaim,
} from "../header/claim.ts";
import type { LogEntry } from "../header/log_entry.ts";
import { isStarDesignation } from "../header/celestial_name.ts";
import { readTargetClaim } from "../header/read_claims.ts";
import type { StandardMatch } from "../header/standards.ts";
import { isUsable } from "../header/subtype.ts";
import type { EvidenceWeights } from "../model/model_card.ts";
import tables from "./evidence.json" with { type: "json" };
import type { VoteResult } from "./vote.ts";

/** Kinds of evidence, in the order of `decided_by`. */
export const EVIDENCE = [
  "pixels",
  "exposure",
  "target",
  "night",
  "header",
  "label",
] as const;

/** A kind of evidence that decides the type of a frame; `label` is a person's. */
export type Evidence = typeof EVIDENCE[number];

/**
 * Why a frame is `unknown`. The reasons of {@linkcode VoteResult} apply to the answer in
 * the mode `pixelsOnly`.
 *
 * - `out_of_distribution`: the pixels are not like those of any spectral frame, and the
 *   header claims no type.
 * - `flips_disagree`: the flips, or the HDUs, vote for different types, and no other
 *   evidence decides between them.
 * - `undecided`: the two likeliest types are almost equally probable.
 * - `low_probability`: the likeliest type is less probable than required.
 * - `labelled_other`: a person labelled the frame as no spectral frame.
 */
export const REASONS = [
  "out_of_distribution",
  "flips_disagree",
  "undecided",
  "low_probability",
  "labelled_other",
] as const;

/** Why a frame is `unknown`; see {@linkcode REASONS}. */
export type Reason = typeof REASONS[number];

/** How the answer is formed. */
export interface AnswerOptions {
  /** Whether the answer is the pixel verdict, as in the paper. Default: false. */
  readonly pixelsOnly?: boolean;
  /**
   * Whether a frame that is out-of-distribution may be used as the type that its header
   * claims. Default: false.
   */
  readonly trustHeader?: boolean;
  /** Lowest probability of an answer, 0 to 1; a frame below it is `unknown`. Default: 0. */
  readonly minProbability?: number;
}

/**
 * Checks the options of an answer.
 *
 * @throws {SpitError} `usage` when `minProbability` is not a number from 0 to 1.
 */
export function checkAnswerOptions(
  { minProbability = 0 }: AnswerOptions,
): void {
  if (minProbability >= 0 && minProbability <= 1) return;
  throw new SpitError(
    "usage",
    `minProbability must be a number from 0 to 1, not ${minProbability}`,
  );
}

/** The answer from all evidence. */
export interface Answer {
  /** The type, or `unknown` for the `reason` given. */
  readonly type: FrameType | "unknown";
  /** Calibrated probability of the type, 0 to 1; `null` when it is `unknown`. */
  readonly probability: number | null;
  /** Combined probability of each type. */
  readonly probabilities: Readonly<Partial<Record<FrameType, number>>>;
  /** The evidence that decided between the types; empty when the type is `unknown`. */
  readonly decided_by: readonly Evidence[];
  /** Whether the frame may serve as its type. */
  readonly use: boolean;
  /** Why the type is `unknown`; `null` when it is not. */
  readonly reason: Reason | null;
  /** Whether the header's claim agrees with the type. */
  readonly agreement: Agreement;
}

/** A normal distribution with a width of its own on each side of the median. */
interface Distribution {
  readonly median: number;
  /** Width below the median. */
  readonly below: number;
  /** Width above the median. */
  readonly above: number;
}

/** The likelihood tables, of which `scripts/fit_evidence.ts` writes `evidence.json`. */
export interface EvidenceTables {
  /** Share of each type among the types that the light cannot tell apart. */
  readonly prior: Readonly<Record<FrameType, number>>;
  /**
   * Exposure times of each type: the probability of a bias-like exposure (at most
   * `shortest` seconds), and median and widths of the others in decades of seconds.
   */
  readonly exposure: {
    readonly shortest: number;
    /** Share of exposures that follow no pattern. */
    readonly floor: number;
    /** Exponent of the likelihoods, since the habits of observatories differ; 0 to 1. */
    readonly weight: number;
    readonly types: Readonly<
      Record<
        FrameType,
        Distribution & {
          /** Probability of a bias-like exposure. */
          readonly short: number;
        }
      >
    >;
  };
  readonly target: {
    /**
     * P(match with a faint or a bright star of the catalogue of standards | type), for headers
     * with a target or a pointing.
     */
    readonly matched: Readonly<
      Record<
        "faint" | "bright",
        Readonly<Record<"standard" | "science", number>>
      >
    >;
    /** P(designation of a star catalogue | type), for named targets that match no standard. */
    readonly star: Readonly<Record<"standard" | "science", number>>;
    /** P(name of a celestial object | frame of the sky, or any other), for known targets. */
    readonly named: Readonly<Record<"sky" | "other", number>>;
  };
  /**
   * The longest exposure of other targets of the night (`longest` of the log) over that of
   * the frame: median and widths in decades.
   */
  readonly night: {
    /** Share of nights that follow no pattern. */
    readonly floor: number;
    readonly types: Readonly<Record<"standard" | "science", Distribution>>;
  };
  /** P(claimed type | type), for frames whose header claims one. */
  readonly claim: Readonly<
    Record<FrameType | "light", Readonly<Record<FrameType, number>>>
  >;
  /**
   * P(claim of science | standard) over P(claim of science | science), for headers that have
   * a type of their own for standards.
   */
  readonly mistyped: number;
}

/** Weights for a model card without any: those of `spit-compact`. */
export const DEFAULT_WEIGHTS: EvidenceWeights = {
  between: 1,
  within: 0,
  margin: 0.1,
};

/** Lowest probability of a kind of light that the pixels, or all evidence, leave open. */
export const OPEN = 0.1;

type Weights = Readonly<Record<FrameType, number>>;

/** The part of a log entry that is evidence. */
export type EvidenceLog = Pick<
  LogEntry,
  "exposure" | "target" | "ra" | "dec" | "longest"
>;

/** The kinds of light, each with the types that the pixels cannot tell apart. */
export const LIGHT: readonly (readonly FrameType[])[] = [
  ["bias", "dark"],
  ["arc"],
  ["flat"],
  ["standard", "science"],
];

/** Returns the types of the same kind of light as a type, with the type itself. */
export function listAlike(type: FrameType): readonly FrameType[] {
  return LIGHT.find((types) => types.includes(type))!;
}

/** Sums the values of some types; a type without a value counts as 0. */
export function sumTypes(
  types: readonly FrameType[],
  values: Readonly<Partial<Record<FrameType, number>>>,
): number {
  return types.reduce((total, type) => total + (values[type] ?? 0), 0);
}

/**
 * Combines the pixel verdict on a frame with what its header says.
 *
 * A share of the headers is assumed to claim a wrong type, so that no claim overturns
 * confident pixels. A frame that is out-of-distribution gets the type that its header claims,
 * to be used only with `trustHeader`.
 *
 * @param vote The pixel verdict.
 * @param header The claim of the header.
 * @param log The entry of the observing log: exposure time, target and pointing.
 * @param weights How far the pixels are believed, from the model card.
 * @param options How the answer is formed.
 * @param likelihoods The likelihood tables. Default: those of `evidence.json`.
 */
export function combineEvidence(
  vote: VoteResult,
  header: HeaderClaim,
  log: EvidenceLog,
  weights: EvidenceWeights,
  options: AnswerOptions = {},
  likelihoods: EvidenceTables = tables,
): Answer {
  if (options.pixelsOnly) return answerFromPixels(vote, header, options);
  const isOod = vote.reason === "out_of_distribution";
  if (isOod && (header.type === null || header.type === "light")) {
    return createUnknown("out_of_distribution", vote.probabilities, "silent");
  }

  const factors = weighEvidence(vote, header, log, weights, likelihoods);
  const probabilities = combine(factors);
  const first = findLikeliest(probabilities);
  const probability = probabilities[first];
  const agreement = isOod ? "silent" : compareClaim(header, first);

  const decided_by = findDeciding(first, probabilities, factors);
  const isByPixels = !isOod &&
    decided_by.every((kind) => kind === "pixels");
  const failed = [
    vote.reason === "flips_disagree" && isByPixels,
    findMargin(probabilities, first) < weights.margin,
    probability < (options.minProbability ?? 0),
  ];
  const reason = (["flips_disagree", "undecided", "low_probability"] as const)[
    failed.indexOf(true)
  ];
  if (reason !== undefined) {
    const isOpen = header.type !== "light" && header.type !== null &&
      sumTypes(listAlike(header.type), probabilities) >= OPEN;
    return createUnknown(reason, probabilities, isOpen ? "silent" : agreement);
  }
  return {
    type: first,
    probability,
    probabilities,
    decided_by: isOod
      ? decided_by.filter((kind) => kind !== "pixels")
      : decided_by,
    use: (agreement !== "conflict" || isNamed(first, header, log.target)) &&
      isUsable(header.subtype) &&
      (!isOod || options.trustHeader === true),
    reason: null,
    agreement,
  };
}

/**
 * Whether a header that contradicts itself names the type in the name of the target:
 * `OBJECT=HgArNe` beside `OBSTYPE=OBJECT`, as observers and old instruments write.
 */
function isNamed(
  type: FrameType,
  header: HeaderClaim,
  target: string | null,
): boolean {
  return contradictsItself(header) && target !== null &&
    readTargetClaim(target).type === type;
}

/**
 * What each kind of evidence says about each type: shares and likelihoods whose product gives
 * the probabilities. Each is known up to a common factor of all types.
 */
export type WeighedEvidence = Readonly<
  Record<
    "pixels" | "exposure" | "target" | "night" | "header",
    Readonly<Record<FrameType, number>>
  >
>;

/**
 * Weighs each kind of evidence on its own, with the parameters of
 * {@linkcode combineEvidence}.
 */
export function weighEvidence(
  vote: VoteResult,
  header: HeaderClaim,
  log: EvidenceLog,
  weights: EvidenceWeights,
  likelihoods: EvidenceTables = tables,
): WeighedEvidence {
  const isOod = vote.reason === "out_of_distribution";
  const masses = isOod ? null : findMasses(vote, header);
  const pixels = weighPixels(vote, masses, weights, likelihoods);
  const exposure = weighExposure(log.exposure, header, likelihoods);
  const target = weighTarget(header, log, likelihoods);
  const others = mapTypes((type) =>
    pixels[type] * exposure[type] * target[type]
  );
  const night = weighLongest(log, others, likelihoods);
  const unclaimed = mapTypes((type) => others[type] * night[type]);
  const claim = weighClaim(header, unclaimed, likelihoods);
  return { pixels, exposure, target, night, header: claim };
}

/** Ratio of the likelihoods of two types from which evidence decides between them. */
const DECISIVE = 2;

/**
 * Returns the evidence that decided: the pixels if the answer's kind of light is the
 * likeliest by them, and what favours the answer over the likeliest rival of its own
 * kind of light or of another one. Only types that the pixels leave open are rivals.
 */
function findDeciding(
  answer: FrameType,
  probabilities: Weights,
  factors: WeighedEvidence,
): ("pixels" | "exposure" | "target" | "night" | "header")[] {
  const own = listAlike(answer);
  const light = LIGHT.map((types) => sumTypes(types, factors.pixels));
  const least = OPEN * light.reduce((sum, one) => sum + one);
  const open = LIGHT.filter((_, kind) => light[kind]! >= least).flat();
  const findRival = (types: readonly FrameType[]) =>
    types.filter((type) => type !== answer && open.includes(type))
      .sort((one, other) => probabilities[other] - probabilities[one]);
  const [alike] = findRival(own);
  const [other] = findRival(LIGHT.filter((types) => types !== own).flat());
  const rivals = [alike, other].filter((type) => type !== undefined);
  const decided = (["exposure", "target", "night", "header"] as const).filter((
    kind,
  ) =>
    rivals.some((type) =>
      factors[kind][answer] >= DECISIVE * factors[kind][type]
    )
  );
  const isLikeliest = sumTypes(own, factors.pixels) >= Math.max(...light);
  return isLikeliest || decided.length === 0 ? ["pixels", ...decided] : decided;
}

function answerFromPixels(
  vote: VoteResult,
  header: HeaderClaim,
  { minProbability = 0 }: AnswerOptions,
): Answer {
  const { type, probability, probabilities, reason } = vote;
  if (type === "unknown") {
    return createUnknown(reason!, probabilities, "silent");
  }
  if (probability < minProbability) {
    return createUnknown("low_probability", probabilities, "silent");
  }
  const agreement = compareClaim(header, type);
  const use = agreement !== "conflict" && isUsable(header.subtype);
  const decided_by = ["pixels"] as const;
  return {
    type,
    probability,
    probabilities,
    decided_by,
    use,
    reason,
    agreement,
  };
}

function createUnknown(
  reason: Reason,
  probabilities: Answer["probabilities"],
  agreement: Agreement,
): Answer {
  return {
    type: "unknown",
    probability: null,
    probabilities,
    decided_by: [],
    use: false,
    reason,
    agreement,
  };
}

/** Probability of each kind of light, in the order of {@linkcode LIGHT}. */
type Masses = readonly number[];

/**
 * Sums the probabilities of the types of each kind of light. A flat with the lamp off
 * may show no light, and a twilight flat shows the sky: the flat has their masses, too.
 */
function findMasses({ probabilities }: VoteResult, claim: HeaderClaim): Masses {
  const [unlit, arc, flat, sky] = LIGHT.map((types) =>
    sumTypes(types, probabilities)
  );
  if (claim.type === "flat" && claim.subtype === "lamp-off") {
    return [0, arc!, flat! + unlit!, sky!];
  }
  return claim.type === "flat" && claim.subtype === "twilight"
    ? [unlit!, arc!, flat! + sky!, 0]
    : [unlit!, arc!, flat!, sky!];
}

function isUnlit(type: FrameType): boolean {
  return LIGHT[0]!.includes(type);
}

function getMass(masses: Masses, type: FrameType): number {
  return masses[LIGHT.findIndex((types) => types.includes(type))]!;
}

/**
 * Returns the weight of each type by the pixels and the prior, or by the prior alone
 * without masses. The prior divides the types of a kind of light, not the kinds.
 */
function weighPixels(
  { probabilities }: VoteResult,
  masses: Masses | null,
  { between, within }: EvidenceWeights,
  { prior }: EvidenceTables,
): Weights {
  return mapTypes((type) => {
    const alike = listAlike(type);
    // A network without one of the classes (`spit-paper` has no dark) tells none apart.
    const isKnown = masses !== null &&
      alike.every((one) => probabilities[one] !== undefined);
    const share = (one: FrameType) =>
      prior[one] * (isKnown ? probabilities[one]! ** within : 1);
    const all = alike.reduce((total, one) => total + share(one), 0);
    const mass = masses === null ? 1 : getMass(masses, type) ** between;
    return mass * share(type) / (all || 1);
  });
}

/**
 * Light that reaches a bias or a dark does not change its exposure time. Where the header
 * claims one, the exposure time therefore does not favour it over the types with light.
 */
function weighExposure(
  exposure: number | null,
  { type: claimed }: HeaderClaim,
  { exposure: { shortest, floor, weight, types } }: EvidenceTables,
): Weights {
  if (exposure === null) return mapTypes(() => 1);
  const weigh = (type: FrameType) => {
    const { short } = types[type];
    if (exposure <= shortest) return short;
    const density = computeDensity(Math.log10(exposure), types[type], floor);
    return ((1 - short) * density) ** weight;
  };
  const least = claimed === "bias" || claimed === "dark" ? weigh(claimed) : 0;
  return mapTypes((type) =>
    isUnlit(type) ? weigh(type) : Math.max(weigh(type), least)
  );
}

/** Returns the density of a distribution with a share that is spread over five decades. */
function computeDensity(
  decades: number,
  { median, below, above }: Distribution,
  floor: number,
): number {
  const distance = decades - median;
  const deviation = distance / (distance < 0 ? below : above);
  const density = Math.exp(-0.5 * deviation ** 2) /
    ((below + above) / 2 * SQRT_2PI);
  return (1 - floor) * density + floor / 5;
}

const SQRT_2PI = Math.sqrt(2 * Math.PI);

/**
 * A target in the catalogue of standards decides between standard and science, and so does
 * the designation of a star: telluric standards are named after star catalogues, and most
 * science targets are not. A target with the name of a celestial object favours both over
 * the other types; a target without one says nothing, because no list of names is complete.
 */
function weighTarget(
  { standard, object }: HeaderClaim,
  { target, ra, dec }: EvidenceLog,
  { target: { matched, star, named } }: EvidenceTables,
): Weights {
  const isKnown = standard !== null || target !== null ||
    (ra !== null && dec !== null);
  const isStar = object !== null && isStarDesignation(object);
  const weighName = (type: "standard" | "science") =>
    target === null ? 1 : isStar ? star[type] : 1 - star[type];
  const weigh = (type: "standard" | "science") =>
    !isKnown
      ? 1
      : standard === null
      ? (1 - matched.faint[type] - matched.bright[type]) * weighName(type)
      : matched[isBright(standard) ? "bright" : "faint"][type];
  const largest = Math.max(weigh("standard"), weigh("science"));
  const sky = object === null ? 1 : named.sky / named.other;
  return mapTypes((type) => isOnSky(type) ? sky * weigh(type) / largest : 1);
}

/**
 * Returns whether a standard star can be seen by eye. Such stars are also science targets;
 * faint ones are observed for calibration only.
 */
export function isBright({ magnitude }: StandardMatch): boolean {
  return magnitude !== undefined && magnitude < 6;
}

/**
 * Standards are bright: their exposures are short beside those of the science targets of the
 * same night, whose exposures are alike. This divides what standard and science have
 * together, and takes nothing from it: other light has no such exposures to compare.
 *
 * @param others Weight of each type by the evidence besides the night and the claim.
 */
function weighLongest(
  { exposure, longest }: EvidenceLog,
  others: Weights,
  { night: { floor, types } }: EvidenceTables,
): Weights {
  if (exposure === null || exposure <= 0 || longest === undefined) {
    return mapTypes(() => 1);
  }
  const ratio = Math.log10(longest / exposure);
  const weigh = (type: "standard" | "science") =>
    computeDensity(ratio, types[type], floor);
  const mean = sumTypes(
    ON_SKY,
    mapTypes((type) => isOnSky(type) ? others[type] * weigh(type) : 0),
  ) / sumTypes(ON_SKY, others);
  return mapTypes((type) => isOnSky(type) ? weigh(type) / (mean || 1) : 1);
}

/**
 * A claim favours its kind of light as a whole, and divides what the types of the kind have
 * together: a dark whose header claims a bias is unlit all the same.
 *
 * @param others Weight of each type by all other evidence.
 */
function weighClaim(
  { type: claimed, evidence }: HeaderClaim,
  others: Weights,
  { claim, mistyped }: EvidenceTables,
): Weights {
  if (claimed === null) return mapTypes(() => 1);
  const isDistinct = claimed === "science" && DISTINCT_TYPES.test(evidence);
  const shares = claim[claimed];
  const divided = mapTypes((type) =>
    shares[type] * (isDistinct && type === "standard" ? mistyped : 1)
  );
  return mapTypes((type) => {
    const alike = listAlike(type);
    const before = sumTypes(alike, others);
    const after = alike.reduce(
      (sum, one) => sum + others[one] * divided[one],
      0,
    );
    const mean = sumTypes(alike, shares) / alike.length;
    return after === 0 ? mean : mean * divided[type] * before / after;
  });
}

/**
 * Type cards that call no standard an object: ESO's DPR TYPE and DPR CATG. Most others have
 * one word for every exposure of the sky, or leave it to the observer.
 */
const DISTINCT_TYPES = /^ESO DPR /;

/** Multiplies the evidence on each type to probabilities. */
function combine(factors: WeighedEvidence): Record<FrameType, number> {
  const weights = mapTypes((type) =>
    Object.values(factors).reduce((product, one) => product * one[type], 1)
  );
  const all = sumTypes(FRAME_TYPES, weights);
  return mapTypes((type) => weights[type] / all);
}

/** Returns the likeliest type of the likeliest kind of light. */
function findLikeliest(probabilities: Weights): FrameType {
  const [types] = LIGHT.toSorted((one, other) =>
    sumTypes(other, probabilities) - sumTypes(one, probabilities)
  );
  return types!.reduce((best, type) =>
    probabilities[type] > probabilities[best] ? type : best
  );
}

/**
 * Returns the lead of a type: of its kind of light over the others, or of the type over
 * those of the same kind, as a share of them, whichever is less.
 */
function findMargin(probabilities: Weights, type: FrameType): number {
  const own = listAlike(type);
  const mass = sumTypes(own, probabilities);
  const others = LIGHT.filter((types) => types !== own)
    .map((types) => sumTypes(types, probabilities));
  const alike = own.filter((one) => one !== type)
    .map((one) => (probabilities[type] - probabilities[one]) / mass);
  return Math.min(mass - Math.max(...others), ...alike);
}
