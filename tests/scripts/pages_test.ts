/** The commands of the pages that teach: they run as they stand. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Verdict } from "../../mod.ts";
import { temporaryFolder } from "../tiny.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The blocks of a page in one language. */
async function blocks(page: string, language: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${ROOT}${page}`);
  const found = text.matchAll(
    new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"),
  );
  return [...found].map(([, block]) => block!);
}

/** Runs a line of a page in a folder, the command line from the checkout. */
async function run(line: string, cwd: string): Promise<string> {
  const args = line.trim().split(/\s+/)
    .map((word) => word === "cli.ts" ? `${ROOT}cli.ts` : word);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: args.slice(1),
    cwd,
  }).output();
  const err = new TextDecoder().decode(stderr);
  assertEquals(code, 0, `${line}\n${err}`);
  return err;
}

function rowsOf(path: string): Verdict[] {
  return Deno.readTextFileSync(path).trim().split("\n")
    .map((row) => JSON.parse(row) as Verdict);
}

Deno.test("docs/instruments.md: its commands run, and its rules tell standards apart", async () => {
  using folder = temporaryFolder();
  const [rules] = await blocks("docs/instruments.md", "rules");
  await Deno.writeTextFile(`${folder.path}/mine.rules`, rules!);
  const lines = (await blocks("docs/instruments.md", "sh"))
    // Training needs PyTorch, and its network is then not there.
    .filter((block) => !/spit_train|pip install|finetune_curve/.test(block))
    .flatMap((block) => block.trim().split("\n"));
  assert(lines.length > 6);
  for (const line of lines) await run(line, folder.path);

  const before = rowsOf(`${folder.path}/before.ndjson`);
  const after = rowsOf(`${folder.path}/after.ndjson`);
  assertEquals(before[7]!.header?.type, "science");
  assertEquals(after[7]!.header?.type, "standard");
  assertEquals([...new Set(after.map(({ log }) => log?.instrument))], [
    "slicer",
  ]);
  // No header of this night lies: the same conflicts before and after.
  const conflicts = (rows: Verdict[]) =>
    rows.filter(({ agreement }) => agreement === "conflict").map((r) => r.file);
  assertEquals(conflicts(after), conflicts(before));
});

Deno.test("CONTRIBUTING.md: the first change passes its test, and fails it when it is wrong", async () => {
  using folder = temporaryFolder();
  const checkout = folder.path;
  for (const part of ["lib", "models", "tests/header"]) {
    await copyFolder(`${ROOT}${part}`, `${checkout}/${part}`);
  }
  for (const file of ["deno.json", "deno.lock"]) {
    await Deno.copyFile(`${ROOT}${file}`, `${checkout}/${file}`);
  }
  const [importLine, entry, test] = await blocks(
    "CONTRIBUTING.md",
    "ts ignore",
  );
  const [rules] = await blocks("docs/rules.md", "rules");
  const rulesFile = `${checkout}/lib/header/rules/cafos.rules`;
  await Deno.writeTextFile(rulesFile, rules!);
  const list = `${checkout}/lib/header/built_in_rules.ts`;
  const text = await Deno.readTextFile(list);
  await Deno.writeTextFile(
    list,
    text.replace(/^import dbsp/m, `${importLine}$&`)
      .replace(/^ {2}dbsp,$/m, `${entry}$&`),
  );
  const testFile = "tests/header/built_in_rules_test.ts";
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

Deno.test("every page of docs is in its index, and every link of the pages leads somewhere", async () => {
  const pages = [...Deno.readDirSync(`${ROOT}docs`)]
    .map(({ name }) => name).filter((name) => /\.md$/.test(name));
  const index = await Deno.readTextFile(`${ROOT}docs/README.md`);
  for (const name of pages.filter((name) => name !== "README.md")) {
    assert(index.includes(`(${name})`), name);
  }
  const all = [...pages.map((name) => `docs/${name}`), "README.md"];
  for (const page of [...all, "CONTRIBUTING.md"]) {
    const text = await Deno.readTextFile(`${ROOT}${page}`);
    for (const [, link] of text.matchAll(/\]\((?!\w+:)([^)#\s]+)/g)) {
      const place = new URL(link!, new URL(page, `file://${ROOT}`));
      assert(await isThere(place), `${page}: ${link}`);
    }
  }
});

async function isThere(place: URL): Promise<boolean> {
  try {
    await Deno.stat(place);
    return true;
  } catch {
    return false;
  }
}
