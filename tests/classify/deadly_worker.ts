/**
 * The worker that reads files, which does not survive those named `deadly.fits`,
 * as it would not the want of memory.
 */
const stat = Deno.stat;
Deno.stat = (path) => {
  if (`${path}`.endsWith("deadly.fits")) Deno.exit(1);
  return stat(path);
};
await import("../../lib/classify/read_worker.ts");
