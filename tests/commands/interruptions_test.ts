/** How runs end on full disks, closed pipes and signals. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { type Ended, spit, spitCommand, startSpit } from "./spit.ts";

const ON_TINY = ["--model", TINY, "--device", "cpu"];
const FORMATS = ["table", "csv", "fitsort", "ndjson", "json"];
const ON_WINDOWS = Deno.build.os === "windows";
const ON_LINUX = Deno.build.os === "linux";

/** A folder with a frame, an empty file, and a list of more rows than fit into a pipe. */
function makeFrames(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  const bytes = fitsOf([evenPlane()], { OBSTYPE: "BIAS" });
  Deno.writeFileSync(`${folder.path}/a.fits`, bytes);
  Deno.writeFileSync(`${folder.path}/b.fits`, new Uint8Array(0));
  const long = "a.fits\n".repeat(20) + "b.fits\n".repeat(3000);
  Deno.writeTextFileSync(`${folder.path}/list`, long);
  return folder;
}

/** Runs a shell command in which `"$@"` is `spit` with the tiny network. */
async function shell(line: string, folder: string): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line, "sh", ...spitCommand(folder), ...ON_TINY],
    cwd: folder,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Waits until a folder has a hidden file that is not empty; returns its name. */
async function halfWritten(folder: string): Promise<string> {
  while (true) {
    const part = namesIn(folder).find((name) => name.endsWith(".part"));
    if (part && Deno.statSync(`${folder}/${part}`).size > 0) return part;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Whether this user may mount file systems. */
const CAN_MOUNT = ON_LINUX && await canMount();

async function canMount(): Promise<boolean> {
  using folder = temporaryFolder();
  const line = "unshare -rm mount -t tmpfs none . 2>/dev/null";
  return (await shell(line, folder.path)).code === 0;
}

Deno.test({
  name: "a full disk under standard output ends the run with one error line",
  ignore: !ON_LINUX,
  async fn() {
    using folder = makeFrames();
    for (const format of FORMATS) {
      const line = `"$@" -q --format ${format} a.fits b.fits >/dev/full`;
      const { code, err } = await shell(line, folder.path);
      assertEquals(code, 2, format);
      assertMatch(
        err,
        /^error: .*annot write .*standard output.*: No space .*\n$/,
      );
    }
  },
});

Deno.test({
  name:
    "a disk that fills up under -o ends the run, and the incomplete file is removed",
  ignore: !CAN_MOUNT,
  async fn() {
    using folder = makeFrames();
    Deno.mkdirSync(`${folder.path}/disk`);
    for (const format of ["csv", "ndjson"]) {
      const { out, err } = await shell(
        "unshare -rm sh -c 'mount -t tmpfs -o size=64k none disk; " +
          `"$@" -q --format ${format} @list -o disk/night; ` +
          `echo $?; ls -A disk' sh "$@"`,
        folder.path,
      );
      assertEquals(out, "2\n", format);
      assertMatch(err, /^error: .*annot write disk\/night: No space .*\n$/);
    }
  },
});

Deno.test({
  name: "a read-only output folder is reported",
  ignore: !CAN_MOUNT,
  async fn() {
    using folder = makeFrames();
    Deno.mkdirSync(`${folder.path}/disk`);
    const { code, out, err } = await shell(
      "unshare -rm sh -c 'mount -t tmpfs -o ro none disk; " +
        `"$@" -q a.fits -o disk/night.csv' sh "$@"`,
      folder.path,
    );
    assertEquals([code, out], [2, ""]);
    assertMatch(err, /^error: .*annot write disk\/night\.csv: Read-only .*\n$/);
  },
});

Deno.test({
  name: "an output folder that is removed ends the run with an error",
  ignore: ON_WINDOWS,
  async fn() {
    using folder = makeFrames();
    const out = `${folder.path}/out`;
    Deno.mkdirSync(out);
    const args = [...ON_TINY, "-q", "@list", "-o", "out/night.csv"];
    const child = startSpit(args, folder.path);
    await halfWritten(out);
    Deno.removeSync(out, { recursive: true });
    await child.stdin.close();
    const { code, stderr } = await child.output();
    assertEquals(code, 2);
    assertMatch(
      new TextDecoder().decode(stderr),
      /^error: .*annot write out\/night\.csv: No such file.*\n$/,
    );
    assertEquals(namesIn(folder.path), ["a.fits", "b.fits", "list"]);
  },
});

Deno.test("a frame that is removed during a run is a row with an error", async () => {
  using folder = makeFrames();
  Deno.copyFileSync(`${folder.path}/a.fits`, `${folder.path}/late.fits`);
  const list = Deno.readTextFileSync(`${folder.path}/list`);
  Deno.writeTextFileSync(`${folder.path}/list`, list + "late.fits\na.fits\n");
  const args = [...ON_TINY, "-q", "--format", "ndjson", "@list"];
  const child = startSpit(args, folder.path);
  await child.stdin.close();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;
  Deno.removeSync(`${folder.path}/late.fits`);
  for (let next = await reader.read(); !next.done;) {
    text += next.value;
    next = await reader.read();
  }
  const rows = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals([rows.length, (await child.status).code], [3022, 0]);
  const [late, last] = rows.slice(-2);
  assertEquals([late.file, late.error.code], ["late.fits", "not_found"]);
  assertEquals([last.file, last.type], ["a.fits", "bias"]);
  await child.stderr.cancel();
});

Deno.test({
  name: "in every format a closed pipe ends the run without an error",
  ignore: ON_WINDOWS,
  async fn() {
    using folder = makeFrames();
    for (const format of FORMATS) {
      const line = `{ "$@" -q --format ${format} @list; echo $? >&2; }`;
      const { out, err } = await shell(`${line} | head -n 1`, folder.path);
      assertEquals([out.split("\n").length, err], [2, "0\n"], format);
    }
  },
});

Deno.test({
  name: "notices on a full disk or a closed standard error cost no row",
  ignore: !ON_LINUX,
  async fn() {
    using folder = makeFrames();
    for (const to of ["/dev/full", "&-"]) {
      const line = `"$@" --format ndjson a.fits b.fits 2>${to}`;
      const { code, out } = await shell(line, folder.path);
      assertEquals([code, out.split("\n").length], [0, 3], to);
    }
  },
});

Deno.test({
  name:
    "a closed standard input does not matter, unless paths are read from it",
  ignore: ON_WINDOWS,
  async fn() {
    using folder = makeFrames();
    const typed = await shell('"$@" -q a.fits <&-', folder.path);
    assertEquals([typed.code, typed.err], [0, ""]);
    const none = await shell('"$@" -q - <&-', folder.path);
    assertEquals([none.code, none.out], [2, ""]);
    assertMatch(none.err, /^error: no frames to classify/);
  },
});

Deno.test({
  name:
    "SIGTERM and Ctrl-C end a run with 143 and 130 and leave no incomplete report",
  ignore: ON_WINDOWS,
  async fn() {
    using folder = makeFrames();
    const before = namesIn(folder.path);
    const args = [...ON_TINY, "-q", "--format", "ndjson", "@list"];
    for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
      const toFile = startSpit([...args, "-o", "n.ndjson"], folder.path);
      await toFile.stdin.close();
      await halfWritten(folder.path);
      toFile.kill(signal);
      assertEquals((await toFile.output()).code, code);
      assertEquals(namesIn(folder.path), before);

      const toPipe = startSpit(args, folder.path);
      await toPipe.stdin.close();
      const reader = toPipe.stdout.getReader();
      const { value } = await reader.read();
      toPipe.kill(signal);
      assertEquals((await toPipe.status).code, code);
      const [row] = new TextDecoder().decode(value).split("\n");
      assertEquals(JSON.parse(row!).file, "a.fits");
      await Promise.all([reader.cancel(), toPipe.stderr.cancel()]);
    }
  },
});

Deno.test({
  name:
    "a killed run leaves no incomplete report, and does not disturb the next run",
  ignore: ON_WINDOWS,
  async fn() {
    using folder = makeFrames();
    const args = [...ON_TINY, "-q", "@list", "--format", "csv"];
    const toFile = [...args, "-o", "n.csv"];
    const child = startSpit(toFile, folder.path);
    await child.stdin.close();
    const left = await halfWritten(folder.path);
    child.kill("SIGKILL");
    await child.output();
    assertEquals(namesIn(folder.path), [left, "a.fits", "b.fits", "list"]);
    assert(left.startsWith(".n.csv."));

    const again = await spit(toFile, folder.path);
    assertEquals([again.code, again.err], [0, ""]);
    const rows = Deno.readTextFileSync(`${folder.path}/n.csv`).split("\n");
    assertEquals(rows.length, 3022);
  },
});

/** Every command that writes files, without the folder `disk` of its output. */
const WRITING: readonly (readonly string[])[] = [
  ["report", ...ON_TINY, "a.fits", "b.fits", "-o", "disk/n.html"],
  ["audit", ...ON_TINY, "a.fits", "b.fits", "-o", "disk/audit"],
  [
    ...[...ON_TINY, "a.fits", "b.fits", "--format", "pypeit"],
    ...["--spectrograph", "no_such_spectrograph", "-o", "disk/redux"],
  ],
  ["run", ...ON_TINY, "a.fits", "b.fits", "--out", "disk/rows"],
  ["simulate", "disk/night", "--count", "1"],
  ["dataset", "disk/shards", "--simulated", "1"],
  ["watch", ".", ...ON_TINY, "--catchup", "--append", "disk/rows.ndjson"],
  ["review", ".", ...ON_TINY, "--labels", "disk/labels.csv"],
];

/**
 * Runs commands with `disk` and `/dev/shm` mounted as a memory file system with these
 * options.
 */
async function runOnDisk(
  options: string,
  commands: readonly (readonly string[])[],
): Promise<(Ended & { args: readonly string[] })[]> {
  using folder = makeFrames();
  Deno.mkdirSync(`${folder.path}/disk`);
  const results = [];
  for (const args of commands) {
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["-rm", "sh", "-c"],
        `mount -t tmpfs -o ${options} none disk && ` +
        "mount --bind disk /dev/shm && " +
        '{ head -c 9999 /dev/zero > disk/full; } 2> /dev/null; exec timeout 60 "$@"',
        ...["sh", ...spitCommand(folder.path), ...args],
      ],
      cwd: folder.path,
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    results.push({ args, code, out: text(stdout), err: text(stderr) });
  }
  return results;
}

