"""Blocks of a raw frame, with their level, noise and spread, as lib/preprocess/features_blocks.ts.

Everything is sorted and nothing partitioned: numpy sorts rows this short by vector
instructions, in less time than it partitions them.
"""

from dataclasses import dataclass

import numpy as np

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
