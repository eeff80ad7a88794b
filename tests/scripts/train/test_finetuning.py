import argparse
import json
from pathlib import Path

import pytest
from conftest import ROOT, make_example, make_examples
from spit_train import TrainingError, finetuning
from spit_train.dataset import OTHER, TrainingData, Versions, hash_file
from spit_train.finetuning import find_model, finetune, read_settings
from spit_train.sampling import Sampling
from spit_train.training import Schedule

MODELS = ROOT / "models"


def run(tmp_path, monkeypatch, versions=Versions(1, 1), labelled=None):
    """Fine-tunes the shipped model on made-up frames, without the export."""
    written = []
    examples = labelled or make_examples(1, source="real") + [make_example(OTHER, 0, source="real")]
    data = TrainingData(examples + make_examples(1), versions, None)
    monkeypatch.setattr(finetuning, "make_training_data", lambda manifest, simulated: data)
    monkeypatch.setattr(
        finetuning, "write_model", lambda *args, **card: written.append((args, card))
    )
    options = argparse.Namespace(
        model="spit-compact", manifest=Path("labels.csv"), out=tmp_path / "mine", threads=None
    )
    finetune(options, Sampling(8, 0.6, 0.0), Schedule(1, 4, 1e-3, 1), 6)
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
    assert (record["real"], record["simulated"]) == (6, 6)
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
    evidence = {"between": 2, "within": 0.25, "open": 0.1, "margin": 0.1}
    card = {"temperature": 1, "thresholds": {"probability": 0.4}, "evidence": evidence}
    assert read_settings(card)["evidence"] == evidence