Deno.test({
  name: "every command that writes reports a full disk in one line",
  ignore: !CAN_MOUNT,
  async fn() {
    // Review needs the disk for labels only, and a label is refused there.
    const commands = WRITING.filter(([command]) => command !== "review");
    for (const { args, code, err } of await runOnDisk("size=4k", commands)) {
      assertEquals(code, 2, `${args}: ${err}`);
      assertMatch(err, /^error: .*No space .*$/m, args[0]);
      assertEquals(/^ {4}at /m.test(err), false, err);
    }
    // The network and the workers need no room in /dev/shm.
    const [answered] = await runOnDisk("size=4k", [
      [...ON_TINY, "-q", "--format", "ndjson", "a.fits", "b.fits"],
    ]);
    const { code, out, err } = answered!;
    assertEquals([code, err, out.trimEnd().split("\n").length], [0, "", 2]);
  },
});

Deno.test({
  name:
    "every command that writes reports a read-only disk in one line, at the start",
  ignore: !CAN_MOUNT,
  async fn() {
    for (const { args, code, out, err } of await runOnDisk("ro", WRITING)) {
      assertEquals([code, out], [2, ""], `${args}: ${err}`);
      assertMatch(err, /^error: .*Read-only .*$/m, args[0]);
      assertEquals(/^ {4}at /m.test(err), false, err);
    }
  },
});

Deno.test({
  name: "a process that may open few files uses fewer workers",
  ignore: ON_WINDOWS,
  async fn() {
    using folder = makeFrames();
    const line = 'ulimit -n 64; "$@" -q --workers 8 --format ndjson @list';
    const { code, out, err } = await shell(line, folder.path);
    assertEquals([code, err, out.trimEnd().split("\n").length], [0, "", 3020]);
  },
});
