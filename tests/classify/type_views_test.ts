import { assertAlmostEquals, assertEquals } from "@std/assert";
import { classifyInputs } from "../../lib/classify/classify_inputs.ts";
import { type ModelCard, parseModelCard } from "../../lib/model/model_card.ts";
import type { Model } from "../../lib/model/open_model.ts";
import { FEATURES } from "../../lib/preprocess/features.ts";
import { WARY } from "../tiny.ts";

const FLIP = 210 * 650;

/** A network that says of a flip what its first pixel is, and notes how many it is asked about. */
function echo(vote: ModelCard["vote"]): Model & { asked: number[] } {
  const card = {
    ...parseModelCard(Deno.readTextFileSync(WARY), WARY),
    vote,
    temperature: 1,
  };
  const asked: number[] = [];
  const release = () => Promise.resolve();
  return {
    card,
    asked,
    device: "cpu",
    run(flips, features, count) {
      asked.push(count);
      assertEquals(flips.length, count * FLIP);
      assertEquals(features?.length, count * FEATURES.length);
      const probabilities = new Float32Array(count * card.classes.length);
      const ood = new Float32Array(count);
      for (let flip = 0; flip < count; flip++) {
        const said = flips[flip * FLIP]! / 100;
        probabilities[flip * card.classes.length] = said;
        probabilities[flip * card.classes.length + 1] = 1 - said;
        ood[flip] = said;
      }
      return Promise.resolve({ probabilities, ood });
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Two HDUs of so many flips, of which each begins with another value. */
function twoHdus(each: number): [Uint8Array, Float32Array] {
  const flips = new Uint8Array(2 * each * FLIP);
  for (let k = 0; k < 2 * each; k++) flips[k * FLIP] = 10 * (k + 1);
  return [flips, new Float32Array(2 * FEATURES.length)];
}

function assertSaid(found: Float32Array, wanted: number[]) {
  assertEquals(found.length, wanted.length);
  wanted.forEach((said, flip) => assertAlmostEquals(found[flip]!, said, 1e-6));
}

Deno.test("every flip of every HDU is asked about, one HDU at a time", async () => {
  const model = echo({ flips: 4, majority: 0.75 });
  const { ood } = await classifyInputs(model, ...twoHdus(4));
  assertEquals(model.asked, [4, 4]);
  assertSaid(ood!, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
});

Deno.test("of a network that no flip changes one flip is taken and run, and stands for all of its HDU", async () => {
  const model = echo({ flips: 4, majority: 0.75, flip_invariant: true });
  const { ood, probabilities } = await classifyInputs(model, ...twoHdus(1));
  assertEquals(model.asked, [1, 1]);
  const wanted = [0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2];
  assertSaid(ood!, wanted);
  const width = model.card.classes.length;
  assertSaid(probabilities.filter((_, k) => k % width === 0), wanted);
});
