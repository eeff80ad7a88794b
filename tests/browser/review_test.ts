/// <reference lib="dom" />
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { findLabel } from "../../lib/evaluation/labels.ts";
import { readLabels } from "../../lib/evaluation/manifest.ts";
import { startReview, writeNight } from "../review/start_review.ts";
import { describeVerdict } from "../../lib/review/session.ts";
import { evenPlane, fitsOf, temporaryFolder } from "../tiny.ts";
import { makeVerdict } from "../verdicts.ts";
import { browserTest, findViolations } from "./browser.ts";

/** Opens the page and waits until all frames are classified. */
async function open(page: Page, url: string, frames = 5): Promise<void> {
  await page.goto(url);
  await page.getByText(`${frames} frames classified`, { exact: true })
    .waitFor();
}

const name = (page: Page) => page.locator("#name").textContent();
const saved = (page: Page) =>
  page.getByText("All labels are saved", { exact: true }).waitFor();

/** The label that the file has of a frame. */
async function labelIn(folder: string, frame: string) {
  const labels = await readLabels(`${folder}/spit-labels.csv`);
  return findLabel(labels, `${folder}/${frame}.fits`);
}

browserTest(
  "review page: the keyboard labels, undoes, moves and opens the help",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    await using review = await startReview(folder.path);
    await open(page, review.url);

    // The page shows a frame as soon as it is classified: go to the first in the list.
    await page.keyboard.press("Home");
    assertEquals(await name(page), "error.fits");
    await page.keyboard.press("u");
    assertEquals(await name(page), "conflict.fits");
    assertMatch(
      (await page.locator("#answer").textContent())!,
      /^bias 0\.\d{3}the pixels show no light; conflict: the header says IMAGETYP=OBJECT$/,
    );
    assertEquals(await page.locator("#evidence > div").allTextContents(), [
      "pixels decidesbias 0.993",
      "exposure none",
      "target <b>M31</b>no known standard star",
      "header contradictsscienceIMAGETYP=OBJECT",
    ]);
    const suggested = page.locator("button.suggested");
    assertEquals(
      (await suggested.allTextContents()).map((text) =>
        text.replace(/\d\.\d+/, "P")
      ),
      ["bias bP", "science sheader"],
    );
    await page.locator("#images img").waitFor();
    await page.locator(".plot svg").first().waitFor();
    await page.getByText("2 of 3 left to review").waitFor();

    await page.keyboard.press("Enter");
    assertEquals(await name(page), "unknown.fits");
    await page.keyboard.press("Enter");
    assertEquals(await name(page), "unknown.fits");
    await page.getByText("There is no type to accept").waitFor();
    await page.keyboard.press("t");
    await saved(page);
    assertEquals(await labelIn(folder.path, "error"), "other");
    assertEquals(await labelIn(folder.path, "conflict"), "bias");
    assertEquals(await labelIn(folder.path, "unknown"), "standard");

    await page.keyboard.press("z");
    await page.keyboard.press("Backspace");
    assertEquals(await name(page), "conflict.fits");
    await page.getByText("2 of 3 left to review").waitFor();
    await saved(page);
    assertEquals(await labelIn(folder.path, "unknown"), undefined);
    assertEquals(await labelIn(folder.path, "conflict"), undefined);

    await page.keyboard.press("ArrowUp");
    assertEquals(await name(page), "error.fits");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("b");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assertEquals(await name(page), "error.fits");
    await page.keyboard.press(" ");
    assertEquals(await name(page), "conflict.fits");
  },
);

browserTest(
  "review page: filters, similar frames, the mouse; HTML in headers is shown as text",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    await using review = await startReview(folder.path, ["--all"]);
    await open(page, review.url);
    await page.getByRole("button", { name: "All 5" }).waitFor();
    assertEquals(await page.locator("#list button").count(), 5);

    await page.getByRole("button", { name: "Needs review 3" }).click();
    assertEquals(await page.locator("#list button").count(), 3);
    await page.locator("#list").getByText("conflict.fits").click();
    await page.getByRole("heading", { name: "Compare: bias" }).waitFor();
    assertEquals(await page.locator("#similar .similar").count(), 2);
    assertEquals(
      await page.locator("#evidence").getByText("<b>M31</b>").count(),
      1,
    );
    await page.getByText("Header cards").click();
    await page.locator("#cards").getByText("<b>M31</b>").waitFor();

    await page.getByRole("button", { name: "flat" }).click();
    await saved(page);
    assertEquals(await labelIn(folder.path, "conflict"), "flat");
    await page.getByRole("button", { name: "Labelled 1" }).click();
    assertEquals(await name(page), "conflict.fits");
    await page.getByText("Answer without your label").waitFor();
    assertEquals(await page.locator("#label").textContent(), "flat");
    // A label decides over all evidence.
    assertEquals(await page.locator("#evidence dt span").count(), 0);
    assertEquals(await page.locator("#verdict dt span").count(), 1);
    assertEquals(
      await page.getByRole("button", { name: "flat" }).first()
        .getAttribute("aria-pressed"),
      "true",
    );
  },
);

