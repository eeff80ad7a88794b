import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { decode } from "fast-png";
import { startLooking } from "../../lib/review/look_at.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

Deno.test("review input images: those that the network saw, of every image", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/r1.fits`;
  const planes = [lopsidedPlane(), evenPlane()];
  await Deno.writeFile(path, fitsOf(planes, { OBJECT: "M31" }));
  const { hdus, cards, fault } = await startLooking()(path, "1");
  assertEquals([hdus.map(({ hdu }) => hdu), fault], [[0, 1], ""]);
  hdus.forEach(({ png, ...seen }, k) => {
    const { pixels, ...made } = preprocess(planes[k]!);
    assertEquals(Uint8Array.from(decode(png).data), pixels);
    assertEquals({ ...seen, ...made }, seen);
  });
  assertEquals(cards.find(({ keyword }) => keyword === "OBJECT")?.value, "M31");
});

Deno.test("review input images: kept for a while, not for ever; another state of the file is read anew", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/r1.fits`;
  await Deno.writeFile(path, fitsOf([evenPlane()]));
  const lookAt = startLooking({}, 20_000);
  const first = await lookAt(path, "1");
  assertStrictEquals(await lookAt(path, "1"), first);
  const { png, maxima } = first.hdus[0]!;
  const size = png.length + 8 * maxima.length + 100 * first.cards.length;
  await Deno.writeFile(path, new TextEncoder().encode("no FITS"));
  const other = await lookAt(path, "2");
  assertEquals(other.hdus, []);
  assert(other.fault !== "");

  await Deno.writeFile(path, fitsOf([evenPlane()]));
  for (let k = 0; k <= 20_000 / size; k++) await lookAt(path, `more ${k}`);
  assert(await lookAt(path, "1") !== first);
});
