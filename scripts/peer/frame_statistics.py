"""The 47 statistics of a raw frame, version 1, as lib/preprocess/features.ts names them."""

import numpy as np
from blocks import FAINTEST, Blocks, measure_blocks, percentile
from hits import describe_hits
from profiles import describe_profile

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)
LARGEST = 1000


def frame_statistics(plane: np.ndarray) -> np.ndarray:
    """float32 [47] from raw pixels [slit, dispersion]."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        values = np.array(describe(plane, measure_blocks(plane)), np.float64)
    return np.clip(np.where(np.isfinite(values), values, 0), -LARGEST, LARGEST).astype(np.float32)


def describe(plane: np.ndarray, blocks: Blocks) -> list[float]:
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
