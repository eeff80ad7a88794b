import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  findDefinition,
  findSpectrograph,
  groupByConfiguration,
  isCompatible,
  SPECTROGRAPHS,
  splitByConfiguration,
} from "../../lib/calibration/configuration.ts";
import { CONFIGURATION_KEYS } from "../../lib/header/rules.ts";
import { NO_LOG } from "../no_log.ts";

const KEYS = ["dispname", "binning"] as const;
const DEFINITION = {
  keys: KEYS,
  shared: { bias: ["binning"], dark: ["binning"] },
  tolerances: {},
} as const;

const frames = fc.array(
  fc.record({
    type: fc.constantFrom(
      ...["bias", "dark", "arc", "science", "unknown"] as const,
      null,
    ),
    use: fc.boolean(),
    configuration: fc.record({
      dispname: fc.constantFrom("300", "600"),
      binning: fc.constantFrom("1,1", "2,2"),
    }, { requiredKeys: [] }),
  }).map(({ type, use, configuration }) => ({
    type,
    use: use && type !== null && type !== "unknown",
    log: type === null
      ? null
      : { ...NO_LOG, configuration: configuration as Record<string, string> },
  })),
  { maxLength: 12 },
);

Deno.test("groupByConfiguration assigns every usable frame, and none to a configuration with other values", () => {
  fc.assert(fc.property(frames, (all) => {
    const configurations = groupByConfiguration(all, DEFINITION);
    const assigned = new Set(
      configurations.flatMap((configuration) => configuration.frames),
    );
    const unassigned = all.filter((frame) => !assigned.has(frame));
    assertEquals(unassigned.filter(({ use }) => use), []);
    for (const { configuration, frames } of configurations) {
      for (const { type, log } of frames) {
        const keys = type === "bias" || type === "dark" ? ["binning"] : KEYS;
        for (const key of keys) {
          const [one, other] = [configuration[key], log?.configuration[key]];
          if (one && other) assertEquals(one, other);
        }
      }
    }
  }));
});

Deno.test("groupByConfiguration: biases and darks do not change the configurations of other frames", () => {
  fc.assert(fc.property(frames, (all) => {
    const isOwn = ({ type }: { type: string | null }) =>
      type !== "bias" && type !== "dark";
    const names = groupByConfiguration(all, DEFINITION).map((
      { configuration },
    ) => configuration);
    const own = groupByConfiguration(all.filter(isOwn), DEFINITION).map((
      { configuration },
    ) => configuration);
    const said = own.filter((configuration) =>
      Object.keys(configuration).length > 0
    );
    assertEquals(names.slice(0, said.length), said);
  }));
});

Deno.test("groupByConfiguration: unusable frames do not change the configurations of other frames", () => {
  fc.assert(fc.property(frames, (all) => {
    const list = (some: typeof all) =>
      groupByConfiguration(some, DEFINITION).map((
        { configuration, frames },
      ) => [
        configuration,
        frames.filter(({ use }) => use),
      ]);
    assertEquals(list(all), list(all.filter(({ use }) => use)));
  }));
});

Deno.test("groupByConfiguration: an unusable frame is in the configuration of its header, else in one with fewer cards, else in none", () => {
  const frame = (configuration: Record<string, string>, use = true) => ({
    type: "flat" as const,
    use,
    log: logOf(null, configuration),
  });
  const group = (configuration: Record<string, string>) => {
    const unusable = frame(configuration, false);
    return groupByConfiguration([
      unusable,
      frame({ dispname: "300", binning: "1,1" }),
      frame({ dispname: "600", binning: "1,1" }),
    ], DEFINITION).map(({ frames }) => frames.includes(unusable));
  };
  assertEquals(group({ dispname: "600", binning: "1,1" }), [false, true]);
  assertEquals(group({ dispname: "600" }), [false, true]);
  assertEquals(group({ dispname: "Mirror" }), [false, false]);
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
  const groups = groupByConfiguration(
    [frame("science", "1,1"), bias, frame("bias", "2,2")],
    findDefinition("kast-blue"),
  );
  assertEquals(groups.map(({ frames }) => frames.length), [2, 1]);
  assertEquals(groups[0]!.frames.includes(bias), true);
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

Deno.test("every spectrograph uses known keys, and tolerances of its own keys", () => {
  for (const [name, one] of SPECTROGRAPHS) {
    const all = [...one.keys, ...Object.values(one.shared).flat()];
    assertEquals(
      all.filter((key) => !CONFIGURATION_KEYS.includes(key)),
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
