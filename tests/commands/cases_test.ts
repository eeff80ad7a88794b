/**
 * Situations in which a header says that a frame is not what its pixels show, or in which
 * calibrations do not fit, from the table of rows to the audit and the PypeIt files. The
 * pixels are simulated.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { auditVerdicts } from "../../lib/calibration/findings.ts";
import { classifyFiles } from "../../lib/classify/classify_files.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import { formatAuditTable } from "../../lib/output/audit.ts";
import { createFormatter } from "../../lib/output/formats.ts";
import { writePypeit } from "../../lib/output/pypeit/write_pypeit.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { parsePypeit } from "../output/parse_pypeit.ts";
import { temporaryFolder } from "../tiny.ts";

type Cards = Readonly<Record<string, string | number>>;

/** HDUs of a file: each a plane, and the cards of its header. */
type Frame = readonly (readonly [plane: Plane | undefined, cards: Cards])[];

const KAST = createInstrument("kast-red", 1)!;

const planes = new Map<FrameType, Plane>();

/** Returns a simulated frame of a type that the pixels tell, the same at each call. */
function simulate(type: FrameType): Plane {
  const made = planes.get(type) ??
    simulateFrame({ seed: 4, type, instrument: KAST }).plane;
  planes.set(type, made);
  return made;
}

/** Returns a frame whose columns are averaged with their neighbours, as out of focus. */
function blur({ width, height, pixels }: Plane, radius: number): Plane {
  const blurred = Uint16Array.from(pixels, (_, k) => {
    const [row, column] = [Math.floor(k / width), k % width];
    const from = Math.max(0, column - radius);
    const to = Math.min(width - 1, column + radius);
    let sum = 0;
    for (let x = from; x <= to; x++) sum += Number(pixels[row * width + x]);
    return sum / (to - from + 1);
  });
  return { width, height, pixels: blurred };
}

/** Adds the light of a frame, times a factor, to a bias. */
function dim({ width, height, pixels }: Plane, factor: number): Plane {
  const bias = simulate("bias").pixels;
  const dimmed = Uint16Array.from(
    pixels,
    (value, k) =>
      Number(bias[k]) +
      Math.max(0, factor * (Number(value) - Number(bias[k]))),
  );
  return { width, height, pixels: dimmed };
}

function toList(cards: Cards) {
  return Object.entries(cards)
    .map(([keyword, value]) => ({ keyword, value, comment: "" }));
}

/** Writes and classifies frames; returns rows, audit and PypeIt lines. */
async function run(
  frames: Readonly<Record<string, Frame>>,
  spectrograph?: string,
) {
  using folder = temporaryFolder();
  const paths = Object.entries(frames).map(([name, hdus]) => {
    const path = `${folder.path}/${name}.fits`;
    const encoded = encodeFits(
      hdus.map(([plane, cards]) => ({ cards: toList(cards), plane })),
    );
    Deno.writeFileSync(path, encoded);
    return path;
  });
  const options = { device: "cpu", workers: 0 } as const;
  const verdicts = await Array.fromAsync(classifyFiles(paths, options));
  const table = createFormatter("table", {
    files: paths,
    terminal: false,
    colour: false,
  });
  const audit = auditVerdicts(verdicts);
  const nameOf = (path: string) => path.slice(folder.path.length + 1, -5);
  const byName = (find: (verdict: Verdict) => string) =>
    Object.fromEntries(verdicts.map((verdict) => [
      nameOf(verdict.file),
      find(verdict),
    ]));
  const active: Record<string, string> = {};
  const configurations: string[] = [];
  const lacks: string[] = [];
  const notices: string[] = [];
  if (spectrograph !== undefined) {
    const written = await writePypeit(verdicts, {
      spectrograph,
      folder: `${folder.path}/redux`,
      maker: "spit",
      date: "2026-11-28",
    });
    lacks.push(...written.lacks);
    notices.push(...written.notices);
    for (const path of written.paths.slice(0, -1)) {
      const { rows } = parsePypeit(Deno.readTextFileSync(path));
      configurations.push(path);
      for (const { filename, frametype } of rows) {
        active[filename!.replace(".fits", "")] = frametype!;
      }
    }
  }
  return {
    types: byName(({ type }) => String(type)),
    rows: byName((verdict) => table.row(verdict)),
    agreements: byName(({ agreement }) => String(agreement)),
    kinds: audit.findings.map(({ kind }) => kind),
    incomplete: audit.incomplete.map(({ file }) => nameOf(file)),
    found: audit.findings.flatMap((finding) =>
      "verdict" in finding ? finding.files.map(nameOf) : []
    ),
    missing: audit.missing.map(({ calibration, files }) =>
      `${calibration}: ${files.map(nameOf).join(" ")}`
    ),
    audit: formatAuditTable(audit, { terminal: false, colour: false }),
    active,
    configurations,
    lacks,
    notices,
  };
}

