import { assertEquals, assertStringIncludes } from "@std/assert";
import { applyLabel, createVerdict } from "../../lib/classify/verdict.ts";
import type { HeaderClaim } from "../../lib/header/claim.ts";
import {
  explainVerdict,
  formatExposure,
  listEvidence,
} from "../../lib/output/explanation.ts";
import { measureDamage } from "../../lib/preprocess/damage.ts";
import { computeStatistics } from "../../lib/preprocess/statistics.ts";
import { NO_LOG } from "../no_log.ts";
import { evenPlane } from "../tiny.ts";
import {
  makeFailedVerdict,
  makeVerdict,
  NO_CLAIM,
  type VerdictParts,
} from "../verdicts.ts";

const explain = (parts: VerdictParts) =>
  explainVerdict(makeVerdict("r.fits", parts));

const claim = (parts: Partial<HeaderClaim>) => ({ ...NO_CLAIM, ...parts });

const FEIGE_34 = {
  name: "Feige 34",
  matched: ["position"],
  separation: 12.34,
} as const;

Deno.test("explainVerdict says what the pixels show, and no more of a frame on which all agrees", () => {
  const header = claim({ type: "arc", evidence: "IMAGETYP=COMP" });
  const text = explain({ type: "arc", agreement: "agree", header });
  assertEquals(text, "arc: the pixels show lines");
  assertEquals(explain({ type: "bias" }), "bias: the pixels show no light");
});

Deno.test("explainVerdict names the star, its distance, the exposure time and the claim that decided", () => {
  const header = claim({ standard: FEIGE_34 });
  assertEquals(
    explain({ type: "standard", decided_by: ["target"], header }),
    "standard: the target is Feige 34, 12″ from the pointing; the pixels show a star",
  );
  const named = { ...FEIGE_34, matched: ["name"], separation: null } as const;
  assertEquals(
    explain({
      type: "standard",
      decided_by: ["pixels", "target"],
      header: claim({ standard: named }),
    }),
    "standard: the pixels show a star; the target is Feige 34 by its name",
  );
  const log = { ...NO_LOG, target: "M31", exposure: 0.30001 };
  assertEquals(
    explain({ type: "science", decided_by: ["target"], log }),
    "science: the target M31 is no known standard star; the pixels show the sky",
  );
  const nebula = makeVerdict("M76.fits", {
    type: "science",
    decided_by: ["target"],
    header: claim({ object: "M76" }),
    probabilities: { arc: 0.83, science: 0.15 },
  });
  const pixels = { ...nebula.pixels, type: "arc" as const };
  assertEquals(
    explainVerdict({ ...nebula, pixels }),
    "science: the file has the name of the object M76; the pixels alone give arc 0.830 or " +
      "science 0.150",
  );
  assertEquals(
    explain({ type: "dark", decided_by: ["exposure"], log }),
    "dark: the exposure time is 0.3 s; the pixels show no light",
  );
  assertEquals(
    explain({
      type: "arc",
      decided_by: ["header"],
      agreement: "agree",
      header: claim({ type: "arc", evidence: "LAMP=HgAr" }),
    }),
    "arc: the header says arc (LAMP=HgAr); the pixels show lines",
  );
});

Deno.test("explainVerdict gives the longest exposure of the night if it decided", () => {
  const log = { ...NO_LOG, exposure: 5, longest: 1200.4 };
  const parts = { type: "standard", log } as const;
  assertEquals(
    explain({ ...parts, decided_by: ["pixels", "exposure", "night"] }),
    "standard: the pixels show a star; the exposure time is 5 s; " +
      "exposed for 5 s, other targets of the night for up to 1200 s",
  );
  assertEquals(explain(parts), "standard: the pixels show a star");
});

Deno.test("explainVerdict: a standard has the name of its star", () => {
  const decided_by = ["pixels", "target"] as const;
  const explainTarget = (
    type: "standard" | "science",
    target: string | null,
    object: string,
  ) =>
    explain({
      ...{ type, decided_by, log: { ...NO_LOG, target } },
      header: claim({ object }),
    }).split("; ")[1];
  assertEquals(
    explainTarget("standard", "HIP 108400", "HIP 108400"),
    "the target has the name of the star HIP 108400",
  );
  assertEquals(
    explainTarget("standard", null, "HIP 108400"),
    "the file has the name of the star HIP 108400",
  );
  assertEquals(
    explainTarget("standard", "nu Cnc", "nu Cnc"),
    "the target has the name of the object nu Cnc",
  );
  assertEquals(
    explainTarget("science", "HIP 108400", "HIP 108400"),
    "the target HIP 108400 is no known standard star",
  );
});

