import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import {
  brokenFile,
  classifiedFile,
  writeLargeReport,
  writeReport,
} from "../output/sheet.ts";
import { NO_CLAIM } from "../verdicts.ts";
import { NO_LOG } from "../no_log.ts";
import { applyLabel } from "../../lib/classify/verdict.ts";
import { browserTest, findViolations } from "./browser.ts";

/** A night with a frame of each type and a frame for each reason of a review. */
function night() {
  return [
    ...FRAME_TYPES.map((type, k) =>
      classifiedFile(`night/${type}${k}.fits`, type, {
        probability: 0.5 + k / 20,
      })
    ),
    classifiedFile("night/lying.fits", "arc", {
      agreement: "conflict",
      header: { ...NO_CLAIM, type: "science", evidence: "OBSTYPE=OBJECT" },
    }),
    classifiedFile("night/odd.fits", "unknown"),
    classifiedFile("night/sharp.fits", "arc", {
      subtype: "focus",
      use: false,
      header: { ...NO_CLAIM, subtype: "focus", evidence: "OBJECT=focus" },
    }),
    brokenFile("night/cut.fits", "the pixels end early"),
  ];
}

const visible = (page: Page) =>
  page.locator("li.frame:visible .file").allTextContents();

browserTest(
  "report: each frame is in its group, those that need review first",
  async (page) => {
    using file = await writeReport(night());
    await page.goto(file.url);
    const names = await visible(page);
    assertEquals(names.length, 10);
    assertEquals(names.slice(0, 2), ["cut.fits", "odd.fits"]);
    assertEquals(
      names.filter((name) => /arc|lying|sharp/.test(name)),
      ["lying.fits", "sharp.fits", "arc2.fits"],
    );
    assertEquals(await page.textContent("#count"), "10 frames");
    const notes = page.locator("li .note");
    assertEquals(await notes.allTextContents(), [
      "truncated_data: the pixels end early",
      "low probability: science 0.900 or bias 0.100",
      "conflict: the header says OBSTYPE=OBJECT",
      "unusable: the header says focus (OBJECT=focus)",
    ]);
    assertEquals(await page.locator("rect.review").count(), 3);
    const reasons = page.locator("button.reason");
    assertEquals(await reasons.allTextContents(), [
      "1 error",
      "1 conflict",
      "1 unusable",
      "1 unknown",
    ]);
  },
);

browserTest(
  "report: filters, search and sorting survive a reload",
  async (page) => {
    using file = await writeReport(night());
    await page.goto(file.url);
    await page.selectOption("select[name=review]", "any reason");
    assertEquals(await visible(page), [
      "cut.fits",
      "odd.fits",
      "lying.fits",
      "sharp.fits",
    ]);
    await page.click(".counts button[data-value=arc]");
    assertEquals(await visible(page), ["lying.fits", "sharp.fits"]);
    assertEquals(await page.textContent("#count"), "2 of 10 frames");
    await page.click("button[data-value=conflict]");
    assertEquals(await visible(page), ["lying.fits"]);
    await page.reload();
    assertEquals(await visible(page), ["lying.fits"]);
    await page.click("#clear");
    await page.keyboard.press("Escape");
    await page.fill("input[name=search]", "obstype=object");
    assertEquals(await visible(page), ["lying.fits"]);
    await page.fill("input[name=search]", "");
    await page.fill("input[name=search]", "exptime=");
    assertEquals((await visible(page)).length, 9);
    await page.fill("input[name=search]", "");
    await page.click(".counts button[data-value=arc]");
    await page.selectOption("select[name=sort]", "name");
    assertEquals(await visible(page), [
      "arc2.fits",
      "lying.fits",
      "sharp.fits",
    ]);
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
  "report: a frame shows its evidence side by side, and a card only what needs review",
  async (page) => {
    const standard = {
      name: "Feige 34",
      matched: ["position"],
      separation: 12.3,
    } as const;
    const star = classifiedFile("night/star.fits", "standard", {
      decided_by: ["target"],
      probabilities: { standard: 0.97, science: 0.03 },
      probability: 0.97,
      header: { ...NO_CLAIM, type: "science", evidence: "X=1", standard },
      log: { ...NO_LOG, target: "F34", exposure: 60, mjd: 61041 },
    });
    const lying = night().find(({ verdict }) => /lying/.test(verdict.file))!;
    const labelled = {
      ...lying,
      verdict: applyLabel({ ...lying.verdict, file: "night/b.fits" }, "other"),
    };
    using file = await writeReport([star, lying, labelled]);
    await page.goto(file.url);
    const texts = (selector: string) =>
      page.locator(selector).allTextContents();
    assertEquals(await texts("#f0 .open > *"), [
      "",
      "star.fits00:00",
      "standard60 s",
      "F34target",
    ]);
    assertEquals(await texts("#f1 .open > .note"), [
      "conflict: the header says OBSTYPE=OBJECT",
    ]);
    assertEquals(await texts("#f2 .line"), ["b.fits00:00", "other", "by hand"]);
    assertEquals(await page.getAttribute("#f2", "data-type"), "other");

    await page.click("#f0 button");
    assertEquals(await texts("dialog .answer"), [
      "standard0.970target" +
      "the target is Feige 34, 12″ from the pointing; the pixels show a star",
    ]);
    assertEquals(await texts("dialog .evidence > div"), [
      "pixels standard0.970science0.030",
      "exposure 60 s",
      "target decidesF34Feige 34, 12″ from the pointing",
      "header scienceX=1",
      "all evidencestandard0.970science0.030",
    ]);
    assertEquals(await page.locator("dialog .contradicts").count(), 0);
    await page.keyboard.press("Escape");
    await page.click("#f1 button");
    assertEquals(await page.locator("dialog .contradicts").count(), 1);
  },
);

browserTest(
  "report: HTML in headers and names is shown as text",
  async (page) => {
    const evil =
      "<script>document.title='caught'</script><img src=x onerror=1>";
    using file = await writeReport([
      classifiedFile(`night/${evil}.fits`, "arc", {
        header: { ...NO_CLAIM, type: "arc", evidence: `OBJECT=${evil}` },
      }),
      brokenFile(`night/2${evil}`, `no ${evil}`),
    ], evil);
    await page.goto(file.url);
    assert((await page.title()).includes(evil));
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
      await page.keyboard.press("3");
      assertEquals(await findViolations(page), []);
      await page.keyboard.press("1");
      await page.click("#f2 button");
      assertEquals(await findViolations(page), []);
    },
    { colorScheme },
  );
}

