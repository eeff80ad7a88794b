import { assert, assertEquals } from "@std/assert";
import type { ClassifiedVerdict } from "../../lib/classify/verdict.ts";
import { tabulateConfigurations } from "../../lib/calibration/configuration_table.ts";
import {
  followNight,
  type FollowNightOptions,
} from "../../lib/calibration/follow_night.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import { formatChange } from "../../lib/output/configurations.ts";
import { computeStatistics } from "../../lib/preprocess/statistics.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { NO_LOG } from "../no_log.ts";
import { planeBy } from "../preprocess/planes.ts";
import { makeVerdict, type VerdictParts } from "../verdicts.ts";

let minutes = 0;

/** Returns a verdict on a frame of kast-red, taken a minute after the one before. */
function frame(
  name: string,
  type: FrameType,
  { day = 18, dichroic = "d46", ...parts }: VerdictParts & {
    readonly day?: number;
    readonly dichroic?: string;
  } = {},
): ClassifiedVerdict {
  const log = {
    ...NO_LOG,
    instrument: "kast-red",
    night: `2021-02-${day}`,
    mjd: 59_246 + day + 0.1 + minutes++ / 1440,
    configuration: { dispname: "600/7500", dichroic },
  };
  return makeVerdict(`/night/${name}.fits`, { type, log, ...parts });
}

/** Returns the changes after each frame, as the words of `watch` without the values. */
function follow(
  frames: readonly ClassifiedVerdict[],
  options?: FollowNightOptions,
): string[][] {
  const night = followNight(options);
  return frames.map((verdict) => {
    night.add(verdict);
    return describe(night);
  });
}

function describe(night: ReturnType<typeof followNight>): string[] {
  return night.check().configurations.map((row) =>
    formatChange(row).split(";")[0]!
      .replace("2021-02-", "").replace("configuration ", "")
      .replace(" of kast-red", "")
  );
}

Deno.test("followNight: each change of what a configuration with science frames lacks is reported once", () => {
  const changes = follow([
    frame("b1", "bias"),
    frame("f1", "flat"),
    frame("s1", "science"),
    frame("s2", "science"),
    frame("sky", "flat", { subtype: "twilight" }),
    frame("bad", "arc", { use: false }),
    frame("a1", "arc"),
    frame("a2", "arc"),
    frame("s3", "science", { dichroic: "d55" }),
    frame("a3", "arc", { dichroic: "d55" }),
    frame("f3", "flat", { dichroic: "d55" }),
    frame("s4", "science", { dichroic: "d55" }),
  ]);
  assertEquals(changes, [
    [],
    [],
    ["missing: 18, A (science 1): no arc"],
    [],
    [],
    [],
    ["complete: 18, A (bias 1, arc 1, flat 1, science 2)"],
    [],
    ["missing: 18, B (science 1): no arc, no flat"],
    ["missing: 18, B (science 1): no flat"],
    ["complete: 18, B (bias 1, arc 1, flat 1, science 1)"],
    [],
  ]);
});

Deno.test("followNight: with expected science frames, calibrations have lacks, too", () => {
  const frames = [
    frame("b1", "bias"),
    frame("t1", "flat", { subtype: "twilight" }),
    frame("f1", "flat"),
    frame("f2", "flat"),
    frame("a2", "arc", { dichroic: "d55" }),
    frame("a1", "arc"),
    frame("s1", "science"),
    frame("s2", "science", { dichroic: "d55" }),
  ];
  assertEquals(follow(frames, { expectScience: true }), [
    [],
    [],
    ["missing: 18, A (no science frame yet): no arc"],
    [],
    ["missing: 18, B (no science frame yet): no flat"],
    ["complete: 18, A (bias 1, arc 1, flat 2)"],
    [],
    [],
  ]);
  assertEquals(follow(frames).flat(), [
    "complete: 18, A (bias 1, arc 1, flat 2, science 1)",
    "missing: 18, B (science 1): no flat",
  ]);
});

Deno.test("followNight: standards lack calibrations, and are not waited for when they are complete", () => {
  const frames = [
    frame("b1", "bias"),
    frame("f1", "flat"),
    frame("std", "standard"),
    frame("a1", "arc"),
    frame("s1", "science"),
  ];
  assertEquals(follow(frames).flat(), [
    "missing: 18, A (standard 1): no arc",
    "complete: 18, A (bias 1, arc 1, flat 1, standard 1)",
  ]);
  const [bias, flat, standard, arc, science] = frames;
  const late = [bias!, flat!, arc!, standard!, science!];
  assertEquals(follow(late).flat(), [
    "complete: 18, A (bias 1, arc 1, flat 1, standard 1, science 1)",
  ]);
});

