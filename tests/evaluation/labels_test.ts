import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parse } from "csv-parse/sync";
import fc from "../fast_check.ts";
import { dirname, resolve } from "../../lib/std.ts";
import { fileURLToPath } from "node:url";
import { SpitError } from "../../lib/errors.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import {
  appendLabel,
  checkLabelsFile,
} from "../../lib/evaluation/append_label.ts";
import { findLabel, type Label } from "../../lib/evaluation/labels.ts";
import { parseManifest, readLabels } from "../../lib/evaluation/manifest.ts";
import { recordSyncs, temporaryFolder } from "../tiny.ts";

const labels: (Label | null)[] = [...FRAME_TYPES, "other", null];

const names = fc.oneof(
  fc.constantFrom(
    "r1.fits",
    "r2.fits",
    "sub/r3.fits",
    'a, "b".fits',
    " c.fits",
  ),
  fc.string({ minLength: 1, unit: "grapheme" })
    .filter((name) => !/[\r\n\0/]/.test(name) && !/^\.\.?$/.test(name)),
);

/** Returns the labels expected after these steps. */
function applySteps(
  steps: readonly (readonly [string, Label | null])[],
  folder: string,
): Map<string, Label> {
  const last = new Map<string, Label>();
  for (const [name, label] of steps) {
    if (label === null) last.delete(resolve(folder, name));
    else last.set(resolve(folder, name), label);
  }
  return last;
}

Deno.test("labels: a file cut at any byte keeps its complete lines and can be appended to, also for the manifest reader", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/labels.csv`;
  const step = fc.tuple(names, fc.constantFrom(...labels));
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 5 }),
      fc.nat(999),
      step,
      async (steps, permille, after) => {
        await Deno.remove(file).catch(() => {});
        const ends: number[] = [];
        for (const [name, label] of steps) {
          await appendLabel(file, resolve(folder.path, name), label);
          ends.push((await Deno.stat(file)).size);
        }
        const cut = Math.floor(permille / 1000 * ends.at(-1)!);
        await Deno.truncate(file, cut);
        // A line that lacks only its line break is complete.
        const whole = steps.slice(
          0,
          ends.filter((end) => end - 1 <= cut).length,
        );
        assertEquals(await readLabels(file), applySteps(whole, folder.path));

        const [name, label] = after;
        await appendLabel(file, resolve(folder.path, name), label);
        const expected = applySteps([...whole, after], folder.path);
        assertEquals(await readLabels(file), expected);
        const rows = parseManifest(await Deno.readTextFile(file), folder.path);
        assertEquals(
          new Map(rows.map((row) => [row.path, row.label])),
          expected,
        );
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("labels: paths below the folder of the file are relative, others absolute", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/night/labels.csv`;
  await Deno.mkdir(dirname(file));
  const time = "2026-11-23T04:06:13.123Z";
  await appendLabel(file, `${folder.path}/night/sub/r1.fits`, "arc", time);
  await appendLabel(file, `${folder.path}/other.fits`, "other", time);
  assertEquals(
    await Deno.readTextFile(file),
    `path,label,time\nsub/r1.fits,arc,${time}\n${folder.path}/other.fits,other,${time}\n`,
  );
  const read = await readLabels(file);
  assertEquals(findLabel(read, `${folder.path}/night/./sub/r1.fits`), "arc");
  assertEquals(findLabel(read, `${folder.path}/night/r1.fits`), undefined);
});

Deno.test("labels: a manifest with the columns path,label can be appended to", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/labels.csv`;
  const [one, two] = [`${folder.path}/a.fits`, `${folder.path}/b.fits`];
  for (const newline of ["\n", "\r\n"]) {
    const lines = ["path,label", `${one},arc`, "b.fits,flat"];
    await Deno.writeTextFile(file, lines.join(newline));
    await appendLabel(file, one, "bias");
    await appendLabel(file, two, null);
    await appendLabel(file, `${folder.path}/c.fits`, "other");
    const read = await readLabels(file);
    assertEquals(
      [...read],
      [[one, "bias"], [`${folder.path}/c.fits`, "other"]],
    );
    assertEquals(
      await Deno.readTextFile(file),
      `${lines.join(newline)}\na.fits,bias\nb.fits,\nc.fits,other\n`,
    );
  }
});

Deno.test("labels: concurrent first labels write one heading", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/labels.csv`;
  const frames = Array.from({ length: 20 }, (_, k) => `${folder.path}/${k}`);
  await Promise.all(frames.map((frame) => appendLabel(file, frame, "arc")));
  assertEquals((await readLabels(file)).size, 20);
  const lines = (await Deno.readTextFile(file)).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("path")).length, 1);
});

