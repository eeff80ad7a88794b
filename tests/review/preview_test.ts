import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { decode } from "fast-png";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import { createPreviewer } from "../../lib/review/preview.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

Deno.test("previewer returns the network's input image of each HDU, and the header", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/r1.fits`;
  const planes = [lopsidedPlane(), evenPlane()];
  await Deno.writeFile(path, fitsOf(planes, { OBJECT: "M31" }));
  const { hdus, cards, error } = await createPreviewer()(path, "1");
  assertEquals([hdus.map(({ hdu }) => hdu), error], [[0, 1], ""]);
  hdus.forEach(({ png, plot }, k) => {
    const { pixels, rowFirst, rowEnd } = preprocess(planes[k]!);
    assertEquals(Uint8Array.from(decode(png).data), pixels);
    const { width, height } = planes[k]!;
    const rows = `rows ${rowFirst} to ${rowEnd - 1} of ${height} kept`;
    const caption = `HDU ${k}: ${width} × ${height} pixels; ${rows}`;
    assertEquals(plot.caption.slice(0, caption.length), caption);
  });
  assertEquals(cards.find(([keyword]) => keyword === "OBJECT")?.[1], "M31");
});

Deno.test("previewer caches by key, up to a size", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/r1.fits`;
  await Deno.writeFile(path, fitsOf([evenPlane()]));
  const previewFrame = createPreviewer({}, 20_000);
  const first = await previewFrame(path, "1");
  assertStrictEquals(await previewFrame(path, "1"), first);
  const { png, plot } = first.hdus[0]!;
  const size = png.length + plot.path.length + 100 * first.cards.length;
  await Deno.writeFile(path, new TextEncoder().encode("no FITS"));
  const other = await previewFrame(path, "2");
  assertEquals(other.hdus, []);
  assert(other.error !== "");

  await Deno.writeFile(path, fitsOf([evenPlane()]));
  for (let k = 0; k <= 20_000 / size; k++) {
    await previewFrame(path, `more ${k}`);
  }
  assert(await previewFrame(path, "1") !== first);
});