browserTest(
  "review page: two windows share labels and new frames",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    await using review = await startReview(folder.path);
    await open(page, review.url);
    const other = await page.context().newPage();
    await open(other, review.url);
    await page.keyboard.press("Home");
    await page.keyboard.press("a");
    await other.locator("#list").getByText("✓ arc").waitFor();
    await other.keyboard.press("Home");
    await other.keyboard.press("d");
    await page.locator("#list").getByText("✓ dark").waitFor();
    await saved(other);
    assertEquals(await labelIn(folder.path, "error"), "dark");

    await Deno.writeFile(`${folder.path}/late.fits`, fitsOf([evenPlane()]));
    await page.getByText("6 frames classified", { exact: true }).waitFor();
  },
);

browserTest(
  "review page: labels not saved before the server was killed are saved by the next",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    const first = await startReview(folder.path);
    await open(page, first.url);
    await page.keyboard.press("Home");
    await page.keyboard.press("a");
    await saved(page);
    await first.end("SIGKILL");
    await page.keyboard.press("f");
    await page.keyboard.press("d");
    await page.getByText("2 labels NOT saved: the server does not respond")
      .waitFor();
    assertEquals(await labelIn(folder.path, "conflict"), undefined);

    await using second = await startReview(folder.path);
    await page.getByText("2 labels NOT saved: spit review was restarted")
      .waitFor();
    const next = await page.context().newPage();
    await open(next, second.url);
    await next.getByText("0 of 3 left to review").waitFor();
    await saved(next);
    assertEquals(await labelIn(folder.path, "error"), "arc");
    assertEquals(await labelIn(folder.path, "conflict"), "flat");
    assertEquals(await labelIn(folder.path, "unknown"), "dark");
    // The old page notices, and does not send them again.
    await saved(page);
  },
);

/** Answers the requests of the page: a new row at each request for changes, up to `limit`. */
async function serveRows(page: Page) {
  const server = { limit: 6, labels: [] as { id: number; label: string }[] };
  const makeRow = (id: number, label: string | null, version: number) => ({
    ...describeVerdict(
      makeVerdict(`/n/r${id}.fits`, { probability: id / 999 }),
    ),
    ...{ id, label, version, imageVersion: 1 },
  });
  await page.route("**/changes/*", async (route) => {
    const count = Number(route.request().url().split("/").at(-1));
    const isNew = count < server.limit;
    const rows = isNew ? [makeRow(count, null, 1)] : [];
    const version = count + rows.length;
    const json = { version, rows, waiting: 0, labelsError: "" };
    await route.fulfill({ json });
  });
  await page.route("**/label", async (route) => {
    const { id, label } = route.request().postDataJSON();
    server.labels.push({ id, label });
    await route.fulfill({ json: makeRow(id, label, 2) });
  });
  return server;
}

browserTest(
  "review page: no key and no click is lost while rows arrive",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    await using review = await startReview(folder.path, ["--all"]);
    const server = await serveRows(page);
    const waitForRows = (count: number) =>
      page.getByRole("button", { name: `All ${count}`, exact: true }).waitFor();
    await page.goto(review.url);
    await waitForRows(6);
    server.limit = 40;
    for (const key of "bdafs") await page.keyboard.press(key);
    await waitForRows(40);
    await page.getByRole("button", { name: "r5.fits" }).hover();
    await page.keyboard.press("Home");
    await page.mouse.down();
    server.limit = 60;
    await waitForRows(60);
    await page.mouse.up();
    assertEquals(await name(page), "r5.fits");
    await saved(page);
    assertEquals(
      server.labels,
      ["bias", "dark", "arc", "flat", "science"]
        .map((label, id) => ({ id, label })),
    );
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    browserTest(
      `review page: accessible, ${colorScheme}, ${width} pixels wide`,
      async (page) => {
        using folder = temporaryFolder();
        await writeNight(folder.path);
        await using review = await startReview(folder.path);
        await open(page, review.url);
        await page.locator("#list").getByText("conflict.fits").click();
        await page.locator(".plot svg").first().waitFor();
        assertEquals(await findViolations(page), []);
        const wider = await page.evaluate(() =>
          document.documentElement.scrollWidth > globalThis.innerWidth
        );
        assert(!wider, "the page scrolls sideways");
        await page.getByText("Header cards").click();
        await page.getByRole("button", { name: "Keys" }).click();
        assertEquals(await findViolations(page), []);
      },
      { colorScheme, viewport: { width, height: 800 } },
    );
  }
}
