/**
 * The features of a benchmark: medians, quartiles, ratios, straight lines.
 *
 * @module
 */

/** The middle of some runs, and how far apart they lie. */
export interface Spread {
  /** Half of the runs are below. */
  readonly median: number;
  /** A quarter of the runs is below. */
  readonly lower: number;
  /** A quarter of the runs is above. */
  readonly upper: number;
  /** How many runs. */
  readonly runs: number;
}

/** Median and quartiles; `null` of nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    runs: sorted.length,
  };
}

/** The value below which a share of sorted values lies, linear between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** Mean; of nothing it is no number. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Ratios within each run, so that what slows a run down slows both sides of it.
 * A run that lacks either side is left out.
 */
export function ratiosOf(
  above: readonly (number | undefined)[],
  below: readonly (number | undefined)[],
): number[] {
  return above.flatMap((value, run) => {
    const other = below[run];
    return value === undefined || other === undefined || !(other > 0)
      ? []
      : [value / other];
  });
}

/** A straight line through points, by least squares. */
export interface Line {
  /** Growth of y with x. */
  readonly slope: number;
  /** y at x = 0. */
  readonly intercept: number;
  /** Share of the variance of y that the line explains, 0 to 1. */
  readonly rSquared: number;
  /** Largest distance of a point from the line, as a share of the mean of y. */
  readonly worst: number;
}

/** Fits a line; `null` where fewer than three points, or one x, leave nothing to judge. */
export function fitLine(
  points: readonly (readonly [x: number, y: number])[],
): Line | null {
  if (points.length < 3) return null;
  const meanX = meanOf(points.map(([x]) => x));
  const meanY = meanOf(points.map(([, y]) => y));
  const sum = (term: (x: number, y: number) => number) =>
    points.reduce((all, [x, y]) => all + term(x - meanX, y - meanY), 0);
  const spreadX = sum((x) => x * x);
  if (spreadX === 0) return null;
  const slope = sum((x, y) => x * y) / spreadX;
  const intercept = meanY - slope * meanX;
  const spreadY = sum((_, y) => y * y);
  const rest = sum((x, y) => (y - slope * x) ** 2);
  return {
    slope,
    intercept,
    rSquared: spreadY === 0 ? 1 : 1 - rest / spreadY,
    worst: Math.max(
      ...points.map(([x, y]) => Math.abs(y - intercept - slope * x)),
    ) / meanY,
  };
}
