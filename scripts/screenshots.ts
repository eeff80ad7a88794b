/// <reference lib="dom" />
/**
 * Makes the images of the README: the pages of a simulated night in a browser.
 *
 *     deno run -A scripts/screenshots.ts
 *
 * Needs Chromium; the environment variable `CHROMIUM` names another browser of its
 * kind. The night has a fixed seed, but fonts differ between systems.
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

const saveScreenshot = (page: Page, name: string) =>
  page.screenshot({ path: `${IMAGES}/${name}.png` });

/** Takes the review page after its first label. */
async function takeReview(page: Page, folder: string): Promise<void> {
  const review = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}cli.ts`, "review", "night", "-q"],
    cwd: folder,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const lines = review.stdout.pipeThrough(new TextDecoderStream());
    const { value: url } = await lines.getReader().read();
    await page.setViewportSize({ width: 1200, height: 760 });
    await page.goto(url!.trim());
    await page.getByText("24 frames classified", { exact: true }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.getByText("All labels are saved", { exact: true }).waitFor();
    await page.locator(".plot svg").waitFor();
    await page.locator("#similar img").last().waitFor();
    await page.waitForFunction(() =>
      [...document.images].every((image) => image.complete)
    );
    await saveScreenshot(page, "review");
  } finally {
    review.kill("SIGINT");
    await review.status;
  }
}

await Deno.mkdir(IMAGES, { recursive: true });
// A fixed folder, because the page shows the path of the labels file.
const folder = "/tmp/spit";
await Deno.mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  await spit(folder, "simulate", "night", ...NIGHT);
  await spit(folder, "report", "night", "-q", "--title", "A simulated night");
  const page = await browser.newPage({
    viewport: { width: 1440, height: 1000 },
    colorScheme: "light",
  });
  await page.goto(`file://${folder}/night.html`);
  await saveScreenshot(page, "report");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.keyboard.press("3");
  await page.locator("#bar").evaluate((bar) => bar.scrollIntoView());
  await saveScreenshot(page, "report-log");
  await page.emulateMedia({ colorScheme: "light" });
  await page.keyboard.press("1");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.evaluate(() => scrollTo(0, 0));
  await saveScreenshot(page, "report-phone");
  await page.setViewportSize({ width: 1440, height: 1000 });
  await page.locator("li.conflict", { hasText: "r0006" }).locator("button")
    .first().click();
  await page.locator("spit-viewer .value", { hasText: "value" }).waitFor();
  await page.selectOption("spit-viewer [name=limits]", "percentile");
  await saveScreenshot(page, "report-frame");
  await takeReview(page, folder);
} finally {
  await browser.close();
  await Deno.remove(folder, { recursive: true });
}
