import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from conftest import FEATURES, make_example
from spit_train import TrainingError
from spit_train.__main__ import main
from spit_train.combination import combine_weights
from spit_train.dataset import Versions, flip_image, hash_file
from spit_train.networks import (
    Ensemble,
    SpitCompact,
    count_multiply_adds,
    open_network,
    save_weights,
)

VERSIONS = Versions(7, 9)


def write_members(folder) -> list[Path]:
    """Weights of two networks with normalisations of their own."""
    torch.manual_seed(4)
    files = [folder / "one.pt", folder / "other.pt"]
    for path in files:
        network = SpitCompact(6, FEATURES).train()
        images = torch.randint(0, 255, (4, 210, 650), dtype=torch.uint8)
        for _ in range(3):
            network(images, torch.randn(4, FEATURES))
        save_weights(path, network, VERSIONS)
    return files


def make_inputs():
    example = make_example(2, 0)
    image = example.image.copy()
    image[:40, 300:] = 250
    images = torch.from_numpy(flip_image(image))
    return images, torch.from_numpy(example.features).expand(4, -1)


def test_output_is_the_mean_of_the_members(tmp_path):
    files = write_members(tmp_path)
    ensemble = combine_weights(files, VERSIONS, "data")
    images, features = make_inputs()
    members = [open_network(path, 6, VERSIONS, "data").eval() for path in files]
    with torch.no_grad():
        types, ood = ensemble(images, features)
        answers = [member(images, features) for member in members]
    probabilities = [torch.softmax(logits, 1) for logits, _ in answers]
    assert not torch.allclose(*probabilities, atol=1e-3)
    assert torch.allclose(torch.softmax(types, 1), sum(probabilities) / 2, atol=1e-5)
    assert torch.allclose(
        torch.sigmoid(ood),
        sum(torch.sigmoid(score) for _, score in answers) / 2,
        atol=1e-5,
    )
    # The four flips of the image give the same output.
    assert torch.allclose(types, types[:1].expand(4, -1), atol=1e-5)


def test_multiply_adds_include_all_members(tmp_path):
    ensemble = combine_weights(write_members(tmp_path), VERSIONS, "data")
    assert count_multiply_adds(ensemble) == 2 * count_multiply_adds(ensemble.members[0])


def test_the_budget_of_a_shipped_model_is_kept(tmp_path):
    one, other = write_members(tmp_path)
    combine_weights([one, other] * 2, VERSIONS, "data")
    with pytest.raises(TrainingError, match="million multiply-adds"):
        combine_weights([one, other] * 3, VERSIONS, "data")


def test_mistakes_in_the_members_are_reported(tmp_path):
    one, other = write_members(tmp_path)
    with pytest.raises(TrainingError, match="no file"):
        combine_weights([tmp_path / "none.pt"], VERSIONS, "data")
    with pytest.raises(TrainingError, match="different versions"):
        combine_weights([one], Versions(7, 8), "data")
    save_weights(tmp_path / "three.pt", SpitCompact(6, 3), VERSIONS)
    with pytest.raises(TrainingError, match="reads 3 features"):
        combine_weights([one, tmp_path / "three.pt"], VERSIONS, "data")
    ensemble = combine_weights([one, other], VERSIONS, "data")
    save_weights(tmp_path / "both.pt", ensemble, VERSIONS)
    with pytest.raises(TrainingError, match="is an ensemble"):
        combine_weights([tmp_path / "both.pt"], VERSIONS, "data")


def test_an_unknown_network_is_reported(tmp_path):
    torch.save({"weights": {}, "network": "spit-other"}, tmp_path / "a.pt")
    with pytest.raises(TrainingError, match="no network spit-other"):
        open_network(tmp_path / "a.pt", 6, VERSIONS, "data")


@pytest.fixture(scope="module")
def combined(trained, tmp_path_factory):
    """The folder of an ensemble that the command `combine` wrote."""
    folder = tmp_path_factory.mktemp("combined")
    shutil.copy(trained.start, folder / "trained.pt")
    arguments = [
        "--dataset",
        str(trained.dataset),
        "--member",
        str(folder / "trained.pt"),
    ]
    arguments += ["--member", str(write_members(folder)[0])]
    arguments += ["--only-simulated", "--version", "0.9.0"]
    assert main(["combine", *arguments, "--out", str(folder / "out")]) == 0
    return folder


def test_the_card_describes_the_ensemble(combined):
    card = json.loads((combined / "out" / "spit-compact.json").read_text())
    assert (card["name"], card["version"]) == ("spit-compact", "0.9.0")
    assert card["vote"]["flip_invariant"] is True
    assert card["multiply_adds"] < 200_000_000
    members = card["training"]["members"]
    assert [one["network"] for one in members] == ["spit-compact", "spit-compact"]
    assert members[0]["sha256"] == hash_file(combined / "trained.pt")
    assert card["parameters"] == sum(one["parameters"] for one in members)
    assert card["training"]["real"] == 0
    # Chosen on the six held-out simulated frames.
    assert card["threshold_curves"]["frames"] == 6


def test_the_file_of_weights_gives_the_output_of_the_onnx(combined):
    ensemble = open_network(
        combined / "out" / "spit-compact.pt", 6, VERSIONS, "data"
    ).eval()
    assert isinstance(ensemble, Ensemble)
    session = onnxruntime.InferenceSession(combined / "out" / "spit-compact.onnx")
    images, features = make_inputs()
    outputs = session.run(
        ["probabilities", "ood"],
        {"images": images.numpy(), "features": features.numpy()},
    )
    with torch.no_grad():
        types, ood = ensemble(images, features)
    assert np.allclose(outputs[0], torch.softmax(types, 1), atol=1e-4)
    assert np.allclose(outputs[1], torch.sigmoid(ood), atol=1e-4)