const SKY: Cards = { RA: "10:00:00", DEC: "+30:00:00", AIRMASS: 1.1 };

const FLAT = "pixelflat,illumflat,trace";

Deno.test("a focus run is no arc, and the arc is missing", async () => {
  const deveny = (imagetyp: string, exposure: number, cards: Cards = {}) => ({
    ...{ INSTRUME: "Deveny", IMAGETYP: imagetyp, EXPTIME: exposure },
    ...{ OBJECT: "x", "DATE-OBS": "2021-11-14T03:00:00", CCDSUM: "1 1" },
    ...{ GRATING: "600/4900", GRANGLE: 27.04, FILTREAR: "Clear" },
    ...SKY,
    ...cards,
  });
  const focus = deveny("FOCUS", 5, { LAMPCAL: "Cd, Hg" });
  const { rows, found, missing, active } = await run({
    focus0: [[blur(simulate("arc"), 4), focus]],
    focus1: [[simulate("arc"), focus]],
    bias: [[simulate("bias"), deveny("BIAS", 0)]],
    flat: [[simulate("flat"), deveny("DOME FLAT", 30)]],
    science: [[simulate("science"), deveny("OBJECT", 900)]],
  }, "ldt_deveny");
  for (const name of ["focus0", "focus1"]) {
    assertStringIncludes(rows[name]!, "the header says focus");
  }
  assertEquals(found.sort(), ["focus0", "focus1"]);
  assertEquals(missing, ["arc: science"]);
  assertEquals(active, { bias: "bias", flat: FLAT, science: "science" });
});

Deno.test("an image of a mask is no flat, and makes no configuration", async () => {
  const deimos = (
    [obstype, hatch, lamps]: readonly [string, string, string],
    exposure: number,
    cards: Cards = {},
  ) => ({
    ...{ INSTRUME: "DEIMOS", OBSTYPE: obstype, HATCHPOS: hatch, LAMPS: lamps },
    ...{ ELAPTIME: exposure, OBJECT: "x", SLMSKNAM: "maskA" },
    ...{ GRATENAM: "600ZD", GRATEPOS: 3, G3TLTWAV: 7500, DWFILNAM: "GG455" },
    ...{ AMPMODE: "SINGLE:B", MOSMODE: "Spectral", BINNING: "1,1" },
    ...{ "DATE-OBS": "2021-07-05", UTC: "08:00:00", ...SKY, ...cards },
  });
  const internal = ["IntFlat", "closed", "Qz"] as const;
  const { rows, agreements, active, configurations } = await run({
    flat: [[simulate("flat"), deimos(internal, 4)]],
    mask_image: [[
      simulate("flat"),
      deimos(internal, 3, { MOSMODE: "Direct", GRATENAM: "Mirror" }),
    ]],
    bias: [[simulate("bias"), deimos(["Bias", "closed", "Off"], 0)]],
    science: [[simulate("science"), deimos(["Object", "open", "Off"], 1800)]],
  }, "keck_deimos");
  assertStringIncludes(rows.mask_image!, "unusable: the header says alignment");
  assertEquals(agreements.mask_image, "silent");
  assertEquals(active, { flat: FLAT, bias: "bias", science: "science" });
  assertEquals(configurations.length, 1);
});

