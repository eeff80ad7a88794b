import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  type ConfiguredFrame,
  findDefinition,
  findSpectrograph,
  findSpectrographNames,
  groupByConfiguration,
  isCompatible,
  SPECTROGRAPHS,
  splitByConfiguration,
  wasInUse,
} from "../../lib/calibration/configuration.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import { CONFIGURATION_KEYS } from "../../lib/header/rules.ts";
import { NO_LOG } from "../no_log.ts";

const KEYS = ["dispname", "binning"] as const;
const DEFINITION = {
  keys: KEYS,
  shared: { bias: ["binning"], dark: ["binning"] },
  tolerances: {},
} as const;

/** Groups frames by a small definition. */
function group<F extends ConfiguredFrame>(frames: readonly F[]) {
  return groupByConfiguration(frames, () => DEFINITION);
}

const frames = fc.array(
  fc.record({
    type: fc.constantFrom(
      ...["bias", "dark", "arc", "science", "unknown"] as const,
      null,
    ),
    use: fc.boolean(),
    instrument: fc.constantFrom("kast-blue", "kast-red", null),
    configuration: fc.record({
      dispname: fc.constantFrom("300", "600"),
      binning: fc.constantFrom("1,1", "2,2"),
    }, { requiredKeys: [] }),
  }).map(({ type, use, instrument, configuration }) => ({
    type,
    use: use && type !== null && type !== "unknown",
    log: type === null ? null : logOf(instrument, { ...configuration }),
  })),
  { maxLength: 12 },
);

Deno.test("groupByConfiguration assigns every usable frame or names it, and none to a configuration with other values", () => {
  fc.assert(fc.property(frames, (all) => {
    const { configurations, incomplete } = group(all);
    const assigned = new Set<unknown>([
      ...configurations.flatMap((configuration) => configuration.frames),
      ...incomplete.map(({ frame }) => frame),
    ]);
    const unassigned = all.filter((frame) => !assigned.has(frame));
    assertEquals(unassigned.filter(({ use }) => use), []);
    for (const { configuration, instrument, frames } of configurations) {
      for (const { type, log } of frames) {
        const keys = type === "bias" || type === "dark" ? ["binning"] : KEYS;
        for (const key of keys) {
          const [one, other] = [configuration[key], log?.configuration[key]];
          if (one && other) assertEquals(one, other);
        }
        if (log?.instrument) assertEquals(log.instrument, instrument);
      }
    }
  }));
});

Deno.test("the case of the name does not tell instruments apart", () => {
  const frames = ["DADOS200", "Dados200", "dados200"].map((name) => ({
    ...{ type: "arc", use: true } as const,
    log: logOf(name, { dispname: "600" }),
  }));
  const { configurations, incomplete } = group(frames);
  assertEquals(
    configurations.map(({ instrument, name, frames }) => [
      ...[instrument, name, frames.length],
    ]),
    [["DADOS200", "A", 3]],
  );
  assertEquals(incomplete, []);
  const rows = splitByConfiguration(frames, ({ log }) => log);
  assertEquals(rows.map(({ rows }) => rows.length), [3]);
  assertEquals(findDefinition("Kast-Red"), findDefinition("kast-red"));
});

Deno.test("groupByConfiguration: a usable frame with light is in one configuration at most", () => {
  fc.assert(fc.property(frames, (all) => {
    const { configurations, incomplete } = group(all);
    for (const frame of all) {
      if (!frame.use || frame.type === "bias" || frame.type === "dark") {
        continue;
      }
      const count = configurations.filter(({ frames }) =>
        frames.includes(frame)
      )
        .length;
      const isNamed = incomplete.some((one) => one.frame === frame);
      assertEquals(count, isNamed ? 0 : 1);
    }
  }));
});

Deno.test("groupByConfiguration: biases and darks do not change the configurations of other frames", () => {
  fc.assert(fc.property(frames, (all) => {
    const isOwn = ({ type }: { type: string | null }) =>
      type !== "bias" && type !== "dark";
    const list = (some: typeof all) =>
      group(some).configurations
        .map(({ instrument, configuration, frames }) => ({
          ...{ instrument, configuration },
          frames: frames.filter((frame) => isOwn(frame) && frame.use),
        })).filter(({ frames }) => frames.length > 0);
    // An instrument of which there are only biases tells others apart.
    const own = all.filter((frame) =>
      isOwn(frame) || frame.log?.instrument !== null
    );
    assertEquals(
      list(own.filter(({ log }) => log?.instrument !== null)),
      list(
        own.filter((frame) => isOwn(frame) && frame.log?.instrument !== null),
      ),
    );
  }));
});

Deno.test("groupByConfiguration: unusable frames do not change the configurations of other frames", () => {
  fc.assert(fc.property(frames, (all) => {
    const list = (some: typeof all) =>
      group(some).configurations.map(({ name, configuration, frames }) => [
        name,
        configuration,
        frames.filter(({ use }) => use),
      ]);
    assertEquals(list(all), list(all.filter(({ use }) => use)));
  }));
});

