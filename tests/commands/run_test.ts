import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spit } from "./resident_spit.ts";
import { spit as spitProcess, startSpit } from "./spit.ts";

const MODEL = ["--model", TINY, "--device=cpu"];

/** A folder with a number of frames, a tenth of them broken. */
function archive(count: number) {
  const folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/night`);
  const frame = fitsOf([evenPlane(70, 60)]);
  for (let k = 0; k < count; k++) {
    const bytes = k % 10 === 7 ? frame.subarray(0, 4000) : frame;
    const name = `r${String(k).padStart(3, "0")}.fits`;
    Deno.writeFileSync(`${folder.path}/night/${name}`, bytes);
  }
  return folder;
}

function rowsOf(ndjson: string): Record<string, unknown>[] {
  return ndjson.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

Deno.test("run by shards and merge give the rows that classify gives", async () => {
  using folder = archive(25);
  const expected = await spit(
    ["night", ...MODEL, "--format=ndjson"],
    folder.path,
  );
  for (const shard of ["2/3", "1/3"]) {
    const args = ["run", "night", ...MODEL, "--out=rows", "--shard", shard];
    const { code, out, err } = await spit(args, folder.path);
    assertEquals([code, out], [0, ""]);
    assertStringIncludes(err, `shard ${shard}`);
  }
  const part = await spit(
    ["merge", "rows", "--missing=left.txt"],
    folder.path,
  );
  assertEquals(part.code, 1);
  assertStringIncludes(part.err, "of 25 frames have one row each");
  assertStringIncludes(part.err, "no row: night/r");

  const rest = ["run", "@left.txt", ...MODEL, "--out=rows", "-q"];
  assertEquals((await spit(rest, folder.path)).code, 0);
  const { code, out, err } = await spit(["merge", "rows"], folder.path);
  assertEquals(code, 0);
  assertStringIncludes(err, "25 of 25 frames have one row each\n");
  const rows = rowsOf(out).map(({ size, modified, ...verdict }) => {
    const { mtime, ...stat } = Deno.statSync(`${folder.path}/${verdict.file}`);
    assertEquals([size, modified], [stat.size, mtime!.toISOString()]);
    return verdict;
  });
  assertStringIncludes(
    err,
    "the exposures of the nights are not weighed: there is no model tiny@1.0.0 here",
  );
  assertEquals(rows, rowsOf(expected.out));

  const again = ["run", "night", ...MODEL, "--out=rows"];
  assertStringIncludes(
    (await spit(again, folder.path)).err,
    "25 frames, 25 done before",
  );
  const csv = await spit(
    ["merge", "rows", "--format=csv", "-o", "all.csv"],
    folder.path,
  );
  assertEquals([csv.code, csv.out], [0, ""]);
  const lines = Deno.readTextFileSync(`${folder.path}/all.csv`).trimEnd();
  assertEquals(lines.split("\n").length, 26);
  const byName = await spit(["merge", "rows", "-o", "b.csv"], folder.path);
  assertEquals([byName.code, byName.out], [0, ""]);
  assertEquals(
    Deno.readTextFileSync(`${folder.path}/b.csv`).trimEnd(),
    lines,
  );
});

Deno.test("run loses no finished row when killed, and merge has no row twice", async () => {
  using folder = archive(300);
  const args = ["run", "night", ...MODEL, "--out=rows", "--workers=0"];
  const rows = `${folder.path}/rows`;
  let kept = 0;
  let kills = 0;
  for (let tries = 0; tries < 30; tries++) {
    const child = startSpit(args, folder.path);
    const ended = child.status;
    // It is killed after a few more rows.
    let done = false;
    ended.then(() => done = true);
    while (!done && finished(rows) < kept + 5 + tries) {
      await new Promise((wake) => setTimeout(wake, 2));
    }
    const seen = finished(rows);
    if (!done) child.kill("SIGKILL");
    const { success } = await ended;
    await Promise.all([child.stdout, child.stderr].map((s) => s.cancel()));
    await child.stdin.close();
    assert(finished(rows) >= seen, "a finished row was lost");
    kept = finished(rows);
    if (success) break;
    kills++;
  }
  assert(kills > 2, `${kills} kills`);
  const { code, out, err } = await spit(["merge", "rows"], folder.path);
  assertEquals([code, rowsOf(out).length], [0, 300]);
  assertStringIncludes(err, "300 of 300 frames have one row each\n");
});

/** Number of frames that have a complete row in the folder. */
function finished(rows: string): number {
  const files = new Set<string>();
  let names: Deno.DirEntry[] = [];
  try {
    names = [...Deno.readDirSync(rows)];
  } catch {
    return 0;
  }
  for (const { name } of names) {
    if (!/\.part\.ndjson$|\.rows$/.test(name)) continue;
    let text = "";
    try {
      text = Deno.readTextFileSync(`${rows}/${name}`);
    } catch {
      continue;
    }
    for (const [, file] of text.matchAll(/^\{"file":"([^"]+)".*\}\n/gm)) {
      files.add(file!);
    }
  }
  return files.size;
}

Deno.test("run reads lists with sizes, and frames from standard input", async () => {
  using folder = archive(6);
  const list = [...Deno.readDirSync(`${folder.path}/night`)]
    .map(({ name }, k) => `night/${name}\t${1000 * k}\n`).join("");
  Deno.writeTextFileSync(`${folder.path}/all.txt`, list);
  const halves = ["1/2", "2/2"].map((shard) =>
    spitProcess(
      ["run", "-", ...MODEL, "--out=rows", "--shard", shard, "-q"],
      folder.path,
      list,
    )
  );
  assertEquals((await Promise.all(halves)).map(({ code }) => code), [0, 0]);
  const again = ["run", "@all.txt", ...MODEL, "--out=rows"];
  const { err } = await spit(again, folder.path);
  assertStringIncludes(err, "6 frames, 6 done before");
  const typed = await spit(["@all.txt", ...MODEL, "--format=csv"], folder.path);
  assertEquals(typed.out.trimEnd().split("\n").length, 7);
});

Deno.test("run refuses a folder whose rows were written with other options", async () => {
  using folder = archive(3);
  const rules = "frames : OBJECT == sky\narc : OBSTYPE == COMP\n";
  Deno.writeTextFileSync(`${folder.path}/site.rules`, rules);
  const runWith = (...options: string[]) =>
    spit(["run", "night", ...MODEL, "--out=rows", ...options], folder.path);
  const options = ["--min-probability=0.5", "--rules=site.rules"];
  assertEquals((await runWith(...options)).code, 0);
  assertStringIncludes((await runWith(...options)).err, "3 done before");
  for (
    const [others, named] of [
      [[], "--min-probability and --rules"],
      [[...options, "--hdu=0"], "of --hdu:"],
      [["--min-probability=0.6", options[1]!], "of --min-probability:"],
    ] as const
  ) {
    const { code, err } = await runWith(...others);
    assertEquals(code, 2);
    assertStringIncludes(err, named);
  }
  Deno.writeTextFileSync(
    `${folder.path}/site.rules`,
    `${rules}flat : A == 1\n`,
  );
  assertStringIncludes((await runWith(...options)).err, "of --rules:");
});

Deno.test("labels decide in run and in merge, in every format", async () => {
  using folder = archive(8);
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(`${folder.path}/${name}`, text);
  write("one.csv", "path,label\nnight/r000.fits,flat\nnight/r007.fits,arc\n");
  const run = ["run", "night", ...MODEL, "--out=rows", "--labels=one.csv"];
  assertEquals((await spit(run, folder.path)).code, 0);
  assertStringIncludes((await spit(run, folder.path)).err, "8 done before");
  const merge = async (...args: string[]) =>
    (await spit(["merge", "rows", ...args], folder.path)).out;
  const answersOf = (ndjson: string) =>
    rowsOf(ndjson).map(({ type, probability, decided_by }) => [
      ...[type, probability !== null, `${decided_by}`],
    ]);
  const plain = answersOf(await merge());
  const bias = ["bias", true, "pixels"];
  // A label has no effect on a broken frame.
  assertEquals(plain, [
    ["flat", false, "label"],
    ...Array(6).fill(bias),
    [null, false, ""],
  ]);

  write(
    "two.csv",
    "path,label,hdu\nnight/r000.fits,dark,\nnight/r003.fits,other,0\n",
  );
  const labelled = await merge("--labels=two.csv");
  assertEquals(
    answersOf(labelled),
    plain.with(0, ["dark", false, "label"]).with(3, [
      ...["unknown", false, "label"],
    ]),
  );
  const [row, stored] = [labelled, await merge()].map((text) =>
    rowsOf(text)[3]!
  );
  assertEquals(Object.keys(row!), Object.keys(stored!));
  const csv = await merge("--labels=two.csv", "--format=csv");
  const types = csv.trimEnd().split("\n").map((line) => line.split(",")[1]);
  assertEquals(types.slice(1, 5), ["dark", "bias", "bias", "unknown"]);
  write("three.csv", "path,label\nr000.fits,dark\n");
  const { err } = await spit(
    ["merge", "rows", "--labels=three.csv"],
    folder.path,
  );
  assertStringIncludes(err, "no label for any of these frames");
});

Deno.test("rows of an older version are classified again, and never merged", async () => {
  using folder = archive(3);
  const run = ["run", "night", ...MODEL, "--out=rows"];
  await spit(run, folder.path);
  const parts = [...Deno.readDirSync(`${folder.path}/rows`)]
    .filter(({ name }) => name.endsWith(".part.ndjson"));
  const part = `${folder.path}/rows/${parts[0]!.name}`;
  const old = Deno.readTextFileSync(part).replaceAll(
    /"decided_by":\[[^\]]*\],/g,
    "",
  );
  Deno.writeTextFileSync(part, old);
  Deno.writeTextFileSync(`${folder.path}/rows/worker.part.ndjson`, old);
  const before = await spit(["merge", "rows"], folder.path);
  assertEquals([before.code, before.out], [2, ""]);
  assertStringIncludes(before.err, "versions before 0.6 do not count");
  assertStringIncludes((await spit(run, folder.path)).err, "0 done before");
  const { code, out, err } = await spit(["merge", "rows"], folder.path);
  assertEquals([code, rowsOf(out).length], [0, 3]);
  assertStringIncludes(
    err,
    "rows of versions before 0.6, which are left out: 3",
  );
});

Deno.test("merge weighs the nights of rows, as classify does, if their model is here", async () => {
  using folder = temporaryFolder();
  await spit(["simulate", "night", "--count=24"], folder.path);
  const run = ["run", "night", "--device=cpu", "--out=rows"];
  for (const shard of ["1/2", "2/2"]) {
    const { code } = await spit([...run, "--shard", shard], folder.path);
    assertEquals(code, 0);
  }
  const classify = ["night", "--device=cpu", "--format=ndjson"];
  const expected = rowsOf((await spit(classify, folder.path)).out);
  const { out, err } = await spit(["merge", "rows"], folder.path);
  assertEquals(err, "24 of 24 frames have one row each\n");
  const rows = rowsOf(out);
  const selectExact = (rows: readonly Record<string, unknown>[]) =>
    rows.map(({ file, type, decided_by, use, agreement, log }) => [
      ...[file, type, decided_by, use, agreement, log],
    ]);
  assertEquals(selectExact(rows), selectExact(expected));
  for (const [k, { probability }] of rows.entries()) {
    // The probabilities of stored rows are rounded.
    const difference = Number(probability) - Number(expected[k]!.probability);
    assert(Math.abs(difference) < 1e-4, `${expected[k]!.file}: ${difference}`);
  }
  assert(out.split('"longest"').length > 4);

  // A model that is not installed: the same under another name.
  const card = JSON.parse(Deno.readTextFileSync("models/spit-compact.json"));
  Deno.writeTextFileSync(
    `${folder.path}/mine.json`,
    JSON.stringify({ ...card, name: "mine" }),
  );
  Deno.copyFileSync(
    "models/spit-compact.onnx",
    `${folder.path}/spit-compact.onnx`,
  );
  const mine = [
    ...["run", "night", "--device=cpu", "--model=mine.json", "--out=mine"],
  ];
  assertEquals((await spit(mine, folder.path)).code, 0);
  const plain = await spit(["merge", "mine"], folder.path);
  assertStringIncludes(plain.err, "give the path of its card with --model");
  const weighed = await spit(
    ["merge", "mine", "--model=mine.json"],
    folder.path,
  );
  assertEquals(weighed.err, "24 of 24 frames have one row each\n");
  assertEquals(selectExact(rowsOf(weighed.out)), selectExact(expected));
  const { code, err: other } = await spit(
    ["merge", "rows", "--model=mine.json"],
    folder.path,
  );
  assertEquals(code, 2);
  assertStringIncludes(other, `no rows of mine@${card.version}`);

  const pixels = [
    ...["run", "night", "--device=cpu", "--pixels-only", "--out=pixels"],
  ];
  assertEquals((await spit(pixels, folder.path)).code, 0);
  const merged = await spit(["merge", "pixels"], folder.path);
  assertEquals(rowsOf(merged.out).length, 24);
  assertEquals(merged.out.includes("longest"), false);
});

Deno.test("merge lists all frames while the folder has no rows", async () => {
  using folder = archive(2);
  await spit(["run", "night", ...MODEL, "--out=rows"], folder.path);
  for (const { name } of Deno.readDirSync(`${folder.path}/rows`)) {
    if (!name.startsWith("input-")) {
      Deno.removeSync(`${folder.path}/rows/${name}`);
    }
  }
  const merge = ["merge", "rows", "--missing=left.txt"];
  const { code, out, err } = await spit(merge, folder.path);
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "0 of 2 frames have one row each");
  assertEquals(
    Deno.readTextFileSync(`${folder.path}/left.txt`),
    "night/r000.fits\nnight/r001.fits\n",
  );
  const csv = await spit(["merge", "rows", "--format=csv"], folder.path);
  assertEquals([csv.code, csv.out.split("\n").length], [1, 2]);
});

Deno.test("run says what the first frame with an error lacks, as a list without @", async () => {
  using folder = archive(1);
  const path = `${folder.path}/all.txt`;
  Deno.writeTextFileSync(path, "night/r000.fits\n");
  const run = ["run", "night", "all.txt", ...MODEL, "--out=rows"];
  const { code, err } = await spit(run, folder.path);
  assertEquals(code, 0);
  assertStringIncludes(
    err,
    "the first error: all.txt: not_fits: not a FITS file but text (a list of paths is given as @LIST)",
  );
});

Deno.test("run and merge exit 2 on wrong usage", async () => {
  using folder = archive(1);
  const cases = [
    [["run", "night"], "--out"],
    [["run", "night", "--out=rows", "--shard=0/4"], "I/N"],
    [["run", "--out=rows"], "PATH"],
    [["run", "night", "--out=night/r000.fits"], "annot make the folder"],
    [["merge", "nowhere"], "nowhere"],
    [["merge", "night"], "contains no rows"],
  ] as const;
  for (const [args, said] of cases) {
    const { code, out, err } = await spit(args, folder.path);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertStringIncludes(err, said);
  }
});
