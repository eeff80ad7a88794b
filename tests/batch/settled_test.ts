import { assert, assertEquals } from "@std/assert";
import type { Listing } from "../../lib/batch/list_stamps.ts";
import { settledFiles, type SettledOptions } from "../../lib/batch/settled.ts";
import type { Stamp } from "../../lib/batch/settling.ts";
import type { Surroundings } from "../../lib/batch/surroundings.ts";
import { temporaryFolder } from "../tiny.ts";

/** What the disk holds from some millisecond on; a text says that it is closed. */
type Script = readonly (readonly [
  from: number,
  disk: Readonly<Record<string, number>> | string,
])[];

interface FakeWorld extends Surroundings {
  readonly looks: number[];
}

/** A disk after a script, on a clock that goes on only while the stream waits. */
function fakeWorld(
  script: Script,
  { until, stop, events = false, cost = 0 }: {
    until: number;
    stop: AbortController;
    events?: boolean;
    cost?: number;
  },
): FakeWorld {
  let clock = 0;
  const looks: number[] = [];
  return {
    looks,
    now: () => clock,
    list() {
      clock += cost;
      looks.push(clock);
      const disk = script.findLast(([from]) => from <= clock)?.[1] ?? {};
      const listing: Listing = typeof disk === "string"
        ? { files: new Map(), closed: new Map([["night", disk]]) }
        : {
          files: new Map<string, Stamp>(
            Object.entries(disk).map((
              [path, size],
            ) => [path, { size, modified: 0 }]),
          ),
          closed: new Map(),
        };
      return Promise.resolve(listing);
    },
    wait(least, most) {
      assert(least > 0 && most >= least, `waits ${least} to ${most}`);
      const event = events
        ? script.find(([from]) => from > clock)?.[0] ?? Infinity
        : Infinity;
      clock = Math.max(clock + least, Math.min(clock + most, event));
      if (clock >= until) stop.abort();
      return Promise.resolve();
    },
    [Symbol.dispose]() {},
  };
}

/** Runs a script to its end: what is given when, what is told. */
async function follow(
  script: Script,
  options: SettledOptions & {
    until?: number;
    events?: boolean;
    cost?: number;
  } = {},
) {
  const { until = 20_000, events, cost, ...rest } = options;
  const stop = new AbortController();
  const world = fakeWorld(script, { until, stop, events, cost });
  const given: [number, string, number][] = [];
  const told: string[] = [];
  const stream = settledFiles(["night"], {
    ...rest,
    stop: stop.signal,
    surroundings: world,
    notice: (message) => told.push(message),
  });
  for await (const { path, size } of stream) {
    given.push([world.now(), path, size]);
  }
  return { given, told, looks: world.looks };
}

Deno.test("only what comes after the start, two seconds after its last byte, by looking alone", async () => {
  const { given, looks } = await follow([
    [0, { old: 9 }],
    [1500, { old: 9, new: 1 }],
    [2500, { old: 9, new: 2 }],
    [9500, { old: 9, new: 2, later: 7 }],
  ]);
  assertEquals(given, [[5000, "new", 2], [12000, "later", 7]]);
  assertEquals(looks.slice(0, 4), [0, 1000, 2000, 3000]);
});

Deno.test("with events it waits no longer than need be", async () => {
  const { given } = await follow([[0, {}], [5300, { new: 1 }]], {
    poll: 60,
    events: true,
    until: 100_000,
  });
  assertEquals(given, [[7300, "new", 1]]);
});

Deno.test("a file that is being written at the start is new; catchup gives all", async () => {
  const script: Script = [[0, { a: 1, b: 1 }], [500, { a: 2, b: 1 }]];
  assertEquals((await follow(script)).given, [[3000, "a", 2]]);
  assertEquals(
    (await follow(script, { catchup: true })).given,
    [[2000, "b", 1], [3000, "a", 2]],
  );
});

Deno.test("what is known is not given again unless it has changed", async () => {
  const known = ["same", "grown", "gone"].map((path) => (
    { path, size: 1, modified: 0 }
  ));
  const script: Script = [[0, { same: 1, grown: 2, other: 1 }]];
  const paths = async (catchup: boolean) =>
    (await follow(script, { known, catchup })).given.map(([, path]) => path);
  assertEquals(await paths(true), ["grown", "other"]);
  assertEquals(await paths(false), ["grown"]);
});

Deno.test("a folder that comes later is waited for, and told of once", async () => {
  const { given, told } = await follow([
    [0, "it is not there"],
    [5000, { a: 1 }],
    [10_000, "it cannot be read"],
    [12_000, { a: 1 }],
  ], { catchup: true });
  assertEquals(given, [[7000, "a", 1]]);
  assertEquals(told, [
    "waiting for night: it is not there",
    "night can be looked into",
    "waiting for night: it cannot be read",
    "night can be looked into",
  ]);
});

Deno.test("a slow disk is left alone for nine tenths of the time", async () => {
  const { looks } = await follow([[0, {}]], { cost: 1000, until: 60_000 });
  assertEquals(looks, [1000, 11_000, 21_000, 31_000, 41_000, 51_000]);
});

Deno.test("a stop leaves what is still to be given", async () => {
  const stop = new AbortController();
  const world = fakeWorld([[0, { a: 1, b: 1, c: 1 }]], { until: 1e9, stop });
  const given: string[] = [];
  const stream = settledFiles(["night"], {
    catchup: true,
    stop: stop.signal,
    surroundings: world,
  });
  for await (const { path } of stream) {
    given.push(path);
    if (path === "b") stop.abort();
  }
  assertEquals(given, ["a", "b"]);
});

Deno.test({
  name:
    "on a real disk: new folders, passing names, renames into place, what is no file",
  ignore: Deno.build.os === "windows",
  fn: realDisk,
});

async function realDisk() {
  using folder = temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const stop = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const given: string[] = [];
  const stream = settledFiles([folder.path, at("absent")], {
    settle: 0.2,
    poll: 0.05,
    stop: stop.signal,
    ready: () => resolve(),
  });
  const done = (async () => {
    for await (const { path } of stream) given.push(path);
  })();
  await ready;
  Deno.writeTextFileSync(at("a.fits.part"), "a");
  Deno.writeTextFileSync(at(".b.fits"), "b");
  Deno.writeTextFileSync(at("notes.txt"), "c");
  Deno.mkdirSync(at("new/deep"), { recursive: true });
  Deno.writeTextFileSync(at("new/deep/d.FIT.gz"), "d");
  Deno.mkdirSync(at("absent"));
  Deno.writeTextFileSync(at("absent/e.fts"), "e");
  Deno.symlinkSync("nowhere.fits", at("broken.fits"));
  await new Promise((later) => setTimeout(later, 500));
  Deno.renameSync(at("a.fits.part"), at("a.fits"));
  await new Promise((later) => setTimeout(later, 500));
  stop.abort();
  await done;
  assertEquals(
    new Set(given),
    new Set([at("new/deep/d.FIT.gz"), at("absent/e.fts"), at("a.fits")]),
  );
  assertEquals(given.at(-1), at("a.fits"));
}
