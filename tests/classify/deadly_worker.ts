/**
 * The worker that reads files, which does not survive those named `deadly.fits`,
 * takes four seconds for those named `slow.fits`, and keeps more values than it may
 * of those named `greedy.fits`. None takes for ever: such a thread would be left.
 */
const SLOW = 4000;

const stat = Deno.statSync;
const kept: number[][] = [];
Deno.statSync = ((path: string) => {
  const end = Date.now() + SLOW;
  if (`${path}`.endsWith("deadly.fits")) Deno.exit(1);
  // deno-lint-ignore no-empty -- as a loop that a damaged file leads into
  while (`${path}`.endsWith("slow.fits") && Date.now() < end) {}
  while (`${path}`.endsWith("greedy.fits")) kept.push(new Array(1e6).fill(0.5));
  return stat(path);
}) as typeof Deno.statSync;
await import("../../lib/classify/read_worker.ts");
