import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { vote } from "../../lib/classify/vote.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";

const RULE = { majority: 0.75, confidence: 0 };

/** Views as lists of probabilities, one for each type, four views for each HDU. */
const someViews = fc.integer({ min: 1, max: 5 }).chain((hdus) =>
  fc.array(
    fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 6, maxLength: 6 })
      .map((weights) =>
        weights.map((w) => w / weights.reduce((a, b) => a + b))
      ),
    { minLength: 4 * hdus, maxLength: 4 * hdus },
  )
);

function argmax(view: readonly number[]): number {
  return view.indexOf(Math.max(...view));
}

Deno.test("a type wins with three quarters of the votes, and only then", () => {
  fc.assert(fc.property(someViews, (views) => {
    const { type, votes, confidence, probabilities } = vote(
      Float32Array.from(views.flat()),
      FRAME_TYPES,
      RULE,
    );
    const winners = FRAME_TYPES.filter((_, k) =>
      views.map((view) => argmax([...Float32Array.from(view)])).filter((won) =>
        won === k
      ).length >= 0.75 * views.length
    );
    assertEquals(type, winners[0] ?? "unknown");
    assertEquals(Object.values(votes).reduce((a, b) => a + b), views.length);
    assertAlmostEquals(
      Object.values(probabilities).reduce((a, b) => a + b),
      1,
      1e-5,
    );
    assertEquals(
      confidence,
      type === "unknown"
        ? Math.max(...Object.values(probabilities))
        : probabilities[type],
    );
  }));
});

Deno.test("the order of the views does not matter", () => {
  fc.assert(fc.property(
    someViews.chain((views) =>
      fc.tuple(
        fc.constant(views),
        fc.shuffledSubarray(views, { minLength: views.length }),
      )
    ),
    ([views, shuffled]) => {
      const one = vote(Float32Array.from(views.flat()), FRAME_TYPES, RULE);
      const two = vote(Float32Array.from(shuffled.flat()), FRAME_TYPES, RULE);
      assertEquals([one.type, one.votes], [two.type, two.votes]);
      assertAlmostEquals(one.confidence, two.confidence, 1e-6);
    },
  ));
});

Deno.test("of four votes three are enough and two are not", () => {
  const arc = [0.9, 0.1], flat = [0.2, 0.8];
  const typeOf = (...views: number[][]) =>
    vote(Float32Array.from(views.flat()), ["arc", "flat"], RULE).type;
  assertEquals(typeOf(arc, arc, arc, flat), "arc");
  assertEquals(typeOf(arc, arc, flat, flat), "unknown");
  assertEquals(typeOf(arc, flat, flat, flat), "flat");
});

Deno.test("a type of too little confidence is unknown, its votes stay", () => {
  const views = Float32Array.of(0.6, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6, 0.4);
  const tally = vote(views, ["arc", "flat"], {
    majority: 0.75,
    confidence: 0.61,
  });
  assertEquals([tally.type, tally.votes], ["unknown", { arc: 4 }]);
  assertAlmostEquals(tally.confidence, 0.6, 1e-6);
});
