import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  type AnswerOptions,
  combineEvidence,
  LIGHT,
} from "../../lib/classify/evidence.ts";
import type { VoteResult } from "../../lib/classify/vote.ts";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import type { HeaderClaim } from "../../lib/header/claim.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import { SUBTYPES } from "../../lib/header/subtype.ts";
import { NO_LOG } from "../no_log.ts";
import { NO_CLAIM } from "../verdicts.ts";

const WEIGHTS = { between: 1.4, within: 0.5, margin: 0.1 };

type Probabilities = Partial<Record<FrameType, number>>;

/** A pixel verdict with these probabilities; the rest is spread over the other types. */
function see(
  given: Probabilities,
  { reason = null }: Partial<Pick<VoteResult, "reason">> = {},
): VoteResult {
  const rest = 1 - Object.values(given).reduce((sum, p) => sum + p, 0);
  const others = FRAME_TYPES.filter((type) => given[type] === undefined);
  const probabilities = Object.fromEntries(
    FRAME_TYPES.map((type) => [type, given[type] ?? rest / others.length]),
  ) as Record<FrameType, number>;
  const [type] = FRAME_TYPES.toSorted((one, other) =>
    probabilities[other] - probabilities[one]
  );
  return {
    type: reason === null ? type! : "unknown",
    probability: probabilities[type!],
    probabilities,
    votes: { [type!]: 4 },
    ood: 0,
    reason,
  };
}

function claim(
  type: HeaderClaim["type"],
  rest: Partial<HeaderClaim> = {},
): HeaderClaim {
  return { ...NO_CLAIM, type, evidence: `OBSTYPE=${type}`, ...rest };
}

function decide(
  vote: VoteResult,
  header: HeaderClaim = NO_CLAIM,
  log: Partial<LogEntry> = {},
  options: AnswerOptions = {},
) {
  return combineEvidence(vote, header, { ...NO_LOG, ...log }, WEIGHTS, options);
}

/** Type, what decided, agreement and use in one line. */
function summarize(answer: ReturnType<typeof decide>): string {
  const { type, decided_by, reason, agreement, use } = answer;
  const by = reason ?? decided_by.join("+");
  return `${type} (${by}) ${agreement}${use ? "" : ", not used"}`;
}

const STANDARD = {
  name: "Feige 34",
  matched: ["position", "name"],
  separation: 3,
} as const;

Deno.test("confident pixels decide alone, and no header overturns them", () => {
  const arc = see({ arc: 0.96 });
  assertEquals(summarize(decide(arc)), "arc (pixels) silent");
  assertEquals(summarize(decide(arc, claim("arc"))), "arc (pixels) agree");
  for (const type of ["bias", "dark", "flat", "science", "standard"] as const) {
    assertEquals(
      summarize(decide(arc, claim(type), { exposure: 1200 })),
      "arc (pixels) conflict, not used",
    );
  }
});

Deno.test("a claim decides between kinds of light that the pixels leave open", () => {
  const open = see({ science: 0.6, arc: 0.3 });
  assertEquals(summarize(decide(open)), "science (pixels) silent");
  assertEquals(summarize(decide(open, claim("arc"))), "arc (header) agree");
  assertEquals(
    summarize(decide(open, claim("science"))),
    "science (pixels+header) agree",
  );
  // The flat is not open.
  assertEquals(
    summarize(decide(open, claim("flat"))),
    "science (pixels) conflict, not used",
  );
});

Deno.test("the exposure time tells a bias from a dark", () => {
  const unlit = see({ bias: 0.6, dark: 0.38 });
  const decideAfter = (exposure: number | null) =>
    decide(unlit, NO_CLAIM, { exposure });
  assertEquals(summarize(decideAfter(null)), "bias (pixels) silent");
  assertEquals(summarize(decideAfter(0)), "bias (pixels+exposure) silent");
  assertEquals(decideAfter(0).probabilities.dark, 0);
  for (const exposure of [1, 30, 1200]) {
    assertEquals(
      summarize(decideAfter(exposure)),
      "dark (pixels+exposure) silent",
    );
  }
});

