/**
 * The page in the observer's own browser.
 *
 * @module
 */

/** Who opens an address, by system. */
const OPENERS: Readonly<Partial<Record<string, readonly string[]>>> = {
  darwin: ["open"],
  windows: ["explorer.exe"],
};

/**
 * Opens an address in the browser.
 *
 * @param notice Told why it cannot be opened.
 */
export function openInBrowser(
  url: string,
  notice: (message: string) => void,
): void {
  const [program, ...args] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  try {
    new Deno.Command(program!, {
      args: [...args, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn().unref();
  } catch (error) {
    notice(`${program} does not open the page: ${(error as Error).message}`);
  }
}
