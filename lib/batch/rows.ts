/** Stored rows: a verdict with the version of the file that it is about. */
import * as v from "valibot";
import { EVIDENCE, REASONS } from "../classify/evidence.ts";
import { HDU_FLAGS } from "../classify/hdus.ts";
import type { Verdict } from "../classify/verdict.ts";
import { isLabel, type Label } from "../evaluation/labels.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import { isSubtype } from "../header/subtype.ts";
import type { FileVersion } from "../io/file_version.ts";
import { stringifyVerdict } from "../output/json.ts";
import { isRetryable } from "./retry.ts";

export type StoredRow = Verdict & {
  /** Size of the file in bytes; `null` if it is unknown. */
  readonly size: number | null;
  /** Modification time in UTC, `2016-08-27T03:14:15.926Z`; `null` if it is unknown. */
  readonly modified: string | null;
};

/** The parts of a stored row that `run`, `merge` and `watch` use. */
export interface RowSummary extends FileVersion {
  readonly path: string;
  /** `NAME@VERSION` of the model; empty if the row has none. */
  readonly model: string;
  /** `null` if the frame was classified. */
  readonly errorCode: string | null;
  /** The label that gave the answer; `null` if none did. */
  readonly label: Label | null;
  /** Whether a version before 0.6 wrote the row, whose answer is that of the pixels. */
  readonly isOutdated: boolean;
}

/** The first characters of every row. */
export const ROW_START = '{"file":"';

const Type = v.picklist(FRAME_TYPES);
const TypeOrUnknown = v.picklist([...FRAME_TYPES, "unknown"]);
const Probabilities = v.record(Type, v.number());
const Name = v.nullable(v.string());
const Value = v.nullable(v.number());
const Index = v.pipe(v.number(), v.integer(), v.minValue(0));
const Pair = v.tuple([v.number(), v.number()]);
const Hdu = { hdu: Index, name: Name };

const Damage = v.variant("flag", [
  v.looseObject({ ...Hdu, flag: v.literal("empty") }),
  v.looseObject({
    ...Hdu,
    flag: v.literal("saturated"),
    share: v.number(),
    level: v.number(),
  }),
  v.looseObject({
    ...Hdu,
    flag: v.picklist(["constant-rows", "constant-columns"]),
    first: v.number(),
    last: v.number(),
    count: v.number(),
    of: v.number(),
    within: v.nullable(Pair),
  }),
]);

const Pixels = v.looseObject({
  type: TypeOrUnknown,
  probability: v.number(),
  probabilities: Probabilities,
  votes: Probabilities,
  ood: Value,
  hdus: v.optional(v.array(v.looseObject({
    ...Hdu,
    type: TypeOrUnknown,
    probability: v.number(),
    ood: Value,
    differs: v.boolean(),
    flags: v.array(v.picklist(HDU_FLAGS)),
  }))),
  damage: v.optional(v.array(Damage)),
  reads: v.optional(Pair),
  // A value that is no finite number is `null` in JSON.
  statistics: v.optional(v.looseObject({
    ...v.entriesFromList(
      ["level", "dark", "bright", "noise", "saturated", "lines"],
      Value,
    ),
    size: Pair,
    spectrum: v.array(Value),
    slit: v.array(Value),
  })),
});

const Claim = v.looseObject({
  type: v.nullable(v.picklist([...FRAME_TYPES, "light"])),
  subtype: v.nullable(v.pipe(v.string(), v.check(isSubtype))),
  evidence: v.string(),
  standard: v.nullable(v.looseObject({
    name: v.string(),
    matched: v.array(v.picklist(["position", "name", "file name"])),
    separation: Value,
    magnitude: v.optional(v.number()),
  })),
  // Rows of earlier versions have none.
  object: v.optional(Name, null),
  differs: v.array(v.string()),
});

const Log = v.looseObject({
  ...v.entriesFromList(["instrument", "night", "start", "target"], Name),
  ...v.entriesFromList(["mjd", "exposure", "ra", "dec", "airmass"], Value),
  longest: v.optional(v.number()),
  configuration: v.record(v.string(), v.string()),
});

/** What every row has, in this version and in earlier ones. */
const COMMON = {
  file: v.string(),
  model: v.string(),
  size: v.optional(v.nullable(v.number()), null),
  modified: v.optional(
    v.nullable(v.pipe(v.string(), v.transform(Date.parse), v.number())),
    null,
  ),
};

