"""The network of a model card, and the vote over the flips."""

import json
import os
from pathlib import Path

import numpy as np
from input_image import FLIPS

# onnxruntime sends telemetry otherwise.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime


class Network:
    """An ONNX network on one thread: the pool has a process for each core."""

    def __init__(self, card_path: str) -> None:
        self.card = json.loads(Path(card_path).read_text())
        self.id = f"{self.card['name']}@{self.card['version']}"
        # One flip is enough for a network whose output no flip changes.
        self.flips = 1 if self.card["vote"].get("flip_invariant") else FLIPS
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            str(Path(card_path).parent / self.card["onnx"]),
            options,
            providers=["CPUExecutionProvider"],
        )

    def run(self, flips: np.ndarray, features: np.ndarray | None) -> tuple[np.ndarray, ...]:
        """Calibrated probabilities [4, types] and ood scores [4] or [0] of one HDU.

        Inputs: uint8 [flips, 210, 650] and float32 [features].
        """
        feeds = {self.card["input"]["name"]: flips}
        if features is not None:
            feeds[self.card["features"]["name"]] = np.tile(features, (self.flips, 1))
        names = [self.card[key]["name"] for key in ("output", "ood") if key in self.card]
        probabilities, *ood = self.session.run(names, feeds)
        times = FLIPS // self.flips
        return (
            np.tile(self.calibrate(probabilities), (times, 1)),
            np.tile(ood[0].ravel(), times) if ood else np.zeros(0),
        )

    def calibrate(self, probabilities: np.ndarray) -> np.ndarray:
        """p^(1/T), each flip [flips, types] scaled to a sum of 1 (Guo et al. 2017)."""
        relative = probabilities.astype(np.float64) / probabilities.max(axis=1, keepdims=True)
        powers = relative ** (1 / self.card["temperature"])
        return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)

    def vote(self, probabilities: np.ndarray, scores: np.ndarray) -> dict:
        """Combines all flips: probabilities [4 * HDUs, types], ood scores [4 * HDUs] or [0]."""
        classes, thresholds = self.card["classes"], self.card["thresholds"]
        votes = np.bincount(probabilities.argmax(axis=1), minlength=len(classes))
        means = probabilities.mean(axis=0, dtype=np.float64)
        ood = float(scores.mean(dtype=np.float64)) if scores.size else None
        winner = int(votes.argmax())
        reason = None
        if ood is not None and ood > thresholds["ood"]:
            reason = "out_of_distribution"
        elif votes[winner] < self.card["vote"]["majority"] * len(probabilities):
            reason = "flips_disagree"
        elif means[winner] < thresholds["probability"]:
            reason = "low_probability"
        type_ = "unknown" if reason else classes[winner]
        probability = round(float(means.max() if reason else means[winner]), 6)
        pixels = {
            "type": type_,
            "probability": probability,
            "probabilities": {name: round(float(p), 6) for name, p in zip(classes, means)},
            "votes": {name: int(n) for name, n in zip(classes, votes) if n},
            "ood": None if ood is None else round(ood, 6),
        }
        return {"type": type_, "probability": probability, "reason": reason, "pixels": pixels}
