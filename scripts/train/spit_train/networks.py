"""The network spit-compact, its ensembles, and the files with their weights.

Scaling is part of the networks: they take input images as uint8.
"""

from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from spit_train import TrainingError
from spit_train.dataset import IMAGE_HEIGHT, IMAGE_WIDTH, Versions, check_versions


class Features(nn.Module):
    """Reads the features of the raw frame, scaled by those of the training frames.

    In training the features are replaced by their centre for a third of the frames, and a
    share `hidden` of them, one in five, for the others. The network then learns to read the
    image by itself and to rely on no single feature.
    """

    hidden = 0.2

    def __init__(self, count: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(count))
        self.register_buffer("spread", torch.ones(count))
        self.read = nn.Sequential(nn.Linear(count, outputs), nn.ReLU())

    def fit_scale(self, features: Tensor) -> None:
        """Sets centre and spread to the median and the interquartile range, from [N, S]."""
        low, middle, high = torch.quantile(features, torch.tensor([0.25, 0.5, 0.75]), dim=0)
        self.centre.copy_(middle)
        self.spread.copy_((high - low).clamp(min=0.1))

    def forward(self, features: Tensor) -> Tensor:
        scaled = ((features - self.centre) / self.spread).clamp(-4, 4)
        if self.training:
            shown = torch.rand(len(scaled), 1, device=scaled.device) > 1 / 3
            scaled = scaled * shown * (torch.rand_like(scaled) > self.hidden)
        return self.read(scaled)