Deno.test("flats with the lamp off are background for those with the lamp on", async () => {
  const mosfire = (lamp: number) => ({
    ...{ INSTRUME: "MOSFIRE", OBJECT: "Flat", FLATSPEC: lamp, TRUITIME: 14.5 },
    ...{ MASKNAME: "mask1", FILTER: "K", OBSMODE: "K-spectroscopy" },
    ...{ "DATE-OBS": "2014-03-09", UTC: "03:00:00" },
  });
  const { rows, found, active } = await run({
    on: [[simulate("flat"), mosfire(1)]],
    warm_off: [[dim(simulate("flat"), 0.3), mosfire(0)]],
    dark_off: [[simulate("bias"), mosfire(0)]],
  }, "keck_mosfire");
  for (const name of ["warm_off", "dark_off"]) {
    assertStringIncludes(rows[name]!, "flat lamp-off");
  }
  assertEquals(found, []);
  assertEquals(active, {
    on: FLAT,
    warm_off: "lampoffflats",
    dark_off: "lampoffflats",
  });
});

const LAMPS_OFF: Cards = Object.fromEntries(
  [..."12345ABCDEFGHIJK"].map((lamp) => [`LAMPSTA${lamp}`, "off"]),
);

function kast(target: string, exposure: number, cards: Cards = {}): Cards {
  return {
    ...{ VERSION: "kastr", OBSTYPE: "OBJECT", OBJECT: target },
    ...{ EXPTIME: exposure, "DATE-OBS": "2021-02-19T02:00:00" },
    ...{ GRATNG_N: "600/7500", GRTILT_P: 10848, BSPLIT_N: "d55" },
    ...SKY,
    ...LAMPS_OFF,
    ...cards,
  };
}

/** A slit filled with the twilight sky: a continuum with absorption lines. */
function makeTwilight(): Plane {
  const [width, height] = [1200, 250];
  const bias = simulate("bias").pixels;
  const lines = [[190, 0.3, 4], [305, 0.5, 8], [470, 0.4, 5], [900, 0.6, 15]];
  const sky = Array.from(
    { length: width },
    (_, x) =>
      lines.reduce(
        (light, [place, depth, sigma]) =>
          light * (1 - depth! * Math.exp(-(((x - place!) / sigma!) ** 2) / 2)),
        9000 * Math.exp(-(((x - 600) / 700) ** 2)),
      ),
  );
  const random = makeRandom(1);
  const pixels = Uint16Array.from({ length: width * height }, (_, k) => {
    const row = Math.floor(k / width);
    const light = row > 20 && row < 230 ? sky[k % width]! : 0;
    return Number(bias[k]) + light + Math.sqrt(light) * random.normal();
  });
  return { width, height, pixels };
}

Deno.test("a twilight flat corrects the slit alone, and replaces no dome flat", async () => {
  const frames: Record<string, Frame> = {
    sky: [[makeTwilight(), kast("twilight", 20)]],
    arc: [[simulate("arc"), kast("Arc", 30, { LAMPSTAA: "on" })]],
    bias: [[simulate("bias"), kast("Bias", 0)]],
    science: [[simulate("science"), kast("SN", 900)]],
  };
  const dome: Frame = [[
    simulate("flat"),
    kast("Dome flat", 20, { LAMPSTA1: "on" }),
  ]];
  const { active, found, missing } = await run(
    { ...frames, dome },
    "shane_kast_red",
  );
  assertEquals([active.sky, active.dome], ["illumflat", FLAT]);
  assertEquals([found, missing], [[], []]);
  assertEquals((await run(frames)).missing, ["flat: science"]);
});

