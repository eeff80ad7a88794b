import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "../fast_check.ts";
import { applyLabel, type Verdict } from "../../lib/classify/verdict.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import type { Subtype } from "../../lib/header/subtype.ts";
import { SpitError } from "../../lib/errors.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import type { Label } from "../../lib/evaluation/labels.ts";
import { formatCell } from "../../lib/output/pypeit/rows.ts";
import { SPECTROGRAPHS } from "../../lib/calibration/configuration.ts";
import { BUILTIN_RULES } from "../../lib/header/builtin_rules.ts";
import {
  checkPypeitTarget,
  type PypeitFiles,
  type PypeitOptions,
  writePypeit,
} from "../../lib/output/pypeit/write_pypeit.ts";
import { NO_LOG } from "../no_log.ts";
import {
  makeFailedVerdict,
  makeVerdict,
  NO_CLAIM,
  type VerdictParts,
} from "../verdicts.ts";
import { temporaryFolder } from "../tiny.ts";
import { parsePypeit, tableOf } from "./parse_pypeit.ts";

type Row = [
  name: string,
  type: Verdict["type"],
  configuration: Record<string, string>,
  rest?:
    & Partial<LogEntry>
    & { label?: Label }
    & Pick<
      VerdictParts,
      "subtype" | "use" | "agreement" | "header" | "reason"
    >,
];

function rowsOf(instrument: string, rows: readonly Row[]): Verdict[] {
  return rows.map(([name, type, configuration, rest = {}]) => {
    const { label, subtype, use, agreement, header, reason, ...log } = rest;
    const file = `/night/${name}`;
    if (type === null) return makeFailedVerdict(file);
    const given = { subtype, use, agreement, header, reason };
    const parts = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    );
    const verdict = makeVerdict(file, {
      type,
      log: { ...NO_LOG, instrument, configuration, ...log },
      ...parts,
    });
    return applyLabel(verdict, label);
  });
}

const OPTIONS = { maker: "spit", date: "2026-11-23T00:00:00Z" };

