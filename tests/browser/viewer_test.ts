/// <reference lib="dom" />
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { Pixels, Plane } from "../../lib/fits/frame.ts";
import { fileOutput } from "../../lib/io/output.ts";
import { startNightReport } from "../../lib/output/night/night_report.ts";
import { packFrame } from "../../lib/output/night/pixels.ts";
import { classifiedFile } from "../output/sheet.ts";
import { startReview, writeNight } from "../review/start_review.ts";
import { fitsOf, temporaryFolder } from "../tiny.ts";
import { browserTest, findViolations } from "./browser.ts";

/** A plane in which every pixel has its own value. */
function ramp(width: number, height: number): Plane {
  const pixels = Uint16Array.from(
    { length: width * height },
    (_, k) => 1000 + k * 7 % 30011,
  );
  return { width, height, pixels };
}

/** Writes a report of frames, each of several planes, and opens the first of them. */
async function openReport(
  page: Page,
  folder: string,
  frames: readonly (readonly Plane[])[],
  options: { full?: boolean; mostPixelBytes?: number } = {},
) {
  const path = `${folder}/a #1.html`;
  using report = startNightReport(path, options);
  for (const [k, planes] of frames.entries()) {
    const file = `${folder}/r${k}.fits`;
    await Deno.writeFile(file, fitsOf(planes));
    const { verdict, previews: [preview] } = classifiedFile(file, "arc");
    const previews = planes.map((_, hdu) => ({ ...preview!, hdu }));
    report.add({ verdict, previews });
    await report.addPixels({ verdict, previews });
  }
  const output = await fileOutput(path);
  await report.write(output, "night", "classified by a test");
  await output.commit();
  await page.goto(
    new URL(`file://${folder}/${encodeURIComponent("a #1.html")}`).href,
  );
  await page.click("#f0 button");
  return { isTooLarge: report.isTooLarge };
}

const VALUE = "spit-viewer .value";

/** Waits until the viewer shows a text, and returns the numbers x, y and value. */
async function readOut(page: Page) {
  await page.locator(VALUE, { hasText: /value/ }).waitFor();
  await page.evaluate(() =>
    new Promise((wake) =>
      requestAnimationFrame(() => requestAnimationFrame(wake))
    )
  );
  const text = (await page.textContent(VALUE))!;
  const [, x, y, value] = /^x (\d+) {2}y (\d+) {2}value (.+)$/.exec(text)!;
  return { x: Number(x), y: Number(y), value: Number(value) };
}

/** Moves the mouse to a part of the width and of the height of the canvas. */
async function hover(page: Page, partX: number, partY: number) {
  // The canvas has its size once the pixels are shown.
  await readOut(page);
  const box = (await page.locator("spit-viewer canvas").boundingBox())!;
  // Whole pixels of the screen, since the wheel gives no other places.
  await page.mouse.move(
    Math.round(box.x + partX * box.width),
    Math.round(box.y + partY * box.height),
  );
  return await readOut(page);
}

/** Returns the value of a pixel of a plane, counted from 1 as in FITS. */
const valueOf = ({ width, pixels }: Plane, x: number, y: number) =>
  (pixels as Pixels)[(y - 1) * width + x - 1]!;

/** Returns the colours of the canvas in a column of the screen, off the cursor. */
const readColours = (page: Page) =>
  page.locator("spit-viewer canvas").evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")!
      .getImageData(20, 0, 1, canvas.height);
    return [...data];
  });

browserTest(
  "viewer: the value under the cursor is that of the file, the first row at the bottom",
  async (page) => {
    using folder = temporaryFolder();
    const plane = ramp(400, 120);
    await openReport(page, folder.path, [[plane]]);
    const low = await hover(page, 0.01, 0.97);
    assert(low.x < 10 && low.y < 10, JSON.stringify(low));
    const high = await hover(page, 0.99, 0.03);
    assert(high.x > 390 && high.y > 110, JSON.stringify(high));
    for (const [x, y] of [[0.3, 0.2], [0.61, 0.77], [0.5, 0.5]] as const) {
      const shown = await hover(page, x, y);
      assertEquals(shown.value, valueOf(plane, shown.x, shown.y));
    }
    await page.focus("spit-viewer canvas");
    const before = await readOut(page);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowUp");
    const after = await readOut(page);
    assertEquals([after.x, after.y], [before.x + 1, before.y + 1]);
    assertEquals(after.value, valueOf(plane, after.x, after.y));
    // The page does not take these keys for the next frame.
    assertEquals(await page.textContent("#position"), "1 of 1");
  },
);

