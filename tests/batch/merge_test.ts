import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { mergeParts } from "../../lib/batch/merge.ts";
import { formatPartName, writeLines } from "../../lib/batch/parts.ts";
import { createRow, formatRow, type StoredRow } from "../../lib/batch/rows.ts";
import { applyLabel } from "../../lib/classify/verdict.ts";
import { SpitError } from "../../lib/errors.ts";
import { temporaryFolder } from "../tiny.ts";
import {
  makeFailedVerdict,
  makeVerdict,
  type VerdictParts,
} from "../verdicts.ts";
import { mergeRows } from "./night.ts";

function makeRow(file: string, modified: number, parts: VerdictParts = {}) {
  return createRow(makeVerdict(file, parts), { size: 1, modified });
}

async function writePart(
  folder: string,
  name: string,
  rows: readonly StoredRow[],
): Promise<void> {
  await writeLines(folder, formatPartName(name), rows.map(formatRow));
}

Deno.test("the row of the latest file version is selected, then one without a retryable error", async () => {
  using folder = temporaryFolder();
  const makeFailedRow = (file: string, code: "io" | "worker_lost" | "cube") =>
    createRow(makeFailedVerdict(file, { code, message: "bad" }), {
      ...{ size: 1, modified: 5 },
    });
  await writePart(folder.path, "one", [
    makeRow("a", 1, { type: "flat" }),
    makeRow("b", 2),
    makeFailedRow("c", "io"),
    makeRow("d", 5),
    makeFailedRow("f", "cube"),
    makeFailedRow("g", "io"),
  ]);
  await writePart(folder.path, "two", [
    makeRow("a", 2),
    makeRow("b", 1, { type: "flat" }),
    makeRow("c", 5),
    makeFailedRow("d", "io"),
    makeFailedRow("f", "io"),
    makeFailedRow("g", "cube"),
  ]);
  await writePart(folder.path, "alpha", [makeFailedRow("e", "worker_lost")]);
  await writePart(folder.path, "beta", [makeRow("e", 5)]);
  const { rows, superseded } = await mergeRows(folder.path);
  assertEquals(superseded, 7);
  assertEquals(
    rows.map(({ file, type, error }) => [file, type ?? error.code]),
    [..."abcde"].map((file) => [file, "arc"])
      .concat([["f", "cube"], ["g", "cube"]]),
  );
});

Deno.test("of rows of one file version, one with a label is selected", async () => {
  using folder = temporaryFolder();
  const row = makeRow("a", 1);
  await writePart(folder.path, "one", [row]);
  const labelled = {
    ...applyLabel(row, "flat"),
    size: 1,
    modified: row.modified,
  };
  await writePart(folder.path, "two", [labelled]);
  const { rows } = await mergeRows(folder.path);
  assertEquals(rows, [labelled]);
});

Deno.test("rows of other models are named when none is of the model", async () => {
  using folder = temporaryFolder();
  await writePart(folder.path, "one", [makeRow("a", 1)]);
  const [row] = (await mergeRows(folder.path)).rows;
  await writePart(folder.path, "two", [{ ...makeRow("b", 1), model: "n@2" }]);
  await assertRejects(
    () => mergeParts(folder.path, { model: "n" }),
    SpitError,
    `no rows of n, but rows of n@2 and ${row.model}`,
  );
  const { paths } = await mergeParts(folder.path, { model: "n@2" });
  assertEquals(paths, ["b"]);
});

/** Writes a part as a version before 0.6 did. */
async function writeOldPart(folder: string, name: string, files: string[]) {
  const lines = files.map((file) => {
    const { decided_by: _, use: __, ...old } = makeRow(file, 1);
    return JSON.stringify(old) + "\n";
  });
  await writeLines(folder, formatPartName(name), lines);
}

Deno.test("rows of older versions are counted and left out", async () => {
  using folder = temporaryFolder();
  await writeOldPart(folder.path, "old", ["a", "b"]);
  const error = await assertRejects(() => mergeParts(folder.path), SpitError);
  assertStringIncludes(error.message, "versions before 0.6 do not count");
  await writePart(folder.path, "new", [makeRow("b", 1), makeRow("c", 1)]);
  const merged = await mergeParts(folder.path, { frames: ["a", "b", "c"] });
  assertEquals([merged.paths, merged.missing], [["b", "c"], ["a"]]);
  assertEquals([merged.outdated, merged.superseded], [2, 0]);
});

