"""Finds FITS files and reads their image planes."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from astropy.io import fits

# Twice compressed is a tile-compressed file under gzip.
FITS_NAME = re.compile(r"\.(fits|fit|fts)(\.(gz|bz2|fz)){0,2}\Z", re.IGNORECASE)
IMAGES = (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)


def find_frames(named: list[str]) -> Iterator[str]:
    """Yields files as given; of a folder all files below it with FITS names, sorted by name."""
    for name in named:
        yield from walk(name) if Path(name).is_dir() else (name,)


def walk(folder: str) -> Iterator[str]:
    for entry in sorted(Path(folder).iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        path = f"{folder.rstrip('/')}/{entry.name}"
        if entry.is_dir():
            yield from walk(path)
        elif FITS_NAME.search(entry.name):
            yield path


def read_planes(path: str) -> Iterator[tuple[int, np.ndarray]]:
    """Yields the index and the pixels, [rows, columns] in physical values, of each image HDU.

    Reading and inflating the whole file at once takes half the time of astropy's own way,
    which inflates in pieces through Python.
    """
    content = Path(path).read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    hdus = fits.HDUList.fromstring(content)
    for number, hdu in enumerate(hdus):
        if isinstance(hdu, IMAGES) and is_plane(hdu.shape):
            # numpy is slow on a foreign byte order.
            pixels = np.squeeze(read_pixels(hdu), tuple(range(len(hdu.shape) - 2)))
            plane = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
            yield number, plane


def read_pixels(hdu: fits.PrimaryHDU) -> np.ndarray:
    try:
        return hdu.data
    except OverflowError:  # raised by astropy for a BLANK outside the range of the type
        del hdu.header["BLANK"]
        return hdu.data


def is_plane(shape: tuple[int, ...]) -> bool:
    """Whether an HDU holds one frame: not a spectrum, not a cube, not empty."""
    long = [axis for axis in shape if axis > 1]
    return (
        len(shape) >= 2
        and 0 not in shape
        and len(long) != 1
        and all(axis == 1 for axis in shape[:-2])
    )
