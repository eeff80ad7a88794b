/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { browserTest } from "../browser/browser.ts";
import { spit } from "../commands/spit.ts";
import { startReview } from "../review/start_review.ts";
import { temporaryFolder, TINY } from "../tiny.ts";
import { writeHostileNight } from "./hostile.ts";

/** Collects dialogs, and requests to addresses that are not allowed. */
function watchPage(page: Page, allowed: (url: string) => boolean): string[] {
  const violations: string[] = [];
  page.on("dialog", (dialog) => {
    violations.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && !allowed(url)) violations.push(url);
  });
  return violations;
}

/** Asserts that no injected script has run and no event handler was injected. */
async function assertNothingInjected(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    pwned: "pwned" in globalThis,
    injected:
      [...document.querySelectorAll("*")].filter((element) =>
        [...element.attributes].some(({ name }) => /^on/.test(name)) ||
        (element instanceof HTMLAnchorElement &&
          /^javascript/.test(element.href))
      ).length,
  }));
  assertEquals(found, { pwned: false, injected: 0 });
}

browserTest(
  "hostile names and cards run no script in the report",
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
    const violations = watchPage(page, (requested) => requested === url);
    await page.goto(url);
    assertEquals(await page.locator("li.frame").count(), names.length);
    await page.fill("input[name=search]", "<script>");
    await page.fill("input[name=search]", "");
    await page.keyboard.press("Escape");
    await page.locator("li.frame button").first().click();
    for (let k = 1; k < 12; k++) await page.click("#next");
    await assertNothingInjected(page);
    assertEquals(violations, []);
  },
);

browserTest(
  "hostile names and cards run no script in the review page",
  async (page) => {
    using folder = temporaryFolder();
    const names = await writeHostileNight(`${folder.path}/night`);
    await using review = await startReview(folder.path, ["--all"]);
    const { origin } = new URL(review.url);
    const violations = watchPage(
      page,
      (requested) => requested.startsWith(origin),
    );
    await page.goto(review.url);
    await page.getByText(`${names.length} frames classified`, { exact: true })
      .waitFor();
    await page.getByText("Header cards").click();
    await page.keyboard.press("Home");
    for (let k = 0; k < names.length; k++) {
      await page.locator("#cards tr").first().waitFor();
      await page.keyboard.press("ArrowDown");
    }
    await assertNothingInjected(page);
    assertEquals(violations, []);
  },
);
