/**
 * Makes the pictures of the README: the pages of a simulated night in a browser.
 *
 *     deno run -A scripts/screenshots.ts
 *
 * Needs Chromium, or `CHROMIUM` to name a browser of its kind. The same seed, the
 * same night; fonts differ from system to system.
 *
 * @module
 */
import { chromium, type Page } from "playwright-core";

const ROOT = new URL("..", import.meta.url).pathname;
const IMAGES = `${ROOT}docs/images`;
const NIGHT = "--seed 1 --count 24 --instrument kast-red --lying 0.1 -q"
  .split(" ");

async function spit(folder: string, ...args: readonly string[]) {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}cli.ts`, ...args],
    cwd: folder,
  }).output();
  if (!success) throw new Error(`spit ${args.join(" ")} failed`);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${IMAGES}/${name}.png` });
}

await Deno.mkdir(IMAGES, { recursive: true });
const folder = await Deno.makeTempDir();
const browser = await chromium.launch({
  executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  await spit(folder, "simulate", "night", ...NIGHT);
  await spit(folder, "report", "night", "-q", "--title", "A simulated night");
  const page = await browser.newPage({
    viewport: { width: 1100, height: 760 },
    colorScheme: "light",
  });
  await page.goto(`file://${folder}/night.html`);
  await picture(page, "report");
  await page.click("li.conflict button");
  await picture(page, "report-frame");
} finally {
  await browser.close();
  await Deno.remove(folder, { recursive: true });
}
