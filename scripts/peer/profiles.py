"""Median profiles of a raw frame, in numbers, as lib/preprocess/features_profiles.ts."""

import bottleneck as bn
import numpy as np
from blocks import percentile
from numpy.lib.stride_tricks import sliding_window_view

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