Deno.test("headers of one file that contradict each other are named", async () => {
  const cards = (obstype: string, exposure: number) => ({
    ...{ INSTRUME: "Slitspec", OBSTYPE: obstype, EXPTIME: exposure },
    "DATE-OBS": "2021-02-19T06:00:00",
  });
  const science = simulate("science");
  const { rows, audit, agreements, kinds } = await run({
    exposure: [
      [undefined, cards("SCIENCE", 60)],
      [science, cards("SCIENCE", 15)],
    ],
    type: [[undefined, cards("SCIENCE", 60)], [science, cards("ZERO", 60)]],
  });
  const expected = {
    exposure: "EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1",
    type: "OBSTYPE=SCIENCE in HDU 0, OBSTYPE=ZERO in HDU 1",
  };
  for (const [name, text] of Object.entries(expected)) {
    assertStringIncludes(rows[name]!, text);
    assertStringIncludes(audit, text);
  }
  assertEquals(agreements.type, "conflict");
  assertEquals(kinds.filter((kind) => kind !== "missing").slice(0, 2), [
    "conflict",
    "note",
  ]);
});

function goodman(obstype: string, target: string, exposure: number): Cards {
  return {
    ...{ INSTRUME: "Goodman", INSTCONF: "Red", OBSTYPE: obstype },
    ...{ OBJECT: target, EXPTIME: exposure, GRATING: "SYZY_400" },
    ...{ WAVMODE: "400_M2", SLIT: "1.00", GRT_ANG: 7.5, CAM_ANG: 16.1 },
    ...{ CCDSUM: "2 2", "DATE-OBS": "2014-11-11T03:00:00", ...SKY },
  };
}

Deno.test("a lamp that the type card calls an object is a conflict, and serves as arc", async () => {
  const { found, kinds, missing, active } = await run({
    arc: [[simulate("arc"), goodman("OBJECT", "HgArNe", 30)]],
    science: [[simulate("science"), goodman("OBJECT", "SN", 900)]],
    flat: [[simulate("flat"), goodman("FLAT", "quartz", 10)]],
    bias: [[simulate("bias"), goodman("BIAS", "zero", 0)]],
  }, "soar_goodman_red");
  assertEquals([found, kinds, missing], [["arc"], ["conflict"], []]);
  assertEquals(active.arc, "arc,tilt");
});

Deno.test("biases whose cards say imaging serve the spectra", async () => {
  const imaging = {
    WAVMODE: "IMAGING",
    GRATING: "NO_GRATING",
    SLIT: "NO_MASK",
  };
  const { audit, active, configurations } = await run({
    bias: [[simulate("bias"), { ...goodman("BIAS", "zero", 0), ...imaging }]],
    science: [[simulate("science"), goodman("SPECTRUM", "SN", 900)]],
    flat: [[simulate("flat"), goodman("LAMPFLAT", "quartz", 10)]],
    arc: [[simulate("arc"), goodman("ARC", "HgArNe", 30)]],
  }, "soar_goodman_red");
  assertEquals([audit, active.bias, configurations.length], ["", "bias", 1]);
});

/** Nothing but a level of 1002 and a read noise of 4. */
function makeUnlit(height: number = 250): Plane {
  const width = 1232;
  const random = makeRandom(120);
  const pixels = Uint16Array.from(
    { length: width * height },
    () => Math.round(1002 + 4 * random.normal()),
  );
  return { width, height, pixels };
}

Deno.test("a closed shutter in front of a star is a conflict", async () => {
  const { types, agreements, found } = await run({
    closed: [[makeUnlit(), kast("HD 1", 600)]],
    open: [[simulate("standard"), kast("HD 1", 600)]],
  });
  assert(types.closed === "dark" || types.closed === "bias");
  assertEquals(agreements.closed, "conflict");
  assertEquals(found, ["closed"]);
});

/** Returns the light of a frame on a fixed pattern, read so many times, the last read first. */
function expose({ width, height, pixels }: Plane, count: number): Plane[] {
  const random = makeRandom(11);
  const pattern = Array.from(pixels, () => 6000 + 150 * random.normal());
  const dark = pixels.toSorted()[pixels.length >> 4]!;
  return Array.from({ length: count }, (_, k) => ({
    width,
    height,
    pixels: Uint16Array.from(pixels, (value, i) => {
      const light = Math.max(0, value - dark) * (count - 1 - k) / (count - 1);
      return Math.min(pattern[i]! + light + 12 * random.normal(), 65_535);
    }),
  }));
}

