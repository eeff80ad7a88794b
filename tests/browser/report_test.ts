import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import {
  brokenFile,
  classifiedFile,
  writeLargeReport,
  writeReport,
} from "../output/sheet.ts";
import { browserTest, findViolations } from "./browser.ts";

/** A night with a frame of each type, a conflict, an unknown frame and an unreadable file. */
function night() {
  return [
    ...FRAME_TYPES.map((type, k) =>
      classifiedFile(`night/${type}${k}.fits`, type, {
        probability: 0.5 + k / 20,
      })
    ),
    classifiedFile("night/lying.fits", "arc", {
      agreement: "conflict",
      header: {
        type: "science",
        subtype: null,
        evidence: "OBSTYPE=OBJECT",
        standard: null,
        differs: [],
      },
    }),
    classifiedFile("night/odd.fits", "unknown", { probability: 0.4 }),
    brokenFile("night/cut.fits", "the pixels end early"),
  ];
}

const visible = (page: Page) =>
  page.locator("li.frame:visible .name").allTextContents();

browserTest(
  "report: each frame is in its group, those that need review first",
  async (page) => {
    using file = await writeReport(night());
    await page.goto(file.url);
    const names = await visible(page);
    assertEquals(names.length, 9);
    assertEquals(names.slice(0, 2), ["cut.fits", "odd.fits"]);
    assert(names.indexOf("lying.fits") < names.indexOf("arc2.fits"));
    assertEquals(await page.textContent("#count"), "9 frames");
    const lying = page.locator("li.conflict");
    assertEquals(await lying.locator(".mark").textContent(), "conflict");
    assertEquals(await page.locator("rect.review").count(), 2);
  },
);

browserTest(
  "report: filters, search and sorting survive a reload",
  async (page) => {
    using file = await writeReport(night());
    await page.goto(file.url);
    await page.selectOption("select[name=review]", "any reason");
    assertEquals(await visible(page), ["cut.fits", "odd.fits", "lying.fits"]);
    await page.selectOption("select[name=type]", "arc");
    assertEquals(await visible(page), ["lying.fits"]);
    assertEquals(await page.textContent("#count"), "1 of 9 frames");
    await page.reload();
    assertEquals(await visible(page), ["lying.fits"]);
    await page.click("#clear");
    await page.keyboard.press("Escape");
    await page.fill("input[name=search]", "obstype=object");
    assertEquals(await visible(page), ["lying.fits"]);
    await page.fill("input[name=search]", "");
    await page.click("button[data-only=arc]");
    await page.selectOption("select[name=sort]", "name");
    assertEquals(await visible(page), ["arc2.fits", "lying.fits"]);
    await page.goto(`${file.url}#type=bias`);
    assertEquals(await visible(page), ["bias0.fits"]);
  },
);

browserTest(
  "report: the keyboard opens a frame and its neighbours, and returns to the card",
  async (page) => {
    using file = await writeReport(night());
    await page.goto(file.url);
    await page.keyboard.press("/");
    await page.keyboard.type("fits");
    await page.focus("#f2 button");
    await page.keyboard.press("Enter");
    const dialog = page.locator("dialog[open]");
    assertEquals(await dialog.locator("h2").textContent(), "night/arc2.fits");
    const inputImage = dialog.locator("img");
    assertEquals(
      await inputImage.evaluate((image) => {
        const { naturalWidth, naturalHeight } = image as HTMLImageElement;
        return [naturalWidth, naturalHeight];
      }),
      [650, 210],
    );
    assertEquals(await dialog.locator("svg.plot path").count(), 1);
    assertEquals(await dialog.locator("rect.kept").count(), 1);
    assert(await dialog.locator("table.cards tr").count() > 5);
    await dialog.locator("details input").fill("exptime");
    assertEquals(await dialog.locator("table.cards tr:visible").count(), 1);
    await page.focus("#details");
    await page.keyboard.press("ArrowRight");
    const second = await dialog.locator("h2").textContent();
    assert(second !== "night/arc2.fits");
    await page.keyboard.press("ArrowLeft");
    assertEquals(await dialog.locator("h2").textContent(), "night/arc2.fits");
    await page.keyboard.press("Escape");
    assertEquals(await page.locator("dialog[open]").count(), 0);
    const focused = await page.evaluate(() =>
      document.activeElement?.closest("li")?.id
    );
    assertEquals(focused, "f2");
    await page.keyboard.press("ArrowRight");
    assert(
      await page.evaluate(() => document.activeElement?.closest("li")?.id) !==
        "f2",
    );
  },
);

browserTest(
  "report: HTML in headers and names is shown as text",
  async (page) => {
    const evil =
      "<script>document.title='caught'</script><img src=x onerror=1>";
    using file = await writeReport([
      classifiedFile(`night/${evil}.fits`, "arc", {
        header: {
          type: "arc",
          subtype: null,
          evidence: `OBJECT=${evil}`,
          standard: null,
          differs: [],
        },
      }),
      brokenFile(`night/2${evil}`, `no ${evil}`),
    ], evil);
    await page.goto(file.url);
    assertEquals(await page.title(), evil);
    assertEquals(await page.locator("li.frame img").count(), 1);
    await page.click("#f0 button");
    assert((await page.textContent("dialog h2"))!.includes(evil));
    assertEquals(await page.locator("dialog img").count(), 1);
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(
    `report: no accessibility violations, ${colorScheme}`,
    async (page) => {
      using file = await writeReport(night());
      await page.goto(file.url);
      assertEquals(await findViolations(page), []);
      await page.click("#f2 button");
      assertEquals(await findViolations(page), []);
    },
    { colorScheme },
  );
}

/** Scrolls in 60 steps; returns the milliseconds of the slowest. */
function measureScrolling(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let [last, longest] = [performance.now(), 0];
    for (let step = 0; step < 60; step++) {
      scrollBy(0, 400);
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }
    return longest;
  });
}

browserTest(
  "report: 1,000 frames open and scroll quickly",
  async (page) => {
    using file = await writeLargeReport(1000);
    const start = performance.now();
    await page.goto(file.url, { waitUntil: "domcontentloaded" });
    await page.locator("#count", { hasText: /^1000 frames$/ }).waitFor();
    const seconds = (performance.now() - start) / 1000;
    const longest = await measureScrolling(page);
    // Ten times what they take on an idle machine.
    assert(seconds < 15, `the page opened in ${seconds} s`);
    assert(longest < 2000, `a step of scrolling took ${longest} ms`);
    await page.fill("input[name=search]", "r999");
    assertEquals(await visible(page), ["r999.fits"]);
  },
);

browserTest(
  "report: no network requests, no controls in print",
  async (page) => {
    using file = await writeReport(night());
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(file.url);
    await page.click("#f2 button");
    assertEquals(
      requests.filter((url) => !url.startsWith("data:") && url !== file.url),
      [],
    );
    await page.keyboard.press("Escape");
    await page.emulateMedia({ media: "print" });
    assertEquals(await page.locator("#filters").isVisible(), false);
    assertEquals((await visible(page)).length, 9);
  },
);
