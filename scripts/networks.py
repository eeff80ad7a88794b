"""The networks, as PyTorch modules that take uint8 pictures.

Input of all: uint8 [N, 210, 650]; `forward` gives logits [N, K],
`Exported.forward` probabilities. Scaling is inside, so that nobody who runs a
network has to know it.
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


class SpitCompact(nn.Module):
    """Five halvings, then global pooling and the two profiles; any slit spectrograph."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.early = nn.Sequential(conv(1, 8, 5), conv(8, 16), conv(16, 32))
        self.late = nn.Sequential(conv(32, 64), conv(64, 96))
        self.along_slit = Profile(32, axis=2)
        self.along_dispersion = Profile(32, axis=3)
        self.head = nn.Sequential(
            nn.Dropout(0.2),
            nn.Linear(2 * 96 + 4 * 32, 96),
            nn.ReLU(),
            nn.Linear(96, classes),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        x = pictures.to(torch.float32).unsqueeze(1) / 127.5 - 1.0
        early = self.early(x)
        late = self.late(early)
        features = [
            late.mean((2, 3)),
            late.amax((2, 3)),
            self.along_slit(early),
            self.along_dispersion(early),
        ]
        return self.head(torch.cat(features, 1))


NETWORKS = {"spit-compact": SpitCompact}


class Exported(nn.Module):
    """What is written to ONNX: the network with softmax in the graph."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, views: Tensor) -> Tensor:
        return F.softmax(self.network(views), dim=1)


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
        network.eval()(torch.zeros(1, PICTURE_HEIGHT, PICTURE_WIDTH, dtype=torch.uint8))
    network.train(training)
    for hook in hooks:
        hook.remove()
    return total
