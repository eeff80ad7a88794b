/**
 * A score as plain text.
 *
 * @module
 */
import type { Score, Tally } from "../train/score.ts";

/** Lines of one score: the whole, then by type and by instrument. */
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
  return lines.join("\n") + "\n";
}

/** A line for every frame that did not get its type. */
export function failuresText({ failures }: Score): string {
  const lines = failures.map(({ frame, verdict }) =>
    `  ${frame.label} -> ${verdict.type ?? verdict.error?.code}: ` +
    `${frame.path} (label confidence ${frame.confidence})`
  );
  return ["Not right", ...lines].join("\n") + "\n";
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
