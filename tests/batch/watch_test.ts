import { assert, assertEquals } from "@std/assert";
import {
  type FolderScan,
  scanFolders,
  type WatchEnvironment,
  watchFolders,
  type WatchFoldersOptions,
} from "../../lib/batch/watch.ts";
import type { FileVersion } from "../../lib/io/file_version.ts";
import { temporaryFolder } from "../tiny.ts";

/** The sizes of the files from some millisecond on; a text is the reason why the folder is unreadable. */
type Script = readonly (readonly [
  from: number,
  disk: Readonly<Record<string, number>> | string,
])[];

interface FakeEnvironment extends WatchEnvironment {
  /** The times of the scans. */
  readonly scans: number[];
}

/**
 * Creates a disk that follows a script, with a clock that advances only during waits
 * and, by `cost`, during scans.
 */
function createFakeEnvironment(
  script: Script,
  { until, stop, events = false, cost = 0 }: {
    until: number;
    stop: AbortController;
    events?: boolean;
    cost?: number;
  },
): FakeEnvironment {
  let clock = 0;
  const scans: number[] = [];
  return {
    scans,
    now: () => clock,
    scan() {
      clock += cost;
      scans.push(clock);
      const disk = script.findLast(([from]) => from <= clock)?.[1] ?? {};
      const result: FolderScan = typeof disk === "string"
        ? { files: new Map(), unreadable: new Map([["night", disk]]) }
        : {
          files: new Map<string, FileVersion>(
            Object.entries(disk).map((
              [path, size],
            ) => [path, { size, modified: 0 }]),
          ),
          unreadable: new Map(),
        };
      return Promise.resolve(result);
    },
    wait(min, max) {
      assert(min > 0 && max >= min, `waits ${min} to ${max}`);
      const event = events
        ? script.find(([from]) => from > clock)?.[0] ?? Infinity
        : Infinity;
      clock = Math.max(clock + min, Math.min(clock + max, event));
      if (clock >= until) stop.abort();
      return Promise.resolve();
    },
    [Symbol.dispose]() {},
  };
}

/** Runs a script to its end; returns what was yielded when, the notices and the scans. */
async function runScript(
  script: Script,
  options: WatchFoldersOptions & {
    until?: number;
    events?: boolean;
    cost?: number;
  } = {},
) {
  const { until = 20_000, events, cost, ...rest } = options;
  const stop = new AbortController();
  const environment = createFakeEnvironment(script, {
    ...{ until, stop, events, cost },
  });
  const files: [number, string, number | null][] = [];
  const notices: string[] = [];
  const stream = watchFolders(["night"], {
    ...rest,
    stop: stop.signal,
    environment,
    notice: (message) => notices.push(message),
  });
  for await (const { path, size } of stream) {
    files.push([environment.now(), path, size]);
  }
  return { files, notices, scans: environment.scans };
}

Deno.test("without events, new files are yielded two seconds after their last change", async () => {
  const { files, scans } = await runScript([
    [0, { old: 9 }],
    [1500, { old: 9, new: 1 }],
    [2500, { old: 9, new: 2 }],
    [9500, { old: 9, new: 2, later: 7 }],
  ]);
  assertEquals(files, [[5000, "new", 2], [12000, "later", 7]]);
  assertEquals(scans.slice(0, 4), [0, 1000, 2000, 3000]);
});

Deno.test("events make the detection faster", async () => {
  const { files } = await runScript([[0, {}], [5300, { new: 1 }]], {
    poll: 60,
    events: true,
    until: 100_000,
  });
  assertEquals(files, [[7300, "new", 1]]);
});

Deno.test("a file that is being written at the start is new, and catchup yields all files", async () => {
  const script: Script = [[0, { a: 1, b: 1 }], [500, { a: 2, b: 1 }]];
  assertEquals((await runScript(script)).files, [[3000, "a", 2]]);
  assertEquals(
    (await runScript(script, { catchup: true })).files,
    [[2000, "b", 1], [3000, "a", 2]],
  );
});

