import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "../fast_check.ts";
import {
  assignSplit,
  getSpectrograph,
  getTrainingSplit,
  selectFrames,
  SHIPPED_SPLIT,
} from "../../lib/evaluation/split.ts";
import { join } from "../../lib/std.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

const rule = fc.record({
  seed: fc.string(),
  instruments: fc.double({ min: 0, max: 1, noNaN: true }),
  nights: fc.double({ min: 0, max: 1, noNaN: true }),
});

Deno.test("split: the arms of a spectrograph are on one side in each night", () => {
  fc.assert(fc.property(rule, fc.string(), fc.string(), (rule, name, night) => {
    const sides = ["", "-red", "-blue"].map((arm) =>
      assignSplit({ instrument: name + arm, night }, rule)
    );
    assertEquals(new Set(sides).size, 1);
  }));
});

Deno.test("split: the fractions are met, and a held-out spectrograph is held out on every night", () => {
  const rule = { seed: "x", instruments: 0.3, nights: 0.2 };
  const nights = Array.from({ length: 50 }, (_, i) => `night ${i}`);
  const instruments = Array.from({ length: 1000 }, (_, i) => `i${i}`);
  const heldOutNights = instruments.map((instrument) =>
    nights.filter((night) =>
      assignSplit({ instrument, night }, rule) === "validation"
    ).length
  );
  const whole = heldOutNights.filter((n) => n === nights.length).length;
  assert(
    Math.abs(whole / instruments.length - 0.3) < 0.05,
    `${whole} held out whole`,
  );
  const partly = heldOutNights.filter((n) => n < nights.length);
  const mean = partly.reduce((a, b) => a + b, 0) / partly.length /
    nights.length;
  assert(Math.abs(mean - 0.2) < 0.02, `${mean} of nights held out`);
});

Deno.test("split: a spectrograph is the part before the hyphen", () => {
  assertEquals(["kast-red", "sprat", ""].map(getSpectrograph), [
    "kast",
    "sprat",
    "",
  ]);
});

Deno.test("selectFrames: a duplicate is on the side of its first copy", async () => {
  using folder = temporaryFolder();
  const nights = Array.from({ length: 40 }, (_, k) => `2015-01-${k + 10}`);
  const nightOn = (side: string) =>
    nights.find((night) =>
      assignSplit({ instrument: "kast-red", night }, SHIPPED_SPLIT) === side
    )!;
  const frame = (name: string, night: string) => ({
    path: join(folder.path, name),
    label: "bias" as const,
    instrument: "kast-red",
    night,
    split: "",
    hdu: undefined,
    confidence: "high",
  });
  const first = frame("a.fits", nightOn("train"));
  const copy = frame("b.fits", nightOn("validation"));
  const own = frame("c.fits", nightOn("validation"));
  await Deno.writeFile(first.path, fitsOf([evenPlane()]));
  await Deno.writeFile(copy.path, fitsOf([evenPlane()]));
  await Deno.writeFile(own.path, fitsOf([lopsidedPlane()]));
  const card = { training: { real: 170 } };
  const { frames, side } = await selectFrames([first, copy, own], card);
  assertEquals([side, frames], ["validation", [own]]);
  const night = `kast-red/${own.night}`;
  for (
    const [listed, warned] of [[[night], false], [[], true]] as const
  ) {
    const training = { real: 170, held_out_nights: listed };
    const { notes } = await selectFrames([first, own], { training });
    assertEquals(notes.some((note) => note.startsWith("WARNING")), warned);
  }
  const trained = await selectFrames([first, copy, own], card, "train");
  assertEquals(trained.frames, [first, copy]);
  assert(trained.notes[0]!.startsWith("WARNING"));
});

