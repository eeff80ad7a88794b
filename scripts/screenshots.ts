/**
 * Makes the input images of the README: the pages of a simulated night in a browser.
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

async function inputImage(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${IMAGES}/${name}.png` });
}

/** The review page after its first label. */
async function reviewPicture(page: Page, folder: string): Promise<void> {
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
    await page.getByText("24 frames typed", { exact: true }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.getByText("All labels are saved", { exact: true }).waitFor();
    await page.locator("#plots svg").waitFor();
    await page.locator("#neighbours img").last().waitFor();
    await page.waitForFunction(
      "[...document.images].every((image) => image.complete)",
    );
    await inputImage(page, "review");
  } finally {
    review.kill("SIGINT");
    await review.status;
  }
}

await Deno.mkdir(IMAGES, { recursive: true });
// The page shows where its labels are: the same place each time.
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
    viewport: { width: 1100, height: 760 },
    colorScheme: "light",
  });
  await page.goto(`file://${folder}/night.html`);
  await inputImage(page, "report");
  await page.click("li.conflict button");
  await inputImage(page, "report-frame");
  await reviewPicture(page, folder);
} finally {
  await browser.close();
  await Deno.remove(folder, { recursive: true });
}
