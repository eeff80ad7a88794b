"""The networks, as PyTorch modules that take uint8 pictures.

Input: views uint8 [N, 210, 650] and the raw frames' statistics float32 [N, S].
`forward` gives logits, `Exported.forward` probabilities. Scaling is inside, so
that nobody who runs a network has to know it.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PICTURE_HEIGHT = 210
PICTURE_WIDTH = 650


def conv(inputs: int, outputs: int, size: int = 3) -> nn.Sequential:
    """Halve the picture: convolution of stride 2, normalised, rectified."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride=2, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class Profile(nn.Module):
    """Collapse one axis by mean and maximum, then read the profile that remains.

    What tells a trace from an arc line is along which axis light varies; a
    profile along either axis says so at any slit length and dispersion.
    """

    def __init__(self, channels: int, axis: int) -> None:
        super().__init__()
        self.axis = axis
        self.read = nn.Sequential(
            nn.Conv1d(2 * channels, channels, 5, padding=2, bias=False),
            nn.BatchNorm1d(channels),
            nn.ReLU(),
        )

    def forward(self, maps: Tensor) -> Tensor:
        profile = torch.cat([maps.mean(self.axis), maps.amax(self.axis)], 1)
        profile = self.read(profile)
        return torch.cat([profile.mean(2), profile.amax(2)], 1)


class Statistics(nn.Module):
    """Read the statistics of the raw frame, each on the scale of the training frames.

    In training a third of the frames go without, and of the others a fifth of the
    statistics (at their centre, then), so that the picture is read for itself and no
    single number is trusted.
    """

    def __init__(self, count: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(count))
        self.register_buffer("spread", torch.ones(count))
        self.read = nn.Sequential(nn.Linear(count, outputs), nn.ReLU())

    def fit_scale(self, statistics: Tensor) -> None:
        """Take centre and spread from the median and the quartiles of some frames, [N, S]."""
        low, middle, high = torch.quantile(statistics, torch.tensor([0.25, 0.5, 0.75]), dim=0)
        self.centre.copy_(middle)
        self.spread.copy_((high - low).clamp(min=0.1))

    def forward(self, statistics: Tensor) -> Tensor:
        scaled = ((statistics - self.centre) / self.spread).clamp(-4, 4)
        if self.training:
            whole = torch.rand(len(scaled), 1, device=scaled.device) > 1 / 3
            scaled = scaled * whole * (torch.rand_like(scaled) > 0.2)
        return self.read(scaled)


class SpitCompact(nn.Module):
    """Five halvings, then global pooling and the two profiles; any slit spectrograph.

    Beside the picture it reads the statistics of the raw frame, which say what zscale
    throws away. Outside of training it answers twice, with the statistics and without,
    and gives the mean: statistics of a detector that is unlike all others can mislead,
    and the picture alone then holds against them. `forward` gives the logits of the types [N, K] and, as a logit, how sure
    it is that the frame is no spectral frame at all [N].
    """

    def __init__(self, classes: int, statistics: int) -> None:
        super().__init__()
        self.early = nn.Sequential(conv(1, 8, 5), conv(8, 16), conv(16, 32))
        self.late = nn.Sequential(conv(32, 64), conv(64, 96))
        self.along_slit = Profile(32, axis=2)
        self.along_dispersion = Profile(32, axis=3)
        self.statistics = Statistics(statistics, 64)
        self.mix = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(2 * 96 + 4 * 32 + 64, 128), nn.ReLU(), nn.Dropout(0.2)
        )
        self.to_types = nn.Linear(128, classes)
        self.to_strange = nn.Linear(128, 1)

    def forward(self, pictures: Tensor, statistics: Tensor) -> tuple[Tensor, Tensor]:
        x = pictures.to(torch.float32).unsqueeze(1) / 127.5 - 1.0
        early = self.early(x)
        late = self.late(early)
        features = [
            late.mean((2, 3)),
            late.amax((2, 3)),
            self.along_slit(early),
            self.along_dispersion(early),
        ]
        seen = torch.cat(features, 1)
        types, strange = self.answer(seen, statistics)
        if self.training:
            return types, strange
        none = self.statistics.centre.expand_as(statistics)
        types_alone, strange_alone = self.answer(seen, none)
        return (types + types_alone) / 2, (strange + strange_alone) / 2

    def answer(self, seen: Tensor, statistics: Tensor) -> tuple[Tensor, Tensor]:
        """Logits from the features of the picture and the statistics."""
        mixed = self.mix(torch.cat([seen, self.statistics(statistics)], 1))
        return self.to_types(mixed), self.to_strange(mixed).squeeze(1)


NETWORKS = {"spit-compact": SpitCompact}


class Exported(nn.Module):
    """What is written to ONNX: the network with softmax and logistic function in the graph."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, views: Tensor, statistics: Tensor) -> tuple[Tensor, Tensor]:
        logits, strange = self.network(views, statistics)
        return F.softmax(logits, dim=1), torch.sigmoid(strange)


def multiply_adds(network: nn.Module) -> int:
    """Multiply-adds of the convolutions and dense layers for one view."""
    total = 0

    def count(layer: nn.Module, _: object, output: Tensor) -> None:
        nonlocal total
        total += output.numel() // output.shape[0] * layer.weight[0].numel()

    layers = [m for m in network.modules() if isinstance(m, nn.Conv1d | nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    training = network.training
    with torch.no_grad():
        network.eval()(
            torch.zeros(1, PICTURE_HEIGHT, PICTURE_WIDTH, dtype=torch.uint8),
            torch.zeros(1, network.statistics.centre.numel()),
        )
    network.train(training)
    for hook in hooks:
        hook.remove()
    return total
