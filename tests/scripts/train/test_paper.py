import itertools
import json
from collections import Counter

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from conftest import SPLIT, make_example, make_examples, write_dataset
from onnx import TensorProto, helper, numpy_helper
from spit_train import TrainingError, paper, paper_export
from spit_train.__main__ import main
from spit_train.dataset import Versions, hash_file
from spit_train.paper import (
    CLASSES,
    PARAMETERS,
    PaperTraining,
    SpitPaper,
    balance_classes,
    class_index,
    draw_batches,
    select_kast,
)
from spit_train.paper_export import (
    compare_quantised,
    fit_paper_temperature,
    quantise,
    quantise_initializer,
    score_paper,
)
from torch import nn


class TinyPaper(nn.Module):
    """A network with the layers that the export handles, and few weights."""

    def __init__(self) -> None:
        super().__init__()
        self.dense1 = nn.Linear(256, 128)
        self.dense2 = nn.Linear(128, 5)

    def forward(self, images):
        x = nn.functional.avg_pool2d(
            images.to(torch.float32).unsqueeze(1) / 255, (13, 40)
        )
        return self.dense2(torch.relu(self.dense1(x.flatten(1))))


def make_kast(count: int, **fields: str):
    return select_kast(make_examples(count, **fields))


def test_network_is_that_of_the_paper():
    with torch.device("meta"):
        network = SpitPaper()
        logits = network(torch.zeros(2, 210, 650, dtype=torch.uint8))
    assert sum(weights.numel() for weights in network.parameters()) == PARAMETERS
    assert logits.shape == (2, 5)


def test_kast_frames_of_five_types_are_selected():
    examples = make_examples(1) + make_examples(1, instrument="sprat")
    names = [one.type_name for one in select_kast(examples)]
    assert names == ["bias", "arc", "flat", "standard", "science"]
    assert [CLASSES[class_index(one)] for one in select_kast(examples)] == names


def test_classes_are_balanced():
    examples = make_kast(1) + [make_example(2, k) for k in range(1, 4)]
    examples += [make_example(0, 7, source="real")]
    frames = balance_classes(examples, real_copies=3)
    counts = Counter(class_index(examples[i]) for i in frames)
    assert counts == {k: 4 for k in range(5)}
    assert set(frames) == set(range(len(examples)))
    assert Counter(frames)[len(examples) - 1] == 3
    with pytest.raises(TrainingError, match="no training frame"):
        balance_classes(examples[:3], 1)


def test_an_epoch_shows_every_flip_once_and_batches_can_be_resumed():
    examples = make_kast(1)
    frames = balance_classes(examples, 1)
    batches = list(itertools.islice(draw_batches(examples, frames, 5, 1, 0), 8))
    shown = Counter(
        image.numpy().tobytes() for images, _ in batches[:4] for image in images
    )
    assert len(shown) == 20
    assert set(shown.values()) == {1}
    for images, classes in batches:
        assert images.shape == (5, 210, 650)
        assert len(classes) == 5
    resumed = list(itertools.islice(draw_batches(examples, frames, 5, 1, 3), 5))
    for (images, classes), (other, labels) in zip(batches[3:], resumed):
        assert torch.equal(images, other)
        assert torch.equal(classes, labels)


def run_training(folder, totals):
    """Trains up to each total in a new object, as after a restart."""
    folder.mkdir()
    examples = make_kast(1)
    frames = balance_classes(examples, 1)
    for total in totals:
        torch.manual_seed(4)
        run = PaperTraining(TinyPaper(), folder, Versions(1, 1), {}, {"seed": 4})
        run.resume()
        batches = draw_batches(examples, frames, 5, 4, run.batches)
        run.fit(batches, examples, total, interval=2)
    return run


def test_a_resumed_training_gives_the_same_network(tmp_path):
    wanted = run_training(tmp_path / "whole", [6])
    resumed = run_training(tmp_path / "parts", [2, 6])
    for name, value in wanted.network.state_dict().items():
        assert torch.equal(resumed.network.state_dict()[name], value)
    assert resumed.best == wanted.best
    best = [(tmp_path / name / "best.json").read_text() for name in ("whole", "parts")]
    assert best[0] == best[1]


def test_codes_of_eight_bits_are_near_the_weights():
    weights = np.random.default_rng(1).normal(0, 0.1, (5, 64)).astype(np.float32)
    codes, scales = quantise(weights, 4)
    assert codes.dtype == np.int8
    error = codes * scales[:, None] - weights
    assert np.abs(error).max() <= scales.max()
    # Errors along the pixels of a channel cancel: their sum is that of one rounding.
    assert np.abs(error.reshape(5, 16, 4).sum(1)).max() <= 0.51 * scales.max()