Deno.test("groupByConfiguration: an unusable frame is in the configuration of its header, else in all that fit, else in none", () => {
  const frame = (configuration: Record<string, string>, use = true) => ({
    type: "flat" as const,
    use,
    log: logOf(null, configuration),
  });
  const place = (configuration: Record<string, string>) => {
    const unusable = frame(configuration, false);
    return group([
      unusable,
      frame({ dispname: "300", binning: "1,1" }),
      frame({ dispname: "600", binning: "1,1" }),
    ]).configurations.map(({ frames }) => frames.includes(unusable));
  };
  assertEquals(place({ dispname: "600", binning: "1,1" }), [false, true]);
  assertEquals(place({ dispname: "600" }), [false, true]);
  assertEquals(place({ binning: "1,1" }), [true, true]);
  assertEquals(place({ dispname: "Mirror" }), [false, false]);
});

/** Frames of Goodman by name: their type, and what their header says. */
function night(
  rows: Readonly<
    Record<string, [FrameType, Record<string, string>, (string | null)?]>
  >,
) {
  const { configurations, incomplete, completed } = groupByConfiguration(
    Object.entries(rows).map(([name, [type, values, instrument]], k) => ({
      name,
      type,
      use: true,
      log: {
        ...logOf(instrument === undefined ? "goodman-red" : instrument, values),
        mjd: 58000 + k / 100,
      },
    })),
  );
  const describe = ({ frame, lacks, fits }: typeof incomplete[number]) =>
    `${frame.name} lacks ${lacks.join(" ")}: ${
      fits.map(({ name }) => name).join(" ")
    }`;
  return {
    names: configurations.map(({ name, instrument, frames }) =>
      `${instrument} ${name}: ${frames.map(({ name }) => name).join(" ")}`
    ),
    incomplete: incomplete.map(describe),
    completed: completed.map(describe),
  };
}

const RED = {
  ...{ arm: "Red", size: "2071x200", window: "full", binning: "2,2" },
  ...{ dispname: "400", decker: "1.0", dispangle: "7.5" },
};

const SLOW = { ...RED, readout: "slow", gain: "1.4" };

Deno.test("camera, window, size and read-out count for biases, the grating does not", () => {
  const { names } = night({
    science: ["science", SLOW],
    bias: ["bias", { ...SLOW, dispname: "<NO GRATING>", decker: "none" }],
    blue: ["bias", { ...SLOW, arm: "Blue" }],
    large: ["bias", { ...SLOW, size: "2071x990" }],
    moved: ["bias", { ...SLOW, window: "center" }],
    fast: ["bias", { ...SLOW, readout: "fast" }],
    gain: ["bias", { ...SLOW, gain: "2.4" }],
    almost: ["bias", { ...SLOW, gain: "1.42" }],
  });
  assertEquals(names, [
    "goodman-red A: science bias almost",
    "goodman-red B: blue",
    "goodman-red C: large",
    "goodman-red D: moved",
    "goodman-red E: fast",
    "goodman-red F: gain",
  ]);
});

Deno.test("an arc must have all values of a configuration", () => {
  const others = Object.keys(RED) as (keyof typeof RED)[];
  for (const key of others) {
    const { names } = night({
      science: ["science", RED],
      arc: ["arc", { ...RED, [key]: "other" }],
    });
    assertEquals(names.length, 2, key);
  }
});

Deno.test("a frame that lacks a key joins the only configuration that fits, else it is incomplete", () => {
  const { dispname: _, ...lost } = RED;
  const two = {
    a: ["science", RED] as [FrameType, typeof RED],
    b: ["science", { ...RED, dispname: "600" }] as [FrameType, typeof RED],
  };
  assertEquals(night({ a: two.a, arc: ["arc", lost] }), {
    names: ["goodman-red A: a arc"],
    incomplete: [],
    completed: ["arc lacks dispname: A"],
  });
  assertEquals(night({ ...two, arc: ["arc", lost] }), {
    names: ["goodman-red A: a", "goodman-red B: b"],
    incomplete: ["arc lacks dispname: A B"],
    completed: [],
  });
  // Configurations of one read-out are one for a bias.
  const { binning: __, ...unbinned } = RED;
  assertEquals(night({ ...two, bias: ["bias", unbinned] }), {
    names: ["goodman-red A: a bias", "goodman-red B: b bias"],
    incomplete: [],
    completed: ["bias lacks binning: A B"],
  });
});

Deno.test("a frame that lost most keys is incomplete even if one configuration fits", () => {
  assertEquals(night({ a: ["science", RED], lost: ["arc", { arm: "Red" }] }), {
    names: ["goodman-red A: a"],
    incomplete: ["lost lacks window binning dispname decker dispangle: A"],
    completed: [],
  });
});

Deno.test("a frame without the name of an instrument or its arm lacks a key", () => {
  const { arm: _, ...unnamed } = RED;
  const unsure = night({
    red: ["science", RED],
    blue: ["science", { ...RED, arm: "Blue" }, "goodman-blue"],
    old: ["arc", unnamed, "goodman"],
    none: ["arc", RED, null],
  });
  assertEquals(unsure.names, [
    "goodman-blue A: blue",
    "goodman-red A: red none",
  ]);
  assertEquals(unsure.incomplete, ["old lacks instrument arm: A A"]);
  const { names } = night({ old: ["science", unnamed, "goodman"] });
  assertEquals(names, ["goodman A: old"]);
});

