/** Runs the commands and examples of the documentation, and checks its links. */
import { RETRYABLE } from "../../lib/batch/retry.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Verdict } from "../../mod.ts";
import { dirname } from "../../lib/std.ts";
import { temporaryFolder } from "../tiny.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Returns the code blocks of a page in one language. */
async function readBlocks(page: string, language: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${ROOT}${page}`);
  const matches = text.matchAll(
    new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"),
  );
  return [...matches].map(([, block]) => block!);
}

/** Runs a command of a page in a folder, with `cli.ts` of the checkout. */
async function run(
  line: string,
  cwd: string,
  env: Record<string, string> = {},
): Promise<void> {
  const args = line.trim().split(/\s+/)
    .map((word) => word === "cli.ts" ? `${ROOT}cli.ts` : word);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: args.slice(1),
    cwd,
    env,
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  assertEquals(code, 0, `${line}\n${out}${err}`);
}

function readRows(path: string): Verdict[] {
  return Deno.readTextFileSync(path).trim().split("\n")
    .map((row) => JSON.parse(row) as Verdict);
}

Deno.test("docs/instruments.md: the commands run, and the rules recognize the instrument", async () => {
  using folder = temporaryFolder();
  const [rules] = await readBlocks("docs/instruments.md", "rules");
  await Deno.writeTextFile(`${folder.path}/mine.rules`, rules!);
  const lines = (await readBlocks("docs/instruments.md", "sh"))
    // Training needs PyTorch, and finetune_curve the model that it writes.
    .filter((block) => !/python|finetune_curve/.test(block))
    .flatMap((block) => block.trim().split("\n"));
  assert(lines.length > 6);
  for (const line of lines) await run(line, folder.path);

  const before = readRows(`${folder.path}/before.ndjson`);
  const after = readRows(`${folder.path}/after.ndjson`);
  const claims = (rows: Verdict[]) =>
    rows.map(({ header }) => [header?.type, header?.subtype]);
  assertEquals(claims(after), claims(before));
  assertEquals([...new Set(after.map(({ log }) => log?.instrument))], [
    "slicer",
  ]);
  // The headers of this night are right, so the conflicts must stay the same.
  const conflicts = (rows: Verdict[]) =>
    rows.filter(({ agreement }) => agreement === "conflict").map((r) => r.file);
  assertEquals(conflicts(after), conflicts(before));
});

Deno.test("docs/commands.md: the line that installs the command spit works", async () => {
  using folder = temporaryFolder();
  const { path } = folder;
  const line = (await readBlocks("docs/commands.md", "sh"))
    .find((block) => block.startsWith("deno install"))!;
  await run(line, ROOT, { DENO_INSTALL_ROOT: path });
  const PATH = `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
  for (const args of [["simulate", "night", "--count=1"], ["night"]]) {
    const { code, stderr } = await new Deno.Command(`${path}/bin/spit`, {
      args,
      cwd: path,
      env: { PATH },
      stdin: "null",
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
  }
});

Deno.test("CONTRIBUTING.md: the first change passes its test, and a wrong one fails it", async () => {
  using folder = temporaryFolder();
  const checkout = folder.path;
  for (const part of ["lib", "models", "tests/header"]) {
    await copyFolder(`${ROOT}${part}`, `${checkout}/${part}`);
  }
  for (const file of ["deno.json", "deno.lock"]) {
    await Deno.copyFile(`${ROOT}${file}`, `${checkout}/${file}`);
  }
  const [importLine, entry, test] = await readBlocks(
    "CONTRIBUTING.md",
    "ts ignore",
  );
  const [rules] = await readBlocks("docs/rules.md", "rules");
  const rulesFile = `${checkout}/lib/header/rules/bc1m.rules`;
  await Deno.writeTextFile(rulesFile, rules!);
  const list = `${checkout}/lib/header/builtin_rules.ts`;
  const text = await Deno.readTextFile(list);
  await Deno.writeTextFile(
    list,
    text.replace(/^import dbsp/m, `${importLine}$&`)
      .replace(/^ {2}dbsp,$/m, `${entry}$&`),
  );
  const testFile = "tests/header/builtin_rules_test.ts";
  await Deno.writeTextFile(`${checkout}/${testFile}`, test!, { append: true });

  const line = `deno test -A --no-check ${testFile}`;
  await run(line, checkout);
  await Deno.writeTextFile(rulesFile, rules!.replace("arc :", "flat :"));
  await assertRejects(() => run(line, checkout));
});

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else if (!/\.(onnx|pt)$/.test(name)) {
      await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
    }
  }
}

Deno.test("docs/README.md lists every page, and no link of the pages is broken", async () => {
  const pages = [...Deno.readDirSync(`${ROOT}docs`)]
    .map(({ name }) => name).filter((name) => /\.md$/.test(name));
  const index = await Deno.readTextFile(`${ROOT}docs/README.md`);
  for (const name of pages.filter((name) => name !== "README.md")) {
    assert(index.includes(`(${name})`), name);
  }
  const broken: string[] = [];
  const rootPages = ["README.md", "CONTRIBUTING.md", "SECURITY.md"];
  for (const page of [...pages.map((name) => `docs/${name}`), ...rootPages]) {
    const text = await Deno.readTextFile(`${ROOT}${page}`);
    const links = text.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
    for (const [, link, anchor] of links) {
      const url = new URL(
        link || page.slice(page.indexOf("/") + 1),
        new URL(page, `file://${ROOT}`),
      );
      const isBroken = anchor === undefined
        ? !await exists(url)
        : !listAnchors(await Deno.readTextFile(url)).has(anchor);
      if (isBroken) broken.push(`${page}: ${link}#${anchor ?? ""}`);
    }
  }
  assertEquals(broken, []);
});

Deno.test("docs/failures.md names every error of a file, and those that are retried", async () => {
  const page = await Deno.readTextFile(`${ROOT}docs/failures.md`);
  const errors = await Deno.readTextFile(`${ROOT}lib/errors.ts`);
  const [, union] = /type ErrorCode =([^]*?)\/\/ model/.exec(errors)!;
  const list = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, code]) => code!).sort();
  const [, table] = /## Error codes[^]*?(\|[^]*?)\n\n/.exec(page)!;
  const first = table!.replaceAll(/^\|([^|]*)\|.*$/gm, "$1");
  assertEquals(list(first, /`(\w+)`/g), list(union!, /"(\w+)"/g));
  const [, retried] = /## Retries\n[^]*?:\n\n([^]*?)\n\n/.exec(page)!;
  assertEquals(list(retried!, /`(\w+)`/g), [...RETRYABLE].sort());
});

Deno.test("the tests that SECURITY.md and docs/failures.md name exist", async () => {
  for (const page of ["SECURITY.md", "docs/failures.md"]) {
    const text = await Deno.readTextFile(`${ROOT}${page}`);
    const names = [
      ...text.matchAll(/`((?:[\w/]+\/)?\w+_test\.ts|tests\/\w+)`/g),
    ];
    assert(names.length > 3);
    for (const [, name] of names) {
      const path = name!.startsWith("tests/") ? name : `tests/security/${name}`;
      assert(await exists(new URL(`file://${ROOT}${path}`)), name);
    }
  }
});

/** Returns the anchors of the headings of a page, as GitHub forms them. */
function listAnchors(markdown: string): Set<string> {
  const text = markdown.replaceAll(/^```.*?^```/gms, "");
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-")
    ),
  );
}

async function exists(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch {
    return false;
  }
}
