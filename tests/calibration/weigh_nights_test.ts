import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "../fast_check.ts";
import { compareNights } from "../../lib/calibration/night.ts";
import {
  followExposures,
  weighNight,
  weighNights,
} from "../../lib/calibration/weigh_nights.ts";
import {
  type AnswerOptions,
  combineEvidence,
  DEFAULT_WEIGHTS,
} from "../../lib/classify/evidence.ts";
import { applyLabel, type Verdict } from "../../lib/classify/verdict.ts";
import type { PixelVerdict, VoteResult } from "../../lib/classify/vote.ts";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import { findCelestialName } from "../../lib/header/celestial_name.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import { makeFailedVerdict, makeVerdict, NO_CLAIM } from "../verdicts.ts";
import { NO_LOG } from "../no_log.ts";

const WEIGHTS = { ...DEFAULT_WEIGHTS, within: 0.1 };
const CARD = {
  evidence: WEIGHTS,
  thresholds: { probability: 0, ood: 0.5 },
};

type Probabilities = Partial<Record<FrameType, number>>;

interface FrameParts
  extends
    Partial<Pick<LogEntry, "exposure" | "night" | "mjd" | "instrument">>,
    Partial<Pick<VoteResult, "votes" | "ood" | "reason">> {
  readonly file?: string;
  readonly target?: string | null;
  /** What the pixels show. Default: the sky. */
  readonly probabilities?: Probabilities;
  readonly options?: AnswerOptions;
}

const SKY: Probabilities = { standard: 0.45, science: 0.5, arc: 0.05 };
const UNLIT: Probabilities = { bias: 0.97, science: 0.03 };

/** Classifies a frame by itself: one of the sky of `2026-01-01` unless the parts differ. */
function classify(parts: FrameParts = {}): Verdict {
  const { file = "night/a.fits", target = null, probabilities = SKY } = parts;
  const { exposure = 1200, night = "2026-01-01", mjd = null } = parts;
  const { votes = { science: 4 }, ood = 0.01, reason = null } = parts;
  const { instrument = "kast-red", options } = parts;
  const log = { ...NO_LOG, exposure, night, mjd, instrument, target };
  const object = target === null ? null : findCelestialName(target);
  const header = { ...NO_CLAIM, object };
  const probability = Math.max(...Object.values(probabilities));
  const type = FRAME_TYPES.find((one) => probabilities[one] === probability)!;
  const pixels: PixelVerdict = {
    ...{ type: reason === null ? type : "unknown", probability },
    ...{ probabilities, votes, ood },
  };
  const vote = { ...pixels, reason };
  const answer = combineEvidence(vote, header, log, WEIGHTS, options);
  return { ...makeVerdict(file, { ...answer, header, log }), pixels };
}

/** A frame of a star that is a standard only beside longer exposures. */
const STAR = { file: "night/star.fits", target: "HIP 108400", exposure: 5 };
const GALAXY = { file: "night/galaxy.fits", target: "NGC 224", exposure: 120 };

/** Weighs frames, and returns the types with the longest exposures: `standard 120`. */
function weigh(
  verdicts: readonly Verdict[],
  options: AnswerOptions = {},
): string[] {
  return weighNight(verdicts, CARD, options)
    .map(({ type, log }) => `${type} ${log?.longest ?? "alone"}`);
}

/** Weighs the star beside another frame; returns what {@linkcode weigh} does of the star. */
function weighBeside(other: FrameParts, star: FrameParts = {}): string {
  return weigh([classify({ ...GALAXY, ...other }), classify(star)])[1]!;
}

Deno.test("weighNight: a short exposure beside long ones of another target is a standard", () => {
  assertEquals(classify(STAR).type, "science");
  assertEquals(weigh([classify(STAR)]), ["science alone"]);
  const [star, galaxy] = [classify(STAR), classify(GALAXY)];
  assertEquals(weigh([star, galaxy]), ["standard 120", "science 5"]);
  assertEquals(weigh([galaxy, star]), ["science 5", "standard 120"]);
  const [weighed] = weighNight([star, galaxy], CARD);
  const decided: readonly string[] = weighed!.decided_by;
  assert(decided.includes("night"), decided.join());
});

Deno.test("weighNight: the longest exposure of all other targets counts", () => {
  const others = [30, 120, 60].map((exposure, k) =>
    classify({ target: `NGC ${k + 1}`, exposure })
  );
  assertEquals(weigh([...others, classify(STAR)]), [
    ...["science 120", "science 60", "science 120", "standard 120"],
  ]);
});

