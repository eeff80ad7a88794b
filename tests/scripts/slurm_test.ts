import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const SCRIPTS = fileURLToPath(
  new URL("../../scripts/slurm", import.meta.url),
);
const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));
const RUN_OPTIONS = ["--model", TINY, "--device=cpu"];

/** Fake commands of Slurm; `sbatch` writes its arguments to a file, one per line. */
const FAKES: Readonly<Record<string, string>> = {
  sbatch: `n=$(($(cat calls 2> /dev/null || echo 0) + 1)); echo $n > calls
printf '%s\\n' "$@" > "call $n"; echo "$((40 + n))"`,
  squeue: 'echo "${STATE:-RUNNING}"',
  scontrol: 'echo "$@" >> requeued',
};

/** Creates a folder with the fake commands in `bin`. */
function createFolder() {
  const folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/bin`);
  for (const [name, text] of Object.entries(FAKES)) {
    writeTool(folder, name, text);
  }
  return folder;
}

function writeTool({ path }: { path: string }, name: string, text: string) {
  const file = `${path}/bin/${name}`;
  Deno.writeTextFileSync(file, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
}

async function bash(
  folder: { path: string },
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { path } = folder;
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [...args],
    cwd: path,
    env: { PATH: `${path}/bin:${Deno.env.get("PATH")}`, SPIT: "true", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

const submit = (
  folder: { path: string },
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
) => bash(folder, [`${SCRIPTS}/submit.sh`, ...args], env);

/** Reads the arguments of the `k`-th call of sbatch. */
function readCall({ path }: { path: string }, k: number): string[] {
  return Deno.readTextFileSync(`${path}/call ${k}`).trimEnd().split("\n");
}

/** Reads the list that the array classifies, which is an argument of the call. */
function readList(args: readonly string[]): string[] {
  const list = args.find((word) => word.startsWith("@"))!.slice(1);
  return Deno.readTextFileSync(list).trimEnd().split("\n").sort();
}

function getOption(
  args: readonly string[],
  option: string,
): string | undefined {
  return args.findLast((word) => word.startsWith(`${option}=`))
    ?.slice(option.length + 1);
}

/** Size of the file that replaces a frame. */
const size = (name: string) => name.length;

function writeFrames({ path }: { path: string }, names: readonly string[]) {
  for (const name of names) {
    const file = `${path}/${name}`;
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(file, "x".repeat(size(name)));
  }
}

Deno.test("submit.sh lists the frames as spit does, and submits an array and a merge", async () => {
  using folder = createFolder();
  const frames = [
    "all nights/1/a b.fits",
    "all nights/1/c#d.FIT.gz",
    "all nights/2/it's.fts.fz.gz",
    "all nights/2/x.fits/y.fits",
    "all nights/2/é%a.fits.bz2",
  ];
  const others = [
    "all nights/.old/z.fits",
    "all nights/.hidden.fits",
    "all nights/log.txt",
    "all nights/1/r.fits.tmp",
  ];
  writeFrames(folder, [...frames, ...others]);
  const args = ["all nights", "the rows", "--frames-per-task", "2"];
  const more = ["--partition=short", "--", "--model", "a b.json"];
  const { code, out, err } = await submit(folder, [...args, ...more]);
  assertEquals([code, out], [0, "42\n"]);
  assertStringIncludes(err, "5 frames, 3 tasks");

  const { path } = folder;
  const rows = `${Deno.realPathSync(path)}/the rows`;
  const array = readCall(folder, 1);
  assertEquals(getOption(array, "--array"), "0-2%16");
  assertEquals(getOption(array, "--partition"), "short");
  assertEquals(getOption(array, "--chdir"), `${rows}/log`);
  const script = array.indexOf(`${SCRIPTS}/spit.sbatch`);
  const [tasks, spit, run, list, ...rest] = array.slice(script + 1);
  assertEquals([tasks, spit, run], ["3", "true", "run"]);
  assertEquals(rest, ["--out", rows, "--model", "a b.json"]);
  assert(list!.startsWith(`@${rows}/`));
  const top = Deno.realPathSync(path);
  assertEquals(
    readList(array),
    frames.map((name) => `${top}/${name}\t${size(name)}`).sort(),
  );

  const merge = readCall(folder, 2);
  assertEquals(getOption(merge, "--dependency"), "afterany:41");
  assertEquals(getOption(merge, "--partition"), "short");
  const command = merge.slice(merge.indexOf(`${SCRIPTS}/merge.sbatch`) + 1);
  assertEquals(command, [
    "true",
    "merge",
    rows,
    "-o",
    `${rows}/verdicts.ndjson`,
    "--missing",
    `${rows}/missing.txt`,
  ]);
});

Deno.test("submit.sh lists frames whose names are not UTF-8", async () => {
  using folder = createFolder();
  writeFrames(folder, ["night/a.fits"]);
  // Latin 1.
  await bash(folder, ["-c", "touch night/$'\\xe9'.fits"]);
  const { err } = await submit(folder, ["night", "rows"], {
    LC_ALL: "C.UTF-8",
  });
  assertStringIncludes(err, "2 frames, 1 tasks");
});

Deno.test("submit.sh without SPIT runs the checkout with write permission for OUT only", async () => {
  using folder = createFolder();
  writeFrames(folder, ["night/a.fits"]);
  writeTool(folder, "deno", "true");
  const args = ["night", "rows"];
  assertEquals((await submit(folder, args, { SPIT: "" })).code, 0);
  const array = readCall(folder, 1);
  const from = array.indexOf(`${folder.path}/bin/deno`);
  const to = array.indexOf(CLI);
  assertEquals(array.slice(from + 1, to), [
    "run",
    "--no-prompt",
    "--allow-read",
    `--allow-write=${Deno.realPathSync(folder.path)}/rows`,
    "--allow-ffi",
    "--allow-env=ORT_DISABLE_TELEMETRY",
  ]);
});

Deno.test("submit.sh submits at most a thousand tasks", async () => {
  using folder = createFolder();
  const lines = Array.from({ length: 2500 }, (_, k) => `/night/r${k}.fits\t9`);
  Deno.writeTextFileSync(`${folder.path}/list`, lines.join("\n") + "\n");
  const args = ["@list", "rows", "--frames-per-task=2", "--at-once=7"];
  assertEquals((await submit(folder, args)).code, 0);
  const array = readCall(folder, 1);
  assertEquals(getOption(array, "--array"), "0-999%7");
  assertEquals(array.includes("1000"), true);
});

Deno.test("submit.sh makes the paths of a list absolute", async () => {
  using folder = createFolder();
  const list =
    "# mine\n\nnight/a b.fits\t7\n /data/r1.fits \nhttps://a/b.fits\n";
  Deno.writeTextFileSync(`${folder.path}/my list`, list);
  assertEquals((await submit(folder, ["@my list", "rows"])).code, 0);
  const here = Deno.realPathSync(folder.path);
  assertEquals(
    readList(readCall(folder, 1)).map((line) => line.trim()),
    ["/data/r1.fits", `${here}/night/a b.fits\t7`, "https://a/b.fits"].sort(),
  );
});

Deno.test("submit.sh keeps any character of list names, folders and paths", async () => {
  using folder = createFolder();
  const here = `${Deno.realPathSync(folder.path)}/a\\nb=c\\`;
  Deno.mkdirSync(here);
  const paths = [
    "r\\t1.fits\t7",
    " r2.fits\t8",
    "r\u2028=3.fits",
    "HTTP://a/b",
  ];
  Deno.writeTextFileSync(`${here}/x=y\\t`, paths.join("\n") + "\r\n");
  const { code, err } = await bash(folder, [
    "-c",
    `cd "$1" && exec "$2" "@x=y\\t" ../rows < /dev/null`,
    "bash",
    here,
    `${SCRIPTS}/submit.sh`,
  ]);
  assertEquals([code, err.includes("4 frames")], [0, true], err);
  const [call] = Deno.readTextFileSync(`${here}/call 1`).match(/@.*frames-.*/)!;
  assertEquals(Deno.readTextFileSync(call.slice(1)).split("\n"), [
    ...paths.slice(0, 3).map((path) => `${here}/${path}`),
    "HTTP://a/b",
    "",
  ]);
});

Deno.test("submit.sh submits nothing after an error", async () => {
  const wrong: [
    string,
    readonly string[],
    Readonly<Record<string, string>>?,
  ][] = [
    ["usage", ["night"]],
    ["no such folder", ["nowhere", "rows"]],
    ["no frames in", ["empty", "rows"]],
    ["no frames in", ["@none", "rows"]],
    ["cannot contain names", ["odd", "rows"]],
    ["not a positive whole number", [
      "night",
      "rows",
      "--frames-per-task",
      "0",
    ]],
    ["requires a number", ["night", "rows", "--at-once"]],
    ["cannot run false", ["night", "rows"], { SPIT: "false" }],
  ];
  using folder = createFolder();
  writeFrames(folder, ["night/a.fits", "empty/log.txt", "odd/a\nb.fits"]);
  Deno.writeTextFileSync(`${folder.path}/none`, "# none yet\n");
  for (const [message, args, env] of wrong) {
    const { code, out, err } = await submit(folder, args, env);
    assertEquals([code, out], [2, ""], err);
    assertStringIncludes(err, message);
  }
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assert(!names.includes("calls"));
});

/** Returns the variables that Slurm sets for a task. */
function task(id: number, more: Readonly<Record<string, string>> = {}) {
  const own = { SLURM_ARRAY_JOB_ID: "41", SLURM_ARRAY_TASK_ID: String(id) };
  return { ...own, SLURM_JOB_ID: "41", SLURM_CPUS_PER_TASK: "1", ...more };
}

Deno.test("after all tasks of an array, the merge has a row for each frame", async () => {
  using folder = createFolder();
  Deno.mkdirSync(`${folder.path}/night 1`);
  const frame = fitsOf([evenPlane(70, 60)]);
  for (let k = 0; k < 10; k++) {
    Deno.writeFileSync(`${folder.path}/night 1/r${k}.fits`, frame);
  }
  const SPIT = `'${Deno.execPath()}' run -A '${CLI}'`;
  const args = ["night 1", "rows", "--frames-per-task=4", "--", ...RUN_OPTIONS];
  assertEquals((await submit(folder, args, { SPIT })).code, 0);
  const script = (k: number) => {
    const words = readCall(folder, k);
    return words.slice(words.findIndex((word) => word.endsWith(".sbatch")));
  };
  for (const id of [2, 0]) {
    assertEquals((await bash(folder, script(1), task(id))).code, 0);
  }
  const before = await bash(folder, script(2));
  assertEquals(before.code, 1);
  assertStringIncludes(before.err, "FAILED");
  assertStringIncludes(before.err, "of 10 frames have one row each");

  assertEquals((await bash(folder, script(1), task(1))).code, 0);
  const { code, err } = await bash(folder, script(2));
  const merged = `${folder.path}/rows/verdicts.ndjson`;
  assertEquals(
    [code, err],
    [
      0,
      "the exposures of the nights are not weighed: there is no model tiny@1.0.0 here; give the path of its card with --model\n" +
      `wrote ${merged}\n10 of 10 frames have one row each\n`,
    ],
  );
  const rows = Deno.readTextFileSync(merged);
  assertEquals(rows.split("\n").length, 11);
  assertEquals(Deno.readTextFileSync(`${folder.path}/rows/missing.txt`), "");
});

/** Runs a task whose command is a line of bash. */
function runTask(
  folder: { path: string },
  line: string,
  env: Readonly<Record<string, string>> = {},
) {
  const args = [`${SCRIPTS}/spit.sbatch`, "5", "bash", "-c", line, "spit"];
  return bash(folder, args, task(4, env));
}

function requeued({ path }: { path: string }): string {
  try {
    return Deno.readTextFileSync(`${path}/requeued`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

Deno.test("a task that is killed is requeued, and no other", async () => {
  using folder = createFolder();
  const { code, err } = await runTask(folder, "kill -9 $$");
  assertEquals(code, 137);
  assertStringIncludes(err, "killed by signal 9: requeuing task 41_4");
  // The job id of the task, 41, is also that of the whole array.
  assertEquals(requeued(folder), "requeue 41_4\n");
});

Deno.test("a task that is out of time ends its command and is requeued", async () => {
  using folder = createFolder();
  const line = 'kill -TERM "$PPID"; exec sleep 20';
  const { code, err } = await runTask(folder, line);
  assertEquals(code, 143);
  assertStringIncludes(err, "out of time");
  assertEquals(requeued(folder), "requeue 41_4\n");
});

Deno.test("a task that finishes when its time is out is not requeued", async () => {
  using folder = createFolder();
  const line = 'trap "exit 0" TERM; kill -TERM "$PPID"; sleep 1';
  assertEquals((await runTask(folder, line)).code, 0);
  assertEquals(requeued(folder), "");
});

Deno.test("a task is not requeued after success, wrong usage, cancellation or many restarts", async () => {
  using folder = createFolder();
  const cases: [number, string, Readonly<Record<string, string>>][] = [
    [0, 'echo "$@" > said', {}],
    [2, "exit 2", {}],
    [137, "kill -9 $$", { STATE: "COMPLETING" }],
    [137, "kill -9 $$", { SLURM_RESTART_COUNT: "10" }],
  ];
  for (const [expected, line, env] of cases) {
    assertEquals((await runTask(folder, line, env)).code, expected);
  }
  assertEquals(requeued(folder), "");
  assertEquals(
    Deno.readTextFileSync(`${folder.path}/said`),
    "--shard 5/5 --workers 1\n",
  );
});