Deno.test("a camera of a mosaic that fails, or sees light in a bias, is named", async () => {
  const cards = { OBSTYPE: "ZERO", EXPTIME: 0, "DATE-OBS": "2021-12-03" };
  const { width, height } = simulate("bias");
  const random = makeRandom(12);
  const makeBias = (level: number, noise: number): Plane => ({
    width,
    height,
    pixels: Uint16Array.from(
      { length: width * height },
      () => Math.max(0, Math.min(level + noise * random.normal(), 65_535)),
    ),
  });
  const sound = Array.from({ length: 6 }, () => makeBias(1000, 4));
  const mosaic = (replaced: Readonly<Record<number, Plane>>): Frame => [
    [undefined, { INSTRUME: "Multi", ...cards }],
    ...sound.map((plane, k) =>
      [replaced[k] ?? plane, { EXTNAME: `B${k}`, ...cards }] as const
    ),
  ];
  const { types, rows, found } = await run({
    sound: mosaic({}),
    wild: mosaic({ 3: makeBias(32_000, 9000) }),
    zero: mosaic({ 3: makeBias(0, 0) }),
    lit: mosaic({ 1: simulate("flat"), 4: simulate("flat") }),
  });
  assertEquals(new Set(Object.values(types)), new Set(["bias"]));
  assertEquals(found.sort(), ["lit", "wild", "zero"]);
  assertStringIncludes(rows.wild!, "HDU 4 (B3) differs: its noise is");
  assertStringIncludes(rows.zero!, "HDU 4 (B3) differs: all its pixels are");
  for (const hdu of ["HDU 2 (B1)", "HDU 5 (B4)"]) {
    assertStringIncludes(rows.lit!, `${hdu} differs: flat`);
  }
});

Deno.test("chips of a mosaic that get no light do not differ", async () => {
  const cards = { OBSTYPE: "ARC", EXPTIME: 30, "DATE-OBS": "2021-12-03" };
  const chips = (...planes: Plane[]): Frame =>
    planes.map((plane, k) => [plane, { EXTNAME: `C${k}`, ...cards }]);
  const [arc, bias] = [simulate("arc"), simulate("bias")];
  const { types, found } = await run({
    half: chips(bias, arc),
    most: chips(bias, arc, arc),
    quarter: chips(bias, bias, arc, bias),
  });
  assertEquals(types, { half: "arc", most: "arc", quarter: "arc" });
  assertEquals(found, []);
});

Deno.test("a file of several reads has the type of its light", async () => {
  // Light alone does not tell a standard from a science target.
  const star = { INSTRUME: "mmirs", IMAGETYP: "object", OBJECT: "HZ 44" };
  const files = (["arc", "flat", "standard"] as const).flatMap((type) =>
    [2, 8].map((count): [string, Frame] => {
      const cards = type === "standard" ? star : {};
      const reads = expose(simulate(type), count);
      const hdus = reads.map((plane) => [plane, cards] as const);
      return [`${type}${count}`, [[undefined, {}], ...hdus]];
    })
  );
  const { types, rows } = await run(Object.fromEntries(files));
  assertEquals(types, {
    ...{ arc2: "arc", arc8: "arc", flat2: "flat", flat8: "flat" },
    ...{ standard2: "standard", standard8: "standard" },
  });
  for (const row of Object.values(rows)) {
    assert(!row.includes("disagree") && !row.includes("votes"), row);
  }
});

