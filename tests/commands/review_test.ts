import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { findLabel } from "../../lib/evaluation/labels.ts";
import { readLabels } from "../../lib/evaluation/manifest.ts";
import { parseLabels } from "../../lib/evaluation/labels.ts";
import type { Changes } from "../../lib/review/session.ts";
import { startReview, writeNight } from "../review/start_review.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spit } from "./spit.ts";

/** All rows, once all frames are typed and `isEnough` says so. */
async function rowsAt(
  url: string,
  isEnough: (changes: Changes) => boolean = () => true,
): Promise<Changes["rows"]> {
  while (true) {
    const changes: Changes = await (await fetch(`${url}changes/0`)).json();
    if (changes.waiting === 0 && changes.rows.length > 0 && isEnough(changes)) {
      return changes.rows;
    }
  }
}

async function label(url: string, id: number, label: string | null) {
  const answer = await fetch(`${url}label`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id, label }),
  });
  await answer.body?.cancel();
  return answer.status;
}

const idOf = (rows: Changes["rows"], name: string) =>
  rows.find(({ file }) => file.endsWith(`/${name}.fits`))!.id;

Deno.test("review classifies all frames and saves labels, which evaluate reads", async () => {
  using folder = temporaryFolder();
  await writeNight(folder.path);
  const before = await Deno.readFile(`${folder.path}/conflict.fits`);
  await using review = await startReview(folder.path);
  const rows = await rowsAt(review.url);
  assertEquals(
    rows.map(({ type, reviewReason }) => [type, reviewReason]),
    [
      ["bias", null],
      ["bias", null],
      ["bias", "conflict"],
      [null, "error"],
      ["unknown", "unknown"],
    ],
  );
  for (const name of ["bias1", "bias2"]) {
    assertEquals(await label(review.url, idOf(rows, name), "bias"), 200);
  }
  assertEquals(await label(review.url, idOf(rows, "conflict"), "dark"), 200);
  assertEquals(await label(review.url, idOf(rows, "conflict"), "bias"), 200);
  assertEquals(await label(review.url, idOf(rows, "unknown"), "other"), 200);
  assertEquals(await label(review.url, idOf(rows, "error"), "arc"), 200);
  assertEquals(await label(review.url, idOf(rows, "error"), null), 200);

  const { code, err } = await review.end("SIGINT");
  assertEquals(code, 0, err);
  const file = `${folder.path}/spit-labels.csv`;
  assertStringIncludes(err, `labels are appended to ${file}`);
  // It is on standard output.
  assertEquals(err.includes(review.url), false, err);
  assertStringIncludes(err, `stopped by Ctrl-C; labels are in ${file}\n`);
  assertEquals(await Deno.readFile(`${folder.path}/conflict.fits`), before);

  const labels = await readLabels(file);
  assertEquals(findLabel(labels, `${folder.path}/unknown.fits`), "other");
  assertEquals(labels.size, 4);
  const evaluated = await spit(
    ["evaluate", file, "--model", TINY, "--format", "json"],
    folder.path,
  );
  assertEquals(evaluated.code, 0, evaluated.err);
  const [section] = JSON.parse(evaluated.out).sections ?? [];
  assert(section !== undefined, evaluated.out.slice(0, 500));
  assertEquals(section.answer.all.correct.count, 3);
  assertEquals(section.answer.all.correct.n, 3);
  assertEquals(section.answer.other.rejected.n, 1);
});

Deno.test("review loses no label when killed, and has a new address when started again", async () => {
  using folder = temporaryFolder();
  await writeNight(folder.path);
  let first: string;
  {
    await using review = await startReview(folder.path);
    first = review.url;
    const rows = await rowsAt(review.url);
    await label(review.url, idOf(rows, "conflict"), "flat");
    await review.end("SIGKILL");
  }
  await using review = await startReview(folder.path);
  const rows = await rowsAt(review.url);
  assertEquals(rows.map((row) => row.label), [null, null, "flat", null, null]);
  assert(review.url !== first);
  assertEquals(new URL(review.url).port, new URL(first).port);
  const old = await fetch(first);
  await old.body?.cancel();
  assertEquals(old.status, 403);
});

