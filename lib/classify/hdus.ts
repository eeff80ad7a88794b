/**
 * Combines the pixel verdicts on the image HDUs of a file, and finds those that differ.
 *
 * Types of the same kind of light (`LIGHT` in `evidence.ts`) do not differ. Light may
 * reach only some of the HDUs of an exposure, so an unlit one does not differ from lit
 * ones. A lit one does differ from unlit ones if these are the majority: a bias has no
 * light anywhere.
 *
 * @module
 */
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import { medianOf } from "../preprocess/percentile.ts";
import type { ModelOutput } from "../model/open_model.ts";
import { LIGHT, OPEN, sumTypes } from "./evidence.ts";
import type { HduInputs } from "./inputs.ts";
import {
  decideType,
  indexOfLargest,
  type PixelVerdict,
  sliceOutput,
  vote,
  type VoteResult,
  type VoteRule,
} from "./vote.ts";

/** What is wrong with an HDU, whatever its light. */
export type HduFlag = "constant" | "noisy" | "offset";

/** All flags of an HDU. */
export const HDU_FLAGS: readonly HduFlag[] = ["constant", "noisy", "offset"];

/** What the pixels of one of several image HDUs say. */
export interface HduVerdict
  extends Pick<PixelVerdict, "type" | "probability" | "ood"> {
  /** Index in the file; 0 is the primary HDU. */
  readonly hdu: number;
  /** EXTNAME, or `null`. */
  readonly name: string | null;
  /** Whether the HDU differs from the others. */
  readonly differs: boolean;
  /**
   * What is wrong with its pixels: `constant` when all are equal and those of other HDUs
   * are not, `noisy` when it shows no light and ten times the noise of the others,
   * `offset` when it shows no light and ten times their level.
   */
  readonly flags: readonly HduFlag[];
}

/** An image HDU and the votes of its flips. */
export interface HduVote extends Pick<HduInputs, "hdu" | "name" | "noise"> {
  /** Whether all pixels are equal, or none is finite. */
  readonly constant: boolean;
  /** Level without light, counts; `null` if no pixel is finite. */
  readonly level: number | null;
  readonly result: VoteResult;
}

/** The pixel verdict on a file. */
export interface CombinedVote {
  readonly result: VoteResult;
  /**
   * Describes each HDU beside an answer; empty for a file of one image HDU.
   *
   * @param type The answer from all evidence, which says whether the light of a minority
   *   of the HDUs belongs to the exposure.
   */
  readonly describe: (type: FrameType | "unknown") => HduVerdict[];
}

/**
 * How many times as large the noise, the level or the odds of being out-of-distribution
 * must be for an HDU to differ. Amplifiers of one camera differ by less.
 */
const CONTRAST = 10;

/** Counts by which the level must be larger, too: without a bias, levels are near 0. */
const LEAST_OFFSET = 1000;

/**
 * How many times as probable as the kind of light of the other HDUs that of an HDU must
 * be for it to differ. In one of a hundred files an HDU may differ; with less, the
 * network errs more often than that.
 */
const SURE = 100;

/** Position of the kind without light in `LIGHT`. */
const UNLIT = 0;

/** An HDU among the others. */
interface Judged extends HduVote {
  /** Probability of each kind of light. */
  readonly masses: readonly number[];
  /** The likeliest kind of light. */
  readonly light: number;
  /** Whether most flips, and most of the probability, are of this kind. */
  readonly clear: boolean;
  readonly flags: readonly HduFlag[];
  /** Whether it is out-of-distribution, and the others are not nearly so. */
  readonly isOod: boolean;
}

/**
 * Counts the votes of the flips of each image HDU, and combines them if there are several.
 *
 * @param output The output for the flips of all HDUs, calibrated.
 * @param hdus The HDUs, in the order of the output.
 */