Deno.test("labels: a line cut within quotes does not join the next one for other CSV readers", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/labels.csv`;
  await appendLabel(file, `${folder.path}/a.fits`, "arc");
  await Deno.writeTextFile(file, '"b, c.f', { append: true });
  await appendLabel(file, `${folder.path}/d, e.fits`, "bias");
  const rows: string[][] = parse(await Deno.readTextFile(file), {
    relax_column_count: true,
  });
  assertEquals(rows.map(([path]) => path), [
    "path",
    "a.fits",
    "b, c.f",
    "d, e.fits",
  ]);
});

Deno.test("labels: a skipped incomplete line is reported by its number", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/labels.csv`;
  await appendLabel(file, `${folder.path}/a.fits`, "arc");
  await Deno.writeTextFile(file, '"b, c.fits,fla', { append: true });
  await appendLabel(file, `${folder.path}/d.fits`, "bias");
  const notices: string[] = [];
  const read = await readLabels(file, (message) => notices.push(message));
  assertEquals([...read.values()], ["arc", "bias"]);
  assertEquals(notices.length, 1);
  assertStringIncludes(notices[0]!, "skipped incomplete line 3;");
});

Deno.test("labels: lines of programs that append at the same time do not mix", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/labels.csv`;
  const module = new URL(
    "../../lib/evaluation/append_label.ts",
    import.meta.url,
  );
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const script = `
    import { appendLabel } from ${JSON.stringify(module.href)};
    const [file, name] = Deno.args;
    for (let k = 0; k < 40; k++) await appendLabel(file, name + k, "arc");
  `;
  await Deno.writeTextFile(`${folder.path}/write.ts`, script);
  const run = (name: string) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--config",
        config,
        `${folder.path}/write.ts`,
        file,
        name,
      ],
    }).output();
  const ended = await Promise.all(
    ["one", "two"].map((name) => run(`${folder.path}/${name}`)),
  );
  assertEquals(ended.map(({ code }) => code), [0, 0]);
  assertEquals((await readLabels(file)).size, 80);
  assertEquals((await Deno.readTextFile(file)).split("\n").length, 82);
});

Deno.test("labels: frames and other files are refused", async () => {
  using folder = temporaryFolder();
  const refused = async (name: string, before: string) => {
    const file = `${folder.path}/${name}`;
    await Deno.writeTextFile(file, before);
    const error = await assertRejects(
      () => appendLabel(file, "r1.fits", "arc"),
      SpitError,
    );
    assertEquals(error.code, "usage");
    assertEquals(await Deno.readTextFile(file), before);
  };
  await refused("r1.fits", "");
  await refused("raw", "SIMPLE  =                    T");
  await refused("manifest.csv", "path,label,instrument,night\na.fits,arc,,\n");
  await assertRejects(
    () => appendLabel(`${folder.path}/l.csv`, "a\nb.fits", "arc"),
    SpitError,
    "line break",
  );
});

Deno.test("labels: an unknown label and a file that cannot be read are errors", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/labels.csv`;
  const bad = async (text: string, message: string) => {
    await Deno.writeTextFile(file, text);
    await assertRejects(() => readLabels(file), SpitError, message);
  };
  await bad("name,kind\na.fits,arc\n", 'line 1: there is no column "path"');
  await bad("path,label\na.fits,lamp\n", 'line 2, column label: "lamp"');
  await bad(
    "path,label,time\n\na.fits,lamp,2026-11-23T04:06:13Z\n",
    'line 3 labels a.fits as "lamp"',
  );
  await Deno.remove(file);
  await assertRejects(
    () => readLabels(file),
    SpitError,
    "cannot read the manifest",
  );
});

Deno.test("labels: an incomplete last line of any length does not join the next one", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/labels.csv`;
  const start = "path,label,time\nr1.fits,arc,2026-11-23T04:06:13.123Z\n";
  // As much as is read first from the end of the file, and more.
  for (const length of [1 << 14, 1 << 15, 40_000]) {
    for (const offset of [-start.length, -1, 0, 1]) {
      for (const quote of ["", '"']) {
        const rest = "x".repeat(length + offset - quote.length);
        Deno.writeTextFileSync(file, start + quote + rest);
        await appendLabel(file, `${folder.path}/r2.fits`, "flat");
        const rows: string[][] = parse(Deno.readTextFileSync(file), {
          relax_column_count: true,
          relax_quotes: true,
        });
        assertEquals(rows.length, 4, `${length + offset}${quote}`);
        assertEquals(rows[3]!.slice(0, 2), ["r2.fits", "flat"]);
        const read = await readLabels(file, () => {});
        assertEquals([...read.values()], ["arc", "flat"]);
      }
    }
  }
});

Deno.test({
  name:
    "labels: a folder in which no file can be created is refused at the start",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const error = await assertRejects(
      () => checkLabelsFile("/proc/spit-labels.csv"),
      SpitError,
      "no file can be created there",
    );
    assertEquals(error.code, "usage");
    using folder = temporaryFolder();
    await checkLabelsFile(`${folder.path}/labels.csv`);
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
});

Deno.test({
  name:
    "labels: each label, and the folder of a new file, is synced to the disk",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const file = `${folder.path}/labels.csv`;
    using syncs = recordSyncs();
    await appendLabel(file, `${folder.path}/a.fits`, "arc");
    assertEquals(syncs.take(), ["file", "folder"]);
    await appendLabel(file, `${folder.path}/b.fits`, "flat");
    assertEquals(syncs.take(), ["file"]);
  },
});
