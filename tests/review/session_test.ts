import { assertEquals } from "@std/assert";
import type { Verdict } from "../../lib/classify/verdict.ts";
import {
  createReviewSession,
  describeSets,
  describeVerdict,
} from "../../lib/review/session.ts";
import { NO_LOG } from "../no_log.ts";
import { makeFailedVerdict, makeVerdict, NO_CLAIM } from "../verdicts.ts";

Deno.test("review session applies labels to present and future frames", () => {
  const session = createReviewSession();
  session.expectFrames(2);
  session.setLabels(new Map([["/n/a.fits", "arc"]]));
  session.addVerdict(makeVerdict("/n/a.fits"));
  assertEquals(session.getRow(0)!.label, "arc");
  assertEquals(session.getChanges(0).waiting, 1);
  const { version } = session.getChanges(0);
  session.addVerdict(makeVerdict("/n/b.fits"));
  assertEquals(session.getChanges(version).rows.map(({ id }) => id), [1]);
  session.setLabels(new Map());
  assertEquals(session.getRow(0)!.label, null);
});

Deno.test("review session replaces a frame that is classified again, with a new image version", () => {
  const session = createReviewSession();
  session.addVerdict(makeVerdict("/n/a.fits", { type: "arc" }));
  const { imageVersion } = session.getRow(0)!;
  session.setLabels(new Map([["/n/a.fits", "flat"]]));
  assertEquals(session.getRow(0)!.imageVersion, imageVersion);
  session.addVerdict(makeVerdict("/n/a.fits", { type: "flat" }));
  const { rows } = session.getChanges(0);
  assertEquals(rows.map(({ id, type }) => [id, type]), [[0, "flat"]]);
  assertEquals(rows[0]!.imageVersion > imageVersion, true);
});

Deno.test("review session shows the verdicts that the nights give, with the same images", () => {
  const isStandard = new Set<string>();
  const session = createReviewSession((verdicts) =>
    verdicts.map((verdict) =>
      isStandard.has(verdict.file)
        ? { ...makeVerdict(verdict.file, { type: "standard" }) }
        : verdict
    )
  );
  session.expectFrames(2);
  session.addVerdict(makeVerdict("/n/a.fits", { type: "science" }));
  const { imageVersion, version } = session.getRow(0)!;
  assertEquals(session.getRow(0)!.type, "science");
  isStandard.add("/n/a.fits");
  session.addVerdict(makeVerdict("/n/b.fits", { type: "science" }));
  const changed = session.getChanges(version).rows;
  assertEquals(changed.map(({ id, type, answer }) => [id, type, answer]), [
    [0, "standard", "standard"],
    [1, "science", "science"],
  ]);
  assertEquals(session.getRow(0)!.imageVersion, imageVersion);
  // Nothing changes any more.
  assertEquals(session.getChanges(session.getChanges(0).version).rows, []);
});

Deno.test("review session reports an error of the labels file until it is gone", () => {
  const session = createReviewSession();
  const { version } = session.getChanges(0);
  session.setLabelsError("line 2 is damaged");
  assertEquals(session.getChanges(version).labelsError, "line 2 is damaged");
  session.setLabelsError("");
  assertEquals(session.getChanges(version).labelsError, "");
});

Deno.test("describeVerdict formats the probabilities from all evidence and from the pixels", () => {
  const verdict = makeVerdict("r.fits", {
    probability: 0.9529,
    probabilities: { flat: 0.3, arc: 0.7 },
    votes: { arc: 3, flat: 1 },
  });
  const arc = describeVerdict({
    ...verdict,
    probabilities: { arc: 0.9529, dark: 0.04, flat: 0.0071 },
  });
  assertEquals([arc.answer, arc.probability], ["arc", "0.952"]);
  assertEquals(
    arc.probabilities.map(({ type, text, pixels, votes }) => [
      type,
      text,
      pixels,
      votes,
    ]),
    [
      ["arc", "0.952", "0.700", 3],
      ["dark", "0.040", "", 0],
      ["flat", "0.007", "0.300", 1],
    ],
  );
});

