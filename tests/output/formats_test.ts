import { NO_LOG } from "../no_log.ts";
import {
  makeFailedVerdict,
  makeVerdict,
  NO_CLAIM,
  type VerdictParts,
} from "../verdicts.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "csv-parse/sync";
import fc from "../fast_check.ts";
import { join } from "../../lib/std.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { applyLabel, type Verdict } from "../../lib/classify/verdict.ts";
import { CSV_COLUMNS } from "../../lib/output/csv.ts";
import { formatNote } from "../../lib/output/note.ts";
import { printable } from "../../lib/output/text.ts";
import { createFormatter, type Format } from "../../lib/output/formats.ts";
import { createVerdictCounter, hasFindings } from "../../lib/output/summary.ts";

const ARC = makeVerdict("frames/r6.fits", {
  probability: 0.99961234567,
  probabilities: { bias: 0, arc: 0.99961234567, flat: 0.00038765433 },
  ood: 0.01234567,
  header: { ...NO_CLAIM, type: "science", evidence: "OBSTYPE=OBJECT" },
  agreement: "conflict",
  log: { ...NO_LOG, instrument: "kast-red", configuration: { binning: "1,1" } },
});

const SPLIT = makeVerdict("frames/r7.fits", {
  type: "unknown",
  reason: "flips_disagree",
  votes: { arc: 2, flat: 6 },
  ood: 0.01234567,
  probabilities: { arc: 0.40000049, flat: 0.6 },
  hdus: [1, 2],
});

const OUT_OF_DISTRIBUTION = makeVerdict("frames/moon.fits", {
  type: "unknown",
  reason: "out_of_distribution",
  ood: 0.99987,
  header: { ...NO_CLAIM, type: "light", evidence: "IMAGETYP=Light" },
});

const UNDECIDED = makeVerdict("frames/r8.fits", {
  type: "unknown",
  reason: "undecided",
  probabilities: { bias: 0.1, arc: 0.4128, flat: 0.4127 },
});

const FOCUS = makeVerdict("frames/r9.fits", {
  decided_by: ["pixels", "exposure"],
  subtype: "focus",
  use: false,
  header: { ...NO_CLAIM, subtype: "focus", evidence: "IMAGETYP=FOCUS" },
});

const STANDARD = makeVerdict("frames/r10.fits", {
  type: "standard",
  decided_by: ["target"],
  header: {
    ...NO_CLAIM,
    type: "science",
    evidence: "OBSTYPE=OBJECT",
    standard: { name: "Feige 34", matched: ["name"], separation: 312.4 },
    differs: ["EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1"],
  },
  agreement: "agree",
});

const BROKEN = makeFailedVerdict("frames/broken.fits", {
  code: "truncated_data",
  message: "pixels end early (HDU 0, byte 5760)",
});

function format(
  name: Format,
  verdicts: readonly Verdict[],
  options: { terminal?: boolean; colour?: boolean; width?: number } = {},
): string {
  const formatter = createFormatter(name, {
    files: verdicts.map(({ file }) => file),
    terminal: false,
    colour: false,
    ...options,
  });
  const counter = createVerdictCounter();
  verdicts.forEach(counter.add);
  const summary = counter.summary({
    seconds: 1.5,
    model: "tiny@1.0.0",
    device: "cpu",
  });
  return formatter.begin() +
    verdicts.map((verdict) => formatter.row(verdict)).join("") +
    formatter.end(summary);
}

