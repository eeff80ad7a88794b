/** Compares with the original's input images of 27 real frames, if these are available. */
import { assert, assertEquals } from "@std/assert";
import { openFits } from "../../lib/fits/open_fits.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import { readNpy } from "../../lib/evaluation/npy.ts";
import { differing, limitError } from "./planes.ts";

interface GoldenEntry {
  readonly name: string;
  readonly frame: string;
  readonly hdu: number;
  readonly rotated: boolean;
  readonly row_first: number;
  readonly row_end: number;
  readonly z1: number;
  readonly z2: number;
  readonly output: string;
}

const shared = new URL("../../../shared/", import.meta.url);
const list = await readIfPresent(new URL("golden/golden.json", shared));

Deno.test({
  name: "the input images of real frames equal the original's",
  ignore: list === undefined,
  async fn(t) {
    const entries: GoldenEntry[] = JSON.parse(list!);
    assertEquals(entries.length, 27);
    for (const entry of entries) {
      await t.step(entry.name, async () => {
        using file = await openFits(
          decodeURIComponent(new URL(`frames/${entry.frame}`, shared).pathname),
        );
        const inputImage = preprocess(await file.readFrame(entry.hdu));
        const wanted = await readNpy(new URL(`golden/${entry.output}`, shared));
        assertEquals(inputImage.rotated, entry.rotated);
        assertEquals(
          [inputImage.rowFirst, inputImage.rowEnd],
          [entry.row_first, entry.row_end],
        );
        assert(
          limitError(inputImage, entry) <= 1e-6,
          `${inputImage.z1} ${inputImage.z2}`,
        );
        assertEquals(wanted.values.length, inputImage.pixels.length);
        assertEquals(differing(inputImage.pixels, wanted.values), 0);
      });
    }
  },
});

async function readIfPresent(path: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
