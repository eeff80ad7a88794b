/** Tests in a browser; without Chromium they are ignored. */
import axe from "axe-core";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

/** Usual paths of Chromium; the environment variable `CHROMIUM` names another. */
const PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const CHROMIUM = [Deno.env.get("CHROMIUM") ?? "", ...PATHS].find(isFile);

function isFile(path: string): boolean {
  try {
    return path !== "" && Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The browser of the tests of a file: it starts in the first, and ends after the last. */
let browser: Promise<Browser> | undefined;
Deno.test.afterAll(async () => await (await browser)?.close());

/**
 * Defines a test with a page in a new context, which shares no storage with others. An
 * uncaught error in the page fails it.
 */
export function browserTest(
  name: string,
  act: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): void {
  Deno.test({
    name,
    ignore: CHROMIUM === undefined,
    // The pipes of the browser close after the browser itself.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      browser ??= chromium.launch({
        executablePath: CHROMIUM,
        args: ["--no-sandbox"],
      });
      const context = await (await browser).newContext(options);
      try {
        const page = await context.newPage();
        const errors: Error[] = [];
        page.on("pageerror", (error) => errors.push(error));
        await act(page);
        if (errors.length > 0) throw errors[0];
      } finally {
        await context.close();
      }
    },
  });
}

/** Returns the violations of WCAG 2.1 A and AA that axe finds in the page. */
export async function findViolations(page: Page): Promise<string[]> {
  // Not as a script element, which the policy of the page refuses.
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    // deno-lint-ignore no-explicit-any -- set by the line above, in the page
    const { violations } = await (globalThis as any).axe.run(
      globalThis.document,
      { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] },
    );
    return violations.flatMap((
      { id, nodes }: { id: string; nodes: { target: string[] }[] },
    ) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  });
}