Deno.test("table: is aligned, notes what to check, and ends with a summary", () => {
  assertEquals(
    format("table", [
      ...[ARC, SPLIT, OUT_OF_DISTRIBUTION, UNDECIDED, FOCUS, STANDARD, BROKEN],
    ]),
    `\
FILE                TYPE      PROB   BY              HEADER         NOTE
frames/r6.fits      arc       0.999  pixels          science        conflict: the header says OBSTYPE=OBJECT
frames/r7.fits      unknown   -      -               -              flips disagree: the HDUs, or flips of them, get different types; votes: 6 flat 2 arc
frames/moon.fits    unknown   -      -               light          unlike any spectral frame: ood 0.999
frames/r8.fits      unknown   -      -               -              undecided: arc 0.412 or flat 0.412
frames/r9.fits      arc       0.900  px+exp          focus          unusable: the header says focus (IMAGETYP=FOCUS)
frames/r10.fits     standard  0.900  target          science        the target is named Feige 34, which is 312″ from the pointing; the headers differ: EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1
frames/broken.fits  -         -      -               -              truncated_data: pixels end early (HDU 0, byte 5760)

7 frames: 2 arc, 1 standard, 3 unknown (1 unlike any spectral frame, 1 flips disagree, 1 undecided), 1 error; 1 conflict with the header, 1 unusable
1.5 s, 4.7 frames/s, tiny@1.0.0 on cpu
`,
  );
});

Deno.test("table: a label stands for the type, and the pixels are noted if they differ", () => {
  const [, flat, other, same] = format("table", [
    applyLabel(ARC, "flat"),
    applyLabel(FOCUS, "other"),
    applyLabel(FOCUS, "arc"),
  ]).split("\n").map((line) => line.split(/  +/).slice(1));
  assertEquals(flat, ["flat", "-", "label", "science", "pixels: arc 0.999"]);
  assertEquals(other, [
    "unknown",
    "-",
    "label",
    "focus",
    "labelled as no spectral frame; pixels: arc 0.900",
  ]);
  assertEquals(same, ["arc", "-", "label", "focus"]);
});

Deno.test("table: the notes of self-contradicting headers, and of a type from the header alone", () => {
  const noteOf = (parts: VerdictParts) =>
    formatNote(makeVerdict("a.fits", parts));
  const contradiction = {
    ...NO_CLAIM,
    evidence: "OBSTYPE=SCIENCE, OBSTYPE=ZERO",
  };
  const parts = { agreement: "conflict", header: contradiction } as const;
  assertEquals(
    noteOf(parts),
    "conflict: the header contradicts itself: OBSTYPE=SCIENCE, OBSTYPE=ZERO",
  );
  const differs = ["OBSTYPE=SCIENCE in HDU 0, OBSTYPE=ZERO in HDU 1"];
  assertEquals(
    noteOf({ ...parts, header: { ...contradiction, differs } }),
    `conflict: the header contradicts itself: ${differs}`,
  );
  const foreign = makeVerdict("a.fits", {
    decided_by: ["header"],
    use: false,
    header: { ...NO_CLAIM, type: "arc", evidence: "IMAGETYP=COMP" },
    ood: 0.98,
  });
  const pixels = { ...foreign.pixels, type: "unknown" } as const;
  assertEquals(
    formatNote({ ...foreign, pixels }),
    "unusable: type from the header; the pixels are unlike any spectral frame: ood 0.980",
  );
  assertEquals(
    formatNote({ ...foreign, pixels, use: true }),
    "type from the header; the pixels are unlike any spectral frame: ood 0.980",
  );
});

Deno.test("table: the summary counts unknown frames by reason", () => {
  const summary = (...verdicts: Verdict[]) =>
    format("table", verdicts).trimEnd().split("\n").at(-2);
  assertEquals(
    summary(OUT_OF_DISTRIBUTION, OUT_OF_DISTRIBUTION),
    "2 frames: 2 unknown (unlike any spectral frame); no conflict with a header",
  );
  assertEquals(
    summary(UNDECIDED, SPLIT, UNDECIDED),
    "3 frames: 3 unknown (1 flips disagree, 2 undecided); no conflict with a header",
  );
  // As of `watch` when no frame has arrived.
  assertEquals(summary(), "0 frames");
});