const Row = v.union([
  v.looseObject({
    ...COMMON,
    type: TypeOrUnknown,
    probability: Value,
    probabilities: Probabilities,
    decided_by: v.array(v.picklist(EVIDENCE)),
    subtype: Claim.entries.subtype,
    use: v.boolean(),
    flags: v.array(v.pipe(v.string(), v.regex(/^[a-z-]+$/))),
    reason: v.nullable(v.picklist(REASONS)),
    pixels: Pixels,
    header: Claim,
    agreement: v.picklist(["agree", "conflict", "silent"]),
    log: Log,
    hdus: v.array(Index),
    error: v.null(),
  }),
  v.looseObject({
    ...COMMON,
    ...v.entriesFromList(
      ["type", "probability", "probabilities", "subtype", "reason", "pixels"],
      v.null(),
    ),
    decided_by: v.tuple([]),
    use: v.literal(false),
    flags: v.tuple([]),
    header: v.nullable(Claim),
    agreement: v.null(),
    log: v.nullable(Log),
    hdus: v.tuple([]),
    error: v.object({
      code: v.pipe(v.string(), v.regex(/^[a-z_]+$/)),
      message: v.string(),
    }),
  }),
]);

/** A row of a version before 0.6. */
const OutdatedRow = v.object({
  ...COMMON,
  model: v.optional(v.string(), ""),
  type: v.optional(v.nullable(v.string())),
  decided_by: v.optional(v.undefined_()),
  error: v.optional(v.nullable(v.object({ code: v.string() })), null),
});

export function createRow(
  verdict: Verdict,
  { size, modified }: FileVersion,
): StoredRow {
  const time = modified === null ? null : new Date(modified).toISOString();
  return { ...verdict, size, modified: time };
}

/** Formats a row as one line of NDJSON, with its line break. */
export function formatRow(row: StoredRow): string {
  return stringifyVerdict(row) + "\n";
}

/**
 * Parses a line that {@linkcode formatRow} wrote, in this version or an earlier one.
 * Returns `null` for any other text, also for an incomplete row.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseRow } from "./rows.ts";
 *
 * assertEquals(parseRow('{"file":"r1.fits","model":"m@0.5"}')?.isOutdated, true);
 * assertEquals(parseRow('{"file":"r1.fits","decided_by":[]}'), null);
 * assertEquals(parseRow("SIMPLE  ="), null);
 * ```
 */
export function parseRow(line: string): RowSummary | null {
  return parseStoredRow(line)?.summary ?? null;
}

/**
 * Parses a line as {@linkcode parseRow} does; `row` is the row itself, and `null` for one
 * of an earlier version.
 */
export function parseStoredRow(
  line: string,
): { summary: RowSummary; row: StoredRow | null } | null {
  const json = parseJson(line);
  const parsed = v.safeParse(Row, json);
  if (!parsed.success) {
    const outdated = v.safeParse(OutdatedRow, json);
    if (!outdated.success) return null;
    const { file: path, model, size, modified, error } = outdated.output;
    const errorCode = error?.code ?? null;
    const summary = { path, model, size, modified, errorCode };
    return {
      summary: { ...summary, label: null, isOutdated: true },
      row: null,
    };
  }
  const { file: path, type, decided_by, model, size, modified, error } =
    parsed.output;
  const labelled = type === "unknown" ? "other" : type ?? "";
  const isLabelled = decided_by.some((evidence) => evidence === "label");
  return {
    summary: {
      path,
      model,
      size,
      modified,
      errorCode: error?.code ?? null,
      label: isLabelled && isLabel(labelled) ? labelled : null,
      isOutdated: false,
    },
    // As it was parsed: the schema would change the order of its keys.
    row: json as StoredRow,
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * Returns whether a row makes another attempt at a file unnecessary: it is about
 * this version of the file, this model and this label, and its error, if any, is final.
 *
 * @param label The label of the file, `undefined` without one.
 */
export function isUpToDate(
  row: RowSummary,
  { size, modified }: FileVersion,
  model: string,
  label?: Label,
): boolean {
  // A label has no effect on a file that cannot be read.
  const hasLabel = row.errorCode !== null || row.label === (label ?? null);
  return !row.isOutdated && !isRetryable(row.errorCode) && hasLabel &&
    row.model === model && row.size === size && row.modified === modified;
}
