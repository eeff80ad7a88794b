"""Features of a raw frame, version 1, as lib/preprocess/features*.ts define them.

Values are sorted rather than partitioned: numpy sorts rows this short with vector
instructions, in less time than it partitions them.
"""

from __future__ import annotations

from dataclasses import dataclass

import bottleneck as bn
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)
LARGEST = 1000


def compute_features(plane: np.ndarray) -> np.ndarray:
    """float32 [47] from raw pixels [slit, dispersion]."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        values = np.array(describe_frame(plane, measure_blocks(plane)), np.float64)
    return np.clip(np.where(np.isfinite(values), values, 0), -LARGEST, LARGEST).astype(np.float32)


def describe_frame(plane: np.ndarray, blocks: Blocks) -> list[float]:
    noise = quietest(blocks.noise)
    samples = blocks.samples if blocks.samples.size else np.zeros(1)
    loudness = log_ratios(blocks.noise / noise)
    spreads = log_ratios(blocks.spread / blocks.noise)
    first, bottom, top = (float(percentile(samples, share)) for share in (0.01, 0, 1))
    at_top = samples.size - np.searchsorted(samples, top - 0.02 * (top - bottom), "left")
    at_bottom = np.searchsorted(samples, bottom, "right")
    return [
        np.log10(noise),
        *(percentile(loudness, share) for share in (0.5, 0.9, 1)),
        percentile(log_ratios(blocks.noise_ratio), 0.5),
        *(percentile(spreads, share) for share in (0.1, 0.5, 0.9)),
        *(np.arcsinh((percentile(samples, share) - first) / noise) for share in LEVELS),
        np.arcsinh(first),
        np.arcsinh(percentile(samples, 0.5)),
        *(log_share(count, blocks.samples.size) for count in (at_top, at_bottom)),
        *describe_profile(plane, noise),
        *describe_profile(plane.T, noise),
        *np.arcsinh(np.array(large_scale(blocks)) / noise),
        np.arcsinh(variance_slope(blocks, noise)),
        *describe_hits(blocks, noise),
    ]


def quietest(noises: np.ndarray) -> float:
    """Noise of the tenth percentile of the blocks that have some; 1 when none has."""
    noisy = np.sort(noises[noises > FAINTEST])
    return float(percentile(noisy, 0.1)) if noisy.size else 1.0


def log_ratios(ratios: np.ndarray) -> np.ndarray:
    """Logarithms, sorted; one 0 when there are none."""
    logs = np.log(np.maximum(ratios, 1e-3))
    logs = np.sort(logs[np.isfinite(logs)])
    return logs if logs.size else np.zeros(1)


def log_share(count: int, of: int) -> float:
    return np.log10(1e-6 + count / of) + 6 if of else 0.0


def large_scale(blocks: Blocks) -> list[float]:
    """Spread of the blocks' levels: in all, along slit and dispersion, beyond both."""
    off = blocks.level - blocks.level.mean() if blocks.level.size else blocks.level
    parts = [group_means(off, along) for along in blocks.place.T]
    every = (off, *parts, off - parts[0] - parts[1])
    return [np.sqrt((part * part).mean()) if part.size else 0.0 for part in every]


