import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Verdict } from "../../../lib/classify/verdict.ts";
import { formatMjd } from "../../../lib/header/card_values.ts";
import { renderReportPage } from "../../../lib/output/night/page.tsx";
import { computeStatistics } from "../../../lib/preprocess/statistics.ts";
import { NO_LOG } from "../../no_log.ts";
import { evenPlane } from "../../tiny.ts";
import { makeFailedVerdict, makeVerdict, NO_CLAIM } from "../../verdicts.ts";

function render(verdicts: readonly Verdict[]): string {
  const frames = verdicts.map((verdict, id) => ({
    id,
    verdict,
    thumbnails: [],
    site: null,
  }));
  return renderReportPage({ title: "night", subtitle: "", frames }).join("");
}

/** Returns biases with these levels. */
function makeBiases(levels: readonly number[]): Verdict[] {
  return levels.map((level, k) => {
    const bias = makeVerdict(`b${k}.fits`, {
      type: "bias",
      log: { ...NO_LOG, mjd: 61041 + k / 1000, night: "2026-01-01" },
    });
    const statistics = computeStatistics(evenPlane(700, 260, level), 4);
    return { ...bias, pixels: { ...bias.pixels, statistics } };
  });
}

/** Returns the headings of the groups with the items below them, without tags. */
function listItems(page: string): [heading: string, items: string[]][] {
  const section = /<section class="attention".*?<\/section>/.exec(page)
    ?.[0] ?? "";
  const strip = (html: string) => html.replace(/<[^>]*>/g, "");
  return [...section.matchAll(/<details.*?<\/details>/g)].map(([group]) => [
    strip(/<summary>.*?<\/summary>/.exec(group)![0]),
    [...group.matchAll(/<li>.*?<\/li>/g)].map(([item]) => strip(item)),
  ]);
}

Deno.test("the report lists outliers with a link to the frame and what differs", () => {
  const page = render(makeBiases([1000, 1000, 1040, 1000, 1000]));
  assertEquals(listItems(page), [["Must act 1", [
    "outlier: b2.fits is unlike the other biases of 2026-01-01; " +
    "level 40 counts (10 × the noise) above the other 4",
  ]]]);
  assertStringIncludes(
    page,
    '<button type="button" class="link" data-open="2">b2.fits</button>',
  );
  assertStringIncludes(page, "5 frames, 1 to review (outlined)");
  assert(!page.includes("Nothing needs attention"));
});

Deno.test("the report shows outliers first, and finds them by the filter of review", () => {
  const page = render(makeBiases([1000, 1000, 1040, 1000, 1000]));
  const cards = [...page.matchAll(/<li class="frame.*?<\/li>/g)]
    .map(([card]) => card);
  const reasons = cards.map((card) =>
    /data-review="(.*?)"/.exec(card)?.[1] ?? ""
  );
  assertEquals(reasons, ["outlier", "", "", "", ""]);
  assertStringIncludes(cards[0]!, "b2.fits");
  assertStringIncludes(cards[0]!, "outlier: level 40 counts");
  assertStringIncludes(page, "<option>outlier</option>");
  assertStringIncludes(
    page,
    'data-field="review" data-value="outlier" aria-pressed="false"><b>1</b> outlier',
  );
});

Deno.test("the report without findings has the table of configurations", () => {
  const page = render(makeBiases([1000, 1000, 1000, 1000]));
  assertEquals(listItems(page), []);
  assertStringIncludes(page, "Nothing needs attention");
  assertStringIncludes(
    page,
    'data-value="A" aria-pressed="false">A</button></th><td class="number">4</td>',
  );
});

Deno.test("the report groups findings, links frames without a calibration, and shortens long lists", () => {
  const science = ["s0.fits", "s1.fits"].map((file) =>
    makeVerdict(file, { type: "science" })
  );
  const unknown = Array.from(
    { length: 23 },
    (_, k) =>
      makeVerdict(`u${k}.fits`, { type: "unknown", reason: "undecided" }),
  );
  const noted = makeVerdict("n.fits", {
    type: "bias",
    header: {
      ...NO_CLAIM,
      differs: ["EXPTIME=0 in HDU 0, EXPTIME=5 in HDU 1"],
    },
  });
  const broken = makeFailedVerdict("cut.fits");
  const page = render([...science, ...unknown, noted, broken]);
  const [act, look, information] = listItems(page);
  assertEquals(act![0], "Must act 3");
  assertEquals(act![1][0], "cut.fits: error; not_found: gone");
  assertStringIncludes(act![1][1]!, "missing: no arc for 2 frames");
  assertStringIncludes(
    page,
    'data-open="0">s0.fits</button>, <button type="button" class="link" data-open="1">s1.fits</button>; an arc',
  );
  assertEquals([look![0], look![1].length], ["Look at 23", 21]);
  assertEquals(look![1].at(-1), "and 3 more: unknown");
  assertEquals(information![1], [
    "n.fits: bias; the headers differ: EXPTIME=0 in HDU 0, EXPTIME=5 in HDU 1",
  ]);
  assertStringIncludes(page, '<td class="lacks">arc, flat</td>');
});

/** Returns the text of the first element of a class, without tags. */
function textOf(page: string, element: string): string {
  const [html] = new RegExp(`<${element}.*?</${element.split(" ")[0]}>`, "s")
    .exec(page)!;
  return html.replace(/<[^>]*>/g, "");
}

/** Returns a frame of Kast at a time. */
function makeTimed(
  file: string,
  mjd: number,
  parts: Parameters<typeof makeVerdict>[1] = {},
): Verdict {
  const log = {
    ...NO_LOG,
    mjd,
    night: formatMjd(mjd - 0.8).slice(0, 10),
    instrument: "kast-red",
    exposure: 600,
  };
  return makeVerdict(file, { type: "bias", log, ...parts });
}

Deno.test("the report is headed by what the frames are, and answers whether a person is needed", () => {
  const night = render(makeBiases([1000, 1000, 1000, 1000]));
  assertEquals(textOf(night, "h1"), "2026-01-01 4 frames");
  assertStringIncludes(textOf(night, 'p class="summary good"'), "is fine.");
  const nights = render([
    makeTimed("a.fits", 61041.2),
    makeTimed("b.fits", 61042.2, { type: "unknown", reason: "undecided" }),
  ]);
  assertEquals(
    textOf(nights, "h1"),
    "kast-red · 2025-12-31 to 2026-01-01 2 nights · 2 frames",
  );
  assertEquals(
    textOf(nights, 'p class="summary warn"'),
    "These nights are probably fine:1 unknown",
  );
  const failed = render([makeFailedVerdict("c.fits"), makeFailedVerdict("d")]);
  assertEquals(textOf(failed, "h1"), "night 2 frames");
  assertEquals(
    textOf(failed, 'p class="summary bad"'),
    "This set needs attention:2 errors",
  );
});

/** Returns the class, place and length of the marks of a timeline. */
function listMarks(page: string): string[] {
  return [...page.matchAll(
    /<rect class="(mark [^"]*)" data-open="(\d+)" x="([^"]*)" width="([^"]*)"/g,
  )].map(([, ...parts]) => parts.join(" "));
}

