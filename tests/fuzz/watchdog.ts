/**
 * Ends a process whose thread is in a loop without an end: nothing in that
 * thread could. A thread of its own looks whether cases still begin.
 */
import { isMainThread, Worker, workerData } from "node:worker_threads";

/** Milliseconds between two looks. */
const LOOK = 1000;

/** Looks at the same case before the process is ended. */
const LONGEST = 60;

/** Room for the name of a case. */
const NAME = 200;

/** Words of the shared memory before that: cases begun, and whether to stop. */
const [BEGUN, STOP] = [0, 1];

/** Looks on; declare it with `await using`. */
export interface Watchdog extends AsyncDisposable {
  /** A case begins; it is named when it has no end. */
  begin(name: string): void;
}

/** Starts the thread. */
export function startWatchdog(): Watchdog {
  const shared = new SharedArrayBuffer(8 + NAME);
  const words = new Int32Array(shared, 0, 2);
  const name = new Uint8Array(shared, 8);
  const worker = new Worker(new URL(import.meta.url), { workerData: shared });
  const exited = new Promise((done) => worker.on("exit", done));
  return {
    begin(text) {
      name.fill(0);
      name.set(new TextEncoder().encode(text).subarray(0, NAME));
      Atomics.add(words, BEGUN, 1);
    },
    async [Symbol.asyncDispose]() {
      Atomics.store(words, STOP, 1);
      Atomics.notify(words, STOP);
      await exited;
    },
  };
}

function watch(shared: SharedArrayBuffer): void {
  const words = new Int32Array(shared, 0, 2);
  let [last, looks] = [-1, 0];
  while (Atomics.wait(words, STOP, 0, LOOK) === "timed-out") {
    const begun = Atomics.load(words, BEGUN);
    looks = begun === last ? looks + 1 : 0;
    last = begun;
    if (looks < LONGEST) continue;
    const name = new TextDecoder().decode(new Uint8Array(shared, 8).slice());
    const text = `${name.replaceAll("\0", "")} has no end\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(text));
    Deno.kill(Deno.pid, "SIGKILL");
  }
}

if (!isMainThread && workerData instanceof SharedArrayBuffer) watch(workerData);
