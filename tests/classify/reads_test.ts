import { assert, assertEquals } from "@std/assert";
import { readInputs } from "../../lib/classify/inputs.ts";
import {
  areReads,
  mayBeReads,
  subtractReads,
} from "../../lib/classify/reads.ts";
import type { Frame, Pixels, Plane } from "../../lib/fits/frame.ts";
import { makeHeader } from "../../lib/fits/header.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { prepareInputs } from "../../lib/preprocess/preprocess.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { evenPlane, temporaryFolder } from "../tiny.ts";

const KAST = createInstrument("kast-red", 1)!;

function simulate(type: "bias" | "arc" | "flat" | "standard", seed = 3): Plane {
  return simulateFrame({ seed, type, instrument: KAST }).plane;
}

/**
 * Makes reads of an exposure: a fixed pattern, a share of the light that grows from 0 to
 * 1, and the noise of the read.
 */
function makeReads({ width, height, pixels }: Plane, count: number): Plane[] {
  const random = makeRandom(5);
  const pattern = Array.from(pixels, () => 6000 + 150 * random.normal());
  const dark = pixels.toSorted()[pixels.length >> 4]!;
  return Array.from({ length: count }, (_, read) => ({
    width,
    height,
    pixels: Uint16Array.from(pixels, (value, k) => {
      const light = Math.max(0, value - dark) * read / (count - 1);
      return Math.min(pattern[k]! + light + 12 * random.normal(), 65_535);
    }),
  }));
}

function toFrame(plane: Plane, hdu = 0, cards = {}): Frame {
  return { ...plane, hdu, header: makeHeader(toList(cards)) };
}

function toList(cards: Readonly<Record<string, string>>) {
  return Object.entries(cards)
    .map(([keyword, value]) => ({ keyword, value, comment: "" }));
}

Deno.test("planes are reads if they have the pattern of one detector", () => {
  for (const type of ["bias", "arc", "flat", "standard"] as const) {
    const reads = makeReads(simulate(type), 2);
    assert(areReads(reads[0]!, reads[1]!), type);
    assert(areReads(reads[1]!, reads[0]!), type);
  }
});

Deno.test("planes of two detectors or two exposures are no reads", () => {
  for (const type of ["bias", "arc", "flat", "standard"] as const) {
    assert(!areReads(simulate(type), simulate(type, 4)), type);
    assert(!areReads(simulate("bias"), simulate(type, 4)), type);
  }
});

Deno.test("copies, and planes without a pattern, are no reads", () => {
  const arc = simulate("arc");
  assert(!areReads(arc, arc));
  assert(!areReads(evenPlane(), evenPlane(700, 260)));
  const small = { width: 2, height: 2, pixels: new Uint16Array([1, 2, 3, 9]) };
  assert(!areReads(small, { ...small, pixels: new Uint16Array([1, 2, 3, 8]) }));
});

Deno.test("headers exclude reads: another size, or another part of the camera", () => {
  const hdu = (cards: Readonly<Record<string, string>>, width = 10) => ({
    width,
    height: 10,
    header: makeHeader(toList(cards)),
  });
  assert(mayBeReads([hdu({ EXTNAME: "im1" }), hdu({ EXTNAME: "im2" })]));
  assert(mayBeReads([hdu({ CCDNAME: "H2" }), hdu({ CCDNAME: "H2" })]));
  assert(!mayBeReads([hdu({})]));
  assert(!mayBeReads([hdu({}), hdu({}, 11)]));
  assert(!mayBeReads([hdu({ DETSEC: "[1:9]" }), hdu({ DETSEC: "[9:18]" })]));
});

Deno.test("the signal is the brighter read minus the other one, in any order", () => {
  const plane = (pixels: Pixels) => ({ width: 2, height: 1, pixels });
  const make = () =>
    [
      toFrame(plane(new Uint16Array([65_000, 100])), 1),
      toFrame(plane(new Uint16Array([300, 120])), 2),
    ] as const;
  const [last, first] = make();
  const { frame, first: subtracted } = subtractReads(last, first);
  assertEquals([frame.hdu, subtracted], [1, 2]);
  assertEquals(frame.pixels, new Uint16Array([65_535, 980]));
  const [one, other] = make();
  assertEquals(subtractReads(other, one).frame.pixels, frame.pixels);
});

Deno.test("the signal of bytes and of floats is not cut off", () => {
  const plane = (pixels: Pixels, hdu: number) =>
    toFrame({ width: 2, height: 1, pixels }, hdu);
  const bytes = subtractReads(
    plane(new Uint8Array([250, 5]), 1),
    plane(new Uint8Array([3, 6]), 2),
  );
  assertEquals(bytes.frame.pixels, new Int16Array([1247, 999]));
  const floats = subtractReads(
    plane(new Float32Array([-5000, NaN]), 1),
    plane(new Float32Array([-9000, 1]), 2),
  );
  assertEquals(floats.frame.pixels, new Float32Array([5000, NaN]));
});

Deno.test("a file of reads has the inputs of its signal, however many reads there are", async () => {
  using folder = temporaryFolder();
  const wanted = { flips: 1, features: true } as const;
  const path = `${folder.path}/reads.fits`;
  for (const count of [2, 4]) {
    const reads = makeReads(simulate("arc"), count);
    const hdus = reads.toReversed().map((plane) => ({ cards: [], plane }));
    Deno.writeFileSync(path, encodeFits([{ cards: [] }, ...hdus]));
    const file = await readInputs(path, wanted);
    if (file.error !== null) throw file.error;
    assertEquals(
      file.hdus.map(({ hdu, firstRead }) => [hdu, firstRead]),
      [[1, count]],
    );
    const { frame } = subtractReads(
      toFrame(reads.at(-1)!),
      toFrame(reads[0]!),
    );
    const { flips, features } = prepareInputs(frame, wanted);
    assertEquals(file.hdus[0]!.flips, flips);
    assertEquals(file.hdus[0]!.features, features);
    const alone = await readInputs(path, { ...wanted, hdu: 2 });
    assertEquals(
      alone.error ?? alone.hdus.map(({ hdu, firstRead }) => [hdu, firstRead]),
      [[2, null]],
    );
  }
});

Deno.test("of HDUs that are no reads each has its own inputs, in their order", async () => {
  using folder = temporaryFolder();
  const wanted = { flips: 1, features: true } as const;
  const path = `${folder.path}/mosaic.fits`;
  const planes = [simulate("arc"), simulate("bias"), simulate("arc", 4)];
  const hdus = planes.map((plane, k) => ({
    cards: toList({ EXTNAME: `B${k}` }),
    plane,
  }));
  Deno.writeFileSync(path, encodeFits([{ cards: [] }, ...hdus]));
  const file = await readInputs(path, wanted);
  if (file.error !== null) throw file.error;
  assertEquals(
    file.hdus.map(({ hdu, name, firstRead }) => [hdu, name, firstRead]),
    [[1, "B0", null], [2, "B1", null], [3, "B2", null]],
  );
  for (const [k, plane] of planes.entries()) {
    const { flips, features } = prepareInputs(plane, wanted);
    assertEquals(file.hdus[k]!.flips, flips);
    assertEquals(file.hdus[k]!.features, features);
  }
});
