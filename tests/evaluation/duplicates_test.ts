import { assert, assertEquals } from "@std/assert";
import { join } from "../../lib/io/path.ts";
import { duplicatesOf, pixelHash } from "../../lib/evaluation/duplicates.ts";
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
