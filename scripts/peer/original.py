"""Types frames as the original SPIT does: TensorFlow, one view at a time, one process.

Its steps with its libraries (astropy, scipy), written afresh, for its own code is broken
at head; and the paper's network. Without `--weights` these are random: as slow, and of
no use to type anything.

    pip install -r scripts/peer/requirements-original.txt
    python scripts/peer/original.py night/ --timing original.json

Weights are an .npz of the arrays that `scripts/paper_network.py` names, as
`numpy.savez("paper.npz", **{k: v.numpy() for k, v in torch.load("best.pt").items()})`.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
from original_picture import first_plane, picture_of
from picture import VIEWS, views_of
from read_frames import find_frames
from stopwatch import Stopwatch, process_start, since_boot, timing_of

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
from original_network import CLASSES, open_network

MAJORITY = 3  # votes of four


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("frames", nargs="+", metavar="FILE_OR_FOLDER")
    options.add_argument("--weights", type=Path, metavar="FILE.npz")
    options.add_argument("--timing", type=Path, metavar="FILE.json", help="write how long it took")
    chosen = options.parse_args()
    started = process_start()
    probabilities_of = open_network(chosen.weights)
    seen, stages = [], []
    for path in find_frames(chosen.frames):
        stopwatch = Stopwatch()
        plane = first_plane(path)
        stopwatch.lap("read")
        views = views_of(picture_of(plane, stopwatch), VIEWS)
        probabilities = np.stack([probabilities_of(views[k : k + 1]) for k in range(VIEWS)])
        stopwatch.lap("inference")
        row = {"file": path, **vote(probabilities), "model": "spit-original"}
        print(json.dumps(row, separators=(",", ":")), flush=True)
        seen.append(since_boot())
        stages.append(stopwatch.stages)
    if not seen:
        options.error("no frames there")
    if chosen.timing:
        timing = {"workers": 1, **timing_of(started, seen, stages)}
        chosen.timing.write_text(json.dumps(timing, indent=2) + "\n")


def vote(probabilities: np.ndarray) -> dict:
    """The paper's rule (section 4.2) on float32 [4, 5]."""
    votes = np.bincount(probabilities.argmax(axis=1), minlength=len(CLASSES))
    means = probabilities.mean(axis=0, dtype=np.float64)
    winner = int(votes.argmax())
    agreed = votes[winner] >= MAJORITY
    return {
        "type": CLASSES[winner] if agreed else "unknown",
        "confidence": round(float(means[winner] if agreed else means.max()), 6),
        "reason": None if agreed else "views disagree",
        "votes": {name: int(n) for name, n in zip(CLASSES, votes) if n},
        "probabilities": {name: round(float(p), 6) for name, p in zip(CLASSES, means)},
    }


if __name__ == "__main__":
    main()
