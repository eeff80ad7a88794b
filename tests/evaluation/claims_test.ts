import { assertEquals } from "@std/assert";
import {
  compareClaimWithLabel,
  scoreClaims,
} from "../../lib/evaluation/claims.ts";
import type { HeaderClaim } from "../../lib/header/claim.ts";
import { NO_CLAIM } from "../verdicts.ts";
import { makePrediction } from "./predictions.ts";

const claim = (type: HeaderClaim["type"], evidence = "IMAGETYP=x") => ({
  ...NO_CLAIM,
  type,
  evidence,
});

Deno.test("compareClaimWithLabel: types that look the same are apart from wrong claims", () => {
  const outcomes = [
    compareClaimWithLabel(claim("arc"), "arc"),
    compareClaimWithLabel(claim("science"), "standard"),
    compareClaimWithLabel(claim("light"), "flat"),
    compareClaimWithLabel(claim("standard"), "science"),
    compareClaimWithLabel(claim("dark"), "bias"),
    compareClaimWithLabel(claim("bias"), "dark"),
    compareClaimWithLabel(claim("light"), "bias"),
    compareClaimWithLabel(claim("dark"), "science"),
    compareClaimWithLabel(claim(null), "arc"),
    compareClaimWithLabel(NO_CLAIM, "arc"),
    compareClaimWithLabel({ ...claim(null), subtype: "focus" }, "arc"),
  ];
  assertEquals(outcomes, [
    ...["right", "right", "right"],
    ...["alike", "alike", "alike"],
    ...["wrong", "wrong"],
    ...["contradictory", "none", "none"],
  ]);
});

Deno.test("scoreClaims: reliability by claimed type, and conflicts that are missed or false", () => {
  const predict = (
    label: "arc" | "bias" | "dark" | "other",
    claimed: HeaderClaim["type"],
    agreement: "agree" | "conflict" | "silent",
    path = "a.fits",
  ) =>
    makePrediction(label, "arc", { header: claim(claimed), agreement, path });
  const score = scoreClaims([
    predict("arc", "arc", "agree"),
    predict("arc", "arc", "conflict", "alarm.fits"),
    predict("arc", "science", "conflict"),
    predict("arc", "science", "silent", "missed.fits"),
    predict("dark", "bias", "conflict"),
    predict("arc", null, "conflict"),
    predict("other", "arc", "conflict"),
    makePrediction("arc", "arc"),
    makePrediction("arc", null),
  ]);
  assertEquals([score.right.count, score.right.n, score.none], [2, 5, 1]);
  assertEquals(
    score.byType.map(({ claimed, right, alike, wrong }) => [
      claimed,
      right.count,
      right.n,
      alike,
      wrong,
    ]),
    [["bias", 0, 1, 1, 0], ["arc", 2, 2, 0, 0], ["science", 0, 2, 0, 2]],
  );
  const { right, wrong, alike, contradictory } = score.flagged;
  assertEquals(
    [right, wrong, alike, contradictory].map(({ count, n }) => [count, n]),
    [[1, 2], [1, 2], [1, 1], [1, 1]],
  );
  const listPaths = (list: typeof score.missed) =>
    list.map(({ frame }) => frame.path);
  assertEquals(listPaths(score.missed), ["missed.fits"]);
  assertEquals(listPaths(score.falseAlarms), ["alarm.fits"]);
});
