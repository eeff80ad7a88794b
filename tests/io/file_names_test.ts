import { assertEquals } from "@std/assert";
import { isFitsName } from "../../lib/io/find_frames.ts";

Deno.test("FITS names are known by their endings, packed or not, in any case", () => {
  const names = [
    "a.fits",
    "a.FIT",
    "a.fts",
    "a.fits.gz",
    "A.FITS.BZ2",
    "a.fits.fz",
    "a.fits.fz.gz",
    "dir.x/a.Fit.Gz",
  ];
  assertEquals(names.filter((name) => !isFitsName(name)), []);
  const others = [
    "fits",
    "a.fits.txt",
    "a.gz",
    "a.fz",
    "fits.tar.gz",
    "a.fitsx",
    "a.fits.asdf",
  ];
  assertEquals(others.filter(isFitsName), []);
});
