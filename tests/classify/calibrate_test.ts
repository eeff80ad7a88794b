import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { calibrate } from "../../lib/classify/calibrate.ts";

function softmax(logits: readonly number[], temperature: number): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((z) => Math.exp((z - largest) / temperature));
  return powers.map((p) => p / powers.reduce((a, b) => a + b));
}

Deno.test("calibrated probabilities are the softmax of logits over the temperature", () => {
  const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), {
    minLength: 5,
    maxLength: 5,
  });
  fc.assert(fc.property(
    fc.array(logits, { minLength: 1, maxLength: 4 }),
    fc.double({ min: 0.25, max: 8, noNaN: true }),
    (flips, temperature) => {
      const found = calibrate(
        Float32Array.from(flips.flatMap((z) => softmax(z, 1))),
        5,
        temperature,
      );
      const wanted = flips.flatMap((z) => softmax(z, temperature));
      wanted.forEach((p, k) => assertAlmostEquals(found[k]!, p, 1e-4));
    },
  ));
});

Deno.test("a certain flip stays certain, at any temperature", () => {
  for (const temperature of [0.01, 1, 100]) {
    assertEquals(
      calibrate(Float32Array.of(0, 1, 0), 3, temperature),
      Float32Array.of(0, 1, 0),
    );
  }
});
