import { assertAlmostEquals, assertNotEquals } from "@std/assert";
import { openModel } from "../../lib/model/open_model.ts";
import { VIEWS, views } from "../../lib/preprocess/flips.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import { frameStatistics } from "../../lib/preprocess/features.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

// The card claims it (`vote.alike`), and spares three passes of four by it.
Deno.test("spit-compact: the four views of a frame get the same answer, other frames another", async () => {
  await using model = await openModel("spit-compact", "cpu");
  const width = model.card.classes.length;
  const first: Float32Array[] = [];
  for (const type of ["arc", "science", "bias"] as const) {
    const { plane } = simulateFrame({ seed: 11, type });
    const statistics = frameStatistics(plane);
    const { probabilities } = await model.run(
      views(preprocess(plane).pixels),
      Float32Array.from(
        { length: VIEWS * statistics.length },
        (_, k) => statistics[k % statistics.length]!,
      ),
      VIEWS,
    );
    for (let view = 1; view < VIEWS; view++) {
      for (let k = 0; k < width; k++) {
        assertAlmostEquals(
          probabilities[view * width + k]!,
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
