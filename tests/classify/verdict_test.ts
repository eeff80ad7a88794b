import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { classifyFile } from "../../lib/classify/classify_file.ts";
import {
  type AnswerOptions,
  combineEvidence,
} from "../../lib/classify/evidence.ts";
import {
  answerAgain,
  applyLabel,
  createVerdict,
} from "../../lib/classify/verdict.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import type { HeaderClaim } from "../../lib/header/claim.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import { measureDamage } from "../../lib/preprocess/damage.ts";
import { computeStatistics } from "../../lib/preprocess/statistics.ts";
import { NO_LOG } from "../no_log.ts";
import {
  evenPlane,
  fitsOf,
  lopsidedPlane,
  temporaryFolder,
  TINY,
} from "../tiny.ts";
import { NO_CLAIM } from "../verdicts.ts";

/** Classifies a frame whose pixels show an arc. */
function classifyArc(header: Partial<HeaderClaim>) {
  const inputs = {
    path: "r.fits",
    header: { ...NO_CLAIM, ...header },
    log: NO_LOG,
    hdus: [{
      ...{ hdu: 0, firstRead: null, damage: measureDamage(evenPlane()) },
      statistics: computeStatistics(evenPlane(), 1),
    }],
    error: null,
  };
  const card = {
    ...{ name: "tiny", version: "1.0.0", classes: ["arc", "flat"] },
    vote: { flips: 1, majority: 0.75 },
    thresholds: { probability: 0, ood: 0.5 },
  };
  const output = {
    probabilities: new Float32Array([0.999, 0.001]),
    ood: new Float32Array([0.01]),
  };
  return createVerdict(
    inputs as unknown as Parameters<typeof createVerdict>[0],
    output,
    card as unknown as Parameters<typeof createVerdict>[2],
  );
}

Deno.test("createVerdict: a subtype that the header claims for another type is left out, unless it forbids the use", () => {
  const find = (header: Partial<HeaderClaim>) => {
    const { type, subtype, use } = classifyArc(header);
    return [type, subtype, use];
  };
  const evidence = "TYPE=A";
  assertEquals(find({ type: "arc", subtype: "internal", evidence }), [
    ...["arc", "internal", true],
  ]);
  assertEquals(find({ type: "flat", subtype: "dome", evidence }), [
    ...["arc", null, false],
  ]);
  assertEquals(find({ type: "flat", subtype: "focus", evidence }), [
    ...["arc", "focus", false],
  ]);
  assertEquals(find({ type: null, subtype: "internal", evidence }), [
    ...["arc", "internal", true],
  ]);
});

Deno.test("applyLabel: a subtype remains for the type that the header claims", () => {
  const verdict = classifyArc({
    ...{ type: "flat", subtype: "dome", evidence: "TYPE=A" },
  });
  assertEquals(applyLabel(verdict, "flat").subtype, "dome");
  assertEquals(applyLabel(verdict, "arc").subtype, null);
});

const CARD = {
  ...{ name: "tiny", version: "1.0.0", classes: FRAME_TYPES },
  vote: { flips: 4, majority: 0.75 },
  evidence: { between: 2, within: 0.25, margin: 0.1 },
  thresholds: { probability: 0.4, ood: 0.5 },
} as unknown as Parameters<typeof createVerdict>[2];

/** Classifies a frame whose four flips give these probabilities, in the order of the types. */
function classifyFlips(
  flips: readonly (readonly number[])[],
  log: Partial<LogEntry> = {},
  header: Partial<HeaderClaim> = {},
  options: AnswerOptions = {},
) {
  const inputs = {
    path: "r.fits",
    header: { ...NO_CLAIM, ...header },
    log: { ...NO_LOG, ...log },
    hdus: [{
      ...{ hdu: 0, firstRead: null, damage: measureDamage(evenPlane()) },
      statistics: computeStatistics(evenPlane(), 1),
    }],
    error: null,
  };
  const output = {
    probabilities: new Float32Array(flips.flat()),
    ood: new Float32Array([0.01, 0.01, 0.01, 0.01]),
  };
  return createVerdict(
    inputs as unknown as Parameters<typeof createVerdict>[0],
    output,
    CARD,
    options,
  );
}

