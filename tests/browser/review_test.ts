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
    await page.getByText("2 labels not saved yet").waitFor();
    assertEquals(
      await page.getByRole("alert").textContent(),
      "The server does not respond. If it has ended, start spit review again." +
        " This browser keeps 2 unsaved labels.",
    );
    assertEquals(await labelIn(folder.path, "conflict"), undefined);

    await using second = await startReview(folder.path);
    await page.getByText("spit review was started again: open the address")
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

/**
 * Answers the requests of the page: a new row at each request for changes, up to `limit`.
 *
 * @param spectrographs Those of the first rows.
 */
async function serveRows(
  page: Page,
  spectrographs: readonly (string | null)[] = [],
) {
  const server = { limit: 6, labels: [] as { id: number; label: string }[] };
  const makeRow = (id: number, label: string | null, version: number) => ({
    ...describeVerdict(
      makeVerdict(`/n/r${id}.fits`, { probability: id / 999 }),
    ),
    ...{ id, label, version, imageVersion: 1 },
    ...{ configurations: [], set: id, findings: [] },
    spectrograph: spectrographs[id] ?? null,
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
    await page.locator("#list").getByText("r5.fits").hover();
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

/** Returns the names of the selected frames. */
const selected = (page: Page) =>
  page.locator('#list [aria-pressed="true"] .name').allTextContents();

browserTest(
  "review page: one key labels a run, a choice of frames, or all that are alike, and one undoes it",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    await using review = await startReview(folder.path, ["--all"]);
    await open(page, review.url);
    const all = ["error", "conflict", "unknown", "bias1", "bias2"];
    const labels = () =>
      Promise.all(all.map((one) => labelIn(folder.path, one)));

    await page.keyboard.press("End");
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("Shift+ArrowUp");
    assertEquals(await selected(page), [
      "unknown.fits",
      "bias1.fits",
      "bias2.fits",
    ]);
    await page.getByText("3 frames selected", { exact: true }).waitFor();
    // One has no type.
    await page.keyboard.press("Enter");
    await page.getByText("1 of the selected frames have no type to accept")
      .waitFor();
    await page.keyboard.press("d");
    await page.getByText("3 frames labelled: 3 dark. z undoes this.").waitFor();
    await saved(page);
    assertEquals(await labels(), [
      undefined,
      undefined,
      "dark",
      "dark",
      "dark",
    ]);
    assertEquals(await selected(page), []);

    await page.keyboard.press("z");
    assertEquals(await selected(page), [
      "unknown.fits",
      "bias1.fits",
      "bias2.fits",
    ]);
    await saved(page);
    assertEquals(await labels(), all.map(() => undefined));
    const text = await Deno.readTextFile(`${folder.path}/spit-labels.csv`);
    assertEquals(
      text.trim().split("\n").slice(1).map((line) =>
        line.replace(/,[^,]*$/, "")
      ),
      [
        ...["unknown.fits,dark", "bias1.fits,dark", "bias2.fits,dark"],
        ...["unknown.fits,", "bias1.fits,", "bias2.fits,"],
      ],
    );
    await page.keyboard.press("Escape");
    assertEquals(await selected(page), []);

    const entry = (name: string) => page.locator("#list").getByText(name);
    await entry("error.fits").click();
    await entry("bias1.fits").click({ modifiers: ["ControlOrMeta"] });
    await entry("conflict.fits").click({ modifiers: ["ControlOrMeta"] });
    await entry("bias1.fits").click({ modifiers: ["ControlOrMeta"] });
    assertEquals(await selected(page), ["error.fits", "conflict.fits"]);
    await entry("error.fits").click();
    await entry("unknown.fits").click({ modifiers: ["Shift"] });
    assertEquals(
      await selected(page),
      ["error.fits", "conflict.fits", "unknown.fits"],
    );

    // The pixels of all three are those of a bias.
    await entry("bias1.fits").click();
    await page.getByText("Select all 3 like this").waitFor();
    await page.keyboard.press("l");
    assertEquals(await selected(page), [
      "conflict.fits",
      "bias1.fits",
      "bias2.fits",
    ]);
    await page.keyboard.press("Enter");
    await saved(page);
    assertEquals(await labels(), [
      undefined,
      "bias",
      undefined,
      "bias",
      "bias",
    ]);
    // A label of another time is left alone.
    await entry("conflict.fits").click();
    await page.keyboard.press("z");
    await page.keyboard.press("Escape");
    await entry("conflict.fits").click();
    await page.keyboard.press("f");
    await entry("bias2.fits").click();
    await page.keyboard.press("l");
    assertEquals(await selected(page), ["bias1.fits", "bias2.fits"]);
  },
);

browserTest(
  "review page: filters by type, configuration, finding and night, which a reload keeps",
  async (page) => {
    using folder = temporaryFolder();
    const write = (name: string, start: string, grating: string) =>
      Deno.writeFile(
        `${folder.path}/${name}.fits`,
        fitsOf([evenPlane()], {
          INSTRUME: "FORS2",
          GRISM: grating,
          "DATE-OBS": start,
        }),
      );
    await writeNight(folder.path);
    await write("early", "2013-10-26T20:00:00", "300V");
    await write("late", "2013-10-26T22:30:00", "300V");
    await write("next", "2013-10-28T01:00:00", "300V");
    await using review = await startReview(folder.path);
    await open(page, review.url, 8);
    const names = () => page.locator("#list .name").allTextContents();
    const filter = (name: string) => page.getByRole("combobox", { name });

    await filter("Finding").selectOption("conflict");
    assertEquals(await names(), ["conflict.fits"]);
    await page.getByText("1 listed").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    assertEquals((await names()).length, 3);
    // None of these needs review, so that the page lists all frames.
    await filter("Night").selectOption("2013-10-26");
    await filter("Order").selectOption("time");
    assertEquals(await names(), ["early.fits", "late.fits"]);
    await page.locator("#list").getByText("late.fits").click();
    assertEquals(
      await page.locator("#neighbours .name").allTextContents(),
      ["early.fits", "late.fits"],
    );
    assertEquals(
      await page.locator("#neighbours .time").allTextContents(),
      ["−2.5 h", "22:30"],
    );
    await page.reload();
    await page.getByText("8 frames classified", { exact: true }).waitFor();
    assertEquals(await names(), ["early.fits", "late.fits"]);

    await filter("Night").selectOption("");
    await filter("Type").selectOption("unknown");
    assertEquals(await names(), ["unknown.fits"]);
    // A filter keeps its keys, so that a letter in it labels no frame.
    await filter("Type").focus();
    await page.keyboard.press("a");
    await page.keyboard.press("Escape");
    assertEquals(await page.locator("select:focus").count(), 0);
    await page.getByRole("button", { name: "Labelled 0" }).waitFor();
  },
);

browserTest(
  "review page: at the end it gives the command that writes the labels, which works",
  async (page) => {
    using folder = temporaryFolder();
    const night = `${folder.path}/the observer's night`;
    await Deno.mkdir(night);
    await writeNight(night);
    await using review = await startReview(night);
    await open(page, review.url);
    await page.keyboard.press("Home");
    await page.keyboard.press("u");
    await page.keyboard.press("b");
    assertEquals(await page.locator("#done").count(), 0);
    await page.keyboard.press("t");
    assertEquals(
      await page.locator("#done h2").textContent(),
      "All 3 doubtful frames are reviewed: 1 other, 1 bias, 1 standard",
    );
    await saved(page);
    const command = (await page.locator("#done pre").textContent())!;
    assertMatch(command, / --labels .* --format csv -o night\.csv$/);
    const { success, stderr } = await new Deno.Command("sh", {
      args: ["-c", command],
      cwd: night,
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    assertMatch(
      await Deno.readTextFile(`${night}/night.csv`),
      /conflict\.fits"?,bias,.*\n.*error\.fits"?,,.*\n.*unknown\.fits"?,standard,/,
    );
    await page.keyboard.press("z");
    assertEquals(await page.locator("#done").count(), 0);
  },
);

browserTest(
  "review page: at the end it gives a command for each spectrograph of PypeIt",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    await using review = await startReview(folder.path);
    await serveRows(page, ["shane_kast_red", "shane_kast_blue", null]);
    await page.goto(review.url);
    const command = page.locator("#done pre");
    await page.getByText("No frame needs review", { exact: true }).waitFor();
    await page.waitForFunction(() =>
      document.querySelector("#done pre")?.textContent?.includes("kast_red")
    );
    const lines = (await command.textContent())!.split("\n");
    assertEquals(lines.map((line) => line.match(/--format.*/)?.[0]), [
      "--format pypeit --spectrograph shane_kast_blue -o redux",
      "--format pypeit --spectrograph shane_kast_red -o redux",
    ]);
  },
);

/**
 * Makes all requests of the page fail. Chromium starts to intercept them a moment after
 * `route` has returned, so this waits for the first that fails.
 */
async function cutConnection(page: Page) {
  await page.route("**/*", (route) => route.abort());
  await page.waitForFunction(() =>
    fetch("changes/0").then(() => false, () => true)
  );
}

browserTest(
  "review page: says once that the server is gone, keeps the images, and goes on when it is back",
  async (page) => {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    await using review = await startReview(folder.path);
    await open(page, review.url);
    /** Shows a frame, and waits for its image and its plot, which come in two responses. */
    const show = async (name: string) => {
      await page.locator("#list").getByText(name).click();
      await page.waitForFunction(() => {
        const image = document.querySelector("#images img");
        return image instanceof HTMLImageElement && image.complete &&
          image.naturalWidth === 650;
      });
      await page.locator(".plot svg").first().waitFor();
    };
    await show("unknown.fits");
    await show("conflict.fits");

    await cutConnection(page);
    await page.keyboard.press("f");
    assertEquals(await name(page), "unknown.fits");
    await page.keyboard.press("d");
    const alert = page.getByRole("alert").filter({ hasText: "respond" });
    await alert.waitFor();
    await page.getByText("2 labels not saved yet").waitFor();
    assertEquals(await page.getByText("does not respond").count(), 1);
    for (const name of ["conflict.fits", "unknown.fits"]) {
      await show(name);
    }
    assertEquals(await page.getByText("There is no input image").count(), 0);

    await page.unroute("**/*");
    await saved(page);
    await alert.waitFor({ state: "detached" });
    assertEquals(await page.getByRole("alert").textContent(), "");
    assertEquals(await labelIn(folder.path, "conflict"), "flat");
    assertEquals(await labelIn(folder.path, "unknown"), "dark");
  },
);

const scrollsSideways = (page: Page) =>
  page.evaluate(() =>
    document.documentElement.scrollWidth > globalThis.innerWidth
  );

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
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
        assert(!await scrollsSideways(page), "the page scrolls sideways");
        if (width < 400) {
          await page.getByRole("combobox", {
            name: "Type",
            includeHidden: true,
          }).waitFor({ state: "hidden" });
          await page.getByRole("button", { name: "Filters" }).click();
        }
        await page.getByRole("combobox", { name: "Type" })
          .selectOption("bias");
        await page.keyboard.press("l");
        for (const key of "abu") await page.keyboard.press(key);
        await page.getByRole("button", { name: "Clear" }).click();
        assertEquals(await findViolations(page), []);
        assert(!await scrollsSideways(page), "the page scrolls sideways");
        await page.getByText("Header cards").click();
        await page.getByRole("button", { name: "Keys" }).click();
        assertEquals(await findViolations(page), []);
      },
      { colorScheme, viewport: { width, height: 800 } },
    );
  }
}