Deno.test("selectFrames: without a split, a frame counts as trained on only if its instrument was", async () => {
  const frame = (path: string, instrument: string, split = "") => ({
    ...{ path, label: "bias" as const, instrument, night: "2015-08-18", split },
    ...{ hdu: undefined, confidence: "high" },
  });
  const training = {
    ...{ real: 170, instruments: ["kast-red"] },
    split: { seed: "1", instruments: 0, nights: 0 },
  };
  const frames = [
    frame("unnamed.fits", ""),
    frame("other.fits", "sprat"),
    frame("kast.fits", "kast-red"),
    frame("test.fits", "kast-red", "test"),
    frame("train.fits", "sprat", "train"),
  ];
  const select = async (some: typeof frames, side?: "train") => {
    const { frames, notes } = await selectFrames(some, { training }, side);
    return { names: frames.map(({ path }) => path.split(".")[0]!), notes };
  };
  assertEquals((await select(frames)).names, ["unnamed", "other", "test"]);
  assertEquals((await select(frames, "train")).names, ["kast", "train"]);
  const untrained = await select(frames.slice(0, 2));
  assertEquals(untrained.names, ["unnamed", "other"]);
  assertEquals(untrained.notes, [
    "None of the 2 frames is known to have trained the model.",
  ]);
  // Labels of nights that the rule puts on the training side are scored, with a warning.
  const trained = await select(frames.slice(2, 3));
  assertEquals(trained.names, ["kast"]);
  assert(trained.notes[0]!.startsWith("WARNING: TRAINING FRAMES"));
});

Deno.test("selectFrames: a night that the card does not list is held out, whatever its instrument", async () => {
  const frame = (path: string, instrument: string, night: string) => ({
    ...{ path, label: "bias" as const, instrument, night, split: "" },
    ...{ hdu: undefined, confidence: "high" },
  });
  const training = {
    ...{ real: 170, instruments: ["kast-red"] },
    nights: ["kast-red/2015-08-18", "oagh/"],
    split: { seed: "1", instruments: 0, nights: 0 },
  };
  const frames = [
    frame("trained.fits", "kast-red", "2015-08-18"),
    frame("arm.fits", "kast-blue", "2015-08-18"),
    frame("undated.fits", "oagh", ""),
    frame("night.fits", "kast-red", "2015-08-19"),
    frame("other.fits", "sprat", "2015-08-18"),
  ];
  const { frames: heldOut, notes } = await selectFrames(frames, { training });
  assertEquals(heldOut, frames.slice(3));
  assertEquals(notes.length, 1);
  // Also a night that the rule would hold out, as of a fine-tuned model.
  const heldOutByRule = { seed: "1", instruments: 1, nights: 1 };
  const tuned = { training: { ...training, split: heldOutByRule } };
  assertEquals((await selectFrames(frames, tuned)).frames, frames.slice(3));
  const { notes: all } = await selectFrames(frames, { training }, "all");
  assertMatch(all[0]!, /^WARNING: TRAINING FRAMES INCLUDED\. 3 of these 5/);
});

Deno.test("getTrainingSplit: the rule of the card, the shipped one, or none", () => {
  const split = { seed: "3", instruments: 0.1, nights: 0.5 };
  assertEquals(getTrainingSplit({ training: { real: 5, split } }), split);
  assertEquals(getTrainingSplit({ training: { real: 5 } }), SHIPPED_SPLIT);
  assertEquals(getTrainingSplit({ training: { real: 0 } }), null);
  assertEquals(getTrainingSplit({ training: {} }), null);
});

Deno.test("selectFrames: warns about a fine-tuned model", async () => {
  const frame = {
    path: "a.fits",
    label: "bias" as const,
    instrument: "",
    night: "",
    split: "validation",
    hdu: undefined,
    confidence: "high",
  };
  for (
    const [start, warned] of [["spit@1.0.0", true], ["start.pt", false], [
      null,
      false,
    ]] as const
  ) {
    const card = { training: { started_from: start } };
    const { notes } = await selectFrames([frame], card);
    assertEquals(notes.some((note) => /fine-tuned/.test(note)), warned);
  }
});
