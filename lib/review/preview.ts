import { readInputs, type ReadOptions } from "../classify/inputs.ts";
import { listCards } from "../output/night/frame.tsx";
import { packFrame } from "../output/night/pixels.ts";
import { encodeInputImagePng } from "../output/png.ts";
import {
  plotRowMaxima,
  type RowMaximaPlot,
} from "../output/night/row_maxima_plot.ts";

export interface FramePreview {
  /** Its image HDUs; empty if it cannot be read. */
  readonly hdus: readonly {
    readonly hdu: number;
    readonly plot: RowMaximaPlot;
    /** The input image, 650 × 210 pixels. */
    readonly png: Uint8Array<ArrayBuffer>;
  }[];
  /** Header cards of the first HDU. */
  readonly cards: readonly (readonly [
    keyword: string,
    value: string,
    comment: string,
  ])[];
  /** Why the frame cannot be read; else empty. */
  readonly error: string;
}

/** Returns the preview of a frame; `key` identifies the state of its file. */
export type PreviewFrame = (path: string, key: string) => Promise<FramePreview>;

/** Returns the pixels of an HDU of a file as JSON of a `PackedPlane`. */
export type PackHdu = (path: string, hdu: number) => Promise<string>;

/**
 * Returns a function that packs the pixels of HDUs, one at a time and without a cache: a
 * frame is large, and a person looks at one after another.
 */
export function createPacker(
  limits: Pick<ReadOptions, "maxBytes"> = {},
): PackHdu {
  let last: Promise<unknown> = Promise.resolve();
  return (path, hdu) => {
    const packed = last.then(async () => {
      const [plane] = await Array.fromAsync(packFrame(path, [hdu], limits));
      return plane!.json;
    });
    last = packed.catch(() => {});
    return packed;
  };
}

/** Default size of the cache: 32 MiB hold some hundred frames. */
const CACHE_BYTES = 1 << 25;

/**
 * Returns a function that previews frames, one at a time, with a cache of those
 * used last.
 *
 * @param cacheBytes Approximate size of the cache.
 */
export function createPreviewer(
  options: Pick<ReadOptions, "hdu" | "maxBytes"> = {},
  cacheBytes: number = CACHE_BYTES,
): PreviewFrame {
  // In the order of use, the latest last.
  const cache = new Map<
    string,
    { preview: Promise<FramePreview>; bytes: number }
  >();
  let last: Promise<unknown> = Promise.resolve();
  let bytes = 0;
  return (path, key) => {
    const cached = cache.get(key);
    if (cached !== undefined) {
      cache.delete(key);
      cache.set(key, cached);
      return cached.preview;
    }
    const preview = last.then(() => makePreview(path, options));
    const entry = { preview, bytes: 0 };
    cache.set(key, entry);
    last = preview.then((made) => {
      entry.bytes = estimateBytes(made);
      bytes += entry.bytes;
      for (const [key, oldest] of cache) {
        if (bytes <= cacheBytes) break;
        bytes -= oldest.bytes;
        cache.delete(key);
      }
    });
    return preview;
  };
}

async function makePreview(
  path: string,
  options: Pick<ReadOptions, "hdu" | "maxBytes">,
): Promise<FramePreview> {
  const read = await readInputs(path, {
    ...options,
    flips: 1,
    features: false,
    preview: true,
  });
  if (read.error !== null) {
    return { hdus: [], cards: [], error: read.error.message };
  }
  const previews = read.hdus.flatMap(({ preview }) => preview ?? []);
  return {
    hdus: previews.map((preview) => ({
      hdu: preview.hdu,
      plot: plotRowMaxima(preview),
      png: encodeInputImagePng(preview.inputImage.pixels),
    })),
    cards: listCards(previews),
    error: "",
  };
}

/** About 100 bytes for a card. */
function estimateBytes({ hdus, cards }: FramePreview): number {
  return hdus.reduce(
    (sum, { png, plot }) => sum + png.length + plot.path.length,
    100 * cards.length,
  );
}
