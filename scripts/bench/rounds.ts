/**
 * Contenders measured in turn: A B C, A B C, …, so that a machine that drifts
 * drifts for all of them alike.
 *
 * @module
 */
import { ratiosOf, type Spread, spreadOf } from "./summary.ts";

/** What one measurement gives: quantities, their units in their names. */
export type Sample = Readonly<Record<string, number>>;

/** Something that can be measured again and again. */
export interface Contender {
  /** What it is, unique. */
  readonly name: string;
  /** The table in which it stands. */
  readonly section: string;
  /** Rounds after which it is left out, for what takes long. Default: all. */
  readonly rounds?: number;
  /** One measurement. */
  measure(): Promise<Sample>;
}

/** Samples of each contender, one a round. */
export type Rounds = ReadonlyMap<string, readonly Sample[]>;

/** One quantity of one contender. */
export type Quantity = readonly [contender: string, quantity: string];

/** Measures all contenders in turn, as many rounds as asked for. */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
  progress: (message: string) => void,
): Promise<Rounds> {
  const samples = new Map<string, Sample[]>(
    contenders.map(({ name }) => [name, []]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { name, rounds: own = rounds, measure } of contenders) {
      if (round >= own) continue;
      progress(`run ${round + 1} of ${rounds}: ${name}`);
      samples.get(name)!.push(await measure());
    }
  }
  return samples;
}

/** A quantity in each round; `undefined` where it was not measured. */
export function valuesOf(
  rounds: Rounds,
  [contender, quantity]: Quantity,
): (number | undefined)[] {
  return (rounds.get(contender) ?? []).map((sample) => sample[quantity]);
}

/** Median and quartiles of a quantity; `null` where nothing was measured. */
export function spreadIn(rounds: Rounds, quantity: Quantity): Spread | null {
  return spreadOf(
    valuesOf(rounds, quantity).filter((value) => value !== undefined),
  );
}

/** Median and quartiles of all that was measured. */
export function summaryOf(
  rounds: Rounds,
): Record<string, Record<string, Spread | null>> {
  return Object.fromEntries([...rounds].map(([name, samples]) => {
    const quantities = new Set(samples.flatMap(Object.keys));
    return [
      name,
      Object.fromEntries(
        [...quantities].map((one) => [one, spreadIn(rounds, [name, one])]),
      ),
    ];
  }));
}

/** Median and quartiles of the ratios within the rounds. */
export function ratioIn(
  rounds: Rounds,
  above: Quantity,
  below: Quantity,
): Spread | null {
  return spreadOf(ratiosOf(valuesOf(rounds, above), valuesOf(rounds, below)));
}
