/**
 * The worker that reads files, with faults for some file names: it exits at
 * `deadly.fits`, loops for four seconds at `slow.fits`, and exceeds its memory at
 * `greedy.fits`. No loop is endless: its thread would outlive the test.
 */
const SLOW = 4000;

const { statSync } = Deno;
const values: number[][] = [];
Deno.statSync = ((path: string) => {
  const end = Date.now() + SLOW;
  if (`${path}`.endsWith("deadly.fits")) Deno.exit(1);
  // deno-lint-ignore no-empty -- as a loop that a damaged file leads into
  while (`${path}`.endsWith("slow.fits") && Date.now() < end) {}
  while (`${path}`.endsWith("greedy.fits")) {
    values.push(new Array(1e6).fill(0.5));
  }
  return statSync(path);
}) as typeof Deno.statSync;
await import("../../lib/classify/reader_worker.ts");
