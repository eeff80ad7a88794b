import copy
import json
import re

import numpy as np
import pytest
import torch
from conftest import ROOT, SPLIT, make_example, make_examples
from spit_train import TrainingError, training
from spit_train.__main__ import main
from spit_train.dataset import OTHER, Versions, describe_datasets
from spit_train.networks import freeze_first_layers
from spit_train.sampling import Epoch, Sampling
from spit_train.training import Schedule, blend, compute_loss, create_network, fit

SAMPLING = Sampling(images=8, real_share=0.5, ood_share=0.1)
SCHEDULE = Schedule(epochs=2, batch=4, rate=1e-3, seed=2)
VERSIONS = Versions(1, 1)
MODELS = ROOT / "models"


def make_data():
    return make_examples(1) + make_examples(1, source="real") + [make_example(OTHER, 0)]


def run_fit(checkpoint=None, schedule=SCHEDULE, examples=None):
    examples = examples or make_data()
    network = create_network("spit-compact", examples, schedule.seed)
    return fit(
        network, examples, VERSIONS, SAMPLING, schedule, "cpu", checkpoint
    ).state_dict()


def interrupt(monkeypatch, at: int) -> None:
    """Makes the next training stop at the beginning of an epoch."""

    def create(examples, sampling, seed, number):
        if number == at:
            raise KeyboardInterrupt
        return Epoch(examples, sampling, seed, number)

    monkeypatch.setattr(training, "Epoch", create)


def test_a_resumed_training_gives_the_same_network(tmp_path, monkeypatch):
    wanted = run_fit()
    checkpoint = tmp_path / "checkpoint.pt"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupt(patch, 1)
        run_fit(checkpoint)
    # Another process has drawn other random numbers before it resumes.
    torch.rand(17)
    np.random.rand(5)
    resumed = run_fit(checkpoint)
    assert all(torch.equal(resumed[name], wanted[name]) for name in wanted)


def test_a_finished_training_is_not_repeated(tmp_path, monkeypatch):
    checkpoint = tmp_path / "checkpoint.pt"
    wanted = run_fit(checkpoint)
    monkeypatch.setattr(training, "Epoch", None)
    resumed = run_fit(checkpoint)
    assert all(torch.equal(resumed[name], wanted[name]) for name in wanted)


def test_the_checkpoint_of_another_training_is_refused(tmp_path):
    checkpoint = tmp_path / "checkpoint.pt"
    run_fit(checkpoint, Schedule(1, 4, 1e-3, seed=2))
    with pytest.raises(TrainingError, match="schedule"):
        run_fit(checkpoint, SCHEDULE)
    with pytest.raises(TrainingError, match="examples"):
        run_fit(checkpoint, Schedule(1, 4, 1e-3, seed=2), make_examples(2))


def test_training_learns(capsys):
    schedule = Schedule(epochs=4, batch=6, rate=1e-2, seed=1)
    examples = make_examples(1)
    network = create_network("spit-compact", examples, 1)
    fit(network, examples, VERSIONS, Sampling(18, 0.5, 0), schedule, "cpu")
    losses = [
        float(text)
        for text in re.findall(r"done: loss ([\d.]+)", capsys.readouterr().err)
    ]
    assert len(losses) == 4
    assert losses[-1] < 0.85 * losses[0], losses


def test_frozen_layers_stay_and_the_last_layers_learn():
    examples = make_data()
    network = create_network("spit-compact", examples, 1)
    before = copy.deepcopy(network.state_dict())
    freeze_first_layers(network)
    after = fit(network, examples, VERSIONS, SAMPLING, SCHEDULE, "cpu").state_dict()
    changed = {
        name.split(".")[0]
        for name in before
        if not torch.equal(before[name], after[name])
    }
    assert changed == {"to_types", "to_ood"}


@pytest.mark.parametrize("half", [False, True])
def test_bfloat16_is_used_where_it_is_fast(monkeypatch, half):
    kinds = set()
    network = create_network("spit-compact", make_data(), 1)
    network.to_types.register_forward_hook(
        lambda module, inputs, out: kinds.add(out.dtype)
    )
    monkeypatch.setattr(training, "can_use_bfloat16", lambda device: half)
    fit(network, make_data(), VERSIONS, SAMPLING, Schedule(1, 4, 1e-3, 1), "cpu")
    assert kinds == {torch.bfloat16 if half else torch.float32}