Deno.test("weighNight: the same target does not count, however its name is written", () => {
  for (const target of ["HIP 108400", "hip_108400", "HIP108400"]) {
    assertEquals(weighBeside({ target }, STAR), "science alone", target);
  }
  assertEquals(weighBeside({ target: "HIP 108401" }, STAR), "standard 120");
});

Deno.test("weighNight: frames of another night or instrument do not count", () => {
  assertEquals(weighBeside({ night: "2026-01-02" }, STAR), "science alone");
  assertEquals(weighBeside({ instrument: "kast-blue" }, STAR), "science alone");
  assertEquals(weighBeside({ instrument: null }, STAR), "science alone");
  assertEquals(weighBeside({ instrument: "KAST-RED" }, STAR), "standard 120");
  // The night counts, not the folder.
  assertEquals(weighBeside({ file: "b/galaxy.fits" }, STAR), "standard 120");
});

Deno.test("weighNight: without the night, the start or the folder tells it", () => {
  const start = (mjd: number | null) => ({ night: null, mjd });
  const star = { ...STAR, ...start(61041.1) };
  assertEquals(weighBeside(start(61041.9), star), "standard 120");
  assertEquals(weighBeside(start(61042.2), star), "science alone");
  // One has the night, the other only its start: MJD 61041 is 2026-01-01.
  const dated = { ...STAR, night: "2026-01-01", mjd: null };
  assertEquals(weighBeside(start(61041.9), dated), "standard 120");
  assertEquals(weighBeside(start(61051.9), dated), "science alone");
  assertEquals(weighBeside({}, star), "standard 120");
  assertEquals(weighBeside({ night: "2026-02-01" }, star), "science alone");
  // The longest of both kinds counts.
  const both = [
    ...[{ ...start(61041.9), exposure: 300 }, { exposure: 200 }, STAR],
  ].map((parts) => classify({ ...GALAXY, ...parts }));
  assertEquals(weigh(both)[2], "standard 300");
  const undated = { ...STAR, ...start(null) };
  assertEquals(weighBeside(start(null), undated), "standard 120");
  assertEquals(
    weighBeside({ ...start(null), file: "other/galaxy.fits" }, undated),
    "science alone",
  );
});

Deno.test("weighNight: without the name of a target, another exposure time is another target", () => {
  const unnamed = { ...STAR, target: null };
  for (
    const [target, star] of [[null, unnamed], [null, STAR], [
      "NGC 224",
      unnamed,
    ]] as const
  ) {
    assertEquals(weighBeside({ target }, star), "standard 120");
    assertEquals(
      weighBeside({ target, exposure: STAR.exposure }, star),
      "science alone",
    );
  }
  // With both names the exposure time may be the same.
  assertEquals(weighBeside({ exposure: 5 }, STAR), "science 5");
});

Deno.test("weighNight: only frames of the sky with an exposure time are compared", () => {
  for (
    const other of [
      { probabilities: UNLIT },
      { exposure: null },
      { exposure: 0 },
      { exposure: NaN },
    ]
  ) assertEquals(weighBeside(other, STAR), "science alone");
  const flat = { ...STAR, probabilities: { flat: 0.97, science: 0.03 } };
  assertEquals(weighBeside({}, flat), "flat alone");
  const instant = weighBeside({}, { ...STAR, exposure: 0 });
  assertEquals(instant.split(" ")[1], "alone");
});

Deno.test("weighNight: labelled, out-of-distribution and failed files keep their verdicts, labels and claims count", () => {
  const galaxy = classify(GALAXY);
  const labelled = applyLabel(classify(STAR), "science");
  const foreign = { ...classify(STAR), ...{ type: "science" as const } };
  const ood = {
    ...foreign,
    pixels: { ...foreign.pixels!, ood: 0.51 },
  } as Verdict;
  const failed = makeFailedVerdict("night/b.fits", undefined, {
    log: { ...NO_LOG, exposure: 5 },
  });
  for (const verdict of [labelled, ood, failed]) {
    assertEquals(weighNight([galaxy, verdict], CARD)[1], verdict);
  }
  const other = applyLabel(classify(GALAXY), "other");
  assertEquals(weigh([other, classify(STAR)])[1], "science alone");
  const science = applyLabel(
    classify({ ...GALAXY, probabilities: UNLIT }),
    "science",
  );
  assertEquals(weigh([science, classify(STAR)])[1], "standard 120");
});