/** The files that are written, by the last part of their names. */
async function written(
  rows: ReturnType<typeof rowsOf>,
  options: Pick<PypeitOptions, "spectrograph">,
) {
  const folder = await Deno.makeTempDir();
  try {
    const { paths, ...others } = await writePypeit(rows, {
      ...OPTIONS,
      ...options,
      folder,
    });
    const texts = paths.map((path) => Deno.readTextFileSync(path));
    return {
      names: paths.map((path) => path.slice(folder.length + 1)),
      pypeit: texts.slice(0, -1),
      obslog: texts.at(-1)!,
      ...others,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const NAMES = [
  "shane_kast_blue",
  "shane_kast_red",
  "soar_goodman_red",
  "keck_deimos",
  "gemini_gmos_north_ham",
  "not_alfosc",
  "ntt_efosc2",
];

for (const spectrograph of NAMES) {
  Deno.test(`pypeit: files for ${spectrograph} read back as the same frames`, async () => {
    const { instrument, keys } = SPECTROGRAPHS.get(spectrograph)!;
    const configuration = Object.fromEntries(
      keys.map((key) => [key, key === "dispangle" ? "12.5" : `${key}: 1/2`]),
    );
    const { names, pypeit, obslog } = await written(
      rowsOf(instrument!, [
        ["arc.fits", "arc", configuration, {
          mjd: 59003.5,
          target: "He # Ne | Ar",
        }],
        ["flat.fits", "flat", configuration, {
          mjd: 59002,
          exposure: 0.5,
        }],
        ["bias.fits.gz", "bias", configuration, { mjd: 59001, ra: 1 }],
        ["dark.fits", "dark", configuration, { mjd: 59004 }],
        ["sci.fits", "science", configuration, {
          ra: 10,
          dec: -3.5,
          airmass: 1.2,
        }],
        ["std.fits", "standard", configuration],
        ["what.fits", "unknown", configuration],
        ["cut.fits", null, {}],
      ]),
      { spectrograph },
    );
    assertEquals(names, [
      `${spectrograph}_A/${spectrograph}_A.pypeit`,
      `${spectrograph}.obslog`,
    ]);
    const input = parsePypeit(pypeit[0]!);
    assertEquals(input.spectrograph, spectrograph);
    assertEquals(input.configuration, { "Setup A": configuration });
    assertEquals(input.paths, ["/night"]);
    assertEquals(
      input.rows.map(({ filename, frametype, calib }) => [
        filename,
        frametype,
        calib,
      ]),
      [
        ["arc.fits", "arc,tilt", "0"],
        ["bias.fits.gz", "bias", "0"],
        ["dark.fits", "dark", "0"],
        ["flat.fits", "pixelflat,illumflat,trace", "0"],
        ["sci.fits", "science", "0"],
        ["std.fits", "standard", "0"],
      ],
    );
    const [arc, bias] = input.rows;
    assertEquals(arc!.target, "He Ne Ar");
    // PypeIt fails on half a position.
    assertEquals([bias!.ra, bias!.dec], ["None", "None"]);
    const { ra, dec, airmass, mjd, ...rest } = input.rows[4]!;
    assertEquals([ra, dec, airmass, mjd], ["10.0", "-3.5", "1.2", "None"]);
    for (const key of keys) assertEquals(rest[key], configuration[key]);
    // Frames without a type are comments.
    const comments = pypeit[0]!.split("\n").filter((line) =>
      /^# \S+ +\| /.test(line)
    );
    assertEquals(
      tableOf(comments).map(([name, type]) => [name, type]),
      [["# cut.fits", "None"], ["# what.fits", "None"]],
    );
    const logged = tableOf(obslog.split("\n").slice(4, -1));
    assertEquals(
      logged.map(([name]) => name),
      "filename bias.fits.gz flat.fits arc.fits dark.fits sci.fits std.fits what.fits cut.fits"
        .split(" "),
    );
  });
}

Deno.test("pypeit: the instrument of every spectrograph is named by header rules", () => {
  const named = new Set(
    Object.values(BUILTIN_RULES).flatMap((text) =>
      [...text.matchAll(/^instrument = ([\w-]+)/gm)].map(([, name]) => name)
    ),
  );
  for (const [name, { instrument }] of SPECTROGRAPHS) {
    assert(named.has(instrument!), `${name}: ${instrument}`);
  }
});

Deno.test("pypeit: angles within the tolerance are one configuration", async () => {
  const at = (dispangle: string) => ({ dispname: "600/7500", dispangle });
  const { pypeit } = await written(
    rowsOf("kast-red", [
      ["a.fits", "arc", at("10848"), { mjd: 2 }],
      ["b.fits", "flat", at("10851"), { mjd: 3 }],
      ["c.fits", "flat", at("11147"), { mjd: 1 }],
    ]),
    { spectrograph: "shane_kast_red" },
  );
  assertEquals(
    pypeit.map(parsePypeit).map(({ configuration, rows }) => [
      configuration,
      rows.map(({ filename }) => filename),
    ]),
    [
      // By time, as PypeIt names them.
      [{ "Setup A": at("11147") }, ["c.fits"]],
      [{ "Setup B": at("10848") }, ["a.fits", "b.fits"]],
    ],
  );
});

Deno.test("pypeit: any header text gives a valid table and configuration", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      async (target, decker) => {
        const { pypeit } = await written(
          rowsOf("alfosc", [
            ["a.fits", "arc", { decker, dispangle: decker }, { target }],
            ["b.fits", "unknown", { decker }, { target }],
          ]),
          { spectrograph: "not_alfosc" },
        );
        const { rows, configuration, columns } = parsePypeit(pypeit[0]!);
        assertEquals(Object.keys(configuration), ["Setup A"]);
        assertEquals(rows.map(({ filename }) => filename), ["a.fits"]);
        assertEquals(rows[0]!.target ?? "None", formatCell(target));
        assertEquals(columns.slice(0, 2), ["filename", "frametype"]);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("pypeit: angles become numbers, number signs and empty columns are removed", async () => {
  const { pypeit } = await written(
    rowsOf("dbsp-blue", [
      ["a.fits", "arc", { dispname: "Gr#16", dispangle: "27d17m00s" }],
      ["b.fits", "flat", { dispname: "Gr#16", dispangle: "27d17m00s" }],
    ]),
    { spectrograph: "p200_dbsp_blue" },
  );
  const { columns, rows } = parsePypeit(pypeit[0]!);
  assertEquals(
    columns,
    ["filename", "frametype", "dispname", "dispangle", "calib"],
  );
  assertEquals(rows[0]!.dispname, "Gr16");
  assertEquals(Number(rows[0]!.dispangle).toFixed(5), "27.28333");
});

Deno.test("pypeit: biases are in all configurations of their binning, other instruments in the log only", async () => {
  const rows = [
    ...rowsOf("alfosc", [
      ["a1.fits", "arc", { dispname: "600/7500", binning: "1,1" }],
      ["b1.fits", "bias", { dispname: "600/7500", binning: "1,1" }],
      ["s2.fits", "science", { dispname: "300/7500", binning: "1,1" }],
      ["s3.fits", "science", { dispname: "300/7500", binning: "2,2" }],
      ["d2.fits", "dark", { dispname: "1200/5000", binning: "2,2" }],
    ]),
    ...rowsOf("kast-blue", [["x.fits", "arc", {}]]),
  ];
  const { pypeit, obslog, otherInstruments } = await written(rows, {
    spectrograph: "not_alfosc",
  });
  const inputs = pypeit.map(parsePypeit);
  assertEquals(
    inputs.map(({ configuration, rows }) => [
      Object.keys(configuration)[0],
      rows.map(({ filename, calib }) => `${filename} ${calib}`),
    ]),
    [
      ["Setup A", ["a1.fits 0", "b1.fits 0"]],
      ["Setup B", ["b1.fits 1", "s2.fits 1"]],
      ["Setup C", ["d2.fits 2", "s3.fits 2"]],
    ],
  );
  assertEquals(otherInstruments, ["/night/x.fits"]);
  assert(obslog.includes("x.fits"));
});

/** Frame types by name, of the lines that PypeIt reads and of those that are comments. */
function typesOf(text: string) {
  const comments = text.split("\n").filter((line) => /^# \S+ +\|/.test(line));
  return {
    active: parsePypeit(text).rows.map(({ filename, frametype }) =>
      `${filename} ${frametype}`
    ),
    comments: tableOf(comments.map((line) => line.slice(2)))
      .map(([filename, frametype]) => `${filename} ${frametype}`),
  };
}

Deno.test("pypeit: a subtype has PypeIt's type", async () => {
  const row = (type: FrameType, subtype: Subtype): Row => [
    ...[`${subtype}.fits`, type, {}] as const,
    { subtype },
  ];
  const { pypeit } = await written(
    rowsOf("kast-red", [
      row("flat", "dome"),
      row("flat", "twilight"),
      row("bias", "lamp-off"),
      row("flat", "pinhole"),
      row("flat", "slitless"),
      row("science", "sky"),
      row("arc", "internal"),
    ]),
    { spectrograph: "shane_kast_red" },
  );
  assertEquals(typesOf(pypeit[0]!).active.sort(), [
    "dome.fits pixelflat,illumflat,trace",
    "internal.fits arc,tilt",
    "lamp-off.fits lampoffflats",
    "pinhole.fits pinhole",
    "sky.fits sky",
    "slitless.fits slitless_pixflat",
    "twilight.fits illumflat",
  ]);
});

Deno.test("pypeit: a frame that must not be used is a comment below its reason; a label decides", async () => {
  const header = {
    ...NO_CLAIM,
    type: "science",
    evidence: "TYPE=A|B",
  } as const;
  const rows: Row[] = [
    ["r1.fits", "arc", {}, { agreement: "conflict", header }],
    ["r2.fits", "arc", {}, {
      subtype: "focus",
      use: false,
      header: { ...NO_CLAIM, subtype: "focus", evidence: "TYPE=FOCUS" },
    }],
    ["r3.fits", "unknown", {}, { reason: "undecided" }],
    ["r4.fits", "flat", {}],
  ];
  const spectrograph = "shane_kast_red";
  const { pypeit } = await written(rowsOf("kast-red", rows), { spectrograph });
  assertEquals(typesOf(pypeit[0]!), {
    active: ["r4.fits pixelflat,illumflat,trace"],
    comments: ["r3.fits None", "r1.fits arc,tilt", "r2.fits arc,tilt"],
  });
  const lines = pypeit[0]!.split("\n");
  const before = (name: string) =>
    lines[lines.findIndex((line) => line.startsWith(`# ${name}`)) - 1];
  assertEquals(before("r1.fits"), "# conflict: the header says TYPE=A|B");
  assertEquals(
    before("r2.fits"),
    "# unusable: the header says focus (TYPE=FOCUS)",
  );
  assertEquals(before("r3.fits"), "# undecided: science 0.400");

  const labelled = rows.map(([name, type, configuration, rest]): Row => [
    name,
    type,
    configuration,
    { ...rest, label: name === "r4.fits" ? "other" : "arc" },
  ]);
  const again = await written(rowsOf("kast-red", labelled), { spectrograph });
  assertEquals(typesOf(again.pypeit[0]!), {
    active: ["r1.fits arc,tilt", "r2.fits arc,tilt", "r3.fits arc,tilt"],
    comments: ["r4.fits None"],
  });
});

Deno.test("pypeit: a frame that must not be used makes no configuration", async () => {
  const { names, pypeit, obslog, unassigned } = await written(
    rowsOf("deimos", [
      ["mask.fits", "flat", { dispname: "Mirror", binning: "1,1" }, {
        subtype: "alignment",
        use: false,
        mjd: 1,
      }],
      ["bias.fits", "bias", { binning: "1,1" }, { mjd: 2 }],
      ["sci.fits", "science", { dispname: "600ZD", binning: "1,1" }, {
        mjd: 3,
      }],
    ]),
    { spectrograph: "keck_deimos" },
  );
  assertEquals(names.length, 2);
  assertEquals(typesOf(pypeit[0]!), {
    active: ["bias.fits bias", "sci.fits science"],
    comments: [],
  });
  assertEquals(unassigned, ["/night/mask.fits"]);
  assert(obslog.includes("mask.fits"));
});

Deno.test("pypeit: a label replaces the type, and other removes it", async () => {
  const { pypeit } = await written(
    rowsOf("kast-red", [
      ["r1.fits", "science", { dispname: "g" }, { label: "standard" }],
      ["r2.fits", "unknown", { dispname: "g" }, { label: "arc" }],
      ["r3.fits", "flat", { dispname: "g" }, { label: "other" }],
    ]),
    { spectrograph: "shane_kast_red" },
  );
  assertEquals(
    parsePypeit(pypeit[0]!).rows.map(({ filename, frametype }) =>
      `${filename} ${frametype}`
    ),
    ["r2.fits arc,tilt", "r1.fits standard"],
  );
});

Deno.test("pypeit: a frame that PypeIt cannot find by name is a comment with its path", async () => {
  const rows = rowsOf("kast-red", [
    ["one/r1.fits", "arc", {}],
    ["two/r1.fits", "flat", {}],
    ["two/r2.fits", "flat", {}],
    ["two/r#3.fits", "flat", {}],
    ["two/r  4.fits", "flat", {}],
    ["o#e/r5.fits", "flat", {}],
  ]);
  const { pypeit, notFound } = await written(rows, {
    spectrograph: "shane_kast_red",
  });
  const { paths, rows: read } = parsePypeit(pypeit[0]!);
  assertEquals(paths.slice(0, 2), ["/night/one", "/night/two"]);
  assertEquals(read.map(({ filename }) => filename), ["r1.fits", "r2.fits"]);
  const hidden = ["two/r1.fits", "two/r#3.fits", "two/r  4.fits", "o#e/r5.fits"]
    .map((name) => `/night/${name}`);
  assertEquals(notFound, hidden);
  for (const path of hidden) {
    const line = pypeit[0]!.split("\n").find((text) =>
      text.startsWith(`# ${path} `)
    );
    assertEquals(line?.split("|")[1]?.trim(), "pixelflat,illumflat,trace");
  }
});

Deno.test("pypeit: a frame in an earlier folder hides one of its name in another configuration", async () => {
  const { pypeit, notFound } = await written(
    rowsOf("kast-red", [
      ["one/r1.fits", "arc", { dispname: "600" }, { mjd: 1 }],
      ["one/r2.fits", "arc", { dispname: "300" }, { mjd: 2 }],
      ["two/r2.fits", "flat", { dispname: "600" }, { mjd: 3 }],
    ]),
    { spectrograph: "shane_kast_red" },
  );
  assertEquals(notFound, ["/night/two/r2.fits"]);
  assertEquals(parsePypeit(pypeit[0]!).rows.length, 1);
});

Deno.test("pypeit: a spectrograph gets the frames of its camera and of the time of its detector", async () => {
  const rows = [
    ...rowsOf("lris-red", [
      ["new.fits", "arc", { dispname: "600" }, { mjd: 59400 }],
      ["old.fits", "arc", { dispname: "600" }, { mjd: 57300 }],
    ]),
    ...rowsOf("lris-blue", [["blue.fits", "arc", { dispname: "400" }]]),
  ];
  const names = async (spectrograph: string) => {
    const { pypeit, otherInstruments } = await written(rows, { spectrograph });
    const own = pypeit.flatMap((text) => parsePypeit(text).rows)
      .map(({ filename }) => filename);
    return [own, otherInstruments.map((path) => path.slice(7))];
  };
  assertEquals(await names("keck_lris_red_mark4"), [
    ["new.fits"],
    ["old.fits", "blue.fits"],
  ]);
  const refused = async (spectrograph: string) =>
    (await assertRejects(() => names(spectrograph), SpitError)).message;
  const outdated = await refused("keck_lris_red_orig");
  const hint = "use --spectrograph keck_lris_red or keck_lris_red_mark4";
  assert(outdated.endsWith(hint), outdated);
  const foreign = await refused("shane_kast_red");
  assert(foreign.includes("lris-blue"), foreign);
  assert(foreign.includes("keck_lris_blue"), foreign);
});

Deno.test("pypeit: a frame whose header does not tell the configuration is a comment where it fits", async () => {
  const at = (decker: string) => ({
    ...{ dispname: "600ZD", decker, binning: "1,1", amp: "SINGLE:B" },
  });
  const { pypeit, notices, unassigned } = await written(
    rowsOf("deimos", [
      ["a.fits", "science", at("A"), { mjd: 59000 }],
      ["b.fits", "science", at("B"), { mjd: 59001 }],
      ["lost.fits", "science", {}, { mjd: 59002 }],
      ["most.fits", "arc", { ...at("A"), amp: "" }, { mjd: 59003 }],
    ]),
    { spectrograph: "keck_deimos" },
  );
  assertEquals(pypeit.map(typesOf), [
    {
      active: ["most.fits arc,tilt", "a.fits science"],
      comments: ["lost.fits science"],
    },
    { active: ["b.fits science"], comments: ["lost.fits science"] },
  ]);
  assert(pypeit[0]!.includes("# incomplete: the header lacks binning"));
  assertEquals(unassigned, []);
  assertEquals(notices.map((text) => text.split(" ").at(0)), [
    "lost.fits",
    "1",
  ]);
  assert(notices[1]!.includes("without amplifier"), notices[1]);
});

Deno.test("pypeit: what a configuration lacks is told as in the audit", async () => {
  const { lacks } = await written(
    rowsOf("kast-red", [
      ["arc.fits", "arc", { dichroic: "d46" }, { mjd: 59000.1 }],
      ["bias.fits", "bias", { dichroic: "d46" }, { mjd: 59000.2 }],
      ["sci.fits", "science", { dichroic: "d55" }, { mjd: 59000.4 }],
    ]),
    { spectrograph: "shane_kast_red" },
  );
  assertEquals(lacks, [
    "configuration B of kast-red (science 1): no arc, no flat",
  ]);
});

Deno.test("pypeit: options are checked before frames are classified", async () => {
  using temporary = temporaryFolder();
  const folder = `${temporary.path}/redux`;
  const notices: string[] = [];
  const check = (spectrograph: string) =>
    checkPypeitTarget({ spectrograph, folder }, (text) => notices.push(text));
  await check("shane_kast_red");
  assertEquals(notices, []);
  await check("constructor");
  await check("aat_uhrf");
  assertEquals(notices.length, 2);
  const near = {
    shane_kast_rde: "shane_kast_red",
    kast_blue: "shane_kast_blue",
    SOAR_GOODMAN_RED: "soar_goodman_red",
    keck_lris: "keck_lris_blue",
  };
  for (const [wrong, right] of Object.entries(near)) {
    await assertRejects(() => check(wrong), SpitError, `did you mean ${right}`);
  }
  await assertRejects(() => check("../../etc"), SpitError, "not the name");
  await Deno.writeTextFile(`${folder}/keck_deimos.obslog`, "mine");
  await assertRejects(() => check("keck_deimos"), SpitError, "--overwrite");
});

Deno.test("pypeit: existing files are kept without --overwrite; no frame of the spectrograph is an error", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const rows = rowsOf("kast-red", [["r1.fits", "arc", {}]]);
    const options = { ...OPTIONS, folder, spectrograph: "shane_kast_red" };
    const { paths }: PypeitFiles = await writePypeit(rows, options);
    await Deno.writeTextFile(paths[0]!, "mine");
    const refused = await assertRejects(
      () => writePypeit(rows, options),
      SpitError,
      "--overwrite",
    );
    assertEquals((refused as SpitError).code, "usage");
    assertEquals(await Deno.readTextFile(paths[0]!), "mine");
    await writePypeit(rows, { ...options, overwrite: true });
    parsePypeit(await Deno.readTextFile(paths[0]!));
    await assertRejects(
      () => writePypeit(rows, { ...options, spectrograph: "keck_deimos" }),
      SpitError,
      "kast-red",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
