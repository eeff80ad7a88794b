import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "../../lib/std.ts";
import { evaluate } from "../../lib/commands/evaluate.ts";
import { score } from "../../lib/commands/score.ts";
import { simulate } from "../../lib/commands/simulate.ts";
import { SpitError } from "../../lib/errors.ts";
import {
  evenPlane,
  fitsOf,
  lopsidedPlane,
  temporaryFolder,
  TINY,
} from "../tiny.ts";
import { spit } from "./resident_spit.ts";

const MODEL = { model: TINY, device: "cpu" } as const;

/** A folder with frames that the tiny network classifies as bias and as unknown. */
async function folderWith(
  labels: string,
): Promise<{ path: string; manifest: string } & Disposable> {
  const folder = temporaryFolder();
  const write = (name: string, bytes: Uint8Array) =>
    Deno.writeFile(join(folder.path, name), bytes);
  await write("even.fits", fitsOf([evenPlane()]));
  await write("imaging.fits", fitsOf([evenPlane(700, 300)]));
  await write(
    "lopsided.fits",
    fitsOf([lopsidedPlane()]),
  );
  const manifest = join(folder.path, "labels.csv");
  await Deno.writeTextFile(manifest, labels);
  return Object.assign(folder, { manifest });
}

const LABELS = "path,label,instrument\neven.fits,bias,kast-red\n" +
  "lopsided.fits,arc,kast-red\ngone.fits,arc,sprat\nimaging.fits,other,guider\n";

/** The answers in the list of failures, in its order. */
function listFailures(text: string): string[] {
  const list = text.slice(text.indexOf("\nFailures"));
  return Array.from(list.matchAll(/ -> (\w+)/g), ([, type]) => type!);
}

