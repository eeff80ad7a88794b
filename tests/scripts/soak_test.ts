import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fileURLToPath } from "node:url";
import { isFlat, trendOf } from "../../scripts/soak/trend.ts";
import { TINY } from "../tiny.ts";

const SOAK = fileURLToPath(new URL("../../scripts/soak.ts", import.meta.url));

Deno.test("the trend of points on a line is the line, without an error", () => {
  const number = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(number, number, fc.integer({ min: 2, max: 50 }), (a, b, n) => {
      const x = Array.from({ length: n }, (_, k) => 3 * k);
      const { slope, error } = trendOf(x, x.map((x) => a + b * x));
      assertAlmostEquals(slope, b, 1e-6);
      assertAlmostEquals(error, 0, 1e-6);
    }),
  );
});

Deno.test("a leak is told from noise, and from a rise too small to matter", () => {
  const x = Array.from({ length: 100 }, (_, k) => k / 10);
  const noise = x.map((_, k) => 200 + (k * 7919 % 13) - 6);
  assert(isFlat(trendOf(x, noise), 10, 0));
  const leaking = noise.map((value, k) => value + 2 * x[k]!);
  assert(!isFlat(trendOf(x, leaking), 10, 0.02));
  assert(isFlat(trendOf(x, leaking), 10, 0.2));
});

Deno.test("a short soak: every file has an end, whatever became of its worker", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SOAK, "--files", "540", "--model", TINY, "--json"],
    stderr: "null",
  }).output();
  const { ends, samples } = JSON.parse(new TextDecoder().decode(stdout));
  // Of 27 files in turn one is cut, one is none, one is not there; one in 500 is deadly.
  assertEquals(ends.worker_lost, 1);
  assert(ends.truncated_data >= 19 && ends.truncated_data <= 20);
  const all = Object.values<number>(ends).reduce((sum, count) => sum + count);
  assertEquals([all, samples.at(-1).files], [540, 540]);
});
