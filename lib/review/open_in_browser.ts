import { pathToFileURL } from "node:url";
import { join } from "../std.ts";

/** Programs that open an address, by operating system. Default: `xdg-open`. */
const OPENERS: Readonly<Partial<Record<string, string>>> = {
  darwin: "open",
  windows: "explorer.exe",
};

/** Milliseconds in which a browser starts, even from a slow disk. */
const START_TIMEOUT = 60_000;

/**
 * Opens an address in the browser. Command lines are visible to all users of the
 * machine and the address is a secret, so the browser gets a file that only its
 * user can read, and that redirects to the address.
 *
 * @param folder Folder for the file, which is removed after a minute or on disposal.
 * @param notify Called with a message if the browser cannot be started.
 */
export async function openInBrowser(
  url: string,
  folder: string,
  notify: (message: string) => void,
): Promise<Disposable> {
  const opener = OPENERS[Deno.build.os] ?? "xdg-open";
  // Neither hidden nor in the temporary folder: a sandboxed browser may see neither.
  const name = `open-review-${crypto.randomUUID().slice(0, 8)}.html`;
  const file = join(folder, name);
  const remove = () => {
    try {
      Deno.removeSync(file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  try {
    const page = formatRedirect(url);
    await Deno.writeTextFile(file, page, { createNew: true, mode: 0o600 });
    new Deno.Command(opener, {
      args: [pathToFileURL(file).href],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn().unref();
  } catch (error) {
    remove();
    notify(`cannot open the page with ${opener}: ${(error as Error).message}`);
  }
  const timer = setTimeout(remove, START_TIMEOUT);
  Deno.unrefTimer(timer);
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      remove();
    },
  };
}

function formatRedirect(url: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>spit review</title>
</head>
<body><p><a href="${url}">Open the review</a></p></body>
</html>
`;
}
