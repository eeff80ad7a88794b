/** PypeIt's input files, read by their grammar (PypeIt 2.0.1, pypeit/inputfiles.py). */
import { parse } from "yaml";

/** What PypeIt finds in a file. */
export interface PypeitInput {
  readonly spectrograph: string;
  readonly configuration: Record<string, Record<string, string>>;
  readonly paths: string[];
  readonly columns: string[];
  readonly rows: Record<string, string>[];
}

/** Reads a `.pypeit` file, or throws where PypeIt would. */
export function parsePypeit(text: string): PypeitInput {
  // Comment lines go first, then whatever follows a number sign.
  const lines = text.split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/#.*/, "").trimEnd());
  const block = (begin: string, end: string) => {
    const [from, to] = [lines.indexOf(begin), lines.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`no ${begin} … ${end}`);
    return lines.slice(from + 1, to);
  };
  const configuration = parse(block("setup read", "setup end").join("\n"));
  const places = block("data read", "data end");
  const paths = places.filter((line) => /^ *path /.test(line));
  const [heading, ...rows] = tableOf(
    places.filter((line) => !paths.includes(line)),
  );
  for (const name of ["filename", "frametype"]) {
    if (!heading!.includes(name)) throw new Error(`no column ${name}`);
  }
  const config = lines.slice(0, lines.indexOf("setup read"));
  const section = config.indexOf("[rdx]");
  const [, spectrograph] = /^ +spectrograph = (\w+)$/.exec(
    config[section + 1] ?? "",
  ) ?? [];
  if (spectrograph === undefined) throw new Error("no spectrograph in [rdx]");
  return {
    spectrograph,
    configuration,
    paths: paths.map((line) => line.trim().slice("path ".length)),
    columns: heading!,
    rows: rows.map((cells) =>
      Object.fromEntries(heading!.map((name, k) => [name, cells[k]!]))
    ),
  };
}

/** Rows of a table with bars between its cells; every row has as many. */
export function tableOf(lines: readonly string[]): string[][] {
  const rows = lines.map((line) => line.split("|").map((cell) => cell.trim()));
  for (const row of rows) {
    if (row.length !== rows[0]!.length) throw new Error(`bars: ${row}`);
  }
  return rows;
}
