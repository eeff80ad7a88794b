/**
 * The worker that reads files: started with {@linkcode ReadOrders}, sent paths,
 * it answers each with what the network needs of the file, in turn.
 *
 * It is loaded by its URL alone; nothing imports it.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { readFileInputs } from "./file_inputs.ts";
import { packed, type ReadOrders, READY } from "./read_message.ts";

const { wants, options }: ReadOrders = workerData;
const reading = { ...options, blocking: true };

// One at a time: two files half read would take the memory of both, and should
// this worker die it is known of which.
let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (path: string) => {
  last = last.then(async () => {
    const { message, given } = packed(
      await readFileInputs(path, wants, reading),
    );
    parentPort!.postMessage(message, given);
  });
});
parentPort!.postMessage(READY);