Deno.test("weighNight: the verdicts of pixelsOnly stay as they are", () => {
  const options = { pixelsOnly: true };
  const verdicts = [STAR, GALAXY].map((parts) =>
    classify({ ...parts, options })
  );
  assertEquals(weighNight(verdicts, CARD, options), verdicts);
});

Deno.test("weighNight: the night answers for a frame that is unknown between standard and science", () => {
  // Which pixels leave it undecided depends on the fit of the tables.
  const undecided = Array.from({ length: 40 }, (_, k): FrameParts => {
    const science = 0.5 / 1.5 ** k;
    return { ...STAR, probabilities: { standard: 1 - science, science } };
  }).find((parts) => classify(parts).reason === "undecided");
  assert(undecided !== undefined);
  assertEquals(weighBeside({}, undecided), "standard 120");
  const split: FrameParts = {
    ...{ ...STAR, target: null, exposure: 2 },
    ...{ votes: { standard: 2, science: 2 }, reason: "flips_disagree" },
  };
  assertEquals(classify(split).reason, "flips_disagree");
  assertEquals(weighBeside({ exposure: 30 }, split), "standard 30");
  // The night does not say whether this is an arc.
  const lines: FrameParts = { ...split, votes: { arc: 2, science: 2 } };
  assertEquals(classify(lines).reason, "flips_disagree");
  assertEquals(weighBeside({ exposure: 30 }, lines), "unknown alone");
  const lit: FrameParts = {
    ...{ ...STAR, target: null, exposure: 120 },
    probabilities: { arc: 0.73, science: 0.22, standard: 0.05 },
  };
  const { reason, probabilities } = classify(lit);
  assertEquals(reason, "undecided");
  assert(probabilities!.science! + probabilities!.standard! < 0.5);
  assertEquals(weighBeside({ exposure: 600 }, lit), "unknown alone");
});

Deno.test("weighNight: the least probability decides after the night, and leaves the night as it is", () => {
  const options = { minProbability: 0.8 };
  const parts = [STAR, { target: "NGC 1", exposure: 8 }, GALAXY];
  const alone = parts.map((one) => classify({ ...one, options }));
  assertEquals(alone[0]!.reason, "low_probability");
  const list = (...args: Parameters<typeof weigh>) =>
    weigh(...args).map((text) => text.split(" ")[1]);
  const expected = ["120", "120", "8"];
  // A frame is as long whether its type is known or not.
  assertEquals(list(parts.map((one) => classify(one))), expected);
  assertEquals(list(alone, options), expected);
  assertEquals(weigh(alone, { minProbability: 0.6 })[0], "standard 120");
  assertEquals(weigh(alone, { minProbability: 0.9 })[0], "unknown 120");
});

/** Yields items one at a time, and counts those that were taken. */
function countTaken<T>(items: readonly T[], error?: Error) {
  const source = {
    taken: 0,
    async *[Symbol.asyncIterator]() {
      for (const item of items) {
        source.taken++;
        yield await Promise.resolve(item);
      }
      if (error) throw error;
    },
  };
  return source;
}

const random = fc.array(
  fc.record({
    folder: fc.constantFrom("a", "a", "b"),
    kind: fc.constantFrom("sky", "sky", "unlit", "failed"),
    exposure: fc.constantFrom(null, 0, 5, 30, 120, 1800),
    target: fc.constantFrom(null, "HIP 108400", "NGC 224", "my target"),
    night: fc.constantFrom(null, "2026-01-01", "2026-01-02"),
    instrument: fc.constantFrom(null, "kast-red", "kast-blue"),
  }),
  { minLength: 1, maxLength: 24, size: "max" },
);

interface RandomFrame extends FrameParts {
  readonly folder: string;
  readonly kind: string;
}

/** Classifies a random frame by itself. */
function classifyRandom(
  { folder, kind, ...parts }: RandomFrame,
  id: number,
): Verdict {
  const file = `${folder}/${id}.fits`;
  return kind === "failed" ? makeFailedVerdict(file) : classify({
    ...{ ...parts, file },
    probabilities: kind === "sky" ? SKY : UNLIT,
  });
}

