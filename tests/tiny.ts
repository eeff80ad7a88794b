/**
 * The hand-made models of scripts/reference/make_tiny_model.py, and frames whose type
 * they determine.
 */
import { fileURLToPath } from "node:url";
import type { Card } from "../lib/fits/header.ts";
import type { Plane } from "../lib/fits/frame.ts";
import { encodeFits } from "../lib/fits/write_fits.ts";

/** Path of the model card of `tiny`. */
export const TINY: string = fileURLToPath(
  new URL("./fixtures/model/tiny.json", import.meta.url),
);

/** Path of the model card of `wary`: the same network with features and an out-of-distribution score. */
export const WARY: string = TINY.replace("tiny.json", "wary.json");

/** The out-of-distribution score of `wary` for an even frame of that many counts: 0.5 at 4052. */
export function expectedOod(counts: number): number {
  return 1 / (1 + Math.exp(18 - 2 * Math.asinh(counts)));
}

/** A frame whose pixels are all equal: a black input image, four votes for bias. */
export function constantPlane(
  width = 700,
  height = 260,
  counts = 1000,
): Plane {
  const pixels = new Uint16Array(width * height).fill(counts);
  return { width, height, pixels };
}

/**
 * An even frame: a black input image, four votes for bias. One pixel is a count brighter
 * or darker, so that the frame is not empty.
 */
export function evenPlane(
  width = 700,
  height = 260,
  counts = 1000,
): Plane {
  const plane = constantPlane(width, height, counts);
  plane.pixels[0] = counts ^ 1;
  return plane;
}

/**
 * A frame that is bright on the left: two flips vote for arc, and the two with reversed
 * columns for science, so that the type is unknown.
 */
export function lopsidedPlane(width = 700, height = 260): Plane {
  const pixels = Uint16Array.from(
    { length: width * height },
    (_, k) => k % width < width / 2 ? 2000 : 1000,
  );
  return { width, height, pixels };
}

/** A frame whose columns are alternately bright and dark: a grey input image, four votes for science. */
export function greyPlane(width = 700, height = 260): Plane {
  const pixels = Uint16Array.from(
    { length: width * height },
    (_, k) => k % 2 === 0 ? 2000 : 1000,
  );
  return { width, height, pixels };
}

/** Encodes a FITS file of planes; the primary HDU has the first plane and the cards. */
export function fitsOf(
  planes: readonly Plane[],
  cards: Readonly<Record<string, string | number>> = {},
): Uint8Array {
  const list: Card[] = Object.entries(cards).map(([keyword, value]) => ({
    keyword,
    value,
    comment: "",
  }));
  return encodeFits(
    planes.map((plane, k) => ({ cards: k === 0 ? list : [], plane })),
  );
}

/** A temporary folder, removed at the end of the block. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync();
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

/**
 * Records which files and folders are synced to the disk, until it is disposed of.
 */
export function recordSyncs(): { take(): string[] } & Disposable {
  const { prototype } = Deno.FsFile;
  const { sync, syncData } = prototype;
  let synced: string[] = [];
  const record = (act: () => Promise<void>) =>
    async function (this: Deno.FsFile) {
      synced.push((await this.stat()).isDirectory ? "folder" : "file");
      await act.call(this);
    };
  prototype.sync = record(sync);
  prototype.syncData = record(syncData);
  return {
    /** Returns what was synced since the last call, in order. */
    take: () => synced.splice(0),
    [Symbol.dispose]() {
      prototype.sync = sync;
      prototype.syncData = syncData;
      synced = [];
    },
  };
}
