import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Card } from "../../lib/fits/header.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import {
  evenPlane,
  fitsOf,
  lopsidedPlane,
  temporaryFolder,
  TINY,
} from "../tiny.ts";
import { spit } from "./resident_spit.ts";

const AUDIT = [
  ...["audit", "--model", TINY, "--device", "cpu"],
  // The frame whose flips disagree is an arc with a probability of 0.6.
  ...["--min-probability", "0.8"],
];

/**
 * A folder with some of: a bias, a bias with a wrong header, a frame without a type, a
 * focus test, a bias whose HDUs give two exposure times, a broken file.
 */
function night(names: readonly string[]): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  const frames: Record<string, Uint8Array> = {
    "bias.fits": fitsOf([evenPlane()], { OBSTYPE: "BIAS" }),
    "lie.fits": fitsOf([evenPlane()], { OBSTYPE: "ARC" }),
    "puzzle.fits": fitsOf([lopsidedPlane()]),
    "focus.fits": fitsOf([evenPlane()], { IMAGETYP: "FOCUS" }),
    "times.fits": encodeFits([
      { cards: cardsOf({ OBSTYPE: "BIAS", EXPTIME: 0 }), plane: evenPlane() },
      { cards: cardsOf({ EXPTIME: 5 }), plane: evenPlane() },
    ]),
    "broken.fits": new Uint8Array(0),
  };
  Deno.mkdirSync(`${folder.path}/night`);
  for (const name of names) {
    Deno.writeFileSync(`${folder.path}/night/${name}`, frames[name]!);
  }
  return folder;
}

function cardsOf(values: Readonly<Record<string, string | number>>): Card[] {
  return Object.entries(values)
    .map(([keyword, value]) => ({ keyword, value, comment: "" }));
}

const ALL = [
  ...["bias.fits", "lie.fits", "puzzle.fits", "broken.fits"],
  ...["focus.fits", "times.fits"],
];

Deno.test("audit lists frames under the heading of their group", async () => {
  using folder = night(ALL);
  const { code, out, err } = await spit([...AUDIT, "night"], folder.path);
  assertEquals(code, 0);
  assertEquals(
    out.trimEnd().split("\n").map((line) => line.split(/ {2,}/)[0]),
    [
      ...["Must act", "FILE", "night/broken.fits", "night/lie.fits"],
      ...["night/focus.fits", "", "Look at", "FILE", "night/puzzle.fits", ""],
      ...["For information", "FILE", "night/times.fits", ""],
      ...["CONFIGURATION", "A"],
    ],
  );
  assertMatch(out, /focus\.fits .* unusable: the header says focus/);
  assertMatch(out, /times\.fits .*EXPTIME=0 in HDU 0, EXPTIME=5 in HDU 1/);
  assertMatch(
    err,
    /\n6 frames: 1 error, 1 conflict, 1 unknown frame, 1 unusable frame, 1 note\n$/,
  );
});

Deno.test("audit --strict exits 1 for a frame that needs review, and for a note", async () => {
  for (const name of ["puzzle.fits", "focus.fits", "times.fits"]) {
    using folder = night([name]);
    const run = await spit([...AUDIT, "--strict", "night"], folder.path);
    assertEquals(run.code, 1, name);
    assertStringIncludes(run.out, `night/${name}`);
  }
});

Deno.test("audit without findings prints a notice only, and --strict exits 0", async () => {
  using folder = night(["bias.fits"]);
  const quiet = await spit([...AUDIT, "--strict", "-q", "night"], folder.path);
  assertEquals(quiet, { code: 0, out: "", err: "" });
  const { out, err } = await spit([...AUDIT, "night"], folder.path);
  assertEquals(out, "");
  assertMatch(err, /\nCONFIGURATION .*\nA +1 +0 .*size 700x260\n/);
  assertMatch(err, /\nnothing needs review: 1 frame\n$/);
});

Deno.test("audit --labels settles conflicts and unknown types, and finds missing calibrations by label", async () => {
  using folder = night(ALL.filter((name) => name !== "times.fits"));
  const label = (name: string, type: string) =>
    `night/${name}.fits,${type},2026-01-01T00:00:00Z\n`;
  Deno.writeTextFileSync(
    `${folder.path}/labels.csv`,
    "path,label,time\n" + label("puzzle", "science") + label("lie", "arc") +
      label("focus", "other") + label("broken", "flat"),
  );
  const { code, out } = await spit(
    [...AUDIT, "--strict", "--labels", "labels.csv", "night"],
    folder.path,
  );
  assertEquals(code, 1);
  assertMatch(out, /^Must act\nFILE .*\nnight\/broken\.fits .*\nmissing: /);
  assertEquals(out.includes("lie.fits"), false);
  assertEquals(
    out.split("\n").slice(3),
    [
      "missing: no flat for 1 frame of configuration A: puzzle.fits",
      "  a flat with size 700x260 is needed",
      "",
      "CONFIGURATION  BIAS  DARK  ARC  FLAT  STANDARD  SCIENCE  LACKS  VALUES",
      "A                 1     0    1     0         0        1  flat   size 700x260",
      "",
    ],
  );
});

Deno.test("audit --format ndjson gives the kind of each finding; -o writes the same to a file", async () => {
  using folder = night(ALL);
  Deno.writeTextFileSync(
    `${folder.path}/labels.csv`,
    "path,label,time\nnight/puzzle.fits,science,2026-01-01T00:00:00Z\n",
  );
  const args = [...AUDIT, "--format", "ndjson", "--labels", "labels.csv"];
  const { out } = await spit([...args, "night"], folder.path);
  const findings = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    findings.map((
      row,
    ) => [row.group, row.finding, row.file ?? row.calibration]),
    [
      ["act", "error", "night/broken.fits"],
      ["act", "conflict", "night/lie.fits"],
      ["act", "unusable", "night/focus.fits"],
      ["act", "missing", "arc"],
      ["act", "missing", "flat"],
      ["information", "note", "night/times.fits"],
    ],
  );
  assertEquals(findings[3].files, ["night/puzzle.fits"]);

  const run = await spit([...args, "night", "-o", "a.ndjson"], folder.path);
  assertEquals([run.code, run.out], [0, ""]);
  assertEquals(Deno.readTextFileSync(`${folder.path}/a.ndjson`), out);
  const byName = [...AUDIT, "--labels", "labels.csv", "night", "-o", "b.jsonl"];
  assertEquals((await spit(byName, folder.path)).code, 0);
  assertEquals(Deno.readTextFileSync(`${folder.path}/b.jsonl`), out);
});

Deno.test("audit exits 2 on wrong usage", async () => {
  using folder = night(["bias.fits"]);
  Deno.mkdirSync(`${folder.path}/bare`);
  for (
    const [args, message] of [
      [["bare"], /no frames to classify/],
      [["night", "--labels", "absent.csv"], /absent\.csv/],
      [["night", "--rules", "absent.rules"], /absent\.rules/],
      [["night", "--format", "csv"], /Allowed choices are table, ndjson/],
    ] as const
  ) {
    const { code, out, err } = await spit([...AUDIT, ...args], folder.path);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertMatch(err, message);
  }
  assertStringIncludes(
    (await spit(["audit", "--help"])).out,
    "List frames that need review",
  );
});
