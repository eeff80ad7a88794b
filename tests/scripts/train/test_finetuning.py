import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import FEATURES, ROOT, make_example, make_examples
from spit_train import TrainingError, finetuning
from spit_train.dataset import OTHER, TrainingData, Versions, hash_file
from spit_train.finetuning import (
    find_model,
    finetune,
    hold_out_labels,
    keep_better,
    make_datasets,
    make_training_data,
    read_settings,
)
from spit_train.networks import Ensemble, open_network, save_weights
from spit_train.sampling import Sampling
from spit_train.training import Schedule

MODELS = ROOT / "models"


def run(
    tmp_path,
    monkeypatch,
    versions=Versions(1, 1),
    labelled=None,
    model="spit-compact",
    rate=1e-3,
):
    """Fine-tunes the shipped model on made-up frames, without the export."""
    written = []
    examples = labelled or make_examples(1, source="real") + [
        make_example(OTHER, 0, source="real")
    ]
    data = TrainingData(
        examples + make_examples(1) + [make_example(OTHER, 1)], versions, None
    )
    monkeypatch.setattr(finetuning, "make_training_data", lambda *arguments: data)
    monkeypatch.setattr(
        finetuning, "write_model", lambda *args, **card: written.append((args, card))
    )
    manifest = tmp_path / "labels.csv"
    manifest.write_text("path,label\n")
    (tmp_path / "mine" / "work").mkdir(parents=True, exist_ok=True)
    options = argparse.Namespace(
        model=str(model), manifest=manifest, out=tmp_path / "mine", threads=None
    )
    finetune(options, Sampling(8, 0.6, 0.1), Schedule(1, 4, rate, 1))
    return written[0]


def test_starts_from_the_shipped_weights(tmp_path, monkeypatch):
    (_, onnx, frames, versions), card = run(tmp_path, monkeypatch)
    assert onnx == tmp_path / "mine" / "mine.onnx"
    assert versions == Versions(1, 1)
    assert len(frames) == 6
    base = json.loads((MODELS / "spit-compact.json").read_text())
    assert card["settings"]["temperature"] == base["temperature"]
    assert set(card["settings"]["thresholds"]) == {"probability", "ood"}
    record = card["training"]
    # `evaluate` recognises a fine-tuned model by NAME@VERSION.
    assert record["started_from"] == f"spit-compact@{base['version']}"
    assert record["started_from_sha256"] == hash_file(MODELS / "spit-compact.pt")
    # The frame labelled `other` is not trained on.
    assert (record["real"], record["simulated"]) == (6, 7)
    assert card["scores"] == {}


def test_refuses_a_model_of_other_versions(tmp_path, monkeypatch):
    with pytest.raises(TrainingError, match="different versions"):
        run(tmp_path, monkeypatch, Versions(1, 2))


def test_refuses_a_manifest_without_a_type(tmp_path, monkeypatch):
    others = [make_example(OTHER, 0, source="real")]
    with pytest.raises(TrainingError, match="no frame with a type"):
        run(tmp_path, monkeypatch, labelled=others)


def test_needs_card_and_weights(tmp_path):
    card = tmp_path / "mine.json"
    card.write_text("{}")
    with pytest.raises(TrainingError, match="mine.pt"):
        find_model(str(card))


def test_reads_thresholds_under_their_old_names():
    card = {"temperature": 0.9, "thresholds": {"confidence": 0.4, "strangeness": 0.1}}
    settings = {"temperature": 0.9, "thresholds": {"probability": 0.4, "ood": 0.1}}
    assert read_settings(card) == settings


def test_keeps_how_the_pixels_are_weighed():
    evidence = {"between": 2, "within": 0.25, "margin": 0.1}
    card = {"temperature": 1, "thresholds": {"probability": 0.4}, "evidence": evidence}
    assert read_settings(card)["evidence"] == evidence


def make_labels(nights: list[str]) -> list:
    return [
        make_example(k % 6, k, source="real", night=night, name=f"{k}.fits")
        for k, night in enumerate(nights)
    ]


def test_a_quarter_of_the_labels_is_held_out_in_whole_nights():
    labelled = make_labels([f"2020-01-{1 + k % 6:02d}" for k in range(36)])
    held_out, rule = hold_out_labels(labelled)
    assert len(held_out) == 12 and "whole nights" in rule
    names = {one.name for one in held_out}
    kept = {one.night for one in labelled if one.name not in names}
    assert kept.isdisjoint({one.night for one in held_out})
    # The order of the manifest makes no difference.
    assert {one.name for one in hold_out_labels(labelled[::-1])[0]} == names


@pytest.mark.parametrize("night", ["", "2020-01-01"])
def test_labels_of_one_night_are_held_out_by_frame(night):
    held_out, rule = hold_out_labels(make_labels([night] * 10))
    assert len(held_out) == 3
    assert ("night that is trained on" in rule) == bool(night)


def test_fewer_than_eight_labels_are_all_trained_on():
    held_out, rule = hold_out_labels(make_labels([f"n{k}" for k in range(7)]))
    assert held_out == [] and "none held out" in rule


def test_the_validation_side_of_the_manifest_is_held_out():
    labelled = make_labels(["a", "b", "c"])
    labelled += [make_example(1, 9, source="real", split="validation")]
    assert hold_out_labels(labelled)[0] == labelled[-1:]


class Constant(torch.nn.Module):
    """A network that gives every frame the same type."""

    flip_invariant = True

    def __init__(self, label: int, strength: float) -> None:
        super().__init__()
        self.logits = (
            strength * torch.nn.functional.one_hot(torch.tensor(label), 6).float()
        )

    def forward(self, images, features):
        return self.logits.expand(len(images), -1), torch.zeros(len(images))


