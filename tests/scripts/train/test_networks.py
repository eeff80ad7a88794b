import numpy as np
import onnxruntime
import pytest
import torch
from conftest import FEATURES, ROOT, make_example, make_examples
from spit_train import TrainingError
from spit_train.dataset import Versions, flip_image
from spit_train.networks import (
    Exported,
    SpitCompact,
    count_multiply_adds,
    load_weights,
    open_network,
    orient,
    save_weights,
)
from spit_train.training import create_network

MODELS = ROOT / "models"


def make_network(name: str = "spit-compact") -> torch.nn.Module:
    """A network with random weights and normalisations, in evaluation mode."""
    examples = make_examples(2)
    network = create_network(name, examples, 5)
    images = torch.from_numpy(np.stack([one.image for one in examples]))
    features = torch.from_numpy(np.stack([one.features for one in examples]))
    for _ in range(3):
        network.train()(images, features)
    return network.eval()


def test_flips_give_the_same_output():
    network = make_network()
    example = make_example(3, 0)
    image = example.image.copy()
    # An image that no flip leaves as it is: a tilted line.
    for row in range(210):
        image[row, 100 + row : 104 + row] = 250
    images = torch.from_numpy(flip_image(image))
    features = torch.from_numpy(example.features).expand(4, -1)
    with torch.no_grad():
        types, ood = network(images, features)
        transposed, _ = network(images.roll(150, 2), features)
    assert torch.allclose(types, types[:1].expand(4, -1), atol=1e-4)
    assert torch.allclose(ood, ood[:1].expand(4), atol=1e-4)
    assert not torch.allclose(transposed[0], types[0], atol=1e-3)


def test_output_is_the_mean_with_and_without_features():
    network = make_network()
    example = make_example(2, 0)
    image = torch.from_numpy(example.image[None])
    features = torch.from_numpy(example.features[None])
    with torch.no_grad():
        types, _ = network(image, features)
        centred, _ = network(image, network.features.centre[None])
        moved, _ = network(image, features + 1)
    assert not torch.allclose(types, centred, atol=1e-3)
    assert not torch.allclose(types, moved, atol=1e-3)
    combine, answers = network.combine, []
    network.combine = lambda pooled, values: (
        answers.append(combine(pooled, values)) or answers[-1]
    )
    with torch.no_grad():
        again, _ = network(image, features)
    assert torch.equal(again, (answers[0][0] + answers[1][0]) / 2)
    assert torch.allclose(answers[1][0], centred, atol=1e-5)


def test_feature_scaling_is_median_and_quartiles():
    examples = make_examples(4)
    network = create_network("spit-compact", examples, 1)
    features = np.stack([one.features for one in examples])
    low, high = np.quantile(features, [0.25, 0.75], axis=0)
    assert np.allclose(network.features.centre, np.median(features, 0), atol=1e-5)
    assert np.allclose(network.features.spread, np.maximum(high - low, 0.1), atol=1e-5)


def test_the_seed_decides_the_first_weights():
    one, same, other = (
        create_network("spit-compact", make_examples(1), k) for k in (3, 3, 4)
    )
    assert torch.equal(one.to_types[1].weight, same.to_types[1].weight)
    assert not torch.equal(one.to_types[1].weight, other.to_types[1].weight)


def test_multiply_adds_of_the_card():
    assert count_multiply_adds(SpitCompact(6, FEATURES)) == 37_142_368


def test_weights_are_refused_with_data_of_other_versions(tmp_path):
    network = make_network()
    path = tmp_path / "weights.pt"
    save_weights(path, network, Versions(1, 2))
    loaded = SpitCompact(6, FEATURES)
    load_weights(loaded, path, Versions(1, 2), "data")
    assert torch.equal(loaded.to_types[1].weight, network.to_types[1].weight)
    with pytest.raises(TrainingError, match="different versions"):
        load_weights(loaded, path, Versions(1, 1), "data")


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / "weights.pt"
    torch.save({"other": torch.zeros(1)}, path)
    with pytest.raises(TrainingError, match="Cannot load the weights"):
        load_weights(SpitCompact(6, FEATURES), path, Versions(1, 1), "data")


def test_residual_blocks_begin_as_the_identity_and_are_trained(tmp_path):
    before, path, versions = make_network(), tmp_path / "compact.pt", Versions(1, 1)
    save_weights(path, before, versions)
    network = create_network("spit-deep", make_examples(2), 6)
    load_weights(network, path, versions, "data")
    example = make_example(2, 0)
    image = torch.from_numpy(example.image[None])
    features = torch.from_numpy(example.features[None])
    with torch.no_grad():
        wanted, outputs = before(image, features), network.eval()(image, features)
    assert all(torch.equal(*pair) for pair in zip(outputs, wanted))
    types, _ = network.train()(image.repeat(2, 1, 1), features.repeat(2, 1))
    types[:, 0].sum().backward()
    assert all(block.added[-1].weight.grad.abs().max() > 0 for block in network.refine)


def test_weights_without_their_residual_blocks_are_refused(tmp_path):
    path, versions = tmp_path / "deep.pt", Versions(1, 1)
    network = make_network("spit-deep")
    save_weights(path, network, versions)
    saved = torch.load(path, weights_only=True)
    own = saved["weights"].items()
    saved["weights"] = {name: value for name, value in own if not name.startswith("refine.")}
    torch.save(saved, path)
    with pytest.raises(TrainingError, match="refine"):
        load_weights(network, path, versions, "data")


def test_images_are_turned_so_that_they_are_brighter_above_and_on_the_left():
    image = torch.zeros(2, 2, 5, 7)
    image[:, 0, 3, 5] = 1
    image[1, 0, 0, 0] = 2
    turned = orient(image)
    assert turned[0, 0, 1, 1] == 1 and turned[0].sum() == 1
    assert torch.equal(turned[1], image[1])
    # Halves with the same sum: the image stays.
    level = torch.ones(1, 1, 5, 7)
    level[0, 0, 0, 0] = level[0, 0, 4, 6] = 3
    assert torch.equal(orient(level), level)


def test_the_shipped_weights_are_those_of_the_shipped_onnx():
    network = open_network(MODELS / "spit-compact.pt", 6, Versions(1, 1), "data")
    session = onnxruntime.InferenceSession(MODELS / "spit-compact.onnx")
    for label in (2, 4):
        example = make_example(label, 0)
        images, features = example.image[None], example.features[None]
        names = [one.name for one in session.get_inputs()]
        outputs = session.run(None, dict(zip(names, (images, features))))
        with torch.no_grad():
            wanted = Exported(network.eval())(
                torch.from_numpy(images), torch.from_numpy(features)
            )
        for output, value in zip(outputs, wanted):
            assert np.allclose(output, value, atol=1e-4)