Deno.test("explainVerdict formats the distance from the pointing with the digits of use", () => {
  const explainAt = (separation: number) =>
    explain({
      type: "standard",
      decided_by: ["target"],
      header: claim({ standard: { ...FEIGE_34, separation } }),
    }).match(/[\d.]+[″′]/)?.[0];
  assertEquals(
    [0, 0.44, 9.96, 99.4, 99.6, 599].map(explainAt),
    ["0″", "0.4″", "10″", "99″", "1.7′", "10.0′"],
  );
});

Deno.test("explainVerdict names the claim in conflict, or the cards that contradict each other", () => {
  const header = claim({ type: "science", evidence: "OBSTYPE=OBJECT" });
  assertEquals(
    explain({ type: "arc", agreement: "conflict", header }),
    "arc: the pixels show lines; conflict: the header says OBSTYPE=OBJECT",
  );
  assertEquals(
    explain({
      type: "arc",
      agreement: "conflict",
      header: claim({ evidence: "OBSTYPE=ARC, LAMP=FLAT" }),
    }),
    "arc: the pixels show lines; conflict: the header contradicts itself: OBSTYPE=ARC, LAMP=FLAT",
  );
  assertEquals(
    explain({
      type: "bias",
      agreement: "conflict",
      header: claim({ type: "light", evidence: "IMAGETYP=Light Frame" }),
    }),
    "bias: the pixels show no light; conflict: the header says IMAGETYP=Light Frame",
  );
});

Deno.test("explainVerdict gives what the pixels alone say if the answer differs from it", () => {
  const verdict = makeVerdict("r.fits", {
    type: "flat",
    decided_by: ["header"],
    agreement: "agree",
    header: claim({ type: "flat", evidence: "IMAGETYP=FLAT" }),
  });
  const pixels = {
    ...verdict.pixels,
    type: "arc",
    probabilities: { arc: 0.6, flat: 0.39, science: 0.01 },
  } as const;
  assertEquals(
    explainVerdict({ ...verdict, pixels }),
    "flat: the header says flat (IMAGETYP=FLAT); the pixels alone give arc 0.600 or flat 0.390",
  );
  const star = { ...pixels, type: "standard" } as const;
  const science = makeVerdict("r.fits", { type: "science" });
  assertEquals(
    explainVerdict({ ...science, pixels: star }),
    "science: the pixels show a star",
  );
});

Deno.test("explainVerdict says why a frame is unknown", () => {
  const probabilities = { arc: 0.4529, science: 0.451, flat: 0.07 };
  const type = "unknown";
  assertEquals(
    explain({ type, reason: "undecided", probabilities }),
    "unknown: arc 0.452 or science 0.451",
  );
  assertEquals(
    explain({ type, reason: "low_probability", probabilities }),
    "unknown: the likeliest type is not probable enough: arc 0.452 or science 0.451",
  );
  const disagree = { type, reason: "flips_disagree", probabilities } as const;
  assertEquals(
    explain(disagree),
    "unknown: the flips disagree: arc 0.452 or science 0.451",
  );
  assertEquals(
    explain({ ...disagree, hdus: [1, 2] }),
    "unknown: the HDUs disagree: arc 0.452 or science 0.451",
  );
  assertEquals(
    explain({ type, reason: "out_of_distribution", ood: 0.99 }),
    "unknown: the pixels are unlike any spectral frame, and the header claims no type",
  );
  assertEquals(
    explain({
      type,
      reason: "out_of_distribution",
      header: claim({ subtype: "acquisition", evidence: "INSTRUME=AG4" }),
    }),
    "unknown: the pixels are unlike any spectral frame; the header says acquisition (INSTRUME=AG4)",
  );
  assertEquals(
    explain({
      type,
      reason: "undecided",
      probabilities,
      agreement: "conflict",
      header: claim({ type: "bias", evidence: "OBSTYPE=BIAS" }),
    }),
    "unknown: arc 0.452 or science 0.451; conflict: the header says OBSTYPE=BIAS",
  );
});

