import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import {
  gapsOf,
  type TypedFrame,
} from "../../lib/calibration/missing_calibrations.ts";
import { NO_LOG } from "../no_log.ts";

const BLUE = { dispname: "600/4310", decker: "2.0 arcsec", binning: "1,1" };

function frame(
  type: FrameType,
  configuration: LogEntry["configuration"] = BLUE,
  log: Partial<LogEntry> = {},
): TypedFrame {
  return {
    file: `${type}.fits`,
    type,
    log: {
      ...NO_LOG,
      instrument: "kast-blue",
      night: "2016-08-26",
      ...log,
      configuration,
    },
  };
}

const FULL = FRAME_TYPES.map((type) => frame(type));

function missing(frames: readonly TypedFrame[]): string[] {
  return gapsOf(frames).map(({ missing, weight }) => `${weight} ${missing}`);
}

Deno.test("a night with all of its calibrations lacks nothing", () => {
  assertEquals(gapsOf(FULL), []);
  assertEquals(gapsOf([]), []);
  const calibrations = FULL.filter(({ type }) =>
    type !== "science" && type !== "standard"
  );
  assertEquals(gapsOf(calibrations), []);
});

Deno.test("what is taken away is missing; a dark stands for a bias", () => {
  const without = (...types: FrameType[]) =>
    missing(FULL.filter(({ type }) => !types.includes(type)));
  assertEquals(without("arc"), ["lack arc"]);
  assertEquals(without("flat"), ["lack flat"]);
  assertEquals(without("bias"), []);
  assertEquals(without("bias", "dark"), ["lack bias"]);
  assertEquals(without("standard"), ["note standard"]);
  assertEquals(without("arc", "flat", "bias", "dark", "standard"), [
    "lack arc",
    "lack flat",
    "lack bias",
    "note standard",
  ]);
});

Deno.test("a gap names its frames, what they must share, and the nights that have it", () => {
  const grating = { ...BLUE, dispname: "830/3460" };
  const frames = [
    ...FULL,
    { ...frame("science", grating), file: "a.fits" },
    {
      ...frame("science", { ...grating, decker: "0.5 arcsec" }),
      file: "b.fits",
    },
    frame("arc", grating, { night: "2016-08-27" }),
    frame("flat", grating),
    frame("standard", grating),
  ];
  assertEquals(gapsOf(frames), [{
    missing: "arc",
    weight: "lack",
    instrument: "kast-blue",
    night: "2016-08-26",
    configuration: { binning: "1,1", dispname: "830/3460" },
    files: ["a.fits", "b.fits", "standard.fits"],
    otherNights: ["2016-08-27"],
  }]);
});

Deno.test("other instruments, nights and binnings do not serve", () => {
  const science = frame("science");
  const others = (log: Partial<LogEntry>, configuration = BLUE) =>
    FULL.filter(({ type }) => type !== "science")
      .map(({ type }) => frame(type, configuration, log));
  const all = ["lack arc", "lack flat", "lack bias", "note standard"];
  for (const log of [{ instrument: "kast-red" }, { night: "2016-08-27" }]) {
    assertEquals(missing([science, ...others(log)]), all);
  }
  assertEquals(
    gapsOf([science, ...others({}, { ...BLUE, binning: "2,2" })])
      .filter(({ files }) => files.includes("science.fits"))
      .map(({ missing }) => missing),
    ["arc", "flat", "bias"],
  );
});

Deno.test("a tilt may jitter as encoders do; another slit is but a note", () => {
  const red = (tilt: string, slit = "2.0") => ({
    ...BLUE,
    dispangle: tilt,
    decker: slit,
  });
  const others = FULL.filter(({ type }) =>
    type !== "arc" && type !== "science"
  );
  const night = (configuration: LogEntry["configuration"]) => [
    ...others,
    frame("science", red("10853")),
    frame("arc", configuration),
  ];
  const ofScience = (configuration: LogEntry["configuration"]) =>
    gapsOf(night(configuration)).filter(({ files }) =>
      files.includes("science.fits")
    )
      .map(({ missing, weight }) => `${weight} ${missing}`);
  assertEquals(ofScience(red("10855")), []);
  assertEquals(ofScience(red("1.0853E4")), []);
  assertEquals(ofScience(red("10900")), ["lack arc"]);
  assertEquals(ofScience(red("10853", "0.5")), ["note arc"]);
});

Deno.test("whatever cards are missing, a full night lacks nothing", () => {
  const keys = Object.keys(BLUE) as (keyof typeof BLUE)[];
  const thinned = fc.tuple(
    ...FULL.map((whole) =>
      fc.record({ kept: fc.subarray(keys), night: fc.boolean() }).map((
        { kept, night },
      ) =>
        frame(
          whole.type,
          Object.fromEntries(kept.map((key) => [key, BLUE[key]])),
          night ? {} : { night: null },
        )
      )
    ),
  );
  fc.assert(fc.property(thinned, (frames) => {
    assertEquals(gapsOf(frames), []);
  }));
});

Deno.test("frames whose headers say nothing lack only what is not there at all", () => {
  const bare = (type: FrameType) =>
    frame(type, {}, { instrument: null, night: null });
  assertEquals(
    missing(["science", "arc", "flat"].map((type) => bare(type as FrameType))),
    ["lack bias", "note standard"],
  );
});
