import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Verdict } from "../../../lib/classify/verdict.ts";
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
  const section = /<section class="attention".*?<\/section>/.exec(page)![0];
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
  assertStringIncludes(page, "5 frames over 0.1 h, 1 to review");
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
  assertStringIncludes(page, '<th scope="row">A</th><td>4</td>');
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
  assertStringIncludes(page, "<td>arc, flat</td>");
});