/** Cards of frames of an evening and a night of DEIMOS, with one mask. */
function deimosNight(mask: string, cards: Cards = {}) {
  const base = {
    ...{ INSTRUME: "DEIMOS", TELESCOP: "Keck II", SLMSKNAM: mask, OBJECT: "x" },
    ...{ GRATENAM: "600ZD", GRATEPOS: 3, G3TLTWAV: 7500.02, DWFILNAM: "GG455" },
    ...{ AMPMODE: "SINGLE:B", MOSMODE: "Spectral", BINNING: "1,1" },
    ...{ "DATE-OBS": "2021-07-05", UTC: "03:00:00", ...SKY },
  };
  return {
    arc: {
      ...base,
      OBSTYPE: "Line",
      ELAPTIME: 1,
      HATCHPOS: "closed",
      ...cards,
    },
    flat: {
      ...{ ...base, OBSTYPE: "IntFlat", ELAPTIME: 4, HATCHPOS: "closed" },
      ...{ LAMPS: "Qz", ...cards },
    },
    bias: { ...base, OBSTYPE: "Bias", ELAPTIME: 0, SLMSKNAM: "None" },
    science: {
      ...{ ...base, OBSTYPE: "Object", ELAPTIME: 1800, LAMPS: "Off" },
      ...{ HATCHPOS: "open", UTC: "09:00:00" },
    },
  };
}

Deno.test("calibrations of another camera do not serve, and are not handed on", async () => {
  const blue = { INSTCONF: "Blue" };
  const { missing, active, lacks } = await run({
    red_science: [[simulate("science"), goodman("OBJECT", "SN", 900)]],
    red_arc: [[simulate("arc"), goodman("COMP", "HgArNe", 30)]],
    blue_flat: [[simulate("flat"), {
      ...goodman("FLAT", "quartz", 9),
      ...blue,
    }]],
    blue_bias: [[simulate("bias"), { ...goodman("BIAS", "zero", 0), ...blue }]],
  }, "soar_goodman_red");
  assertEquals(missing, ["flat: red_science", "bias: red_science"]);
  assertEquals(active, { red_arc: "arc,tilt", red_science: "science" });
  assertEquals(lacks, [
    "configuration A of goodman-red (science 1): no flat, no bias",
  ]);
});

Deno.test("calibrations with another dichroic do not serve; a bias does", async () => {
  const old = { BSPLIT_N: "d46" };
  const { missing, audit, lacks } = await run({
    flat: [[simulate("flat"), kast("Flat", 30, { LAMPSTA1: "on", ...old })]],
    arc: [[simulate("arc"), kast("Arc", 30, { LAMPSTAA: "on", ...old })]],
    bias: [[simulate("bias"), kast("Bias", 0, old)]],
    target: [[simulate("science"), kast("SN", 1200)]],
  }, "shane_kast_red");
  assertEquals(missing, ["arc: target", "flat: target"]);
  assertStringIncludes(audit, "dichroic d55");
  assertStringIncludes(audit, "arc.fits has dichroic d46");
  assertEquals(lacks, [
    "configuration B of kast-red (science 1): no arc, no flat",
  ]);
});

Deno.test("each mask needs its own arc and flat, at its own wavelength", async () => {
  const frames: Record<string, Frame> = {
    bias: [[simulate("bias"), deimosNight("None").bias]],
  };
  for (const mask of ["A", "B", "C"]) {
    const cards = deimosNight(
      `mask${mask}`,
      mask === "B" ? { G3TLTWAV: 6500 } : {},
    );
    frames[`${mask}_arc`] = [[simulate("arc"), cards.arc]];
    if (mask !== "C") frames[`${mask}_flat`] = [[simulate("flat"), cards.flat]];
    frames[`${mask}_science`] = [[simulate("science"), cards.science]];
  }
  const { missing, audit, lacks } = await run(frames, "keck_deimos");
  assertEquals(missing.toSorted(), [
    "arc: B_science",
    "flat: B_science",
    "flat: C_science",
  ]);
  assertStringIncludes(audit, "tilt 7500.02");
  assertStringIncludes(audit, "B_arc.fits has tilt 6500");
  assertEquals(
    lacks.map((text) => text.replace(/^.*: /, "")).toSorted(),
    ["no arc, no flat", "no flat"],
  );
});

