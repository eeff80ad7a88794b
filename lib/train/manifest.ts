/**
 * Label manifests: which frame is of which type, as an astronomer keeps it.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { dirname, isAbsolute, join } from "node:path";
import { SpitError } from "../errors.ts";
import { type FrameType, isFrameType } from "../frame_type.ts";

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
 * passed over. The paper's Table 1 (type, date, frame, usage) reads as one.
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
  return readRows(text).map(({ line, row }) => {
    const { path, label } = row;
    if (!path) {
      throw new SpitError(
        "bad_manifest",
        `line ${line} has no path; add a column "path"`,
      );
    }
    if (label === undefined || !(isFrameType(label) || label === "other")) {
      throw new SpitError(
        "bad_manifest",
        `line ${line} labels ${path} as "${label ?? ""}"; ` +
          "use bias, dark, arc, flat, standard, science or other",
      );
    }
    return {
      path: isAbsolute(path) ? path : join(folder, path),
      label,
      instrument: row.instrument ?? "",
      night: row.night ?? "",
      split: row.split ?? "",
      hdu: parseHdu(row.hdu, line),
      confidence: row.confidence || "high",
    };
  });
}

/** Reads a manifest file; see {@linkcode parseManifest}. */
export async function readManifest(path: string): Promise<LabelledFrame[]> {
  return parseManifest(await Deno.readTextFile(path), dirname(path));
}

function readRows(
  text: string,
): { line: number; row: Record<string, string | undefined> }[] {
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
      {},
      cause,
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
