import argparse
import json
import os
import shutil
import signal
import subprocess
from dataclasses import replace

import onnxruntime
import pytest
from conftest import ROOT
from spit_train import TrainingError, reproduction
from spit_train.__main__ import main
from spit_train.dataset import hash_file
from spit_train.finetuning import find_deno
from spit_train.reproduction import QUICK, Run, Steps, check_run

needs_deno = pytest.mark.skipif(
    not (os.environ.get("DENO") or shutil.which("deno")), reason="Deno makes the frames"
)


@needs_deno
def test_the_whole_chain_runs_from_an_empty_folder_and_resumes(
    tmp_path, capsys, monkeypatch
):
    # Simulated frames stand in for labelled real ones.
    simulate = [*find_deno(), "run", "-A", "--no-check", "cli.ts", "simulate"]
    simulate += [str(tmp_path / "night"), "--seed", "1", "--count", "12"]
    subprocess.run(simulate, cwd=ROOT, check=True, capture_output=True)
    manifest = tmp_path / "night" / "labels.csv"
    heading, *lines = manifest.read_text().splitlines()
    lines = [
        f"{line},{'train' if k % 2 else 'validation'}" for k, line in enumerate(lines)
    ]
    manifest.write_text("\n".join([f"{heading},split", *lines]) + "\n")
    arguments = ["reproduce", "--quick", "--out", str(tmp_path / "run")]
    arguments += ["--manifest", str(manifest)]
    assert main(arguments) == 0
    cards = {
        folder: json.loads(
            (tmp_path / "run" / folder / "spit-compact.json").read_text()
        )
        for folder in ("simulated", "models")
    }
    data = tmp_path / "run" / "data"
    simulated, shipped = (card["training"] for card in cards.values())
    assert simulated["real"] == 0
    assert {one["name"] for one in simulated["datasets"]} == {
        *("simulated-0", "simulated-1", "ood-0", "layouts-0", "more-ood-0")
    }
    assert [one["sha256"] for one in simulated["members"]] == [
        hash_file(data / f"{name}-continued.pt") for name in QUICK.members
    ]
    assert shipped["real"] > 0
    assert [one["sha256"] for one in shipped["members"]] == [
        hash_file(data / f"{name}-adapted.pt") for name in QUICK.members
    ]
    steps = [
        "datasets",
        "members",
        "continuation",
        "simulated",
        "evidence rows",
        "adaptation",
    ]
    assert list(shipped["seconds"]) == steps
    assert all(card["vote"]["flip_invariant"] for card in cards.values())
    onnxruntime.InferenceSession(tmp_path / "run" / "models" / "spit-compact.onnx")
    assert len((tmp_path / "run" / "rows.ndjson").read_text().splitlines()) == 12
    capsys.readouterr()
    # Nothing is made twice.
    for step in ("make_datasets", "train_together", "combine", "write_rows"):
        monkeypatch.setattr(reproduction, step, None)
    assert main(arguments) == 0
    assert capsys.readouterr().err.count("complete") == len(steps) + 1


def test_the_time_of_interrupted_tries_counts(tmp_path, monkeypatch):
    now = iter([0.0, 5.0, 10.0, 12.0])
    monkeypatch.setattr(reproduction.time, "monotonic", lambda: next(now))

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Steps(tmp_path / "steps.json").run("compact", False, stop)
    Steps(tmp_path / "steps.json").run("compact", False, lambda: None)
    assert json.loads((tmp_path / "steps.json").read_text()) == {"compact": 7.0}


def test_a_run_that_is_terminated_ends_its_trainings(monkeypatch):
    ended = []

    class Training:
        def __init__(self, name, **_) -> None:
            self.name = name

        def start(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

        def is_alive(self) -> bool:
            return True

        def terminate(self) -> None:
            ended.append(self.name)

    context = argparse.Namespace(Process=Training)
    monkeypatch.setattr(
        reproduction.multiprocessing, "get_context", lambda _: context
    )
    before = signal.getsignal(signal.SIGTERM)
    jobs = {name: argparse.Namespace() for name in QUICK.members}
    with pytest.raises(SystemExit) as exit:
        reproduction.train_together(jobs, None)
    assert exit.value.code == 143
    assert ended == list(QUICK.members)
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_run_of_another_recipe_is_refused(tmp_path):
    check_run(Run(QUICK, tmp_path, None, None))
    check_run(Run(QUICK, tmp_path, None, None))
    with pytest.raises(TrainingError, match="another recipe"):
        check_run(Run(replace(QUICK, rate=1e-3), tmp_path, None, None))
