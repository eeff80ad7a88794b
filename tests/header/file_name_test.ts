import { assertEquals } from "@std/assert";
import {
  isFileNameClaim,
  readFileNameClaim,
} from "../../lib/header/file_name.ts";

const readType = (name: string, exposure: number | null = null) =>
  readFileNameClaim(name, exposure).type;

Deno.test("words in the name of a file claim a type, in any notation", () => {
  for (
    const [name, type] of [
      ["Bias_M2_ML_Mon_Sep_19.fits", "bias"],
      ["BIAS0002.FIT", "bias"],
      ["dark300.fits", "dark"],
      ["flat-Neg5-tel-2min30s.00000000.fits", "flat"],
      ["48LibARCNe.fits", "arc"],
      ["neon-5s-3.fit", "arc"],
      ["ThAr_M2_ML_Mon_Sep_19.fits", "arc"],
      ["osiris_HgAr.fits", "arc"],
      ["skyFlat_domeFlat.fits", "flat"],
      // specINTI names the files of the lamps after the star.
      ["altair_tung-1.fits", "flat"],
      ["altair_neon-1.fits", "arc"],
      ["vega_std.fits.gz", "standard"],
      ["L2-sci-hg-240.fits", "science"],
    ] as const
  ) assertEquals(readType(name), type, name);
});

Deno.test("words inside other words, targets, folders and queries claim nothing", () => {
  for (
    const name of [
      "Arcturus_001.fits",
      "darkness.fits",
      "Hearne_001.fits",
      "r102.fits",
      "M76_M2_ML_Tue.fits",
      "lamp_vega.fits",
      "bias/r102.fits",
      "C:\\flats\\r102.fits",
      "https://example.org/r102.fits?name=bias",
    ]
  ) assertEquals(readFileNameClaim(name, null).evidence, "", name);
});

Deno.test("a name with words of two types claims none, unless a dark is named after its use", () => {
  assertEquals(readType("sci-neon-1200.fits"), null);
  assertEquals(readType("arc_flat.fits"), null);
  assertEquals(readType("star-neon-40.fits"), null);
  assertEquals(readType("dark-neon-1200.fits"), "dark");
});

Deno.test("a name counts as bias or dark only if the exposure time fits", () => {
  assertEquals(readType("bias.fits", 0), "bias");
  assertEquals(readType("bias.fits", 30), null);
  assertEquals(readType("dark.fits", 30), "dark");
  assertEquals(readType("dark.fits", 0), null);
});

Deno.test("the claim names the file as its evidence", () => {
  const claim = readFileNameClaim("night/flat-1.fits", 2);
  assertEquals(claim.evidence, "file name flat-1.fits");
  assertEquals(isFileNameClaim(claim), true);
  assertEquals(isFileNameClaim({ ...claim, evidence: "IMAGETYP=FLAT" }), false);
});
