import { assert, assertEquals } from "@std/assert";
import { join } from "../../lib/std.ts";
import { findDuplicates, hashPixels } from "../../lib/evaluation/duplicates.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

Deno.test("hashPixels: depends on shape and values, not on the array type", () => {
  const pixels = Uint16Array.of(1, 2, 3, 4, 5, 6);
  const wide = hashPixels([{ width: 3, height: 2, pixels }]);
  const tall = hashPixels([{ width: 2, height: 3, pixels }]);
  const floats = Float64Array.from(pixels);
  assert(wide !== tall);
  assertEquals(hashPixels([{ width: 3, height: 2, pixels: floats }]), wide);
  const other = pixels.with(5, 7);
  assert(hashPixels([{ width: 3, height: 2, pixels: other }]) !== wide);
});

Deno.test("findDuplicates: maps to the first copy by path, ignores headers and unreadable files", async () => {
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
  const found = await findDuplicates(
    paths.map((path) => ({ path, hdu: undefined })),
  );
  assertEquals([...found], [[paths[0]!, paths[2]!]]);
});