Deno.test("weighNights: every file once, in order, with the verdicts of weighNight of its nights", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(random, async (frames) => {
      const files = frames.map((frame, id) => ({
        ...{ id, folder: frame.folder },
        verdict: classifyRandom(frame, id),
      }));
      // A group ends where a folder begins whose first file is of none of its nights.
      const groups: typeof files[] = [[]];
      for (const file of files) {
        const own = groups.at(-1)!;
        const { log } = file.verdict;
        const isOther = own.at(-1)?.folder !== file.folder && log !== null &&
          !own.some(({ verdict }) =>
            verdict.type === "science" && verdict.log.exposure! > 0 &&
            compareNights(verdict.log, log) === true
          );
        if (isOther) groups.push([file]);
        else own.push(file);
      }
      const weighed = await Array.fromAsync(
        weighNights(countTaken(files), CARD),
      );
      assertEquals(weighed.map(({ id }) => id), files.map(({ id }) => id));
      assertEquals(
        weighed.map(({ verdict }) => verdict),
        groups.flatMap((own) =>
          weighNight(own.map(({ verdict }) => verdict), CARD)
        ),
      );
      compared += weighed.filter(({ verdict: { log } }) =>
        log?.longest !== undefined
      ).length;
    }),
  );
  assert(compared > 50, `${compared} frames have others of their night`);
});

/** Frames without light, in the folder of the star. */
function makeBiases(count: number): { verdict: Verdict }[] {
  const verdict = classify({ probabilities: UNLIT, exposure: 0 });
  return new Array(count).fill({ verdict });
}

Deno.test("weighNights: only files from the first frame of the sky to the next night's folder are held", async () => {
  const elsewhere = classify({
    ...{ file: "other/bias.fits", exposure: 0, probabilities: UNLIT },
    night: "2026-01-02",
  });
  const files = [
    ...makeBiases(2),
    { verdict: classify(STAR) },
    ...makeBiases(1),
    { verdict: classify(GALAXY) },
    { verdict: elsewhere },
    { verdict: elsewhere },
  ];
  const source = countTaken(files);
  const taken: number[] = [];
  for await (const _ of weighNights(source, CARD)) taken.push(source.taken);
  assertEquals(taken, [1, 2, 6, 6, 6, 6, 7]);
});

Deno.test("weighNights: a night that is divided among folders is weighed as a whole", async () => {
  const weighAll = async (parts: readonly FrameParts[]) => {
    const files = parts.map((part) => ({ verdict: classify(part) }));
    const weighed = await Array.fromAsync(
      weighNights(countTaken(files), CARD),
    );
    return weighed.map(({ verdict: { type, log } }) =>
      `${type} ${log?.longest ?? "alone"}`
    );
  };
  const bias = { file: "bias/1.fits", probabilities: UNLIT, exposure: 0 };
  const star = { ...STAR, file: "standard/1.fits" };
  const galaxy = { ...GALAXY, file: "science/1.fits" };
  assertEquals(await weighAll([galaxy, bias, star]), [
    "science 5",
    "bias alone",
    "standard 120",
  ]);
  // Folders of types, each with several nights.
  const later = { night: "2026-01-02" };
  assertEquals(
    await weighAll([galaxy, { ...galaxy, ...later }, star]),
    ["science 5", "science alone", "standard 120"],
  );
  assertEquals(await weighAll([galaxy, { ...star, ...later }]), [
    "science alone",
    "science alone",
  ]);
});

Deno.test("weighNights: files that are held come before the error of the source", async () => {
  const files = [STAR, GALAXY].map((parts) => ({ verdict: classify(parts) }));
  const types: unknown[] = [];
  await assertRejects(
    async () => {
      const weighed = weighNights(countTaken(files, new Error("gone")), CARD);
      for await (const { verdict } of weighed) types.push(verdict.type);
    },
    Error,
    "gone",
  );
  assertEquals(types, ["standard", "science"]);
});

Deno.test("weighNights: files of 1,000 image HDUs are held at most", async () => {
  const weighEnds = async (between: number) => {
    const files = [
      { verdict: classify(GALAXY) },
      ...makeBiases(between),
      { verdict: classify(STAR) },
    ];
    const source = countTaken(files);
    let [most, yielded] = [0, 0];
    let last: Verdict | undefined;
    for await (const { verdict } of weighNights(source, CARD)) {
      most = Math.max(most, source.taken - yielded++);
      last = verdict;
    }
    assertEquals(yielded, files.length);
    return [most, last?.type];
  };
  assertEquals(await weighEnds(998), [1000, "standard"]);
  // The file after them was taken before they are released.
  assertEquals(await weighEnds(999), [1001, "science"]);
  assertEquals((await weighEnds(4500))[0], 1001);
});

/** Follows frames as they arrive, and returns the types with the longest exposures. */
function follow(
  verdicts: readonly Verdict[],
  existing: readonly Verdict[] = [],
): string[] {
  return verdicts.map(followExposures(CARD, {}, existing))
    .map(({ type, log }) => `${type} ${log?.longest ?? "alone"}`);
}

