/**
 * Verdicts against labels: everything that an evaluation tells.
 *
 * @module
 */
import { FRAME_TYPES } from "../frame_type.ts";
import {
  betsOf,
  type Calibration,
  equalMass,
  equalWidth,
} from "./calibration.ts";
import { hasType, type Judged, outcomeOf, reasonOf } from "./judged.ts";
import { flipProtocol, frameProtocol, type Protocol } from "./protocol.ts";
import { type RiskCurve, riskCurve } from "./risk.ts";
import { type Share, shareOf } from "./share.ts";
import {
  type Group,
  groupsOf,
  type Macro,
  macroOf,
  type Tally,
  tallyOf,
} from "./tally.ts";

/** An instrument with fewer frames than this says little by itself. */
export const ENOUGH_FRAMES = 5;

/** Everything that an evaluation tells; all but `failures` is plain JSON. */
export interface Score {
  /** The paper's two protocols. */
  readonly paper: {
    /** Normalised accuracy of the flips, §4.1. */
    readonly flips: Protocol;
    /** The final scheme, §4.2. */
    readonly frames: Protocol;
  };
  /** All frames that have a type. */
  readonly all: Tally;
  /** Those whose label is of high confidence. */
  readonly sure: Tally;
  /** By label, in the order of FRAME_TYPES; types without a frame are left out. */
  readonly byType: readonly Group[];
  /** By instrument, in order of name. */
  readonly byInstrument: readonly Group[];
  /** By `instrument/night`, in order of name. */
  readonly byNight: readonly Group[];
  /** Means over instruments that weigh the same. */
  readonly macro: {
    /** All instruments. */
    readonly all: Macro;
    /** Frames with a label of high confidence only. */
    readonly sure: Macro;
    /** Instruments with {@linkcode ENOUGH_FRAMES} or more. */
    readonly enough: Macro;
    /** Both. */
    readonly sureAndEnough: Macro;
  };
  /** Dark told from bias. */
  readonly darkBias: DarkBias;
  /** What abstaining buys. */
  readonly risk: RiskCurve;
  /** Whether confidences can be believed. */
  readonly calibration: {
    /** In ten bins of equal width. */
    readonly equalWidth: Calibration;
    /** In ten bins of as many frames each. */
    readonly equalMass: Calibration;
  };
  /** Frames that must get no type. */
  readonly other: Other;
  /** Seconds a frame, reading included; `null` where it was not measured. */
  readonly seconds: {
    readonly n: number;
    readonly median: number;
    readonly total: number;
  } | null;
  /** Frames that have a type and did not get it, and those that got one and have none. */
  readonly failures: readonly Judged[];
}

/** Darks against biases. */
export interface DarkBias {
  /** Darks and biases that got their type. */
  readonly right: Share;
  /** Of those called dark or bias, the share that is so called rightly. */
  readonly told: Share;
  /** Darks called bias. */
  readonly darkAsBias: Share;
  /** Biases called dark. */
  readonly biasAsDark: Share;
}

/** Frames labelled `other`. */
export interface Other {
  /** Those left without a type, as they should be. */
  readonly untyped: Share;
  /** How often each reason was given for that; `none given` without one. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The types that the rest got. */
  readonly typedAs: Readonly<Record<string, number>>;
  /** Rows with an error. */
  readonly errors: number;
}

/**
 * Scores verdicts against labels.
 *
 * @param judged At least one frame with a type, else every share is 0 of 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { score } from "./score.ts";
 *
 * assertEquals(score([]).all.right.interval, [0, 1]);
 * ```
 */
export function score(judged: readonly Judged[]): Score {
  const typed = judged.filter(hasType);
  const sure = typed.filter(({ frame }) => frame.confidence === "high");
  const byInstrument = groupsOf(typed, ({ frame }) => frame.instrument);
  const sureInstruments = groupsOf(sure, ({ frame }) => frame.instrument);
  const byLabel = groupsOf(typed, ({ frame }) => frame.label);
  const enough = ({ n }: Tally) => n >= ENOUGH_FRAMES;
  const bets = betsOf(typed);
  return {
    paper: { flips: flipProtocol(typed), frames: frameProtocol(typed) },
    all: tallyOf(typed),
    sure: tallyOf(sure),
    byType: FRAME_TYPES.flatMap((type) =>
      byLabel.filter(({ name }) => name === type)
    ),
    byInstrument,
    byNight: groupsOf(typed, nightOf),
    macro: {
      all: macroOf(byInstrument),
      sure: macroOf(sureInstruments),
      enough: macroOf(byInstrument.filter(enough)),
      sureAndEnough: macroOf(sureInstruments.filter(enough)),
    },
    darkBias: darkBiasOf(typed),
    risk: riskCurve(typed),
    calibration: { equalWidth: equalWidth(bets), equalMass: equalMass(bets) },
    other: otherOf(judged.filter((one) => !hasType(one))),
    seconds: secondsOf(judged),
    failures: judged.filter(failed),
  };
}

/** Whether a verdict is not as it should be. */
export function failed(one: Judged): boolean {
  return hasType(one)
    ? outcomeOf(one) !== "right"
    : one.verdict.type !== "unknown";
}

function nightOf({ frame }: Judged): string {
  return `${frame.instrument || "unnamed"}/${frame.night || "undated"}`;
}

function darkBiasOf(typed: readonly Judged[]): DarkBias {
  const count = (label: string, called?: string) =>
    typed.filter(({ frame, verdict }) =>
      frame.label === label && (called === undefined || verdict.type === called)
    ).length;
  const [darks, biases] = [count("dark"), count("bias")];
  const [darkAsBias, biasAsDark] = [
    count("dark", "bias"),
    count("bias", "dark"),
  ];
  const right = count("dark", "dark") + count("bias", "bias");
  return {
    right: shareOf(right, darks + biases),
    told: shareOf(right, right + darkAsBias + biasAsDark),
    darkAsBias: shareOf(darkAsBias, darks),
    biasAsDark: shareOf(biasAsDark, biases),
  };
}

function otherOf(others: readonly Judged[]): Other {
  const untyped = others.filter(({ verdict }) => verdict.type === "unknown");
  const named = others.filter(({ verdict }) =>
    verdict.type !== "unknown" && verdict.type !== null
  );
  return {
    untyped: shareOf(untyped.length, others.length),
    reasons: countBy(
      untyped,
      ({ verdict }) => reasonOf(verdict) ?? "none given",
    ),
    typedAs: countBy(named, ({ verdict }) => verdict.type!),
    errors: others.length - untyped.length - named.length,
  };
}

function countBy(
  judged: readonly Judged[],
  nameOf: (one: Judged) => string,
): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(judged, nameOf)]
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, members]) => [name, members.length]),
  );
}

function secondsOf(judged: readonly Judged[]): Score["seconds"] {
  const times = judged.flatMap(({ seconds }) =>
    seconds === undefined ? [] : [seconds]
  ).sort((a, b) => a - b);
  const n = times.length;
  if (n === 0) return null;
  return {
    n,
    median: (times[(n - 1) >> 1]! + times[n >> 1]!) / 2,
    total: times.reduce((a, b) => a + b, 0),
  };
}