Deno.test("a claim of bias or dark is a conflict only if the exposure contradicts it", () => {
  const unlit = see({ bias: 0.9, dark: 0.08 });
  const compare = (type: FrameType, exposure: number | null) =>
    summarize(decide(unlit, claim(type), { exposure }));
  assertEquals(compare("dark", null), "dark (pixels+header) agree");
  assertEquals(compare("dark", 5), "dark (pixels+exposure+header) agree");
  assertEquals(compare("bias", 0), "bias (pixels+exposure+header) agree");
  assertEquals(compare("dark", 0), "bias (pixels+exposure) conflict, not used");
});

Deno.test("the target tells a standard from a science frame", () => {
  const star = see({ standard: 0.83, science: 0.15 });
  const target = { target: "Feige 34" };
  const matched = { standard: STANDARD };
  assertEquals(
    summarize(decide(star, claim("science", matched), target)),
    "standard (pixels+target) agree",
  );
  assertEquals(
    summarize(decide(star, claim("science"), { target: "SN 2018oh" })),
    "science (pixels+target) agree",
  );
  assertEquals(
    summarize(decide(star, claim("standard"), { target: "my star" })),
    "standard (pixels+header) agree",
  );
  // A faint standard, which the pixels call science.
  const faint = see({ science: 0.8, standard: 0.18 });
  assertEquals(
    decide(faint, claim("science", matched), target).type,
    "standard",
  );
  // The target weighs on nothing else: arcs are taken where a standard is.
  assertEquals(
    summarize(decide(see({ arc: 0.97 }), { ...NO_CLAIM, standard: STANDARD })),
    "arc (pixels) silent",
  );
});

Deno.test("the longest exposure of the night tells a standard from a science frame", () => {
  const sky = see({ standard: 0.5, science: 0.47 });
  const answer = (exposure: number | null, longest?: number) =>
    decide(sky, NO_CLAIM, { exposure, longest });
  assertEquals(summarize(answer(10)), "science (pixels) silent");
  assertEquals(summarize(answer(10, 150)), "standard (pixels+night) silent");
  assertEquals(
    summarize(answer(300, 300)),
    "science (pixels+night) silent",
  );
  const share = (longest: number) => {
    const { standard, science } = answer(60, longest).probabilities;
    return standard! / (standard! + science!);
  };
  const shares = [6, 60, 200, 900].map(share);
  assertEquals(shares, shares.toSorted((one, other) => one - other));
  // Nights may follow no pattern: none excludes a type.
  for (const longest of [1e-3, 1e7]) {
    assert(share(longest) > 0.01 && share(longest) < 0.99, `${longest}`);
  }
});

Deno.test("without a positive exposure time the night says nothing", () => {
  const sky = see({ standard: 0.5, science: 0.47 });
  for (const exposure of [null, 0, -1]) {
    assertEquals(
      decide(sky, NO_CLAIM, { exposure, longest: 150 }),
      decide(sky, NO_CLAIM, { exposure }),
    );
  }
});

Deno.test("the night weighs neither for nor against the sky", () => {
  const faint = see({ science: 0.55, dark: 0.42 });
  const sumSky = (longest?: number) => {
    const log = { exposure: 10, longest };
    const { standard, science } = decide(faint, NO_CLAIM, log).probabilities;
    return standard! + science!;
  };
  for (const longest of [1, 10, 150, 1e5]) {
    assertAlmostEquals(sumSky(longest), sumSky(), 1e-9);
  }
  const unlit = decide(see({ bias: 0.6, dark: 0.38 }), NO_CLAIM, {
    ...{ exposure: 10, longest: 150 },
  });
  assertEquals(summarize(unlit), "dark (pixels+exposure) silent");
});

Deno.test("the designation of a star favours a standard over another name", () => {
  const sky = see({ standard: 0.5, science: 0.47 });
  const ratio = (
    target: string | null,
    object: string | null = target,
    log: Partial<LogEntry> = {},
  ) => {
    const header = { ...NO_CLAIM, object };
    const { probabilities } = decide(sky, header, { ...log, target });
    return probabilities.standard! / probabilities.science!;
  };
  const named = ratio("NGC 224");
  assertAlmostEquals(ratio("my target", null), named, 1e-9);
  for (const star of ["HIP 108400", "HD223075", "BD+28d4211"]) {
    assert(ratio(star) > 10 * named, star);
  }
  // A pointing says that no standard is there, not how the target is named.
  const pointed = ratio(null, null, { ra: 10, dec: 41 });
  assert(1.5 * named < pointed && pointed < ratio(null));
});

