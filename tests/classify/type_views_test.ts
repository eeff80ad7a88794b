import { assertAlmostEquals, assertEquals } from "@std/assert";
import { typeViews } from "../../lib/classify/classify_inputs.ts";
import { type ModelCard, parseCard } from "../../lib/model/card.ts";
import type { Model } from "../../lib/model/open_model.ts";
import { STATISTICS } from "../../lib/preprocess/features.ts";
import { WARY } from "../tiny.ts";

const VIEW = 210 * 650;

/** A network that says of a view what its first pixel is, and notes how many it is asked about. */
function echo(vote: ModelCard["vote"]): Model & { asked: number[] } {
  const card = {
    ...parseCard(Deno.readTextFileSync(WARY), WARY),
    vote,
    temperature: 1,
  };
  const asked: number[] = [];
  const release = () => Promise.resolve();
  return {
    card,
    asked,
    device: "cpu",
    run(views, statistics, count) {
      asked.push(count);
      assertEquals(views.length, count * VIEW);
      assertEquals(statistics?.length, count * STATISTICS.length);
      const probabilities = new Float32Array(count * card.classes.length);
      const strangeness = new Float32Array(count);
      for (let view = 0; view < count; view++) {
        const said = views[view * VIEW]! / 100;
        probabilities[view * card.classes.length] = said;
        probabilities[view * card.classes.length + 1] = 1 - said;
        strangeness[view] = said;
      }
      return Promise.resolve({ probabilities, strangeness });
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Two HDUs of so many views, of which each begins with another value. */
function twoHdus(each: number): [Uint8Array, Float32Array] {
  const views = new Uint8Array(2 * each * VIEW);
  for (let k = 0; k < 2 * each; k++) views[k * VIEW] = 10 * (k + 1);
  return [views, new Float32Array(2 * STATISTICS.length)];
}

function assertSaid(found: Float32Array, wanted: number[]) {
  assertEquals(found.length, wanted.length);
  wanted.forEach((said, view) => assertAlmostEquals(found[view]!, said, 1e-6));
}

Deno.test("every view of every HDU is asked about, one HDU at a time", async () => {
  const model = echo({ views: 4, majority: 0.75 });
  const { strangeness } = await typeViews(model, ...twoHdus(4));
  assertEquals(model.asked, [4, 4]);
  assertSaid(strangeness!, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
});

Deno.test("of a network that no flip changes one view is taken and run, and stands for all of its HDU", async () => {
  const model = echo({ views: 4, majority: 0.75, alike: true });
  const { strangeness, probabilities } = await typeViews(model, ...twoHdus(1));
  assertEquals(model.asked, [1, 1]);
  const wanted = [0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2];
  assertSaid(strangeness!, wanted);
  const width = model.card.classes.length;
  assertSaid(probabilities.filter((_, k) => k % width === 0), wanted);
});
