"""The preprocessing steps, from a raw plane to the input image of the network.

Source: Jankov & Prochaska 2018; the same steps as lib/preprocess, to the same bytes.
zscale is that of STScI's numdisplay, fitted about the median.
"""

import math
import warnings

import bottleneck as bn
import numpy as np
from astropy.stats import sigma_clip

HEIGHT, WIDTH = 210, 650
FLIPS = 4
RISE, NEAR = 1.10, 0.20


def orient(plane: np.ndarray) -> np.ndarray:
    """Rotates the longer (spectral) axis to lie along the columns.

    A rotated plane is copied, since all later steps read row by row.
    """
    rows, columns = plane.shape
    return np.ascontiguousarray(np.rot90(plane)) if rows > columns else plane


def make_input_image(oriented: np.ndarray) -> np.ndarray:
    """Input image, uint8 [210, 650], of oriented raw pixels [rows, columns]."""
    first, end = trim(row_maxima(oriented))
    image = resize(oriented[first:end])
    return scale(image, *zscale(image))


def row_maxima(plane: np.ndarray) -> np.ndarray:
    """Largest value of each row that survives the sigma-clip of its column, float64 [rows].

    NaN for a row without survivors. Clipped values become NaN in one float copy; a masked
    array would cost another mask and a slower maximum.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy warns of every NaN
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


@np.errstate(invalid="ignore")  # infinite pixels give NaN
def resize(plane: np.ndarray) -> np.ndarray:
    """Linear interpolation to float64 [210, 650], the spectral axis first.

    scipy's `interp1d` with `fill_value="extrapolate"`, to the last bit, computed only for
    the columns and rows that are used.
    """
    rows, columns = plane.shape
    near, far, part = positions(columns, WIDTH)
    above, below, down = positions(rows, HEIGHT)
    if rows > 2 * HEIGHT:
        plane = plane[np.stack([above, below], 1).ravel()]
        above = np.arange(0, 2 * HEIGHT, 2)
        below = above + 1
    left = plane[:, near].astype(np.float64)
    across = (plane[:, far] - left) * part + left
    upper = across[above]
    return (across[below] - upper) * down[:, np.newaxis] + upper


def positions(have: int, want: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of `want` samples: the two neighbours among `have`, and the fraction between them."""
    at = np.arange(want) * (have / want)
    near = np.clip(np.ceil(at).astype(int) - 1, 0, max(0, have - 2))
    return near, np.minimum(near + 1, have - 1), at - near


def scale(image: np.ndarray, z1: float, z2: float) -> np.ndarray:
    """Bytes, truncated; 0 where not finite, and everywhere when the limits are equal."""
    if not z2 > z1:
        return np.zeros(image.shape, np.uint8)
    with np.errstate(invalid="ignore"):
        shown = 255 * (np.clip(image, z1, z2) - z1) / (z2 - z1)
    shown[image >= z2] = 255  # 255 * a / a can be below 255
    shown[~np.isfinite(image)] = 0
    return shown.astype(np.uint8)


def make_flips(image: np.ndarray, count: int) -> np.ndarray:
    """The first `count` of identity, rows flipped, columns flipped, both: uint8 [count, 210, 650]."""
    flips = (image, image[::-1], image[:, ::-1], image[::-1, ::-1])
    return np.stack(flips[:count])


SAMPLES, CONTRAST, ROUNDS, REJECT, LEAST = 1000, 0.25, 5, 2.5, 5


def zscale(image: np.ndarray) -> tuple[float, float]:
    """Limits z1, z2 of an image, float64 [rows, columns]; 0, 0 without a finite sample."""
    rows, columns = image.shape
    stride = int(max(1.0, math.sqrt((rows - 1) * (columns - 1) / SAMPLES)))
    grid = image[::stride, ::stride].ravel()
    samples = np.sort(grid[np.isfinite(grid)][:SAMPLES])
    n = samples.size
    if n == 0:
        return 0.0, 0.0
    centre = (n - 1) // 2
    median = samples[centre] if n % 2 else 0.5 * (samples[centre] + samples[centre + 1])
    slope = fit_slope(samples - median)
    if slope is None:
        return float(samples[0]), float(samples[-1])
    rise = slope / CONTRAST
    return (
        float(max(samples[0], median - (centre - 1) * rise)),
        float(min(samples[-1], median + (n - centre) * rise)),
    )


def fit_slope(offsets: np.ndarray) -> float | None:
    """Slope for one step of the index of sorted offsets [n]; None when too few remain good."""
    n = offsets.size
    least = max(LEAST, n // 2)
    window = np.ones(max(1, n // 100), int)
    step = 2.0 / (n - 1) if n > 1 else 0.0
    x = np.arange(n) * step - 1.0
    bad = np.zeros(n, bool)
    good, before, slope = n, n + 1, 0.0
    for _ in range(ROUNDS):
        if good >= before or good < least:
            break
        before = good
        slope, intercept = fit_line(x[~bad], offsets[~bad])
        residuals = offsets - (slope * x + intercept)
        bad |= np.abs(residuals) > REJECT * np.std(residuals[~bad], ddof=1)
        # Each rejection grows by a window around it.
        bad = np.convolve(bad, window, mode="same") > 0
        good = n - int(np.count_nonzero(bad))
    return slope * step if good >= least else None


def fit_line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and intercept by least squares, from sums: a tenth of the time of np.polyfit."""
    sum_x, sum_y, sum_xx = x.sum(), y.sum(), (x * x).sum()
    sum_xy = (x * y).sum()
    determinant = x.size * sum_xx - sum_x * sum_x
    return (
        (x.size * sum_xy - sum_x * sum_y) / determinant,
        (sum_xx * sum_y - sum_x * sum_xy) / determinant,
    )
