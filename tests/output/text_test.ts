import { assert, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { EVIDENCE } from "../../lib/classify/evidence.ts";
import { stringifyVerdict } from "../../lib/output/json.ts";
import {
  formatDamage,
  formatDecidedBy,
  formatProbability,
  formatVotes,
} from "../../lib/output/text.ts";
import { makeVerdict } from "../verdicts.ts";

Deno.test("formatProbability: rounds down, and keeps values of three decimals", () => {
  assertEquals(
    [0, 0.4529, 0.9996, 0.99994, 1].map(formatProbability),
    ["0.000", "0.452", "0.999", "0.999", "1.000"],
  );
  for (let k = 0; k <= 1000; k++) {
    assertEquals(formatProbability(k / 1000), (k / 1000).toFixed(3));
  }
});

Deno.test("formatProbability: a probability and its value in NDJSON give the same text", () => {
  const probabilities = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(probabilities, (probability) => {
    const row = JSON.parse(
      stringifyVerdict(makeVerdict("a.fits", { probability })),
    );
    const text = formatProbability(probability);
    assertEquals(text, formatProbability(row.probability));
    assert(Number(text) <= probability + 5e-7);
    assert(Number(text) > probability - 1.0005e-3);
  }));
});

Deno.test("formatVotes: has the most frequent type first", () => {
  assertEquals(formatVotes({ arc: 1, flat: 3 }), "3 flat 1 arc");
  assertEquals(formatVotes({}), "");
});

Deno.test("formatDamage names the HDUs with the same damage together, and three at most", () => {
  const tail = { first: 51, last: 100, count: 50, of: 100, within: null };
  const rows = (hdu: number, name: string | null) =>
    ({ hdu, name, flag: "constant-rows", ...tail }) as const;
  const hdus: [] = [];
  assertEquals(
    formatDamage({ damage: [rows(1, "B0"), rows(2, null)], hdus }),
    "HDU 1 (B0), HDU 2: rows 51 to 100 of 100 are constant",
  );
  const saturated = [1, 2, 3, 4].map((hdu) =>
    ({
      ...{ hdu, name: null, share: hdu / 10, level: 4095 },
      flag: "saturated",
    }) as const
  );
  assertEquals(
    formatDamage({ damage: saturated, hdus }).split(", HDU").at(-1),
    " 3: 30 % of the lit pixels are saturated, at 4095 counts, …",
  );
  assertEquals(
    formatDamage({
      damage: [
        { ...rows(0, null), count: 80 },
        { ...rows(0, null), flag: "constant-columns" },
        { ...rows(0, null), within: [1, 40] },
      ],
    }),
    "80 of 100 rows are constant, 51 to 100 among them, " +
      "columns 51 to 100 of 100 are constant, " +
      "rows 51 to 100 of 100 are constant in columns 1 to 40",
  );
  assertEquals(formatDamage({}), "");
});

Deno.test("formatDecidedBy: one kind by its name, several in short, in 18 characters", () => {
  assertEquals(EVIDENCE.map((kind) => formatDecidedBy([kind])), [...EVIDENCE]);
  assertEquals(formatDecidedBy(["pixels", "night"]), "px+ngt");
  const all = formatDecidedBy(EVIDENCE.filter((kind) => kind !== "label"));
  assertEquals([all, all.length], ["px+exp+tgt+ngt+hdr", 18]);
  assertEquals(formatDecidedBy([]), "");
});
