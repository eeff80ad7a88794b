/// <reference lib="dom" />
/**
 * Makes the images of the README: the pages of a simulated night in a browser.
 *
 *     deno run -A scripts/screenshots.ts
 *
 * Needs Chromium; the environment variable `CHROMIUM` names another browser of its
 * kind. The night has a fixed seed, but fonts differ between systems.
 */
import { decode, encode } from "fast-png";
import { type Browser, chromium, type Page } from "playwright-core";

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

async function saveScreenshot(page: Page, name: string): Promise<void> {
  const png = await page.screenshot();
  let image: Uint8Array = png;
  for (const step of COLOUR_STEPS) {
    image = reduceColours(png, step);
    if (image.length <= MOST_BYTES) break;
  }
  await Deno.writeFile(`${IMAGES}/${name}.png`, image);
}

/** Size that an image should have at most, bytes. */
const MOST_BYTES = 150_000;

/** Differences of a channel below which two colours become one; the first that suffices. */
const COLOUR_STEPS = [6, 10, 16, 24];

/** Encodes a PNG with a palette, which makes a third of the size. */
function reduceColours(png: Uint8Array, step: number): Uint8Array {
  const { width, height, channels, data } = decode(png);
  const colours = Uint32Array.from(
    { length: width * height },
    (_, k) =>
      data[k * channels]! << 16 | data[k * channels + 1]! << 8 |
      data[k * channels + 2]!,
  );
  const counts = new Map<number, number>();
  for (const colour of colours) {
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette: number[][] = [];
  const indices = new Map<number, number>();
  for (
    const [colour] of [...counts].sort(([, one], [, other]) => other - one)
  ) {
    const own = [colour >> 16, colour >> 8 & 255, colour & 255];
    const distances = palette.map((other) =>
      Math.max(...own.map((value, k) => Math.abs(value - other[k]!)))
    );
    const nearest = Math.min(...distances);
    const isNew = !(nearest <= step) && palette.length < 256;
    if (isNew) palette.push(own);
    const index = isNew ? palette.length - 1 : distances.indexOf(nearest);
    indices.set(colour, index);
  }
  const pixels = Uint8Array.from(colours, (colour) => indices.get(colour)!);
  return encode(
    { width, height, data: pixels, channels: 1, depth: 8, palette },
    { zlib: { level: 9 } },
  );
}

/** Takes the review page after its first label. */
async function takeReview(browser: Browser, folder: string): Promise<void> {
  const review = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}cli.ts`, "review", "night", "-q"],
    cwd: folder,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const lines = review.stdout.pipeThrough(new TextDecoderStream());
    const { value: url } = await lines.getReader().read();
    const page = await browser.newPage({
      viewport: { width: 1280, height: 860 },
      colorScheme: "light",
    });
    page.setDefaultTimeout(120_000);
    await page.goto(url!.trim());
    await page.getByText("24 frames classified", { exact: true }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.getByText("All labels are saved", { exact: true }).waitFor();
    await page.locator(".plot svg").waitFor();
    await page.waitForFunction(() =>
      document.querySelector(".absent") === null &&
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
    viewport: { width: 1280, height: 1180 },
    colorScheme: "light",
  });
  page.setDefaultTimeout(120_000);
  await page.goto(`file://${folder}/night.html`);
  await saveScreenshot(page, "report");
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.keyboard.press("3");
  await page.locator("#bar").evaluate((bar) => bar.scrollIntoView());
  await saveScreenshot(page, "report-log");
  await page.emulateMedia({ colorScheme: "light" });
  await page.keyboard.press("1");
  await page.setViewportSize({ width: 360, height: 780 });
  await page.evaluate(() => scrollTo(0, 0));
  await saveScreenshot(page, "report-phone");
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.locator("li.conflict", { hasText: "r0006" }).locator("button")
    .first().click();
  await page.locator("spit-viewer .value", { hasText: "value" }).waitFor();
  await page.selectOption("spit-viewer [name=limits]", "percentile");
  await saveScreenshot(page, "report-frame");
  await takeReview(browser, folder);
  await spit(folder, "evaluate", "night/labels.csv", "--page", "score.html");
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(`file://${folder}/score.html`);
  await saveScreenshot(page, "evaluate");
} finally {
  await browser.close();
  await Deno.remove(folder, { recursive: true });
}