Deno.test("explainVerdict says why a frame is unusable", () => {
  const focus = makeVerdict("r.fits", {
    subtype: "focus",
    use: false,
    agreement: "agree",
    header: claim({ type: "arc", subtype: "focus", evidence: "OBJECT=focus" }),
  });
  assertEquals(
    explainVerdict(focus),
    "arc (focus): the pixels show lines; unusable: the header says focus (OBJECT=focus)",
  );
  assertEquals(
    explain({ use: false, flags: ["saturated"] }),
    "arc: the pixels show lines; unusable: saturated",
  );
  const arc = makeVerdict("r.fits");
  const tail = { first: 1025, last: 2048, count: 1024, of: 2048, within: null };
  const damage = [
    { hdu: 0, name: null, flag: "constant-rows", ...tail },
  ] as const;
  const cut = {
    ...arc,
    ...{ use: false, flags: ["constant-rows"] },
    pixels: { ...arc.pixels, damage },
  };
  assertEquals(
    explainVerdict(cut),
    "arc: the pixels show lines; " +
      "unusable: rows 1025 to 2048 of 2048 are constant",
  );
  assertStringIncludes(
    explainVerdict({ ...cut, agreement: "conflict" }),
    "; rows 1025 to 2048 of 2048 are constant",
  );
  const others = { probability: 0.9, ood: 0, flags: [] };
  const hdus = [
    { hdu: 1, name: "B0", type: "arc", differs: false, ...others },
    { hdu: 2, name: null, type: "flat", differs: true, ...others },
    { hdu: 3, name: "B2", type: "unknown", differs: true, ...others, ood: 0.9 },
  ] as const;
  const differing = {
    ...arc,
    ...{ use: false, flags: ["hdu-differs"], pixels: { ...arc.pixels, hdus } },
  };
  const named = "HDU 2 differs: flat 0.900, " +
    "HDU 3 (B2) differs: unlike any spectral frame: ood 0.900";
  assertEquals(
    explainVerdict(differing),
    `arc: the pixels show lines; unusable: ${named}`,
  );
  assertStringIncludes(
    explainVerdict({ ...differing, type: "unknown", reason: "undecided" }),
    named,
  );
});

Deno.test("explainVerdict: a frame that is out-of-distribution rests on its header", () => {
  const output = {
    probabilities: new Float32Array([0.9, 0.1]),
    ood: new Float32Array([0.99]),
  };
  const card = {
    name: "tiny",
    version: "1.0.0",
    classes: ["arc", "flat"],
    vote: { flips: 1, majority: 0.75 },
    thresholds: { probability: 0, ood: 0.5 },
  };
  const inputs = {
    path: "r.fits",
    header: claim({ type: "flat", evidence: "IMAGETYP=FLAT" }),
    log: NO_LOG,
    hdus: [{
      ...{ hdu: 0, firstRead: null, damage: measureDamage(evenPlane()) },
      statistics: computeStatistics(evenPlane(), 1),
    }],
    error: null,
  };
  const classify = (trustHeader: boolean) =>
    createVerdict(
      inputs as unknown as Parameters<typeof createVerdict>[0],
      output,
      card as unknown as Parameters<typeof createVerdict>[2],
      { trustHeader },
    );
  const text = "flat: the header says flat (IMAGETYP=FLAT)";
  assertEquals(
    explainVerdict(classify(true)),
    `${text}; the pixels are unlike any spectral frame`,
  );
  assertEquals(
    explainVerdict(classify(false)),
    `${text}; unusable: type from the header; the pixels are unlike any spectral frame: ood 0.990`,
  );
  const [pixels] = listEvidence(classify(false));
  assertEquals(
    [pixels!.value, pixels!.note],
    ["unknown", "unlike any spectral frame: ood 0.990"],
  );
});

