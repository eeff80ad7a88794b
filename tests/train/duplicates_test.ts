import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { duplicatesOf, pixelHash } from "../../lib/train/duplicates.ts";
import { chooseSide, trainingRule } from "../../lib/train/trained_side.ts";
import { SHIPPED_SPLIT, splitOf } from "../../lib/train/split.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

Deno.test("pixelHash: the shape counts, the way of storing does not", () => {
  const pixels = Uint16Array.of(1, 2, 3, 4, 5, 6);
  const wide = pixelHash([{ width: 3, height: 2, pixels }]);
  const tall = pixelHash([{ width: 2, height: 3, pixels }]);
  const floats = Float64Array.from(pixels);
  assert(wide !== tall);
  assertEquals(pixelHash([{ width: 3, height: 2, pixels: floats }]), wide);
  const other = pixels.with(5, 7);
  assert(pixelHash([{ width: 3, height: 2, pixels: other }]) !== wide);
});

Deno.test("duplicatesOf: points to the first by path, whatever the header; what cannot be read has no like", async () => {
  using folder = temporaryFolder();
  const files = {
    "c.fits": fitsOf([evenPlane()], { OBJECT: "one" }),
    "a.fits": fitsOf([lopsidedPlane()]),
    "b.fits": fitsOf([evenPlane()], { OBJECT: "two" }),
    "d.fits": new Uint8Array(7),
    "e.fits": new Uint8Array(7),
  };
  const paths = Object.keys(files).map((name) => join(folder.path, name));
  for (const [k, bytes] of Object.values(files).entries()) {
    await Deno.writeFile(paths[k]!, bytes);
  }
  const found = await duplicatesOf(
    paths.map((path) => ({ path, hdu: undefined })),
  );
  assertEquals([...found], [[paths[0]!, paths[2]!]]);
});

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