Deno.test("table and ndjson: control characters are escaped, colours are optional", () => {
  const nasty = {
    ...ARC,
    file: "a\x1b[2J\n\u202e.fits",
    header: { ...NO_CLAIM, type: "science", evidence: "OBSTYPE=\x9b31m" },
  } as Verdict;
  // deno-lint-ignore no-control-regex
  const raw = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;
  assertEquals(raw.test(format("table", [nasty])), false);
  assertEquals(format("table", [nasty]).trim().split("\n").length, 5);
  assertEquals(raw.test(format("ndjson", [nasty])), false);
  assertEquals(JSON.parse(format("ndjson", [nasty])).file, nasty.file);
  assertEquals(
    format("table", [ARC], { colour: true }).includes("\x1b["),
    true,
  );
});

Deno.test("table: a long name is cut on a terminal only", () => {
  const long = { ...ARC, file: `night/${"x".repeat(80)}/r6.fits` };
  assertMatch(
    format("table", [long], { terminal: true }),
    /\nnight\/x+…x+\/r6\.fits {2}arc/,
  );
  assertEquals(format("table", [long]).includes(long.file), true);
});

const LOGGED = makeVerdict("frames/r11.fits", {
  type: "science",
  log: {
    ...NO_LOG,
    ...{ instrument: "kast-red", night: "2015-08-18", exposure: 1200.0049 },
    target: "a name of\nmore than sixteen letters",
    configuration: {
      ...{ binning: "1,1", dichroic: "d55", dispname: "600/7500" },
      ...{ gain: "1", lamps: "LAMPSTAH=on" },
    },
  },
});

Deno.test("table: fits into 80 columns, with notes below their rows", () => {
  const long = { ...SPLIT, file: `night/${"x".repeat(80)}/r6.fits` };
  const text = format("table", [ARC, long, STANDARD, LOGGED], {
    ...{ terminal: true, width: 80 },
  });
  const lines = text.split("\n");
  assertEquals(lines.filter((line) => line.length > 80), []);
  assertEquals(lines[0]!.split(/ +/), [
    ...["FILE", "TYPE", "PROB", "BY", "HEADER"],
  ]);
  assertMatch(text, /\nframes\/r6\.fits +arc +0\.999 +pixels +science\n/);
  assertMatch(text, /\nnight\/x+…x+\/r6\.fits {2}unknown/);
  const words = text.split(/\s+/).join(" ");
  for (const verdict of [ARC, long, STANDARD]) {
    assert(words.includes(formatNote(verdict)), words);
  }
  assert(!/\n +\n/.test(text), "no line without a note");
});

Deno.test("table: a wide terminal shows the log as far as it fits", () => {
  const rowAt = (width: number) => {
    const [heading, row] = format("table", [LOGGED], {
      ...{ terminal: true, width },
    }).split("\n").map((line) => line.split(/ {2,}/).slice(5));
    return { heading, row };
  };
  assertEquals(rowAt(70), { heading: ["NOTE"], row: [] });
  assertEquals(rowAt(76), { heading: ["EXPTIME"], row: ["1200"] });
  assertEquals(rowAt(106), {
    heading: ["EXPTIME", "TARGET", "NIGHT"],
    row: ["1200", "a name of\\u{a}m…", "2015-08-18"],
  });
  assertEquals(rowAt(200), {
    heading: ["EXPTIME", "TARGET", "NIGHT", "CONFIGURATION", "NOTE"],
    row: [
      ...["1200", "a name of\\u{a}m…", "2015-08-18"],
      "600/7500, d55, 1,1",
    ],
  });
  assert(!format("table", [LOGGED]).includes("1200"), "not in a file");
});