browserTest(
  "viewer: floats and blank pixels; a high frame is turned and keeps its coordinates",
  async (page) => {
    using folder = temporaryFolder();
    const pixels = Float32Array.from({ length: 60 * 200 }, (_, k) => k / 3 - 9);
    pixels.fill(NaN, 0, 60);
    const plane = { width: 60, height: 200, pixels };
    await openReport(page, folder.path, [[plane]]);
    const low = await hover(page, 0.3, 0.98);
    assert(low.x < 5 && low.y > 50 && low.y < 70, JSON.stringify(low));
    const shown = await hover(page, 0.7, 0.3);
    assertAlmostEquals(shown.value, valueOf(plane, shown.x, shown.y), 1e-5);
    assertEquals((await hover(page, 0.001, 0.5)).value, NaN);
    const isTransparent = await page.locator("spit-viewer canvas").evaluate(
      (canvas) =>
        (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 5, 1, 1)
          .data[3] === 0,
    );
    assert(isTransparent);
    assertEquals(
      await page.locator("spit-viewer select[name=cut] option")
        .allTextContents(),
      ["column", "row", "none"],
    );
  },
);

browserTest(
  "viewer: limits, stretch and colours change the pixels of the canvas, and stay",
  async (page) => {
    using folder = temporaryFolder();
    await openReport(page, folder.path, [[ramp(400, 120)], [ramp(400, 120)]]);
    await readOut(page);
    const seen = [String(await readColours(page))];
    for (
      const [name, value] of [
        ["limits", "minmax"],
        ["stretch", "asinh"],
        ["colours", "inverted"],
        ["colours", "viridis"],
      ] as const
    ) {
      await page.selectOption(`spit-viewer select[name=${name}]`, value);
      await readOut(page);
      seen.push(String(await readColours(page)));
    }
    assertEquals(new Set(seen).size, seen.length);
    const limits = page.locator("spit-viewer .ramp span");
    assertEquals(await limits.allTextContents(), ["1000", "31010"]);
    await page.click("#next");
    assertEquals(await page.textContent("#position"), "2 of 2");
    await readOut(page);
    assertEquals(await page.inputValue("select[name=colours]"), "viridis");
    assertEquals(String(await readColours(page)), seen.at(-1));
  },
);

browserTest(
  "viewer: the wheel, the keys and dragging keep the pixel under the mouse",
  async (page) => {
    using folder = temporaryFolder();
    await openReport(page, folder.path, [[ramp(1600, 300)]]);
    const zoom = page.locator("spit-viewer .zoom output");
    const start = await hover(page, 0.31, 0.62);
    const fit = await zoom.textContent();
    for (let k = 0; k < 6; k++) await page.mouse.wheel(0, -100);
    assertEquals(await readOut(page), start);
    assertEquals(await hover(page, 0.31, 0.62), start);
    assert(await zoom.textContent() !== fit);

    await page.focus("spit-viewer canvas");
    await page.keyboard.press("+");
    assertEquals(await hover(page, 0.31, 0.62), start);
    await page.mouse.down();
    await hover(page, 0.4, 0.5);
    await page.mouse.up();
    assertEquals(await hover(page, 0.4, 0.5), start);
    await page.keyboard.press("Shift+ArrowRight");
    assert((await hover(page, 0.4, 0.5)).x > start.x);

    await page.click("spit-viewer button >> text=Fit");
    assertEquals(await zoom.textContent(), fit);
    await page.click("spit-viewer button >> text=1:1");
    assertEquals(await zoom.textContent(), "100 %");
  },
);

browserTest(
  "viewer: the cut has the values of the row or column of the cursor",
  async (page) => {
    using folder = temporaryFolder();
    const plane = ramp(400, 120);
    await openReport(page, folder.path, [[plane]]);
    /** The values of the path, from its steps and the range beside it. */
    const readCut = async () => {
      const text = (selector: string) =>
        page.textContent(`spit-viewer .cut ${selector}`).then(Number);
      const [low, high] = [await text(".low"), await text(".high")];
      const path = (await page.getAttribute("spit-viewer path", "d"))!;
      return path.split("H").slice(0, -1).map((part) =>
        high - Number(/[\d.]+$/.exec(part)![0]) * (high - low) / 100
      );
    };
    const { x, y } = await hover(page, 0.31, 0.62);
    const row = await readCut();
    assertEquals(row.length, 400);
    row.forEach((value, k) =>
      assertAlmostEquals(value, valueOf(plane, k + 1, y), 3)
    );
    const name = page.locator("spit-viewer .cut .name");
    assertEquals(await name.textContent(), `row ${y}, pixels 1 to 400`);
    await page.selectOption("spit-viewer select[name=cut]", "vertical");
    await readOut(page);
    const column = await readCut();
    assertEquals(column.length, 120);
    column.forEach((value, k) =>
      assertAlmostEquals(value, valueOf(plane, x, k + 1), 3)
    );
    await page.selectOption("spit-viewer select[name=cut]", "none");
    await name.waitFor({ state: "hidden" });
  },
);

