"""Temperature and thresholds from frames that did not train the network: `calibrate`."""

import argparse
import json
from pathlib import Path

import numpy as np

from spit_train import TrainingError
from spit_train.dataset import OTHER
from spit_train.scores import count_votes

# Share of the frames with a type that the threshold of the probability may make unknown.
LOST = 0.01
# The same for the threshold of the out-of-distribution score, by the frames that it is chosen
# on. Simulated frames are more often unusual.
LOST_OOD = {"real": 0.005, "simulated": 0.01}


def calibrate(options: argparse.Namespace) -> None:
    """Runs the command `calibrate` on the folds of a cross-validation.

    The card of each fold gets the settings chosen on the other folds, so no threshold is
    judged by the frames that chose it. `--out` gets the settings for the network that ships:
    chosen on all folds, on the training side of its split alone, because the other side
    judges that network.
    """
    folders = sorted(options.work.glob("fold-*/"))
    if len(folders) < 2:
        raise TrainingError(
            f"Cannot calibrate: {options.work} needs two or more folders fold-N, "
            f"and has {len(folders)}"
        )
    folds = [read_predictions(folder / "held-out.npz") for folder in folders]
    for number, folder in enumerate(folders):
        others = join_predictions([fold for k, fold in enumerate(folds) if k != number])
        path = folder / f"{options.network}.json"
        card = {**json.loads(path.read_text()), **choose_settings(others)}
        path.write_text(json.dumps(card, indent=2) + "\n")
        print(folder.name, card["temperature"], card["thresholds"])
    if options.out:
        joined = join_predictions(folds)
        training_side = joined["splits"] == "train"
        settings = choose_settings({name: all[training_side] for name, all in joined.items()})
        options.out.write_text(json.dumps(settings, indent=2) + "\n")
        print("all", settings["temperature"], settings["thresholds"])


def read_predictions(path: Path) -> dict[str, np.ndarray]:
    """Reads the predictions for the held-out real frames of one fold."""
    saved = np.load(path)
    real = saved["sources"] == "real"
    return {name: saved[name][real] for name in ("probabilities", "ood", "labels", "splits")}


def join_predictions(folds: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([fold[name] for fold in folds]) for name in folds[0]}


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Returns the mean over the flips, each at a temperature: [frames, types]."""
    powers = (probabilities.astype(np.float64).clip(1e-12)) ** (1 / temperature)
    return (powers / powers.sum(2, keepdims=True)).mean(1)


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Returns the temperature with the least cross-entropy (Guo et al. 2017, section 4.2)."""

    def compute_loss(temperature: float) -> float:
        chosen = apply_temperature(probabilities, temperature)[np.arange(len(labels)), labels]
        return -float(np.log(chosen.clip(1e-12)).mean())

    temperatures = np.exp(np.linspace(np.log(0.4), np.log(5), 150))
    return round(float(temperatures[np.argmin([compute_loss(t) for t in temperatures])]), 3)


def choose_settings(frames: dict[str, np.ndarray], source: str = "real") -> dict:
    """Returns the temperature, the thresholds and the curves that the thresholds come from.

    `source` tells whether the frames are `real` or `simulated`.
    """
    typed = frames["labels"] != OTHER
    if not typed.any():
        raise TrainingError("Cannot calibrate: no frame with a type was held out")
    probabilities, labels = frames["probabilities"][typed], frames["labels"][typed]
    ood, other_ood = frames["ood"][typed], frames["ood"][~typed]
    temperature = fit_temperature(probabilities, labels)
    means = apply_temperature(probabilities, temperature)
    wrong = means.argmax(1) != labels
    ood_limit = find_upper_limit(ood, LOST_OOD[source])
    choice, decided = count_votes(probabilities)
    accepted = (ood <= ood_limit) & decided & (choice == means.argmax(1))
    if not accepted.any():
        raise TrainingError("Cannot calibrate: no held-out frame is accepted by the vote")
    probability = means.max(1)
    lowest = np.sort(probability[accepted])[int(LOST * accepted.sum())]
    return {
        "temperature": temperature,
        "thresholds": {"probability": round(float(lowest), 3), "ood": ood_limit},
        "threshold_curves": {
            "frames": int(typed.sum()),
            "probability": [
                {
                    "threshold": round(float(t), 2),
                    "classified": round(float((probability >= t).mean()), 4),
                    "wrong": round(float(((probability >= t) & wrong).mean()), 4),
                }
                for t in np.arange(0.3, 1.0, 0.05)
            ],
            "ood": [
                {
                    "threshold": round(float(t), 2),
                    "typed_rejected": round(float((ood > t).mean()), 4),
                    "other_rejected": int((other_ood > t).sum()),
                    "other": len(other_ood),
                }
                for t in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
            ],
        },
    }


def find_upper_limit(values: np.ndarray, share: float) -> float:
    """Returns the smallest limit, to three decimals, that at most a share of the values exceed."""
    ordered = np.sort(values)
    return round(float(ordered[len(ordered) - 1 - int(share * len(ordered))]) + 5e-4, 3)
