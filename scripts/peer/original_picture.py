"""Preprocessing with the calls that the original makes.

Source: the code of Jankov & Prochaska 2018: `scipy.ndimage.rotate`, masked arrays from
`astropy.stats.sigma_clip`, `scipy.interpolate.interp1d` along each axis. Trim and zscale
are ours, for they take next to no time.
"""

import warnings

import numpy as np
import scipy.ndimage
from astropy.io import fits
from astropy.stats import sigma_clip
from picture import PICTURE_HEIGHT, PICTURE_WIDTH, scale, trim
from scipy.interpolate import interp1d
from stopwatch import Stopwatch
from zscale import zscale


def first_plane(path: str) -> np.ndarray:
    """Pixels [rows, columns] of the first image of a file, which is all that the original reads."""
    with fits.open(path) as hdus:
        return next(hdu.data for hdu in hdus if hdu.is_image and hdu.data is not None)


def picture_of(plane: np.ndarray, stopwatch: Stopwatch) -> np.ndarray:
    """Picture, uint8 [210, 650], of raw pixels, either axis spectral."""
    rows, columns = plane.shape
    if rows > columns:
        # An interpolation by splines, where moving the pixels would do.
        plane = scipy.ndimage.rotate(plane, angle=90.0)
    stopwatch.lap("rotate")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy tells of every NaN
        clipped = sigma_clip(plane, sigma=3, maxiters=5, axis=0)
    first, end = trim(np.ma.filled(clipped.max(axis=1).astype(float), np.nan))
    stopwatch.lap("clip")
    image = resample(plane[first:end].astype(float), PICTURE_WIDTH, axis=1)
    image = resample(image, PICTURE_HEIGHT, axis=0)
    stopwatch.lap("resize")
    picture = scale(image, *zscale(image))
    stopwatch.lap("zscale")
    return picture


def resample(image: np.ndarray, count: int, axis: int) -> np.ndarray:
    """Linear interpolation to `count` samples along an axis, at front edges (`congrid`)."""
    have = image.shape[axis]
    along = interp1d(np.arange(have), image, axis=axis, fill_value="extrapolate")
    return along(np.arange(count) * (have / count))
