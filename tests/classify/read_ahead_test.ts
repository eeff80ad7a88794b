import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import {
  type FileInputs,
  readFileInputs,
} from "../../lib/classify/file_inputs.ts";
import type { Wants } from "../../lib/classify/input_images.ts";
import { readAhead, startReadWorker } from "../../lib/classify/read_ahead.ts";
import type { ReadOrders } from "../../lib/classify/read_message.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";
import { FEATURES } from "../../lib/preprocess/features.ts";
import { simulateNight } from "../../lib/simulate/simulate_night.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/fits", import.meta.url));
const DEADLY = new URL("./deadly_worker.ts", import.meta.url);

const FLIPPED: Wants = { vote: { flips: 4, majority: 0.75 } };
const ALIKE: Wants = {
  vote: { ...FLIPPED.vote, flip_invariant: true },
  features: { name: "features", version: 1, length: FEATURES.length },
};

/** Starts workers, and knows how many, how many came up, and how many have not ended. */
function counted(module?: URL) {
  const count = { started: 0, up: 0, alive: 0 };
  const startWorker = (orders: ReadOrders) => {
    count.started++;
    count.alive++;
    const worker = startReadWorker(orders, module);
    worker.once("message", () => count.up++);
    return worker.once("exit", () => count.alive--);
  };
  return { count, startWorker };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 5));
}