Deno.test("without any keys all frames of an instrument are one configuration", () => {
  const { names, incomplete } = night({
    arc: ["arc", {}, null],
    bias: ["bias", {}, null],
    science: ["science", {}, null],
  });
  assertEquals(names, ["null A: arc bias science"]);
  assertEquals(incomplete, []);
});

function logOf(
  instrument: string | null,
  configuration: Record<string, string>,
) {
  return { ...NO_LOG, instrument, configuration };
}

Deno.test("groupByConfiguration: biases are compared in shared keys that do not define a configuration", () => {
  const frame = (type: "bias" | "science", binning: string) => ({
    type,
    use: true,
    log: logOf("kast-blue", { dispname: "600/4310", binning }),
  });
  const bias = frame("bias", "1,1");
  const { configurations } = groupByConfiguration(
    [frame("science", "1,1"), bias, frame("bias", "2,2")],
  );
  assertEquals(configurations.map(({ frames }) => frames.length), [2, 1]);
  assertEquals(configurations[0]!.frames.includes(bias), true);
});

Deno.test("a detector was in use between two days", () => {
  const red = SPECTROGRAPHS.get("keck_lris_red")!;
  // 2009-05-03, 2021-04-22 and the days before.
  const days = [54953.9, 54954.1, 59325.9, 59326.1].map((mjd) =>
    wasInUse(red, mjd)
  );
  assertEquals(days, [false, true, true, false]);
  assertEquals(wasInUse(red, null), true);
  assertEquals(findSpectrographNames("lris-red", 59400), [
    "keck_lris_red_mark4",
  ]);
  assertEquals(findSpectrographNames("no such instrument", null), []);
});

Deno.test("the tolerance of a tilt is that of PypeIt's spectrograph", () => {
  const cases: [string, string, string, boolean][] = [
    ["kast-red", "10000", "10009", true],
    ["kast-red", "10000", "10011", false],
    ["gmos-n", "700.000", "700.006", true],
    ["gmos-n", "700.000", "700.008", false],
    ["lris-red", "30.0", "30.29", true],
    ["lris-red", "30.0", "30.31", false],
    ["no such instrument", "10000", "10009", true],
    ["no such instrument", "10000", "10011", false],
  ];
  for (const [instrument, one, other, expected] of cases) {
    const { tolerances } = findDefinition(instrument);
    const isSame = isCompatible(
      { dispangle: one },
      { dispangle: other },
      tolerances,
    );
    assertEquals(isSame, expected, `${instrument} ${one} ${other}`);
  }
});

Deno.test("texts are compared without regard to case, and numbers by value", () => {
  const isSame = (one: string, other: string) =>
    isCompatible({ decker: one }, { decker: other }, {});
  assertEquals(isSame("Open", "OPEN"), true);
  assertEquals(isSame("2.0", "2"), true);
  assertEquals(isSame("2.0", "2.1"), false);
  assertEquals(isSame("open", "closed"), false);
});

Deno.test("splitByConfiguration compares the keys of the instrument only", () => {
  const rows = [
    logOf("kast-red", { dispname: "600", dispangle: "10848", decker: "2.0" }),
    logOf("kast-red", { dispname: "600", dispangle: "10851", decker: "0.5" }),
    logOf("kast-red", { dispname: "600", dispangle: "25499" }),
    logOf("kast-blue", { dispname: "600" }),
    null,
  ];
  const groups = splitByConfiguration(rows, (log) => log);
  assertEquals(
    groups.map(({ instrument, configuration, rows }) => [
      instrument,
      configuration,
      rows.length,
    ]),
    [
      ["kast-red", { dispname: "600", dispangle: "10848" }, 2],
      ["kast-red", { dispname: "600", dispangle: "25499" }, 1],
      ["kast-blue", { dispname: "600" }, 1],
      [null, {}, 1],
    ],
  );
});

Deno.test("splitByConfiguration compares only the keys of the detector for biases", () => {
  const rows = ["600", "300"].map((dispname) =>
    logOf("kast-red", { dispname, binning: "1,1" })
  );
  const count = (type: FrameType) =>
    splitByConfiguration(rows, (log) => log, () => type).length;
  assertEquals([count("bias"), count("arc")], [1, 2]);
});

Deno.test("every spectrograph uses known keys, and tolerances of its own keys", () => {
  for (const [name, one] of SPECTROGRAPHS) {
    const all = [...one.keys, ...Object.values(one.shared).flat()];
    assertEquals(
      all.filter((key) => !CONFIGURATION_KEYS.some((known) => known === key)),
      [],
      name,
    );
    const { keys } = one;
    const tolerances = Object.keys(one.tolerances ?? {});
    assertEquals(
      tolerances.filter((key) => !keys.some((own) => own === key)),
      [],
      name,
    );
  }
  assertEquals(findSpectrograph("unknown").instrument, null);
  assertEquals(findSpectrograph("vlt_fors2").instrument, "fors2");
});