Deno.test("answerAgain: the answer is that of combineEvidence with the new entry, the rest stays", () => {
  const sky = [0, 0, 0, 0, 0.5, 0.5];
  const header = { object: "HIP 108400" };
  const log = { ...NO_LOG, target: "HIP 108400", exposure: 5 };
  const alone = classifyFlips([sky, sky, sky, sky], log, header);
  const damaged = { ...alone, flags: ["hdu-differs"], use: false };
  const longest = { ...log, longest: 120 };
  const again = answerAgain(alone, longest, CARD);
  const vote = { ...alone.pixels, reason: null };
  const answer = combineEvidence(
    ...[vote, alone.header, longest, CARD.evidence!] as const,
  );
  assertEquals(again, { ...alone, ...answer, log: longest });
  assertEquals([alone.type, again.type], ["science", "standard"]);
  assertEquals([alone.use, again.use], [true, true]);
  assertEquals(answerAgain(damaged, longest, CARD), {
    ...again,
    ...{ flags: ["hdu-differs"], use: false },
  });
  const { reason } = answerAgain(alone, longest, CARD, {
    minProbability: 0.99,
  });
  assertEquals(reason, "low_probability");
});

Deno.test("answerAgain: the subtype is that of the new type", () => {
  const sky = [0, 0, 0, 0, 0.5, 0.5];
  const alone = classifyFlips(
    [sky, sky, sky, sky],
    { exposure: 5 },
    { type: "science", subtype: "internal", evidence: "TYPE=A" },
  );
  const again = answerAgain(alone, { ...alone.log, longest: 120 }, CARD);
  assertEquals([alone.type, alone.subtype], ["science", "internal"]);
  assertEquals([again.type, again.subtype], ["standard", null]);
});

Deno.test("answerAgain: the same entry gives the same verdict", () => {
  const flip = fc.array(fc.integer({ min: 1, max: 100 }), {
    ...{ minLength: 6, maxLength: 6 },
  }).map((values) => {
    const total = values.reduce((sum, value) => sum + value ** 4, 0);
    return values.map((value) => value ** 4 / total);
  });
  const flips = fc.tuple(flip, flip, flip, flip).chain(([a, b, c, d]) =>
    fc.constantFrom([a, a, a, a], [a, a, a, b], [a, a, b, b], [a, b, c, d])
  );
  const log = fc.record({
    exposure: fc.constantFrom(null, 0, 5, 600),
    target: fc.constantFrom(null, "HIP 108400"),
    longest: fc.constantFrom(undefined, 120),
  });
  const header = fc.constantFrom<Partial<HeaderClaim>>(
    {},
    { object: "HIP 108400" },
    ...(["arc", "science", "light"] as const).map((type) => ({
      ...{ type, evidence: `TYPE=${type}`, subtype: "focus" as const },
    })),
  );
  const options = fc.constantFrom<AnswerOptions>({}, { minProbability: 0.8 });
  const reasons = new Set<string | null>();
  fc.assert(
    fc.property(flips, log, header, options, (flips, log, header, options) => {
      const verdict = classifyFlips(flips, log, header, options);
      const again = answerAgain(verdict, verdict.log, CARD, options);
      assertEquals(again, verdict);
      reasons.add(verdict.reason);
    }),
    { numRuns: 500 },
  );
  assertEquals([...reasons].toSorted(), [
    ...["flips_disagree", "low_probability", null, "undecided"],
  ]);
});

Deno.test("answerAgain: what a new entry does not decide stays unknown where the flips disagree", () => {
  const [standard, science] = [[0, 0, 0, 0, 0.9, 0.1], [0, 0, 0, 0, 0.1, 0.9]];
  const split = classifyFlips(
    [standard, standard, science, science],
    { exposure: 5 },
  );
  assertEquals(split.reason, "flips_disagree");
  const answer = (longest: number) =>
    answerAgain(split, { ...split.log, longest }, CARD);
  assertEquals(answer(120).type, "standard");
  assertEquals(answer(12).reason, "flips_disagree");
  // Other evidence decided before, and no longer does.
  const [bias, dark] = [[0.99, 0.01, 0, 0, 0, 0], [0.4, 0.6, 0, 0, 0, 0]];
  const unlit = classifyFlips([bias, bias, dark, dark], { exposure: 0 });
  assertEquals([unlit.type, unlit.pixels.type], ["bias", "unknown"]);
  const { reason } = answerAgain(unlit, { ...unlit.log, exposure: null }, CARD);
  assertEquals(reason, "flips_disagree");
});

Deno.test("answerAgain: the same entry gives the verdict on a file back", async () => {
  using folder = temporaryFolder();
  const card = JSON.parse(Deno.readTextFileSync(TINY));
  for (
    const [plane, cards] of [
      [evenPlane(), { OBSTYPE: "BIAS", EXPTIME: 0 }],
      [lopsidedPlane(), {}],
      [lopsidedPlane(), { OBSTYPE: "ARC", EXPTIME: 10 }],
    ] as const
  ) {
    const path = `${folder.path}/r.fits`;
    Deno.writeFileSync(path, fitsOf([plane], cards));
    const verdict = await classifyFile(path, { model: TINY, device: "cpu" });
    if (verdict.error !== null) throw new Error(verdict.error.message);
    assertEquals(answerAgain(verdict, verdict.log, card), verdict);
  }
});
