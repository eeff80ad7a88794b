import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  REASONS,
  type Tally,
  vote,
  type VoteRule,
} from "../../lib/classify/vote.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";

const RULE: VoteRule = {
  classes: FRAME_TYPES,
  vote: { views: 4, majority: 0.75 },
  thresholds: { confidence: 0 },
};

/** Votes of views whose strangeness the network does not say. */
function voteOf(views: readonly (readonly number[])[], rule = RULE): Tally {
  return vote({
    probabilities: Float32Array.from(views.flat()),
    strangeness: null,
  }, rule);
}

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
    const { type, votes, confidence, reason, probabilities, strangeness } =
      voteOf(views);
    const winners = FRAME_TYPES.filter((_, k) =>
      views.map((view) => argmax([...Float32Array.from(view)])).filter((won) =>
        won === k
      ).length >= 0.75 * views.length
    );
    assertEquals(type, winners[0] ?? "unknown");
    assertEquals(reason, winners.length === 0 ? "views disagree" : null);
    assertEquals(strangeness, null);
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
      const one = voteOf(views), two = voteOf(shuffled);
      assertEquals([one.type, one.votes], [two.type, two.votes]);
      assertAlmostEquals(one.confidence, two.confidence, 1e-6);
    },
  ));
});

Deno.test("of four votes three are enough and two are not", () => {
  const arc = [0.9, 0.1], flat = [0.2, 0.8];
  const typeOf = (...views: number[][]) =>
    voteOf(views, { ...RULE, classes: ["arc", "flat"] }).type;
  assertEquals(typeOf(arc, arc, arc, flat), "arc");
  assertEquals(typeOf(arc, arc, flat, flat), "unknown");
  assertEquals(typeOf(arc, flat, flat, flat), "flat");
});

Deno.test("the reason is the first that holds, whatever else does", () => {
  const strange = fc.constantFrom(...[0, 1, 2, 3, 4, 5, 6, 7, 8]);
  fc.assert(fc.property(
    fc.array(fc.constantFrom([0.625, 0.375], [0.25, 0.75]), {
      minLength: 4,
      maxLength: 4,
    }),
    fc.array(strange.map((eighths) => eighths / 8), {
      minLength: 4,
      maxLength: 4,
    }),
    fc.constantFrom(0, 0.5, 0.7, 0.8),
    (views, strangenesses, confidence) => {
      const tally = vote({
        probabilities: Float32Array.from(views.flat()),
        strangeness: Float32Array.from(strangenesses),
      }, {
        classes: ["arc", "flat"],
        vote: { views: 4, majority: 0.75 },
        thresholds: { confidence, strangeness: 0.5 },
      });
      const mean = (values: number[]) => values.reduce((a, b) => a + b) / 4;
      const arcs = views.filter(([arc]) => arc! > 0.5).length;
      const winner = arcs >= 3 ? 0 : 1;
      const wanted = mean(strangenesses) > 0.5
        ? "unlike any spectral frame"
        : arcs === 2
        ? "views disagree"
        : mean(views.map((view) => view[winner]!)) < confidence
        ? "low confidence"
        : null;
      assertEquals(tally.reason, wanted);
      assertEquals(
        tally.type,
        wanted === null ? ["arc", "flat"][winner] : "unknown",
      );
      assertEquals(tally.strangeness, mean(strangenesses));
    },
  ));
});

Deno.test("each reason has its frame; none costs the votes", () => {
  const arc = [0.6, 0.4], flat = [0.4, 0.6];
  const reasonOf = (
    views: number[][],
    strangeness: number,
    confidence: number,
  ) => {
    const tally = vote({
      probabilities: Float32Array.from(views.flat()),
      strangeness: new Float32Array(views.length).fill(strangeness),
    }, {
      ...RULE,
      classes: ["arc", "flat"],
      thresholds: { confidence, strangeness: 0.5 },
    });
    return [tally.type, tally.reason, tally.votes];
  };
  const four = [arc, arc, arc, arc], split = [arc, arc, flat, flat];
  assertEquals(reasonOf(four, 0.5, 0.59), ["arc", null, { arc: 4 }]);
  assertEquals(reasonOf(four, 0.75, 0), ["unknown", REASONS[0], { arc: 4 }]);
  assertEquals(
    reasonOf(split, 0.25, 0),
    ["unknown", REASONS[1], { arc: 2, flat: 2 }],
  );
  assertEquals(reasonOf(four, 0.25, 0.61), ["unknown", REASONS[2], { arc: 4 }]);
  assertEquals(
    reasonOf(split, 0.75, 0.61),
    ["unknown", REASONS[0], { arc: 2, flat: 2 }],
  );
  assertEquals(REASONS, [
    "unlike any spectral frame",
    "views disagree",
    "low confidence",
  ]);
});

Deno.test("the confidence of an unknown frame is that of the likeliest type", () => {
  const views = new Array<number[]>(4).fill([0.4, 0.6]);
  const tally = voteOf(views, {
    ...RULE,
    classes: ["arc", "flat"],
    thresholds: { confidence: 0.61 },
  });
  assertAlmostEquals(tally.confidence, 0.6, 1e-6);
});