Deno.test("a match with the catalogue of standards outweighs night and designation", () => {
  const sky = see({ standard: 0.5, science: 0.47 });
  const standard = { ...NO_CLAIM, standard: STANDARD, object: "Feige 34" };
  const log = { target: "Feige 34", exposure: 300, longest: 300 };
  assertEquals(decide(sky, standard, log).type, "standard");
  // It does not matter then how the star is named.
  assertEquals(
    decide(sky, { ...standard, object: "BD+28d4211" }, log),
    decide(sky, standard, log),
  );
  const star = { ...NO_CLAIM, object: "HIP 108400" };
  assertEquals(
    decide(sky, star, { ...log, target: "HIP 108400" }).type,
    "science",
  );
});

Deno.test("light in a bias or a dark is a conflict, although the exposure time is as the header claims", () => {
  const lamp = see({ flat: 0.97, bias: 0.006, dark: 0.006 });
  assertEquals(
    summarize(decide(lamp, claim("bias"), { exposure: 0 })),
    "flat (pixels) conflict, not used",
  );
  assertEquals(
    summarize(decide(lamp, claim("dark"), { exposure: 300 })),
    "flat (pixels) conflict, not used",
  );
});

Deno.test("a claim of another type of the same light favours that light", () => {
  const dark = see({ dark: 0.9, science: 0.08 });
  const answer = decide(dark, claim("bias"), { exposure: 300 });
  assertEquals(summarize(answer), "dark (pixels+exposure) conflict, not used");
  const star = see({ science: 0.6, flat: 0.38 });
  const sky = ({ probabilities }: ReturnType<typeof decide>) =>
    probabilities.science! + probabilities.standard!;
  const log = { exposure: 1200, target: "NGC 1" };
  assert(
    sky(decide(star, claim("standard"), log)) >
      sky(decide(star, NO_CLAIM, log)),
  );
});

Deno.test("an exposure of 1,200 s makes an arc improbable where the sky is open", () => {
  const nebula = see({ arc: 0.6, science: 0.38 });
  assertEquals(decide(nebula, NO_CLAIM, { exposure: 10 }).type, "arc");
  assertEquals(decide(nebula, NO_CLAIM, { exposure: 1200 }).type, "science");
});

Deno.test("the name of a celestial object makes the sky likelier than a lamp or no light", () => {
  const object = { ...NO_CLAIM, object: "M76" };
  const nebula = see({ arc: 0.83, science: 0.15 });
  assertEquals(decide(nebula).type, "arc");
  assertEquals(
    summarize(decide(nebula, object, { exposure: 1200 })),
    "science (exposure+target) silent",
  );
  // Some arcs have the name of the target: neither the name nor the exposure overturns lines.
  const arc = see({ arc: 0.97 });
  assertEquals(decide(arc, object, { exposure: 10 }).type, "arc");
  assertEquals(decide(arc, object, { exposure: 1200 }).type, "arc");
  // It does not tell a standard from a science target.
  const ratio = ({ probabilities }: ReturnType<typeof decide>) =>
    probabilities.standard! / probabilities.science!;
  const star = see({ standard: 0.5, science: 0.4 });
  assertAlmostEquals(ratio(decide(star, object)), ratio(decide(star)), 1e-9);
});

Deno.test("a claim corrects pixels that are not confident", () => {
  const mask = see({ arc: 0.6, flat: 0.1 });
  assertEquals(summarize(decide(mask)), "arc (pixels) silent");
  assertEquals(summarize(decide(mask, claim("flat"))), "flat (header) agree");
  const flat = see({ arc: 0.99, flat: 0.004 });
  assertEquals(
    summarize(decide(flat, claim("flat"))),
    "arc (pixels) conflict, not used",
  );
});

