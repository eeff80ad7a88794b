import json
import shutil

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from conftest import FEATURES, ROOT, make_example, make_examples
from spit_train import TrainingError, export
from spit_train.dataset import Versions, flip_image, hash_file
from spit_train.export import export_onnx, read_card_versions
from spit_train.networks import Exported, SpitCompact, load_weights


def load_network(trained) -> SpitCompact:
    network = SpitCompact(6, FEATURES)
    load_weights(network, trained.out / "spit-compact.pt", Versions(7, 9), "data")
    return network.eval()


@pytest.mark.parametrize("label", range(6))
def test_onnx_gives_the_output_of_pytorch(trained, label):
    session = onnxruntime.InferenceSession(trained.onnx)
    example = make_example(label, 50)
    images = flip_image(example.image)
    features = np.repeat(example.features[None], 4, axis=0)
    outputs = session.run(
        ["probabilities", "ood"], {"images": images, "features": features}
    )
    with torch.no_grad():
        wanted = Exported(load_network(trained))(
            torch.from_numpy(images), torch.from_numpy(features)
        )
    for output, value in zip(outputs, wanted):
        assert np.abs(output - value.numpy()).max() < 1e-5
    assert np.allclose(outputs[0].sum(1), 1, atol=1e-5)


def test_parity_is_checked_with_the_onnxruntime_that_ships():
    packages = json.loads((ROOT / "deno.lock").read_text())["npm"]
    assert f"onnxruntime-node@{onnxruntime.__version__}" in packages


def test_onnx_holds_no_path_of_this_machine(trained):
    model = onnx.load(trained.onnx)
    assert str(ROOT) not in str(model)
    assert all(not node.metadata_props for node in model.graph.node)


def test_the_card_has_the_versions_of_the_dataset(trained):
    card = trained.card
    assert card["preprocessing"] == 7
    assert card["features"] == {"name": "features", "version": 9, "length": FEATURES}
    assert read_card_versions(card, trained.onnx) == Versions(7, 9)


def test_the_card_describes_its_file(trained):
    card = trained.card
    assert card["name"] == "spit-compact"
    assert card["onnx"] == "spit-compact.onnx"
    assert card["sha256"] == hash_file(trained.onnx)
    assert card["classes"] == ["bias", "dark", "arc", "flat", "standard", "science"]
    assert card["vote"] == {"flips": 4, "majority": 0.75, "flip_invariant": True}
    assert card["thresholds"] == {"probability": 0.0, "ood": 0.5}
    session = onnxruntime.InferenceSession(trained.onnx)
    names = [one.name for one in session.get_inputs()]
    assert names == [card["input"]["name"], card["features"]["name"]]
    names = [one.name for one in session.get_outputs()]
    assert names == [card["output"]["name"], card["ood"]["name"]]


def reuse_onnx(trained, monkeypatch) -> None:
    """Replaces the slow export by a copy of the file exported already."""
    monkeypatch.setattr(
        export,
        "write_onnx",
        lambda module, inputs, outputs, path: shutil.copy(trained.onnx, path),
    )


def test_a_difference_from_pytorch_is_refused(trained, tmp_path, monkeypatch):
    reuse_onnx(trained, monkeypatch)
    network = load_network(trained)
    assert export_onnx(network, tmp_path / "same.onnx", make_examples(1)) < 1e-5
    with torch.no_grad():
        network.to_types[4].bias[0] += 0.01
    with pytest.raises(TrainingError, match="differs from PyTorch"):
        export_onnx(network, tmp_path / "other.onnx", make_examples(1))


def test_a_network_that_flips_change_is_refused(trained, tmp_path, monkeypatch):
    reuse_onnx(trained, monkeypatch)
    shapes = [flip_image(make_example(k, 0).image) for k in (0, 3)]
    # Four images that are not flips of each other stand for a network that flips change.
    mixed = np.concatenate([shapes[0][:2], shapes[1][2:]])
    monkeypatch.setattr(export, "flip_image", lambda image: mixed)
    with pytest.raises(TrainingError, match="flips of 0/0 differ"):
        export_onnx(load_network(trained), tmp_path / "x.onnx", [make_example(0, 0)])