Deno.test("followExposures: a short exposure after long ones of other targets is a standard", () => {
  const others = [30, 120, 60].map((exposure, k) =>
    classify({ target: `NGC ${k + 1}`, file: `night/${k}.fits`, exposure })
  );
  const [star, again] = [STAR, { ...STAR, file: "night/again.fits" }]
    .map((parts) => classify(parts));
  const followed = follow([others[0]!, star!, ...others.slice(1), again!]);
  assertEquals([followed[1], followed[4]], ["standard 30", "standard 120"]);
});

Deno.test("followExposures: frames of another night or instrument do not count", () => {
  const star = classify(STAR);
  for (
    const other of [{ night: "2026-01-02" }, { instrument: "kast-blue" }]
  ) {
    const galaxy = classify({ ...GALAXY, ...other });
    assertEquals(follow([galaxy, star])[1], "science alone");
    assertEquals(follow([star], [galaxy]), ["science alone"]);
  }
  const named = classify({ ...GALAXY, instrument: "KAST-RED" });
  assertEquals(follow([named, star])[1], "standard 120");
});

Deno.test("followExposures: the night so far is no evidence for science", () => {
  const stars = [5, 8].map((exposure, k) =>
    classify({ file: `night/${k}.fits`, target: `HIP 10840${k}`, exposure })
  );
  const arrived = [...stars, classify(GALAXY)];
  assertEquals(weigh(arrived.slice(0, 2))[1], "science 5");
  assertEquals(weigh(arrived)[2], "science 8");
  // All verdicts are those on the frames alone.
  assertEquals(arrived.map(followExposures(CARD)), arrived);
});

Deno.test("followExposures: frames that arrived before count, also those whose rows were weighed", () => {
  const galaxy = classify(GALAXY);
  const star = classify(STAR);
  assertEquals(follow([star], [galaxy]), ["standard 120"]);
  const weighed = weighNight([classify({ target: "NGC 1" }), galaxy], CARD);
  assertEquals(weighed[0]!.log!.longest, 120);
  assertEquals(follow([star], weighed), ["standard 1200"]);
});

Deno.test("followExposures: a changed frame is no other target of itself, and its earlier state does not count", () => {
  const galaxy = classify(GALAXY);
  const corrected = classify({ ...STAR, file: GALAXY.file });
  const star = classify(STAR);
  const failed = makeFailedVerdict(GALAXY.file);
  const bias = classify({ file: GALAXY.file, probabilities: UNLIT });
  for (const later of [corrected, failed, bias]) {
    assertEquals(follow([later, star], [galaxy])[1], "science alone");
    assertEquals(follow([galaxy, later, star])[2], "science alone");
  }
  assertEquals(follow([galaxy, corrected])[1], "science alone");
  assertEquals(follow([failed, galaxy, star])[2], "standard 120");
});

Deno.test("followExposures: labelled and out-of-distribution frames keep their verdicts, and all with pixelsOnly", () => {
  const galaxy = classify(GALAXY);
  const star = classify(STAR);
  const { pixels } = star;
  const ood = { ...star, pixels: { ...pixels, ood: 0.51 } } as Verdict;
  for (const verdict of [applyLabel(star, "science"), ood]) {
    assertEquals(followExposures(CARD, {}, [galaxy])(verdict), verdict);
  }
  const options = { pixelsOnly: true };
  const parts = [GALAXY, STAR].map((one) => classify({ ...one, options }));
  assertEquals(parts.map(followExposures(CARD, options)), parts);
});

Deno.test("followExposures: each verdict is that of weighNight of the frames so far, or the one alone if a standard is not more probable", () => {
  let [counted, ignored] = [0, 0];
  const starts = fc.nat(24);
  fc.assert(
    fc.property(random, starts, (frames, start) => {
      const verdicts = frames.map(classifyRandom);
      const expected = verdicts.map((alone, k) => {
        const weighed = weighNight(verdicts.slice(0, k + 1), CARD)[k]!;
        if (weighed.log?.longest === undefined) return alone;
        const counts = weighed.probabilities!.standard! >
          alone.probabilities!.standard!;
        counts ? counted++ : ignored++;
        return counts ? weighed : alone;
      });
      assertEquals(
        verdicts.slice(start)
          .map(followExposures(CARD, {}, verdicts.slice(0, start))),
        expected.slice(start),
      );
    }),
  );
  assert(counted > 20, `the night counts for ${counted} frames`);
  assert(ignored > 20, `the night does not count for ${ignored} frames`);
});
