"""Scores of the paper's network under the paper's two protocols, and its temperature."""

import numpy as np
import torch
from paper_network import CLASSES
from scores import MAJORITY, wilson
from torch import Tensor
from torch.nn import functional as F

# Of 626 test frames of nights that its training saw too (35 of 35 nights).
PAPERS = {
    "n": 626,
    "every_view_normalised_percent": 98.7,
    "right_percent": 98.2,
    "wrong_percent": 0.9,
    "unknown_percent": 0.8,
    "nights": "35 test nights, each of them also a training night",
}


def scores_of(probabilities: np.ndarray, classes: np.ndarray) -> dict:
    """Scores of some frames, from probabilities [frames, 4, 5] and classes [frames].

    Section 4.1: share of views right, every type weighing the same. Section 4.2: the type
    on which three views of four agree. The views of a frame are no independent trials:
    n and intervals are those of frames.
    """
    said = probabilities.argmax(2)
    present = sorted(set(classes.tolist()))
    by_view = [(said[classes == k] == k).mean() for k in present]
    votes = np.stack([(said == k).sum(1) for k in range(len(CLASSES))], 1)
    typed = votes.max(1) >= MAJORITY
    right = typed & (votes.argmax(1) == classes)
    n, hits = len(classes), int(right.sum())
    return {
        "n": n,
        "every_view_normalised_percent": round(100 * float(np.mean(by_view)), 1),
        "right": hits,
        "wrong": int((typed & ~right).sum()),
        "unknown": int((~typed).sum()),
        "right_percent": round(100 * hits / n, 1),
        "right_interval_95": wilson(hits, n),
        "by_type": {
            CLASSES[k]: f"{int(right[classes == k].sum())}/{int((classes == k).sum())}"
            for k in present
        },
    }


def temperature_of(probabilities: np.ndarray, classes: np.ndarray) -> float:
    """The temperature with the least cross-entropy over all views of some frames."""
    logits = torch.from_numpy(np.log(np.maximum(probabilities, 1e-12))).flatten(0, 1)
    labels = torch.from_numpy(np.repeat(classes, probabilities.shape[1]))
    tried = np.geomspace(0.2, 20, 400)
    losses = [float(cross_entropy(logits, labels, temperature)) for temperature in tried]
    return round(float(tried[int(np.argmin(losses))]), 3)


def cross_entropy(logits: Tensor, labels: Tensor, temperature: float) -> Tensor:
    return F.cross_entropy(logits / temperature, labels)