def group_means(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """For each value [N] the mean of its group."""
    counts = np.maximum(np.bincount(group), 1)
    return (np.bincount(group, values) / counts)[group]


def variance_slope(blocks: Blocks, noise: float) -> float:
    """Growth of the noise's variance with the level, ten times, per count."""
    order = np.argsort(blocks.level, kind="stable")
    half = order.size // 2
    if half == 0:
        return 0.0
    lower, upper = order[:half], order[-half:]
    rise = blocks.level[upper].mean() - blocks.level[lower].mean()
    growth = (blocks.noise[upper] ** 2).mean() - (blocks.noise[lower] ** 2).mean()
    return 10 * growth / rise if rise > 0.5 * noise else 0.0


BLOCK, MOST, STEP = 48, 14, 2
# Below it a block counts as free of noise.
FAINTEST = 1e-3
# Mean of |difference| over the smallest 80 % of normal ones, per standard deviation of a pixel.
CLIPPED_MEAN = 0.79


@dataclass
class Blocks:
    """N blocks; those without a finite pixel are left out. Values in counts."""

    pixels: np.ndarray  # [N, rows, columns], float
    place: np.ndarray  # [N, 2], how many blocks come before along the slit, the dispersion
    level: np.ndarray  # [N], median
    noise: np.ndarray  # [N], standard deviation of a pixel, above 0
    noise_ratio: np.ndarray  # [N], along the slit over along the dispersion
    spread: np.ndarray  # [N], half of the distance between the 16th and the 84th percentile
    samples: np.ndarray  # all pixels that gave the levels, sorted, float64


def percentile(ordered: np.ndarray, share: float) -> np.ndarray:
    """The value at a share of the way through sorted values, the nearest below, by last axis."""
    return ordered[..., int(share * (ordered.shape[-1] - 1))]


def measure_blocks(plane: np.ndarray) -> Blocks:
    """Evenly spaced blocks of a plane [slit, dispersion], 14 x 14 at most."""
    down, across = (starts(length) for length in plane.shape)
    corners = [(i, j, a, b) for i, a in enumerate(down) for j, b in enumerate(across)]
    pixels = np.stack([plane[a : a + BLOCK, b : b + BLOCK] for _, _, a, b in corners])
    place = np.array([(i, j) for i, j, _, _ in corners])
    # Integers of 16 bits, their differences and halves are exact in 32 bits of float.
    is_short = plane.dtype.kind in "iu" and plane.dtype.itemsize <= 2
    pixels = pixels.astype(np.float32 if is_short else np.float64)
    if is_short or np.isfinite(pixels).all():
        *measures, samples = measure(*sample_and_differences(pixels))
        samples = samples.ravel()
    else:
        kept, measures, samples = measure_finite(pixels)
        pixels, place = pixels[kept], place[kept]
    return Blocks(pixels, place, *measures, np.sort(samples).astype(np.float64))


def starts(length: int) -> list[int]:
    """First pixels of the blocks along an axis."""
    count = max(1, min(MOST, length // BLOCK))
    room = max(0, length - BLOCK)
    return [room // 2] if count == 1 else [room * k // (count - 1) for k in range(count)]


def sample_and_differences(pixels: np.ndarray) -> list[np.ndarray]:
    """Every second pixel of every second row, and its differences from the next along both axes.

    From pixels [N, rows, columns], each [N, samples].
    """
    _, rows, columns = pixels.shape
    sample = pixels[:, ::STEP, ::STEP]
    beside = np.take(pixels[:, ::STEP], neighbours(columns), axis=2)
    below = np.take(pixels[:, :, ::STEP], neighbours(rows), axis=1)
    flat = (len(pixels), sample.shape[1] * sample.shape[2])
    with np.errstate(invalid="ignore"):
        differences = np.abs(beside - sample), np.abs(below - sample)
    return [values.reshape(flat) for values in (sample, *differences)]


def neighbours(length: int) -> np.ndarray:
    """Of every second place the next; the last has its neighbour before it."""
    at = np.arange(0, length, STEP)
    return np.where(at + 1 < length, at + 1, np.maximum(at - 1, 0))


def measure(sample: np.ndarray, along: np.ndarray, across: np.ndarray) -> list[np.ndarray]:
    """Level, noise, noise ratio and spread [N], and the sorted sample; from finite [N, samples]."""
    ordered = np.sort(sample, axis=1)
    noise_along, noise_across = noise_of(along), noise_of(across)
    return [
        percentile(ordered, 0.5).astype(np.float64),
        np.maximum(np.minimum(noise_along, noise_across), FAINTEST),
        (noise_across + FAINTEST) / (noise_along + FAINTEST),
        0.5 * (percentile(ordered, 0.84) - percentile(ordered, 0.16)).astype(np.float64),
        ordered,
    ]


def noise_of(differences: np.ndarray) -> np.ndarray:
    """Standard deviation of a pixel [N] from differences [N, count], the largest fifth left out."""
    count = differences.shape[1]
    if count == 0:
        return np.zeros(len(differences))
    kept = max(1, int(0.8 * count))
    smallest = np.sort(differences, axis=1)[:, :kept]
    return smallest.sum(axis=1, dtype=np.float64) / kept / CLIPPED_MEAN


def measure_finite(pixels: np.ndarray) -> tuple[list[int], list[np.ndarray], np.ndarray]:
    """As `measure`, block by block, of what is finite: the blocks kept, measures, samples."""
    kept, measures, samples = [], [], [np.zeros(0)]
    for number in range(len(pixels)):
        sample, *differences = sample_and_differences(pixels[number : number + 1])
        finite = np.isfinite(sample)
        if finite.any():
            differences = [values[finite & np.isfinite(values)] for values in differences]
            *values, ordered = measure(*(v[np.newaxis] for v in (sample[finite], *differences)))
            kept.append(number)
            measures.append(np.concatenate(values))
            samples.append(ordered[0])
    return kept, list(np.reshape(measures, (-1, 4)).T), np.concatenate(samples)


DEPTH, LONGEST, REACH = 65, 1024, 6


def describe_profile(plane: np.ndarray, noise: float) -> list[float]:
    """Seven numbers for the profile down the rows of raw pixels [length, depth]."""
    depth = plane.shape[1]
    points = profile(plane)
    ordered = np.sort(points)
    if not points.size:
        return [0.0] * 7
    above = [percentile(ordered, share) for share in (0.25, 0.5, 0.75, 0.95, 1)]
    residual = points - running_median(points)
    faintest = 5 * 1.25 * noise / np.sqrt(min(depth, DEPTH))
    inner = residual[1:-1]
    is_peak = (inner > faintest) & (inner > residual[:-2]) & (inner >= residual[2:])
    roughness = np.sqrt((residual * residual).sum() / points.size)
    return [
        *np.arcsinh((np.array(above) - percentile(ordered, 0.05)) / noise),
        np.arcsinh(roughness / noise),
        np.arcsinh(np.count_nonzero(is_peak)),
    ]


def profile(plane: np.ndarray) -> np.ndarray:
    """Medians, float64 [points], of 65 pixels at most, at 1024 places at most; those there are."""
    length, depth = plane.shape
    points, deep = min(length, LONGEST), min(depth, DEPTH)
    at = np.arange(points) * length // points
    places = ((np.arange(deep) + 0.5) * depth / deep).astype(int)
    values = plane[np.ix_(at, places)]
    if values.dtype.kind == "f":
        values = np.where(np.isfinite(values), values, np.nan)
        if np.isnan(values).any():
            medians = bn.nanmedian(values.astype(np.float64), axis=1)
            return medians[np.isfinite(medians)]
    return middle(np.sort(values, axis=1))


def middle(ordered: np.ndarray) -> np.ndarray:
    """Median, float64, of values sorted along the last axis."""
    half = ordered.shape[-1] // 2
    upper = ordered[..., half].astype(np.float64)
    if ordered.shape[-1] % 2:
        return upper
    return 0.5 * (upper + ordered[..., half - 1])


def running_median(points: np.ndarray) -> np.ndarray:
    """Median of the 13 points about each, of fewer at the ends: float64 [points]."""
    width = 2 * REACH + 1
    if points.size < width:
        padded = np.pad(points, REACH, constant_values=np.nan)
        return bn.nanmedian(sliding_window_view(padded, width), axis=1)
    inner = np.sort(sliding_window_view(points, width), axis=1)[:, REACH]
    first = [np.median(points[: k + REACH + 1]) for k in range(REACH)]
    last = [np.median(points[-k - REACH - 1 :]) for k in reversed(range(REACH))]
    return np.concatenate([first, inner, last])


PLAIN, HIT, HIGH, CLIP = 1.5, 6, 30, 4


def describe_hits(blocks: Blocks, noise: float) -> list[float]:
    """Nine numbers: four densities of hits, the share of plain blocks, the shape of the rest."""
    left = take_out(blocks)
    flat = left.reshape(len(left), left.shape[1] * left.shape[2])
    sample = np.sort(flat[:, ::4], axis=1)
    spread = 0.5 * (percentile(sample, 0.84) - percentile(sample, 0.16))
    plain = ~(spread > PLAIN * blocks.noise)
    left, flat, own = left[plain], flat[plain], blocks.noise[plain, np.newaxis]
    counts = count_hits(left, own, noise)
    along, across, squares = correlate(flat, own, left.shape[1:])
    residuals = np.sort((sample[plain] / own).ravel())
    upper, lower, highest = 0.0, 0.0, 0.0
    if residuals.size:
        upper, lower = percentile(residuals, 0.975), -percentile(residuals, 0.025)
        highest = percentile(residuals, 0.999)
    return [
        *(np.log10(1 + 1e6 * count / left.size) if left.size else 0.0 for count in counts),
        plain.mean() if plain.size else 0.0,
        along / squares if squares else 0.0,
        across / squares if squares else 0.0,
        (upper - lower) / (upper + lower) if upper + lower else 0.0,
        np.arcsinh(highest),
    ]


def take_out(blocks: Blocks) -> np.ndarray:
    """What columns and rows leave of the blocks, [N, rows, columns], in counts.

    Medians are those of every second value, of the columns first.
    """
    left = blocks.pixels - blocks.level.astype(blocks.pixels.dtype)[:, np.newaxis, np.newaxis]
    left[~np.isfinite(left)] = 0
    of_columns = middle(np.sort(left[:, ::2].swapaxes(1, 2), axis=2))
    left -= of_columns[:, np.newaxis, :]
    left -= middle(np.sort(left[:, :, ::2], axis=2))[:, :, np.newaxis]
    return left


def count_hits(left: np.ndarray, own: np.ndarray, noise: float) -> list[int]:
    """Single, high single, several, below; from blocks [N, rows, columns] and noises [N, 1]."""
    reach = HIT * own[:, :, np.newaxis]
    inner = left[:, 1:-1, 1:-1]
    block, row, column = np.nonzero(~(np.abs(inner) < reach))
    off = inner[block, row, column].astype(np.float64)
    row, column = row + 1, column + 1
    beside = [
        left[block, row, column - 1],
        left[block, row, column + 1],
        left[block, row - 1, column],
        left[block, row + 1, column],
    ]
    has_company = (np.array(beside) > 0.5 * reach[block, 0, 0]).any(axis=0)
    above = off >= 0
    alone = above & ~has_company
    high = alone & (off > HIGH * noise)
    single = alone & ~high
    return [np.count_nonzero(k) for k in (single, high, above & has_company, ~above)]


def correlate(flat: np.ndarray, own: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Sums of products with the next pixel along both axes, and of squares, in noises.

    Of a quarter of the inner pixels of the blocks [N, rows * columns]; what stands out
    has no part.
    """
    rows, columns = shape
    row, column = np.mgrid[1 : max(1, rows - 1), 1 : max(1, columns - 1)].reshape(2, -1)
    quarter = ((row ^ column) & 3) == 0
    at = (row * columns + column)[quarter]
    clipped = np.where(np.abs(flat) < CLIP * own, flat, 0)
    here = clipped[:, at].astype(np.float64)
    products = ((here * clipped[:, at + step]).sum(axis=1) for step in (1, columns, 0))
    return np.array([(product / own[:, 0] ** 2).sum() for product in products])
