import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { SpitError } from "../../lib/errors.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import type { Label } from "../../lib/labels/labels_file.ts";
import { SPECTROGRAPHS } from "../../lib/report/pypeit/spectrographs.ts";
import {
  type PypeitFiles,
  type PypeitOrder,
  writePypeit,
} from "../../lib/report/pypeit/write_pypeit.ts";
import { NO_LOG } from "../no_log.ts";
import { parsePypeit, tableOf } from "./parse_pypeit.ts";

type Row = [
  name: string,
  type: Verdict["type"],
  setup: Record<string, string>,
  rest?: Partial<LogEntry> & { label?: Label },
];

function rowsOf(instrument: string, rows: readonly Row[]) {
  return rows.map(([name, type, setup, { label = null, ...rest } = {}]) => ({
    verdict: {
      file: `/night/${name}`,
      type,
      log: type === null ? null : { ...NO_LOG, instrument, setup, ...rest },
    } as Verdict,
    label,
  }));
}

const ORDER = { maker: "spit", date: "2026-11-23T00:00:00Z" };

/** The files that are written, by the last part of their names. */
async function written(
  rows: ReturnType<typeof rowsOf>,
  order: Pick<PypeitOrder, "spectrograph">,
) {
  const folder = await Deno.makeTempDir();
  try {
    const { paths, elsewhere } = await writePypeit(rows, {
      ...ORDER,
      ...order,
      folder,
    });
    const texts = paths.map((path) => Deno.readTextFileSync(path));
    return {
      names: paths.map((path) => path.slice(folder.length + 1)),
      pypeit: texts.slice(0, -1),
      obslog: texts.at(-1)!,
      elsewhere,
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
  Deno.test(`pypeit: what is written for ${spectrograph} reads back as the same frames`, async () => {
    const { instrument, keys } = SPECTROGRAPHS[spectrograph]!;
    const setup = Object.fromEntries(keys.map((key) => [key, `${key}: 1/2`]));
    const { names, pypeit, obslog } = await written(
      rowsOf(instrument!, [
        ["arc.fits", "arc", setup, { mjd: 3.5, target: "He # Ne | Ar" }],
        ["flat.fits", "flat", setup, { mjd: 2, exposure: 0.5 }],
        ["bias.fits.gz", "bias", { binning: setup.binning! }, { mjd: 1 }],
        ["sci.fits", "science", setup, { ra: 10.5, dec: -3, airmass: 1.2 }],
        ["std.fits", "standard", setup],
        ["what.fits", "unknown", setup],
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
    assertEquals(input.setup, { "Setup A": setup });
    assertEquals(input.paths, ["/night"]);
    assertEquals(
      input.rows.map(({ filename, frametype, calib }) => [
        filename,
        frametype,
        calib,
      ]),
      [
        ["arc.fits", "arc,tilt", "0"],
        ["flat.fits", "pixelflat,illumflat,trace", "0"],
        ["bias.fits.gz", "bias", "0"],
        ["sci.fits", "science", "0"],
        ["std.fits", "standard", "0"],
      ],
    );
    assertEquals(input.rows[0]!.target, "He Ne Ar");
    const { ra, dec, airmass, mjd, dispname } = input.rows[3]!;
    assertEquals([ra, dec, airmass, mjd], ["10.5", "-3", "1.2", "None"]);
    assertEquals(dispname, setup.dispname);
    // No line is lost: without a type it is a comment.
    const comments = pypeit[0]!.split("\n").filter((line) =>
      /^# \S+ +\| /.test(line)
    );
    assertEquals(
      tableOf(comments).map(([name, type]) => [name, type]),
      [["# what.fits", "None"], ["# cut.fits", "None"]],
    );
    const logged = tableOf(obslog.split("\n").slice(4, -1));
    assertEquals(
      logged.map(([name]) => name),
      "filename bias.fits.gz flat.fits arc.fits sci.fits std.fits what.fits cut.fits"
        .split(" "),
    );
  });
}

Deno.test("pypeit: a setup for each grating, biases in all of their binning, other instruments in the log alone", async () => {
  const rows = [
    ...rowsOf("kast-red", [
      ["a1.fits", "arc", { dispname: "600/7500", binning: "1,1" }],
      ["b1.fits", "bias", { dispname: "600/7500", binning: "1,1" }],
      ["s2.fits", "science", { dispname: "300/7500", binning: "1,1" }],
      ["s3.fits", "science", { dispname: "300/7500", binning: "2,2" }],
      ["d2.fits", "dark", { dispname: "1200/5000", binning: "2,2" }],
    ]),
    ...rowsOf("kast-blue", [["x.fits", "arc", {}]]),
  ];
  const { pypeit, obslog, elsewhere } = await written(rows, {
    spectrograph: "shane_kast_red",
  });
  const inputs = pypeit.map(parsePypeit);
  assertEquals(
    inputs.map(({ setup, rows }) => [
      Object.keys(setup)[0],
      rows.map(({ filename, calib }) => `${filename} ${calib}`),
    ]),
    [
      ["Setup A", ["a1.fits 0", "b1.fits 0"]],
      ["Setup B", ["b1.fits 1", "s2.fits 1"]],
      ["Setup C", ["s3.fits 2", "d2.fits 2"]],
    ],
  );
  assertEquals(elsewhere, 1);
  assert(obslog.includes("x.fits"));
});

Deno.test("pypeit: a label stands for the type; other takes it away", async () => {
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
    ["r1.fits standard", "r2.fits arc,tilt"],
  );
});

Deno.test("pypeit: names that come in two folders are told apart by the folder", async () => {
  const rows = rowsOf("kast-red", [
    ["one/r1.fits", "arc", {}],
    ["two/r1.fits", "flat", {}],
  ]);
  const { pypeit } = await written(rows, { spectrograph: "shane_kast_red" });
  const { paths, rows: read } = parsePypeit(pypeit[0]!);
  assertEquals(paths, ["/night"]);
  assertEquals(read.map(({ filename }) => filename), [
    "one/r1.fits",
    "two/r1.fits",
  ]);
});

Deno.test("pypeit: what is there is not replaced unasked; frames of another instrument alone are an error", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const rows = rowsOf("kast-red", [["r1.fits", "arc", {}]]);
    const order = { ...ORDER, folder, spectrograph: "shane_kast_red" };
    const { paths }: PypeitFiles = await writePypeit(rows, order);
    await Deno.writeTextFile(paths[0]!, "mine");
    const refused = await assertRejects(
      () => writePypeit(rows, order),
      SpitError,
      "--overwrite",
    );
    assertEquals((refused as SpitError).code, "usage");
    assertEquals(await Deno.readTextFile(paths[0]!), "mine");
    await writePypeit(rows, { ...order, overwrite: true });
    parsePypeit(await Deno.readTextFile(paths[0]!));
    await assertRejects(
      () => writePypeit(rows, { ...order, spectrograph: "keck_deimos" }),
      SpitError,
      "kast-red",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
