/**
 * A run that a signal ends leaves no half-written report.
 *
 * @module
 */
import type { Output } from "./output.ts";

/** What a process ends with: 128 and the number of the signal, as shells have it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Discards an output at Ctrl-C and SIGTERM, and ends the process as those do;
 * declare it with `using`. SIGHUP is left alone: who listens to it undoes nohup(1).
 */
export function discardedOnSignal(output: Output): Disposable {
  const stops = Object.entries(EXIT_CODES)
    .filter(([signal]) => signal === "SIGINT" || Deno.build.os !== "windows")
    .map(([signal, code]) => {
      const stop = () => {
        output.discard();
        Deno.exit(code);
      };
      Deno.addSignalListener(signal as Deno.Signal, stop);
      return () => Deno.removeSignalListener(signal as Deno.Signal, stop);
    });
  return {
    [Symbol.dispose]() {
      for (const undo of stops) undo();
    },
  };
}