/** Frames of many sizes, good and bad, and what is no frame at all. */
function mixedFiles(folder: string): string[] {
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

/** What can be compared, and fast: an error has a stack of its own. */
function plain(file: FileInputs) {
  if (file.error === null) {
    const flips = createHash("sha256").update(file.flips).digest("hex");
    return { ...file, flips, length: file.flips.length };
  }
  const { code, description, hdu, card, byte, message } = file.error;
  const error = { code, description, hdu, card, byte, message };
  return { ...file, error };
}

Deno.test("however many workers read, the files are the same, and in order", async () => {
  using folder = temporaryFolder();
  const paths = mixedFiles(folder.path);
  for (const wants of [FLIPPED, ALIKE]) {
    const alone: unknown[] = [];
    for (const path of paths) {
      alone.push(plain(await readFileInputs(path, wants)));
    }
    for (const workers of [0, 1, 2, 3]) {
      const { count, startWorker } = counted();
      const twice = async function* () {
        yield* paths;
        await until(() => count.up === workers);
        yield* paths;
      };
      const read: unknown[] = [];
      const readers = { workers, startWorker };
      for await (const file of readAhead(twice(), wants, {}, readers)) {
        read.push(plain(file));
      }
      assertEquals(read, [...alone, ...alone]);
      assertEquals([count.started, count.alive], [workers, 0]);
    }
  }
});

Deno.test("options reach the workers, whatever comes with them", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/two.fits`;
  Deno.writeFileSync(path, fitsOf([evenPlane(), lopsidedPlane()]));
  const paths = Array.from({ length: 40 }, () => path);
  const options = { hdu: 1, model: { run: () => {} } };
  const readers = { workers: 2 };
  for await (const file of readAhead(paths, ALIKE, options, readers)) {
    assertEquals(file.error === null && file.hdus, [1]);
  }
  const small = { maxBytes: 1000 };
  for await (const file of readAhead(paths, ALIKE, small, readers)) {
    assertEquals(file.error?.code, "too_large");
  }
  const rules = [
    parseRules("frames : BITPIX ~ *\nflat : NAXIS1 > 0", "my.rules"),
  ];
  for await (const file of readAhead(paths, ALIKE, { rules }, readers)) {
    assertEquals(file.header?.type, "flat");
  }
});

Deno.test("for one file no worker is started", async () => {
  const { count, startWorker } = counted();
  const readers = { workers: 4, startWorker };
  for await (const file of readAhead(["a.fits"], ALIKE, {}, readers)) {
    assertEquals(file.error?.code, "not_found");
  }
  assertEquals(count.started, 0);
});

for (const workers of [0, 1, 3]) {
  Deno.test(`with ${workers} workers a bounded number of files is read ahead`, async () => {
    let asked = 0;
    let given = 0;
    function* paths() {
      while (asked < 60) yield `${asked++}.fits`;
    }
    const readers = { workers };
    for await (const _ of readAhead(paths(), ALIKE, {}, readers)) {
      given++;
      await new Promise((done) => setTimeout(done, given < 20 ? 5 : 0));
      const ahead = asked - given;
      const most = Math.max(1, 4 * workers);
      assertEquals(ahead <= most, true, `${ahead} files ahead`);
    }
    assertEquals(given, 60);
  });
}

Deno.test("leaving early ends the workers, whatever the source and they are at", async () => {
  using folder = temporaryFolder();
  const large = `${folder.path}/large.fits`;
  Deno.writeFileSync(large, fitsOf([lopsidedPlane(4000, 2000)]));
  for (const before of [1, 30]) {
    const { count, startWorker } = counted();
    let ended = false;
    const night = async function* () {
      try {
        for (let k = 0; k < 30; k++) yield "first.fits";
        yield* [large, large, large];
        await new Promise(() => {}); // the next frame is never taken
      } finally {
        ended = true;
      }
    };
    const readers = { workers: 2, startWorker };
    let given = 0;
    for await (const _ of readAhead(night(), ALIKE, {}, readers)) {
      if (++given === before) {
        await until(() => count.up === 2);
        // Time for them to be at the large files.
        await new Promise((done) => setTimeout(done, 20));
        break;
      }
    }
    assertEquals(
      [count.started, count.alive, ended],
      [2, 0, before === 1],
    );
  }
});

Deno.test("a source of paths that fails is heard of, after the files before it", async () => {
  async function* paths() {
    yield* ["a.fits", "b.fits", "c.fits"];
    await Promise.resolve();
    throw new Error("the archive is gone");
  }
  const { count, startWorker } = counted();
  const readers = { workers: 2, startWorker };
  const given: string[] = [];
  await assertRejects(
    async () => {
      for await (const { path } of readAhead(paths(), ALIKE, {}, readers)) {
        await new Promise((done) => setTimeout(done, 5));
        given.push(path);
      }
    },
    Error,
    "the archive is gone",
  );
  assertEquals([given.length, count.alive], [3, 0]);
});

Deno.test("a worker that dies costs one file, which says so; the others are read", async () => {
  using folder = temporaryFolder();
  const even = `${folder.path}/even.fits`;
  const deadly = `${folder.path}/deadly.fits`;
  for (const path of [even, deadly]) {
    Deno.writeFileSync(path, fitsOf([evenPlane()]));
  }
  const { count, startWorker } = counted(DEADLY);
  async function* paths() {
    for (let k = 0; k < 10; k++) yield even;
    // This thread survives such files: they come when workers read.
    await until(() => count.up === 2);
    for (let k = 0; k < 3; k++) yield* [deadly, even, even, even];
  }
  const read: unknown[] = [];
  const readers = { workers: 2, startWorker };
  for await (const { path, error } of readAhead(paths(), ALIKE, {}, readers)) {
    read.push([path, error?.code]);
    if (path === deadly) {
      assertMatch(error!.message, /^cannot read the file: the worker .* died/);
    }
  }
  const good = [even, undefined];
  const part = [[deadly, "worker_lost"], good, good, good];
  assertEquals(read.slice(10), [...part, ...part, ...part]);
  assertEquals([count.started > 2, count.alive], [true, 0]);
});

for (
  const [name, does] of [
    ["slow.fits", "takes too long"],
    ["greedy.fits", "wants more memory than it may have"],
  ] as const
) {
  Deno.test(`a worker that ${does} is given up, and costs one file`, async () => {
    using folder = temporaryFolder();
    const even = `${folder.path}/even.fits`;
    const bad = `${folder.path}/${name}`;
    for (const path of [even, bad]) {
      Deno.writeFileSync(path, fitsOf([evenPlane()]));
    }
    const { count, startWorker } = counted(DEADLY);
    async function* paths() {
      for (let k = 0; k < 10; k++) yield even;
      await until(() => count.up === 2);
      yield* [bad, even, even];
    }
    const read: unknown[] = [];
    const readers = { workers: 2, startWorker, timeout: 2 };
    const files = readAhead(paths(), ALIKE, {}, readers);
    for await (const { path, error } of files) read.push([path, error?.code]);
    const good = [even, undefined];
    assertEquals(read.slice(10), [[bad, "timeout"], good, good]);
    await until(() => count.alive === 0);
  });
}

Deno.test("a loop that is begun and forgotten keeps no process alive", async () => {
  const module = new URL("../../lib/classify/read_ahead.ts", import.meta.url);
  const script = `
    import { readAhead } from ${JSON.stringify(module.href)};
    const wants = { vote: { flips: 4, majority: 0.75 } };
    const paths = Array.from({ length: 50 }, () => "absent.fits");
    const files = readAhead(paths, wants, {}, { workers: 2 });
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
