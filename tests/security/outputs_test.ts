import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "csv-parse/sync";
import { DOMParser } from "linkedom";
import { join } from "../../lib/io/path.ts";
import { stringify } from "csv-stringify/sync";
import { spit } from "../commands/spit.ts";
import { temporaryFolder, TINY } from "../tiny.ts";
import { nameWith, steering, TRICKS, writeHostileNight } from "./hostile.ts";

const ON_TINY = ["--model", TINY, "--device", "cpu"];
const TYPING = [...ON_TINY, "--workers", "0"];

/** A folder with `night` in it, all tricks in that. */
async function hostileNight() {
  const folder = temporaryFolder();
  const names = await writeHostileNight(`${folder.path}/night`);
  return { ...folder, names };
}

/** Whatever an output is, nothing in it steers the terminal that it may be shown on. */
function assertHarmlessText(text: string, allowed = ""): void {
  assertEquals(steering(text, allowed), []);
}

/** No element, attribute or address that our pages do not have by themselves. */
function assertHarmlessPage(html: string): void {
  const document = new DOMParser().parseFromString(html, "text/html");
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      assert(!/^on/i.test(name), `${element.localName} has ${name}`);
      assert(!/^\s*javascript:/i.test(value) || /^(data-|value$)/.test(name));
    }
  }
  assertEquals(document.querySelectorAll("img[src=x], svg[onload]").length, 0);
  for (const { type, textContent } of document.querySelectorAll("script")) {
    if (type === "application/json") JSON.parse(textContent);
    else assert(!textContent.includes("pwned"), "a script of a frame");
  }
}

Deno.test("names and cards are harmless in every form on a terminal", async () => {
  using night = await hostileNight();
  const runs: [args: string[], allowed?: string][] = [
    [["night"]],
    [["night", "--format", "csv"]],
    [["night", "--format", "csv", "--group", "configuration"]],
    [["night", "--format", "fitsort", "--group", "configuration"], "\t"],
    [["night", "--format", "ndjson"]],
    [["night", "--format", "json"]],
    [["night", "--group", "configuration"]],
    [["audit", "night"]],
    [["audit", "night", "--format", "ndjson"]],
  ];
  for (const [args, allowed] of runs) {
    const { code, out, err } = await spit([...args, ...TYPING], night.path);
    assertEquals(code, 0, err);
    assertHarmlessText(out, allowed);
    assertHarmlessText(err);
    assertStringIncludes(out, "HYPERLINK");
  }
});

Deno.test("NDJSON has the very names, harmless as they are written", async () => {
  using night = await hostileNight();
  const { out } = await spit(
    ["night", "--format", "ndjson", ...TYPING],
    night.path,
  );
  const files = out.trimEnd().split("\n").map((line) => JSON.parse(line).file);
  assertEquals(files.sort(), night.names.map((name) => `night/${name}`));
});

Deno.test("no cell of a CSV is a formula, and its paths still name their files", async () => {
  using night = await hostileNight();
  const folder = join(night.path, "night");
  const names = Object.values(TRICKS).map(nameWith)
    .filter((name) => !name.startsWith("@"));
  const { code, out, err } = await spit(
    ["--format", "csv", "--group", "configuration", ...TYPING, "--", ...names],
    folder,
  );
  assertEquals(code, 0, err);
  const rows: string[][] = parse(out);
  assertEquals(rows.length, names.length + 1);
  for (const cell of rows.flat()) {
    assert(!/^[=+\-@\t\r＝＋－＠]/.test(cell), cell);
  }
  const paths = rows.slice(1).map((row) => row[1]!);
  for (const path of paths.filter((path) => !path.includes("\\"))) {
    assert((await Deno.stat(join(folder, path))).isFile, path);
  }
  assertEquals(paths.includes("./-2+3.fits"), true);
  assertEquals(typeof Number(rows[1]![3]), "number");
});

Deno.test("inspect, and input images that go where they should", async () => {
  using night = await hostileNight();
  const folder = join(night.path, "night");
  const before = await namesIn(night.path);
  for (const trick of ["clear", "bidi", "up", "lines", "option"]) {
    const name = nameWith(TRICKS[trick]!);
    const { code, out, err } = await spit(
      ["inspect", ...ON_TINY, "--", name],
      folder,
    );
    assertEquals(code, 0, err);
    assertHarmlessText(out + err);
    const png = name.replace(/\.fits$/, ".png");
    assert((await Deno.stat(`${folder}/${png}`)).isFile);
  }
  assertEquals(await namesIn(night.path), before);
});

