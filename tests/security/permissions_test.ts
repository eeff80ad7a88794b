import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { NATS_SERVER, startNatsServer } from "../../scripts/nats/server.ts";
import { spit } from "../commands/spit.ts";
import { temporaryFolder, TINY } from "../tiny.ts";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A row of the table in docs/permissions.md. */
interface Row {
  readonly command: string;
  readonly flags: readonly string[];
}

function parseTable(page: string): Row[] {
  return page.split("\n").flatMap((line) => {
    const match = /^\| `spit (.+?)` +\| (?:`(.+)`)? *\|$/.exec(line);
    if (match === null) return [];
    const [, command = "", flags = ""] = match;
    return [{ command, flags: flags.split(" ").filter((flag) => flag !== "") }];
  });
}

/** Returns a folder with the files that the commands of the table read. */
async function makeInputs() {
  const folder = temporaryFolder();
  const run = async (...args: string[]) => {
    const { code, err } = await spit(args, folder.path);
    assertEquals(code, 0, err);
  };
  // deno-fmt-ignore
  await run("simulate", "night", "--count", "2", "--instrument", "kast-red", "-q");
  await run("run", "night", "--out", "out/rows", "-q");
  // deno-fmt-ignore
  await run("night", "--format", "pypeit", "--spectrograph", "shane_kast_red", "-o", "out/redux", "-q");
  // deno-fmt-ignore
  await run("evaluate", "night/labels.csv", "--split", "all", "--predictions", "out/kept.ndjson");
  return folder;
}

/** Shared by all rows: no command changes what another one reads. */
const inputs = await makeInputs();
const nats = NATS_SERVER === undefined
  ? undefined
  : await startNatsServer(inputs.path);
globalThis.addEventListener("unload", () => {
  nats?.kill();
  inputs[Symbol.dispose]();
});

/** After this many milliseconds a command is killed, and its test fails. */
const TIMEOUT = 120_000;

/**
 * Runs a command of the table.
 *
 * @param isComplete Whether the flags are all that it needs. If so, `watch` and
 *   `review` are ended by SIGTERM after they have done some work.
 */
async function runCommand(
  flags: readonly string[],
  command: string,
  isComplete: boolean,
): Promise<{ code: number; err: string }> {
  const folder = inputs.path;
  const substitute = (text: string) =>
    text.replaceAll("NIGHT", `${folder}/night`)
      .replaceAll("OUT", `${folder}/out`)
      .replaceAll("MODELS", pathOf("../../models"))
      .replaceAll("SERVER", nats?.host ?? "");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", ...flags.map(substitute)],
      pathOf("../../cli.ts"),
      ...command.split(" ").map(substitute),
    ],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT);
  const [err] = await Promise.all([
    readStderr(child, () => {
      if (isComplete && command.startsWith("watch ")) landFrame(folder);
    }),
    readStdout(child, async (out) => {
      if (!isComplete) return false;
      if (command.startsWith("review ")) await loadPage(out);
      else if (!command.startsWith("watch ") || !out.includes(LANDED)) {
        return false;
      }
      child.kill("SIGTERM");
      return true;
    }),
  ]);
  const { code } = await child.status;
  clearTimeout(timer);
  await Deno.remove(`${folder}/night/${LANDED}`).catch(() => {});
  return { code, err };
}

/** Reads standard error to its end; calls back once it says that Ctrl-C ends the command. */
async function readStderr(
  child: Deno.ChildProcess,
  onReady: () => void,
): Promise<string> {
  let err = "";
  let isReady = false;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    err += text;
    if (isReady || !err.includes("Ctrl-C")) continue;
    isReady = true;
    onReady();
  }
  return err;
}

/** Reads standard output to its end; calls back with all of it until that returns true. */
async function readStdout(
  child: Deno.ChildProcess,
  onText: (out: string) => Promise<boolean>,
): Promise<void> {
  let out = "";
  let isDone = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += text;
    isDone ||= await onText(out);
  }
}

/** Name of the frame that lands in the folder while `watch` runs. */
const LANDED = "landed.fits";

function landFrame(folder: string): void {
  const path = `${folder}/night/${LANDED}`;
  Deno.copyFileSync(`${folder}/night/r0001.fits`, path);
}

async function loadPage(url: string): Promise<void> {
  const response = await fetch(url.trim());
  await response.body?.cancel();
  assertEquals(response.status, 200);
}

const ROWS = parseTable(
  await Deno.readTextFile(pathOf("../../docs/permissions.md")),
);