export function voteOnHdus(
  output: ModelOutput,
  hdus: readonly Pick<HduInputs, "hdu" | "name" | "damage" | "noise">[],
  rule: VoteRule,
): CombinedVote {
  if (hdus.length < 2) {
    return { result: vote(output, rule), describe: () => [] };
  }
  const votes = hdus.map(({ hdu, name, damage, noise }, k) => ({
    hdu,
    name,
    constant: damage.empty,
    level: damage.level,
    noise,
    result: vote(sliceOutput(output, k, rule.classes.length), rule),
  }));
  return combineHdus(votes, rule);
}

/**
 * Combines the votes of several image HDUs.
 *
 * HDUs that are constant, noisy, or out-of-distribution unlike the others do not count.
 * Of the others, only the lit ones count unless most are unlit. The required majority is
 * that of the flips of the HDUs whose light is clear, and it is of a kind of light; the
 * type is the likeliest of this kind. The probabilities are means over the HDUs that
 * count. Where the majority is unlit, these include the lit ones, so that other evidence
 * can decide whether the light belongs to the exposure.
 *
 * @param votes At least two.
 */
export function combineHdus(
  votes: readonly HduVote[],
  rule: VoteRule,
): CombinedVote {
  const judged = judge(votes, rule);
  const sound = judged.filter(isSound);
  const candidates = sound.length > 0 ? sound : judged;
  const counted = selectCounted(candidates);
  const voters = counted.filter(({ clear }) => clear);
  const counts = countByLight(voters.length > 0 ? voters : counted);
  const winner = indexOfLargest(counts);
  const scores = candidates.map((one) => one.result.ood)
    .filter((ood) => ood !== null);
  const averages = {
    probabilities: averageProbabilities(counted, winner),
    ood: scores.length === 0 ? null : average(scores),
  };
  const share = counts[winner]! / sum(counts);
  const likeliest = findLikeliest(rule.classes, winner, averages.probabilities);
  return {
    result: {
      ...decideType(likeliest, share, averages, rule),
      probabilities: averages.probabilities,
      votes: addByType(judged.map((one) => one.result.votes)),
      ood: averages.ood,
    },
    describe(type) {
      const light = selectReference(winner, counted, type);
      return judged.map((one) => {
        const differs = !isSound(one) || showsOther(one, light);
        const { hdu, name, flags, result: { ood } } = one;
        const shown = selectType(one, differs, rule);
        return { hdu, name, ...shown, ood, differs, flags };
      });
    },
  };
}

function judge(
  votes: readonly HduVote[],
  { vote: { majority } }: VoteRule,
): Judged[] {
  const areConstant = votes.every(({ constant }) => constant);
  const lit = votes.map((vote) => {
    const masses = LIGHT.map((types) =>
      sumTypes(types, vote.result.probabilities)
    );
    const light = indexOfLargest(masses);
    const counts = countByLight([vote]);
    const clear = masses[light]! >= majority &&
      counts[light]! >= majority * sum(counts);
    return { ...vote, masses, light, clear };
  });
  const isDead = ({ constant }: HduVote) => constant && !areConstant;
  return lit.map((one) => {
    const others = lit.filter((other) => other !== one && !isDead(other));
    const isConstant = isDead(one);
    const isUnlit = !isConstant && one.light === UNLIT;
    const isNoisy = isUnlit && exceeds(one, others, ({ noise }) => noise);
    const isOod = !isConstant && one.result.reason === "out_of_distribution" &&
      exceeds(one, others, ({ result: { ood } }) => ood && ood / (1 - ood));
    const isOffset = isUnlit && !isOod &&
      exceeds(one, others, ({ level }) => level, LEAST_OFFSET);
    const flags: HduFlag[] = [
      ...(isConstant ? ["constant"] as const : []),
      ...(isNoisy ? ["noisy"] as const : []),
      ...(isOffset ? ["offset"] as const : []),
    ];
    return { ...one, flags, isOod };
  });
}

