/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { browserTest } from "../browser/browser.ts";
import { spit } from "../commands/spit.ts";
import { startReview } from "../review/start_review.ts";
import { temporaryFolder, TINY } from "../tiny.ts";
import { writeHostileNight } from "./hostile.ts";

/** Notes whatever a page does that it should not. */
function misdeedsOf(page: Page, allowed: (url: string) => boolean): string[] {
  const misdeeds: string[] = [];
  page.on("dialog", (dialog) => {
    misdeeds.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && !allowed(url)) misdeeds.push(url);
  });
  return misdeeds;
}

async function assertUnharmed(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    pwned: "pwned" in globalThis,
    odd:
      [...document.querySelectorAll("*")].filter((element) =>
        [...element.attributes].some(({ name }) => /^on/.test(name)) ||
        (element instanceof HTMLAnchorElement &&
          /^javascript/.test(element.href))
      ).length,
  }));
  assertEquals(found, { pwned: false, odd: 0 });
}

browserTest(
  "hostile names and cards run nothing in the report, whatever is opened",
  async (page) => {
    using folder = temporaryFolder();
    const names = await writeHostileNight(`${folder.path}/night`);
    const { code, err } = await spit(
      // deno-fmt-ignore
      ["report", "night", "-o", "n.html", "--model", TINY, "--device", "cpu", "--workers", "0"],
      folder.path,
    );
    assertEquals(code, 0, err);
    const url = `file://${folder.path}/n.html`;
    const misdeeds = misdeedsOf(page, (asked) => asked === url);
    await page.goto(url);
    assertEquals(await page.locator("li.frame").count(), names.length);
    await page.fill("input[name=search]", "<script>");
    await page.fill("input[name=search]", "");
    await page.keyboard.press("Escape");
    await page.locator("li.frame button").first().click();
    for (let k = 1; k < 12; k++) await page.click("#next");
    await assertUnharmed(page);
    assertEquals(misdeeds, []);
  },
);

browserTest(
  "hostile names and cards run nothing in the review, whatever is opened",
  async (page) => {
    using folder = temporaryFolder();
    const names = await writeHostileNight(`${folder.path}/night`);
    await using review = await startReview(folder.path, ["--all"]);
    const { origin } = new URL(review.url);
    const misdeeds = misdeedsOf(page, (asked) => asked.startsWith(origin));
    await page.goto(review.url);
    await page.getByText(`${names.length} frames classified`, { exact: true })
      .waitFor();
    await page.getByText("Header cards").click();
    await page.keyboard.press("Home");
    for (let k = 0; k < names.length; k++) {
      await page.locator("#cards tr").first().waitFor();
      await page.keyboard.press("ArrowDown");
    }
    await assertUnharmed(page);
    assertEquals(misdeeds, []);
  },
);