class StridedConv(nn.Sequential):
    """A strided convolution with batch normalisation and ReLU."""

    def __init__(self, inputs: int, outputs: int, size: int) -> None:
        convolve = nn.Conv2d(inputs, outputs, size, 2, size // 2, bias=False)
        super().__init__(convolve, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def create_head(outputs: int) -> nn.Sequential:
    """Returns the last layers of `SpitCompact`, from the pooled channels and the features."""
    return nn.Sequential(
        nn.Dropout(0.1),
        nn.Linear(4 * 32 + 2 * 96 + 64, 128),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(128, outputs),
    )


class SpitCompact(nn.Module):
    """Four strided convolutions and two profiles, for any slit spectrograph.

    `orient` turns the four flips of a frame into the same image, so that they give the same
    output, and one of them is run.

    Besides the image the network reads the features of the raw frame, which contain what
    zscale removes. In evaluation mode it averages two answers, one with the features and
    one with the features at their centre: the features of an unusual detector can mislead.

    `forward` takes images uint8 [N, 210, 650] and features float32 [N, S]. It returns the
    logits of the types [N, K] and the logit that a frame is out-of-distribution [N].
    """

    flip_invariant = True

    def __init__(self, classes: int, features: int) -> None:
        super().__init__()
        self.feature_count = features
        # Mean and maximum of 2 x 2 pixels: 105 x 325; then 53 x 163, 27 x 82, 14 x 41, 7 x 21.
        # Channels in multiples of eight, the width of the vector units, train fastest.
        self.early = nn.Sequential(StridedConv(2, 16, 5), StridedConv(16, 32, 3))
        self.late = nn.Sequential(StridedConv(32, 64, 3), StridedConv(64, 96, 3))
        self.over_rows = nn.Sequential(nn.Conv1d(64, 32, 5, padding=2), nn.ReLU())
        self.over_columns = nn.Sequential(nn.Conv1d(64, 32, 5, padding=2), nn.ReLU())
        self.features = Features(features, 64)
        # The types and the score have separate hidden layers: with a shared one, fewer
        # out-of-distribution frames are found (docs/experiments.md, M1).
        self.to_types = create_head(classes)
        self.to_ood = create_head(1)

    def forward(self, images: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        x = orient(pool_blocks(images))
        # The convolutions take half the time with the channels last.
        early = self.early(x.contiguous(memory_format=torch.channels_last))
        late = self.read_maps(early)
        pooled = [late.mean((2, 3)), late.amax((2, 3))]
        for axis, read in ((3, self.over_rows), (2, self.over_columns)):
            profile = read(torch.cat([early.mean(axis), early.amax(axis)], 1))
            pooled += [profile.mean(2), profile.amax(2)]
        return average_answers(self, torch.cat(pooled, 1), features)

    def read_maps(self, early: Tensor) -> Tensor:
        """Returns the last maps, from those of the first two convolutions."""
        return self.late(early)

    def combine(self, pooled: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        joined = torch.cat([pooled, self.features(features)], 1)
        return self.to_types(joined), self.to_ood(joined).squeeze(1)


class Residual(nn.Module):
    """Two convolutions that add to their input, and at first add nothing to it.

    A network that is given such blocks gives the same output as before, until it is trained.
    """

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.added = nn.Sequential(
            nn.Conv2d(channels, inner, 3, padding=1, bias=False),
            nn.BatchNorm2d(inner),
            nn.ReLU(inplace=True),
            nn.Conv2d(inner, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        nn.init.zeros_(self.added[-1].weight)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.added(x))


class SpitDeep(SpitCompact):
    """`SpitCompact` with a residual block after each of its last two strided convolutions.

    The weights of `SpitCompact` fit it: the blocks, which these lack, begin as the identity.
    """

    def __init__(self, classes: int, features: int) -> None:
        super().__init__(classes, features)
        self.refine = nn.ModuleList([Residual(64, 32), Residual(96, 96)])

    def read_maps(self, early: Tensor) -> Tensor:
        x = early
        for convolve, refine in zip(self.late, self.refine):
            x = refine(convolve(x))
        return x


def pool_blocks(images: Tensor) -> Tensor:
    """Returns mean and maximum of blocks of 2 x 2 pixels, scaled to -1 to 1: [N, 2, 105, 325].

    Slices take a fifth of the time of pooling layers.
    """
    x = images.to(torch.float32)
    upper, lower = x[:, 0::2], x[:, 1::2]
    largest, total = torch.maximum(upper, lower), upper + lower
    largest = torch.maximum(largest[:, :, 0::2], largest[:, :, 1::2])
    total = total[:, :, 0::2] + total[:, :, 1::2]
    return torch.stack([total / 510.0, largest / 127.5], 1) - 1.0


def orient(x: Tensor) -> Tensor:
    """Flips each image of [N, C, H, W] so that its first channel is brighter above and on the left.

    An image whose halves have the same sum stays as it is.
    """
    for axis in (2, 3):
        half = x.shape[axis] // 2
        first = x[:, 0].narrow(axis - 1, 0, half).sum((1, 2))
        last = x[:, 0].narrow(axis - 1, x.shape[axis] - half, half).sum((1, 2))
        x = torch.where((last > first)[:, None, None, None], x.flip(axis), x)
    return x


def average_answers(network: nn.Module, pooled: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the answer with the features; in evaluation mode, its mean with that without."""
    types, ood = network.combine(pooled, features)
    if network.training:
        return types, ood
    centre = network.features.centre.expand_as(features)
    types_alone, ood_alone = network.combine(pooled, centre)
    return (types + types_alone) / 2, (ood + ood_alone) / 2


# The last layers of a network, which join what the others read.
LAST = ("to_types", "to_ood")

NETWORKS = {"spit-compact": SpitCompact, "spit-deep": SpitDeep}


class Ensemble(nn.Module):
    """Several networks whose probabilities and out-of-distribution scores are averaged.

    Inputs and outputs are those of `SpitCompact`. The outputs are the logarithm of the mean
    probabilities, whose softmax is that mean, and the logit of the mean score.
    """

    flip_invariant = True

    def __init__(self, classes: int, features: int, members: list[str]) -> None:
        super().__init__()
        self.feature_count = features
        self.names = list(members)
        self.members = nn.ModuleList(NETWORKS[name](classes, features) for name in members)

    def forward(self, images: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        answers = [member(images, features) for member in self.members]
        probabilities = torch.stack([F.softmax(types.float(), 1) for types, _ in answers]).mean(0)
        scores = torch.stack([torch.sigmoid(ood.float()) for _, ood in answers]).mean(0)
        return probabilities.clamp(min=1e-12).log(), torch.logit(scores, 1e-6)


def get_members(network: nn.Module) -> list[nn.Module]:
    """Returns the members of an ensemble, or the network itself."""
    return list(network.members) if isinstance(network, Ensemble) else [network]


def freeze_first_layers(network: nn.Module) -> None:
    """Leaves only the last layers of each member to train."""
    for member in get_members(network):
        for name, layers in member.named_children():
            layers.requires_grad_(name in LAST)


def set_training(network: nn.Module) -> None:
    """Puts a network in training mode, except for its frozen convolutions, which keep the means
    and variances of their normalisation."""
    network.train()
    for member in get_members(network):
        for layers in member.children():
            frozen = not any(weights.requires_grad for weights in layers.parameters())
            if frozen and not isinstance(layers, Features):
                layers.eval()


class Exported(nn.Module):
    """The network as written to ONNX, with softmax and logistic function in the graph."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        logits, ood = self.network(images, features)
        return F.softmax(logits, dim=1), torch.sigmoid(ood)


def save_weights(path: Path, network: nn.Module, versions: Versions) -> None:
    """Writes the weights of a network, its name or those of its members, and the versions of
    the data that trained it."""
    names = network.names if isinstance(network, Ensemble) else find_name(network)
    torch.save({"weights": network.state_dict(), "network": names, **asdict(versions)}, path)


def find_name(network: nn.Module) -> str | None:
    """Returns the name of a network, None for one that `train` does not have (spit-paper)."""
    return next((name for name, kind in NETWORKS.items() if type(network) is kind), None)


def open_network(path: Path, classes: int, versions: Versions, data: str) -> nn.Module:
    """Returns the network or the ensemble of a file that `save_weights` wrote.

    Raises TrainingError as `load_weights` does, and when the file names no network of this
    package.
    """
    saved = torch.load(path, weights_only=True, map_location="cpu")
    names = saved.get("network") or "none"
    members = [names] if isinstance(names, str) else names
    if unknown := set(members) - set(NETWORKS):
        raise TrainingError(f"Cannot use {path}: there is no network {min(unknown)}")
    weights = saved["weights"]
    centres = [weights[key] for key in weights if key.endswith("features.centre")]
    count = len(centres[0])
    if isinstance(names, str):
        network = NETWORKS[names](classes, count)
    else:
        network = Ensemble(classes, count, names)
    load_weights(network, path, versions, data)
    return network


def load_weights(network: nn.Module, path: Path, versions: Versions, data: str) -> None:
    """Loads weights written by `save_weights`.

    Raises TrainingError when the weights were trained on data of other versions than
    `versions`, those of `data`, or belong to another network.
    """
    saved = torch.load(path, weights_only=True, map_location="cpu")
    if "weights" not in saved:
        raise TrainingError(
            f"Cannot load the weights {path}: the file does not record the versions of the data "
            "that trained them"
        )
    found = Versions(saved["preprocessing"], saved["features"])
    check_versions(found, versions, str(path), data)
    weights = saved["weights"]
    if isinstance(network, SpitDeep) and saved.get("network") == "spit-compact":
        # The residual blocks stay as they are.
        weights = network.state_dict() | weights
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise TrainingError(f"Cannot load the weights {path}: {error}") from error


def count_multiply_adds(network: nn.Module) -> int:
    """Returns the multiply-adds of the convolutions and dense layers for one image, those of
    all members included."""
    training = network.training
    image = torch.zeros(1, IMAGE_HEIGHT, IMAGE_WIDTH, dtype=torch.uint8)
    features = torch.zeros(1, network.feature_count)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network.eval()(image, features)
    network.train(training)
    # A multiply-add counts as two operations.
    return counter.get_total_flops() // 2