Deno.test("table: each type has a colour, and what needs review a red or yellow note", () => {
  const codes = (verdict: Verdict) => {
    const [, row] = format("table", [verdict], { colour: true }).split("\n");
    // deno-lint-ignore no-control-regex
    return Array.from(row!.matchAll(/\x1b\[(\d+)m/g), ([, code]) => code);
  };
  const types = FRAME_TYPES.map((type) =>
    codes(makeVerdict("a.fits", { type }))
  );
  assertEquals(new Set(types.map(([first]) => first)).size, FRAME_TYPES.length);
  const [red, yellow] = ["31", "33"];
  assertEquals(types.flat().includes(red), false);
  assertEquals(types.flat().includes(yellow), false);
  assertEquals([codes(ARC)[2], codes(BROKEN)[0]], [red, red]);
  assertEquals([codes(SPLIT)[0], codes(SPLIT)[2]], [yellow, yellow]);
});

Deno.test("ndjson: keys are in the order of the contract, numbers have six decimals", () => {
  const log = '"log":{"instrument":"kast-red","night":null,"start":null,' +
    '"mjd":null,"exposure":null,"target":null,"ra":null,"dec":null,' +
    '"airmass":null,"configuration":{"binning":"1,1"}}';
  const lines = format("ndjson", [ARC, BROKEN]).trimEnd().split("\n");
  assertEquals(lines, [
    '{"file":"frames/r6.fits","type":"arc","probability":0.999612,' +
    '"probabilities":{"bias":0,"arc":0.999612,"flat":0.000388},' +
    '"decided_by":["pixels"],"subtype":null,"use":false,"flags":[],"reason":null,' +
    '"pixels":{"type":"arc","probability":0.999612,' +
    '"probabilities":{"bias":0,"arc":0.999612,"flat":0.000388},' +
    '"votes":{"arc":4},"ood":0.012346},' +
    '"header":{"type":"science","subtype":null,"evidence":"OBSTYPE=OBJECT",' +
    '"standard":null,"object":null,"differs":[]},' +
    `"agreement":"conflict",${log},"hdus":[0],"model":"tiny@1.0.0","error":null}`,
    '{"file":"frames/broken.fits","type":null,"probability":null,' +
    '"probabilities":null,"decided_by":[],"subtype":null,"use":false,"flags":[],' +
    '"reason":null,"pixels":null,"header":null,"agreement":null,"log":null,' +
    '"hdus":[],"model":"tiny@1.0.0","error":{"code":"truncated_data",' +
    '"message":"pixels end early (HDU 0, byte 5760)"}}',
  ]);
  const [split] = format("ndjson", [SPLIT]).split("\n");
  const { type, probability, probabilities } = JSON.parse(split!);
  assertEquals([type, probability], ["unknown", null]);
  assertEquals(probabilities, { arc: 0.4, flat: 0.6 });
});

Deno.test("json: has the rows of ndjson as one array", () => {
  assertEquals(
    JSON.parse(format("json", [ARC, SPLIT, BROKEN])),
    format("ndjson", [ARC, SPLIT, BROKEN]).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    ),
  );
});

Deno.test("csv: reads back with any file name", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (file) => {
    const rows = parse(
      format("csv", [{ ...ARC, file }, { ...BROKEN, file }]),
      { record_delimiter: "\n" },
    ) as string[][];
    assertEquals(rows[0], [...CSV_COLUMNS]);
    assertEquals(
      rows.map((row) => row.length),
      rows.map(() => CSV_COLUMNS.length),
    );
    for (const [cell] of rows.slice(1)) {
      assertEquals(join(cell!), join(printable(file)));
      assertEquals(/^[=+@-]/.test(cell!), false);
    }
  }));
});