Deno.test("a bias of another window does not serve; the sizes are named", async () => {
  const window = { ROI: "user-defined" };
  const large = makeUnlit(400);
  const { missing, audit } = await run({
    bias: [[large, { ...goodman("BIAS", "zero", 0), ROI: "full" }]],
    arc: [[simulate("arc"), { ...goodman("COMP", "HgArNe", 30), ...window }]],
    flat: [[simulate("flat"), { ...goodman("FLAT", "quartz", 9), ...window }]],
    science: [[
      simulate("science"),
      { ...goodman("OBJECT", "SN", 900), ...window },
    ]],
  });
  const { width, height } = simulate("science");
  assertEquals(missing, ["bias: science"]);
  assertStringIncludes(audit, `size ${width}x${height}, window user-defined`);
  assertStringIncludes(audit, "bias.fits has size 1232x400, window full");
});

Deno.test("calibrations that are months old do not serve, and are dated", async () => {
  const plain = (imagetyp: string, exposure: number, start: string) => ({
    ...{ INSTRUME: "Slitspec", IMAGETYP: imagetyp, EXPTIME: exposure },
    ...{ "DATE-OBS": start, OBJECT: "x", GRATING: "600", SLIT: "1.0" },
    ...{ CCDSUM: "1 1", ...SKY },
  });
  const [old, start] = ["2020-11-19T01:00:00", "2021-02-19T06:00:00"];
  const frames = (start: string): Record<string, Frame> => ({
    arc: [[simulate("arc"), plain("COMP", 30, old)]],
    flat: [[simulate("flat"), plain("FLAT", 30, old)]],
    bias: [[simulate("bias"), plain("BIAS", 0, old)]],
    science: [[simulate("science"), plain("OBJECT", 900, start)]],
  });
  const { missing, audit } = await run(frames(start));
  assertEquals(missing, ["arc: science", "flat: science", "bias: science"]);
  assertStringIncludes(audit, "there is one of 2020-11-19 (92 days earlier)");
  // 20 hours later it may be the same night.
  assertEquals((await run(frames("2020-11-19T21:00:00"))).missing, []);
});

Deno.test("frames that lost their header are named, and active in no PypeIt file", async () => {
  const { arc, flat, bias, science } = deimosNight("maskA");
  const kept = { "DATE-OBS": "2021-07-05", UTC: "09:40:00" };
  const { incomplete, missing, audit, active, notices } = await run({
    arc: [[simulate("arc"), arc]],
    flat: [[simulate("flat"), flat]],
    flat_wide: [[simulate("flat"), { ...flat, SLMSKNAM: "maskB" }]],
    bias: [[simulate("bias"), bias]],
    science: [[simulate("science"), science]],
    lost_all: [[simulate("science"), { ...kept, OBJECT: "field" }]],
    lost_most: [[simulate("science"), { ...kept, INSTRUME: "DEIMOS" }]],
    // One key is enough to tell the mask, another is not.
    unmasked: [[simulate("science"), { ...science, SLMSKNAM: "" }]],
    untold: [[simulate("science"), { ...science, DWFILNAM: "" }]],
  }, "keck_deimos");
  assertEquals(incomplete.toSorted(), ["lost_all", "lost_most", "unmasked"]);
  assertEquals(missing, []);
  assertStringIncludes(
    audit,
    "incomplete: lost_most.fits (science): its header",
  );
  assertEquals(active, {
    ...{ arc: "arc,tilt", bias: "bias", flat: FLAT, flat_wide: FLAT },
    ...{ science: "science", untold: "science" },
  });
  assertEquals(notices.length, 4);
  assertStringIncludes(notices[3]!, "without filter in the header");
});

Deno.test("calibrations at the end of the night serve; nothing is found", async () => {
  const at = (time: string) => ({ "DATE-OBS": `2017-05-29T${time}:00` });
  const { audit, kinds } = await run({
    science: [[
      simulate("science"),
      { ...goodman("OBJECT", "SN", 900), ...at("03:00") },
    ]],
    arc: [[simulate("arc"), { ...goodman("COMP", "HgAr", 9), ...at("10:40") }]],
    flat: [[simulate("flat"), {
      ...goodman("FLAT", "quartz", 9),
      ...at("11:00"),
    }]],
    bias: [[simulate("bias"), {
      ...goodman("BIAS", "zero", 0),
      ...at("11:30"),
    }]],
  });
  assertEquals([audit, kinds], ["", []]);
});
