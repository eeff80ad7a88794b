"""The pictures that the paper's network learns from: every flip of balanced frames."""

from collections.abc import Iterator

import numpy as np
import torch
from paper_network import CLASSES
from scores import four_views
from shards import OTHER, TYPES, Row
from torch import Tensor

FLIPS = 4


def typed_rows(rows: list[Row]) -> list[Row]:
    """Kast frames of the five types that the paper knows."""
    wanted = {TYPES.index(name) for name in CLASSES}
    return [row for row in rows if row.spectrograph == "kast" and row.label in wanted]


def class_of(row: Row) -> int:
    """Index in CLASSES."""
    assert row.label != OTHER
    return CLASSES.index(TYPES[row.label])


def balanced(rows: list[Row], real_copies: int) -> list[int]:
    """Indices of frames, those of rarer types repeated until all types have as many.

    Real frames are few, and are repeated before that.
    """
    by_class: list[list[int]] = [[] for _ in CLASSES]
    for index, row in enumerate(rows):
        by_class[class_of(row)] += [index] * (real_copies if row.source == "real" else 1)
    most = max(map(len, by_class))
    return [indices[i % len(indices)] for indices in by_class for i in range(most)]


def batches(
    rows: list[Row], frames: list[int], size: int, seed: int, first: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end: views uint8 [size, 210, 650] and classes [size].

    Each pass shows every flip of every frame once, in an order of its own. Begins with
    batch `first`, so that a run taken up again sees what it would have seen.
    """
    a_pass = len(frames) * FLIPS // size
    number = first
    while True:
        random = np.random.default_rng((seed, number // a_pass))
        order = random.permutation(len(frames) * FLIPS)
        for place in range(number % a_pass, a_pass):
            chosen = order[place * size : (place + 1) * size]
            yield views_of(rows, [(frames[i // FLIPS], int(i % FLIPS)) for i in chosen])
            number += 1


def views_of(rows: list[Row], chosen: list[tuple[int, int]]) -> tuple[Tensor, Tensor]:
    """Views by frame and flip, uint8 [n, 210, 650], and their classes [n]."""
    views = np.stack([four_views(np.asarray(rows[frame].picture))[flip] for frame, flip in chosen])
    classes = [class_of(rows[frame]) for frame, _ in chosen]
    return torch.from_numpy(views), torch.tensor(classes)
