import numpy as np
import pytest
import torch
from conftest import FEATURES, make_example
from spit_train.dataset import flip_image
from spit_train.merging import merge_network, orient_image, pool_image
from spit_train.networks import Ensemble, Exported, orient, pool_blocks
from test_networks import make_network


def make_ensemble(count: int, name: str = "spit-compact") -> Ensemble:
    """Members with weights, normalisations and scales of features of their own."""
    ensemble = Ensemble(6, FEATURES, [name] * count)
    weights = make_network(name).state_dict()
    torch.manual_seed(1)
    for member in ensemble.members:
        member.load_state_dict(weights)
        member.features.centre += torch.randn(FEATURES)
        for own in member.parameters():
            own.data += 0.02 * torch.randn_like(own)
    return ensemble.eval()


def make_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    """The four flips of images of three types, in one batch."""
    examples = [make_example(label, 0) for label in (0, 2, 5)]
    images = np.concatenate([flip_image(one.image) for one in examples])
    features = np.stack([one.features for one in examples]).repeat(4, 0)
    return torch.from_numpy(images), torch.from_numpy(features)


@pytest.mark.parametrize(
    ("count", "name"),
    [(1, "spit-compact"), (2, "spit-compact"), (3, "spit-compact"), (2, "spit-deep")],
)
def test_merged_members_give_the_answers_of_the_ensemble(count, name):
    ensemble = make_ensemble(count, name)
    merged, inputs = merge_network(ensemble), make_inputs()
    with torch.no_grad():
        outputs, wanted = merged(*inputs), Exported(ensemble)(*inputs)
    for output, value in zip(outputs, wanted):
        assert output.shape == value.shape
        assert torch.allclose(output, value, atol=1e-5)
    assert outputs[0].std(0).max() > 1e-3


def test_a_network_without_ensemble_is_merged():
    network, inputs = make_network(), make_inputs()
    with torch.no_grad():
        outputs, wanted = merge_network(network)(*inputs), Exported(network)(*inputs)
    for output, value in zip(outputs, wanted):
        assert torch.allclose(output, value, atol=1e-5)


def test_flips_give_the_same_bits():
    network, inputs = merge_network(make_ensemble(2)), make_inputs()
    # One by one: within a batch the order of a sum depends on the place of the image, on
    # processors where the kernels of PyTorch treat the last rows of a product differently.
    with torch.no_grad():
        outputs = zip(*(network(*one) for one in zip(*(part.split(1) for part in inputs))))
    for output in map(torch.cat, outputs):
        for flips in output.split(4):
            assert torch.equal(flips, flips[:1].expand_as(flips))


def test_members_are_not_changed():
    ensemble = make_ensemble(2)
    before = {name: value.clone() for name, value in ensemble.state_dict().items()}
    merge_network(ensemble)
    for name, value in ensemble.state_dict().items():
        assert torch.equal(value, before[name])


def test_images_are_oriented_as_in_training():
    images, _ = make_inputs()
    wanted = orient(pool_blocks(images))
    assert torch.allclose(orient_image(*pool_image(images)) / 127.5, wanted, atol=1e-6)


def test_one_bright_pixel_decides_the_orientation():
    image = torch.full((1, 210, 650), 201, dtype=torch.uint8)
    image[0, 209, 649] = 203
    turned = orient_image(*pool_image(image))
    assert turned[0, 1, 0, 0] == 203 - 127.5
    assert (turned[0, 1] == 203 - 127.5).sum() == 1
    # Halves with the same sum: the image stays.
    image[0, 0, 0] = 203
    assert torch.equal(
        orient_image(*pool_image(image)), torch.cat(pool_image(image), 1) - 127.5
    )
