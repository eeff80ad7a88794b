"""Scores of a network on held-out frames: four flips vote (section 4.2 of the paper)."""

from math import sqrt
from pathlib import Path

import numpy as np
import torch
from torch import nn

from spit_train.dataset import OTHER, TYPES, Example, flip_image

MAJORITY = 3  # votes out of four


def predict(network: nn.Module, frames: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the softmax of every flip, float32 [frames, 4, types], not calibrated, and the
    out-of-distribution score of every frame, [frames]."""
    if not frames:
        return np.zeros((0, 4, len(TYPES)), np.float32), np.zeros(0)
    network.eval()
    probabilities, scores = [], []
    with torch.no_grad():
        for frame in frames:
            images = flip_image(np.asarray(frame.image))
            # Flips of a network that is invariant under them have the same output.
            images = torch.from_numpy(images[:1] if network.flip_invariant else images)
            features = torch.from_numpy(frame.features).expand(len(images), -1)
            logits, ood = network(images, features)
            probabilities.append(torch.softmax(logits, 1).expand(4, -1).numpy())
            scores.append(float(torch.sigmoid(ood).mean()))
    return np.stack(probabilities), np.array(scores)


def write_predictions(path: Path, network: nn.Module, frames: list[Example]) -> None:
    """Writes the predictions for held-out frames, from which `calibrate` takes thresholds."""
    probabilities, ood = predict(network, frames)
    np.savez(
        path,
        probabilities=probabilities,
        ood=ood,
        labels=[frame.label for frame in frames],
        sources=[frame.source for frame in frames],
        splits=[frame.split for frame in frames],
        names=[frame.name for frame in frames],
    )


def count_votes(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the type with most votes and whether it has a majority, from [frames, 4, types]."""
    choices = probabilities.argmax(2)
    votes = np.stack([(choices == k).sum(1) for k in range(probabilities.shape[2])], 1)
    return votes.argmax(1), votes.max(1) >= MAJORITY


def compute_wilson(hits: int, n: int, z: float = 1.96) -> list[float]:
    """Returns Wilson's 95 % interval of a proportion, in percent."""
    if n == 0:
        return [0.0, 100.0]
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(hits * (n - hits) / n + z * z / 4)
    return [round(100 * (centre - half), 1), round(100 * (centre + half), 1)]


def score_frames(network: nn.Module, frames: list[Example]) -> dict:
    """Counts right, wrong and unknown frames by the vote, and the frames without a type whose
    out-of-distribution score exceeds 0.5."""
    typed = [frame for frame in frames if frame.label != OTHER]
    others = [frame for frame in frames if frame.label == OTHER]
    scores = score_types(typed, predict(network, typed)[0])
    if others:
        ood = predict(network, others)[1]
        scores["other_rejected"] = f"{int((ood > 0.5).sum())}/{len(others)}"
    return scores


def score_types(frames: list[Example], probabilities: np.ndarray) -> dict:
    """Counts right, wrong and unknown frames with a type, from [frames, 4, types]."""
    labels = np.array([frame.label for frame in frames], int)
    choice, decided = count_votes(probabilities)
    right = decided & (choice == labels)
    sky = [TYPES.index("standard"), TYPES.index("science")]
    right_or_sky = right | (decided & np.isin(choice, sky) & np.isin(labels, sky))
    by_type = {TYPES[k]: right[labels == k] for k in labels}
    n, hits = len(frames), int(right.sum())
    return {
        "n": n,
        "right": hits,
        "wrong": int((decided & ~right).sum()),
        "unknown": int((~decided).sum()),
        "right_percent": round(100 * hits / n, 1) if n else None,
        "right_interval_95": compute_wilson(hits, n),
        "right_with_standard_as_science": int(right_or_sky.sum()),
        "by_type": {name: f"{own.sum()}/{len(own)}" for name, own in sorted(by_type.items())},
    }
