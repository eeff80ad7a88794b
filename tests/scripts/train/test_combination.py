import json
import shutil

import numpy as np
import onnxruntime
import pytest
import torch
from conftest import FEATURES, make_example
from spit_train import TrainingError
from spit_train.__main__ import main
from spit_train.combination import combine_weights, parse_member
from spit_train.dataset import Versions, flip_image, hash_file
from spit_train.networks import (
    Ensemble,
    SpitCompact,
    SpitPlain,
    count_multiply_adds,
    open_network,
    save_weights,
)

VERSIONS = Versions(7, 9)


def write_members(folder) -> list[tuple]:
    """Weights of two networks with normalisations of their own."""
    torch.manual_seed(4)
    files = []
    for name, kind in (("spit-compact", SpitCompact), ("spit-plain", SpitPlain)):
        network = kind(6, FEATURES).train()
        images = torch.randint(0, 255, (4, 210, 650), dtype=torch.uint8)
        for _ in range(3):
            network(images, torch.randn(4, FEATURES))
        save_weights(folder / f"{name}.pt", network, VERSIONS)
        files.append((folder / f"{name}.pt", name))
    return files


def make_inputs():
    example = make_example(2, 0)
    image = example.image.copy()
    image[:40, 300:] = 250
    images = torch.from_numpy(flip_image(image))
    return images, torch.from_numpy(example.features).expand(4, -1)


def test_output_is_the_mean_of_the_members_over_the_flips(tmp_path):
    files = write_members(tmp_path)
    ensemble = combine_weights(files, VERSIONS, "data")
    images, features = make_inputs()
    members = [open_network(path, 6, VERSIONS, "data").eval() for path, _ in files]
    with torch.no_grad():
        types, ood = ensemble(images, features)
        answers = [member(images, features) for member in members]
    probabilities = [torch.softmax(logits, 1) for logits, _ in answers]
    assert np.ptp(probabilities[1].numpy(), axis=0).max() > 1e-4
    wanted = torch.stack([one.mean(0) for one in probabilities]).mean(0)
    assert torch.allclose(torch.softmax(types, 1), wanted.expand(4, -1), atol=1e-5)
    wanted = torch.stack([torch.sigmoid(scores).mean() for _, scores in answers]).mean()
    assert torch.allclose(torch.sigmoid(ood), wanted.expand(4), atol=1e-5)


def test_multiply_adds_include_members_and_flips(tmp_path):
    ensemble = combine_weights(write_members(tmp_path), VERSIONS, "data")
    compact, plain = (count_multiply_adds(one) for one in ensemble.members)
    assert count_multiply_adds(ensemble) == compact + 4 * plain


def test_the_budget_of_a_shipped_model_is_kept(tmp_path):
    compact, plain = write_members(tmp_path)
    combine_weights([compact, plain, plain], VERSIONS, "data")
    with pytest.raises(TrainingError, match="million multiply-adds"):
        combine_weights([compact, plain, plain, plain], VERSIONS, "data")


def test_mistakes_in_the_members_are_reported(tmp_path):
    compact, plain = write_members(tmp_path)
    with pytest.raises(TrainingError, match="holds the weights of spit-plain"):
        combine_weights([(plain[0], "spit-compact")], VERSIONS, "data")
    with pytest.raises(TrainingError, match="no file"):
        combine_weights([(tmp_path / "none.pt", "spit-plain")], VERSIONS, "data")
    with pytest.raises(TrainingError, match="different versions"):
        combine_weights([compact], Versions(7, 8), "data")
    save_weights(tmp_path / "other.pt", SpitPlain(6, 3), VERSIONS)
    with pytest.raises(TrainingError, match="reads 3 features"):
        combine_weights([compact, (tmp_path / "other.pt", None)], VERSIONS, "data")
    ensemble = combine_weights([compact, plain], VERSIONS, "data")
    save_weights(tmp_path / "both.pt", ensemble, VERSIONS)
    with pytest.raises(TrainingError, match="is an ensemble"):
        combine_weights([(tmp_path / "both.pt", None)], VERSIONS, "data")


def test_a_member_is_a_file_with_or_without_its_network(tmp_path):
    assert parse_member("a.pt:spit-plain")[1] == "spit-plain"
    assert parse_member("a.pt") == (type(tmp_path)("a.pt"), None)


def test_an_unknown_network_is_reported(tmp_path):
    torch.save({"weights": {}}, tmp_path / "a.pt")
    with pytest.raises(TrainingError, match="no network spit-other"):
        open_network(tmp_path / "a.pt", 6, VERSIONS, "data", "spit-other")


@pytest.fixture(scope="module")
def combined(trained, tmp_path_factory):
    """The folder of an ensemble that the command `combine` wrote."""
    folder = tmp_path_factory.mktemp("combined")
    shutil.copy(trained.start, folder / "compact.pt")
    plain = write_members(folder)[1][0]
    arguments = ["--dataset", str(trained.dataset), "--member", f"{folder / 'compact.pt'}"]
    arguments += ["--member", f"{plain}:spit-plain", "--only-simulated", "--version", "0.9.0"]
    assert main(["combine", *arguments, "--out", str(folder / "out")]) == 0
    return folder


def test_the_card_describes_the_ensemble(combined):
    card = json.loads((combined / "out" / "spit-compact.json").read_text())
    assert (card["name"], card["version"]) == ("spit-compact", "0.9.0")
    assert card["vote"]["flip_invariant"] is True
    assert card["multiply_adds"] < 200_000_000
    members = card["training"]["members"]
    assert [one["network"] for one in members] == ["spit-compact", "spit-plain"]
    assert members[0]["sha256"] == hash_file(combined / "compact.pt")
    assert card["parameters"] == sum(one["parameters"] for one in members)
    assert card["training"]["real"] == 0
    # Chosen on the six held-out simulated frames.
    assert card["threshold_curves"]["frames"] == 6


def test_the_file_of_weights_gives_the_output_of_the_onnx(combined):
    ensemble = open_network(combined / "out" / "spit-compact.pt", 6, VERSIONS, "data").eval()
    assert isinstance(ensemble, Ensemble)
    session = onnxruntime.InferenceSession(combined / "out" / "spit-compact.onnx")
    images, features = make_inputs()
    outputs = session.run(
        ["probabilities", "ood"], {"images": images.numpy(), "features": features.numpy()}
    )
    with torch.no_grad():
        types, ood = ensemble(images, features)
    assert np.allclose(outputs[0], torch.softmax(types, 1), atol=1e-4)
    assert np.allclose(outputs[1], torch.sigmoid(ood), atol=1e-4)
