import { assert } from "@std/assert";
import { makeRandom } from "../../lib/simulate/random.ts";
import { sampleStandardLight } from "../../lib/simulate/sky_light.ts";
import { createPlainInstrument } from "./helpers.ts";

Deno.test("sky light: about a twentieth of the standards are trailed along the slit", () => {
  const instrument = createPlainInstrument();
  const trails = Array.from({ length: 400 }, (_, seed) => {
    const { source } = sampleStandardLight(makeRandom(seed), instrument);
    return source(instrument.dispersion).traces[0]!.trail ?? 0;
  }).filter((trail) => trail > 0);
  assert(trails.length > 8 && trails.length < 40, `${trails.length} of 400`);
  assert(trails.every((trail) => trail >= 0.05 && trail <= 0.7));
});
