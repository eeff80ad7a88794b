import { assertAlmostEquals, assertEquals } from "@std/assert";
import { runModel } from "../../lib/classify/classify_inputs.ts";
import { type ModelCard, parseModelCard } from "../../lib/model/model_card.ts";
import type { Model } from "../../lib/model/open_model.ts";
import { FEATURES } from "../../lib/preprocess/features.ts";
import { WARY } from "../tiny.ts";

const FLIP = 210 * 650;

/** A model whose output is the first pixel of each flip, and the number of flips of each run. */
function echoModel(vote: ModelCard["vote"]): Model & { counts: number[] } {
  const card = {
    ...parseModelCard(Deno.readTextFileSync(WARY), WARY),
    vote,
    temperature: 1,
  };
  const counts: number[] = [];
  const release = () => Promise.resolve();
  return {
    card,
    counts,
    device: "cpu",
    run(flips, features, count) {
      counts.push(count);
      assertEquals(flips.length, count * FLIP);
      assertEquals(features?.length, count * FEATURES.length);
      const probabilities = new Float32Array(count * card.classes.length);
      const ood = new Float32Array(count);
      for (let flip = 0; flip < count; flip++) {
        const value = flips[flip * FLIP]! / 100;
        probabilities[flip * card.classes.length] = value;
        probabilities[flip * card.classes.length + 1] = 1 - value;
        ood[flip] = value;
      }
      return Promise.resolve({ probabilities, ood });
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Two HDUs, each with its own flips, whose first pixels are 10, 20, 30… */
function twoHdus(flips: number) {
  return [0, 1].map((hdu) => {
    const inputs = {
      flips: new Uint8Array(flips * FLIP),
      features: new Float32Array(FEATURES.length),
    };
    for (let k = 0; k < flips; k++) {
      inputs.flips[k * FLIP] = 10 * (hdu * flips + k + 1);
    }
    return inputs;
  });
}

function assertClose(found: Float32Array, wanted: number[]) {
  assertEquals(found.length, wanted.length);
  wanted.forEach((value, flip) =>
    assertAlmostEquals(found[flip]!, value, 1e-6)
  );
}

Deno.test("every flip of every HDU is run, one HDU at a time", async () => {
  const model = echoModel({ flips: 4, majority: 0.75 });
  const { ood } = await runModel(model, twoHdus(4));
  assertEquals(model.counts, [4, 4]);
  assertClose(ood!, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
});

Deno.test("the output for a single flip is repeated for all four", async () => {
  const model = echoModel({ flips: 4, majority: 0.75, flip_invariant: true });
  const { ood, probabilities } = await runModel(model, twoHdus(1));
  assertEquals(model.counts, [1, 1]);
  const wanted = [0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2];
  assertClose(ood!, wanted);
  const width = model.card.classes.length;
  assertClose(probabilities.filter((_, k) => k % width === 0), wanted);
});
