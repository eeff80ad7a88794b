import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { spectrograph, splitOf } from "../../lib/evaluation/split.ts";

const rule = fc.record({
  seed: fc.string(),
  instruments: fc.double({ min: 0, max: 1, noNaN: true }),
  nights: fc.double({ min: 0, max: 1, noNaN: true }),
});

Deno.test("split: the arms of a spectrograph never lie on both sides of a night", () => {
  fc.assert(fc.property(rule, fc.string(), fc.string(), (rule, name, night) => {
    const sides = ["", "-red", "-blue"].map((arm) =>
      splitOf({ instrument: name + arm, night }, rule)
    );
    assertEquals(new Set(sides).size, 1);
  }));
});

Deno.test("split: shares are met, and a held-out spectrograph is held out on every night", () => {
  const rule = { seed: "x", instruments: 0.3, nights: 0.2 };
  const nights = Array.from({ length: 50 }, (_, i) => `night ${i}`);
  const instruments = Array.from({ length: 1000 }, (_, i) => `i${i}`);
  const heldOutNights = instruments.map((instrument) =>
    nights.filter((night) =>
      splitOf({ instrument, night }, rule) === "validation"
    ).length
  );
  const whole = heldOutNights.filter((n) => n === nights.length).length;
  assert(
    Math.abs(whole / instruments.length - 0.3) < 0.05,
    `${whole} held out whole`,
  );
  const partly = heldOutNights.filter((n) => n < nights.length);
  const mean = partly.reduce((a, b) => a + b, 0) / partly.length /
    nights.length;
  assert(Math.abs(mean - 0.2) < 0.02, `${mean} of nights held out`);
});

Deno.test("split: a spectrograph is what stands before the hyphen", () => {
  assertEquals(["kast-red", "sprat", ""].map(spectrograph), [
    "kast",
    "sprat",
    "",
  ]);
});
