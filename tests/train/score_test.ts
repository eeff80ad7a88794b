import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Verdict } from "../../lib/classify/verdict.ts";
import type { LabelledFrame } from "../../lib/train/manifest.ts";
import { type Judged, score } from "../../lib/train/score.ts";
import { wilson } from "../../lib/train/wilson.ts";

function judged(
  label: LabelledFrame["label"],
  type: Verdict["type"],
  instrument = "kast",
): Judged {
  const frame: LabelledFrame = {
    path: "a.fits",
    label,
    instrument,
    night: "",
    split: "",
    hdu: undefined,
    confidence: "high",
  };
  const verdict: Verdict = {
    file: frame.path,
    type,
    confidence: 1,
    reason: type === "unknown" ? "views disagree" : null,
    votes: {},
    probabilities: {},
    strangeness: null,
    hdus: [0],
    header: null,
    agreement: "silent",
    model: "m@1",
    error: null,
  };
  return { frame, verdict };
}

Deno.test("score: right, wrong, unknown and unreadable are told apart", () => {
  const { all, failures } = score([
    judged("arc", "arc"),
    judged("arc", "flat"),
    judged("arc", "unknown"),
    judged("arc", null),
  ]);
  assertEquals([all.n, all.right, all.wrong, all.unknown, all.errors], [
    4,
    1,
    1,
    1,
    1,
  ]);
  assertEquals(failures.length, 3);
});

Deno.test("score: standard against science counts only where the two are one", () => {
  const { all, skyAsOne } = score([
    judged("standard", "science"),
    judged("science", "arc"),
  ]);
  assertEquals([all.right, skyAsOne.right], [0, 1]);
});

Deno.test("score: the mean over instruments weighs each the same", () => {
  const { macro } = score([
    judged("arc", "arc", "a"),
    judged("arc", "arc", "a"),
    judged("arc", "arc", "a"),
    judged("arc", "flat", "b"),
  ]);
  assertEquals(macro, 0.5);
});

Deno.test("score: frames labelled other are right without a type, and stay out of the rest", () => {
  const { all, other } = score([
    judged("other", "unknown"),
    judged("other", "flat"),
  ]);
  assertEquals([all.n, other.n, other.right], [0, 2, 1]);
});

Deno.test("wilson: the closed form agrees with the definition", () => {
  for (const [hits, n] of [[0, 10], [10, 10], [3, 17], [618, 626]] as const) {
    for (const limit of wilson(hits, n)) {
      // At a limit p, |hits/n - p| is z standard deviations of a proportion p.
      const deviation = Math.abs(hits / n - limit);
      assertAlmostEquals(
        deviation,
        1.96 * Math.sqrt(limit * (1 - limit) / n),
        1e-9,
      );
    }
  }
});
