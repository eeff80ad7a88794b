/**
 * The worker that reads files. It is started with {@linkcode ReadInputsOptions} as its
 * data, receives paths, and answers each with a {@linkcode WorkerMessage}, in order.
 *
 * It is loaded by its URL; no module imports it.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { readInputs, type ReadInputsOptions } from "./inputs.ts";
import { serializeInputs, type WorkerMessage } from "./reader_pool.ts";

const options: ReadInputsOptions = { ...workerData, blocking: true };

function post(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transfer);
}

// One file at a time: two half-read files would take the memory of both, and if this
// worker ends, the file that it was reading must be known.
let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (path: string) => {
  last = last.then(async () => {
    const { inputs, transfer } = serializeInputs(
      await readInputs(path, options),
    );
    post({ kind: "inputs", inputs }, transfer);
  });
});
post({ kind: "ready" });
