import { assertEquals } from "@std/assert";
import {
  createRow,
  formatRow,
  isUpToDate,
  parseRow,
} from "../../lib/batch/rows.ts";
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
  const row = { path: "/n/r1.fits", model: "tiny@1.0.0", errorCode: null };
  assertEquals(parseRow(line), { ...row, ...VERSION });
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
  });
});

Deno.test("lines that are not rows, or rows of versions before 0.5, are not parsed", () => {
  const cases = [
    "",
    "SIMPLE  =",
    "null",
    '["file"]',
    '{"file":3,"probability":0.5}',
    '{"file":"a","probability":0.5,"size":"7"}',
    '{"file":"a","probability":0.5,"modified":"yesterday"}',
    '{"file":"a","probability":0.5,"error":{}}',
    '{"file":"a","confidence":0.5,"error":null}',
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
