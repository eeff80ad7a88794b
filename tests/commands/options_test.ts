/** Options that all commands which classify have in common. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Command } from "commander";
import { CLASSIFY_OPTIONS } from "../../lib/commands/classify.ts";
import { addOptions, parsePlainLine } from "../../lib/commands/options.ts";
import fc from "../fast_check.ts";
import {
  evenPlane,
  fitsOf,
  lopsidedPlane,
  temporaryFolder,
  TINY,
  WARY,
} from "../tiny.ts";
import { spit } from "./resident_spit.ts";

/**
 * A folder `night` of five frames:
 *
 * - `a.fits`: a bias, as its header claims;
 * - `b.fits`: probably an arc, but the flips disagree;
 * - `c.fits`: a bias whose header claims an arc;
 * - `d.fits`: empty;
 * - `e.fits`: out-of-distribution for the model `wary`; its header claims an arc.
 */
function makeNight(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/night`);
  const write = (name: string, content: Uint8Array) =>
    Deno.writeFileSync(`${folder.path}/night/${name}.fits`, content);
  write("a", fitsOf([evenPlane()], { OBSTYPE: "BIAS" }));
  write("b", fitsOf([lopsidedPlane()]));
  write("c", fitsOf([evenPlane()], { OBSTYPE: "ARC" }));
  write("d", new Uint8Array(0));
  write("e", fitsOf([evenPlane(700, 260, 40_000)], { OBSTYPE: "ARC" }));
  return folder;
}

const ON_WARY = ["--model", WARY, "--device=cpu", "-q"];

/** Classifies frames; returns type and use of each, and the reason of unknown ones. */
async function classify(folder: string, ...args: readonly string[]) {
  const all = ["night", ...ON_WARY, "--format=ndjson", ...args];
  const { code, out, err } = await spit(all, folder);
  const rows = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  return {
    rows,
    answers: Object.fromEntries(
      rows.map(({ file, type, reason, use }) => [
        file.slice("night/".length, -".fits".length),
        `${reason ?? type} ${use}`,
      ]),
    ),
    code,
    err,
  };
}

Deno.test("--pixels-only, --trust-header and --min-probability change the answer, never the pixel verdict", async () => {
  using folder = makeNight();
  const { rows, answers } = await classify(folder.path);
  assertEquals(answers, {
    a: "bias true",
    b: "flips_disagree false",
    c: "bias false",
    d: "null false",
    e: "arc false",
  });
  for (
    const [args, changes] of [
      [["--pixels-only"], {
        e: "out_of_distribution false",
      }],
      [["--trust-header"], { e: "arc true" }],
      [["--min-probability=0.999"], {
        a: "low_probability false",
        c: "low_probability false",
        e: "low_probability false",
      }],
      [["--pixels-only", "--min-probability=0.999"], {
        a: "low_probability false",
        c: "low_probability false",
        e: "out_of_distribution false",
      }],
    ] as const
  ) {
    const other = await classify(folder.path, ...args);
    assertEquals(other.answers, { ...answers, ...changes }, args.join(" "));
    assertEquals(
      other.rows.map(({ pixels }) => pixels),
      rows.map(({ pixels }) => pixels),
      args.join(" "),
    );
  }
});

Deno.test("options that exclude each other, or are out of range, are wrong usage", async () => {
  using folder = makeNight();
  for (
    const [args, message] of [
      [["--pixels-only", "--trust-header"], "--trust-header"],
      [["--min-probability=1.5"], "from 0 to 1"],
      [["--min-probability=high"], "from 0 to 1"],
    ] as const
  ) {
    const { code, out, err } = await spit(["night", ...args], folder.path);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, message);
  }
});

Deno.test("every command that classifies takes the options of the answer and labels", async () => {
  const commands = ["classify", "audit", "report", "review", "watch", "run"];
  for (const command of [...commands, "worker", "inspect"]) {
    const { out } = await spit([command, "--help"]);
    for (
      const option of [
        "--pixels-only",
        "--trust-header",
        "--min-probability <number>",
        "--labels <csv>",
      ]
    ) assertStringIncludes(out, option, command);
  }
});

const LABELS = "path,label\n" +
  "night/a.fits,dark\nnight/c.fits,arc\nnight/b.fits,other\n";

/** A night with a labels file beside it. */
function makeLabelledNight(text = LABELS): ReturnType<typeof makeNight> {
  const folder = makeNight();
  Deno.writeTextFileSync(`${folder.path}/labels.csv`, text);
  return folder;
}

Deno.test("--labels replaces the answer in every format", async () => {
  using folder = makeLabelledNight();
  const { rows } = await classify(folder.path, "--labels=labels.csv");
  assertEquals(
    rows.map(({ type, probability, decided_by, use, reason }) => [
      ...[type, probability, decided_by.join(), use, reason],
    ]),
    [
      ["dark", null, "label", true, null],
      ["unknown", null, "label", false, "labelled_other"],
      ["arc", null, "label", true, null],
      [null, null, "", false, null],
      ["arc", rows[4].probability, "header", false, null],
    ],
  );
  assertEquals(rows[0].pixels.type, "bias");
  const print = async (format: string) =>
    (await spit([
      ...["night", ...ON_WARY, "--labels=labels.csv", "--format", format],
    ], folder.path)).out;
  assertEquals(JSON.parse(await print("json")), rows);
  const lines = (text: string) => text.split("\n").slice(0, 4);
  const [header, ...cells] = lines(await print("fitsort"))
    .map((line) => line.split("\t"));
  assertEquals(header!.includes("LABEL"), false);
  const column = header!.indexOf("TYPE");
  assertEquals(cells.map((row) => row[column]), ["dark", "unknown", "arc"]);
  const [names, ...values] = lines(await print("csv"))
    .map((line) => line.split(","));
  assertEquals(names!.includes("label"), false);
  assertEquals(
    values.map((row) => row[names!.indexOf("type")]),
    ["dark", "unknown", "arc"],
  );
  assertMatch(await print("table"), /night\/a\.fits +dark +-/);
});

Deno.test("a labelled frame passes --strict, unless it cannot be read", async () => {
  using folder = makeLabelledNight(
    LABELS + "night/d.fits,arc\nnight/e.fits,flat\n",
  );
  for (
    const [name, code] of [["a", 0], ["b", 0], ["c", 0], ["d", 1], ["e", 0]]
  ) {
    const args = [`night/${name}.fits`, ...ON_WARY, "--strict"];
    const labelled = await spit([...args, "--labels=labels.csv"], folder.path);
    assertEquals(labelled.code, code, `${name}: ${labelled.out}`);
    const { code: unlabelled } = await spit(args, folder.path);
    assertEquals(unlabelled, name === "a" ? 0 : 1, `${name}`);
  }
});

Deno.test("audit and inspect use the labels", async () => {
  using folder = makeLabelledNight();
  const args = [...ON_WARY, "--labels=labels.csv"];
  const audit = await spit(["audit", "night", ...args], folder.path);
  assertEquals(
    [..."abcde"].filter((name) => audit.out.includes(`night/${name}.fits`)),
    ["d", "e"],
  );
  const inspect = await spit([
    ...["inspect", "night/a.fits", "--model", WARY, "--device=cpu"],
    "--labels=labels.csv",
  ], folder.path);
  assertEquals(inspect.code, 0);
  assertStringIncludes(inspect.out, "dark");
});

Deno.test("labels of other frames give a notice, and a wrong label an error with its line", async () => {
  using folder = makeLabelledNight("path,label\nelsewhere/r1.fits,arc\n");
  const classifyWith = (csv: string) =>
    spit(
      ["night", "--model", TINY, "--device=cpu", "--labels", csv],
      folder.path,
    );
  const other = await classifyWith("labels.csv");
  assertEquals(other.code, 0);
  assertStringIncludes(other.err, "no label for any of these frames");
  Deno.writeTextFileSync(
    `${folder.path}/bad.csv`,
    "path,label\nnight/a.fits,lamp\n",
  );
  const bad = await classifyWith("bad.csv");
  assertEquals([bad.code, bad.out], [2, ""]);
  assertMatch(bad.err, /bad\.csv, line 2, column label: "lamp" is not a label/);
});

/** Parses a line with commander; `undefined` when it reports an error. */
function parseWithCommander(args: readonly string[]) {
  const command = addOptions(new Command(), CLASSIFY_OPTIONS)
    .argument("[PATH...]").exitOverride().configureOutput({ writeErr() {} });
  try {
    command.parse(args, { from: "user" });
  } catch {
    return undefined;
  }
  return { operands: command.args, options: command.opts() };
}

Deno.test("parsePlainLine() agrees with commander, or leaves a line to it", () => {
  const flags = CLASSIFY_OPTIONS.flatMap(({ flags }) =>
    flags.split(/, | /).filter((flag) => flag.startsWith("-"))
  );
  const values = ["n1", "-", "--", "-1", "2", "0.5", "", "a=b", "csv", "auto"];
  const flag = fc.constantFrom(...flags, "--unknown", "-x", "-qv");
  const value = fc.constantFrom(...values);
  const parts = fc.oneof(
    { arbitrary: value.map((text) => [text]), weight: 3 },
    flag.map((text) => [text]),
    fc.tuple(flag, value),
    fc.tuple(flag, value).map(([name, text]) => [`${name}=${text}`]),
  );
  const line = fc.array(parts, { minLength: 1, maxLength: 4 }).map((all) =>
    all.flat()
  );
  let plain = 0;
  fc.assert(
    fc.property(line, (args) => {
      const parsed = parsePlainLine(args, CLASSIFY_OPTIONS);
      if (parsed === undefined) return;
      plain++;
      assertEquals({ ...parsed }, parseWithCommander(args), args.join(" "));
    }),
    { numRuns: 2000 },
  );
  assert(plain > 300, `${plain} lines were parsed`);
});

Deno.test("parsePlainLine() parses what programs write, and no line with an error", () => {
  const defaults = {
    ...{ model: "spit-compact", device: "auto" },
    timeout: 120,
  };
  const isPlain = (line: string) =>
    parsePlainLine(line.split(" "), CLASSIFY_OPTIONS);
  assertEquals(isPlain("n1 --format=ndjson -q -o a.ndjson n2 --workers 2"), {
    operands: ["n1", "n2"],
    options: {
      ...defaults,
      ...{ format: "ndjson", quiet: true, output: "a.ndjson", workers: 2 },
    },
  });
  assertEquals(isPlain("--rules a.rules n1 --rules=b.rules"), {
    operands: ["n1"],
    options: { ...defaults, rules: ["a.rules", "b.rules"] },
  });
  for (
    const line of [
      ...["--help n1", "-q", "n1 --format xml", "n1 --workers 1.5", "n1 -o"],
      ...["- --stream", "n1 --rules", "n1 -qv", "n1 --quiet=1", "-- n1"],
    ]
  ) assertEquals(isPlain(line), undefined, line);
});
