import json
import os
import shutil
from dataclasses import replace

import onnxruntime
import pytest
from spit_train import TrainingError, reproduction
from spit_train.__main__ import main
from spit_train.dataset import hash_file
from spit_train.reproduction import QUICK, Steps, check_run

needs_deno = pytest.mark.skipif(
    not (os.environ.get("DENO") or shutil.which("deno")), reason="Deno makes the frames"
)


@needs_deno
def test_the_whole_chain_runs_from_an_empty_folder_and_resumes(tmp_path, capsys, monkeypatch):
    arguments = ["reproduce", "--quick", "--out", str(tmp_path / "run")]
    assert main(arguments) == 0
    card = json.loads((tmp_path / "run" / "models" / "spit-compact.json").read_text())
    record = card["training"]
    assert record["real"] == 0
    assert {one["name"] for one in record["datasets"]} == {"simulated-0", "simulated-1", "ood-0"}
    for name in QUICK.members:
        weights = tmp_path / "run" / "data" / f"{name}.pt"
        assert record["recipe"]["members"][name]["sha256"] == hash_file(weights)
    assert set(record["seconds"]) == {"datasets", "members"}
    assert card["vote"]["flip_invariant"]
    onnxruntime.InferenceSession(tmp_path / "run" / "models" / "spit-compact.onnx")
    capsys.readouterr()
    # Nothing is made twice, and the members need not be trained again for the model.
    for step in ("make_datasets", "train_members"):
        monkeypatch.setattr(reproduction, step, None)
    assert main(arguments) == 0
    assert capsys.readouterr().err.count("complete") == 3


def test_the_time_of_interrupted_tries_counts(tmp_path, monkeypatch):
    now = iter([0.0, 5.0, 10.0, 12.0])
    monkeypatch.setattr(reproduction.time, "monotonic", lambda: next(now))

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Steps(tmp_path / "steps.json").run("compact", False, stop)
    Steps(tmp_path / "steps.json").run("compact", False, lambda: None)
    assert json.loads((tmp_path / "steps.json").read_text()) == {"compact": 7.0}


def test_the_run_of_another_recipe_is_refused(tmp_path):
    check_run(tmp_path, QUICK)
    check_run(tmp_path, QUICK)
    with pytest.raises(TrainingError, match="another recipe"):
        check_run(tmp_path, replace(QUICK, rate=1e-3))
