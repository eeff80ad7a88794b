import {
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import {
  type FailedInputs,
  type FileInputs,
  readInputs,
  type ReadInputsOptions,
} from "../../lib/classify/inputs.ts";
import {
  readInputsAhead,
  startReaderWorker,
} from "../../lib/classify/reader_pool.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";
import type { InputOptions } from "../../lib/preprocess/preprocess.ts";
import { simulateNight } from "../../lib/simulate/simulate_night.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/fits", import.meta.url));
const FAULTY = new URL("./faulty_worker.ts", import.meta.url);

const FOUR_FLIPS: InputOptions = { flips: 4, features: false };
const ONE_FLIP: InputOptions = { flips: 1, features: true };

/** Starts workers and counts those that were started, are or were ready, and have not exited. */
function countWorkers(module?: URL) {
  const count = { started: 0, ready: 0, alive: 0 };
  const startWorker = (options: ReadInputsOptions) => {
    count.started++;
    count.alive++;
    const worker = startReaderWorker(options, module);
    worker.once("message", () => count.ready++);
    return worker.once("exit", () => count.alive--);
  };
  return { count, startWorker };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((done) => setTimeout(done, 5));
}

/** Writes frames of many sizes, damaged frames and other files. */
function writeMixedFiles(folder: string): string[] {
  const files: Record<string, Uint8Array> = {};
  const even = fitsOf([evenPlane()], { OBSTYPE: "BIAS" });
  files["large.fits"] = fitsOf([lopsidedPlane(2000, 1500)]);
  files["even.fits"] = even;
  files["cut.fits"] = even.subarray(0, 9000);
  files["text.fits"] = new TextEncoder().encode("SIMPLE as that");
  files["empty.fits"] = new Uint8Array(0);
  files["chips.fits"] = fitsOf([evenPlane(), lopsidedPlane(), evenPlane()]);
  files["half.fits"] = fitsOf([evenPlane(), evenPlane()])
    .subarray(0, 500_000);
  for (const { name, cards, plane } of simulateNight({ seed: 5, count: 3 })) {
    files[`${name}.fits`] = encodeFits([{ cards, plane }]);
  }
  for (const [name, bytes] of Object.entries(files)) {
    Deno.writeFileSync(`${folder}/${name}`, bytes);
  }
  const fixtures = [...Deno.readDirSync(FIXTURES)].map(({ name }) => name);
  return [
    ...Object.keys(files).map((name) => `${folder}/${name}`),
    `${folder}/absent.fits`,
    folder,
    ...fixtures.sort().map((name) => `${FIXTURES}/${name}`),
  ];
}

/** Replaces flips by their hash and errors by their fields, which compare faster. */
function summarize(file: FileInputs | FailedInputs) {
  if (file.error === null) {
    const hdus = file.hdus.map(({ flips, ...hdu }) => ({
      ...hdu,
      flips: createHash("sha256").update(flips).digest("hex"),
      length: flips.length,
    }));
    return { ...file, hdus };
  }
  const { code, description, hdu, card, byte, message } = file.error;
  const error = { code, description, hdu, card, byte, message };
  return { ...file, error };
}

Deno.test("the files and their order do not depend on the number of workers", async () => {
  using folder = temporaryFolder();
  const paths = writeMixedFiles(folder.path);
  for (const options of [FOUR_FLIPS, ONE_FLIP]) {
    const alone: unknown[] = [];
    for (const path of paths) {
      alone.push(summarize(await readInputs(path, options)));
    }
    for (const workers of [0, 1, 3]) {
      const { count, startWorker } = countWorkers();
      const twice = async function* () {
        yield* paths;
        await until(() => count.ready === workers);
        yield* paths;
      };
      const read: unknown[] = [];
      const readers = { workers, startWorker };
      for await (const file of readInputsAhead(twice(), options, readers)) {
        read.push(summarize(file));
      }
      assertEquals(read, [...alone, ...alone]);
      assertEquals([count.started, count.alive], [workers, 0]);
    }
  }
});

