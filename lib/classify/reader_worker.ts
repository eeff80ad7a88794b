/**
 * The worker that reads files. It is started with {@linkcode ReaderWorkerOptions} as its
 * data, receives paths, and answers each with a {@linkcode WorkerMessage}, in order.
 * `null` in place of a path asks it to release its network.
 *
 * It is loaded by its URL; no module imports it.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Model } from "../model/open_model.ts";
import { type FailedInputs, type FileInputs, readInputs } from "./inputs.ts";
import {
  type NetworkSource,
  type ReaderWorkerOptions,
  serializeInputs,
  type WorkerMessage,
} from "./reader_pool.ts";

const { network, ...options }: ReaderWorkerOptions = workerData;

type ReadResult = FileInputs | FailedInputs;

/** A network, and how it is run on a file that was read. */
interface Runner {
  readonly model: Model;
  readonly run: (file: ReadResult) => Promise<ReadResult>;
}

/**
 * Opens the network. Without a runner, the thread that started this worker runs the
 * network, and reports its errors.
 */
async function openRunner(
  { name, sha256 }: NetworkSource,
): Promise<Runner | undefined> {
  try {
    const { openModel } = await import("../model/open_model.ts");
    const { addOutput } = await import("./run_model.ts");
    const model = await openModel(name, "cpu");
    if (model.card.sha256 === sha256) {
      return { model, run: (file) => addOutput(file, model) };
    }
    await model.release();
  } catch {
    // For example without permission to load onnxruntime.
  }
}

function post(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transfer);
}

const runner = network && await openRunner(network);

async function read(path: string): Promise<ReadResult> {
  const file = await readInputs(path, { ...options, blocking: true });
  try {
    return runner === undefined ? file : await runner.run(file);
  } catch {
    return file;
  }
}

// One file at a time: two half-read files would take the memory of both, and if this
// worker ends, the file that it was reading must be known.
let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (path: string | null) => {
  last = last.then(async () => {
    if (path === null) {
      await runner?.model.release();
      post({ kind: "released" });
      return;
    }
    const { inputs, transfer } = serializeInputs(await read(path));
    post({ kind: "inputs", inputs }, transfer);
  });
});
post({ kind: "ready" });
