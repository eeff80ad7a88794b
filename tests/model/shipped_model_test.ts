import { assertAlmostEquals, assertNotEquals } from "@std/assert";
import { openModel } from "../../lib/model/open_model.ts";
import { FLIPS, makeFlips } from "../../lib/preprocess/flips.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import { computeFeatures } from "../../lib/preprocess/features.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

// The card states it as `vote.flip_invariant`, and three of four passes are omitted.
Deno.test("spit-compact gives the same output for the four flips of a frame, and another for other frames", async () => {
  await using model = await openModel("spit-compact", "cpu");
  const width = model.card.classes.length;
  const first: Float32Array[] = [];
  for (const type of ["arc", "science", "bias"] as const) {
    const { plane } = simulateFrame({ seed: 11, type });
    const features = computeFeatures(plane);
    const { probabilities } = await model.run(
      makeFlips(preprocess(plane).pixels),
      Float32Array.from(
        { length: FLIPS * features.length },
        (_, k) => features[k % features.length]!,
      ),
      FLIPS,
    );
    for (let flip = 1; flip < FLIPS; flip++) {
      for (let k = 0; k < width; k++) {
        assertAlmostEquals(
          probabilities[flip * width + k]!,
          probabilities[k]!,
          1e-4,
        );
      }
    }
    first.push(probabilities.slice(0, width));
  }
  assertNotEquals(first[0], first[1]);
  assertNotEquals(first[1], first[2]);
});
