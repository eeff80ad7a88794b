/**
 * How many frames were right, confused, wrong, unknown, unreadable.
 *
 * @module
 */
import { type Judged, type Outcome, outcomeOf } from "./judged.ts";
import { type MeanShare, meanShare, type Share, shareOf } from "./share.ts";

/** Outcomes of some frames that have a type, each as a share of all of them. */
export interface Tally {
  /** Frames counted. */
  readonly n: number;
  /** The type is the label. */
  readonly right: Share;
  /** Standard called science, or the reverse. */
  readonly onSky: Share;
  /** Another type that is not the label. */
  readonly wrong: Share;
  /** No type. */
  readonly unknown: Share;
  /** Rows with an error. */
  readonly errors: Share;
  /** Right when standard and science count as one type. */
  readonly rightAsOne: Share;
  /**
   * Right when standard and science are told apart only where confidence in
   * the label is high, and count as one elsewhere.
   */
  readonly rightWhereSure: Share;
}

/** A tally under a name: a type, a night, an instrument. */
export interface Group extends Tally {
  /** What the frames share. */
  readonly name: string;
}

/** Means over groups of frames, each group weighing the same. */
export interface Macro {
  /** Of {@linkcode Tally.right}. */
  readonly right: MeanShare;
  /** Of {@linkcode Tally.rightAsOne}. */
  readonly rightAsOne: MeanShare;
  /** Of {@linkcode Tally.rightWhereSure}. */
  readonly rightWhereSure: MeanShare;
  /** Of all frames with a type that is not the label, on-sky confusion included. */
  readonly notRight: MeanShare;
}

/** Counts outcomes. */
export function tallyOf(judged: readonly Judged[]): Tally {
  const n = judged.length;
  const outcomes = judged.map(outcomeOf);
  const count = (outcome: Outcome) =>
    shareOf(outcomes.filter((one) => one === outcome).length, n);
  const right = count("right");
  const onSky = count("onSky");
  const soft =
    judged.filter(({ frame }, k) =>
      outcomes[k] === "onSky" && frame.confidence !== "high"
    ).length;
  return {
    n,
    right,
    onSky,
    wrong: count("wrong"),
    unknown: count("unknown"),
    errors: count("error"),
    rightAsOne: shareOf(right.hits + onSky.hits, n),
    rightWhereSure: shareOf(right.hits + soft, n),
  };
}

/**
 * Tallies of frames that have a name in common, in order of the names.
 *
 * @param nameOf The name; frames without one (`""`) come under `unnamed`.
 */
export function groupsOf(
  judged: readonly Judged[],
  nameOf: (one: Judged) => string,
): Group[] {
  return [...Map.groupBy(judged, (one) => nameOf(one) || "unnamed")]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, members]) => ({ name, ...tallyOf(members) }));
}

/** Means over groups. */
export function macroOf(groups: readonly Tally[]): Macro {
  const mean = (shareIn: (group: Tally) => Share) =>
    meanShare(groups.map(shareIn));
  return {
    right: mean(({ right }) => right),
    rightAsOne: mean(({ rightAsOne }) => rightAsOne),
    rightWhereSure: mean(({ rightWhereSure }) => rightWhereSure),
    notRight: mean(({ n, onSky, wrong }) =>
      shareOf(onSky.hits + wrong.hits, n)
    ),
  };
}