Deno.test("evaluate counts right, unknown and unreadable frames, and lists failures, the worst first", async () => {
  using folder = await folderWith(LABELS);
  const text = await evaluate(folder.manifest, { ...MODEL, verbose: true });
  const lines = text.split("\n");
  assertStringIncludes(lines[0]!, "tiny@1.0.0 on all frames");
  assertStringIncludes(lines[1]!, "no real training frame");
  assert(/\n {2}correct +33\.3 % \(1\/3;.* 33\.3 % \(1\/3;/.test(text));
  assert(/\n {2}unreadable +33\.3 % \(1\/3;/.test(text));
  assertEquals(listFailures(text), ["bias", "unknown", "not_found"]);
});

Deno.test("evaluate --pixels-only gives the pixel verdict as the answer, and a note", async () => {
  using folder = await folderWith(LABELS);
  const text = await evaluate(folder.manifest, {
    ...{ ...MODEL, pixelsOnly: true, verbose: true },
  });
  assertStringIncludes(text.split("\n")[2]!, "(--pixels-only)");
  assert(/\n {2}correct +33\.3 % \(1\/3;.* 33\.3 % \(1\/3;/.test(text));
  assertEquals(listFailures(text), ["bias", "unknown", "not_found"]);
});

Deno.test("evaluate prints a summary without --verbose", async () => {
  using folder = await folderWith(LABELS);
  const text = await evaluate(folder.manifest, MODEL);
  assert(/\n {2}answer +1 of 3 right +33\.3 % /.test(text), text);
  assertStringIncludes(text, "--verbose");
  assert(text.trimEnd().split("\n").length <= 10, text);
});

Deno.test("evaluate scores the labels of simulate, and plain labels, with the shipped model", async () => {
  using folder = temporaryFolder();
  const night = { seed: 1, count: 2, instrument: "kast-red", quiet: true };
  await simulate(folder.path, night);
  const manifest = join(folder.path, "labels.csv");
  const score = async () => {
    const text = await evaluate(manifest, {
      ...{ model: "spit-compact", device: "cpu", format: "json" },
    });
    const { title, notes, sections } = JSON.parse(text);
    return [title.includes("on all frames of"), notes.length, sections.length]
      .concat(sections[0].answer.all.n);
  };
  assertEquals(await score(), [true, 1, 1, 2]);
  await Deno.writeTextFile(
    manifest,
    "path,label\nr0001.fits,bias\nr0002.fits,dark\n",
  );
  assertEquals(await score(), [true, 1, 1, 2]);
});

Deno.test("evaluate --min-probability gives no type to a less probable frame", async () => {
  using folder = await folderWith(LABELS);
  const options = { ...MODEL, minProbability: 0.9, format: "json" } as const;
  const { notes, sections } = JSON.parse(
    await evaluate(folder.manifest, options),
  );
  assertStringIncludes(notes.at(-1), "below a probability of 0.9");
  const { answer } = sections[0];
  assertEquals([answer.all.correct.count, answer.all.unknown.count], [0, 2]);
  assertEquals(answer.reasons, [
    { reason: "low_probability", typed: 1, other: 1 },
    { reason: "flips_disagree", typed: 1, other: 0 },
  ]);
});

Deno.test("evaluate --rules reads claims by the rules given", async () => {
  using folder = await folderWith(LABELS);
  const rules = join(folder.path, "mine.rules");
  await Deno.writeTextFile(rules, "frames : NAXIS == 2\narc : NAXIS == 2\n");
  const text = await evaluate(folder.manifest, {
    ...MODEL,
    rules: [rules],
    format: "json",
  });
  const { byType, flagged } = JSON.parse(text).sections[0].claims;
  assertEquals(byType.map(({ claimed }: { claimed: string }) => claimed), [
    "arc",
  ]);
  assertEquals([flagged.wrong.count, flagged.wrong.n], [1, 1]);
});

Deno.test("evaluate refuses a side without frames", async () => {
  using folder = await folderWith("path,label\n");
  await assertRejects(
    () => evaluate(folder.manifest, MODEL),
    SpitError,
    "no frame",
  );
});

Deno.test("evaluate uses the split and the HDUs of the manifest", async () => {
  using folder = await folderWith(
    "path,label,instrument,split,hdu\neven.fits,bias,kast-red,train,\n" +
      "lopsided.fits,bias,kast-red,test,0\nlopsided.fits,bias,kast-red,test,1\n",
  );
  const text = await evaluate(folder.manifest, {
    ...MODEL,
    split: "validation",
    format: "json",
  });
  const { all } = JSON.parse(text).sections[0].pixels;
  assertEquals([all.n, all.unknown.count, all.errors.count], [2, 1, 1]);
});

Deno.test("score gives the score of evaluate, and refuses a frame that occurs twice", async () => {
  using folder = await folderWith(LABELS);
  const predictions = join(folder.path, "rows.ndjson");
  const direct = JSON.parse(
    await evaluate(folder.manifest, { ...MODEL, predictions, format: "json" }),
  );
  const again = JSON.parse(await score([predictions], { format: "json" }));
  for (const { sections } of [direct, again]) delete sections[0].seconds;
  assertEquals(again.sections, direct.sections);
  await assertRejects(
    () => score([predictions, predictions], {}),
    SpitError,
    "twice",
  );
});

Deno.test("evaluate --page writes a complete, escaped page without external resources", async () => {
  using folder = await folderWith(LABELS.replace("sprat", "<b>sprat</b>"));
  const page = join(folder.path, "page.html");
  const { code, out, err } = await spit(
    ["evaluate", "labels.csv", "--model", TINY, "--device", "cpu"].concat(
      ["--format", "json", "--page", page, "--predictions", "rows.ndjson"],
    ),
    folder.path,
  );
  assertEquals([code, err], [0, `wrote rows.ndjson\nwrote ${page}\n`]);
  assertEquals(JSON.parse(out).sections[0].failures.length, 3);
  const html = await Deno.readTextFile(page);
  assert(html.endsWith("</html>\n"));
  assert(!/<script|<link|src="(?!data:)|href=|url\(/.test(html));
  assert(!html.includes("<b>sprat") && html.includes("&lt;b>sprat"));
  assert(html.includes("&lt;b&gt;sprat"), "also in the charts");
  // Two matrices a protocol and one of the answer, instruments, types, risk, and the
  // reliability of answer and pixel verdict.
  assertEquals(html.split("<svg").length - 1, 10);
  // A thumbnail of each failure that could be read.
  assertEquals(html.split("data:image/png;base64,").length - 1, 2);
  const left = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assert(!left.some((name) => name.endsWith(".part")));

  const scored = await spit(["score", "rows.ndjson", "--verbose"], folder.path);
  assertEquals([scored.code, scored.err], [0, ""]);
  assert(/\n {2}correct +33\.3 % \(1\/3;/.test(scored.out));
  const summary = (...options: string[]) =>
    spit(["score", "rows.ndjson", ...options], folder.path);
  assertStringIncludes((await summary()).out, "--page FILE");
  const withPage = await summary("--page", "scored.html");
  assertEquals(withPage.err, "wrote scored.html\n");
  assertEquals(withPage.out.includes("--page"), false);
});

Deno.test("score names an invalid row and exits 2", async () => {
  using folder = await folderWith(LABELS);
  await Deno.writeTextFile(
    join(folder.path, "rows.ndjson"),
    '\n{"path":"a"}\n',
  );
  const { code, err } = await spit(["score", "rows.ndjson"], folder.path);
  assertEquals(code, 2);
  assertStringIncludes(err, "line 2 of rows.ndjson");
});
