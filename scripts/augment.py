"""Augmentation: other slits, other exposures and other noise from one frame.

It stands for what differs between instruments and leaves the type as it is. The
paper's four flips are not among it: no flip changes what the network says.
"""

import numpy as np


def augment(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A variant of a picture, uint8 [210, 650]."""
    out = picture
    if random.random() < 0.5:
        out = window(out, random)
    if random.random() < 0.7:
        out = stretch(out, random)
    if random.random() < 0.3:
        out = noisier(out, random)
    return np.array(out, order="C")


# Normal deviates, drawn once: fresh ones for each picture would take most of the time.
DEVIATES = np.random.default_rng(20180601).normal(0, 1, 1 << 20).astype(np.float32)


def noisier(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A fainter exposure: noise added."""
    first = int(random.integers(0, len(DEVIATES) - picture.size))
    out = DEVIATES[first : first + picture.size].reshape(picture.shape) * random.uniform(1, 14)
    out += picture
    return np.clip(out, 0, 255, out=out).astype(np.uint8)


def window(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A window of 60 to 100 % of each axis, at full size: another slit and dispersion."""
    height, width = picture.shape
    rows, row_parts = positions(height, random)
    columns, column_parts = positions(width, random)
    out = between(picture, rows, row_parts[:, None], axis=0)
    return between(out, columns, column_parts, axis=1).astype(np.uint8)


def positions(length: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Where a window of an axis is read: whole pixels, and parts of one beyond."""
    size = length * random.uniform(0.6, 1.0)
    at = random.uniform(0, length - size) + np.arange(length) * (size / length)
    whole = np.minimum(at.astype(np.int64), length - 2)
    return whole, np.minimum(at - whole, 1).astype(np.float32)


def between(values: np.ndarray, first: np.ndarray, part: np.ndarray, axis: int) -> np.ndarray:
    """Linear interpolation along an axis."""
    here = values.take(first, axis).astype(np.float32)
    return here + part * (values.take(first + 1, axis) - here)


def stretch(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Other display limits and a gamma: another exposure time and background."""
    low, high = random.uniform(-0.15, 0.15), random.uniform(0.8, 1.25)
    gamma = np.exp(random.uniform(-0.3, 0.3))
    levels = np.clip((np.arange(256) / 255 - low) / (high - low), 0, 1) ** gamma
    return (255 * levels).astype(np.uint8)[picture]


# Statistics in counts: a frame may come with its bias level subtracted.
COUNTS = slice(15, 17)


def augment_statistics(statistics: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A variant of the statistics of a frame, float32 [S]: another gain and bias level."""
    out = statistics.astype(np.float32)
    if random.random() < 0.15:
        counts = np.sinh(np.clip(out[COUNTS], -15, 15))
        out[COUNTS] = np.arcsinh(counts - counts[0])
    if random.random() < 0.5:
        gain = random.normal(0, 0.7)
        out[0] += gain / np.log(10)
        out[COUNTS] += np.sign(out[COUNTS]) * gain
    return out + random.normal(0, 0.12, out.shape).astype(np.float32)
