"""Sharp events, and the noise's own shape, in plain blocks; as lib/preprocess/features_hits.ts."""

import numpy as np
from blocks import Blocks, percentile
from profiles import middle

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