/** Whether a value of an HDU is ten times the median of the others, and larger by `least`. */
function exceeds<T extends HduVote>(
  one: T,
  others: readonly T[],
  measure: (hdu: T) => number | null,
  least = 0,
): boolean {
  const value = measure(one);
  const values = others.map(measure).filter((other) => other !== null);
  if (value === null || values.length === 0) return false;
  const typical = medianOf(values);
  return value >= CONTRAST * typical && value >= typical + least;
}

function isSound({ flags, isOod }: Judged): boolean {
  return flags.length === 0 && !isOod;
}

/** Whether the pixels of an HDU exclude that it is unlit. */
function isLit({ masses }: Judged): boolean {
  return masses[UNLIT]! < OPEN;
}

function isUnlit({ masses }: Judged): boolean {
  return masses[UNLIT]! >= 0.5;
}

/** Leaves the unlit HDUs out unless more of them than of the others are certain. */
function selectCounted(hdus: readonly Judged[]): readonly Judged[] {
  const lit = hdus.filter(isLit);
  return lit.length > 0 && lit.length >= hdus.filter(isUnlit).length
    ? hdus.filter((one) => !isUnlit(one))
    : hdus;
}

function countByLight(hdus: readonly HduVote[]): number[] {
  return LIGHT.map((types) =>
    sum(hdus.map(({ result }) => sumTypes(types, result.votes)))
  );
}

/** Averages over the HDUs that count, without those that surely show other light than most. */
function averageProbabilities(
  counted: readonly Judged[],
  winner: number,
): VoteResult["probabilities"] {
  const agreeing = counted.filter((one) => !showsOther(one, winner));
  const isLit = winner !== UNLIT && agreeing.length > 0;
  return averageByType(
    (isLit ? agreeing : counted).map((one) => one.result.probabilities),
  );
}

/**
 * Returns the type of an HDU: that of its votes, but for one that differs and is like a
 * spectral frame, the likeliest type of its kind of light.
 */
function selectType(
  { result, light }: Judged,
  differs: boolean,
  { classes }: VoteRule,
): Pick<HduVerdict, "type" | "probability"> {
  const { type, probability, probabilities, reason } = result;
  if (type !== "unknown" || !differs || reason === "out_of_distribution") {
    return { type, probability };
  }
  const likeliest = findLikeliest(classes, light, probabilities);
  return { type: likeliest, probability: probabilities[likeliest]! };
}

function findLikeliest(
  classes: readonly FrameType[],
  light: number,
  probabilities: VoteResult["probabilities"],
): FrameType {
  return classes.filter((type) => LIGHT[light]!.includes(type))
    .reduce((best, type) =>
      probabilities[type]! > probabilities[best]! ? type : best
    );
}

/**
 * Returns the kind of light that the HDUs are compared with: the winner's, but that of
 * the lit HDUs if other evidence shows that the exposure has light.
 */
function selectReference(
  winner: number,
  counted: readonly Judged[],
  type: FrameType | "unknown",
): number {
  const lit = counted.filter(isLit);
  const isUnlit = type === "unknown" || LIGHT[UNLIT]!.includes(type);
  return winner !== UNLIT || isUnlit || lit.length === 0
    ? winner
    : indexOfLargest(countByLight(lit));
}

/**
 * Whether an HDU surely shows other light than the reference: any light where there should
 * be none, or another kind of light. No light is not other light.
 */
function showsOther(one: Judged, reference: number): boolean {
  const { light, masses, clear } = one;
  if (reference === UNLIT) return isLit(one);
  return clear && light !== reference && light !== UNLIT &&
    masses[light]! >= SURE * masses[reference]!;
}

type ByType = Partial<Record<FrameType, number>>;

function addByType(records: readonly ByType[]): ByType {
  return Object.fromEntries(
    FRAME_TYPES.filter((type) => records.some((one) => type in one))
      .map((type) => [type, sum(records.map((one) => one[type] ?? 0))]),
  );
}

function averageByType(records: readonly ByType[]): ByType {
  const sums = Object.entries(addByType(records));
  return Object.fromEntries(
    sums.map(([type, total]) => [type, total / records.length]),
  );
}

function average(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
