import { assert, assertEquals } from "@std/assert";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { simulateNight } from "../../lib/simulate/simulate_night.ts";

Deno.test("night: one instrument, every type, increasing times, the requested count", () => {
  const frames = [...simulateNight({ seed: 8, count: 12 })];
  assertEquals(frames.length, 12);
  assertEquals(
    new Set(frames.map((frame) => frame.type)).size,
    FRAME_TYPES.length,
  );
  assertEquals(new Set(frames.map((frame) => frame.instrument)).size, 1);
  const shapes = frames.map(({ plane }) => `${plane.width} × ${plane.height}`);
  assertEquals(new Set(shapes).size, 1);
  const dates = frames.map(({ cards }) =>
    String(cards.find(({ keyword }) => keyword === "DATE-OBS")!.value)
  );
  assertEquals(dates[0], "2026-01-01T04:00:00");
  assert(dates.every((date, k) => k === 0 || date > dates[k - 1]!));
  assertEquals(frames.map(({ name }) => name).slice(0, 2), ["r0001", "r0002"]);
});

Deno.test("night: a count below the number of types is respected", () => {
  for (const count of [0, 1, 4]) {
    assertEquals([...simulateNight({ seed: 1, count })].length, count);
  }
});

Deno.test("night: the same seed repeats a night", () => {
  assertEquals(
    [...simulateNight({ seed: 6, count: 3 })],
    [...simulateNight({ seed: 6, count: 3 })],
  );
});
