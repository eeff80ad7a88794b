import { assert, assertEquals } from "@std/assert";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import {
  crossValidate,
  fitEvidence,
  fitTables,
} from "../../scripts/fit_evidence.ts";
import { NO_LOG } from "../no_log.ts";
import { makeVerdict, NO_CLAIM } from "../verdicts.ts";

const EXPOSURES: Readonly<Record<FrameType, number>> = {
  bias: 0,
  dark: 300,
  arc: 10,
  flat: 8,
  standard: 60,
  science: 900,
};

/** Rows of cameras that each took every type; the pixels are right with `probability`. */
function makeRows(cameras: number, probability = 0.9, factors = [1]) {
  return Array.from(
    { length: cameras },
    (_, k) =>
      FRAME_TYPES.flatMap((label) =>
        factors.map((factor) => {
          const probabilities = Object.fromEntries(
            FRAME_TYPES.map((type) => [
              type,
              type === label ? probability : (1 - probability) / 5,
            ]),
          );
          const path = `${k}/${label}-${factor}.fits`;
          const exposure = EXPOSURES[label] * factor * (1 + k / 10);
          const verdict = makeVerdict(path, {
            type: label,
            probabilities,
            ood: 0.01,
            header: { ...NO_CLAIM, type: label, evidence: `OBSTYPE=${label}` },
            log: { ...NO_LOG, exposure, target: label },
          });
          const frame = {
            path,
            label,
            instrument: `camera-${k}`,
            night: "2026-01-01",
            confidence: "high",
            hdu: undefined,
            split: "",
          } as const;
          return { frame, verdict };
        })
      ),
  ).flat();
}

Deno.test("exposure times are fitted per type, and a dark is never short", () => {
  const { exposure: { shortest, types } } = fitTables(
    makeRows(6, 0.9, [1, 1.5]),
  );
  assert(types.bias.short > 0.9);
  assertEquals(types.dark.short, 0);
  assert(types.arc.short > 0 && types.arc.short < 0.1);
  for (const type of ["dark", "arc", "flat", "standard", "science"] as const) {
    const seconds = 10 ** types[type].median;
    assert(seconds > EXPOSURES[type] && seconds < 3 * EXPOSURES[type], type);
    assert(types[type].below >= 0.6 && types[type].above >= 0.6);
  }
  assert(shortest < 0.1);
});

Deno.test("exposure times below and above the median have widths of their own", () => {
  const rows = makeRows(1, 0.9, [0.005, 0.02, 0.1, 1, 1.1, 1.2, 1.3]);
  const { below, above } = fitTables(rows).exposure.types.arc;
  assert(below > 1.4);
  assertEquals(above, 0.6);
});

Deno.test("claims are counted, and no claim is impossible", () => {
  const rows = makeRows(6);
  const lying = rows.map((row, k) =>
    row.frame.label === "arc" && Math.floor(k / FRAME_TYPES.length) % 2 === 0
      ? {
        ...row,
        verdict: {
          ...row.verdict,
          header: { ...row.verdict.header, type: "science" as const },
        },
      }
      : row
  );
  const { claim } = fitTables(lying);
  assert(claim.arc.arc > 0.4 && claim.arc.arc < 0.6);
  assert(claim.science.arc > 0.4);
  assert(claim.bias.bias > 0.9);
  for (const shares of Object.values(claim)) {
    assert(Object.values(shares).every((share) => share > 0 && share <= 1));
  }
  // An open shutter does not tell arcs from flats.
  assertEquals(claim.light.arc, claim.light.flat);
  assertEquals(claim.light.bias, claim.light.dark);
});

Deno.test("a kind of light is open down to half of the least certain right pixels", () => {
  assertEquals(fitEvidence(makeRows(3, 0.3), 0.5).weights.open, 0.15);
  assertEquals(fitEvidence(makeRows(3, 0.9), 0.5).weights.open, 0.2);
});

Deno.test("the answers for a camera do not depend on its own frames", () => {
  const rows = makeRows(3);
  const [first] = crossValidate(rows, 0.5);
  // The same camera with other labels: its frames fit nothing that answers for them.
  const other = rows.map((row) =>
    row.frame.instrument === "camera-0"
      ? { ...row, frame: { ...row.frame, label: "flat" as const } }
      : row
  );
  const [same] = crossValidate(other, 0.5);
  assertEquals(same!.verdict, first!.verdict);
  assertEquals(first!.verdict.type, first!.frame.label);
});

Deno.test("a score above the threshold leaves the answer to the header", () => {
  const rows = makeRows(3);
  const foreign = crossValidate(rows, 0.001);
  assert(foreign.every(({ verdict }) => !verdict.use));
  assert(
    foreign.every(({ verdict }) => !verdict.decided_by.includes("pixels")),
  );
});

Deno.test("the names of celestial objects are counted, with a tenth of the calibrations at least", () => {
  const rows = makeRows(6).map((row) => {
    const isOfSky = ["standard", "science"].includes(row.frame.label);
    const object = isOfSky && row.frame.instrument !== "camera-0"
      ? "M76"
      : null;
    const header = { ...row.verdict.header, object };
    return { ...row, verdict: { ...row.verdict, header } };
  });
  const { target: { named } } = fitTables(rows);
  assert(named.sky > 0.75 && named.sky < 0.9, `${named.sky}`);
  assertEquals(named.other, 0.1);
});
