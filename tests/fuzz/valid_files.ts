/** The valid files that the fuzzer damages. */
import { gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { bunzip } from "../fits/open_bytes.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { concat } from "../../lib/std.ts";
import { headerBytes } from "../fits/open_bytes.ts";
import { compressLzw } from "../io/compress_lzw.ts";
import type { FuzzFile } from "./mutate.ts";
import { findCards } from "./layout.ts";

const FIXTURES = new URL("../fixtures/fits/", import.meta.url);
const FRAMES = new URL("../../../shared/frames/", import.meta.url);

/** Limits on the real frames: size in bytes, and number. */
const MAX_FRAME_BYTES = 200_000;
const MAX_FRAMES = 30;

/**
 * Returns the test fixtures (every BITPIX, gzip, bzip2, each tile compression),
 * simulated frames (plain, gzip, compress, zstd), a tile bomb and, with `real`, real frames if they are available.
 */
export function readValidFiles(
  { real }: { readonly real: boolean },
): FuzzFile[] {
  const fixtures = [...Deno.readDirSync(FIXTURES)]
    .filter(({ name }) => /\.fits/.test(name))
    .map(({ name }) => ({
      name,
      bytes: Deno.readFileSync(new URL(name, FIXTURES)),
    }));
  const files: FuzzFile[] = [
    ...fixtures,
    ...fixtures.flatMap(splitExtensions),
    ...simulateFiles(),
    ...(real ? readRealFrames() : []),
  ];
  return files
    .map((file) =>
      file.name.endsWith(".gz")
        ? { ...file, content: decompress(file.name, file.bytes) }
        : file
    )
    .sort((one, other) => one.name < other.name ? -1 : 1);
}

/** Returns a file per extension, so that damage does not hit only one of many. */
function splitExtensions({ name, bytes }: FuzzFile): FuzzFile[] {
  const plain = decompress(name, bytes);
  const starts = [...findCards(plain, "XTENSION"), plain.length];
  const primary = plain.subarray(0, starts[0]);
  return starts.slice(1).map((end, k) => ({
    name: `${name}[${k + 1}]`,
    bytes: concat([primary, plain.subarray(starts[k], end)]),
  }));
}

function decompress(name: string, bytes: Uint8Array): Uint8Array {
  if (name.endsWith(".gz")) return new Uint8Array(gunzipSync(bytes));
  return name.endsWith(".bz2") ? bunzip(bytes) : bytes;
}

function simulateFiles(): FuzzFile[] {
  const instrument = createInstrument("kast-red", 1)!;
  const { plane, cards } = simulateFrame({ seed: 1, type: "arc", instrument });
  const small = cropPlane(plane, 200, 90);
  const { width, height } = small;
  const float = Float32Array.from(small.pixels, (value) => value / 3);
  const plain = encodeFits([{ cards, plane: small }]);
  return [
    { name: "simulated.fits", bytes: plain },
    { name: "simulated.fits.gz", bytes: new Uint8Array(gzipSync(plain)) },
    { name: "simulated.fits.Z", bytes: compressLzw(plain), content: plain },
    {
      name: "simulated.fits.zst",
      bytes: new Uint8Array(zstdCompressSync(plain)),
      content: plain,
    },
    { name: "tile-bomb.fits", bytes: makeTileBomb() },
    {
      name: "float.fits",
      bytes: encodeFits([{ cards, plane: { width, height, pixels: float } }]),
    },
    {
      name: "extensions.fits",
      bytes: encodeFits([
        { cards },
        { cards: [], plane: small },
        { cards: [], plane: cropPlane(plane, 120, 80) },
      ]),
    },
  ];
}

/** An image of 2 MB in one tile, which inflates to 8 bytes per pixel of a byte. */
function makeTileBomb(): Uint8Array {
  const width = 1500, height = 1500;
  const tile = new Uint8Array(gzipSync(new Uint8Array(8 * width * height)));
  const primary = headerBytes("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0");
  const table = headerBytes(
    ...["XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 8"],
    ...["NAXIS2  = 1", `PCOUNT  = ${tile.length}`, "GCOUNT  = 1"],
    ...["TFIELDS = 1", "TTYPE1  = 'COMPRESSED_DATA'", "TFORM1  = '1PB'"],
    ...["ZIMAGE  = T", "ZCMPTYPE= 'GZIP_1'", "ZBITPIX = 8", "ZNAXIS  = 2"],
    ...[`ZNAXIS1 = ${width}`, `ZNAXIS2 = ${height}`],
    ...[`ZTILE1  = ${width}`, `ZTILE2  = ${height}`],
  );
  const row = new Uint8Array(8);
  new DataView(row.buffer).setUint32(0, tile.length);
  return concat([primary, table, row, tile]);
}

function cropPlane(
  { width, pixels }: Plane,
  columns: number,
  rows: number,
): Plane {
  const cropped = new Uint16Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      cropped[y * columns + x] = pixels[y * width + x]!;
    }
  }
  return { width: columns, height: rows, pixels: cropped };
}

function readRealFrames(): FuzzFile[] {
  const frames: FuzzFile[] = [];
  const walk = (folder: URL) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      // Names such as `a:b.fits` are not relative URLs.
      const relative = `./${encodeURIComponent(name)}`;
      const url = new URL(isDirectory ? `${relative}/` : relative, folder);
      if (isDirectory) walk(url);
      else if (/\.f/.test(name) && Deno.statSync(url).size < MAX_FRAME_BYTES) {
        frames.push({ name, bytes: Deno.readFileSync(url) });
      }
    }
  };
  try {
    walk(FRAMES);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return frames.sort((one, other) => one.name < other.name ? -1 : 1)
    .slice(0, MAX_FRAMES);
}