Deno.test("followNight: existing frames count, and their nights are not reported again", () => {
  const existing = [
    frame("old", "science", { day: 16 }),
    ...["bias", "arc", "flat", "science"].map((type) =>
      frame(`17${type}`, type as FrameType, { day: 17 })
    ),
    frame("17other", "science", { day: 17, dichroic: "d55" }),
  ];
  const night = followNight({ existing });
  assertEquals(describe(night), [
    "missing: 17, B (science 1): no arc, no flat",
  ]);
  assertEquals(describe(night), []);
  assertEquals(night.check().lacking, 1);
  night.add(frame("17new", "science", { day: 17 }));
  assertEquals(describe(night), []);
  night.add(frame("18", "science", { day: 18 }));
  assertEquals(describe(night), [
    "missing: 18, A (science 1): no arc, no flat, no bias",
  ]);
  assertEquals(night.check().lacking, 2);

  const next = followNight({ existing });
  next.add(frame("18", "science", { day: 18 }));
  assertEquals(describe(next), [
    "missing: 18, A (science 1): no arc, no flat, no bias",
  ]);
  assertEquals(next.check().lacking, 1);
  next.add(frame("16", "arc", { day: 16 }));
  assertEquals(describe(next), [
    "missing: 16, A (science 1): no flat, no bias",
  ]);
});

Deno.test("followNight: existing frames without a date are of the night", () => {
  const existing = [makeVerdict("/night/s.fits", { type: "science" })];
  assertEquals(followNight({ existing }).check().lacking, 1);
});

Deno.test("followNight: a frame that is replaced counts as its new row says", () => {
  const frames = ["bias", "arc", "flat", "science"].map((type) =>
    frame(type, type as FrameType)
  );
  const changes = follow([
    ...frames,
    frame("arc", "arc", { use: false }),
    frame("arc", "arc"),
  ]);
  assertEquals(changes.slice(4), [
    ["missing: 18, A (science 1): no arc"],
    ["complete: 18, A (bias 1, arc 1, flat 1, science 1)"],
  ]);
});

Deno.test("followNight: the lacks of a night do not depend on the order or the number of checks", () => {
  const random = makeRandom(7);
  const frames = Array.from({ length: 60 }, (_, k) => {
    const type = (["bias", "arc", "flat", "science"] as const)[
      Math.floor(4 * random.uniform())
    ]!;
    const dichroic = `d${Math.floor(8 * random.uniform())}`;
    return frame(String(k), type, { dichroic });
  });
  const lacking = (all: readonly ClassifiedVerdict[], every: number) => {
    const night = followNight();
    const states = new Map<string, string>();
    all.forEach((verdict, k) => {
      night.add(verdict);
      if (k % every !== 0 && k < all.length - 1) return;
      for (const row of night.check().configurations) {
        const text = row.lacks.map(({ calibration }) => calibration).join();
        states.set(row.configuration.dichroic!, text);
      }
    });
    return [...states].sort();
  };
  const { configurations } = tabulateConfigurations(frames);
  const expected = configurations.filter(({ counts }) => counts.science > 0)
    .map(({ configuration, lacks }) => [
      configuration.dichroic,
      lacks.map(({ calibration }) => calibration).join(),
    ]).sort();
  assert(expected.some(([, lacks]) => lacks !== ""));
  for (const every of [1, 7, 100]) {
    assertEquals(lacking(frames, every), expected);
    assertEquals(lacking(frames.toReversed(), every), expected);
  }
});

function bias(name: string, level: number, seed: number): ClassifiedVerdict {
  const random = makeRandom(seed);
  const plane = planeBy(
    200,
    80,
    () => Math.round(level + 4 * random.normal()),
  );
  const verdict = frame(name, "bias");
  const statistics = computeStatistics(plane, 4);
  return { ...verdict, pixels: { ...verdict.pixels, statistics } };
}

Deno.test("followNight: each drift is reported once, also when existing frames show it", () => {
  const frames = [0, 1, 2, 3, 4, 5, 6].map((k) =>
    bias(`d${k}`, 1000 + 10 * k, k + 1)
  );
  const list = (night: ReturnType<typeof followNight>) =>
    night.check().drifts.map(({ set, change }) => [set.count, change]);
  const night = followNight();
  assertEquals(
    frames.map((one) => {
      night.add(one);
      return list(night);
    }),
    [
      [],
      [],
      [],
      [[4, "level rises by 30 counts (7.5 × the noise)"]],
      [],
      [],
      [],
    ],
  );
  const known = followNight({ existing: frames.slice(0, 6) });
  known.add(frames[6]!);
  assertEquals(list(known), []);
});

Deno.test("followNight: each outlier is named once, also when existing frames tell it", () => {
  const levels = [1000, 1001, 1100, 1000, 1001, 1000];
  const frames = levels.map((level, k) => bias(`b${k}`, level, k + 1));
  const list = (night: ReturnType<typeof followNight>) =>
    night.check().outliers.map(({ file }) => file);
  const night = followNight();
  assertEquals(
    frames.map((one) => {
      night.add(one);
      return list(night);
    }),
    [[], [], [], ["/night/b2.fits"], [], []],
  );
  const known = followNight({ existing: frames.slice(0, 5) });
  known.add(frames[5]!);
  assertEquals(list(known), []);
  const told = followNight({ existing: frames.slice(0, 3) });
  told.add(frames[3]!);
  assertEquals(list(told), ["/night/b2.fits"]);
});