Deno.test("review killed while labels arrive keeps every label that was acknowledged", async () => {
  using folder = temporaryFolder();
  await writeNight(folder.path);
  await using review = await startReview(folder.path);
  const rows = await rowsAt(review.url);
  const types = ["arc", "bias", "flat", "dark", "other"];
  let last = "";
  let answered = 0;
  const giving = (async () => {
    for (let k = 0;; k++) {
      const type = types[k % types.length]!;
      if (await label(review.url, k % rows.length, type) !== 200) return;
      last = type;
      answered++;
    }
  })().catch((error) => {
    if (!(error instanceof TypeError)) throw error;
  });
  while (answered < 30) await new Promise((wake) => setTimeout(wake, 1));
  await review.end("SIGKILL");
  await giving;
  const file = `${folder.path}/spit-labels.csv`;
  const { entries } = parseLabels(await Deno.readTextFile(file), file);
  assert(entries.length >= answered, `${entries.length} of ${answered}`);
  assertEquals(entries[answered - 1]!.label, last);
});

Deno.test("review shows frames that arrive and labels that another program writes", async () => {
  using folder = temporaryFolder();
  await writeNight(folder.path);
  await using review = await startReview(folder.path);
  const rows = await rowsAt(review.url);
  const time = new Date().toISOString();
  await Deno.writeTextFile(
    `${folder.path}/spit-labels.csv`,
    `path,label,time\nbias1.fits,dark,${time}\nlate.fits,arc,${time}\n`,
  );
  await Deno.writeFile(
    `${folder.path}/late.fits`,
    fitsOf([evenPlane()]),
  );
  const later = await rowsAt(
    review.url,
    (changes) => changes.rows.length > rows.length,
  );
  const late = later.find(({ file }) => file.endsWith("late.fits"))!;
  assertEquals([late.type, late.label], ["bias", "arc"]);
  assertEquals(later.find(({ label }) => label === "dark")?.id, rows[0]!.id);
  const { code } = await review.end("SIGTERM");
  assertEquals(code, 0);
});

Deno.test("review reports a path that does not exist, and exits 2 at its end", async () => {
  using folder = temporaryFolder();
  await writeNight(folder.path);
  await using review = await startReview(folder.path, ["absent.fits"]);
  const rows = await rowsAt(review.url);
  assertEquals(rows.at(-1)!.file, `${folder.path}/absent.fits`);
  const { code, err } = await review.end("SIGINT");
  assertStringIncludes(err, "no such file or folder: absent.fits\n");
  assertEquals(code, 2);
});

Deno.test("review of paths that do not exist is an error at once", async () => {
  using folder = temporaryFolder();
  const run = await spit(["review", "absent", "gone.fits"], folder.path);
  assertEquals([run.code, run.out], [2, ""]);
  assertEquals(run.err, "error: no such file or folder: absent, gone.fits\n");
});

Deno.test("review refuses a labels file that is another file, a frame, or in no folder, and makes none without a label", async () => {
  using folder = temporaryFolder();
  await writeNight(folder.path);
  await Deno.writeTextFile(`${folder.path}/notes.txt`, "seeing 1.2\n");
  const refused = async (name: string, message: string) => {
    const { code, err, out } = await spit(
      ["review", folder.path, "--labels", `${folder.path}/${name}`],
      folder.path,
    );
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, message);
  };
  await refused("notes.txt", "it is not a labels file");
  await refused("bias1.fits", "its name is that of a frame");
  await refused("away/labels.csv", "its folder does not exist");
  assertEquals(
    await Deno.readTextFile(`${folder.path}/notes.txt`),
    "seeing 1.2\n",
  );
  await using review = await startReview(folder.path);
  const { err } = await review.end("SIGINT");
  assertStringIncludes(err, "stopped by Ctrl-C; no label was given\n");
});
