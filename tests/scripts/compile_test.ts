import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { basename, dirname, join } from "../../lib/std.ts";
import { addonFolder } from "../../lib/model/cuda.ts";
import "../../lib/model/onnx_session.ts";
import type { Verdict } from "../../mod.ts";
import {
  compile,
  compileArguments,
  MAX_BYTES,
  PERMISSIONS,
  TARGETS,
} from "../../scripts/compile.ts";
import { temporaryFolder } from "../tiny.ts";
import {
  extractFiles,
  listPackages,
  PACKAGES,
  readEmbeddedFiles,
} from "./embedded_files.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCRIPT = join(ROOT, "scripts", "compile.ts");

/** Folder of onnxruntime-node's binaries, `SYSTEM/PROCESSOR` below it. */
const BINARIES = dirname(dirname(addonFolder()!));

/** Name of the npm registry's folder in Deno's cache. */
const REGISTRY = basename(join(BINARIES, "..", "..", "..", ".."));

/** The demo night of the README. */
const SIMULATE_DEMO =
  "simulate night --seed 1 --count 24 --instrument kast-red --lying 0.1"
    .split(" ");

async function run(folder: string, command: readonly string[], env = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command[0]!, {
    args: command.slice(1),
    cwd: folder,
    env,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Starts `review`, loads its page and the scripts of the page, and ends it. */
async function loadReview(folder: string, spit: readonly string[], env = {}) {
  const child = new Deno.Command(spit[0]!, {
    args: [...spit.slice(1), "review", "night"],
    cwd: folder,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  await reader.cancel();
  const url = value.trim();
  const page = await fetchText(url);
  const scripts = [...page.matchAll(/<script [^>]*src="([^"]+)"/g)]
    .map(([, script]) => script!);
  assert(scripts.length > 0);
  for (const script of [...scripts, "preact.js"]) {
    await fetchText(new URL(script, url).href);
  }
  child.kill("SIGTERM");
  await child.status;
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url);
  assertEquals(response.status, 200, url);
  return await response.text();
}

/** Simulates the demo night in an empty folder, classifies, evaluates and reviews it. */
async function classifyDemoNight(spit: readonly string[], env = {}) {
  using empty = temporaryFolder();
  const simulated = await run(empty.path, [...spit, ...SIMULATE_DEMO], env);
  assertEquals(simulated.code, 0, simulated.err);
  // The bzip2 library is loaded only for a file that needs it.
  const bzipped = join(ROOT, "tests/fixtures/fits/integers.fits.bz2");
  const options = "--format ndjson --workers 2 -q".split(" ");
  const { code, out, err } = await run(
    empty.path,
    [...spit, "night", bzipped, ...options],
    env,
  );
  assertEquals([code, err], [0, ""]);
  const rows = out.trim().split("\n").map((row) => JSON.parse(row) as Verdict);
  assertEquals(rows.length, 25);
  assertEquals(rows.filter(({ error }) => error !== null), []);
  const conflicts = rows.filter(({ agreement }) => agreement === "conflict");
  assertEquals(conflicts.length, 3);

  // Charts and pages are loaded only by the commands that write them.
  const evaluate = "evaluate night/labels.csv --split all --page score.html";
  const evaluated = await run(
    empty.path,
    [...spit, ...evaluate.split(" ")],
    env,
  );
  assertEquals(evaluated.code, 0, evaluated.err);
  await loadReview(empty.path, spit, env);
}

Deno.test("each executable contains only its own system's binaries of onnxruntime", () => {
  const folders = [...Deno.readDirSync(BINARIES)].flatMap((system) =>
    [...Deno.readDirSync(join(BINARIES, system.name))]
      .map(({ name }) => `${system.name}/${name}`)
  );
  for (const [target, own] of Object.entries(TARGETS)) {
    const args = compileArguments(target, BINARIES, "spit");
    const included = folders.filter((folder) =>
      !args.includes(join(BINARIES, folder))
    );
    assertEquals(included, [own], target);
  }
  for (const target of ["x86_64-apple-darwin", "constructor"]) {
    assertThrows(
      () => compileArguments(target, BINARIES, "spit"),
      Error,
      `no binaries for ${target}; supported targets: x86_64-unknown-linux-gnu,`,
    );
  }
});

/** Served from its npm package instead. */
const PREACT = "lib/review/client/preact.js";

/** Paths of the files below lib/ that are not modules: rules, scripts of pages, wasm. */
function listAssets(folder = "lib"): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return listAssets(path);
    return /\.tsx?$/.test(path) || path === PREACT ? [] : [path];
  });
}

