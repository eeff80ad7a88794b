import { assert, assertEquals } from "@std/assert";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { simulateNight } from "../../lib/simulate/simulate_night.ts";

Deno.test("night: one instrument, every type, rising times, as many frames as asked for", () => {
  const frames = [...simulateNight({ seed: 8, count: 12 })];
  assertEquals(frames.length, 12);
  assertEquals(
    new Set(frames.map((frame) => frame.type)).size,
    FRAME_TYPES.length,
  );
  assertEquals(new Set(frames.map((frame) => frame.instrument)).size, 1);
  const shapes = frames.map(({ plane }) => `${plane.width} x ${plane.height}`);
  assertEquals(new Set(shapes).size, 1);
  const dates = frames.map(({ cards }) =>
    String(cards.find(({ keyword }) => keyword === "DATE-OBS")!.value)
  );
  assert(dates.every((date, k) => k === 0 || date > dates[k - 1]!));
  assertEquals(frames[0]!.name, "r0001");
});

Deno.test("night: fewer frames than types are still as many as asked for", () => {
  for (const count of [0, 1, 4]) {
    assertEquals([...simulateNight({ seed: 1, count })].length, count);
  }
});
