import { assertEquals } from "@std/assert";
import { startNightMessages } from "../../lib/batch/live_output.ts";
import { createRow } from "../../lib/batch/rows.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import { computeStatistics } from "../../lib/preprocess/statistics.ts";
import { evenPlane } from "../tiny.ts";
import { makeVerdict } from "../verdicts.ts";

function row(type: FrameType) {
  const verdict = makeVerdict(`/night/${type}.fits`, { type });
  return createRow(verdict, { size: 1, modified: 0 });
}

/** Waits for the timers that are due. */
function runTimers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("frames that arrive together are judged together, and vanished ones are not waited for", async () => {
  const [notices, warnings]: [string[], string[]] = [[], []];
  using messages = startNightMessages({
    interval: 0,
    notice: (text) => notices.push(text),
    warn: (text) => warnings.push(text),
  });
  messages.schedule();
  messages.expect(3);
  messages.add(row("science"));
  await runTimers();
  messages.add(row("flat"));
  await runTimers();
  assertEquals([notices, warnings], [[], []]);
  messages.add(null);
  await runTimers();
  const missing = "missing: configuration A (science 1): no arc, no bias";
  assertEquals([notices, warnings], [[], [missing]]);

  messages.expect(2);
  messages.add(row("arc"));
  messages.add(row("bias"));
  assertEquals(messages.finish(), 0);
  const complete =
    "complete: configuration A (bias 1, arc 1, flat 1, science 1)";
  assertEquals([notices, warnings], [[complete], [missing]]);
});

Deno.test("a drift is a warning, and is reported once", () => {
  const [notices, warnings]: [string[], string[]] = [[], []];
  using messages = startNightMessages({
    notice: (text) => notices.push(text),
    warn: (text) => warnings.push(text),
  });
  messages.expect(5);
  for (let k = 0; k < 5; k++) {
    const verdict = makeVerdict(`/night/b${k}.fits`, { type: "bias" });
    const plane = evenPlane(700, 260, 1000 + 10 * k);
    const pixels = {
      ...verdict.pixels,
      statistics: computeStatistics(plane, 4),
    };
    messages.add(createRow({ ...verdict, pixels }, { size: 1, modified: k }));
    if (k === 3) messages.finish();
  }
  messages.finish();
  assertEquals([notices, warnings], [[], [
    "drift: 4 biases",
    "  level rises by 30 counts (7.5 × the noise)",
  ]]);
});
