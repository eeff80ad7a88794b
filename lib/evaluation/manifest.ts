/**
 * Label manifests: which frame is of which type, as an astronomer keeps it.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { dirname, isAbsolute, join } from "../io/path.ts";
import { SpitError } from "../errors.ts";
import type { FrameType } from "../frame_type.ts";
import { isLabel } from "./label_line.ts";
import { readText } from "../io/file.ts";
import { labelsOf } from "./labels_file.ts";
import { isLabelsText, parseLabels } from "./parse_labels.ts";

/** One labelled frame. */
export interface LabelledFrame {
  /** Path of the file, resolved against the folder of the manifest. */
  readonly path: string;
  /** Type; `other` for what must not get one (imaging, acquisition, a dead lamp). */
  readonly label: FrameType | "other";
  /** Short name; the arms of one spectrograph share what stands before the hyphen (`kast-red`). */
  readonly instrument: string;
  /** Night, as `2016-08-26`; empty when unknown. */
  readonly night: string;
  /** Use that the manifest itself prescribes; empty when it leaves that open. */
  readonly split: string;
  /** HDU of the image; `undefined` for all of them. */
  readonly hdu: number | undefined;
  /** How sure the label is: high, medium, low; high when not given. */
  readonly confidence: string;
}

// The columns of the paper's Table 1 under our names.
const ALIASES: Readonly<Record<string, string>> = {
  type: "label",
  date: "night",
  frame: "path",
  usage: "split",
};

/**
 * Reads a manifest: CSV with the columns `path` and `label`, and optionally
 * `instrument`, `night`, `split`, `hdu`, `confidence`; further columns are
 * passed over. The paper's Table 1 (type, date, frame, usage) reads as one, and
 * so does a labels file of `review`: its cut lines are passed over, and its
 * frames are for validation.
 *
 * Of several lines of one path and HDU the last counts, at the place of the
 * first: a label can be mended by a line at the end. There an empty label takes
 * the lines before it back.
 *
 * @param text The CSV.
 * @param folder Folder against which relative paths are resolved.
 * @throws {SpitError} `bad_manifest`, naming the line, for a missing column, an unknown type
 *   or an HDU that is no number.
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
export function parseManifest(text: string, folder: string): LabelledFrame[] {
  if (isLabelsText(text)) return labelledByHand(text, folder);
  const frames = new Map<string, LabelledFrame>();
  for (const numbered of tableRows(text)) {
    const { path, hdu } = identityOf(numbered, folder);
    const key = `${hdu ?? ""} ${path}`;
    if (numbered.row.label === "" && frames.has(key)) frames.delete(key);
    else frames.set(key, { path, hdu, ...saidOf(numbered) });
  }
  return [...frames.values()];
}

/**
 * Reads a manifest file; see {@linkcode parseManifest}.
 *
 * @param notice Told of lines of a labels file that are cut, and so passed over.
 */
export async function readManifest(
  path: string,
  notice: (message: string) => void = () => {},
): Promise<LabelledFrame[]> {
  const text = await readText(path, "the manifest");
  if (isLabelsText(text)) {
    const { cut } = parseLabels(text);
    if (cut.length > 0) {
      notice(`${path}: lines cut short and passed over: ${cut.join(", ")}`);
    }
  }
  return parseManifest(text, dirname(path));
}

/**
 * No network that comes along was trained on frames that an observer has labelled
 * since: they are there to judge it, and to fine-tune it.
 */
function labelledByHand(text: string, folder: string): LabelledFrame[] {
  const labels = labelsOf(parseLabels(text).lines, folder);
  return Array.from(labels, ([path, label]) => ({
    path,
    label,
    instrument: "",
    night: "",
    split: "validation",
    hdu: undefined,
    confidence: "high",
  }));
}

/** A row by its columns, and the number of its line. */
interface NumberedRow {
  readonly line: number;
  readonly row: Readonly<Record<string, string | undefined>>;
}

/** Which image a row is about. */
function identityOf(
  { line, row: { path, hdu } }: NumberedRow,
  folder: string,
): Pick<LabelledFrame, "path" | "hdu"> {
  if (!path) {
    throw new SpitError(
      "bad_manifest",
      `line ${line} has no path; add a column "path"`,
    );
  }
  return {
    path: isAbsolute(path) ? path : join(folder, path),
    hdu: parseHdu(hdu, line),
  };
}

/** What a row says of it. */
function saidOf(
  { line, row }: NumberedRow,
): Omit<LabelledFrame, "path" | "hdu"> {
  const { path, label } = row;
  if (label === undefined || !isLabel(label)) {
    throw new SpitError(
      "bad_manifest",
      `line ${line} labels ${path} as "${label ?? ""}"; ` +
        "use bias, dark, arc, flat, standard, science or other",
    );
  }
  return {
    label,
    instrument: row.instrument ?? "",
    night: row.night ?? "",
    split: row.split ?? "",
    confidence: row.confidence || "high",
  };
}

function tableRows(text: string): NumberedRow[] {
  try {
    const records: {
      info: { lines: number };
      record: Record<string, string>;
    }[] = parse(text, {
      bom: true,
      columns: (names: string[]) => names.map(columnName),
      info: true,
      skip_empty_lines: true,
      trim: true,
    });
    return records.map(({ info, record }) => ({
      line: info.lines,
      row: record,
    }));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SpitError(
      "bad_manifest",
      `the manifest is not valid CSV: ${why}`,
      { cause },
    );
  }
}

function columnName(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES[lower] ?? lower;
}

function parseHdu(text: string | undefined, line: number): number | undefined {
  if (!text) return undefined;
  if (!/^\d+$/.test(text)) {
    throw new SpitError(
      "bad_manifest",
      `line ${line}: "${text}" is no HDU; count them from 0`,
    );
  }
  return Number(text);
}
