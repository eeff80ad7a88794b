import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { groupByConfiguration } from "../../lib/calibration/configurations.ts";
import { NO_LOG } from "../no_log.ts";

const NAMES = ["dispname", "binning"];
const MARKS = {
  keys: NAMES,
  shared: { bias: ["binning"], dark: ["binning"] },
  tolerances: {},
};

const frames = fc.array(
  fc.record({
    type: fc.constantFrom(
      ...["bias", "dark", "arc", "science", "unknown"] as const,
      null,
    ),
    configuration: fc.record({
      dispname: fc.constantFrom("300", "600"),
      binning: fc.constantFrom("1,1", "2,2"),
    }, { requiredKeys: [] }),
  }).map(({ type, configuration }) => ({
    type,
    log: type === null
      ? null
      : { ...NO_LOG, configuration: configuration as Record<string, string> },
  })),
  { maxLength: 12 },
);

Deno.test("every frame is in a configuration, and none with one that says otherwise", () => {
  fc.assert(fc.property(frames, (all) => {
    const configurations = groupByConfiguration(all, MARKS);
    const held = new Set(
      configurations.flatMap((configuration) => configuration.frames),
    );
    assertEquals(held.size, all.length);
    for (const { configuration, frames } of configurations) {
      for (const { type, log } of frames) {
        const parts = type === "bias" || type === "dark" ? ["binning"] : NAMES;
        for (const name of parts) {
          const [one, other] = [configuration[name], log?.configuration[name]];
          if (one && other) assertEquals(one, other);
        }
      }
    }
  }));
});

Deno.test("the configurations of frames on sky and of lamps do not depend on biases", () => {
  fc.assert(fc.property(frames, (all) => {
    const isOwn = ({ type }: { type: string | null }) =>
      type !== "bias" && type !== "dark";
    const names = groupByConfiguration(all, MARKS).map(({ configuration }) =>
      configuration
    );
    const own = groupByConfiguration(all.filter(isOwn), MARKS).map((
      { configuration },
    ) => configuration);
    const said = own.filter((configuration) =>
      Object.keys(configuration).length > 0
    );
    assertEquals(names.slice(0, said.length), said);
  }));
});
