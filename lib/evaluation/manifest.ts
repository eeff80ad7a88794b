import { parse } from "csv-parse/sync";
import * as v from "valibot";
import { SpitError } from "../errors.ts";
import { dirname, isAbsolute, join, resolve } from "../std.ts";
import { readText } from "../io/file.ts";
import { isUrl } from "../io/http.ts";
import {
  describeIncomplete,
  findLabel,
  isLabelsText,
  type Label,
  LABEL_HINT,
  LABELS,
  type Labels,
  parseLabels,
} from "./labels.ts";

export interface LabelledFrame {
  /** Path of the file, resolved against the folder of the manifest. */
  readonly path: string;
  /** Type; `other` for what must not get one (imaging, acquisition, a dead lamp). */
  readonly label: Label;
  /** Short name; the arms of one spectrograph share the part before the hyphen (`kast-red`). */
  readonly instrument: string;
  /** Night, as `2016-08-26`; empty when unknown. */
  readonly night: string;
  /** Side of the split that the manifest prescribes; empty when it prescribes none. */
  readonly split: string;
  /** HDU of the image; `undefined` for all of them. */
  readonly hdu: number | undefined;
  /** Confidence in the label: high, medium or low; high when not given. */
  readonly confidence: string;
}

/** The columns of the paper's Table 1 under the names used here. */
const ALIASES: Readonly<Record<string, string>> = {
  type: "label",
  date: "night",
  frame: "path",
  usage: "split",
};

const optionalText = (absent = "") => v.optional(v.string(), absent);

const Row = v.object({
  path: v.pipe(
    v.string(),
    v.nonEmpty("the path is missing"),
  ),
  label: v.pipe(
    v.string(),
    v.picklist(
      ["", ...LABELS],
      ({ input }) => `"${input}" is not a label; ${LABEL_HINT}`,
    ),
  ),
  hdu: v.pipe(
    optionalText(),
    v.regex(
      /^\d*$/,
      ({ input }) => `"${input}" is not an HDU number; count from 0`,
    ),
    v.transform((text) => text === "" ? undefined : Number(text)),
  ),
  instrument: optionalText(),
  night: optionalText(),
  split: optionalText(),
  confidence: v.pipe(
    optionalText("high"),
    v.transform((text) => text || "high"),
  ),
});

/**
 * Reads a manifest file; see {@linkcode parseManifest}.
 *
 * @param notice Called with a message about incomplete lines of a labels file.
 */
export async function readManifest(
  path: string,
  notice: (message: string) => void = () => {},
): Promise<LabelledFrame[]> {
  const text = await readText(path, "the manifest");
  return parseManifest(text, dirname(path), path, notice);
}

export interface ReadLabelsOptions {
  /** Index of the only HDU that is classified. Default: all of them are. */
  readonly hdu?: number;
  /** The frames to which the labels will be applied, if they are known. */
  readonly frames?: readonly string[];
}

/**
 * Reads the labels in a manifest file, by the file that they are about.
 *
 * A line with an `hdu` applies when that HDU is the only one classified. When all HDUs
 * are classified together, it applies if the lines of all HDUs of the file agree.
 *
 * @param path The manifest; `undefined` for no labels.
 * @param notice Called with a message about lines that do not count, and when none of
 *   `frames` has a label: most likely the manifest is about other frames.
 * @throws {SpitError} As {@linkcode readManifest}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { findLabel } from "./labels.ts";
 * import { readLabels } from "./manifest.ts";
 *
 * const folder = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(`${folder}/labels.csv`, "path,label\nr6.fits,arc\n");
 * const labels = await readLabels(`${folder}/labels.csv`);
 * assertEquals(findLabel(labels, `${folder}/r6.fits`), "arc");
 * assertEquals(findLabel(labels, `${folder}/r7.fits`), undefined);
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export async function readLabels(
  path: string | undefined,
  notice: (message: string) => void = () => {},
  { hdu, frames }: ReadLabelsOptions = {},
): Promise<Labels> {
  if (path === undefined) return new Map();
  const applicable = (await readManifest(path, notice)).filter((frame) =>
    hdu === undefined || frame.hdu === undefined || frame.hdu === hdu
  );
  const byFile = Map.groupBy(
    applicable,
    ({ path }) => isUrl(path) ? path : resolve(path),
  );
  const labels = new Map<string, Label>();
  const ambiguous: string[] = [];
  for (const [file, members] of byFile) {
    const exact = members.find((frame) => frame.hdu === hdu) ?? members[0]!;
    const isUnique = exact.hdu === hdu ||
      members.every(({ label }) => label === exact.label);
    if (isUnique) labels.set(file, exact.label);
    else ambiguous.push(file);
  }
  if (ambiguous.length > 0) {
    notice(
      `${path}: the HDUs of ${ambiguous[0]} have different labels, which ` +
        `count only with --hdu; files of this kind: ${ambiguous.length}`,
    );
  }
  if (frames?.every((frame) => findLabel(labels, frame) === undefined)) {
    const [first] = labels.keys();
    const example = first ? `its first is ${first}` : "it is empty";
    notice(`${path} has no label for any of these frames; ${example}`);
  }
  return labels;
}

/**
 * Parses a manifest: CSV with the columns `path` and `label`, and optionally
 * `instrument`, `night`, `split`, `hdu`, `confidence`; other columns are ignored. The
 * paper's Table 1 (type, date, frame, usage) is a manifest, and so is a labels file of
 * `review`, whose frames are for validation.
 *
 * Of several lines of one path and HDU the last counts, in the place of the first, so
 * that a line at the end corrects a label. An empty label there removes the earlier
 * lines.
 *
 * @param text The CSV.
 * @param folder Folder against which relative paths are resolved.
 * @param name Name of the manifest, for messages.
 * @param notice As in {@linkcode readManifest}.
 * @throws {SpitError} `bad_manifest`, naming line and column, for a missing path, an
 *   unknown label or an HDU that is not a number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseManifest } from "./manifest.ts";
 *
 * const [frame] = parseManifest("path,label,night\nr6.fits,arc,2015-08-18\n", "nights");
 * assertEquals(frame!.path, "nights/r6.fits");
 * assertEquals(frame!.label, "arc");
 * ```
 */