Deno.test("the options reach the workers", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/two.fits`;
  Deno.writeFileSync(path, fitsOf([evenPlane(), lopsidedPlane()]));
  const paths = Array.from({ length: 40 }, () => path);
  const second = { ...ONE_FLIP, hdu: 1, preview: true };
  const readers = { workers: 2 };
  for await (const file of readInputsAhead(paths, second, readers)) {
    const hdus = file.error === null ? file.hdus : [];
    assertEquals(hdus.map(({ hdu }) => hdu), [1]);
    assertEquals(hdus.map(({ preview }) => preview?.width), [700]);
  }
  const small = { ...ONE_FLIP, maxBytes: 1000 };
  for await (const file of readInputsAhead(paths, small, readers)) {
    assertEquals(file.error?.code, "too_large");
  }
  const rules = [
    parseRules("frames : BITPIX ~ *\nflat : NAXIS1 > 0", "my.rules"),
  ];
  for await (
    const file of readInputsAhead(paths, { ...ONE_FLIP, rules }, readers)
  ) {
    assertEquals(file.header?.type, "flat");
  }
});

Deno.test("one file starts no worker", async () => {
  const { count, startWorker } = countWorkers();
  const readers = { workers: 4, startWorker };
  for await (const file of readInputsAhead(["a.fits"], ONE_FLIP, readers)) {
    assertEquals(file.error?.code, "not_found");
  }
  assertEquals(count.started, 0);
});

for (const workers of [0, 1, 3]) {
  Deno.test(`with ${workers} workers a bounded number of files is requested ahead`, async () => {
    let requested = 0;
    let given = 0;
    function* paths() {
      while (requested < 60) yield `${requested++}.fits`;
    }
    const readers = { workers };
    for await (const _ of readInputsAhead(paths(), ONE_FLIP, readers)) {
      given++;
      await new Promise((done) => setTimeout(done, given < 20 ? 5 : 0));
      const ahead = requested - given;
      const most = Math.max(1, 4 * workers);
      assertEquals(ahead <= most, true, `${ahead} files ahead`);
    }
    assertEquals(given, 60);
  });
}

Deno.test("the first file is given before a worker starts and the next path is taken", async () => {
  const { count, startWorker } = countWorkers();
  let requested = 0;
  function* paths() {
    while (requested < 40) yield `${requested++}.fits`;
  }
  const readers = { workers: 2, startWorker };
  const started: number[] = [];
  for await (const { path } of readInputsAhead(paths(), ONE_FLIP, readers)) {
    started.push(count.started);
    if (path === "0.fits") assertEquals(requested, 1);
  }
  assertEquals([started[0], started[1], started.length], [0, 2, 40]);
});

/** A worker that creates a million values, of which it keeps some for a while. */
const WASTEFUL = new URL(
  "data:text/javascript," + encodeURIComponent(`
    import { getHeapSpaceStatistics } from "node:v8";
    import { parentPort } from "node:worker_threads";
    let kept = [];
    for (let k = 0; k < 1_000_000; k++) {
      kept.push({ k });
      if (kept.length > 100_000) kept = [];
    }
    const young = getHeapSpaceStatistics()
      .find((space) => space.space_name === "new_space");
    parentPort.postMessage(young.space_size);
  `),
);

Deno.test("the short-lived values of a worker take a few megabytes", async () => {
  const worker = startReaderWorker(ONE_FLIP, WASTEFUL);
  const { promise, resolve } = Promise.withResolvers<number>();
  worker.once("message", resolve);
  const size = await promise;
  await worker.terminate();
  assertLess(size, 6e6);
});

Deno.test("leaving the loop early ends the workers and the source", async () => {
  using folder = temporaryFolder();
  const large = `${folder.path}/large.fits`;
  Deno.writeFileSync(large, fitsOf([lopsidedPlane(4000, 2000)]));
  for (const before of [2, 30]) {
    const { count, startWorker } = countWorkers();
    let ended = false;
    let waiting = false;
    const night = async function* () {
      try {
        for (let k = 0; k < 30; k++) yield "first.fits";
        yield* [large, large, large];
        waiting = true;
        await new Promise(() => {}); // the next frame never arrives
      } finally {
        ended = true;
      }
    };
    const readers = { workers: 2, startWorker };
    let given = 0;
    for await (const _ of readInputsAhead(night(), ONE_FLIP, readers)) {
      if (++given === before) {
        await until(() => count.ready === 2);
        // The workers have the large files by then.
        if (before === 30) await until(() => waiting);
        break;
      }
    }
    assertEquals(
      [count.started, count.alive, ended],
      [2, 0, before === 2],
    );
  }
});

Deno.test("an error of the source is thrown after the files before it", async () => {
  async function* paths() {
    yield* ["a.fits", "b.fits", "c.fits"];
    await Promise.resolve();
    throw new Error("the archive is gone");
  }
  const { count, startWorker } = countWorkers();
  const readers = { workers: 2, startWorker };
  const given: string[] = [];
  await assertRejects(
    async () => {
      for await (
        const { path } of readInputsAhead(paths(), ONE_FLIP, readers)
      ) {
        await new Promise((done) => setTimeout(done, 5));
        given.push(path);
      }
    },
    Error,
    "the archive is gone",
  );
  assertEquals([given.length, count.alive], [3, 0]);
});

Deno.test("a worker that exits costs one file; the others are read", async () => {
  using folder = temporaryFolder();
  const even = `${folder.path}/even.fits`;
  const deadly = `${folder.path}/deadly.fits`;
  for (const path of [even, deadly]) {
    Deno.writeFileSync(path, fitsOf([evenPlane()]));
  }
  const { count, startWorker } = countWorkers(FAULTY);
  async function* paths() {
    for (let k = 0; k < 10; k++) yield even;
    // This thread would read the files before a worker is ready.
    await until(() => count.ready === 2);
    for (let k = 0; k < 3; k++) yield* [deadly, even, even, even];
  }
  const read: unknown[] = [];
  const readers = { workers: 2, startWorker };
  for await (
    const { path, error } of readInputsAhead(paths(), ONE_FLIP, readers)
  ) {
    read.push([path, error?.code]);
    if (path === deadly) {
      assertMatch(error!.message, /^cannot read the file: the worker .* ended/);
    }
  }
  const good = [even, undefined];
  const part = [[deadly, "worker_lost"], good, good, good];
  assertEquals(read.slice(10), [...part, ...part, ...part]);
  assertEquals([count.started > 2, count.alive], [true, 0]);
});

for (
  const [name, fault] of [
    ["slow.fits", "exceeds the time limit"],
    ["greedy.fits", "exceeds its memory"],
  ] as const
) {
  Deno.test(`a worker that ${fault} is terminated and costs one file`, async () => {
    using folder = temporaryFolder();
    const even = `${folder.path}/even.fits`;
    const bad = `${folder.path}/${name}`;
    for (const path of [even, bad]) {
      Deno.writeFileSync(path, fitsOf([evenPlane()]));
    }
    const { count, startWorker } = countWorkers(FAULTY);
    async function* paths() {
      for (let k = 0; k < 10; k++) yield even;
      await until(() => count.ready === 2);
      yield* [bad, even, even];
    }
    const read: unknown[] = [];
    const readers = { workers: 2, startWorker, timeout: 2 };
    const files = readInputsAhead(paths(), ONE_FLIP, readers);
    for await (const { path, error } of files) read.push([path, error?.code]);
    const good = [even, undefined];
    assertEquals(read.slice(10), [[bad, "timeout"], good, good]);
    await until(() => count.alive === 0);
  });
}

Deno.test("an abandoned loop does not keep the process alive", async () => {
  const module = new URL("../../lib/classify/reader_pool.ts", import.meta.url);
  const script = `
    import { readInputsAhead } from ${JSON.stringify(module.href)};
    const options = { flips: 4, features: false };
    const paths = Array.from({ length: 50 }, () => "absent.fits");
    const files = readInputsAhead(paths, options, { workers: 2 });
    for (let k = 0; k < 5; k++) await files.next();
    await new Promise((done) => setTimeout(done, 300));
    console.log((await files.next()).value.error.code);
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", script],
    signal: AbortSignal.timeout(20_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([code, text(stdout), text(stderr)], [0, "not_found\n", ""]);
});