browserTest(
  "report: the same frames by configuration, and as a log that can be sorted",
  async (page) => {
    const log = (
      minutes: number,
      exposure: number | null,
      grating: string,
    ) => ({
      ...NO_LOG,
      night: "2026-01-01",
      mjd: 61041 + minutes / 1440,
      instrument: "kast-red",
      exposure,
      configuration: { dispname: grating },
    });
    using file = await writeReport([
      classifiedFile("a.fits", "arc", { log: log(3, 30, "600/7500") }),
      classifiedFile("b.fits", "flat", { log: log(2, 4, "830/8460") }),
      classifiedFile("c.fits", "science", { log: log(1, 600, "600/7500") }),
      classifiedFile("d.fits", "science", { log: log(4, null, "830/8460") }),
    ]);
    await page.goto(file.url);
    await page.keyboard.press("2");
    assertEquals(
      await page.locator("section.group:visible h2").allTextContents(),
      ["kast-red A 2", "kast-red B 2"],
    );
    assertEquals(await visible(page), ["a.fits", "c.fits", "b.fits", "d.fits"]);
    await page.click("button[data-field=configuration] >> nth=1");
    assertEquals(await visible(page), ["b.fits", "d.fits"]);
    await page.click("#clear");

    await page.keyboard.press("3");
    assertEquals(new URL(page.url()).hash, "#view=log");
    assertEquals(await visible(page), []);
    const rows = () =>
      page.locator("#log tbody tr:visible th").allTextContents();
    assertEquals(await rows(), ["c.fits", "b.fits", "a.fits", "d.fits"]);
    const heading = page.locator("#log th", { hasText: "exposure" });
    await heading.locator("button").click();
    assertEquals(await rows(), ["b.fits", "a.fits", "c.fits", "d.fits"]);
    await heading.locator("button").click();
    assertEquals(await rows(), ["c.fits", "a.fits", "b.fits", "d.fits"]);
    assertEquals(await heading.getAttribute("aria-sort"), "descending");
    await page.fill("input[name=search]", "science");
    assertEquals(await rows(), ["c.fits", "d.fits"]);
    await page.locator("#log tbody tr:visible button").first().click();
    await page.keyboard.press("ArrowRight");
    assertEquals(await page.textContent("dialog h2"), "d.fits");
    await page.keyboard.press("Escape");
    assertEquals(
      await page.evaluate(() => document.activeElement?.textContent),
      "d.fits",
    );
  },
);

browserTest(
  "report: marks of the timeline name their frame and open it",
  async (page) => {
    using file = await writeReport(night());
    await page.goto(file.url);
    const mark = page.locator("rect.mark.t-flat");
    await mark.hover();
    assertEquals(
      await page.textContent("#tip"),
      "flat3.fits 00:00\nflat 0.650",
    );
    await mark.click();
    assertEquals(await page.textContent("dialog h2"), "night/flat3.fits");
    assertEquals(await page.textContent("#position"), "8 of 10");
  },
);

browserTest(
  "report: nothing runs off the edge of a phone, seven cards in a row on a laptop",
  async (page) => {
    using file = await writeReport(
      Array.from(
        { length: 9 },
        (_, k) =>
          classifiedFile(`night/a_long_name_of_a_frame_${k}.fits`, "arc"),
      ),
    );
    await page.goto(file.url);
    for (const key of ["1", "2", "3"]) {
      await page.keyboard.press(key);
      assertEquals(
        await page.evaluate(() => document.documentElement.scrollWidth),
        390,
      );
    }
    await page.keyboard.press("1");
    await page.setViewportSize({ width: 1440, height: 900 });
    const tops = await page.locator("li.frame").evaluateAll((cards) =>
      cards.map((card) => card.getBoundingClientRect().top)
    );
    assert(tops.filter((top) => top === tops[0]).length >= 7);
  },
  { viewport: { width: 390, height: 844 } },
);

browserTest(
  "report: a live page loads itself again, with its view, but not under an open frame",
  async (page) => {
    using file = await writeReport(night(), "night", { refresh: 10 });
    const { path } = file;
    await page.clock.install();
    await page.goto(`${file.url}#view=log`);
    await page.locator("#log tbody button").first().click();
    await writeReport(night().slice(1), "night", { path, refresh: 10 });
    await page.clock.runFor(11_000);
    assertEquals(await page.locator("dialog[open]").count(), 1);
    assertEquals(await page.textContent("#count"), "10 frames");
    await page.keyboard.press("Escape");
    await page.clock.runFor(11_000);
    await page.locator("#count", { hasText: /^9 frames$/ }).waitFor();
    await page.locator("#log tbody tr").first().waitFor();
  },
);

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
    assertEquals((await visible(page)).length, 10);
  },
);