Deno.test("describeVerdict gives no probability to an unknown frame or an error", () => {
  const unknown = describeVerdict(makeVerdict("r.fits", {
    type: "unknown",
    reason: "low_probability",
  }));
  assertEquals([unknown.probability, unknown.reviewReason], ["", "unknown"]);
  const failed = describeVerdict(makeFailedVerdict("r.fits"));
  assertEquals([failed.probability, failed.reviewReason], ["", "error"]);
  assertEquals([failed.answer, failed.explanation], ["error", "gone"]);
});

Deno.test("describeVerdict suggests the likeliest types, that of a header in conflict, or other", () => {
  const probabilities = { flat: 0.1, arc: 0.46, science: 0.44 };
  const suggest = (parts: Parameters<typeof makeVerdict>[1]) =>
    describeVerdict(makeVerdict("r.fits", { probabilities, ...parts }))
      .suggestions;
  assertEquals(suggest({ type: "unknown" }), ["arc", "science"]);
  const claim = (type: "flat" | "arc" | "light" | null) => ({
    agreement: "conflict",
    header: { ...NO_CLAIM, type, evidence: "IMAGETYP=X" },
  } as const);
  assertEquals(suggest(claim("flat")), ["arc", "flat"]);
  assertEquals(suggest(claim("light")), ["arc", "science"]);
  assertEquals(suggest(claim(null)), ["arc", "science"]);
  assertEquals(suggest({ subtype: "focus", use: false }), ["arc", "other"]);
  assertEquals(
    suggest({ type: "unknown", reason: "out_of_distribution" }),
    ["other", "arc"],
  );
  assertEquals(describeVerdict(makeFailedVerdict("r.fits")).suggestions, []);
  assertEquals(describeVerdict(makeVerdict("r", claim("light"))).claim, null);
});

Deno.test("describeSets joins frames of one night, configuration and type, usable or not", () => {
  const on = (
    night: string | null,
    dispname: string,
    parts: Parameters<typeof makeVerdict>[1] = {},
    file = "/n/r.fits",
  ) =>
    makeVerdict(file, {
      log: {
        ...NO_LOG,
        instrument: "kast-red",
        night,
        configuration: { dispname },
      },
      ...parts,
    });
  const verdicts: Verdict[] = [
    on("2013-10-26", "600/7500"),
    on("2013-10-26", "300/7500"),
    on("2013-10-26", "600/7500", { agreement: "conflict" }),
    on("2013-10-27", "600/7500"),
    on("2013-10-26", "600/7500", { type: "science" }),
    makeFailedVerdict("/n/e.fits"),
    makeFailedVerdict("/n/f.fits"),
    on(null, "600/7500"),
    on(null, "600/7500", {}, "/other/r.fits"),
    on(null, "600/7500"),
  ];
  const described = describeSets(verdicts);
  assertEquals(
    described.map(({ set }) => set),
    [0, 1, 0, 3, 4, 5, 6, 7, 8, 7],
  );
  assertEquals(described[2]!.findings, ["conflict"]);
  assertEquals(described[2]!.configurations, ["kast-red A"]);
  assertEquals(described[1]!.configurations, ["kast-red B"]);
  assertEquals(described[5], {
    configurations: [],
    set: 5,
    findings: ["error"],
  });
});

Deno.test("review session compares all frames when none is waiting, whatever their labels", () => {
  const session = createReviewSession();
  session.expectFrames(3);
  const log = { ...NO_LOG, instrument: "kast-red", night: "2013-10-26" };
  for (const name of ["a", "b", "c"]) {
    session.addVerdict(makeVerdict(`/n/${name}.fits`, { log }));
  }
  const { rows, version } = session.getChanges(0);
  assertEquals(rows.map(({ set }) => set), [0, 0, 0]);
  assertEquals(rows.map(({ configurations }) => configurations), [
    ["kast-red A"],
    ["kast-red A"],
    ["kast-red A"],
  ]);
  assertEquals(rows[0]!.spectrograph, "shane_kast_red");
  session.setLabels(new Map([["/n/b.fits", "other"]]));
  const later = session.getChanges(version);
  assertEquals(later.rows.map(({ id, set, label }) => [id, set, label]), [
    [1, 0, "other"],
  ]);
  session.addVerdict(makeVerdict("/n/a.fits", { log, type: "flat" }));
  assertEquals(
    session.getChanges(0).rows.map(({ set }) => set),
    [0, 1, 1],
  );
});
