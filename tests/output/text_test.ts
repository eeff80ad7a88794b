import { assert, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { stringifyVerdict } from "../../lib/output/json.ts";
import { formatProbability, formatVotes } from "../../lib/output/text.ts";
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
