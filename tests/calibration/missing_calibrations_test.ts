import { assertEquals } from "@std/assert";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import {
  findMissingCalibrations,
  groupUsable,
  selectUsable,
  type UsableFrame,
} from "../../lib/calibration/missing_calibrations.ts";
import type { Subtype } from "../../lib/header/subtype.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import { NO_LOG } from "../no_log.ts";

const BLUE = { dispname: "600/4310", decker: "2.0 arcsec", binning: "1,1" };

function frame(
  type: FrameType,
  configuration: LogEntry["configuration"] = BLUE,
  log: Partial<LogEntry> = {},
): UsableFrame {
  return {
    file: `${type}.fits`,
    type,
    subtype: null,
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

function findMissing(frames: readonly UsableFrame[]) {
  return findMissingCalibrations(groupUsable(frames));
}

function listMissing(frames: readonly UsableFrame[]): string[] {
  return findMissing(frames).map(({ calibration, severity }) =>
    `${severity} ${calibration}`
  );
}

Deno.test("no calibration is missing from a complete night", () => {
  assertEquals(findMissing(FULL), []);
  assertEquals(findMissing([]), []);
  const calibrations = FULL.filter(({ type }) =>
    type !== "science" && type !== "standard"
  );
  assertEquals(findMissing(calibrations), []);
});

Deno.test("a calibration that is removed is missing; a dark replaces a bias", () => {
  const without = (...types: FrameType[]) =>
    listMissing(FULL.filter(({ type }) => !types.includes(type)));
  assertEquals(without("arc"), ["missing arc"]);
  assertEquals(without("flat"), ["missing flat"]);
  assertEquals(without("bias"), []);
  assertEquals(without("bias", "dark"), ["missing bias"]);
  assertEquals(without("arc", "flat", "bias", "dark", "standard"), [
    "missing arc",
    "missing flat",
    "missing bias",
  ]);
});

Deno.test("a grating without a standard gives a note only if the instrument has a standard", () => {
  const ofOther = frame("standard", { ...BLUE, dispname: "830/3460" });
  const others = FULL.filter(({ type }) => type !== "standard");
  assertEquals(listMissing(others), []);
  const calibrations = (["arc", "flat"] as const)
    .map((type) => frame(type, ofOther.log.configuration));
  assertEquals(listMissing([...others, ofOther, ...calibrations]), [
    "note standard",
  ]);
});

Deno.test("a subtype fills a need if it stands for its type, and only then has needs", () => {
  const withSubtype = (type: FrameType, subtype: Subtype) =>
    listMissing([
      ...FULL.filter((one) => one.type !== type),
      { ...frame(type), subtype },
    ]);
  assertEquals(withSubtype("flat", "dome"), []);
  assertEquals(withSubtype("flat", "internal"), []);
  for (const subtype of ["twilight", "lamp-off", "pinhole"] as const) {
    assertEquals(withSubtype("flat", subtype), ["missing flat"], subtype);
  }
  assertEquals(listMissing([{ ...frame("science"), subtype: "sky" }]), []);
});

Deno.test("selectUsable: unusable, unknown and unreadable frames fill no need", () => {
  const arc = makeVerdict("arc.fits", { subtype: "internal" });
  assertEquals(selectUsable(arc), {
    file: "arc.fits",
    type: "arc",
    subtype: "internal",
    log: NO_LOG,
  });
  for (
    const verdict of [
      makeVerdict("a.fits", { use: false }),
      makeVerdict("a.fits", { type: "unknown" }),
      makeFailedVerdict("a.fits"),
    ]
  ) {
    assertEquals(selectUsable(verdict), null);
  }
});

Deno.test("a missing calibration has its frames, the values to share, and the nights that have it", () => {
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
    frame("flat", { ...grating, decker: "0.5 arcsec" }),
    frame("standard", grating),
  ];
  assertEquals(findMissing(frames), [{
    calibration: "arc",
    severity: "missing",
    instrument: "kast-blue",
    night: "2016-08-26",
    configurations: ["B"],
    configuration: { binning: "1,1", dispname: "830/3460" },
    files: ["a.fits", "b.fits", "standard.fits"],
    otherNights: ["2016-08-27"],
    nearest: null,
  }]);
});

Deno.test("calibrations of other instruments, nights and binnings do not serve", () => {
  const science = frame("science");
  const others = (log: Partial<LogEntry>, configuration = BLUE) =>
    FULL.filter(({ type }) => type !== "science")
      .map(({ type }) => frame(type, configuration, log));
  const all = ["missing arc", "missing flat", "missing bias"];
  const missing = (log: Partial<LogEntry>) =>
    listMissing([science, ...others(log)]);
  assertEquals(missing({ instrument: "kast-red" }), all);
  assertEquals(missing({ night: "2016-08-27" }), [...all, "note standard"]);
  assertEquals(
    findMissing([
      science,
      ...others({}, { ...BLUE, binning: "2,2" }),
    ])
      .filter(({ files }) => files.includes("science.fits"))
      .map(({ calibration }) => calibration),
    ["arc", "flat", "bias"],
  );
});

Deno.test("a tilt may differ within the tolerance; another slit gives a note", () => {
  const red = (type: FrameType, tilt: string, slit = "2.0") =>
    frame(type, { ...BLUE, dispangle: tilt, decker: slit }, {
      instrument: "kast-red",
    });
  const check = (arc: UsableFrame) =>
    listMissing([
      ...(["science", "standard", "flat", "bias"] as const)
        .map((type) => red(type, "10853")),
      arc,
    ]);
  assertEquals(check(red("arc", "10855")), []);
  assertEquals(check(red("arc", "1.0853E4")), []);
  assertEquals(check(red("arc", "10900")), ["missing arc"]);
  assertEquals(check(red("arc", "10853", "0.5")), ["note arc"]);
  // The flats of a standard through a wide slit may be through a narrower one.
  const [note] = findMissing([
    ...(["arc", "bias", "flat"] as const).map((type) => red(type, "10853")),
    red("science", "10853", "4.0"),
    red("standard", "10853", "6.0"),
    red("flat", "10853", "0.5"),
  ]).filter(({ calibration }) => calibration === "flat");
  assertEquals(note?.severity, "note");
  assertEquals(note?.configuration, { decker: "4.0" });
  assertEquals(note?.files, ["science.fits"]);
  assertEquals(note?.nearest?.differs, { decker: "2.0" });
});

Deno.test("a slit that is part of the configuration must be the same", () => {
  const gmos = (type: FrameType, decker: string) =>
    frame(type, { dispname: "B600", decker, binning: "2,2" }, {
      instrument: "gmos-n",
    });
  const night = (flat: string) =>
    listMissing([
      ...(["science", "standard", "arc", "bias"] as const)
        .map((type) => gmos(type, "1.0arcsec")),
      gmos("flat", flat),
    ]);
  assertEquals(night("1.0arcsec"), []);
  assertEquals(night("0.5arcsec"), ["missing flat"]);
});

Deno.test("a card that one calibration lacks makes none missing", () => {
  const keys = Object.keys(BLUE) as (keyof typeof BLUE)[];
  for (const { type } of FULL) {
    for (const key of keys) {
      const { [key]: _, ...rest } = BLUE;
      const others = FULL.filter((one) => one.type !== type);
      const label = `${type} without ${key}`;
      const all = [...others, frame(type, rest)];
      assertEquals(listMissing(all), [], label);
    }
  }
});

Deno.test("a near-infrared array needs no bias", () => {
  const list = (instrument: string) =>
    listMissing(
      (["science", "arc", "flat"] as const).map((type) =>
        frame(type, BLUE, { instrument })
      ),
    );
  assertEquals(list("nires"), []);
  assertEquals(list("deimos"), ["missing bias"]);
});

Deno.test("incomplete frames lack nothing and serve nothing", () => {
  const other = FULL.map(({ type }) =>
    frame(type, { ...BLUE, dispname: "830/3460" })
  );
  const lost = (type: FrameType) => frame(type, { decker: "2.0 arcsec" });
  assertEquals(listMissing([...FULL, ...other, lost("science")]), []);
  assertEquals(
    listMissing([
      ...FULL.filter(({ type }) => type !== "arc"),
      ...other,
      lost("arc"),
    ]),
    ["missing arc"],
  );
});

Deno.test("without a longitude calibrations serve within a day, and older ones are dated", () => {
  const at = (type: FrameType, mjd: number | null) =>
    frame(type, BLUE, { night: null, mjd });
  const night = (science: number | null, others: number | null) => [
    at("science", science),
    ...(["arc", "flat", "bias"] as const).map((type) => at(type, others)),
  ];
  assertEquals(findMissing(night(59264.2, 59263.5)), []);
  const old = findMissing(night(59264.2, 59172.1));
  assertEquals(
    old.map(({ calibration, night, otherNights }) => [
      calibration,
      night,
      otherNights,
    ]),
    ["arc", "flat", "bias"].map((name) => [
      name,
      "2021-02-19",
      ["2020-11-19"],
    ]),
  );
  // A night that is not known is not that of the frame, but may be.
  assertEquals(
    findMissing(night(59264.2, null))
      .map(({ severity, otherNights }) => [severity, otherNights]),
    Array(3).fill(["note", ["unknown"]]),
  );
  assertEquals(findMissing(night(null, null)), []);
});

Deno.test("the nearest calibrations are those that differ in the fewest values, rather not in the mask", () => {
  const deimos = (
    type: FrameType,
    file: string,
    mask: string,
    tilt: string,
  ) => ({
    ...frame(type, { dispname: "600ZD", decker: mask, dispangle: tilt }, {
      instrument: "deimos",
    }),
    file,
  });
  const [arc] = findMissing([
    deimos("science", "b.fits", "maskB", "7500"),
    deimos("arc", "a_arc.fits", "maskA", "7500"),
    deimos("arc", "b_arc.fits", "maskB", "6500"),
    deimos("arc", "c_arc.fits", "maskC", "6500"),
  ]);
  assertEquals(arc?.nearest, {
    files: ["b_arc.fits"],
    differs: { dispangle: "6500" },
  });
});

Deno.test("without headers only calibrations that do not exist at all are missing", () => {
  const bare = (type: FrameType) =>
    frame(type, {}, { instrument: null, night: null });
  assertEquals(
    listMissing(
      ["science", "arc", "flat"].map((type) => bare(type as FrameType)),
    ),
    ["missing bias"],
  );
});

Deno.test("where headers tell nothing but the size, an arc of another size is not missing, a bias is", () => {
  const large = { size: "2071x200" };
  const small = { size: "1232x250" };
  const science = frame("science", large);
  const calibrations = [frame("arc", small), frame("flat", small)];
  assertEquals(
    listMissing([science, ...calibrations, frame("bias", large)]),
    [],
  );
  assertEquals(listMissing([science, ...calibrations, frame("bias", small)]), [
    "missing bias",
  ]);
  const set = { ...large, dispname: "600/4310" };
  assertEquals(
    listMissing([frame("science", set), ...calibrations, frame("bias", large)]),
    ["missing arc", "missing flat"],
  );
});
