"""The eight preprocessing steps, a raw plane to the picture that the network sees.

Source: Jankov & Prochaska 2018; the same steps as lib/preprocess, to the same bytes.
"""

import warnings

import bottleneck as bn
import numpy as np
from astropy.stats import sigma_clip
from stopwatch import Stopwatch
from zscale import zscale

PICTURE_HEIGHT, PICTURE_WIDTH = 210, 650
VIEWS = 4
RISE, NEAR = 1.10, 0.20


def orient(plane: np.ndarray) -> np.ndarray:
    """The longer axis is the spectral one, and lies along columns.

    Copied once: all that follows reads row after row.
    """
    rows, columns = plane.shape
    return np.ascontiguousarray(np.rot90(plane)) if rows > columns else plane


def picture_of(oriented: np.ndarray, stopwatch: Stopwatch) -> np.ndarray:
    """Picture, uint8 [210, 650], of raw pixels [rows, columns], oriented."""
    maxima = row_maxima(oriented)
    stopwatch.lap("clip")
    first, end = trim(maxima)
    image = resize(oriented[first:end])
    stopwatch.lap("resize")
    picture = scale(image, *zscale(image))
    stopwatch.lap("zscale")
    return picture


def row_maxima(plane: np.ndarray) -> np.ndarray:
    """Largest value of each row among those that survive the clip of their column, float64 [rows].

    NaN for a row of which nothing survives. Clipped values become NaN in the one float
    copy that is made; masked arrays would cost another mask and a slower maximum.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy tells of every NaN
        survivors = sigma_clip(
            plane.astype(np.float64),
            sigma=3,
            maxiters=5,
            cenfunc="median",
            stdfunc="std",
            axis=0,
            masked=False,
            copy=False,
        )
    return bn.nanmax(survivors, axis=1)


def trim(maxima: np.ndarray) -> tuple[int, int]:
    """First and one past the last lit row."""
    lit = maxima[maxima > 0]
    level = np.median(lit) if lit.size else np.nan
    near = np.abs(maxima - level) <= NEAR * level
    forward = np.flatnonzero((maxima[1:] > RISE * maxima[:-1]) | near[1:])
    backward = np.flatnonzero((maxima[:-1] > RISE * maxima[1:]) | near[:-1])
    first = int(forward[0]) + 1 if forward.size else 0
    end = int(backward[-1]) + 1 if backward.size else maxima.size
    return (first, end) if first < end else (0, maxima.size)


@np.errstate(invalid="ignore")  # what rests on infinite pixels is NaN
def resize(plane: np.ndarray) -> np.ndarray:
    """Linear interpolation to float64 [210, 650], the spectral axis first.

    scipy's `interp1d` with `fill_value="extrapolate"`, to the last bit, for the columns
    and rows that the result rests on alone.
    """
    rows, columns = plane.shape
    near, far, part = positions(columns, PICTURE_WIDTH)
    above, below, down = positions(rows, PICTURE_HEIGHT)
    if rows > 2 * PICTURE_HEIGHT:
        plane = plane[np.stack([above, below], 1).ravel()]
        above = np.arange(0, 2 * PICTURE_HEIGHT, 2)
        below = above + 1
    left = plane[:, near].astype(np.float64)
    across = (plane[:, far] - left) * part + left
    upper = across[above]
    return (across[below] - upper) * down[:, np.newaxis] + upper


def positions(have: int, want: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of `want` samples the two of `have` that it rests on, and the way between them."""
    at = np.arange(want) * (have / want)
    near = np.clip(np.ceil(at).astype(int) - 1, 0, max(0, have - 2))
    return near, np.minimum(near + 1, have - 1), at - near


def scale(image: np.ndarray, z1: float, z2: float) -> np.ndarray:
    """Bytes, truncated; 0 for what is not finite, and everywhere when the limits are equal."""
    if not z2 > z1:
        return np.zeros(image.shape, np.uint8)
    with np.errstate(invalid="ignore"):
        shown = 255 * (np.clip(image, z1, z2) - z1) / (z2 - z1)
    shown[image >= z2] = 255  # 255 * a / a may fall short of 255
    shown[~np.isfinite(image)] = 0
    return shown.astype(np.uint8)


def views_of(picture: np.ndarray, count: int) -> np.ndarray:
    """The first of the identity, rows flipped, columns flipped, both: uint8 [count, 210, 650]."""
    flips = (picture, picture[::-1], picture[:, ::-1], picture[::-1, ::-1])
    return np.stack(flips[:count])