export function parseManifest(
  text: string,
  folder: string,
  name = "the manifest",
  notice: (message: string) => void = () => {},
): LabelledFrame[] {
  if (!isLabelsText(text)) return parseRows(text, name, folder);
  const { entries, incomplete } = parseLabels(text, name);
  if (incomplete.length > 0) {
    notice(`${name}: ${describeIncomplete(incomplete)}`);
  }
  const frames = new Map<string, LabelledFrame>();
  for (const { path: given, label } of entries) {
    const path = resolvePath(folder, given);
    if (label === null) {
      frames.delete(path);
      continue;
    }
    frames.set(path, {
      path,
      label,
      instrument: "",
      night: "",
      // Labels of `review` were given after the shipped models were trained.
      split: "validation",
      hdu: undefined,
      confidence: "high",
    });
  }
  return [...frames.values()];
}

function resolvePath(folder: string, path: string): string {
  return isUrl(path) || isAbsolute(path) ? path : join(folder, path);
}

function parseRows(
  text: string,
  name: string,
  folder: string,
): LabelledFrame[] {
  const frames = new Map<string, LabelledFrame>();
  for (const { info, record } of parseCsv(text, name)) {
    const createError = (column: string | null, description: string) =>
      new SpitError(
        "bad_manifest",
        `${name}, line ${info.lines}, column ${column ?? ""}: ${description}`,
      );
    const { output, issues } = v.safeParse(Row, record);
    if (issues) throw createError(v.getDotPath(issues[0]), issues[0].message);
    const { label, ...row } = output;
    const path = resolvePath(folder, row.path);
    const key = `${row.hdu ?? ""} ${isUrl(path) ? path : resolve(path)}`;
    if (label !== "") frames.set(key, { ...row, path, label });
    else if (!frames.delete(key)) {
      throw createError("label", `"" is not a label; ${LABEL_HINT}`);
    }
  }
  return [...frames.values()];
}

function parseCsv(
  text: string,
  name: string,
): { info: { lines: number }; record: Record<string, string> }[] {
  try {
    return parse(text, {
      bom: true,
      // Lines may end differently when several programs have written them.
      record_delimiter: ["\r\n", "\n", "\r"],
      columns: (names: string[]) => readHeading(names, name),
      info: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (cause) {
    if (cause instanceof SpitError) throw cause;
    throw new SpitError(
      "bad_manifest",
      `cannot parse ${name} as CSV: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Returns the names of the columns in the first line of a manifest. */
function readHeading(names: readonly string[], manifest: string): string[] {
  const columns = names.map(normaliseColumn);
  for (const column of ["path", "label"]) {
    if (columns.includes(column)) continue;
    throw new SpitError(
      "bad_manifest",
      `${manifest}, line 1: there is no column "${column}"; the first line ` +
        "names the columns, as path,label",
    );
  }
  return columns;
}

function normaliseColumn(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES[lower] ?? lower;
}
