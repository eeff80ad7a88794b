import { assertEquals, assertRejects } from "@std/assert";
import type { Pixels } from "../../../lib/fits/frame.ts";
import { SpitError } from "../../../lib/errors.ts";
import { encodeFits } from "../../../lib/fits/write_fits.ts";
import { openFits } from "../../../lib/fits/open_fits.ts";
import {
  type PackedPlane,
  packFrame,
} from "../../../lib/output/night/pixels.ts";
import { fitsOf, temporaryFolder } from "../../tiny.ts";

async function pack(path: string, hdus: number[], maxBytes?: number) {
  const planes = await Array.fromAsync(packFrame(path, hdus, { maxBytes }));
  return planes.map(({ json }) => JSON.parse(json) as PackedPlane);
}

/** Returns the bytes of the values, in their order. */
async function unpackBytes({ data, width, height }: PackedPlane) {
  const stream = new Blob([Uint8Array.fromBase64(data)]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const sorted = await new Response(stream).bytes();
  const count = width * height;
  const size = sorted.length / count;
  return sorted.map((_, k) =>
    sorted[(k % size) * count + Math.floor(k / size)]!
  );
}

Deno.test("packFrame keeps every pixel of every type, NaN included", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.fits`;
  const numbers = [0, 1, 255, 256, 40000, 65535, 7, 1000];
  const types: Pixels[] = [
    Uint8Array.from(numbers),
    Int16Array.from(numbers, (value) => -value),
    Uint16Array.from(numbers),
    Int32Array.from(numbers, (value) => -1e5 * value),
    Uint32Array.from(numbers, (value) => 6e4 * value),
    Float32Array.from([NaN, ...numbers.slice(1)], (value) => value / 3),
    Float64Array.from([NaN, ...numbers.slice(1)], (value) => value / 3),
  ];
  const planes = types.map((pixels) => ({ width: 4, height: 2, pixels }));
  await Deno.writeFile(path, fitsOf(planes));
  const packed = await pack(path, planes.map((_, k) => k));
  assertEquals(packed.map(({ type }) => type), [
    ...["uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"],
  ] as PackedPlane["type"][]);
  using file = await openFits(path);
  for (const plane of packed) {
    const { pixels } = await file.readFrame(plane.hdu);
    assertEquals([plane.width, plane.height], [4, 2]);
    const { buffer } = pixels.slice();
    assertEquals(await unpackBytes(plane), new Uint8Array(buffer));
  }
});

Deno.test("packFrame gives the name of the HDU and limits of finite values", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.fits`;
  const ramp = Float32Array.from({ length: 100 * 400 }, (_, k) => k / 4);
  ramp[5] = NaN;
  ramp[6] = Infinity;
  ramp[7] = -1e6;
  const cards = [{ keyword: "EXTNAME", value: "</b>", comment: "" }];
  await Deno.writeFile(
    path,
    encodeFits([
      { cards: [] },
      { cards, plane: { width: 100, height: 400, pixels: ramp } },
      {
        cards: [],
        plane: { width: 2, height: 2, pixels: new Float32Array(4).fill(NaN) },
      },
    ]),
  );
  const [first, second] = await pack(path, [1, 2]);
  assertEquals([first!.name, second!.name], ["</b>", ""]);
  const { minmax, percentile, zscale } = first!.limits;
  assertEquals(minmax, [-1e6, 9999.75]);
  const round = (values: readonly number[]) =>
    values.map((value) => Math.round(value / 25) * 25);
  assertEquals(round(percentile), [25, 9975]);
  assertEquals(zscale[1] > 8500 && zscale[1] < 10000, true);
  assertEquals(second!.limits, {
    zscale: [0, 0],
    minmax: [0, 0],
    percentile: [0, 0],
  });
});

Deno.test("packFrame rejects an HDU that is absent, and one larger than the limit", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.fits`;
  const pixels = new Uint16Array(100 * 100);
  await Deno.writeFile(path, fitsOf([{ width: 100, height: 100, pixels }]));
  const absent = await assertRejects(() => pack(path, [3]), SpitError);
  assertEquals(absent.code, "no_such_hdu");
  const large = await assertRejects(() => pack(path, [0], 1000), SpitError);
  assertEquals(large.code, "too_large");
});
