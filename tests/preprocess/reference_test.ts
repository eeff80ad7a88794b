/** Reference input images made with astropy, scipy and numpy by scripts/reference/make_reference.py. */
import { assert, assertEquals } from "@std/assert";
import type { Pixels } from "../../lib/fits/frame.ts";
import type { InputImage } from "../../lib/preprocess/input_image.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import { decodeNpy, type NpyArray } from "../../lib/evaluation/npy.ts";
import { differing, limitError } from "./planes.ts";

interface ReferenceEntry extends Omit<InputImage, "pixels"> {
  readonly name: string;
  readonly pixels: "uint16" | "float32";
}

const fixtures = new URL("../fixtures/preprocess/", import.meta.url);
const entries: ReferenceEntry[] = JSON.parse(
  await Deno.readTextFile(new URL("index.json", fixtures)),
);

for (const entry of entries) {
  Deno.test(`the input image of ${entry.name} equals the reference`, async () => {
    const frame = await readGzippedNpy(`${entry.name}.frame.npy.gz`);
    const wanted = await readGzippedNpy(`${entry.name}.input_image.npy.gz`);
    const [height, width] = frame.shape as [number, number];
    const pixels: Pixels = entry.pixels === "uint16"
      ? Uint16Array.from(frame.values)
      : frame.values;
    const inputImage = preprocess({ width, height, pixels });
    assertEquals(
      [inputImage.rotated, inputImage.rowFirst, inputImage.rowEnd],
      [entry.rotated, entry.rowFirst, entry.rowEnd],
    );
    assert(
      limitError(inputImage, entry) <= 1e-9,
      `${inputImage.z1} ${inputImage.z2}`,
    );
    assertEquals(wanted.values.length, inputImage.pixels.length);
    assertEquals(differing(inputImage.pixels, wanted.values), 0);
  });
}

async function readGzippedNpy(name: string): Promise<NpyArray> {
  const file = await Deno.open(new URL(name, fixtures));
  const unpacked = file.readable.pipeThrough(new DecompressionStream("gzip"));
  return decodeNpy(await new Response(unpacked).bytes());
}