Deno.test("a known file is yielded only if it has changed", async () => {
  const known = ["same", "grown", "gone"].map((path) => (
    { path, size: 1, modified: 0 }
  ));
  const script: Script = [[0, { same: 1, grown: 2, other: 1 }]];
  const paths = async (catchup: boolean) =>
    (await runScript(script, { known, catchup })).files.map(([, path]) => path);
  assertEquals(await paths(true), ["grown", "other"]);
  assertEquals(await paths(false), ["grown"]);
});

Deno.test("an unreadable folder is waited for, with one notice for each change", async () => {
  const { files, notices } = await runScript([
    [0, "it does not exist"],
    [5000, { a: 1 }],
    [10_000, "it cannot be read"],
    [12_000, { a: 1 }],
  ], { catchup: true });
  assertEquals(files, [[7000, "a", 1]]);
  assertEquals(notices, [
    "waiting for night: it does not exist",
    "night is readable now",
    "waiting for night: it cannot be read",
    "night is readable now",
  ]);
});

Deno.test("scans take at most a tenth of the time", async () => {
  const { scans } = await runScript([[0, {}]], { cost: 1000, until: 60_000 });
  assertEquals(scans, [1000, 11_000, 21_000, 31_000, 41_000, 51_000]);
});

Deno.test("the stop signal ends the stream at once", async () => {
  const stop = new AbortController();
  const environment = createFakeEnvironment([[0, { a: 1, b: 1, c: 1 }]], {
    until: 1e9,
    stop,
  });
  const files: string[] = [];
  const stream = watchFolders(["night"], {
    ...{ catchup: true, stop: stop.signal, environment },
  });
  for await (const { path } of stream) {
    files.push(path);
    if (path === "b") stop.abort();
  }
  assertEquals(files, ["a", "b"]);
});

Deno.test({
  name: "on a real disk: new folders, temporary names, renames, other files",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const at = (name: string) => `${folder.path}/${name}`;
    const stop = new AbortController();
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const stream = watchFolders([folder.path, at("absent")], {
      settle: 0.2,
      poll: 0.05,
      stop: stop.signal,
      ready: () => resolve(),
    });
    const readNext = async () => (await stream.next()).value?.path;
    const first = readNext();
    await ready;
    Deno.writeTextFileSync(at("a.fits.part"), "a");
    Deno.writeTextFileSync(at(".b.fits"), "b");
    Deno.writeTextFileSync(at("notes.txt"), "c");
    Deno.symlinkSync("nowhere.fits", at("broken.fits"));
    Deno.mkdirSync(at("new/deep"), { recursive: true });
    Deno.writeTextFileSync(at("new/deep/d.FIT.gz"), "d");
    Deno.mkdirSync(at("absent"));
    Deno.writeTextFileSync(at("absent/e.fts"), "e");
    assertEquals(
      new Set([await first, await readNext()]),
      new Set([at("new/deep/d.FIT.gz"), at("absent/e.fts")]),
    );
    Deno.renameSync(at("a.fits.part"), at("a.fits"));
    assertEquals(await readNext(), at("a.fits"));
    const last = readNext();
    stop.abort();
    assertEquals(await last, undefined);
  },
});

Deno.test({
  name: "a scan leaves out a named pipe, which could never be read to its end",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const at = (name: string) => `${folder.path}/${name}`;
    await new Deno.Command("mkfifo", { args: [at("pipe.fits")] }).output();
    Deno.writeTextFileSync(at("a.fits"), "SIMPLE");
    const { files, unreadable } = await scanFolders([
      ...[folder.path, at("absent")],
    ]);
    assertEquals([...files.keys()], [at("a.fits")]);
    assertEquals([...unreadable], [[at("absent"), "it does not exist"]]);
  },
});
