/**
 * What an evaluation shows: scores with their names, in every format the same.
 *
 * @module
 */
import { outcomeOf } from "../../evaluation/judged.ts";
import { failed, type Score, score } from "../../evaluation/score.ts";
import { hasType, type Judged } from "../../evaluation/judged.ts";

/** Some frames and their score. */
export interface Section {
  /** Which frames. */
  readonly title: string;
  /** Their score. */
  readonly score: Score;
}

/** Scores of one or more sections of the same frames. */
export interface Evaluation {
  /** What was judged on what. */
  readonly title: string;
  /** What a reader must know before the numbers; may begin with `WARNING`. */
  readonly notes: readonly string[];
  /** The whole first, then parts of it. */
  readonly sections: readonly [Section, ...Section[]];
}

/** Parts of the frames under a name, the parts without a frame left out. */
export function evaluationOf(
  { title, notes, judged, parts = [] }: {
    readonly title: string;
    readonly notes: readonly string[];
    readonly judged: readonly Judged[];
    readonly parts?: readonly {
      readonly title: string;
      readonly judged: readonly Judged[];
    }[];
  },
): Evaluation {
  return {
    title,
    notes,
    sections: [
      { title: "All frames", score: score(judged) },
      ...parts
        .filter((part) => part.judged.length > 0)
        .map((part) => ({ title: part.title, score: score(part.judged) })),
    ],
  };
}

/**
 * Failures, the worst first: another type by falling probability, standard for
 * science and the reverse, a type where there is none, no type, unreadable.
 */
export function worstFirst(judged: readonly Judged[]): Judged[] {
  return judged.filter(failed).toSorted((a, b) =>
    rank(a) - rank(b) ||
    (b.verdict.probability ?? 0) - (a.verdict.probability ?? 0) ||
    (a.frame.path < b.frame.path ? -1 : 1)
  );
}

function rank(one: Judged): number {
  const outcome = outcomeOf(one);
  if (outcome === "error") return 4;
  if (!hasType(one)) return 2;
  return { wrong: 0, onSky: 1, right: 2, unknown: 3 }[outcome];
}
