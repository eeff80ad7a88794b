import type { RawPlane } from "../../lib/simulate/detector.ts";
import type { Detector, Instrument } from "../../lib/simulate/instrument.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";

/** Creates a long-slit instrument of 120 × 700 pixels without any defect. */
export function createPlainInstrument(
  detector: Partial<Detector> = {},
): Instrument {
  const base = createInstrument("longslit", 5)!;
  const rows = 120;
  const columns = 700;
  return {
    ...base,
    rows,
    dispersion: { columns, start: 5000, step: 2, lineWidth: 4 },
    tilt: 0,
    smile: 0,
    slices: [{ from: -10, to: rows + 10, transmission: 1, shift: 0 }],
    softness: 1,
    slitIllumination: new Float32Array(rows).fill(1),
    throughput: new Float32Array(columns).fill(1),
    scatter: 0,
    fringes: { amplitude: 0, period: 10, slant: 0 },
    reflection: undefined,
    isTransposed: false,
    detector: {
      ...base.detector,
      gain: 2,
      readNoise: 6,
      biasLevel: 1000,
      amplifierOffsets: [0],
      splitAlong: "dispersion",
      isPrescan: false,
      mosaic: undefined,
      reset: undefined,
      referenceBorder: 0,
      persistence: [],
      overscan: 0,
      overscanAlong: "dispersion",
      isOverscanOnBothSides: false,
      countStep: 1,
      hasColourFilters: false,
      charge: { along: "slit", bleeds: false, smear: 0 },
      overscanOffset: 0,
      rowPattern: 0,
      hotRows: [],
      columnPattern: new Float32Array(columns),
      slope: [0, 0],
      interference: { amplitude: 0, cycles: [0, 0] },
      badColumns: [],
      prnu: 0.005,
      saturation: 65535,
      darkCurrent: 0,
      glow: {
        electrons: 0,
        isFromEdges: false,
        row: 0,
        column: 0,
        scaleLength: 1,
      },
      warmFraction: 0,
      stuckFraction: 0,
      blankBorder: undefined,
      ...detector,
    },
  };
}

/** Computes the mean. */
export function computeMean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return sum / values.length;
}

/** Computes the population standard deviation. */
export function computeDeviation(values: ArrayLike<number>): number {
  const mean = computeMean(values);
  return Math.sqrt(
    computeMean(Float64Array.from(values, (value) => (value - mean) ** 2)),
  );
}

/** Returns the size of a plane and the start of the SHA-256 of its little-endian pixels. */
export async function describePlane(
  { width, height, pixels }: RawPlane,
): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", pixels.slice());
  const hash = Array.from(
    new Uint8Array(digest, 0, 6),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return `${width} × ${height} ${hash.join("")}`;
}
