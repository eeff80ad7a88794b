"""Which frames an epoch shows, and in what share."""

from dataclasses import dataclass

import numpy as np
import torch
from augment import augment, augment_statistics
from shards import OTHER, TYPES, Row
from torch.utils.data import Dataset


@dataclass(frozen=True)
class Shares:
    """Of what an epoch is made."""

    pictures: int  # drawn for each epoch
    real: float  # share of real frames where a type has both
    impostors: float  # share of frames that have no type
    seed: int


class Epoch(Dataset):
    """Frames drawn for one epoch, the types balanced as in the paper.

    The paper repeats the frames of rarer types until all are as many. Drawing
    with replacement does the same without copies on disk. Real and simulated
    frames are mixed at a fixed share, and among the real ones of a type every
    spectrograph counts the same, so that one with many frames does not rule.
    """

    def __init__(self, rows: list[Row], shares: Shares, number: int) -> None:
        self.rows = rows
        self.seed = (shares.seed, number)
        random = np.random.default_rng(self.seed)
        types = [pools_of(rows, label) for label in range(len(TYPES))]
        impostors = pools_of(rows, OTHER)
        self.draws = []
        for i in range(shares.pictures):
            strange = any(impostors) and random.random() < shares.impostors
            simulated, real = impostors if strange else types[i % len(TYPES)]
            use_real = bool(real) and (not simulated or random.random() < shares.real)
            pool = real[random.integers(len(real))] if use_real else simulated
            self.draws.append(pool[random.integers(len(pool))])
        random.shuffle(self.draws)

    def __len__(self) -> int:
        return len(self.draws)

    def __getitem__(self, position: int) -> tuple[torch.Tensor, torch.Tensor, int]:
        row = self.rows[self.draws[position]]
        random = np.random.default_rng((*self.seed, position))
        picture = torch.from_numpy(augment(row.picture, random))
        return picture, torch.from_numpy(augment_statistics(row.statistics, random)), row.label


def pools_of(rows: list[Row], label: int) -> tuple[list[int], list[list[int]]]:
    """Indices of the simulated rows of a type, and of its real ones by spectrograph."""
    simulated = []
    real: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.label != label:
            continue
        if row.source == "simulated":
            simulated.append(index)
        else:
            real.setdefault(row.spectrograph, []).append(index)
    return simulated, list(real.values())
