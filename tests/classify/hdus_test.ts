import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  combineHdus,
  type HduVote,
  voteOnHdus,
} from "../../lib/classify/hdus.ts";
import { LIGHT } from "../../lib/classify/evidence.ts";
import { vote, type VoteRule } from "../../lib/classify/vote.ts";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import { measureDamage } from "../../lib/preprocess/damage.ts";
import fc from "../fast_check.ts";

const RULE: VoteRule = {
  classes: FRAME_TYPES,
  vote: { flips: 4, majority: 0.75 },
  thresholds: { probability: 0.4, ood: 0.1 },
};

type Shares = Partial<Record<FrameType, number>>;

interface Parts {
  readonly ood?: number;
  readonly noise?: number;
  readonly level?: number | null;
  readonly constant?: boolean;
}

/** Returns the votes of HDUs from 1 on whose four flips are alike. */
function makeVotes(
  ...hdus: readonly (readonly [FrameType | Shares, Parts?])[]
): HduVote[] {
  return hdus.map(([shares, parts = {}], k) => {
    const { ood = 0.001, noise = 4, level = 1000, constant = false } = parts;
    const given = typeof shares === "string" ? { [shares]: 0.999 } : shares;
    const rest = 1 - Object.values(given).reduce((sum, p) => sum + p, 0);
    const others = FRAME_TYPES.length - Object.keys(given).length;
    const flip = FRAME_TYPES.map((type) => given[type] ?? rest / others);
    const result = vote({
      probabilities: Float32Array.from([...flip, ...flip, ...flip, ...flip]),
      ood: new Float32Array(4).fill(ood),
    }, RULE);
    return { hdu: k + 1, name: `B${k}`, constant, noise, level, result };
  });
}

/** Combines votes; lists the HDUs that differ from the others beside an answer. */
function combine(
  votes: readonly HduVote[],
  answer?: FrameType | "unknown",
) {
  const { result, describe } = combineHdus(votes, RULE);
  const described = describe(answer ?? result.type);
  const differing = described.filter(({ differs }) => differs)
    .map(({ hdu }) => hdu);
  return { ...result, described, differing };
}

const [BIAS, FLAT, ARC] = [["bias"], ["flat"], ["arc"]] as const;

Deno.test("HDUs that agree have their common type, and none differs", () => {
  for (const type of FRAME_TYPES) {
    const votes = makeVotes([type], [type], [type]);
    const { reason, differing, ...result } = combine(votes);
    assertEquals([result.type, reason, differing], [type, null, []]);
    assertEquals(result.votes, { [type]: 12 });
    assertAlmostEquals(result.probability, 0.999, 1e-6);
  }
});

Deno.test("an HDU of another kind of light differs from the majority", () => {
  const leak = combine(makeVotes(BIAS, BIAS, BIAS, FLAT, BIAS, BIAS, BIAS));
  assertEquals([leak.type, leak.differing], ["bias", [4]]);
  const { hdu, name, type, probability } = leak.described[3]!;
  assertEquals([hdu, name, type], [4, "B3", "flat"]);
  assertAlmostEquals(probability, 0.999, 1e-6);
  const lamp = combine(makeVotes(ARC, ARC, FLAT, ARC));
  assertEquals([lamp.type, lamp.differing], ["arc", [3]]);
  assertAlmostEquals(lamp.probability, 0.999, 1e-6);
});

Deno.test("types of one kind of light do not differ", () => {
  const unlit = combine(makeVotes(["dark"], BIAS, BIAS, BIAS, BIAS));
  assertEquals([unlit.type, unlit.differing], ["bias", []]);
  const sky = combine(makeVotes(["standard"], ["science"], ["science"]));
  assertEquals([sky.type, sky.differing], ["science", []]);
});

Deno.test("unlit HDUs beside lit ones neither differ nor count", () => {
  for (const lit of ["arc", "flat", "science"] as const) {
    for (
      const hdus of [[[lit], BIAS], [BIAS, [lit], [lit], BIAS]] as const
    ) {
      const { type, differing, probability } = combine(makeVotes(...hdus));
      assertEquals([type, differing], [lit, []]);
      assertAlmostEquals(probability, 0.999, 1e-6);
    }
  }
});

Deno.test("other evidence decides whether the light of a minority belongs to the exposure", () => {
  const votes = makeVotes(BIAS, ARC, BIAS, BIAS);
  const alone = combine(votes);
  assertEquals([alone.type, alone.differing], ["bias", [2]]);
  assertAlmostEquals(alone.probabilities.arc!, 0.25, 1e-2);
  assertEquals(combine(votes, "arc").differing, []);
  assertEquals(combine(votes, "bias").differing, [2]);
});

Deno.test("lit HDUs that show different light differ although another one is unlit", () => {
  const { type, differing } = combine(makeVotes(ARC, ARC, ARC, FLAT, BIAS));
  assertEquals([type, differing], ["arc", [4]]);
});

Deno.test("an answer of another kind, as for twilight, makes no HDU differ", () => {
  const votes = makeVotes(["science"], ["science"], ["science"]);
  assertEquals(combine(votes, "flat").differing, []);
});

Deno.test("an HDU that is hardly surer of another light does not differ", () => {
  const doubtful = [{ science: 0.79, standard: 0.15, arc: 0.04 }] as const;
  const { type, differing } = combine(makeVotes(ARC, ARC, doubtful, ARC, ARC));
  assertEquals([type, differing], ["arc", []]);
});