Deno.test("the timeline draws exposures as lengths, in the colours of the types", () => {
  const page = render([
    makeTimed("a.fits", 61041),
    makeTimed("b.fits", 61041 + 50 / 1440, {
      type: "arc",
      agreement: "conflict",
    }),
  ]);
  // An hour of exposures from 00:00 to 01:00 UT, with a margin of 2 % at either end.
  assertEquals(listMarks(page), [
    "mark t-bias 0 1.92% 16.03%",
    "mark t-arc review 1 82.05% 16.03%",
  ]);
  assertStringIncludes(page, ">00:30</span>");
});

Deno.test("the timeline gives a lone frame an hour, and each of several nights a lane", () => {
  assertEquals(listMarks(render([makeTimed("a.fits", 61041)])), [
    "mark t-bias 0 41.67% 16.67%",
  ]);
  const page = render([0, 1, 2].map((k) => makeTimed(`${k}.fits`, 61041 + k)));
  assertEquals(listMarks(page).length, 3);
  assertEquals(new Set(listMarks(page).map((mark) => mark.slice(14))).size, 1);
  assertStringIncludes(page, 'aria-label="2026-01-01: 1 frame"');
});

Deno.test("the timeline shows twilight and local time where the site is known", () => {
  const site = {
    name: "Lick Observatory",
    longitude: -121.6428,
    latitude: 37.3433,
    zone: "America/Los_Angeles",
  };
  const verdict = makeTimed("a.fits", 61041 + 1 / 24);
  const frames = [{ id: 0, verdict, thumbnails: [], site }];
  const page = renderReportPage({ title: "t", subtitle: "", frames }).join("");
  assertEquals(
    textOf(page, "h1"),
    "kast-red · 2025-12-31 Lick Observatory · 1 frame",
  );
  // The Sun sets at Lick at 01:00 UT of the new year.
  assertStringIncludes(page, '<rect class="day" x="0.00%"');
  assertStringIncludes(page, '<rect class="twilight"');
  assert(/Sun sets (00:5\d|01:0\d)/.test(page));
  assertStringIncludes(page, "<span>PST</span>");
});

Deno.test("the report shows level and noise of calibrations, and no column of zeros", () => {
  const page = render(makeBiases([1000, 1000, 1040, 1000, 1000]));
  assertStringIncludes(
    page,
    'aria-label="bias, level: 1,000 to 1,040 counts, median 1,000"',
  );
  assertStringIncludes(page, 'aria-label="bias, noise: 4 to 4 counts');
  const renderSaturated = (saturated: number) =>
    render(
      makeBiases([1000, 1000]).map((verdict) => {
        const statistics = { ...verdict.pixels!.statistics!, saturated };
        const pixels = { ...verdict.pixels!, statistics };
        return { ...verdict, pixels } as Verdict;
      }),
    );
  assertStringIncludes(
    renderSaturated(0.25),
    'aria-label="bias, saturated: 25 to 25 %, median 25"',
  );
  const sound = renderSaturated(0);
  assert(!sound.includes("bias, saturated"));
  assertStringIncludes(sound, "Saturated pixels: 0 %.");
});

Deno.test("the observing log has a row for each frame, by time", () => {
  const page = render([
    makeTimed("late.fits", 61041.5),
    makeTimed("early.fits", 61041.25, { probability: 0.75 }),
  ]);
  const [, json] = /id="rows">(.*?)<\/script>/.exec(page)!;
  const html: string = JSON.parse(json!);
  const rows = [...html.matchAll(/<tr id="l\d+".*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<t[dh].*?<\/t[dh]>/g)].map(([cell]) =>
      cell.replace(/<[^>]*>/g, "").trim()
    )
  );
  assertEquals(rows.map(([time, file]) => [time, file]), [
    ["06:00:00", "early.fits"],
    ["12:00:00", "late.fits"],
  ]);
  assertEquals(rows[0]!.slice(3), [
    "600 s",
    "",
    "bias",
    "0.750",
    "kast-red A",
    "",
  ]);
});
