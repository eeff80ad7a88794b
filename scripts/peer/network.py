"""The network of a model card, and the vote of the views."""

import json
import os
from pathlib import Path

import numpy as np
from picture import VIEWS

# The runtime would report its use to its maker.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime


class Network:
    """An ONNX network on one thread: the pool has a process for each core."""

    def __init__(self, card_path: str) -> None:
        self.card = json.loads(Path(card_path).read_text())
        self.id = f"{self.card['name']}@{self.card['version']}"
        # A network that no flip changes needs one view only, which stands for the others.
        self.views = 1 if self.card["vote"].get("alike") else VIEWS
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            str(Path(card_path).parent / self.card["onnx"]),
            options,
            providers=["CPUExecutionProvider"],
        )

    def run(self, views: np.ndarray, statistics: np.ndarray | None) -> tuple[np.ndarray, ...]:
        """Calibrated probabilities [4, types], and strangeness [4] or [0], of one HDU.

        From uint8 [views, 210, 650] and float32 [statistics].
        """
        feeds = {self.card["input"]["name"]: views}
        if statistics is not None:
            feeds[self.card["statistics"]["name"]] = np.tile(statistics, (self.views, 1))
        names = [self.card[key]["name"] for key in ("output", "strangeness") if key in self.card]
        probabilities, *strangeness = self.session.run(names, feeds)
        times = VIEWS // self.views
        return (
            np.tile(self.calibrate(probabilities), (times, 1)),
            np.tile(strangeness[0].ravel(), times) if strangeness else np.zeros(0),
        )

    def calibrate(self, probabilities: np.ndarray) -> np.ndarray:
        """p^(1/T), each view [views, types] scaled to a sum of 1 (Guo et al. 2017)."""
        relative = probabilities.astype(np.float64) / probabilities.max(axis=1, keepdims=True)
        powers = relative ** (1 / self.card["temperature"])
        return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)

    def vote(self, probabilities: np.ndarray, strangenesses: np.ndarray) -> dict:
        """What all views say together, from [4 * HDUs, types] and [4 * HDUs] or [0]."""
        classes, thresholds = self.card["classes"], self.card["thresholds"]
        votes = np.bincount(probabilities.argmax(axis=1), minlength=len(classes))
        means = probabilities.mean(axis=0, dtype=np.float64)
        strangeness = float(strangenesses.mean(dtype=np.float64)) if strangenesses.size else None
        winner = int(votes.argmax())
        reason = None
        if strangeness is not None and strangeness > thresholds["strangeness"]:
            reason = "unlike any spectral frame"
        elif votes[winner] < self.card["vote"]["majority"] * len(probabilities):
            reason = "views disagree"
        elif means[winner] < thresholds["confidence"]:
            reason = "low confidence"
        return {
            "type": "unknown" if reason else classes[winner],
            "confidence": round(float(means.max() if reason else means[winner]), 6),
            "reason": reason,
            "votes": {name: int(n) for name, n in zip(classes, votes) if n},
            "probabilities": {name: round(float(p), 6) for name, p in zip(classes, means)},
            "strangeness": None if strangeness is None else round(strangeness, 6),
        }