Deno.test("target, exposure time and claim together overturn pixels that no claim does", () => {
  const nebula = see({ arc: 0.98, science: 0.015 });
  const science = claim("science");
  assertEquals(decide(nebula, science).type, "arc");
  assertEquals(decide(nebula, { ...NO_CLAIM, object: "M76" }).type, "arc");
  assertEquals(
    decide(nebula, { ...science, object: "M76" }, { exposure: 1200 }).type,
    "science",
  );
});

Deno.test("an open shutter excludes bias and dark, and nothing else", () => {
  const faint = see({ dark: 0.6, science: 0.3 });
  const light = claim("light", { evidence: "IMAGETYP=Light Frame" });
  assertEquals(summarize(decide(faint, light)), "science (header) agree");
  assertEquals(
    summarize(decide(see({ dark: 0.95 }), light, { exposure: 60 })),
    "dark (pixels+exposure) conflict, not used",
  );
  const lit = see({ arc: 0.5, flat: 0.4 });
  const { arc, flat } = decide(lit, light).probabilities;
  assertAlmostEquals(arc! / flat!, (0.5 / 0.4) ** WEIGHTS.between, 1e-9);
});

Deno.test("nearly equal probabilities are undecided, and have no probability", () => {
  const answer = decide(see({ arc: 0.452, flat: 0.451 }));
  assertEquals(summarize(answer), "unknown (undecided) silent, not used");
  assertEquals([answer.probability, answer.decided_by], [null, []]);
  assert(answer.probabilities.arc! > answer.probabilities.flat!);
  // Both of one kind of light: the light is known, the type is not.
  const unlit = decide(see({ bias: 0.5, dark: 0.48 }));
  assertEquals(summarize(unlit), "unknown (undecided) silent, not used");
  // Two types of the likelier kind of light are each less probable than the third.
  const split = decide(see({ bias: 0.4, dark: 0.15, flat: 0.43 }));
  assertEquals(split.type, "bias");
});

Deno.test("a claim that the pixels exclude is a conflict even when they are undecided", () => {
  const vote = see({ arc: 0.495, flat: 0.493 });
  const header = {
    ...NO_CLAIM,
    type: "dark",
    evidence: "OBSTYPE=DARK",
  } as const;
  assertEquals(
    summarize(decide(vote, header)),
    "unknown (undecided) conflict, not used",
  );
});

Deno.test("an out-of-distribution frame gets the type of its header, and is not used", () => {
  const foreign = see({ flat: 0.9 }, { reason: "out_of_distribution" });
  assertEquals(
    summarize(decide(foreign)),
    "unknown (out_of_distribution) silent, not used",
  );
  const bias = claim("bias");
  const log = { exposure: 0 };
  assertEquals(
    summarize(decide(foreign, bias, log)),
    "bias (exposure+header) silent, not used",
  );
  assertEquals(
    summarize(decide(foreign, bias, log, { trustHeader: true })),
    "bias (exposure+header) silent",
  );
  assertEquals(decide(foreign, claim("light")).type, "unknown");
});

Deno.test("flips that disagree leave the answer to other evidence", () => {
  const split = see({ arc: 0.5, science: 0.48 }, { reason: "flips_disagree" });
  assertEquals(decide(split).type, "unknown");
  assertEquals(
    summarize(decide(split, claim("arc"))),
    "arc (pixels+header) agree",
  );
});

Deno.test("a subtype that is no calibration is not used", () => {
  for (const [subtype, { use }] of Object.entries(SUBTYPES)) {
    const header = claim("arc", { subtype: subtype as keyof typeof SUBTYPES });
    assertEquals(decide(see({ arc: 0.97 }), header).use, use, subtype);
  }
});

Deno.test("a flat with the lamp off may be dark, and a twilight flat shows the sky", () => {
  const off = claim("flat", { subtype: "lamp-off" });
  assertEquals(
    decide(see({ bias: 0.9 }), off, { exposure: 14.5 }).type,
    "flat",
  );
  const twilight = claim("flat", { subtype: "twilight" });
  const sky = decide(see({ science: 0.85 }), twilight, { exposure: 20 });
  assertEquals(summarize(sky), "flat (pixels) agree");
  // Other light than these is a conflict as before.
  assertEquals(decide(see({ arc: 0.97 }), off).agreement, "conflict");
});