def test_the_better_network_is_kept(capsys):
    held_out = [make_example(label, 0) for label in (2, 2, 3)]
    worse, better, sharper = Constant(3, 5.0), Constant(2, 5.0), Constant(2, 1.0)
    for before, after, kept in (
        (worse, better, better),
        (better, worse, better),
        # As many are right; the surer network pays more for its mistake.
        (sharper, better, sharper),
        (better, sharper, sharper),
    ):
        network, scores = keep_better(before, after, held_out)
        assert network is kept
        told = "old weights are kept" in capsys.readouterr().err
        assert told == (kept is before)
        assert scores["held_out_labels"]["kept"] == (
            "base" if kept is before else "adapted"
        )


def test_a_harmful_fine_tuning_keeps_the_old_weights(tmp_path, monkeypatch, capsys):
    labelled = make_labels([f"2020-01-{k:02d}" for k in range(1, 13)])
    # The labels to train on are wrong, and the rate is far too high.
    held_out = {one.name for one in hold_out_labels(labelled)[0]}
    network = open_network(MODELS / "spit-compact.pt", 6, Versions(1, 1), "data").eval()
    labelled = [
        one if one.name not in held_out else replace(one, label=answer(network, one))
        for one in labelled
    ]
    (tuned, *_), card = run(tmp_path, monkeypatch, labelled=labelled, rate=0.5)
    assert card["scores"]["held_out_labels"]["kept"] == "base"
    assert all(
        torch.equal(value, network.state_dict()[name])
        for name, value in tuned.state_dict().items()
    )
    assert "old weights are kept" in capsys.readouterr().err


def answer(network, example) -> int:
    with torch.no_grad():
        image, features = (
            torch.from_numpy(example.image),
            torch.from_numpy(example.features),
        )
        types, _ = network(image[None], features[None])
    return int(types.argmax())


def test_the_last_layers_of_every_member_are_adapted(tmp_path, monkeypatch):
    torch.manual_seed(1)
    ensemble = Ensemble(6, FEATURES, ["spit-compact", "spit-compact"])
    save_weights(tmp_path / "both.pt", ensemble, Versions(1, 1))
    card = json.loads((MODELS / "spit-compact.json").read_text())
    (tmp_path / "both.json").write_text(json.dumps({**card, "name": "both"}))
    (tuned, *_), _ = run(tmp_path, monkeypatch, model=tmp_path / "both.json")
    before = ensemble.state_dict()
    changed = {
        ".".join(name.split(".")[1:3])
        for name, value in tuned.state_dict().items()
        if not torch.equal(value, before[name])
    }
    assert changed == {
        f"{member}.{layer}"
        for member in (0, 1)
        for layer in ("to_types", "to_ood")
    }


def write_fake_deno(tmp_path, monkeypatch) -> Path:
    """A command that writes what `cli.ts dataset` writes, and counts its runs."""
    script = tmp_path / "deno.py"
    script.write_text(
        "#!/usr/bin/env python3\n"
        "import json, pathlib, sys\n"
        "folder = pathlib.Path(sys.argv[sys.argv.index('dataset') + 1])\n"
        f"log = pathlib.Path({str(tmp_path / 'log')!r})\n"
        "with log.open('a') as file: file.write(folder.name + '\\n')\n"
        "if 'fails' in folder.name: sys.exit('no such frame')\n"
        "folder.mkdir()\n"
        "(folder / 'index.csv').write_text('')\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("DENO", str(script))
    return tmp_path / "log"


def test_datasets_that_are_complete_are_not_made_again(tmp_path, monkeypatch, capsys):
    log = write_fake_deno(tmp_path, monkeypatch)
    jobs = {tmp_path / "work" / name: [] for name in ("a", "b", "c")}
    (tmp_path / "work" / "b").mkdir(parents=True)
    (tmp_path / "work" / "b" / "index.csv").write_text("")
    # A folder without its index was interrupted.
    (tmp_path / "work" / "c").mkdir()
    make_datasets(jobs)
    assert sorted(log.read_text().split()) == ["a", "c"]
    assert "making frames: 100 %" in capsys.readouterr().err
    make_datasets(jobs)
    assert sorted(log.read_text().split()) == ["a", "c"]


def test_the_error_of_the_frames_is_reported(tmp_path, monkeypatch):
    write_fake_deno(tmp_path, monkeypatch)
    with pytest.raises(TrainingError, match="no such frame"):
        make_datasets({tmp_path / "fails": []})


def test_only_the_validation_side_of_the_manifest_is_held_out(tmp_path, monkeypatch):
    manifest = tmp_path / "labels.csv"
    manifest.write_text("path,label,split\na.fits,arc,train\nb.fits,arc,validation\n")
    examples = [
        make_example(2, k, source="real", name=str(tmp_path / name), split="validation")
        for k, name in enumerate(["a.fits", "b.fits[1]", "b.fits[2]"])
    ] + make_examples(1, split="validation")
    monkeypatch.setattr(finetuning, "make_datasets", lambda jobs: None)
    monkeypatch.setattr(
        finetuning,
        "read_datasets",
        lambda folders: TrainingData(examples, Versions(1, 1), None),
    )
    data = make_training_data(manifest, 6, 2, tmp_path)
    assert [one.split for one in data.examples] == ["train"] + ["validation"] * 2 + [
        "train"
    ] * 6
    assert np.array_equal(data.examples[0].image, examples[0].image)
