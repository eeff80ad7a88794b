import { assert } from "@std/assert";
import { sampleArcLight } from "../../lib/simulate/lamp_light.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { createPlainInstrument } from "./helpers.ts";

/** Returns the columns of the maxima of the arcs of a kind, for each of 400 seeds with it. */
function findLines(kind: string): number[][] {
  const instrument = createPlainInstrument();
  const found: number[][] = [];
  for (let seed = 0; seed < 400; seed++) {
    const arc = sampleArcLight(makeRandom(seed), instrument);
    if (arc.kind !== kind) continue;
    const { extended } = arc.source(instrument.dispersion);
    const limit = 1e-3 * Math.max(...extended);
    found.push(
      Array.from(extended.keys()).filter((x) =>
        extended[x]! > limit && extended[x]! > (extended[x - 1] ?? 0) &&
        extended[x]! >= (extended[x + 1] ?? 0)
      ),
    );
  }
  return found;
}

Deno.test("lamp light: a few per cent of the arcs have two to five lines", () => {
  const arcs = findLines("sparse");
  assert(arcs.length > 8 && arcs.length < 40, `${arcs.length} of 400`);
  for (const lines of arcs) assert(lines.length <= 5, `${lines}`);
  assert(arcs.some((lines) => lines.length === 2));
});

Deno.test("lamp light: the lines of a comb are evenly spaced", () => {
  const arcs = findLines("comb");
  assert(arcs.length > 4 && arcs.length < 30, `${arcs.length} of 400`);
  for (const lines of arcs) {
    assert(lines.length > 8, `${lines.length} lines`);
    for (let k = 2; k < lines.length; k++) {
      const [a, b] = [lines[k - 1]! - lines[k - 2]!, lines[k]! - lines[k - 1]!];
      assert(Math.abs(a - b) <= 2, `${a} and ${b} columns`);
    }
  }
});