Deno.test("an HDU that is out-of-distribution differs unless the others nearly are", () => {
  const wild = combine(
    makeVotes(BIAS, ["science", { ood: 0.99 }], BIAS, BIAS),
  );
  assertEquals([wild.type, wild.differing], ["bias", [2]]);
  assertEquals(wild.described[1]!.type, "unknown");
  assertAlmostEquals(wild.ood!, 0.001, 1e-6);
  const near = [0.06, 0.12, 0.05].map((ood) => ["bias", { ood }] as const);
  assertEquals(combine(makeVotes(...near)).differing, []);
  const images = [0.9, 0.95, 0.9].map((ood) => ["science", { ood }] as const);
  const { reason, differing } = combine(makeVotes(...images));
  assertEquals([reason, differing], ["out_of_distribution", []]);
});

Deno.test("a constant HDU differs from others, but not where all are constant", () => {
  const constant = ["bias", { constant: true, ood: 1 }] as const;
  const { type, differing, described } = combine(
    makeVotes(FLAT, constant, FLAT),
  );
  assertEquals([type, differing], ["flat", [2]]);
  assertEquals(described[1]!.flags, ["constant"]);
  const all = makeVotes(...Array(3).fill(["bias", { constant: true }]));
  assertEquals(combine(all).differing, []);
});

Deno.test("an unlit HDU of ten times the noise of the others differs", () => {
  const noisy = ["bias", { noise: 9000 }] as const;
  const { type, differing, described } = combine(
    makeVotes(BIAS, BIAS, noisy, BIAS),
  );
  assertEquals([type, differing], ["bias", [3]]);
  assertEquals(described[2]!.flags, ["noisy"]);
  const amplifiers = [3, 5, 12].map((noise) => ["bias", { noise }] as const);
  assertEquals(combine(makeVotes(...amplifiers)).differing, []);
  assertEquals(combine(makeVotes(BIAS, noisy)).differing, [2]);
  assertEquals(combine(makeVotes(ARC, noisy)).differing, [2]);
});

Deno.test("an unlit HDU of ten times the level of the others differs", () => {
  const offset = ["bias", { level: 21_000 }] as const;
  const { differing, described } = combine(
    makeVotes(BIAS, offset, BIAS),
  );
  assertEquals([differing, described[1]!.flags], [[2], ["offset"]]);
  const pedestals = [400, 1000, 3000].map((level) =>
    ["bias", { level }] as const
  );
  assertEquals(combine(makeVotes(...pedestals)).differing, []);
  const subtracted = [0.2, -0.1, 12].map((level) =>
    ["bias", { level }] as const
  );
  assertEquals(combine(makeVotes(...subtracted)).differing, []);
  const lit = ["flat", { level: 21_000 }] as const;
  assertEquals(combine(makeVotes(FLAT, lit, FLAT)).differing, []);
});

Deno.test("without a majority the type is unknown, and all HDUs of the minority differ", () => {
  const { type, reason, differing } = combine(
    makeVotes(ARC, ARC, ARC, FLAT, FLAT),
  );
  assertEquals([type, reason, differing], [
    "unknown",
    "flips_disagree",
    [4, 5],
  ]);
});

Deno.test("the order of the HDUs does not matter", () => {
  const hdu = fc.tuple(
    fc.constantFrom(...FRAME_TYPES),
    fc.record({
      ood: fc.constantFrom(0.001, 0.05, 0.9),
      noise: fc.constantFrom(3, 4, 400),
      level: fc.constantFrom(900, 1100, 60_000, null),
      constant: fc.boolean(),
    }),
  );
  fc.assert(fc.property(
    fc.array(hdu, { minLength: 2, maxLength: 6 }).chain((hdus) =>
      fc.tuple(
        fc.constant(hdus),
        fc.shuffledSubarray(hdus, { minLength: hdus.length }),
      )
    ),
    ([hdus, shuffled]) => {
      const [one, two] = [hdus, shuffled].map((list) =>
        combine(makeVotes(...list))
      );
      assertEquals(one!.votes, two!.votes);
      assertAlmostEquals(one!.ood!, two!.ood!, 1e-9);
      const sum = Object.values(one!.probabilities).reduce((a, b) => a + b);
      assertAlmostEquals(sum, 1, 1e-5);
      // All differ only where each has a fault of its own.
      const faults = new Set(one!.described.map(({ flags }) => flags.join()));
      assert(one!.differing.length < hdus.length || faults.size > 1);
    },
  ));
});

Deno.test("the vote on a single HDU is that of the paper", () => {
  const output = {
    probabilities: Float32Array.from(
      Array(4).fill([0.1, 0.1, 0.5, 0.1, 0.1, 0.1]).flat(),
    ),
    ood: new Float32Array(4),
  };
  const damage = measureDamage({
    width: 9,
    height: 9,
    pixels: new Uint16Array(81),
  });
  const hdu = { hdu: 2, name: null, damage, noise: null };
  const { result, describe } = voteOnHdus(output, [hdu], RULE);
  assertEquals(result, vote(output, RULE));
  assertEquals(describe("arc"), []);
});

Deno.test("the first kind of light is that without light", () => {
  assertEquals(LIGHT[0], ["bias", "dark"]);
});
