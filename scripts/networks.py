"""The networks, as PyTorch modules that take uint8 pictures.

Input: views uint8 [N, 210, 650] and the raw frames' statistics float32 [N, S].
`forward` gives logits, `Exported.forward` probabilities. Scaling is inside, so
that nobody who runs a network has to know it.
"""

import torch
from flip_layers import FlipConv, FlipProfile, invariants
from torch import Tensor, nn
from torch.nn import functional as F

PICTURE_HEIGHT = 210
PICTURE_WIDTH = 650


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

    All layers commute with flips (scripts/flip_layers.py), and what is pooled of them no
    flip changes: the four views of a frame get the same answer, whose weights have seen
    each frame four ways at the price of one.

    Beside the picture it reads the statistics of the raw frame, which say what zscale
    throws away. Outside of training it answers twice, with the statistics and without,
    and gives the mean: statistics of a detector that is unlike all others can mislead,
    and the picture alone then holds against them. `forward` gives the logits of the types
    [N, K] and, as a logit, how sure it is that the frame is no spectral frame at all [N].
    """

    def __init__(self, classes: int, statistics: int) -> None:
        super().__init__()
        # A flip finds the same pixels where an even side meets an even kernel, and an odd
        # one an odd: 210 x 644 (three columns are left off at either end), 105 x 321,
        # 53 x 161, 27 x 81, 14 x 41, 7 x 21.
        self.early = nn.Sequential(
            FlipConv(None, 3, 4, stride=2, padding=(1, 0)),
            FlipConv(3, 4, 3, stride=2, padding=1),
            FlipConv(4, 8, 3, stride=2, padding=1),
        )
        self.late = nn.Sequential(
            FlipConv(8, 14, 3, stride=2, padding=1),
            FlipConv(14, 16, (4, 3), stride=2, padding=1),
            FlipConv(16, 32, 1),
        )
        self.over_rows = FlipProfile(8, 16, axis=0)
        self.over_columns = FlipProfile(8, 16, axis=1)
        self.statistics = Statistics(statistics, 64)
        self.mix = nn.Sequential(
            nn.Dropout(0.1),
            nn.Linear(5 * 32 + 4 * 16 + 64, 128),
            nn.ReLU(),
            nn.Dropout(0.2),
        )
        self.to_types = nn.Linear(128, classes)
        self.to_strange = nn.Linear(128, 1)

    def forward(self, pictures: Tensor, statistics: Tensor) -> tuple[Tensor, Tensor]:
        x = pictures[:, :, 3:-3].to(torch.float32).unsqueeze(1) / 127.5 - 1.0
        early = self.early(x)
        features = [
            invariants(self.late(early)),
            self.over_rows(early),
            self.over_columns(early),
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
        weights = layer.weights() if isinstance(layer, FlipConv) else layer.weight
        total += output.numel() // output.shape[0] * weights[0].numel()

    layers = [m for m in network.modules() if isinstance(m, FlipConv | nn.Linear)]
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
