import fitsjs from "fitsjs";
import type { Plane } from "../../mod.ts";

/** The parts of fitsjs in use; the package has no types. */
interface FitsJsImage {
  readonly width: number;
  readonly height: number;
  readonly bitpix: number;
  readonly bzero: number;
  readonly bscale: number;
  readonly blob: Blob;
  _getFrame(
    buffer: ArrayBuffer,
    bitpix: number,
    bzero: number,
    bscale: number,
  ): ArrayLike<number>;
}

interface FitsJs {
  getHDU(index?: number): { readonly data: FitsJsImage };
}

const { astro } = fitsjs as unknown as {
  astro: { FITS: new (file: Blob, done: (fits: FitsJs) => void) => FitsJs };
};
// fitsjs looks for its classes in a global variable.
Object.assign(globalThis, { astro });

/** Reads the first image of a FITS file in physical values. */
export async function readWithFitsJs(file: Blob): Promise<Plane> {
  const fits = await new Promise<FitsJs>((resolve) => {
    new astro.FITS(file, resolve);
  });
  const { data: image } = fits.getHDU();
  const { width, height, bitpix, bzero, bscale } = image;
  const buffer = await image.blob.arrayBuffer();
  const stored = image._getFrame(buffer, bitpix, 0, 1);
  const pixels = Float32Array.from(stored, (v) => bzero + bscale * v);
  return { width, height, pixels };
}
