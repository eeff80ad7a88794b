import { NO_LOG } from "../no_log.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "csv-parse/sync";
import fc from "../fast_check.ts";
import { normalize } from "../../lib/std.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { CSV_COLUMNS } from "../../lib/output/csv.ts";
import { printable } from "../../lib/output/text.ts";
import { createFormatter, type Format } from "../../lib/output/formats.ts";
import { createVerdictCounter, hasFindings } from "../../lib/output/summary.ts";

const ARC = makeVerdict("frames/r6.fits", {
  probability: 0.99961234567,
  probabilities: { bias: 0, arc: 0.99961234567, flat: 0.00038765433 },
  ood: 0.01234567,
  header: {
    type: "science",
    subtype: null,
    evidence: "OBSTYPE=OBJECT",
    standard: null,
    differs: [],
  },
  agreement: "conflict",
  log: { ...NO_LOG, instrument: "kast-red", configuration: { binning: "1,1" } },
});

const SPLIT: Verdict = {
  ...ARC,
  file: "frames/r7.fits",
  type: "unknown",
  probability: 0.5,
  reason: "flips_disagree",
  pixels: {
    ...ARC.pixels,
    type: "unknown",
    probability: 0.5,
    votes: { arc: 2, flat: 6 },
  },
  agreement: "silent",
  hdus: [1, 2],
};

const OUT_OF_DISTRIBUTION: Verdict = {
  ...ARC,
  file: "frames/moon.fits",
  type: "unknown",
  reason: "out_of_distribution",
  pixels: { ...ARC.pixels, type: "unknown", ood: 0.99987 },
  agreement: "silent",
};

const IMPROBABLE: Verdict = {
  ...ARC,
  file: "frames/r8.fits",
  type: "unknown",
  probability: 0.4128,
  reason: "low_probability",
  pixels: {
    ...ARC.pixels,
    type: "unknown",
    probability: 0.4128,
    probabilities: { bias: 0.3, arc: 0.4128, flat: 0.2872 },
  },
  agreement: "silent",
  header: {
    type: null,
    subtype: null,
    evidence: "",
    standard: null,
    differs: [],
  },
};

const BROKEN = makeFailedVerdict("frames/broken.fits", {
  code: "truncated_data",
  message: "pixels end early (HDU 0, byte 5760)",
});

function format(
  name: Format,
  verdicts: readonly Verdict[],
  options: { terminal?: boolean; colour?: boolean } = {},
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

Deno.test("table: is aligned, notes conflicts and reasons, and ends with a summary", () => {
  assertEquals(
    format("table", [ARC, SPLIT, OUT_OF_DISTRIBUTION, IMPROBABLE, BROKEN]),
    `\
FILE                TYPE      PROB   VOTES                 HEADER    NOTE
frames/r6.fits      arc       0.999  4/4                   science   conflict: the header says OBSTYPE=OBJECT
frames/r7.fits      unknown   0.500  6 flat 2 arc          science   flips disagree: the HDUs, or flips of them, get different types
frames/moon.fits    unknown   0.999  4/4                   science   unlike any spectral frame: ood 0.999
frames/r8.fits      unknown   0.412  4/4                   -         low probability: arc is likeliest, with 0.412
frames/broken.fits  -         -      -                     -         truncated_data: pixels end early (HDU 0, byte 5760)

5 frames: 1 arc, 3 unknown (1 unlike any spectral frame, 1 flips disagree, 1 low probability), 1 error; 1 conflict with the header
1.5 s, 3.3 frames/s, tiny@1.0.0 on cpu
`,
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
    summary(IMPROBABLE, SPLIT, IMPROBABLE),
    "3 frames: 3 unknown (1 flips disagree, 2 low probability); no conflict with a header",
  );
});

Deno.test("table and ndjson: control characters are escaped, colours are optional", () => {
  const nasty = {
    ...ARC,
    file: "a\x1b[2J\n\u202e.fits",
    header: {
      type: "science",
      subtype: null,
      evidence: "OBSTYPE=\x9b31m",
      standard: null,
      differs: [],
    },
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

Deno.test("ndjson: keys are in the order of the contract, numbers have six decimals", () => {
  const log = '"log":{"instrument":"kast-red","night":null,"start":null,' +
    '"mjd":null,"exposure":null,"target":null,"ra":null,"dec":null,' +
    '"airmass":null,"configuration":{"binning":"1,1"}}';
  const lines = format("ndjson", [ARC, OUT_OF_DISTRIBUTION, BROKEN])
    .trimEnd().split("\n");
  assertEquals(lines, [
    '{"file":"frames/r6.fits","type":"arc","probability":0.999612,"reason":null,' +
    '"pixels":{"type":"arc","probability":0.999612,' +
    '"probabilities":{"bias":0,"arc":0.999612,"flat":0.000388},' +
    '"votes":{"arc":4},"ood":0.012346},' +
    '"header":{"type":"science","subtype":null,"evidence":"OBSTYPE=OBJECT","standard":null,"differs":[]},' +
    `"agreement":"conflict",${log},"hdus":[0],"model":"tiny@1.0.0","error":null}`,
    '{"file":"frames/moon.fits","type":"unknown","probability":0.999612,' +
    '"reason":"out_of_distribution",' +
    '"pixels":{"type":"unknown","probability":0.999612,' +
    '"probabilities":{"bias":0,"arc":0.999612,"flat":0.000388},' +
    '"votes":{"arc":4},"ood":0.99987},' +
    '"header":{"type":"science","subtype":null,"evidence":"OBSTYPE=OBJECT","standard":null,"differs":[]},' +
    `"agreement":"silent",${log},"hdus":[0],"model":"tiny@1.0.0","error":null}`,
    '{"file":"frames/broken.fits","type":null,"probability":null,"reason":null,' +
    '"pixels":null,"header":null,"agreement":null,"log":null,"hdus":[],' +
    '"model":"tiny@1.0.0","error":{"code":"truncated_data",' +
    '"message":"pixels end early (HDU 0, byte 5760)"}}',
  ]);
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
    assertEquals(rows.map((row) => row.length), [19, 19, 19]);
    for (const [cell] of rows.slice(1)) {
      assertEquals(normalize(cell!), normalize(printable(file)));
      assertEquals(/^[=+@-]/.test(cell!), false);
    }
  }));
  const rows = parse(format("csv", [SPLIT, BROKEN]), {
    columns: true,
  }) as Record<string, string>[];
  assertEquals(
    [
      rows[0]!.type,
      rows[0]!.reason,
      rows[0]!.ood,
      rows[0]!.votes,
      rows[0]!.p_arc,
      rows[0]!.p_dark,
      rows[0]!.hdus,
      rows[0]!.error_code,
    ],
    [
      "unknown",
      "flips_disagree",
      "0.012346",
      "arc=2 flat=6",
      "0.999612",
      "",
      "1 2",
      "",
    ],
  );
  const { type, probability, reason, ood, error_code } = rows[1]!;
  assertEquals([type, probability, reason, ood, error_code], [
    "",
    "",
    "",
    "",
    "truncated_data",
  ]);
});

Deno.test("hasFindings: for unknown, unreadable and conflicting frames only", () => {
  const findings = (verdict: Verdict) => {
    const counter = createVerdictCounter();
    counter.add(verdict);
    return hasFindings(counter.summary({ seconds: 0, model: "", device: "" }));
  };
  assertEquals([ARC, SPLIT, BROKEN].map(findings), [true, true, true]);
  assertEquals(findings({ ...ARC, agreement: "agree" }), false);
  assertEquals(findings({ ...ARC, agreement: "silent" }), false);
});