Deno.test("least permissions: the table has a row for every command", async () => {
  const { out } = await spit(["--help"]);
  const [, commands = ""] = /^Commands:\n((?: .*\n)+)/m.exec(out) ?? [];
  const names = [...commands.matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, name]) => name!);
  assert(names.length > 8);
  for (const name of names.filter((name) => !/^(classify|help)$/.test(name))) {
    assert(ROWS.some(({ command }) => command.startsWith(`${name} `)), name);
  }
});

for (const { command, flags } of ROWS) {
  const ignore = command.includes("SERVER") && nats === undefined;
  Deno.test(`least permissions: spit ${command}`, { ignore }, async () => {
    const { code, err } = await runCommand(flags, command, true);
    assertEquals(code, 0, err);
    assert(!/allow-|NotCapable/.test(err), err);
    for (const flag of flags) {
      const others = flags.filter((other) => other !== flag);
      const { code, err } = await runCommand(others, command, false);
      assertEquals(code, 2, `without ${flag}: ${err}`);
      assertStringIncludes(err, flag.replace(/=.*/, ""));
      assert(/^error: /m.test(err) && !/^ +at /m.test(err), err);
    }
  });
}

/** Options that read a file outside the folder with the frames. */
const READ_OPTIONS: readonly (readonly [content: string, args: string])[] = [
  ["arc : OBSTYPE == COMP\n", "NIGHT --rules FILE"],
  ["path,label\n", "NIGHT --labels FILE"],
  ["NIGHT/r0001.fits\n", "@FILE"],
];

for (const [content, args] of READ_OPTIONS) {
  Deno.test(`least permissions: ${args} needs to read FILE`, async () => {
    using other = temporaryFolder();
    const file = `${other.path}/file`;
    const text = content.replace("NIGHT", `${inputs.path}/night`);
    await Deno.writeTextFile(file, text);
    const command = args.replace("FILE", file);
    const others = ["--allow-ffi", "--allow-env=ORT_DISABLE_TELEMETRY"];
    const without = ["--allow-read=NIGHT,MODELS", ...others];
    const flags = [`--allow-read=NIGHT,MODELS,${file}`, ...others];
    const allowed = await runCommand(flags, command, true);
    assertEquals(allowed.code, 0, allowed.err);
    const { code, err } = await runCommand(without, command, false);
    assertEquals(code, 2, err);
    assertStringIncludes(err, "--allow-read");
  });
}

Deno.test("least permissions: --model CARD needs to read its folder", async () => {
  using folder = temporaryFolder();
  for (const name of ["tiny.json", "tiny.onnx"]) {
    await Deno.copyFile(
      TINY.replace("tiny.json", name),
      `${folder.path}/${name}`,
    );
  }
  const command = `NIGHT --model ${folder.path}/tiny.json`;
  const others = ["--allow-ffi", "--allow-env=ORT_DISABLE_TELEMETRY"];
  const flags = [`--allow-read=NIGHT,${folder.path}`, ...others];
  const allowed = await runCommand(flags, command, true);
  assertEquals(allowed.code, 0, allowed.err);
  const without = ["--allow-read=NIGHT", ...others];
  const { code, err } = await runCommand(without, command, false);
  assertEquals(code, 2, err);
  assertStringIncludes(err, "--allow-read");
});

Deno.test({
  name: "--allow-read does not confine links, but spit does",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const at = (name: string) => `${folder.path}/${name}`;
    await Deno.mkdir(at("night"));
    await Deno.copyFile(`${inputs.path}/night/r0001.fits`, at("private.fits"));
    await Deno.copyFile(`${inputs.path}/night/r0001.fits`, at("night/r1.fits"));
    await Deno.symlink(at("private.fits"), at("night/link.fits"));
    const classify = async (...args: string[]) => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-prompt",
          `--allow-read=${at("night")},${pathOf("../../models")}`,
          "--allow-ffi",
          "--allow-env=ORT_DISABLE_TELEMETRY",
          pathOf("../../cli.ts"),
          ...["classify", at("night"), "--format", "ndjson", ...args],
        ],
        cwd: at("night"),
      }).output();
      const rows = new TextDecoder().decode(stdout).trimEnd().split("\n");
      return {
        errors: rows.map((row) => JSON.parse(row).error),
        err: new TextDecoder().decode(stderr),
      };
    };
    const confined = await classify();
    assertEquals(confined.errors, [null]);
    assertStringIncludes(confined.err, "1 link leads out");
    assertEquals((await classify("--follow-links")).errors, [null, null]);
  },
});
