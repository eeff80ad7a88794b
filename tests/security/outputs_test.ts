import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "csv-parse/sync";
import { DOMParser } from "linkedom";
import { createHash } from "node:crypto";
import { join } from "../../lib/std.ts";
import { stringify } from "csv-stringify/sync";
import { spit } from "../commands/resident_spit.ts";
import { temporaryFolder, TINY } from "../tiny.ts";
import {
  findControlCharacters,
  makeFileName,
  PAYLOADS,
  writeHostileNight,
} from "./hostile.ts";

const MODEL_OPTIONS = ["--model", TINY, "--device", "cpu"];
const OPTIONS = [...MODEL_OPTIONS, "--workers", "0"];

/** Returns a folder with the frames of {@linkcode writeHostileNight} in `night`. */
async function makeHostileNight() {
  const folder = temporaryFolder();
  const names = await writeHostileNight(`${folder.path}/night`);
  return { ...folder, names };
}

/** Asserts that a text cannot control the terminal that shows it. */
function assertHarmlessText(text: string, allowed = ""): void {
  assertEquals(findControlCharacters(text, allowed), []);
}

/** Asserts that a page has no script, event handler or URL from a frame. */
function assertHarmlessPage(html: string): void {
  const document = new DOMParser().parseFromString(html, "text/html");
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      assert(!/^on/i.test(name), `${element.localName} has ${name}`);
      assert(!/^\s*javascript:/i.test(value) || /^(data-|value$)/.test(name));
    }
  }
  assertEquals(document.querySelectorAll("img[src=x], svg[onload]").length, 0);
  const hashes: string[] = [];
  for (const { type, textContent } of document.querySelectorAll("script")) {
    if (type === "application/json") {
      JSON.parse(textContent);
      continue;
    }
    assert(!textContent.includes("pwned"), "a script contains a payload");
    const hash = createHash("sha256").update(textContent).digest("base64");
    hashes.push(`'sha256-${hash}'`);
  }
  const policy = document
    .querySelector("meta[http-equiv=Content-Security-Policy]")
    .getAttribute("content");
  const rules = new Map<string, string[]>(
    policy.split(";").map((rule: string) => {
      const [name, ...values] = rule.trim().split(" ");
      return [name, values];
    }),
  );
  assertEquals(rules.get("default-src"), ["'none'"]);
  assertEquals(rules.get("script-src") ?? [], hashes);
}

Deno.test("no format prints control characters of names or cards", async () => {
  using night = await makeHostileNight();
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
    const { code, out, err } = await spit([...args, ...OPTIONS], night.path);
    assertEquals(code, 0, err);
    assertHarmlessText(out, allowed);
    assertHarmlessText(err);
    assertStringIncludes(out, "HYPERLINK");
  }
});

Deno.test("NDJSON and JSON contain the exact names and values, escaped", async () => {
  using night = await makeHostileNight();
  const expected = night.names.map((name) => `night/${name}`);
  for (const format of ["ndjson", "json"]) {
    const { out } = await spit(
      ["night", "--format", format, ...OPTIONS],
      night.path,
    );
    const rows: { file: string; log: { target: string } }[] = format === "json"
      ? JSON.parse(out)
      : out.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows.map(({ file }) => file).sort(), expected);
    const targets = rows.map(({ log }) => log.target);
    for (const key of ["script", "attribute", "bidi", "hyperlink"]) {
      assert(targets.includes(PAYLOADS[key]!), key);
    }
  }
});

Deno.test("no CSV cell is a formula, and the paths still name the files", async () => {
  using night = await makeHostileNight();
  const folder = join(night.path, "night");
  const names = Object.values(PAYLOADS).map(makeFileName)
    .filter((name) => !name.startsWith("@"));
  const { code, out, err } = await spit(
    ["--format", "csv", "--group", "configuration", ...OPTIONS, "--", ...names],
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

Deno.test("inspect prints no control characters and writes only beside the frame", async () => {
  using night = await makeHostileNight();
  const folder = join(night.path, "night");
  const before = await listNames(night.path);
  for (const key of ["clear", "bidi", "traversal", "lines", "option"]) {
    const name = makeFileName(PAYLOADS[key]!);
    const { code, out, err } = await spit(
      ["inspect", ...MODEL_OPTIONS, "--", name],
      folder,
    );
    assertEquals(code, 0, err);
    assertHarmlessText(out + err);
    const png = name.replace(/\.fits$/, ".png");
    assert((await Deno.stat(`${folder}/${png}`)).isFile);
  }
  assertEquals(await listNames(night.path), before);
});

Deno.test("no card adds a line, a cell or a block to PypeIt's files", async () => {
  using night = await makeHostileNight();
  const { code, err } = await spit(
    [
      ...["night", "--format", "pypeit", "--spectrograph", "any_thing"],
      ...["-o", "pypeit", ...OPTIONS],
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

Deno.test("the pages have no script, event handler or URL from a frame", async () => {
  using night = await makeHostileNight();
  const reported = await spit(
    ["report", "night", "-o", "n.html", "--title", "<script>", ...OPTIONS],
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
    stringify([["path", "label", "instrument", "confidence"], ...rows]),
  );
  const evaluated = await spit(
    ["evaluate", "labels.csv", ...MODEL_OPTIONS, "--page", "e.html"],
    night.path,
  );
  assertEquals(evaluated.code, 0, evaluated.err);
  assertHarmlessText(evaluated.out + evaluated.err);
  assertHarmlessPage(await Deno.readTextFile(`${night.path}/e.html`));
});

Deno.test("watch: rows, warnings and page are harmless; a hook gets the row only on standard input", async () => {
  using night = await makeHostileNight();
  const hook = 'cat >> rows.txt; echo "$*" >> args.txt; env > env.txt';
  // deno-fmt-ignore
  const args = [
    "run", "--no-prompt", "--allow-read", "--allow-ffi", "--allow-run=sh",
    "--allow-env=ORT_DISABLE_TELEMETRY", `--allow-write=${night.path}`,
    new URL("../../cli.ts", import.meta.url).pathname,
    "watch", "night", "--catchup", "--settle", "0.05", "--poll", "0.05",
    "--format", "table", "--append", "rows.ndjson", "--report", "w.html",
    "--on-conflict", hook, "--stop-file", "stop", ...OPTIONS,
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: night.path,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const hookArgs = `${night.path}/args.txt`;
  const deadline = performance.now() + 120_000;
  while (
    await countLines(hookArgs) < night.names.length &&
    performance.now() < deadline
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Deno.writeTextFile(`${night.path}/stop`, "");
  const { code, stdout, stderr } = await output;
  const [out, err] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  assertEquals(code, 0, err);
  assertHarmlessText(out! + err!);
  const log = await Deno.readTextFile(`${night.path}/rows.ndjson`);
  assertHarmlessText(log);
  assertEquals(log.trimEnd().split("\n").length, night.names.length);
  const hookInput = await Deno.readTextFile(`${night.path}/rows.txt`);
  assertEquals(hookInput.split("\n").sort(), log.split("\n").sort());
  const env = await Deno.readTextFile(`${night.path}/env.txt`);
  const words = await Deno.readTextFile(hookArgs);
  assert(!/HYPERLINK|\.fits/.test(env + words));
  assertHarmlessPage(await Deno.readTextFile(`${night.path}/w.html`));
});

async function countLines(path: string): Promise<number> {
  try {
    return (await Deno.readTextFile(path)).split("\n").length - 1;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function listNames(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return names.sort();
}
