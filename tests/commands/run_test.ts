import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spit, startSpit } from "./spit.ts";

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
    spit(
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

Deno.test("run and merge exit 2 on wrong usage", async () => {
  using folder = archive(1);
  const cases = [
    [["run", "night"], "--out"],
    [["run", "night", "--out=rows", "--shard=0/4"], "I/N"],
    [["run", "--out=rows"], "path"],
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
