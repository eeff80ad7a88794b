import { assertEquals } from "@std/assert";
import {
  createRow,
  formatRow,
  isUpToDate,
  parseRow,
} from "../../lib/batch/rows.ts";
import { applyLabel, type Verdict } from "../../lib/classify/verdict.ts";
import { RETRYABLE_CODES } from "./retryable_codes.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";

const VERSION = { size: 2880, modified: 1_500_000_000_123 };

Deno.test("a formatted row is the verdict with size and modified, and parses", () => {
  const verdict = makeVerdict("/n/r1.fits");
  const line = formatRow(createRow(verdict, VERSION));
  assertEquals(JSON.parse(line), {
    ...verdict,
    size: 2880,
    modified: "2017-07-14T02:40:00.123Z",
  });
  assertEquals(line.endsWith("}\n"), true);
  assertEquals(parseRow(line), {
    ...VERSION,
    path: "/n/r1.fits",
    model: "tiny@1.0.0",
    errorCode: null,
    label: null,
    isOutdated: false,
  });
});

Deno.test("an unknown file version is null in the row", () => {
  const unknown = { size: null, modified: null };
  const error = { code: "not_found", message: "gone" } as const;
  const line = formatRow(createRow(makeFailedVerdict("a", error), unknown));
  assertEquals(parseRow(line), {
    ...unknown,
    path: "a",
    model: "tiny@1.0.0",
    errorCode: "not_found",
    label: null,
    isOutdated: false,
  });
});

Deno.test("a row of an unknown frame has no probability, and parses", () => {
  const verdict = makeVerdict("a", { type: "unknown", reason: "undecided" });
  const line = formatRow(createRow(verdict, VERSION));
  assertEquals(JSON.parse(line).probability, null);
  assertEquals(parseRow(line)?.isOutdated, false);
});

Deno.test("a parsed row names the label that gave its answer", () => {
  const verdict = makeVerdict("a");
  for (const label of ["flat", "other", undefined] as const) {
    const row = createRow(applyLabel(verdict, label), VERSION);
    assertEquals(parseRow(formatRow(row))?.label, label ?? null);
  }
});

Deno.test("a row has the longest exposure of its night and the magnitude of a standard, as numbers", () => {
  const parse = (longest: unknown, magnitude: unknown) => {
    const row = JSON.parse(formatRow(createRow(makeVerdict("a"), VERSION)));
    row.log.longest = longest;
    row.header.standard = {
      ...{ name: "Feige 34", matched: ["name"], separation: null, magnitude },
    };
    return parseRow(JSON.stringify(row));
  };
  assertEquals(parse(1200, 11.14)?.path, "a");
  assertEquals(parse(undefined, undefined)?.path, "a");
  assertEquals(parse("=1+1", 11.14), null);
  assertEquals(parse(1200, "=1+1"), null);
});

Deno.test("lines that are not rows are not parsed", () => {
  const cases = [
    "",
    "SIMPLE  =",
    "null",
    '["file"]',
    '{"file":3,"probability":0.5}',
    '{"file":"a","probability":0.5,"size":"7"}',
    '{"file":"a","probability":0.5,"modified":"yesterday"}',
    '{"file":"a","probability":0.5,"error":{}}',
    '{"path":"a","decided_by":[]}',
  ];
  for (const line of cases) assertEquals(parseRow(line), null, line);
});

Deno.test("a row is up to date for the same version and model, unless its error is retryable", () => {
  const verdict = makeVerdict("a");
  const row = parseRow(formatRow(createRow(verdict, VERSION)))!;
  const { model } = verdict;
  assertEquals(isUpToDate(row, VERSION, model), true);
  assertEquals(isUpToDate(row, VERSION, "other@1"), false);
  assertEquals(isUpToDate(row, { ...VERSION, size: 1 }, model), false);
  assertEquals(isUpToDate(row, { ...VERSION, modified: 1 }, model), false);
  const isFinal = (errorCode: string) =>
    isUpToDate({ ...row, errorCode }, VERSION, model);
  assertEquals(isFinal("not_fits"), true);
  for (const code of RETRYABLE_CODES) assertEquals(isFinal(code), false, code);
});

Deno.test("a row is up to date for the same label only, unless the file cannot be read", () => {
  const isFor = (verdict: Verdict, label?: "arc" | "flat") => {
    const row = parseRow(formatRow(createRow(verdict, VERSION)))!;
    return isUpToDate(row, VERSION, verdict.model, label);
  };
  const arc = makeVerdict("a", { type: "arc" });
  const labelled = applyLabel(arc, "flat");
  assertEquals([isFor(arc), isFor(arc, "arc")], [true, false]);
  assertEquals([isFor(labelled), isFor(labelled, "arc")], [false, false]);
  assertEquals(isFor(labelled, "flat"), true);
  const broken = makeFailedVerdict("a", { code: "cube", message: "bad" });
  assertEquals([isFor(broken), isFor(broken, "arc")], [true, true]);
});

Deno.test("rows of versions before 0.6 are parsed, and never up to date", () => {
  const verdict = makeVerdict("a");
  const row = JSON.parse(formatRow(createRow(verdict, VERSION)));
  const { probabilities: _, decided_by: __, use: ___, ...old } = row;
  const { probability: confidence, ...older } = old;
  for (
    const line of [old, { ...older, confidence }].map((row) =>
      JSON.stringify(row)
    )
  ) {
    const parsed = parseRow(line)!;
    assertEquals([parsed.path, parsed.isOutdated], ["a", true]);
    assertEquals(isUpToDate(parsed, VERSION, verdict.model), false);
  }
});
