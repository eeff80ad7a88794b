"""Checksums of the pixels of FITS files as astropy reads them: the oracle for lib/fits.

    python checksums.py PATH... > checksums.tsv

One line for each image HDU: file, HDU, NAXIS1, NAXIS2, SHA-256 of the physical
pixels as little-endian float64 in row-major order, NaN as one bit pattern, -0 as 0.
HDUs that are no plane (tables, cubes, one-dimensional images) have no line.
"""

import bz2
import gzip
import hashlib
import io
import sys
import warnings
from pathlib import Path

import numpy as np
from astropy.io import fits

ENDINGS = (".fits", ".fit", ".fts", ".gz", ".bz2", ".fz")


def checksum(pixels: np.ndarray) -> str:
    values = pixels.astype("<f8") + 0.0
    values[np.isnan(values)] = np.nan
    return hashlib.sha256(values.tobytes()).hexdigest()


def plane_of(hdu) -> np.ndarray | None:
    if not isinstance(hdu, (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)):
        return None
    if hdu.data is None or hdu.data.ndim < 2 or hdu.data.size == 0:
        return None
    *outer, height, width = hdu.data.shape
    if any(axis != 1 for axis in outer) or (min(height, width) == 1 < max(height, width)):
        return None
    return hdu.data.reshape(height, width)


def files_under(paths: list[str]):
    for path in map(Path, paths):
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (p for p in found if p.name.lower().endswith(ENDINGS))


def unpacked(content: bytes) -> bytes:
    if content[:2] == b"\x1f\x8b":
        return gzip.decompress(content)
    return bz2.decompress(content) if content[:3] == b"BZh" else content


def lines_of(path: Path, content: bytes) -> list[str]:
    with fits.open(io.BytesIO(content)) as hdus:
        planes = [(index, plane_of(hdu)) for index, hdu in enumerate(hdus)]
        return [
            f"{path}\t{index}\t{plane.shape[1]}\t{plane.shape[0]}\t{checksum(plane)}"
            for index, plane in planes
            if plane is not None
        ]


def main(paths: list[str]) -> None:
    warnings.simplefilter("ignore")
    for path in files_under(paths):
        content = unpacked(path.read_bytes())
        try:
            lines = lines_of(path, content)
        except OverflowError:
            # astropy 8.0 fails on tiles with a BLANK outside the range of their
            # integers. Such a BLANK marks no pixel, so it is put out of sight.
            print(f"{path}: BLANK hidden from astropy", file=sys.stderr)
            lines = lines_of(path, content.replace(b"BLANK   =", b"XLANK   ="))
        print(*lines, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