browserTest(
  "viewer: several HDUs, from files beside the page without a request elsewhere",
  async (page) => {
    using folder = temporaryFolder();
    const planes = [ramp(400, 120), ramp(300, 90)];
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await openReport(page, folder.path, [planes], { full: true });
    await readOut(page);
    await page.selectOption("spit-viewer select[name=hdu]", "1");
    await page.getByText("HDU 1: 300 × 90 pixels").waitFor();
    const shown = await hover(page, 0.5, 0.4);
    assertEquals(shown.value, valueOf(planes[1]!, shown.x, shown.y));
    const names = [...Deno.readDirSync(`${folder.path}/a #1.pixels`)]
      .map(({ name }) => name).sort();
    assertEquals(names, ["0-0.js", "0-1.js"]);
    assertEquals(
      requests.map((url) => decodeURIComponent(url.replace(/^.*[/]/, ""))),
      ["a #1.html", "0-0.js", "0-1.js"],
    );

    // Files of another report, and files that are gone, are not shown.
    const other = `${folder.path}/a #1.pixels/0-0.js`;
    const text = Deno.readTextFileSync(other);
    Deno.writeTextFileSync(other, text.replace(/"run":"."|run:"./, 'run:"-'));
    await page.selectOption("spit-viewer select[name=hdu]", "0");
    await page.getByText("belongs to another report").waitFor();
    Deno.removeSync(other);
    await page.reload();
    await page.click("#f0 button");
    await page.getByText("is not beside this page").waitFor();
  },
);

browserTest(
  "viewer: pixels that are too large for the page are left out, for all frames",
  async (page) => {
    using folder = temporaryFolder();
    const frames = [[ramp(400, 120)], [ramp(400, 120)]];
    const file = `${folder.path}/one.fits`;
    await Deno.writeFile(file, fitsOf(frames[0]!));
    const [{ json } = { json: "" }] = await Array.fromAsync(
      packFrame(file, [0]),
    );
    const { isTooLarge } = await openReport(page, folder.path, frames, {
      // Enough for one.
      mostPixelBytes: 1.5 * json.length,
    });
    assert(isTooLarge);
    await page.getByText("The pixels of this frame are not in this page")
      .waitFor();
    assertEquals(await page.locator("spit-viewer canvas").isVisible(), false);
    const left = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
    assertEquals(left.sort(), ["a #1.html", "one.fits", "r0.fits", "r1.fits"]);
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(
    `viewer: no accessibility violations, nothing off the edge of a phone, ${colorScheme}`,
    async (page) => {
      using folder = temporaryFolder();
      const planes = [ramp(400, 120), ramp(300, 90)];
      await openReport(page, folder.path, [planes]);
      await readOut(page);
      assertEquals(await findViolations(page), []);
      const right = await page.locator("spit-viewer *:visible").evaluateAll(
        (elements) =>
          Math.max(...elements.map((one) => one.getBoundingClientRect().right)),
      );
      assert(right <= 390, `${right}`);
    },
    { colorScheme, viewport: { width: 390, height: 844 } },
  );
}

browserTest(
  "viewer: the review page shows the pixels that its server delivers",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    await using review = await startReview(folder.path, ["--all"]);
    await page.goto(review.url);
    await page.locator("#list").getByText("bias1.fits").click();
    await page.locator("spit-viewer").scrollIntoViewIfNeeded();
    const shown = await readOut(page);
    assertEquals(shown, { x: 351, y: 131, value: 1000 });
    await page.focus("spit-viewer select[name=stretch]");
    // A letter that is a label elsewhere chooses an option here.
    await page.keyboard.press("a");
    assertEquals(await page.inputValue("select[name=stretch]"), "asinh");
    assertEquals(await page.locator("#label").textContent(), "none");
    await page.focus("spit-viewer canvas");
    await page.keyboard.press("ArrowLeft");
    assertEquals((await readOut(page)).x, 350);
    assertEquals(await page.locator("#name").textContent(), "bias1.fits");
    assertEquals(await findViolations(page), []);
  },
);
