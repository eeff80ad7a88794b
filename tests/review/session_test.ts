import { assertEquals } from "@std/assert";
import {
  createReviewSession,
  describeVerdict,
} from "../../lib/review/session.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";

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

Deno.test("review session reports an error of the labels file until it is gone", () => {
  const session = createReviewSession();
  const { version } = session.getChanges(0);
  session.setLabelsError("line 2 is damaged");
  assertEquals(session.getChanges(version).labelsError, "line 2 is damaged");
  session.setLabelsError("");
  assertEquals(session.getChanges(version).labelsError, "");
});

Deno.test("describeVerdict formats probabilities, and gives none to an unknown frame", () => {
  const arc = describeVerdict(makeVerdict("r.fits", {
    type: "arc",
    probability: 0.4529,
    probabilities: { flat: 0.3, arc: 0.4529 },
    votes: { arc: 3, flat: 1 },
  }));
  assertEquals(arc.probability, "0.452");
  assertEquals(
    arc.probabilities.map(({ type, text, votes }) => [type, text, votes]),
    [["arc", "0.452", 3], ["flat", "0.300", 1]],
  );
  const unknown = describeVerdict(makeVerdict("r.fits", {
    type: "unknown",
    reason: "low_probability",
  }));
  assertEquals([unknown.probability, unknown.reviewReason], ["", "unknown"]);
  const failed = describeVerdict(makeFailedVerdict("r.fits"));
  assertEquals([failed.probability, failed.reviewReason], ["", "error"]);
  assertEquals(failed.note, "gone");
});
