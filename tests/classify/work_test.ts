/** Counts the work for a frame, since its time cannot be asserted. */
import { assert, assertEquals } from "@std/assert";
import { gunzipSync, gzipSync } from "node:zlib";
// deno-lint-ignore no-import-prefix -- the very module that lib/model imports
import * as ort from "npm:onnxruntime-node@1.30.0";
import { classifyFiles } from "../../lib/classify/classify_files.ts";
import { readInputs } from "../../lib/classify/inputs.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { MAGIC_LENGTH } from "../../lib/io/magic.ts";
import { simulateNight } from "../../lib/simulate/simulate_night.ts";
import { TINY } from "../tiny.ts";

const ONE_FLIP = { flips: 1, features: false } as const;

/** Writes a small night to a folder that is removed with the scope. */
function writeNight(count: number, gzip: boolean) {
  const folder = Deno.makeTempDirSync();
  const paths: string[] = [];
  for (const { name, cards, plane } of simulateNight({ seed: 7, count })) {
    const bytes = encodeFits([{ cards, plane }]);
    paths.push(`${folder}/${name}.fits${gzip ? ".gz" : ""}`);
    Deno.writeFileSync(paths.at(-1)!, gzip ? gzipSync(bytes) : bytes);
  }
  return {
    paths,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** Counts the bytes that are read from files, and the calls, while `act` runs. */
async function countBytes(act: () => Promise<unknown>) {
  const count = { read: 0, calls: 0 };
  const { readSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.readSync = function (target) {
    const bytes = readSync.call(this, target);
    count.read += bytes ?? 0;
    count.calls++;
    return bytes;
  };
  try {
    await act();
  } finally {
    Deno.FsFile.prototype.readSync = readSync;
  }
  return count;
}

for (const gzip of [false, true]) {
  const kind = gzip ? ".fits.gz" : ".fits";
  Deno.test(`work: only the first bytes of a ${kind} are read twice`, async () => {
    using frames = writeNight(1, gzip);
    const [path] = frames.paths;
    const { read, calls } = await countBytes(() =>
      readInputs(path!, { ...ONE_FLIP, blocking: true })
    );
    const { size } = Deno.statSync(path!);
    assert(read <= size + MAGIC_LENGTH, `${read} bytes of ${size} were read`);
    assert(calls <= 12, `${calls} reads for one file`);
  });
}

Deno.test("work: frames of one size are read into the same memory, also in parallel", async () => {
  using frames = writeNight(2, true);
  const alone = [];
  for (const path of frames.paths) {
    alone.push(await readInputs(path, ONE_FLIP));
  }
  const made: number[] = [];
  const { ArrayBuffer } = globalThis;
  globalThis.ArrayBuffer = new Proxy(ArrayBuffer, {
    construct(target, [length]) {
      made.push(length);
      return new target(length);
    },
  });
  try {
    await readInputs(frames.paths[0]!, ONE_FLIP);
    assertEquals(made, []);
    const both = frames.paths.map((path) => readInputs(path, ONE_FLIP));
    assertEquals(await Promise.all(both), alone);
  } finally {
    globalThis.ArrayBuffer = ArrayBuffer;
  }
});

Deno.test("work: the memory that a frame was read through is released", async () => {
  using frames = writeNight(2, true);
  const released: number[] = [];
  const { transfer } = ArrayBuffer.prototype;
  ArrayBuffer.prototype.transfer = function (length) {
    released.push(this.byteLength);
    return transfer.call(this, length);
  };
  try {
    const options = { model: TINY, device: "cpu" } as const;
    await Array.fromAsync(classifyFiles(frames.paths, options));
  } finally {
    ArrayBuffer.prototype.transfer = transfer;
  }
  const needed = frames.paths.flatMap((path) => {
    const compressed = Deno.readFileSync(path);
    return [compressed.length, gunzipSync(compressed).length];
  });
  const flips = 4 * 210 * 650;
  const whole = [...needed, flips, flips].reduce((sum, n) => sum + n);
  const sum = released.reduce((sum, n) => sum + n, 0);
  assert(sum >= whole, `${sum} of ${whole} bytes were released`);
});

Deno.test("work: one session for a night, with any number of workers", async () => {
  using frames = writeNight(6, true);
  const { create } = ort.InferenceSession;
  let opened = 0;
  ort.InferenceSession.create = ((...args: Parameters<typeof create>) => {
    opened++;
    return create.apply(ort.InferenceSession, args);
  }) as typeof create;
  try {
    const options = { model: TINY, device: "cpu", workers: 2 } as const;
    const verdicts = await Array.fromAsync(
      classifyFiles(frames.paths, options),
    );
    assertEquals(verdicts.map(({ error }) => error), Array(6).fill(null));
  } finally {
    ort.InferenceSession.create = create;
  }
  assertEquals(opened, 1);
});

/** Lists the modules that a module loads before it runs. */
async function listModules(path: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    stderr: "null",
  }).output();
  const graph = JSON.parse(new TextDecoder().decode(stdout));
  const isLoaded = new Set<string>();
  const visit = (specifier: string) => {
    if (isLoaded.has(specifier)) return;
    isLoaded.add(specifier);
    const found = graph.modules.find((module: { specifier: string }) =>
      module.specifier === specifier
    );
    for (const { code, isDynamic } of found?.dependencies ?? []) {
      if (code?.specifier && !isDynamic) visit(code.specifier);
    }
  };
  graph.roots.forEach(visit);
  return [...isLoaded];
}

Deno.test("work: a worker loads only std, the command line neither commander nor reader nor network, and a classification no parser of labels", async () => {
  const root = new URL("../../", import.meta.url).pathname;
  const worker = await listModules(`${root}lib/classify/reader_worker.ts`);
  assert(worker.some((name) => name.endsWith("kernels.wasm")));
  assertEquals(worker.filter((name) => /onnx|npm:(?!deno-std)/.test(name)), []);
  const cli = await listModules(`${root}cli.ts`);
  assert(cli.some((name) => name.endsWith("commands/options.ts")));
  assertEquals(
    cli.filter((name) =>
      /onnx|commander|node:|\/(fits|preprocess|calibration)\//.test(name)
    ),
    [],
  );
  const inputs = await listModules(`${root}lib/commands/inputs.ts`);
  assert(inputs.some((name) => name.includes("valibot")));
  assertEquals(
    inputs.filter((name) =>
      /onnxruntime|csv-|node:crypto|path\/mod/.test(name)
    ),
    [],
  );
});
