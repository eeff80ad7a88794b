import { assertEquals } from "@std/assert";
import { applyLabel, createVerdict } from "../../lib/classify/verdict.ts";
import type { HeaderClaim } from "../../lib/header/claim.ts";
import { measureDamage } from "../../lib/preprocess/damage.ts";
import { computeStatistics } from "../../lib/preprocess/statistics.ts";
import { NO_LOG } from "../no_log.ts";
import { evenPlane } from "../tiny.ts";
import { NO_CLAIM } from "../verdicts.ts";

/** Classifies a frame whose pixels show an arc. */
function classifyArc(header: Partial<HeaderClaim>) {
  const inputs = {
    path: "r.fits",
    header: { ...NO_CLAIM, ...header },
    log: NO_LOG,
    hdus: [{
      ...{ hdu: 0, firstRead: null, damage: measureDamage(evenPlane()) },
      statistics: computeStatistics(evenPlane(), 1),
    }],
    error: null,
  };
  const card = {
    ...{ name: "tiny", version: "1.0.0", classes: ["arc", "flat"] },
    vote: { flips: 1, majority: 0.75 },
    thresholds: { probability: 0, ood: 0.5 },
  };
  const output = {
    probabilities: new Float32Array([0.999, 0.001]),
    ood: new Float32Array([0.01]),
  };
  return createVerdict(
    inputs as unknown as Parameters<typeof createVerdict>[0],
    output,
    card as unknown as Parameters<typeof createVerdict>[2],
  );
}

Deno.test("createVerdict: a subtype that the header claims for another type is left out, unless it forbids the use", () => {
  const find = (header: Partial<HeaderClaim>) => {
    const { type, subtype, use } = classifyArc(header);
    return [type, subtype, use];
  };
  const evidence = "TYPE=A";
  assertEquals(find({ type: "arc", subtype: "internal", evidence }), [
    ...["arc", "internal", true],
  ]);
  assertEquals(find({ type: "flat", subtype: "dome", evidence }), [
    ...["arc", null, false],
  ]);
  assertEquals(find({ type: "flat", subtype: "focus", evidence }), [
    ...["arc", "focus", false],
  ]);
  assertEquals(find({ type: null, subtype: "internal", evidence }), [
    ...["arc", "internal", true],
  ]);
});

Deno.test("applyLabel: a subtype remains for the type that the header claims", () => {
  const verdict = classifyArc({
    ...{ type: "flat", subtype: "dome", evidence: "TYPE=A" },
  });
  assertEquals(applyLabel(verdict, "flat").subtype, "dome");
  assertEquals(applyLabel(verdict, "arc").subtype, null);
});
