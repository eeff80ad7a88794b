"""Temperature and thresholds from frames that the networks had not seen.

    python scripts/calibrate.py data/crossval --out data/thresholds.json

Reads what each fold's network said of its held-out frames (`held-out.npz`).
Each fold's card gets the settings that the *other* folds choose, so that no
threshold is judged by the frames that chose it; --out gets those that all folds
choose, for the network that ships, with the curve: by the frames on the training
side of the shipped split alone, since the others judge that network.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from shards import OTHER

# Share of true spectral frames that may lose their type for being strange, and for the
# confidence being low.
LOST_AS_STRANGE = 0.01
LOST_AS_UNSURE = 0.01
MAJORITY = 3
COLUMNS = ("probabilities", "strangeness", "labels", "splits")


def read(folder: Path) -> dict[str, np.ndarray]:
    """The real frames that a fold's network had not seen."""
    saved = np.load(folder / "held-out.npz")
    real = saved["sources"] == "real"
    return {name: saved[name][real] for name in COLUMNS}


def joined(folds: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([fold[name] for fold in folds]) for name in folds[0]}


def calibrated(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Mean over the views, each at a temperature: [n, types]."""
    powers = (probabilities.astype(np.float64).clip(1e-12)) ** (1 / temperature)
    return (powers / powers.sum(2, keepdims=True)).mean(1)


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature that makes the labels most likely (Guo et al. 2017, section 4.2)."""

    def loss(temperature: float) -> float:
        chosen = calibrated(probabilities, temperature)[np.arange(len(labels)), labels]
        return -float(np.log(chosen.clip(1e-12)).mean())

    temperatures = np.exp(np.linspace(np.log(0.4), np.log(5), 150))
    return round(float(temperatures[np.argmin([loss(t) for t in temperatures])]), 3)


def settle(frames: dict[str, np.ndarray]) -> dict:
    """Temperature and thresholds of some frames, with the curves behind the thresholds."""
    typed = frames["labels"] != OTHER
    probabilities, labels = frames["probabilities"][typed], frames["labels"][typed]
    temperature = fit_temperature(probabilities, labels)
    means = calibrated(probabilities, temperature)
    right = means.argmax(1) == labels
    strangeness = frames["strangeness"][typed]
    strange_limit = quantile_above(strangeness, LOST_AS_STRANGE)
    kept = strangeness <= strange_limit
    votes = (probabilities.argmax(2) == means.argmax(1)[:, None]).sum(1) >= MAJORITY
    sure = np.sort(means.max(1)[kept & votes])
    confidence_limit = round(float(sure[int(LOST_AS_UNSURE * len(sure))]), 3)
    return {
        "temperature": temperature,
        "thresholds": {"confidence": confidence_limit, "strangeness": strange_limit},
        "threshold_curves": {
            "frames": int(typed.sum()),
            "confidence": [
                {
                    "threshold": round(float(t), 2),
                    "typed": round(float((means.max(1) >= t).mean()), 4),
                    "wrong": round(float(((means.max(1) >= t) & ~right).mean()), 4),
                }
                for t in np.arange(0.3, 1.0, 0.05)
            ],
            "strangeness": [
                {
                    "threshold": round(float(t), 2),
                    "typed_frames_lost": round(float((strangeness > t).mean()), 4),
                    "other_frames_caught": int((frames["strangeness"][~typed] > t).sum()),
                    "other_frames": int((~typed).sum()),
                }
                for t in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
            ],
        },
    }


def quantile_above(values: np.ndarray, share: float) -> float:
    """The smallest limit, to three digits, that at most a share of the values exceed."""
    ordered = np.sort(values)
    return round(float(ordered[len(ordered) - 1 - int(share * len(ordered))]) + 5e-4, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("work", type=Path, help="folder of a cross-validation")
    parser.add_argument("--network", default="spit-compact")
    parser.add_argument("--out", type=Path, help="settings from all folds")
    options = parser.parse_args()
    folders = sorted(options.work.glob("fold-*/"))
    folds = [read(folder) for folder in folders]
    for number, folder in enumerate(folders):
        others = joined([fold for k, fold in enumerate(folds) if k != number])
        card = folder / f"{options.network}.json"
        whole = {**json.loads(card.read_text()), **settle(others)}
        card.write_text(json.dumps(whole, indent=2) + "\n")
        print(folder.name, whole["temperature"], whole["thresholds"])
    if options.out:
        every = joined(folds)
        training_side = every["splits"] == "train"
        settings = settle({name: values[training_side] for name, values in every.items()})
        options.out.write_text(json.dumps(settings, indent=2) + "\n")
        print("all", settings["temperature"], settings["thresholds"])


if __name__ == "__main__":
    main()
