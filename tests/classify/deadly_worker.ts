/**
 * The worker that reads files, which does not survive those named `deadly.fits`,
 * as it would not the want of memory, and never ends with those named
 * `endless.fits`.
 */
const stat = Deno.statSync;
Deno.statSync = ((path: string) => {
  if (`${path}`.endsWith("deadly.fits")) Deno.exit(1);
  // deno-lint-ignore no-empty -- as a loop that a damaged file leads into
  while (`${path}`.endsWith("endless.fits")) {}
  return stat(path);
}) as typeof Deno.statSync;
await import("../../lib/classify/read_worker.ts");
