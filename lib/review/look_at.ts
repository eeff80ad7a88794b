/**
 * What is shown of one frame: made when it is asked for, and kept for a while.
 *
 * @module
 */
import { readFileInputs, type ReadOptions } from "../classify/file_inputs.ts";
import type { ShownHdu } from "../classify/shown_file.ts";
import type { Card } from "../fits/header.ts";
import { encodeInputImagePng } from "../output/input_image_png.ts";

/** One image of a frame. */
export interface SeenHdu
  extends Omit<ShownHdu, "inputImage" | "maxima" | "cards"> {
  /** PNG, 650 × 210, grey. */
  readonly png: Uint8Array<ArrayBuffer>;
  /** Whether the frame was turned so that its longer axis lies along columns. */
  readonly rotated: boolean;
  /** First row kept by the trim. */
  readonly rowFirst: number;
  /** One past the last row kept. */
  readonly rowEnd: number;
  /** Lower zscale limit, physical units. */
  readonly z1: number;
  /** Upper zscale limit, physical units. */
  readonly z2: number;
  /** Maximum of each row, `null` where nothing survives the clip. */
  readonly maxima: readonly (number | null)[];
}

/** A frame as a person sees it. */
export interface SeenFrame {
  /** Its images; none when it cannot be read. */
  readonly hdus: readonly SeenHdu[];
  /** Header cards of the first of them. */
  readonly cards: readonly Card[];
  /** Why it cannot be read; else empty. */
  readonly fault: string;
}

/** Looks at a frame; `key` names this state of its file. */
export type LookAt = (path: string, key: string) => Promise<SeenFrame>;

/** 32 MiB: some hundred frames. */
const KEPT = 1 << 25;

/** The input image does not depend on the network: this is the least it can ask for. */
const WANTS = {
  vote: { flips: 4, majority: 0.75, flip_invariant: true },
} as const;

/**
 * Looks at frames, one after another, each read from its file; those that were
 * looked at last are kept.
 *
 * @param most Bytes of frames that are kept. Default: 32 MiB.
 */
export function startLooking(
  options: Pick<ReadOptions, "hdu" | "maxBytes"> = {},
  most: number = KEPT,
): LookAt {
  const kept = new Map<string, { frame: Promise<SeenFrame>; bytes: number }>();
  let last: Promise<unknown> = Promise.resolve();
  let bytes = 0;

  function forget(): void {
    for (const [key, old] of kept) {
      if (bytes <= most) return;
      bytes -= old.bytes;
      kept.delete(key);
    }
  }

  return (path, key) => {
    const before = kept.get(key);
    if (before !== undefined) {
      // The last in the order of the map was looked at last.
      kept.delete(key);
      kept.set(key, before);
      return before.frame;
    }
    const frame = last.then(() => seenFrame(path, options));
    const entry = { frame, bytes: 0 };
    kept.set(key, entry);
    last = frame.then((seen) => {
      entry.bytes = sizeOf(seen);
      bytes += entry.bytes;
      forget();
    });
    return frame;
  };
}

async function seenFrame(
  path: string,
  options: Pick<ReadOptions, "hdu" | "maxBytes">,
): Promise<SeenFrame> {
  const read = await readFileInputs(path, WANTS, { ...options, show: true });
  if (read.error !== null) {
    return { hdus: [], cards: [], fault: read.error.message };
  }
  return {
    hdus: read.shown.map(seenHdu),
    cards: read.shown[0]?.cards ?? [],
    fault: "",
  };
}

function seenHdu(
  { hdu, width, height, inputImage, maxima }: ShownHdu,
): SeenHdu {
  const { pixels, ...made } = inputImage;
  return {
    hdu,
    width,
    height,
    ...made,
    png: encodeInputImagePng(pixels),
    maxima: Array.from(
      maxima,
      (value) => Number.isFinite(value) ? Number(value.toPrecision(7)) : null,
    ),
  };
}

/** About 8 bytes a number, 100 a card. */
function sizeOf({ hdus, cards }: SeenFrame): number {
  return hdus.reduce(
    (sum, { png, maxima }) => sum + png.length + 8 * maxima.length,
    100 * cards.length,
  );
}
