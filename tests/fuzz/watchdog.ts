/**
 * Kills the process if its main thread stays in one case for too long. Runs in a
 * thread of its own, because timers do not fire during an endless loop.
 */
import process from "node:process";
import { isMainThread, Worker, workerData } from "node:worker_threads";

/** Milliseconds between two checks. */
const INTERVAL = 1000;

/** CPU time of a case after which the process is killed, milliseconds. Other processes do not affect it. */
const MAX_CPU_TIME = 60_000;

/** Number of checks that find the same case, which waits, before the process is killed. */
const MAX_CHECKS = 900;

/** Maximum length of the name of a case, in bytes. */
const NAME_LENGTH = 200;

/** Indices of the integers at the start of the shared memory; the name follows them. */
const [STARTED, STOP] = [0, 1];

/** Declare it with `await using`. */
export interface Watchdog extends AsyncDisposable {
  /** Reports the start of a case; the name is printed if the case does not end. */
  start(name: string): void;
}

/** Starts the thread. */
export function startWatchdog(): Watchdog {
  const shared = new SharedArrayBuffer(8 + NAME_LENGTH);
  const words = new Int32Array(shared, 0, 2);
  const name = new Uint8Array(shared, 8);
  const worker = new Worker(new URL(import.meta.url), { workerData: shared });
  const exited = new Promise((resolve) => worker.on("exit", resolve));
  return {
    start(text) {
      name.fill(0);
      name.set(new TextEncoder().encode(text).subarray(0, NAME_LENGTH));
      Atomics.add(words, STARTED, 1);
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
  let [last, checks] = [-1, 0];
  let before = process.cpuUsage();
  while (Atomics.wait(words, STOP, 0, INTERVAL) === "timed-out") {
    const started = Atomics.load(words, STARTED);
    if (started !== last) {
      [last, checks] = [started, 0];
      before = process.cpuUsage();
    }
    const { user, system } = process.cpuUsage(before);
    if (++checks < MAX_CHECKS && user + system < 1000 * MAX_CPU_TIME) continue;
    const name = new TextDecoder().decode(new Uint8Array(shared, 8).slice());
    const text = `${name.replaceAll("\0", "")} does not end\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(text));
    Deno.kill(Deno.pid, "SIGKILL");
  }
}

if (!isMainThread && workerData instanceof SharedArrayBuffer) watch(workerData);
