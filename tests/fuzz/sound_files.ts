/** The files that are damaged. */
import { gunzipSync, gzipSync } from "node:zlib";
import { inflateBzip2 } from "../../lib/io/bzip2.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { concatBytes } from "../../lib/io/memory.ts";
import type { FuzzFile } from "./mutate.ts";
import { cardsOf } from "./place.ts";

const FIXTURES = new URL("../fixtures/fits/", import.meta.url);
const FRAMES = new URL("../../../shared/frames/", import.meta.url);

/** Real frames are damaged up to this many bytes, and so many of them. */
const LARGEST = 200_000;
const MOST = 30;

/**
 * Files to damage: those of the tests (every BITPIX, gzip, bzip2, tiles of each
 * algorithm), simulated frames, and real ones where they are at hand and wanted.
 */
export function soundFiles({ real }: { readonly real: boolean }): FuzzFile[] {
  const fixtures = [...Deno.readDirSync(FIXTURES)]
    .filter(({ name }) => /\.fits/.test(name))
    .map(({ name }) => ({
      name,
      bytes: Deno.readFileSync(new URL(name, FIXTURES)),
    }));
  const files = [
    ...fixtures,
    ...fixtures.flatMap(takenApart),
    ...simulated(),
    ...(real ? realFrames() : []),
  ];
  return files.sort((one, other) => one.name < other.name ? -1 : 1);
}

/** Each extension of a file behind its primary header: else damage would hit one of many. */
function takenApart({ name, bytes }: FuzzFile): FuzzFile[] {
  const plain = inflated(name, bytes);
  const starts = [...cardsOf(plain, "XTENSION"), plain.length];
  const primary = plain.subarray(0, starts[0]);
  return starts.slice(1).map((end, k) => ({
    name: `${name}[${k + 1}]`,
    bytes: concatBytes([primary, plain.subarray(starts[k], end)]),
  }));
}

function inflated(name: string, bytes: Uint8Array): Uint8Array {
  if (name.endsWith(".gz")) return new Uint8Array(gunzipSync(bytes));
  return name.endsWith(".bz2") ? inflateBzip2(bytes, 1e8) : bytes;
}

function simulated(): FuzzFile[] {
  const instrument = createInstrument("kast-red", 1)!;
  const { plane, cards } = simulateFrame({ seed: 1, type: "arc", instrument });
  const small = cut(plane, 200, 90);
  const { width, height } = small;
  const float = Float32Array.from(small.pixels, (value) => value / 3);
  const plain = encodeFits([{ cards, plane: small }]);
  return [
    { name: "simulated.fits", bytes: plain },
    { name: "simulated.fits.gz", bytes: new Uint8Array(gzipSync(plain)) },
    {
      name: "float.fits",
      bytes: encodeFits([{ cards, plane: { width, height, pixels: float } }]),
    },
    {
      name: "extensions.fits",
      bytes: encodeFits([
        { cards },
        { cards: [], plane: small },
        { cards: [], plane: cut(plane, 120, 80) },
      ]),
    },
  ];
}

function cut({ width, pixels }: Plane, columns: number, rows: number): Plane {
  const some = new Uint16Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      some[y * columns + x] = pixels[y * width + x]!;
    }
  }
  return { width: columns, height: rows, pixels: some };
}

function realFrames(): FuzzFile[] {
  const found: FuzzFile[] = [];
  const walk = (folder: URL) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const url = new URL(name + (isDirectory ? "/" : ""), folder);
      if (isDirectory) walk(url);
      else if (/\.f/.test(name) && Deno.statSync(url).size < LARGEST) {
        found.push({ name, bytes: Deno.readFileSync(url) });
      }
    }
  };
  try {
    walk(FRAMES);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort((one, other) => one.name < other.name ? -1 : 1)
    .slice(0, MOST);
}
