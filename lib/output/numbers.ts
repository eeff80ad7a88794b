/**
 * Shares as a person reads them.
 *
 * @module
 */
import type { MeanShare, Share } from "../evaluation/share.ts";

/** `77.5 %`; a dash for a share of nothing. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? "–" : `${(100 * share).toFixed(digits)} %`;
}

/** `69.6 to 83.9 %`. */
export function intervalText([low, high]: readonly [number, number]): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
}

/** `77.5 % (100/129; 95 % interval 69.6 to 83.9 %)`. */
export function shareText({ hits, n, share, interval }: Share): string {
  return `${percent(share)} (${hits}/${n}; 95 % interval ${
    intervalText(interval)
  })`;
}

/** `77.5 % (12 instruments, 129 frames; 95 % interval 69.6 to 83.9 %)`. */
export function meanText(
  { groups, n, mean, interval }: MeanShare,
  noun: string,
): string {
  const counted = groups === 1 ? noun.replace(/s$/, "") : noun;
  return `${percent(mean)} (${groups} ${counted}, ${n} frames; ` +
    `95 % interval ${intervalText(interval)})`;
}
