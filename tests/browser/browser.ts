/** Pages driven in Chromium; where there is none such tests are ignored. */
import axe from "axe-core";
import {
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

/** Where systems keep it; `CHROMIUM` names another. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const CHROMIUM = [Deno.env.get("CHROMIUM") ?? "", ...PLACES].find(isThere);

function isThere(path: string): boolean {
  try {
    return path !== "" && Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A test with a page of a fresh browser. An error that the page does not catch fails it. */
export function browserTest(
  name: string,
  act: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): void {
  Deno.test({
    name,
    ignore: CHROMIUM === undefined,
    // The browser's pipes are closed some time after the browser.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: ["--no-sandbox"],
      });
      try {
        const context = await browser.newContext(options);
        const page = await context.newPage();
        const errors: Error[] = [];
        page.on("pageerror", (error) => errors.push(error));
        await act(page);
        if (errors.length > 0) throw errors[0];
      } finally {
        await browser.close();
      }
    },
  });
}

/** What axe finds against WCAG 2.1 A and AA on the page as it is now: one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Not as a script of the page: its policy would refuse that.
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