def test_quantised_initializer_gives_nearly_the_same_output():
    random = np.random.default_rng(2)
    weights = random.normal(0, 0.1, (5, 64)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)],
        "dense",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 5])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10
    )
    quantise_initializer(model, weights, 4)
    onnx.checker.check_model(model)
    types = {one.name: one.data_type for one in model.graph.initializer}
    assert types == {
        "w.codes": TensorProto.INT8,
        "w.scales": TensorProto.FLOAT,
        "w.zeros": TensorProto.INT8,
    }
    x = random.uniform(0, 1, (3, 64)).astype(np.float32)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (y,) = session.run(None, {"x": x})
    assert np.abs(y - x @ weights.T).max() < 0.01
    assert np.abs(y - x @ weights.T).max() > 0


class FakeSession:
    def __init__(self, probabilities: np.ndarray) -> None:
        self.probabilities = probabilities

    def run(self, outputs, inputs):
        return [self.probabilities]


@pytest.mark.parametrize(
    ("wanted", "found", "accepted"),
    [
        ([0.6, 0.4, 0, 0, 0], [0.605, 0.395, 0, 0, 0], True),
        ([0.6, 0.4, 0, 0, 0], [0.62, 0.38, 0, 0, 0], False),
        # Within the tolerance, but another type.
        ([0.502, 0.498, 0, 0, 0], [0.498, 0.502, 0, 0, 0], False),
        ([0.6, 0.4, 0, 0, 0], [np.nan] * 5, False),
    ],
)
def test_quantisation_that_changes_an_answer_is_refused(wanted, found, accepted):
    logits = torch.log(torch.tensor([wanted] * 4))
    session = FakeSession(np.array([found] * 4, np.float32))
    frames = make_kast(1)[:1]
    if accepted:
        probabilities, largest = compare_quantised(
            lambda images: logits, session, frames
        )
        assert largest == pytest.approx(0.005, abs=1e-5)
        assert probabilities.shape == (1, 4, 5)
    else:
        with pytest.raises(TrainingError, match="quantisation changes"):
            compare_quantised(lambda images: logits, session, frames)


def test_scores_of_both_protocols():
    flips = np.eye(5)[[[0, 0, 0, 1], [1, 1, 2, 2], [1, 1, 1, 1], [3, 3, 3, 0]]]
    scores = score_paper(flips, np.array([0, 1, 1, 4]))
    assert (scores["right"], scores["wrong"], scores["unknown"]) == (2, 1, 1)
    # By flip: bias 3 of 4, science 6 of 8, flat 0 of 4.
    assert scores["every_flip_normalised_percent"] == 50.0
    assert scores["by_type"] == {"bias": "1/1", "science": "1/2", "flat": "0/1"}


def test_temperature_undoes_overconfidence():
    random = np.random.default_rng(1)
    logits = torch.from_numpy(random.normal(0, 1.5, (3000, 5)))
    classes = np.array(
        [random.choice(5, p=row) for row in torch.softmax(logits, 1).numpy()]
    )
    sharp = torch.softmax(2 * logits, 1).numpy()[:, None].repeat(4, axis=1)
    assert fit_paper_temperature(sharp, classes) == pytest.approx(2, rel=0.1)


def test_commands_train_and_export(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paper, "SpitPaper", TinyPaper)
    monkeypatch.setattr(paper_export, "SpitPaper", TinyPaper)
    monkeypatch.setattr(paper, "BATCH", 5)
    data = write_dataset(
        tmp_path / "data",
        make_examples(2)
        + make_examples(3, split="validation")
        + make_examples(1, source="real", night="2020-01-01")
        + make_examples(1, source="real", night="2020-01-02", split="validation"),
        preprocessing=7,
        features=9,
        split=SPLIT,
    )
    test = write_dataset(
        tmp_path / "test", make_examples(1), preprocessing=7, features=9
    )
    run = tmp_path / "run"
    arguments = ["--dataset", str(data), "--epochs", "0.2", "--validation-frames", "5"]
    assert (
        main(["train-paper", *arguments, "--out", str(run), "--real-copies", "1"]) == 0
    )
    out = tmp_path / "models"
    arguments = ["--dataset", str(data), "--run", str(run), "--test", str(test)]
    assert main(["export-paper", *arguments, "--out", str(out)]) == 0
    card = json.loads((out / "spit-paper.json").read_text())
    assert card["preprocessing"] == 7
    assert card["sha256"] == hash_file(out / "spit-paper.onnx")
    assert card["classes"] == list(CLASSES)
    assert card["vote"] == {"flips": 4, "majority": 0.75}
    assert card["thresholds"] == {"probability": 0}
    assert "features" not in card
    assert "ood" not in card
    assert card["eight_bits"]["images_compared"] == 40
    record = card["training"]
    assert (record["simulated"], record["real"]) == (10, 5)
    assert record["real_nights"] == ["kast-red/2020-01-01"]
    assert record["held_out_nights"] == ["kast-red/2020-01-02"]
    assert record["calibrated_on"] == "10 simulated frames"
    assert record["batches_run"] == 2
    assert record["split"] == SPLIT

    other = write_dataset(
        tmp_path / "other", make_examples(1), preprocessing=8, features=9
    )
    arguments[-1] = str(other)
    assert main(["export-paper", *arguments, "--out", str(out)]) == 1
    assert "different versions" in capsys.readouterr().err
