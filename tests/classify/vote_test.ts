import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  calibrate,
  vote,
  type VoteResult,
  type VoteRule,
} from "../../lib/classify/vote.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";

const RULE: VoteRule = {
  classes: FRAME_TYPES,
  vote: { flips: 4, majority: 0.75 },
  thresholds: { probability: 0 },
};

/** Counts the votes of flips without an out-of-distribution score. */
function voteOn(
  flips: readonly (readonly number[])[],
  rule = RULE,
): VoteResult {
  return vote({
    probabilities: Float32Array.from(flips.flat()),
    ood: null,
  }, rule);
}

/** Flips as lists of probabilities, one for each type, four flips for each HDU. */
const someFlips = fc.integer({ min: 1, max: 5 }).chain((hdus) =>
  fc.array(
    fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 6, maxLength: 6 })
      .map((weights) =>
        weights.map((w) => w / weights.reduce((a, b) => a + b))
      ),
    { minLength: 4 * hdus, maxLength: 4 * hdus },
  )
);

function argmax(flip: readonly number[]): number {
  return flip.indexOf(Math.max(...flip));
}

Deno.test("a type wins with three quarters of the votes, and only then", () => {
  fc.assert(fc.property(someFlips, (flips) => {
    const { type, votes, probability, reason, probabilities, ood } = voteOn(
      flips,
    );
    const winners = FRAME_TYPES.filter((_, k) =>
      flips.map((flip) => argmax([...Float32Array.from(flip)])).filter((won) =>
        won === k
      ).length >= 0.75 * flips.length
    );
    assertEquals(type, winners[0] ?? "unknown");
    assertEquals(reason, winners.length === 0 ? "flips_disagree" : null);
    assertEquals(ood, null);
    assertEquals(Object.values(votes).reduce((a, b) => a + b), flips.length);
    assertAlmostEquals(
      Object.values(probabilities).reduce((a, b) => a + b),
      1,
      1e-5,
    );
    assertEquals(
      probability,
      type === "unknown"
        ? Math.max(...Object.values(probabilities))
        : probabilities[type],
    );
  }));
});

Deno.test("the order of the flips does not matter", () => {
  fc.assert(fc.property(
    someFlips.chain((flips) =>
      fc.tuple(
        fc.constant(flips),
        fc.shuffledSubarray(flips, { minLength: flips.length }),
      )
    ),
    ([flips, shuffled]) => {
      const one = voteOn(flips), two = voteOn(shuffled);
      assertEquals([one.type, one.votes], [two.type, two.votes]);
      assertAlmostEquals(one.probability, two.probability, 1e-6);
    },
  ));
});

Deno.test("of four votes three are enough and two are not", () => {
  const arc = [0.9, 0.1], flat = [0.2, 0.8];
  const typeOf = (...flips: number[][]) =>
    voteOn(flips, { ...RULE, classes: ["arc", "flat"] }).type;
  assertEquals(typeOf(arc, arc, arc, flat), "arc");
  assertEquals(typeOf(arc, arc, flat, flat), "unknown");
  assertEquals(typeOf(arc, flat, flat, flat), "flat");
});

Deno.test("the reason is the first test that fails", () => {
  const eighths = fc.integer({ min: 0, max: 8 });
  fc.assert(fc.property(
    fc.array(fc.constantFrom([0.625, 0.375], [0.25, 0.75]), {
      minLength: 4,
      maxLength: 4,
    }),
    fc.array(eighths.map((n) => n / 8), {
      minLength: 4,
      maxLength: 4,
    }),
    fc.constantFrom(0, 0.5, 0.7, 0.8),
    (flips, oodScores, probability) => {
      const result = vote({
        probabilities: Float32Array.from(flips.flat()),
        ood: Float32Array.from(oodScores),
      }, {
        classes: ["arc", "flat"],
        vote: { flips: 4, majority: 0.75 },
        thresholds: { probability, ood: 0.5 },
      });
      const mean = (values: number[]) => values.reduce((a, b) => a + b) / 4;
      const arcs = flips.filter(([arc]) => arc! > 0.5).length;
      const winner = arcs >= 3 ? 0 : 1;
      const wanted = mean(oodScores) > 0.5
        ? "out_of_distribution"
        : arcs === 2
        ? "flips_disagree"
        : mean(flips.map((flip) => flip[winner]!)) < probability
        ? "low_probability"
        : null;
      assertEquals(result.reason, wanted);
      assertEquals(
        result.type,
        wanted === null ? ["arc", "flat"][winner] : "unknown",
      );
      assertEquals(result.ood, mean(oodScores));
    },
  ));
});

Deno.test("each reason can occur, and the votes are counted with all of them", () => {
  const arc = [0.6, 0.4], flat = [0.4, 0.6];
  const classify = (
    flips: number[][],
    ood: number,
    probability: number,
  ) => {
    const result = vote({
      probabilities: Float32Array.from(flips.flat()),
      ood: new Float32Array(flips.length).fill(ood),
    }, {
      ...RULE,
      classes: ["arc", "flat"],
      thresholds: { probability, ood: 0.5 },
    });
    return [result.type, result.reason, result.votes];
  };
  const four = [arc, arc, arc, arc], split = [arc, arc, flat, flat];
  assertEquals(classify(four, 0.5, 0.59), ["arc", null, { arc: 4 }]);
  assertEquals(classify(four, 0.75, 0), ["unknown", "out_of_distribution", {
    arc: 4,
  }]);
  assertEquals(
    classify(split, 0.25, 0),
    ["unknown", "flips_disagree", { arc: 2, flat: 2 }],
  );
  assertEquals(classify(four, 0.25, 0.61), ["unknown", "low_probability", {
    arc: 4,
  }]);
  assertEquals(
    classify(split, 0.75, 0.61),
    ["unknown", "out_of_distribution", { arc: 2, flat: 2 }],
  );
});

Deno.test("the probability of an unknown frame is that of the likeliest type", () => {
  const flips = new Array<number[]>(4).fill([0.4, 0.6]);
  const result = voteOn(flips, {
    ...RULE,
    classes: ["arc", "flat"],
    thresholds: { probability: 0.61 },
  });
  assertAlmostEquals(result.probability, 0.6, 1e-6);
});

function softmax(logits: readonly number[], temperature: number): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((z) => Math.exp((z - largest) / temperature));
  return powers.map((p) => p / powers.reduce((a, b) => a + b));
}

Deno.test("calibrated probabilities are the softmax of the logits over the temperature", () => {
  const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), {
    minLength: 5,
    maxLength: 5,
  });
  fc.assert(fc.property(
    fc.array(logits, { minLength: 1, maxLength: 4 }),
    fc.double({ min: 0.25, max: 8, noNaN: true }),
    (flips, temperature) => {
      const found = calibrate(
        Float32Array.from(flips.flatMap((z) => softmax(z, 1))),
        5,
        temperature,
      );
      const wanted = flips.flatMap((z) => softmax(z, temperature));
      wanted.forEach((p, k) => assertAlmostEquals(found[k]!, p, 1e-4));
    },
  ));
});

Deno.test("calibration leaves probabilities of 0 and 1, at any temperature", () => {
  for (const temperature of [0.01, 1, 100]) {
    assertEquals(
      calibrate(Float32Array.of(0, 1, 0), 3, temperature),
      Float32Array.of(0, 1, 0),
    );
  }
});
