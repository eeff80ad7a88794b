"""Prints checksums of the pixels of FITS files as astropy reads them.

    python scripts/oracle/checksums.py PATH... > checksums.tsv

Needs numpy and astropy. `compare_checksums.ts` compares lib/fits with the result.

Prints one line per image HDU: file, HDU, NAXIS1, NAXIS2 and the SHA-256 of the
physical pixels as little-endian float64 in row-major order, with a single NaN bit
pattern and -0 as 0. Tables, cubes and one-dimensional images are omitted.
"""

import bz2
import gzip
import hashlib
import io
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from astropy.io import fits

EXTENSIONS = (".fits", ".fit", ".fts", ".gz", ".bz2", ".fz")


def compute_checksum(pixels: np.ndarray) -> str:
    values = pixels.astype("<f8") + 0.0
    values[np.isnan(values)] = np.nan
    return hashlib.sha256(values.tobytes()).hexdigest()


def read_plane(hdu) -> np.ndarray | None:
    if not isinstance(hdu, (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)):
        return None
    if hdu.data is None or hdu.data.ndim < 2 or hdu.data.size == 0:
        return None
    *outer, height, width = hdu.data.shape
    if any(axis != 1 for axis in outer) or (min(height, width) == 1 < max(height, width)):
        return None
    return hdu.data.reshape(height, width)


def find_files(paths: list[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (p for p in candidates if p.name.lower().endswith(EXTENSIONS))


def decompress(content: bytes) -> bytes:
    if content[:2] == b"\x1f\x8b":
        return gzip.decompress(content)
    return bz2.decompress(content) if content[:3] == b"BZh" else content


def format_lines(path: Path, content: bytes) -> list[str]:
    with fits.open(io.BytesIO(content)) as hdus:
        planes = [(index, read_plane(hdu)) for index, hdu in enumerate(hdus)]
        return [
            f"{path}\t{index}\t{plane.shape[1]}\t{plane.shape[0]}\t{compute_checksum(plane)}"
            for index, plane in planes
            if plane is not None
        ]


def main(paths: list[str]) -> None:
    warnings.simplefilter("ignore")
    for path in find_files(paths):
        content = decompress(path.read_bytes())
        try:
            lines = format_lines(path, content)
        except OverflowError:
            # astropy 8.0 fails on tiled images whose BLANK is outside the range of the
            # integer type. No pixel has such a value, so the card can be renamed.
            print(f"{path}: ignoring BLANK", file=sys.stderr)
            lines = format_lines(path, content.replace(b"BLANK   =", b"XLANK   ="))
        for line in lines:
            print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