Deno.test({
  name: "an executable contains all files that it needs and no others",
  ignore: Deno.build.os !== "linux",
  async fn(t) {
    using folder = temporaryFolder();
    // Embedded in `deno` instead of `denort`: it does not run, but can be read.
    const output = join(folder.path, "spit");
    const size = await compile({
      target: Deno.build.target,
      output,
      runtime: Deno.execPath(),
      quiet: true,
    });
    const files = readEmbeddedFiles(await Deno.readFile(output));

    await t.step("its size is below the limit", () => {
      assert(size < MAX_BYTES, `${size} bytes`);
    });
    await t.step(
      "the default model, the reader's worker and all assets",
      () => {
        const own = [...files.keys()].filter((path) =>
          !path.startsWith(PACKAGES)
        );
        assertEquals(own.filter((path) => path.startsWith("models/")), [
          "models/spit-compact.json",
          "models/spit-compact.onnx",
        ]);
        const assets = listAssets();
        assert(assets.length > 18);
        const needed = [...assets, "lib/classify/reader_worker.ts"];
        assertEquals(needed.filter((path) => !own.includes(path)), []);
        const others = own.filter((path) =>
          !/^(cli\.ts$|deno\.json$|lib\/|models\/)/.test(path)
        );
        assertEquals(others, []);
      },
    );
    await t.step("no package that only tests or build scripts import", () => {
      const packages = listPackages(files);
      const needed = ["commander", "htm", "onnxruntime-node", "seek-bzip"];
      assertEquals(needed.filter((name) => !packages.includes(name)), []);
      const others =
        "assemblyscript axe-core fast-check fitsjs playwright-core yaml"
          .split(" ");
      assertEquals(others.filter((name) => packages.includes(name)), []);
    });
    await t.step(
      "its files are enough to classify the demo night",
      async () => {
        const cache = join(folder.path, "cache");
        const toolkit = join(folder.path, "toolkit");
        await extractFiles(files, toolkit, join(cache, "npm", REGISTRY));
        await Deno.remove(output);
        await classifyDemoNight([
          ...[Deno.execPath(), "run", ...PERMISSIONS, "--cached-only"],
          // Without this, Deno looks for all packages of the lock file.
          ...["--unstable-npm-lazy-caching", "--frozen"],
          ...["--lock", join(ROOT, "deno.lock"), join(toolkit, "cli.ts")],
        ], { DENO_DIR: cache });
      },
    );
  },
});

Deno.test({
  name: "without denort one sentence says what is missing and what was checked",
  ignore: !(Deno.build.target in TARGETS),
  async fn() {
    using folder = temporaryFolder();
    const { code, out, err } = await run(ROOT, [
      ...[Deno.execPath(), "run", "-A", SCRIPT],
      ...["--output", join(folder.path, "spit")],
    ], { DENORT_BIN: join(folder.path, "absent"), DENO_NO_UPDATE_CHECK: "1" });
    assertEquals([code, out], [2, ""]);
    const lines = err.trimEnd().split("\n");
    assertMatch(
      lines.at(-1)!,
      /^error: deno compile needs denort.* DENORT_BIN .* \(\d+\.\d MB\) can be embedded\.$/,
    );
    assert(!err.includes("Stack backtrace"), err);
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
});

/** Whether `deno compile` works here: it needs a `denort`, downloaded or in DENORT_BIN. */
async function hasDenort(): Promise<boolean> {
  using folder = temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "empty.ts"), "");
  const { code } = await run(folder.path, [
    ...[Deno.execPath(), "compile", "--no-config", "--no-check"],
    ...["--output", join(folder.path, "empty"), "empty.ts"],
  ]);
  return code === 0;
}

Deno.test({
  name: "the executable classifies the demo night (needs denort)",
  ignore: !(Deno.build.target in TARGETS) || !await hasDenort(),
  async fn() {
    using folder = temporaryFolder();
    const output = join(folder.path, "spit");
    const compiled = await run(ROOT, [
      ...[Deno.execPath(), "run", "-A", SCRIPT, "--output", output],
    ]);
    assertEquals(compiled.code, 0, compiled.err);
    // Neither a cache nor a PATH: it must find no Deno and no packages.
    await classifyDemoNight([output], { DENO_DIR: folder.path, PATH: "" });
  },
});
