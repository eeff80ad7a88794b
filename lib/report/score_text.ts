/**
 * A score as plain text.
 *
 * @module
 */
import type { Score, Tally } from "../train/score.ts";

/**
 * Lines of one score: the whole, then by type and by instrument, then every
 * frame that did not get its type.
 */
export function scoreText(title: string, score: Score): string {
  const lines = [
    title,
    row("all", score.all),
    row("standard = science", score.skyAsOne),
    `  ${"mean over instruments".padEnd(24)} ${percent(score.macro)}`,
    ...[...score.byType].map(([name, tally]) => row(name, tally)),
    ...[...score.byInstrument].map(([name, tally]) => row(name, tally)),
  ];
  if (score.other.n > 0) {
    lines.push(
      `  ${
        "other, left untyped".padEnd(24)
      } ${score.other.right}/${score.other.n}`,
    );
  }
  for (const { frame, verdict } of score.failures) {
    lines.push(
      `  ${frame.label} -> ${
        verdict.type ?? verdict.error?.code
      }: ${frame.path} ` +
        `(label confidence ${frame.confidence})`,
    );
  }
  return lines.join("\n") + "\n";
}

function row(
  name: string,
  { n, right, wrong, unknown, errors, interval }: Tally,
): string {
  const [low, high] = interval;
  return `  ${name.padEnd(24)} ${percent(n ? right / n : 0)} right ` +
    `(${right}/${n}; 95 % interval ${percent(low)} to ${percent(high)}), ` +
    `${wrong} wrong, ${unknown} unknown` +
    (errors > 0 ? `, ${errors} unreadable` : "");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
