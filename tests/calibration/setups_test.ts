import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { setupsOf } from "../../lib/calibration/configurations.ts";
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
    setup: fc.record({
      dispname: fc.constantFrom("300", "600"),
      binning: fc.constantFrom("1,1", "2,2"),
    }, { requiredKeys: [] }),
  }).map(({ type, setup }) => ({
    type,
    log: type === null
      ? null
      : { ...NO_LOG, setup: setup as Record<string, string> },
  })),
  { maxLength: 12 },
);

Deno.test("every frame is in a setup, and none with one that says otherwise", () => {
  fc.assert(fc.property(frames, (all) => {
    const setups = setupsOf(all, MARKS);
    const held = new Set(setups.flatMap((setup) => setup.frames));
    assertEquals(held.size, all.length);
    for (const { setup, frames } of setups) {
      for (const { type, log } of frames) {
        const parts = type === "bias" || type === "dark" ? ["binning"] : NAMES;
        for (const name of parts) {
          const [one, other] = [setup[name], log?.setup[name]];
          if (one && other) assertEquals(one, other);
        }
      }
    }
  }));
});

Deno.test("the setups of frames on sky and of lamps do not depend on biases", () => {
  fc.assert(fc.property(frames, (all) => {
    const isOwn = ({ type }: { type: string | null }) =>
      type !== "bias" && type !== "dark";
    const names = setupsOf(all, MARKS).map(({ setup }) => setup);
    const own = setupsOf(all.filter(isOwn), MARKS).map(({ setup }) => setup);
    const said = own.filter((setup) => Object.keys(setup).length > 0);
    assertEquals(names.slice(0, said.length), said);
  }));
});
