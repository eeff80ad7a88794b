import json

import numpy as np
import pytest
from spit_train import TrainingError
from spit_train.__main__ import main
from spit_train.calibration import (
    apply_temperature,
    choose_settings,
    find_upper_limit,
    fit_temperature,
)
from spit_train.dataset import OTHER


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def make_frames(
    count: int, sharpness: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Predictions [count, 4, 6], too confident by a factor in their logits, and labels."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 1.5, (count, 6))
    labels = np.array([random.choice(6, p=row) for row in softmax(logits)])
    return np.repeat(softmax(sharpness * logits)[:, None], 4, axis=1), labels


@pytest.mark.parametrize("sharpness", [0.6, 1.0, 2.5])
def test_temperature_undoes_overconfidence(sharpness):
    probabilities, labels = make_frames(4000, sharpness, 1)
    assert fit_temperature(probabilities, labels) == pytest.approx(sharpness, rel=0.1)


def test_temperature_one_is_the_mean_of_the_flips():
    probabilities, _ = make_frames(10, 1.0, 2)
    assert np.allclose(apply_temperature(probabilities, 1.0), probabilities.mean(1))


def test_upper_limit_is_exceeded_by_the_share_given():
    values = np.random.default_rng(3).uniform(0, 1, 1000)
    limit = find_upper_limit(values, 0.01)
    assert (values > limit).sum() in (9, 10)


def write_fold(
    folder, seed: int, ood: float, splits: str, sharpness: float = 1.0
) -> None:
    folder.mkdir(parents=True)
    probabilities, labels = make_frames(400, sharpness, seed)
    random = np.random.default_rng(seed)
    labels[:20] = OTHER
    np.savez(
        folder / "held-out.npz",
        probabilities=probabilities,
        ood=random.uniform(0, ood, 400),
        labels=labels,
        sources=["real"] * 390 + ["simulated"] * 10,
        splits=[splits] * 400,
        names=[""] * 400,
    )
    (folder / "spit-compact.json").write_text(
        '{"name": "spit-compact", "temperature": 1}'
    )


def test_each_fold_gets_the_settings_of_the_other_folds(tmp_path):
    write_fold(tmp_path / "fold-0", 1, 0.2, "train", sharpness=2.5)
    write_fold(tmp_path / "fold-1", 2, 0.8, "validation")
    out = tmp_path / "thresholds.json"
    assert main(["calibrate", str(tmp_path), "--out", str(out)]) == 0
    first, second = (
        json.loads((tmp_path / f"fold-{k}" / "spit-compact.json").read_text())
        for k in range(2)
    )
    assert first["name"] == "spit-compact"
    assert 0.7 < first["thresholds"]["ood"] <= 0.801
    assert 0.17 < second["thresholds"]["ood"] <= 0.201
    assert first["temperature"] < 1.4 < second["temperature"]
    # The shipped settings come from the training side, which is fold 0 here.
    shipped = json.loads(out.read_text())
    assert shipped["thresholds"] == second["thresholds"]
    assert shipped["threshold_curves"]["frames"] == 370


@pytest.mark.parametrize(("source", "lost"), [("real", 0.005), ("simulated", 0.01)])
def test_thresholds_lose_a_share_of_the_frames_each(source, lost):
    probabilities, labels = make_frames(2000, 1.0, 4)
    ood = np.random.default_rng(4).uniform(0, 1, 2000)
    splits = np.array(["train"] * 2000)
    frames = {
        "probabilities": probabilities,
        "ood": ood,
        "labels": labels,
        "splits": splits,
    }
    settings = choose_settings(frames, source)
    limits = settings["thresholds"]
    assert (ood > limits["ood"]).mean() == pytest.approx(lost, abs=0.002)
    accepted = apply_temperature(probabilities, settings["temperature"]).max(1)[
        ood <= limits["ood"]
    ]
    assert (accepted < limits["probability"]).mean() == pytest.approx(0.01, abs=0.003)


def test_one_fold_is_not_enough(tmp_path, capsys):
    write_fold(tmp_path / "fold-0", 1, 0.2, "train")
    assert main(["calibrate", str(tmp_path)]) == 1
    assert "two or more folders" in capsys.readouterr().err
    with pytest.raises(TrainingError, match="no frame with a type"):
        choose_settings(
            {
                "probabilities": np.ones((1, 4, 6)) / 6,
                "ood": np.zeros(1),
                "labels": np.array([OTHER]),
                "splits": np.array(["train"]),
            }
        )
