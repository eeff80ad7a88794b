"""Scores under the paper's final scheme (section 4.2): four views vote."""

from collections import defaultdict
from math import sqrt
from pathlib import Path

import numpy as np
import torch
from shards import OTHER, TYPES, Row
from torch import nn

MAJORITY = 3  # votes of four


def four_views(picture: np.ndarray) -> np.ndarray:
    """Identity, rows flipped, columns flipped, both: uint8 [4, 210, 650]."""
    return np.stack([picture, picture[::-1], picture[:, ::-1], picture[::-1, ::-1]])


def verdicts_of(network: nn.Module, rows: list[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Softmax of every view, float32 [rows, 4, types], not calibrated; strangeness [rows]."""
    network.eval()
    probabilities, strangeness = [], []
    with torch.no_grad():
        for row in rows:
            views = torch.from_numpy(four_views(np.asarray(row.picture)))
            statistics = torch.from_numpy(row.statistics).expand(4, -1)
            logits, strange = network(views, statistics)
            probabilities.append(torch.softmax(logits, 1).numpy())
            strangeness.append(float(torch.sigmoid(strange).mean()))
    if not rows:
        return np.zeros((0, 4, len(TYPES)), np.float32), np.zeros(0)
    return np.stack(probabilities), np.array(strangeness)


def vote(probabilities: np.ndarray) -> int | None:
    """Type of one frame from its views, float [4, types]; None when they disagree."""
    votes = np.bincount(probabilities.argmax(1), minlength=len(TYPES))
    return int(votes.argmax()) if votes.max() >= MAJORITY else None


def wilson(hits: int, n: int, z: float = 1.96) -> list[float]:
    """Wilson's 95 % interval of a proportion, in percent."""
    if n == 0:
        return [0.0, 100.0]
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(hits * (n - hits) / n + z * z / 4)
    return [round(100 * (centre - half), 1), round(100 * (centre + half), 1)]


def write_verdicts(path: Path, network: nn.Module, rows: list[Row]) -> None:
    """What a network says of frames that it has not seen, for scripts/calibrate.py."""
    probabilities, strangeness = verdicts_of(network, rows)
    np.savez(
        path,
        probabilities=probabilities,
        strangeness=strangeness,
        labels=[row.label for row in rows],
        sources=[row.source for row in rows],
        splits=[row.split for row in rows],
        names=[row.name for row in rows],
    )


def score(network: nn.Module, rows: list[Row]) -> dict:
    """Right, wrong and unknown frames by the vote alone; frames without a type: strangeness."""
    typed = [row for row in rows if row.label != OTHER]
    others = [row for row in rows if row.label == OTHER]
    result = score_types(typed, verdicts_of(network, typed)[0])
    if others:
        strangeness = verdicts_of(network, others)[1]
        result["other_strange"] = f"{int((strangeness > 0.5).sum())}/{len(others)}"
    return result


def score_types(rows: list[Row], probabilities: np.ndarray) -> dict:
    """Right, wrong and unknown frames, with the interval of the right ones; also by type."""
    by_type: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    right = wrong = same_side = 0
    sky = {TYPES.index("standard"), TYPES.index("science")}
    for row, views in zip(rows, probabilities):
        verdict = vote(views)
        right += verdict == row.label
        wrong += verdict is not None and verdict != row.label
        same_side += verdict == row.label or (verdict in sky and row.label in sky)
        by_type[TYPES[row.label]][0] += verdict == row.label
        by_type[TYPES[row.label]][1] += 1
    n = len(rows)
    return {
        "n": n,
        "right": right,
        "wrong": wrong,
        "unknown": n - right - wrong,
        "right_percent": round(100 * right / n, 1) if n else None,
        "right_interval_95": wilson(right, n),
        "right_with_standard_as_science": same_side,
        "by_type": {name: f"{hits}/{total}" for name, (hits, total) in sorted(by_type.items())},
    }
