import { assertEquals, assertRejects } from "@std/assert";
import { classifyFile } from "../../lib/classify/classify_file.ts";
import { classifyFiles } from "../../lib/classify/classify_files.ts";
import {
  readInputsAhead,
  startReaderWorker,
} from "../../lib/classify/reader_pool.ts";
import type { ReadInputsOptions } from "../../lib/classify/inputs.ts";
import { type Model, openModel } from "../../lib/model/open_model.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const CHOICE = { model: TINY, device: "cpu" } as const;
const REASON = new Error("closed by the observer");

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Asserts that the promise rejects with the reason itself. */
async function assertAborts(promise: Promise<unknown>) {
  assertEquals(await assertRejects(() => promise), REASON);
}

/** Holds `Deno.stat` of `absent.fits`, with which reading the file begins. */
function holdReading() {
  const { stat } = Deno;
  const started = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  Deno.stat = async (path) => {
    if (path !== "absent.fits") return await stat(path);
    started.resolve();
    await released.promise;
    return await stat(path);
  };
  return {
    started: started.promise,
    [Symbol.dispose]() {
      released.resolve();
      Deno.stat = stat;
    },
  };
}

Deno.test("an aborted signal rejects before anything is opened", async () => {
  const signal = AbortSignal.abort(REASON);
  const options = { model: "absent.json", signal };
  await assertAborts(classifyFile("a.fits", options));
  const paths = {
    [Symbol.asyncIterator](): AsyncIterator<string> {
      throw new Error("the paths must not be read");
    },
  };
  await assertAborts(Array.fromAsync(classifyFiles(paths, options)));
});

Deno.test("classifyFile rejects while a file is read", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  using held = holdReading();
  const promise = classifyFile("absent.fits", { ...CHOICE, signal });
  const aborted = assertAborts(promise);
  await held.started;
  controller.abort(REASON);
  await aborted;
});

Deno.test("classifyFiles rejects while this thread reads a file", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  using held = holdReading();
  const files = classifyFiles(["absent.fits"], { ...CHOICE, signal });
  const aborted = assertAborts(Array.fromAsync(files));
  await held.started;
  controller.abort(REASON);
  await aborted;
});

Deno.test("an abort while the network runs rejects after the run", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/even.fits`;
  await Deno.writeFile(path, fitsOf([evenPlane()]));
  await using tiny = await openModel(TINY, "cpu");
  for (const many of [false, true]) {
    const controller = new AbortController();
    const { signal } = controller;
    let runs = 0;
    const model: Model = {
      ...tiny,
      async run(...inputs) {
        controller.abort(REASON);
        const output = await tiny.run(...inputs);
        runs++;
        return output;
      },
    };
    await assertAborts(
      many
        ? Array.fromAsync(classifyFiles([path, path], { model, signal }))
        : classifyFile(path, { model, signal }),
    );
    assertEquals(runs, 1);
  }
});

Deno.test("classifyFiles rejects while it waits for a path, and returns its source", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const requested = Promise.withResolvers<void>();
  let returned = 0;
  const source = {
    [Symbol.asyncIterator]: () => source,
    next() {
      requested.resolve();
      return new Promise<never>(() => {});
    },
    return() {
      returned++;
      return Promise.resolve({ done: true as const, value: undefined });
    },
  };
  const files = classifyFiles(source, { ...CHOICE, signal, workers: 1 });
  const aborted = assertAborts(Array.fromAsync(files));
  await requested.promise;
  controller.abort(REASON);
  await aborted;
  assertEquals(returned, 1);
});

Deno.test("an abort ends the workers", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let ready = 0;
  let alive = 0;
  const startWorker = (options: ReadInputsOptions) => {
    alive++;
    const worker = startReaderWorker(options);
    worker.once("message", () => ready++);
    return worker.once("exit", () => alive--);
  };
  async function* paths() {
    while (true) {
      yield "absent.fits";
      if (ready === 2) await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const options = { flips: 1, features: false } as const;
  const readers = { workers: 2, startWorker, signal };
  const read = async () => {
    for await (const { error } of readInputsAhead(paths(), options, readers)) {
      assertEquals(error?.code, "not_found");
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  const aborted = assertAborts(read());
  await until(() => ready === 2);
  assertEquals(alive, 2);
  controller.abort(REASON);
  await aborted;
  assertEquals(alive, 0);
});

Deno.test("a signal that is not aborted keeps no listener", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...parts: Parameters<typeof addEventListener>) => {
    listeners++;
    return addEventListener.apply(signal, parts);
  };
  signal.removeEventListener = (
    ...parts: Parameters<typeof removeEventListener>
  ) => {
    listeners--;
    return removeEventListener.apply(signal, parts);
  };
  const files = ["a.fits", "b.fits", "c.fits"];
  await Array.fromAsync(classifyFiles(files, { ...CHOICE, signal }));
  await classifyFile("a.fits", { ...CHOICE, signal });
  assertEquals(listeners, 0);
});
