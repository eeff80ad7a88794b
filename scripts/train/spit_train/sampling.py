"""Draws the examples of an epoch and augments them."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import Dataset

from spit_train import TrainingError
from spit_train.dataset import OTHER, TYPES, Example

# Normal deviates, drawn once: drawing them again for each image would take most of the time.
DEVIATES = np.random.default_rng(20180601).normal(0, 1, 1 << 20).astype(np.float32)
# Of 25 frames with a type, those of each type, in the order of TYPES. Standards and science
# frames look alike when the star is bright, and observers take far more of the latter: drawn
# equally often, standards would get probabilities that are too high. Arcs are drawn almost as
# often as science frames, since either type can have a few lines that fill the slit.
DRAWN = (4, 4, 5, 4, 2, 6)
# Features measured in counts (lib/preprocess): they change with gain and bias level.
COUNTS = slice(15, 17)


@dataclass(frozen=True)
class Augmentation:
    """How images are varied. Members of an ensemble differ more when these differ."""

    crop_share: float = 0.5  # share of images of which a window is stretched to the full size
    smallest_window: float = 0.6  # smallest window, as a share of each axis
    noise_share: float = 0.3  # share of images to which noise is added


@dataclass(frozen=True)
class Sampling:
    images: int  # drawn for each epoch
    real_share: float  # share of real frames where a type has real and simulated ones
    ood_share: float  # share of out-of-distribution frames, which have no type
    augmentation: Augmentation = Augmentation()


class Epoch(Dataset):
    """The examples of one epoch: image, features and label, augmented.

    The types are balanced as in the paper, except for standards and science frames (`DRAWN`).
    The paper repeats the frames of rarer types; drawing with replacement gives the same
    distribution. Among the real frames of a type every spectrograph has the same weight,
    whatever its number of frames.

    Draws and augmentation depend on the seed, the number of the epoch and the position
    alone, so a resumed training sees the same images as an uninterrupted one.
    """

    def __init__(self, examples: list[Example], sampling: Sampling, seed: int, number: int) -> None:
        self.examples = examples
        self.seed = (seed, number)
        self.augmentation = sampling.augmentation
        random = np.random.default_rng(self.seed)
        types = [group_indices(examples, label) for label in range(len(TYPES))]
        ood = group_indices(examples, OTHER)
        drawn = np.repeat(np.arange(len(TYPES)), DRAWN)
        self.draws = []
        for i in range(sampling.images):
            use_ood = any(ood) and random.random() < sampling.ood_share
            label = drawn[i % len(drawn)]
            simulated, real = ood if use_ood else types[label]
            use_real = bool(real) and (not simulated or random.random() < sampling.real_share)
            pool = real[random.integers(len(real))] if use_real else simulated
            if not pool:
                raise TrainingError(f"Cannot train: no frame of type {TYPES[label]}")
            self.draws.append(pool[random.integers(len(pool))])
        random.shuffle(self.draws)

    def __len__(self) -> int:
        return len(self.draws)

    def __getitem__(self, position: int) -> tuple[torch.Tensor, torch.Tensor, int]:
        example = self.examples[self.draws[position]]
        random = np.random.default_rng((*self.seed, position))
        image = torch.from_numpy(augment_image(example.image, random, self.augmentation))
        return image, torch.from_numpy(augment_features(example.features, random)), example.label


def group_indices(examples: list[Example], label: int) -> tuple[list[int], list[list[int]]]:
    """Returns the indices of the simulated examples of a label, and of the real ones grouped
    by spectrograph."""
    simulated, real = [], defaultdict(list)
    for index, example in enumerate(examples):
        if example.label == label:
            is_real = example.source == "real"
            (real[example.spectrograph] if is_real else simulated).append(index)
    return simulated, list(real.values())


def augment_image(
    image: np.ndarray, random: np.random.Generator, augmentation: Augmentation = Augmentation()
) -> np.ndarray:
    """Returns a variant of an input image: another slit, dispersion, exposure and noise.

    Flips are not among the variants, because spit-compact is invariant under them.
    """
    out = image
    if random.random() < augmentation.crop_share:
        out = crop_and_resize(out, random, augmentation.smallest_window)
    if random.random() < 0.7:
        out = change_contrast(out, random)
    if random.random() < 0.3:
        out = shade(out, random)
    if random.random() < 0.25:
        out = blur(out, random)
    if random.random() < augmentation.noise_share:
        out = add_noise(out, random)
    if random.random() < 0.25:
        out = add_specks(out, random)
    if random.random() < 0.2:
        out = cover_side(out, random)
    return np.array(out, order="C")


def shade(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Multiplies the image by a smooth field or adds one, as uneven or scattered light does."""
    field = random.normal(0, 1, (random.integers(2, 5), random.integers(2, 6))).astype(np.float32)
    for axis, length in enumerate(image.shape):
        whole, fraction = spread_positions(length, field.shape[axis])
        field = interpolate(field, whole, fraction if axis else fraction[:, None], axis)
    if random.random() < 0.5:
        field = image * (1 + np.float32(random.uniform(0, 0.3)) * field)
    else:
        field = image + np.float32(random.uniform(0, 25)) * field
    return np.clip(field, 0, 255, out=field).astype(np.uint8)


