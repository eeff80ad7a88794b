import { assert, assertEquals } from "@std/assert";
import { join } from "../../lib/io/path.ts";
import { SHIPPED_SPLIT, splitOf } from "../../lib/evaluation/split.ts";
import { chooseSide, trainingRule } from "../../lib/evaluation/trained_side.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

Deno.test("chooseSide: a copy follows the first of its like, so that no pixels train and judge", async () => {
  using folder = temporaryFolder();
  const nights = Array.from({ length: 40 }, (_, k) => `2015-01-${k + 10}`);
  const nightOn = (side: string) =>
    nights.find((night) =>
      splitOf({ instrument: "kast-red", night }, SHIPPED_SPLIT) === side
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
  const { frames, side } = await chooseSide([first, copy, own], card);
  assertEquals([side, frames], ["validation", [own]]);
  const night = `kast-red/${own.night}`;
  for (
    const [listed, warned] of [[[night], false], [[], true]] as const
  ) {
    const training = { real: 170, held_out_nights: listed };
    const { notes } = await chooseSide([first, own], { training });
    assertEquals(notes.some((note) => note.startsWith("WARNING")), warned);
  }
  const trained = await chooseSide([first, copy, own], card, "train");
  assertEquals(trained.frames, [first, copy]);
  assert(trained.notes[0]!.startsWith("WARNING"));
});

Deno.test("trainingRule: the card's own, the shipped one, or none", () => {
  const split = { seed: "3", instruments: 0.1, nights: 0.5 };
  assertEquals(trainingRule({ training: { real: 5, split } }), split);
  assertEquals(trainingRule({ training: { real: 5 } }), SHIPPED_SPLIT);
  assertEquals(trainingRule({ training: { real: 0 } }), null);
  assertEquals(trainingRule({ training: {} }), null);
});

Deno.test("chooseSide: the score of a fine-tuned network comes with a warning", async () => {
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
    const { notes } = await chooseSide([frame], card);
    assertEquals(notes.some((note) => /fine-tuned/.test(note)), warned);
  }
});