Deno.test("PypeIt's files: a card adds no line, no cell and no configuration of its own", async () => {
  using night = await hostileNight();
  const { code, err } = await spit(
    [
      ...["night", "--format", "pypeit", "--spectrograph", "any_thing"],
      ...["-o", "pypeit", ...TYPING],
    ],
    night.path,
  );
  assertEquals(code, 0, err);
  assertHarmlessText(err);
  const log = await Deno.readTextFile(`${night.path}/pypeit/any_thing.obslog`);
  assertHarmlessText(log);
  const table = log.trimEnd().split("\n").slice(4);
  assertEquals(table.length, night.names.length + 1);
  assertEquals(new Set(table.map((row) => row.split("|").length)).size, 1);
  for await (const { name } of Deno.readDir(`${night.path}/pypeit`)) {
    if (name.endsWith(".obslog")) continue;
    assert(/^any_thing_[A-Z]+$/.test(name), name);
    const text = await Deno.readTextFile(
      `${night.path}/pypeit/${name}/${name}.pypeit`,
    );
    assertHarmlessText(text);
    assertEquals(text.match(/^setup end$/gm)?.length, 1);
    assertEquals(text.match(/^data end$/gm)?.length, 1);
  }
});

Deno.test("the pages have no script, element or address of a frame", async () => {
  using night = await hostileNight();
  const reported = await spit(
    ["report", "night", "-o", "n.html", "--title", "<script>", ...TYPING],
    night.path,
  );
  assertEquals(reported.code, 0, reported.err);
  assertHarmlessText(reported.err);
  assertHarmlessPage(await Deno.readTextFile(`${night.path}/n.html`));

  const rows = night.names.filter((name) => !/[\r\n]/.test(name)).map((
    name,
  ) => [
    `night/${name}`,
    "arc",
    name.slice(0, 20),
    "high",
  ]);
  await Deno.writeTextFile(
    `${night.path}/labels.csv`,
    stringify([["path", "label", "instrument", "probability"], ...rows]),
  );
  const evaluated = await spit(
    ["evaluate", "labels.csv", ...ON_TINY, "--page", "e.html"],
    night.path,
  );
  assertEquals(evaluated.code, 0, evaluated.err);
  assertHarmlessText(evaluated.out + evaluated.err);
  assertHarmlessPage(await Deno.readTextFile(`${night.path}/e.html`));
});

Deno.test("watch: rows, warnings and page; the hook has the row on its standard input alone", async () => {
  using night = await hostileNight();
  const hook = 'cat >> rows.txt; echo "$*" >> args.txt; env > env.txt';
  // deno-fmt-ignore
  const args = [
    "run", "--no-prompt", "--allow-read", "--allow-ffi", "--allow-run=sh",
    "--allow-env=ORT_DISABLE_TELEMETRY", `--allow-write=${night.path}`,
    new URL("../../cli.ts", import.meta.url).pathname,
    "watch", "night", "--catchup", "--settle", "0.05", "--poll", "0.05",
    "--format", "table", "--append", "rows.ndjson", "--report", "w.html",
    "--on-conflict", hook, "--stop-file", "stop", ...TYPING,
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: night.path,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = child.output();
  const told = `${night.path}/args.txt`;
  const deadline = performance.now() + 10_000;
  while (
    await linesIn(told) < night.names.length && performance.now() < deadline
  ) {
    await new Promise((wake) => setTimeout(wake, 50));
  }
  await Deno.writeTextFile(`${night.path}/stop`, "");
  const { code, stdout, stderr } = await ended;
  const [out, err] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  assertEquals(code, 0, err);
  assertHarmlessText(out! + err!);
  const log = await Deno.readTextFile(`${night.path}/rows.ndjson`);
  assertHarmlessText(log);
  assertEquals(log.trimEnd().split("\n").length, night.names.length);
  const given = await Deno.readTextFile(`${night.path}/rows.txt`);
  assertEquals(given.split("\n").sort(), log.split("\n").sort());
  const env = await Deno.readTextFile(`${night.path}/env.txt`);
  const words = await Deno.readTextFile(told);
  assert(!/HYPERLINK|\.fits/.test(env + words));
  assertHarmlessPage(await Deno.readTextFile(`${night.path}/w.html`));
});

async function linesIn(path: string): Promise<number> {
  try {
    return (await Deno.readTextFile(path)).split("\n").length - 1;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return names.sort();
}
