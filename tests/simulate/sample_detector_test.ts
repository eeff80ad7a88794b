import { assert, assertEquals } from "@std/assert";
import { readOut } from "../../lib/simulate/detector.ts";
import type { Detector } from "../../lib/simulate/instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { sampleDetector } from "../../lib/simulate/sample_detector.ts";

const [ROWS, COLUMNS] = [150, 400];
const DETECTORS: readonly Detector[] = Array.from(
  { length: 600 },
  (_, seed) => sampleDetector(makeRandom(seed), ROWS, COLUMNS),
);

/** Only near-infrared arrays have a large reset gradient, or reference pixels. */
function isInfrared({ reset, referenceBorder }: Detector): boolean {
  return referenceBorder > 0 || (reset?.scaleLength ?? 0) > 0.03;
}

Deno.test("detector sample: a tenth are mosaics of 2 to 12 amplifiers, fewer are infrared arrays", () => {
  const counts = new Map<number, number>();
  for (const { mosaic } of DETECTORS) {
    const count = mosaic?.strips.length ?? 1;
    counts.set(count, (counts.get(count) ?? 0) + 1);
  }
  const several = DETECTORS.length - counts.get(1)!;
  assert(several > 50 && several < 130, `${several} mosaics`);
  for (const count of [2, 4, 8, 12]) assert(counts.get(count)! >= 3);
  const arrays = DETECTORS.filter(isInfrared);
  assert(
    arrays.length > 15 && arrays.length < 60,
    `${arrays.length} near-infrared arrays`,
  );
  assert(arrays.every(({ overscan, prnu }) => overscan === 0 && prnu > 0.009));
});

Deno.test("detector sample: strips follow one another up to the end, with gaps of positive width", () => {
  for (const { mosaic } of DETECTORS) {
    if (!mosaic) continue;
    const { strips, along } = mosaic;
    strips.forEach(({ from, to }, k) => {
      assert(to > from && from >= (strips[k - 1]?.to ?? 0));
    });
    assertEquals(strips[0]!.from, 0);
    assertEquals(strips.at(-1)!.to, along === "dispersion" ? COLUMNS : ROWS);
  }
});

Deno.test("detector sample: the read-out has a pattern for each column", () => {
  DETECTORS.forEach((detector, seed) => {
    if (!detector.mosaic && !detector.reset) return;
    const light = new Float32Array(ROWS * COLUMNS);
    const { width, pixels } = readOut(
      light,
      COLUMNS,
      detector,
      makeRandom(seed),
    );
    assertEquals(detector.columnPattern.length, width);
    assert(pixels.some((value) => value > 0), `seed ${seed} is blank`);
  });
});

Deno.test("detector sample: some are CMOS cameras, with 12, 14 or 16 bits and noise above their steps", () => {
  const depths = new Set<number>();
  let cameras = 0;
  let coloured = 0;
  for (const detector of DETECTORS) {
    const { countStep, saturation, gain, readNoise } = detector;
    if (detector.hasColourFilters) coloured++;
    if (countStep === 1 && saturation !== 4095 && saturation !== 16383) {
      continue;
    }
    cameras++;
    depths.add(Math.log2(saturation / countStep + 1));
    assert(readNoise / gain >= 0.69 * countStep);
    assertEquals(detector.overscan, 0);
    assert(detector.biasLevel < 0.3 * saturation);
    const light = new Float32Array(ROWS * COLUMNS);
    const { pixels } = readOut(light, COLUMNS, detector, makeRandom(1));
    assert(pixels.every((counts) => counts % countStep === 0));
  }
  assert(cameras > 15 && cameras < 60, `${cameras} cameras`);
  assert(coloured >= 3 && coloured < 25, `${coloured} with filters`);
  assertEquals([...depths].sort((a, b) => a - b), [12, 14]);
});

Deno.test("detector sample: overscans lie along either axis, a few detectors bleed or smear", () => {
  const axes = new Map<string, number>();
  for (const { overscan, overscanAlong } of DETECTORS) {
    if (overscan === 0) continue;
    axes.set(overscanAlong, (axes.get(overscanAlong) ?? 0) + 1);
  }
  assert(axes.get("dispersion")! > axes.get("slit")!);
  assert(axes.get("slit")! > axes.get("both")!);
  assert(axes.get("both")! > 10);
  const count = (test: (detector: Detector) => boolean) =>
    DETECTORS.filter(test).length / DETECTORS.length;
  const bleeding = count(({ charge }) => charge.bleeds);
  assert(bleeding > 0.08 && bleeding < 0.2, `${bleeding} bleed`);
  const smeared = count(({ charge }) => charge.smear > 0);
  assert(smeared > 0.005 && smeared < 0.06, `${smeared} smear`);
});