def spread_positions(length: int, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the positions between the first and the last of `points`, as point and fraction."""
    at = np.linspace(0, points - 1, length, dtype=np.float32)
    whole = np.minimum(at.astype(np.int64), points - 2)
    return whole, at - whole


def blur(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Averages 2 to 4 pixels along one axis or both, as another focus or sampling does."""
    size = int(random.integers(2, 5))
    out = image.astype(np.float32)
    for axis in ((0,), (1,), (0, 1))[random.integers(3)]:
        before = [(0, 0), (0, 0)]
        before[axis] = (size - 1, 0)
        padded = np.pad(out, before, mode="edge")
        parts = (np.roll(padded, -k, axis) for k in range(size))
        out = (sum(parts) / size).take(range(out.shape[axis]), axis)
    return out.astype(np.uint8)


def add_specks(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Makes 1 to 60 groups of up to 2 x 3 pixels white, as cosmic rays and hot pixels are."""
    out = image.copy()
    for _ in range(int(np.exp(random.uniform(0, np.log(61))))):
        row, column = random.integers(0, image.shape)
        out[row : row + random.integers(1, 3), column : column + random.integers(1, 4)] = 255
    return out


def cover_side(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Gives up to 8 % of the image along one side one level, as an overscan or an unlit edge has."""
    out = image.copy()
    turned = np.rot90(out, random.integers(4))
    turned[: random.integers(1, 2 + turned.shape[0] * 8 // 100)] = random.choice(
        (0, 0, 255, int(image.mean()))
    )
    return out


def add_noise(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Adds normal noise with a standard deviation of 1 to 14 levels."""
    first = int(random.integers(0, len(DEVIATES) - image.size))
    out = DEVIATES[first : first + image.size].reshape(image.shape) * random.uniform(1, 14)
    out += image
    return np.clip(out, 0, 255, out=out).astype(np.uint8)


def crop_and_resize(image: np.ndarray, random: np.random.Generator, smallest: float) -> np.ndarray:
    """Stretches a window to the full size; its share of each axis is `smallest` to 1."""
    height, width = image.shape
    rows, row_fractions = draw_positions(height, random, smallest)
    columns, column_fractions = draw_positions(width, random, smallest)
    out = interpolate(image, rows, row_fractions[:, None], axis=0)
    return interpolate(out, columns, column_fractions, axis=1).astype(np.uint8)


def draw_positions(
    length: int, random: np.random.Generator, smallest: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draws a window of an axis and returns its sample positions, as pixel and fraction."""
    size = length * random.uniform(smallest, 1.0)
    at = random.uniform(0, length - size) + np.arange(length) * (size / length)
    whole = np.minimum(at.astype(np.int64), length - 2)
    return whole, np.minimum(at - whole, 1).astype(np.float32)


def interpolate(
    values: np.ndarray, first: np.ndarray, fraction: np.ndarray, axis: int
) -> np.ndarray:
    start = values.take(first, axis).astype(np.float32)
    return start + fraction * (values.take(first + 1, axis) - start)


def change_contrast(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Applies other display limits and a gamma, as another exposure time would."""
    low, high = random.uniform(-0.15, 0.15), random.uniform(0.8, 1.25)
    gamma = np.exp(random.uniform(-0.3, 0.3))
    levels = np.clip((np.arange(256) / 255 - low) / (high - low), 0, 1) ** gamma
    return (255 * levels).astype(np.uint8)[image]


def augment_features(features: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Returns a variant of the features, float32 [S]: another gain and bias level."""
    out = features.astype(np.float32)
    if random.random() < 0.15:
        counts = np.sinh(np.clip(out[COUNTS], -15, 15))
        out[COUNTS] = np.arcsinh(counts - counts[0])
    if random.random() < 0.5:
        gain = random.normal(0, 0.7)
        out[0] += gain / np.log(10)
        out[COUNTS] += np.sign(out[COUNTS]) * gain
    return out + random.normal(0, 0.12, out.shape).astype(np.float32)
