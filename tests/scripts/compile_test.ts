import { assert, assertEquals, assertThrows } from "@std/assert";
import { basename, dirname, join } from "../../lib/io/path.ts";
import { fileURLToPath } from "node:url";
import { addonFolder } from "../../lib/model/cuda.ts";
import "../../lib/model/onnx_session.ts";
import type { Verdict } from "../../mod.ts";
import { compile, LIMIT } from "../../scripts/compile.ts";
import {
  compileArguments,
  PERMISSIONS,
} from "../../scripts/compile/arguments.ts";
import { TARGETS } from "../../scripts/compile/targets.ts";
import { temporaryFolder } from "../tiny.ts";
import {
  embeddedFiles,
  embeddedPackages,
  extract,
  PACKAGES,
} from "./embedded_files.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCRIPT = join(ROOT, "scripts", "compile.ts");

/** Folder of onnxruntime-node's binaries, `SYSTEM/PROCESSOR` below it. */
const BINARIES = dirname(dirname(addonFolder()!));

/** What Deno calls this registry's folder in its cache, the packages below it. */
const REGISTRY = basename(join(BINARIES, "..", "..", "..", ".."));

/** The demo night of the README, by which an executable is judged. */
const DEMO =
  "simulate night --seed 1 --count 24 --instrument kast-red --lying 0.1"
    .split(" ");

/** Runs a program in a folder, to its end. */
async function run(folder: string, command: readonly string[], env = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command[0]!, {
    args: command.slice(1),
    cwd: folder,
    env,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Makes the demo night in an empty folder and types it, by whatever is called spit. */
async function typeDemoNight(spit: readonly string[], env = {}) {
  using empty = temporaryFolder();
  const made = await run(empty.path, [...spit, ...DEMO], env);
  assertEquals(made.code, 0, made.err);
  // The library for .bz2 is loaded when there is one.
  const bzipped = join(ROOT, "tests/fixtures/fits/integers.fits.bz2");
  const types = [
    "night",
    bzipped,
    ..."--format ndjson --workers 2 -q".split(" "),
  ];
  const { code, out, err } = await run(empty.path, [...spit, ...types], env);
  assertEquals([code, err], [0, ""]);
  const rows = out.trim().split("\n").map((row) => JSON.parse(row) as Verdict);
  assertEquals(rows.length, 25);
  assertEquals(rows.filter(({ error }) => error !== null), []);
  const conflicts = rows.filter(({ agreement }) => agreement === "conflict");
  assertEquals(conflicts.length, 3);

  // Charts and pages are loaded late, too.
  const scores = "evaluate night/labels.csv --split all --page score.html";
  const scored = await run(empty.path, [...spit, ...scores.split(" ")], env);
  assertEquals(scored.code, 0, scored.err);
}

Deno.test("every binary of onnxruntime goes into the executable of its own system alone", () => {
  const folders = [...Deno.readDirSync(BINARIES)].flatMap((system) =>
    [...Deno.readDirSync(join(BINARIES, system.name))]
      .map(({ name }) => `${system.name}/${name}`)
  );
  for (const [target, own] of Object.entries(TARGETS)) {
    const args = compileArguments(target, BINARIES, "spit");
    const left = folders.filter((folder) =>
      !args.includes(join(BINARIES, folder))
    );
    assertEquals(left, [own], target);
  }
  assertThrows(
    () => compileArguments("x86_64-apple-darwin", BINARIES, "spit"),
    Error,
    "no binaries for x86_64-apple-darwin; there are: x86_64-unknown-linux-gnu,",
  );
});

Deno.test({
  name: "what goes into an executable is all that it needs, and no more",
  ignore: Deno.build.os !== "linux",
  async fn(t) {
    using folder = temporaryFolder();
    // On the whole of Deno, which has no use for what is embedded: to look inside.
    const output = join(folder.path, "spit");
    const size = await compile(
      { target: Deno.build.target, output, runtime: Deno.execPath() },
      "null",
    );
    const files = embeddedFiles(await Deno.readFile(output));

    await t.step("it is small enough", () => {
      assert(size < LIMIT, `${size} bytes`);
    });
    await t.step(
      "the default network, its worker, kernels, rules and pages",
      () => {
        const own = [...files.keys()].filter((path) =>
          !path.startsWith(PACKAGES)
        );
        assertEquals(own.filter((path) => path.startsWith("models/")), [
          "models/spit-compact.json",
          "models/spit-compact.onnx",
        ]);
        const read = ["header/rules", "report/night/client", "review/client"];
        for (const folder of read.map((name) => `lib/${name}`)) {
          for (const { name } of Deno.readDirSync(join(ROOT, folder))) {
            assert(own.includes(`${folder}/${name}`), name);
          }
        }
        assert(own.includes("lib/classify/read_worker.ts"));
        assert(own.includes("lib/preprocess/wasm/kernels.wasm"));
        const strangers = own.filter((path) =>
          !/^(cli\.ts$|deno\.json$|lib\/|models\/)/.test(path)
        );
        assertEquals(strangers, []);
      },
    );
    await t.step("no package of the tests or the build", () => {
      const packages = embeddedPackages(files);
      const needed = ["commander", "onnxruntime-node", "seek-bzip"];
      assertEquals(needed.filter((name) => !packages.includes(name)), []);
      const others =
        "assemblyscript axe-core fast-check fitsjs playwright-core yaml"
          .split(" ");
      assertEquals(others.filter((name) => packages.includes(name)), []);
    });
    await t.step("with these files alone the demo night is typed", async () => {
      const cache = join(folder.path, "cache");
      const toolkit = join(folder.path, "toolkit");
      await extract(files, toolkit, join(cache, "npm", REGISTRY));
      await Deno.remove(output);
      await typeDemoNight([
        ...[Deno.execPath(), "run", ...PERMISSIONS, "--cached-only"],
        // Else Deno asks for every package that the lockfile knows of.
        ...["--unstable-npm-lazy-caching", "--frozen"],
        ...["--lock", join(ROOT, "deno.lock"), join(toolkit, "cli.ts")],
      ], { DENO_DIR: cache });
    });
  },
});

Deno.test({
  name: "the executable types the demo night from an empty folder",
  ignore: !(Deno.build.target in TARGETS),
  async fn() {
    using folder = temporaryFolder();
    const output = join(folder.path, "spit");
    const made = await run(ROOT, [
      ...[Deno.execPath(), "run", "-A", SCRIPT, "--output", output],
    ], { NO_COLOR: "1" });
    if (made.code === 2 && made.err.includes("Setting up base binary")) {
      console.log("not run: no denort (DENORT_BIN names one)");
      return;
    }
    assertEquals(made.code, 0, made.err);
    // No Deno, no packages: neither a cache nor a PATH to find them by.
    await typeDemoNight([output], { DENO_DIR: folder.path, PATH: "" });
  },
});