@pytest.mark.parametrize(
    ("avx512", "amx", "wanted"),
    [(False, False, False), (True, False, True), (False, True, True)],
)
def test_bfloat16_needs_instructions_of_the_processor(monkeypatch, avx512, amx, wanted):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    assert training.can_use_bfloat16("cpu") is wanted


def test_a_checkpoint_of_other_precision_is_refused(tmp_path, monkeypatch):
    checkpoint = tmp_path / "checkpoint.pt"
    monkeypatch.setattr(training, "can_use_bfloat16", lambda device: False)
    run_fit(checkpoint, Schedule(1, 4, 1e-3, seed=2))
    monkeypatch.setattr(training, "can_use_bfloat16", lambda device: True)
    with pytest.raises(TrainingError, match="precision"):
        run_fit(checkpoint, Schedule(1, 4, 1e-3, seed=2))


def test_frames_without_a_type_count_in_the_ood_loss_alone():
    logits = torch.tensor([[2.0, 0.0], [0.0, 5.0]])
    ood = torch.tensor([-3.0, 3.0])
    labels = torch.tensor([0, OTHER])
    types = torch.nn.functional.cross_entropy(
        logits[:1], labels[:1], label_smoothing=0.05
    )
    wanted = types + np.log1p(np.exp(-3.0))
    assert compute_loss(logits, ood, labels).item() == pytest.approx(
        wanted.item(), abs=1e-5
    )


def test_the_kinds_of_light_have_their_own_loss():
    standard, science, arc = (torch.zeros(1, 6) for _ in range(3))
    standard[0, 4], science[0, 5], arc[0, 2] = 5, 5, 5
    ood, labels = torch.tensor([-3.0]), torch.tensor([5])

    def add(logits):
        with_kinds = compute_loss(logits, ood, labels, kinds=2.0)
        return (with_kinds - compute_loss(logits, ood, labels)).item()

    # To take science for a standard costs nothing more, to take it for an arc does.
    assert add(standard) == pytest.approx(add(science), abs=1e-5)
    shares = torch.softmax(arc[0], 0)
    assert add(arc) == pytest.approx(
        -2 * np.log((shares[4] + shares[5]).item()), abs=1e-4
    )


def test_blend_is_part_of_the_way():
    before = create_network("spit-compact", make_examples(1), 1)
    after = create_network("spit-compact", make_examples(1), 2)
    kept = copy.deepcopy(after)
    mixed = blend(before, after, 0.25)
    wanted = 0.75 * before.to_types[1].weight + 0.25 * after.to_types[1].weight
    assert torch.allclose(mixed.to_types[1].weight, wanted, atol=1e-6)
    assert torch.equal(after.to_types[1].weight, kept.to_types[1].weight)


def test_the_card_counts_frames_and_records_the_sampling(trained):
    record = trained.card["training"]
    assert record["real"] == 6
    assert record["simulated"] == 13
    assert sum(record["real_by_type"].values()) == record["real"]
    assert record["sampling"] == {
        "images": 8,
        "real_share": 0.5,
        "ood_share": 0.12,
        "augmentation": {"crop_share": 0.5, "smallest_window": 0.6, "noise_share": 0.3},
    }
    assert record["hidden_features"] == 0.2
    assert record["datasets"] == describe_datasets([trained.dataset])
    assert (record["seed"], record["epochs"], record["batch"]) == (1, 1, 4)
    assert record["instruments"] == ["sprat"]
    assert all(night.startswith("sprat/") for night in record["nights"])
    assert record["held_out_nights"] == ["kast-red/2020-01-02"]
    assert record["split"] == SPLIT


def test_the_card_identifies_the_weights_started_from(trained):
    record = trained.card["training"]
    assert record["started_from"] == "start.pt"
    assert record["started_from_sha256"] == trained.start_sha256
    assert record["blend"] == 0.5


def test_start_weights_of_other_versions_are_refused(trained, tmp_path, capsys):
    saved = torch.load(trained.start, weights_only=True)
    start = tmp_path / "old.pt"
    torch.save({**saved, "features": 8}, start)
    arguments = ["--dataset", str(trained.dataset), "--start", str(start)]
    assert main(["train", *arguments]) == 1
    assert "features 8" in capsys.readouterr().err


def test_blend_needs_start(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--dataset", "x", "--blend", "0.5"])
    assert "--blend needs --start" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["spit-compact", "spit-paper"])
def test_the_shipped_cards_count_their_real_frames(name):
    record = json.loads((MODELS / f"{name}.json").read_text())["training"]
    assert record["real"] == sum(record["real_by_type"].values())
