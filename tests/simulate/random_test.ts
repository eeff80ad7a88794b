import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
} from "@std/assert";
import { makeRandom } from "../../lib/simulate/random.ts";
import { computeDeviation, computeMean } from "./helpers.ts";

function draw(count: number, sample: () => number): Float64Array {
  return Float64Array.from({ length: count }, sample);
}

Deno.test("random: consecutive seeds give unrelated streams", () => {
  const first = [1, 2, 3].map((seed) => makeRandom(seed).uniform());
  assertEquals(new Set(first).size, 3);
  assert(Math.abs(first[1]! - first[0]!) > 1e-3);
  assertNotEquals(
    makeRandom(5).uniform(),
    makeRandom(5 + 2 ** 40).uniform(),
  );
});

Deno.test("random: deviates have the moments of their distributions", () => {
  const random = makeRandom(1);
  const uniform = draw(20_000, () => random.uniform(2, 4));
  assert(uniform.every((value) => value >= 2 && value < 4));
  assertAlmostEquals(computeMean(uniform), 3, 0.02);
  const normal = draw(20_000, random.normal);
  assertAlmostEquals(computeMean(normal), 0, 0.03);
  assertAlmostEquals(computeDeviation(normal), 1, 0.03);
  for (const mean of [0.5, 8, 100]) {
    const poisson = draw(20_000, () => random.poisson(mean));
    assertAlmostEquals(computeMean(poisson) / mean, 1, 0.03);
    assertAlmostEquals(computeDeviation(poisson) ** 2 / mean, 1, 0.06);
  }
  const logarithms = draw(
    20_000,
    () => Math.log10(random.logUniform(0.1, 1000)),
  );
  assertAlmostEquals(computeMean(logarithms), 1, 0.03);
});

Deno.test("random: integers include both limits, picks reach every value", () => {
  const random = makeRandom(2);
  const integers = new Set(draw(300, () => random.integer(-1, 2)));
  assertEquals([...integers].sort((a, b) => a - b), [-1, 0, 1, 2]);
  const picks = new Set(draw(100, () => random.pick([3, 5])));
  assertEquals([...picks].sort(), [3, 5]);
  assertEquals(random.chance(0), false);
  assertEquals(random.chance(1), true);
});

Deno.test("random: draws from a fork do not change its parent", () => {
  const [undisturbed, disturbed] = [makeRandom(3), makeRandom(3)];
  undisturbed.fork();
  const fork = disturbed.fork();
  for (let k = 0; k < 10; k++) fork.normal();
  assertEquals(disturbed.uniform(), undisturbed.uniform());
});
