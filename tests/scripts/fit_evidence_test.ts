import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
} from "@std/assert";
import { listAlike } from "../../lib/classify/evidence.ts";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import {
  crossValidate,
  fitTables,
  type ListedFrame,
  parseFrameLists,
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
  assert(claim.arc.arc > 0.35 && claim.arc.arc < 0.55);
  assert(claim.science.arc > 0.35);
  assert(claim.bias.bias > 0.75);
  for (const shares of Object.values(claim)) {
    assert(Object.values(shares).every((share) => share > 0 && share <= 1));
  }
  // An open shutter does not tell arcs from flats.
  assertEquals(claim.light.arc, claim.light.flat);
  assertEquals(claim.light.bias, claim.light.dark);
});

Deno.test("a fifth of the claims may be wrong, whatever the frames say", () => {
  const { claim } = fitTables(makeRows(200));
  for (const type of FRAME_TYPES) {
    for (const other of FRAME_TYPES) {
      if (listAlike(type).includes(other)) continue;
      const ratio = claim[type][type] / claim[type][other];
      assert(ratio < 40, `${type} ${other} ${ratio}`);
    }
  }
  // Among types of the same light, the claim counts as it was observed.
  assert(claim.dark.dark / claim.dark.bias > 100);
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

const LISTS = `spectrograph,type,target,exposure,longest
shane_kast_blue,standard,HIP 108400,10,300
shane_kast_blue,science,NGC 224,300,10
keck_deimos,standard,Feige 34,45.5,
keck_deimos,science,,1200,900
`;

Deno.test("parseFrameLists: an empty target or longest exposure is unknown", () => {
  assertEquals(parseFrameLists(LISTS), [
    {
      ...{ spectrograph: "shane_kast_blue", type: "standard" },
      ...{ target: "HIP 108400", exposure: 10, longest: 300 },
    },
    {
      ...{ spectrograph: "shane_kast_blue", type: "science" },
      ...{ target: "NGC 224", exposure: 300, longest: 10 },
    },
    {
      ...{ spectrograph: "keck_deimos", type: "standard" },
      ...{ target: "Feige 34", exposure: 45.5, longest: null },
    },
    {
      ...{ spectrograph: "keck_deimos", type: "science" },
      ...{ target: null, exposure: 1200, longest: 900 },
    },
  ]);
});

/** Frames of lists with these ratios of exposures, one of each spectrograph. */
function listRatios(
  type: ListedFrame["type"],
  ratios: readonly number[],
  spectrograph = "",
): ListedFrame[] {
  return ratios.map((ratio, k) => ({
    ...{ spectrograph: spectrograph || `obs_${k}`, type, target: null },
    ...{ exposure: 10, longest: 10 * ratio },
  }));
}

Deno.test("exposures of the night are fitted to lists and labelled frames, in decades", () => {
  const ratios = [0.1, 100, 1, 10, 1000];
  const listed = [
    ...listRatios("standard", ratios),
    // Few ratios say nothing.
    ...listRatios("science", [1, 2, 3, 4]),
  ];
  const { night } = fitTables([], listed);
  assertEquals(night.types, {
    standard: { median: 1, below: 1.29, above: 1.29 },
    science: { median: -1, below: 1, above: 1 },
  });
  const rows = makeRows(5).map((row) => {
    const log = { ...row.verdict.log, longest: 900 };
    return { ...row, verdict: { ...row.verdict, log } };
  });
  // 900 s over 60 to 84 s, and 900 to 1,260 s.
  const { standard, science } = fitTables(rows).night.types;
  assertAlmostEquals(standard.median, Math.log10(900 / 72), 5e-3);
  assertAlmostEquals(science.median, Math.log10(900 / 1080), 5e-4);
  assertEquals([standard.below, science.above], [0.3, 0.3]);
  // The labelled frames and the lists together: the 5th of 8 ratios is 1.
  const both = fitTables(rows, listRatios("science", [1000, 1000, 1000]));
  assertEquals(both.night.types.science.median, 0);
});

Deno.test("the same ratio of exposures of a camera counts once", () => {
  const repeated = new Array(50).fill(100);
  const fit = (spectrograph: string) =>
    fitTables([], [
      ...listRatios("standard", [1, 2, 3, 4, 5]),
      ...listRatios("standard", repeated, spectrograph),
    ]).night.types.standard.median;
  assertAlmostEquals(fit("keck_deimos"), Math.log10(4), 5e-3);
  assertEquals(fit(""), 2);
});

Deno.test("exposures of 0 s have no ratio", () => {
  const listed = listRatios("standard", [1, 2, 3, 4, 5]);
  const zeros = listed.map((frame) => ({ ...frame, exposure: 0 }));
  assertEquals(
    fitTables([], [...listed, ...zeros]).night,
    fitTables([], listed).night,
  );
});

Deno.test("designations of stars are counted among the named targets that match no standard", () => {
  const list = (
    type: ListedFrame["type"],
    targets: readonly (string | null)[],
  ) =>
    targets.map((target, k) => ({
      ...{ spectrograph: `obs_${k}`, type, target, exposure: 10 },
      longest: null,
    }));
  const stars = ["HIP 1", "HIP 2", "HD 3", "BD+4 5"];
  const { star } = fitTables(
    [],
    [
      ...list("standard", [...stars, "my star"]),
      // Neither a standard of the catalogue nor a frame without a name counts.
      ...list("standard", ["Feige 34", "GD 71", null]),
      ...list("science", ["NGC 1", "M31", "my target", "HIP 1"]),
    ].map((frame, k) => ({ ...frame, spectrograph: `obs_${k}` })),
  ).target;
  assertAlmostEquals(star.standard, (4 + 0.25) / (5 + 0.5), 1e-3);
  assertAlmostEquals(star.science, (1 + 0.25) / (4 + 0.5), 1e-3);
  // The labelled frames of one camera, with targets that are no objects.
  const { star: labelled } = fitTables(makeRows(1)).target;
  assertAlmostEquals(labelled.standard, 0.25 / 1.5, 1e-3);
});

Deno.test("a list of the camera itself does not answer for it, a list of another does", () => {
  const rows = makeRows(3).map((row) => {
    const { verdict } = row;
    const log = { ...verdict.log, longest: 900 };
    return { ...row, verdict: { ...verdict, log } };
  });
  const answer = (spectrograph: string) =>
    crossValidate(rows, 0.5, [
      ...listRatios("standard", [1, 1.1, 1.2, 1.3, 1.4], spectrograph),
      ...listRatios("science", [100, 110, 120, 130, 140], spectrograph),
    ]);
  const alone = crossValidate(rows, 0.5);
  // The instruments are camera-0, camera-1 and camera-2: arms of one spectrograph.
  assertEquals(answer("obs_camera_blue"), alone);
  assertEquals(answer("camera"), alone);
  const other = answer("obs_cameras");
  assert(
    other[4]!.verdict.probabilities.standard! <
      alone[4]!.verdict.probabilities.standard!,
  );
});

Deno.test("the lists of frames are well formed", async () => {
  const csv = await Deno.readTextFile(
    new URL("../../scripts/frame_lists.csv", import.meta.url),
  );
  const [header, ...lines] = csv.trimEnd().split("\n");
  assertEquals(header, "spectrograph,type,target,exposure,longest");
  for (const line of lines) assertEquals(line.split(",").length, 5, line);
  const frames = parseFrameLists(csv);
  assertEquals(frames.length, 436);
  for (const { spectrograph, type, target, exposure, longest } of frames) {
    const text = `${spectrograph} ${target} ${exposure}`;
    assert(type === "standard" || type === "science", text);
    assert(exposure > 0 && exposure < 1e5, text);
    assert(longest === null || longest > 0 && longest < 1e5, text);
    assertEquals(target?.trim(), target ?? undefined, text);
  }
  const names = new Set(frames.map(({ spectrograph }) => spectrograph));
  assert(names.size >= 60, `${names.size}`);
  for (const name of names) assertMatch(name, /^[a-z\d]+(_[a-z\d]+)+$/);
});
