/**
 * The page in the observer's own browser.
 *
 * @module
 */
import { join } from "../io/path.ts";
import { pathToFileURL } from "node:url";

/** Who opens an address, by system. */
const OPENERS: Readonly<Partial<Record<string, readonly string[]>>> = {
  darwin: ["open"],
  windows: ["explorer.exe"],
};

/** Milliseconds in which a browser starts, on a slow disk. */
const PATIENCE = 60_000;

/**
 * Opens an address in the browser. All users of a machine see the command lines of
 * its processes, so the address, which is a secret, is on none: the browser is
 * handed a file that only its user can read, and that leads there.
 *
 * @param folder Where the file may be written; it is gone after a minute, or at
 *   the end of the block.
 * @param notice Told why it cannot be opened.
 */
export async function openInBrowser(
  url: string,
  folder: string,
  notice: (message: string) => void,
): Promise<Disposable> {
  const [program, ...args] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  // Not hidden, nor in a folder of its own: a browser in a sandbox may see neither.
  const file = join(
    folder,
    `open-review-${crypto.randomUUID().slice(0, 8)}.html`,
  );
  const remove = removing(file);
  try {
    const text = signpost(url);
    await Deno.writeTextFile(file, text, { createNew: true, mode: 0o600 });
    new Deno.Command(program!, {
      args: [...args, pathToFileURL(file).href],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn().unref();
  } catch (error) {
    remove();
    notice(`${program} does not open the page: ${(error as Error).message}`);
  }
  const timer = setTimeout(remove, PATIENCE);
  Deno.unrefTimer(timer);
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      remove();
    },
  };
}

/** A page that goes to another at once. */
function signpost(url: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>spit review</title>
</head>
<body><p><a href="${url}">To the review</a></p></body>
</html>
`;
}

function removing(file: string): () => void {
  return () => {
    try {
      Deno.removeSync(file);
    } catch (error) {
      // It is gone already, or was never there.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
}
