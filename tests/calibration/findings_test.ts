import { assertEquals } from "@std/assert";
import { auditVerdicts, startAudit } from "../../lib/calibration/findings.ts";
import { computeStatistics } from "../../lib/preprocess/statistics.ts";
import { NO_LOG } from "../no_log.ts";
import { evenPlane } from "../tiny.ts";
import { makeFailedVerdict, makeVerdict, NO_CLAIM } from "../verdicts.ts";

/** Biases of which the third has another level. */
const BIASES = [1000, 1000, 1040, 1000, 1000].map((level, k) => {
  const bias = makeVerdict(`b${k}.fits`, {
    type: "bias",
    log: { ...NO_LOG, mjd: 61041 + k / 1000 },
  });
  const statistics = computeStatistics(evenPlane(700, 260, level), 4);
  return { ...bias, pixels: { ...bias.pixels, statistics } };
});

const VERDICTS = [
  makeVerdict("noted.fits", {
    header: {
      ...NO_CLAIM,
      differs: ["EXPTIME=0 in HDU 0, EXPTIME=5 in HDU 1"],
    },
  }),
  makeVerdict("odd.fits", { type: "unknown", reason: "undecided" }),
  makeVerdict("damaged.fits", { use: false, flags: ["constant-rows"] }),
  makeVerdict("lying.fits", { agreement: "conflict" }),
  makeFailedVerdict("broken.fits"),
  ...BIASES,
  makeVerdict("science.fits", { type: "science" }),
];

Deno.test("findings are grouped by what they ask of a person, the most urgent first", () => {
  const { findings } = auditVerdicts(VERDICTS);
  assertEquals(
    findings.map(({ group, kind, files }) => [group, kind, ...files]),
    [
      ["act", "error", "broken.fits"],
      ["act", "conflict", "lying.fits"],
      ["act", "unusable", "damaged.fits"],
      ["act", "outlier", "b2.fits"],
      ["act", "missing", "science.fits"],
      ["look", "unknown", "odd.fits"],
      ["information", "note", "noted.fits"],
    ],
  );
});

Deno.test("an audit can be continued after a result", () => {
  const audit = startAudit();
  const results = VERDICTS.map((verdict) => {
    audit.add(verdict);
    return audit.result();
  });
  assertEquals(results[0]!.findings.map(({ kind }) => kind), ["note"]);
  assertEquals(results.at(-1), auditVerdicts(VERDICTS));
});

Deno.test("sound frames give no findings, and a table of configurations", () => {
  const { findings, configurations } = auditVerdicts(BIASES.toSpliced(2, 1));
  assertEquals(findings, []);
  assertEquals(configurations.map(({ counts }) => counts.bias), [4]);
});