Deno.test("a merge that buffers few rows yields all of them in order", async () => {
  using folder = temporaryFolder();
  const files = [..."abcdefghij"];
  for (const [k, file] of files.toReversed().entries()) {
    await writePart(folder.path, `p${k}`, [makeRow(file, 1)]);
  }
  const merged = await mergeParts(folder.path, { bufferRows: 3 });
  const lines = await Array.fromAsync(merged.lines());
  assertEquals(lines.map((line) => JSON.parse(line).file), files);
});

Deno.test("a part that changes during the merge is an error", async () => {
  using folder = temporaryFolder();
  await writePart(folder.path, "one", [makeRow("a", 1), makeRow("b", 1)]);
  const merged = await mergeParts(folder.path);
  await writePart(folder.path, "one", [makeRow("b", 1)]);
  const error = await assertRejects(
    () => Array.fromAsync(merged.lines()),
    SpitError,
  );
  assertEquals(error.code, "vanished");
});

Deno.test("an empty folder cannot be merged", async () => {
  using folder = temporaryFolder();
  const error = await assertRejects(() => mergeParts(folder.path), SpitError);
  assertEquals(error.code, "usage");
  const missing = `${folder.path}/missing`;
  const other = await assertRejects(() => mergeParts(missing), SpitError);
  assertEquals(other.code, "not_found");
  assert(other.message.includes(missing));
});

/** Values that no version of `spit` writes, for each key of a row. */
const BAD_VALUES: Readonly<Record<string, unknown>> = {
  type: "=1+1",
  decided_by: ["pixels", "\x1b[2J"],
  subtype: "@SUM(1)",
  use: "yes",
  flags: ["=cmd"],
  reason: "+1",
  "pixels.votes": { "=1": 1 },
  "pixels.type": "-1+2",
  "pixels.probability": "0.5",
  "header.type": "=A1",
  "header.differs": "all",
  "header.standard": {},
  agreement: "=1",
  "log.configuration": { dispname: 600 },
  hdus: ["=1"],
  model: 5,
  error: { code: "=1", message: "" },
  file: null,
};

Deno.test("a row with any invalid or missing value is an error that names its line", async () => {
  using folder = temporaryFolder();
  const name = formatPartName("one");
  const good = makeRow("a", 1);
  for (const [key, bad] of Object.entries(BAD_VALUES)) {
    for (const value of [bad, undefined]) {
      const row = structuredClone(good) as unknown as Record<string, unknown>;
      const keys = key.split(".");
      const last = keys.pop()!;
      const parent = keys.reduce(
        (object, one) => object[one] as Record<string, unknown>,
        row,
      );
      parent[last] = value;
      const lines = [formatRow(good), JSON.stringify(row) + "\n"];
      await writeLines(folder.path, name, lines);
      // Rows of versions before 0.6 lack this key.
      if (key === "decided_by" && value === undefined) continue;
      const error = await assertRejects(
        () => mergeParts(folder.path),
        SpitError,
        "line 2 of",
        `${key}: ${value}`,
      );
      assertEquals(error.code, "io");
    }
  }
});

Deno.test("merged rows contain no characters that control a terminal", async () => {
  using folder = temporaryFolder();
  const row = makeRow("a\x9b\u202e.fits", 1);
  await writeLines(folder.path, formatPartName("one"), [
    JSON.stringify(row) + "\n",
  ]);
  const merged = await mergeParts(folder.path);
  assertEquals(await Array.fromAsync(merged.lines()), [formatRow(row)]);
  assertEquals(/[\x9b\u202e]/.test(formatRow(row)), false);
});

Deno.test({
  name: "a part that is a link to a device is an error, without being read",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    await Deno.symlink("/dev/zero", `${folder.path}/${formatPartName("one")}`);
    const error = await assertRejects(
      () => mergeParts(folder.path),
      SpitError,
      "it is not a regular file",
    );
    assertEquals(error.code, "io");
  },
});

Deno.test("a list of the input that is damaged is an error", async () => {
  using folder = temporaryFolder();
  await writePart(folder.path, "one", [makeRow("a", 1)]);
  for (const line of ['"a', "5"]) {
    await writeLines(folder.path, "input-0123456789ab.jsonl", [
      '"a"\n',
      line + "\n",
    ]);
    const error = await assertRejects(
      () => mergeParts(folder.path),
      SpitError,
      "line 2 of",
    );
    assertEquals(error.code, "io");
  }
});