Deno.test("explainVerdict: a label decides, and an error is explained by its message", () => {
  const arc = makeVerdict("r.fits", {
    agreement: "conflict",
    header: claim({ type: "flat", evidence: "IMAGETYP=FLAT" }),
  });
  const explainLabel = (label: "arc" | "dark" | "other") =>
    explainVerdict(applyLabel(arc, label));
  assertEquals(explainLabel("arc"), "arc: labelled by hand");
  assertEquals(
    explainLabel("dark"),
    "dark: labelled by hand; the pixels alone give arc 0.900",
  );
  assertEquals(explainLabel("other"), "other: labelled by hand");
  assertEquals(explainVerdict(makeFailedVerdict("r.fits")), "error: gone");
});

Deno.test("listEvidence gives each piece of evidence, what it decides and what it contradicts", () => {
  const verdict = makeVerdict("r.fits", {
    type: "standard",
    decided_by: ["target"],
    probabilities: { standard: 0.7, science: 0.295, flat: 0.005 },
    probability: 0.7,
    votes: { standard: 3, science: 1 },
    header: claim({
      type: "science",
      subtype: "focus",
      evidence: "OBSTYPE=OBJECT, OBJECT=focus",
      standard: FEIGE_34,
      differs: ["EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1"],
    }),
    log: { ...NO_LOG, target: "star 1", exposure: 60 },
  });
  const items = listEvidence(verdict);
  assertEquals(
    items.map(({ kind, value, note }) => [kind, value, note]),
    [
      [
        "pixels",
        "standard 0.700",
        "science 0.295; votes: 3 standard 1 science",
      ],
      ["exposure", "60 s", ""],
      ["target", "star 1", "Feige 34, 12″ from the pointing"],
      [
        "header",
        "science focus",
        "OBSTYPE=OBJECT, OBJECT=focus; EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1",
      ],
    ],
  );
  const deciding = items.filter(({ decides }) => decides);
  assertEquals(deciding.map(({ kind }) => kind), ["target"]);
  const conflict = makeVerdict("r.fits", {
    agreement: "conflict",
    header: claim({ evidence: "OBSTYPE=ARC, LAMP=FLAT" }),
  });
  const [pixels, exposure, target, header] = listEvidence(conflict);
  assertEquals([pixels!.note, exposure!.value, target!.value], ["", "", ""]);
  assertEquals([header!.value, header!.contradicts], ["contradictory", true]);
  const labelled = listEvidence(applyLabel(conflict, "arc"));
  assertEquals(
    labelled.some(({ decides, contradicts }) => decides || contradicts),
    false,
  );
});

Deno.test("listEvidence has the night only if there are exposures to compare", () => {
  const list = (longest?: number) =>
    listEvidence(
      makeVerdict("r.fits", {
        ...{ type: "standard", decided_by: ["pixels", "night"] },
        log: { ...NO_LOG, exposure: 5, longest },
      }),
    );
  assertEquals(list().map(({ kind }) => kind), [
    ...["pixels", "exposure", "target", "header"] as const,
  ]);
  const kinds = list(0.30001).map(({ kind }) => kind);
  assertEquals(kinds, ["pixels", "exposure", "target", "night", "header"]);
  assertEquals(list(0.30001)[3], {
    ...{ kind: "night", value: "up to 0.3 s" },
    ...{ note: "exposures of other targets", decides: true },
    contradicts: false,
  });
});

Deno.test("listEvidence: only a frame of the sky is compared with the standard stars", () => {
  const noteOn = (type: "science" | "flat") =>
    listEvidence(
      makeVerdict("r.fits", { type, log: { ...NO_LOG, target: "M31" } }),
    )[2]!.note;
  assertEquals(noteOn("science"), "no known standard star");
  assertEquals(noteOn("flat"), "");
  assertEquals(
    listEvidence(makeFailedVerdict("r.fits")).map(({ value }) => value),
    ["", "", "", ""],
  );
});

Deno.test("formatExposure leaves out digits of no use", () => {
  const format = (exposure: number | null) =>
    formatExposure({ log: { ...NO_LOG, exposure } });
  assertEquals(
    [0, 0.0021, 4.01, 60.01, 999.94, 12345.6].map(format),
    ["0 s", "0.0021 s", "4.01 s", "60 s", "1000 s", "12346 s"],
  );
  assertEquals(format(null), "");
});