Deno.test("a network without darks leaves bias and dark to other evidence", () => {
  const { dark: _, ...probabilities } = see({ bias: 0.95 }).probabilities;
  const paper = { ...see({ bias: 0.95 }), probabilities };
  assertEquals(decide(paper, NO_CLAIM, { exposure: 600 }).type, "dark");
  assertEquals(decide(paper, NO_CLAIM, { exposure: 0 }).type, "bias");
  assertEquals(decide(paper).reason, "undecided");
});

Deno.test("the pixel verdict is the answer on demand", () => {
  const pixelsOnly = { pixelsOnly: true };
  const open = see({ science: 0.6, arc: 0.3 });
  const answer = decide(open, claim("arc"), {}, pixelsOnly);
  assertEquals(summarize(answer), "science (pixels) conflict, not used");
  assertEquals(answer.probability, 0.6);
  const split = see({ arc: 0.5 }, { reason: "flips_disagree" });
  assertEquals(
    summarize(decide(split, claim("arc"), {}, pixelsOnly)),
    "unknown (flips_disagree) silent, not used",
  );
});

Deno.test("an answer below the least probability is unknown", () => {
  const flat = see({ flat: 0.8, standard: 0.15 });
  const { probability } = decide(flat);
  const atLeast = (minProbability: number) =>
    decide(flat, NO_CLAIM, {}, { minProbability });
  assertEquals(atLeast(probability! - 1e-6).type, "flat");
  assertEquals(atLeast(probability! + 1e-6).reason, "low_probability");
});

Deno.test("probabilities sum to 1, and more of a type in the pixels never lowers it", () => {
  const vector = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
    minLength: FRAME_TYPES.length,
    maxLength: FRAME_TYPES.length,
  });
  const headers = fc.constantFrom<HeaderClaim>(
    NO_CLAIM,
    claim("light"),
    { ...NO_CLAIM, standard: STANDARD },
    ...FRAME_TYPES.map((type) => claim(type)),
  );
  const exposures = fc.constantFrom(null, 0, 0.5, 30, 1800, 1e5);
  const longests = fc.constantFrom(undefined, 1e-3, 30, 1800);
  const everything = [vector, headers, exposures, longests] as const;
  fc.assert(
    fc.property(...everything, (values, header, exposure, longest) => {
      const total = values.reduce((sum, value) => sum + value, 0);
      const shares = Object.fromEntries(
        FRAME_TYPES.map((type, k) => [type, values[k]! / total]),
      );
      const { probabilities, type, decided_by, use, reason } = decide(
        see(shares),
        header,
        { exposure, longest },
      );
      const all = FRAME_TYPES.map((one) => probabilities[one]!);
      assertAlmostEquals(all.reduce((sum, p) => sum + p, 0), 1, 1e-9);
      assert(all.every((p) => p >= 0 && p <= 1));
      assertEquals(type === "unknown", reason !== null);
      assertEquals(decided_by.length === 0, type === "unknown");
      assert(!use || type !== "unknown");
    }),
  );
});

Deno.test("every type belongs to one kind of light", () => {
  assertEquals(LIGHT.flat().toSorted(), FRAME_TYPES.toSorted());
});

Deno.test("a header with a type of its own for standards tells that a star is a science target", () => {
  const star = see({ standard: 0.5, science: 0.48 });
  const log = { target: "HD 1234", exposure: 10, longest: 900 };
  const decideBy = (evidence: string) =>
    decide(star, { ...claim("science"), evidence, object: "HD 1234" }, log);
  assertEquals(decideBy("IMAGETYP=OBJECT").type, "standard");
  for (const evidence of ["ESO DPR TYPE=OBJECT", "ESO DPR CATG=SCIENCE"]) {
    const answer = decideBy(evidence);
    assertEquals(answer.type, "science", evidence);
    assert(answer.decided_by.includes("header"));
  }
});
