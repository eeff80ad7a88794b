"""Augmentation: other slits, other exposures and other noise from one picture.

The four flips are the paper's; the rest stands for what differs between
instruments and leaves the type as it is.
"""

import numpy as np
import torch
from torch.nn import functional as F


def augment(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A variant of a picture, uint8 [210, 650]."""
    out = picture
    if random.random() < 0.5:
        out = out[::-1]
    if random.random() < 0.5:
        out = out[:, ::-1]
    if random.random() < 0.5:
        out = window(out, random)
    if random.random() < 0.7:
        out = stretch(out, random)
    if random.random() < 0.3:
        sigma = random.uniform(1, 14)
        noisy = out + random.normal(0, sigma, out.shape).astype(np.float32)
        out = np.clip(noisy, 0, 255).astype(np.uint8)
    return np.array(out, order="C")


def window(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A window of 60 to 100 % of each axis, at full size: another slit and dispersion."""
    height, width = picture.shape
    rows = int(height * random.uniform(0.6, 1.0))
    columns = int(width * random.uniform(0.6, 1.0))
    top = random.integers(0, height - rows + 1)
    left = random.integers(0, width - columns + 1)
    cut = np.ascontiguousarray(picture[top : top + rows, left : left + columns])
    full = F.interpolate(
        torch.from_numpy(cut)[None, None].float(), (height, width), mode="bilinear"
    )
    return full[0, 0].to(torch.uint8).numpy()


def stretch(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Other display limits and a gamma: another exposure time and background."""
    low, high = random.uniform(-0.15, 0.15), random.uniform(0.8, 1.25)
    gamma = np.exp(random.uniform(-0.3, 0.3))
    levels = np.clip((np.arange(256) / 255 - low) / (high - low), 0, 1) ** gamma
    return (255 * levels).astype(np.uint8)[picture]