Deno.test("csv: the columns are the keys of ndjson, joined by _", () => {
  const verdicts = [SPLIT, STANDARD, FOCUS, BROKEN];
  const rows: Record<string, string>[] = parse(format("csv", verdicts), {
    columns: true,
  });
  const select = (row: Record<string, string>, names: string) =>
    names.split(" ").map((name) => row[name]);
  assertEquals(
    select(
      rows[0]!,
      "type probability probabilities_arc probabilities_dark decided_by use " +
        "reason pixels_type pixels_probabilities_flat pixels_votes pixels_ood hdus",
    ),
    [
      ...["unknown", "", "0.4", "", "", "false", "flips_disagree", "unknown"],
      ...["0.6", "arc=2 flat=6", "0.012346", "1 2"],
    ],
  );
  assertEquals(
    select(
      rows[1]!,
      "probability decided_by use header_standard_name header_standard_matched " +
        "header_standard_separation header_differs",
    ),
    [
      ...["0.9", "target", "true", "Feige 34", "name", "312.4"],
      "EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1",
    ],
  );
  assertEquals(select(rows[2]!, "decided_by subtype use header_subtype"), [
    ...["pixels+exposure", "focus", "false", "focus"],
  ]);
  assertEquals(
    select(rows[3]!, "type probability use reason pixels_ood error_code"),
    ["", "", "false", "", "", "truncated_data"],
  );
  const [log]: Record<string, string>[] = parse(
    format("csv", [{ ...LOGGED, log: { ...LOGGED.log, target: "=1+1" } }]),
    { columns: true },
  );
  assertEquals(
    select(log!, "log_night log_exposure log_target log_airmass"),
    ["2015-08-18", "1200.0049", "'=1+1", ""],
  );
  assertEquals(
    log!["log_configuration"],
    "binning=1,1; dichroic=d55; dispname=600/7500; gain=1; lamps=LAMPSTAH=on",
  );
  const keys = new Set(Object.keys(JSON.parse(format("ndjson", [ARC]))));
  for (const column of CSV_COLUMNS) {
    const isKey = keys.has(column) ||
      keys.has(column.slice(0, column.indexOf("_")));
    assert(isKey, column);
  }
});

Deno.test("fitsort: has what decided, what the pixels say, and the standard", () => {
  const [heading, standard, split] = format("fitsort", [STANDARD, SPLIT])
    .split("\n").map((line) => line.split("\t"));
  const select = (row: readonly string[], names: string) =>
    names.split(" ").map((name) => row[heading!.indexOf(name)]);
  assertEquals(
    select(standard!, "TYPE DECIDED_BY SUBTYPE USE PIXELS STANDARD SEPARATION"),
    ["standard", "target", "-", "true", "standard", "Feige 34", "312.4"],
  );
  assertEquals(
    select(split!, "TYPE PROBABILITY DECIDED_BY USE REASON OOD STANDARD"),
    ["unknown", "-", "-", "false", "flips_disagree", "0.012", "-"],
  );
});

Deno.test("hasFindings: for frames that need review", () => {
  const findings = (verdict: Verdict) => {
    const counter = createVerdictCounter();
    counter.add(verdict);
    return hasFindings(counter.summary({ seconds: 0, model: "", device: "" }));
  };
  assertEquals([ARC, SPLIT, FOCUS, BROKEN].map(findings), [
    ...[true, true, true, true],
  ]);
  assertEquals([STANDARD, makeVerdict("a.fits")].map(findings), [false, false]);
  const labelled = [ARC, SPLIT, FOCUS].map((one) => applyLabel(one, "other"));
  assertEquals(labelled.map(findings), [false, false, false]);
  assertEquals(findings(applyLabel(BROKEN, "arc")), true);
});

Deno.test("CSV escapes every text, whichever key it is from", () => {
  const text = "=1+1\x1b\u202e\x9b";
  const replaceTexts = (value: unknown): unknown =>
    typeof value === "string"
      ? text
      : Array.isArray(value)
      ? value.map(replaceTexts)
      : value !== null && typeof value === "object"
      ? Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, replaceTexts(part)]),
      )
      : value;
  const standard = { name: "x", matched: ["name"], separation: 1 } as const;
  const evidence = "OBSTYPE=ARC";
  for (
    const verdict of [
      makeVerdict("r1.fits", {
        header: {
          ...NO_CLAIM,
          type: "arc",
          evidence,
          standard,
          differs: ["x"],
        },
        ...{ subtype: "focus", flags: ["saturated"], reason: "undecided" },
      }),
      makeFailedVerdict("r1.fits"),
    ]
  ) {
    const format = createFormatter("csv", {
      ...{ files: [], terminal: false, colour: false },
    });
    const line = format.row(replaceTexts(verdict) as Verdict, { group: text });
    const [cells = []]: string[][] = parse(line);
    const texts = cells.filter((cell) => cell.includes("1+1"));
    assertEquals(texts.length >= 5, true);
    for (const cell of cells) {
      assertEquals(/^[=+@-]|\p{Cc}|\p{Cf}/u.test(cell), false, cell);
    }
  }
});
