/**
 * Preloaded into the workers of the rehearsal: the process ends as soon as it opens a
 * file whose name starts with `deadly`, as if the system had killed it for its memory.
 */
const { open, openSync } = Deno;
Deno.open = (path, options) => {
  exitIfDeadly(path);
  return open(path, options);
};
Deno.openSync = (path, options) => {
  exitIfDeadly(path);
  return openSync(path, options);
};

function exitIfDeadly(path: string | URL): void {
  if (/deadly[^/]*$/.test(String(path))) Deno.exit(99);
}
