"""The paper's network (Jankov & Prochaska 2018), to the letter.

Two convolutions, two poolings and two dense layers; nearly all of its weights are
in the first dense layer, which sees every place of the picture by itself.
"""

import torch
from networks import PICTURE_HEIGHT, PICTURE_WIDTH
from torch import Tensor, nn
from torch.nn import functional as F

# The paper's types, in its order; it has none for dark frames.
CLASSES = ("bias", "science", "standard", "arc", "flat")
# Times 12 bytes (weight and Adam's two moments) 810.6 MiB, the size of its checkpoint.
PARAMETERS = 70_830_061


class SpitPaper(nn.Module):
    """Logits of the five types, [N, 5], from views uint8 [N, 210, 650].

    TensorFlow's `same` padding of a pooling adds to the end of an axis, as `ceil_mode`
    does: 210 x 650 becomes 105 x 325, then 53 x 163. A maximum and a ReLU may change
    places; this way round is the cheaper one. Maps are flattened row by row with the
    channels last, as in TensorFlow.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 36, 5, padding="same")
        self.conv2 = nn.Conv2d(36, 64, 5, padding="same")
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.dense1 = nn.Linear(53 * 163 * 64, 128)
        self.dense2 = nn.Linear(128, len(CLASSES))
        for layer in (self.conv1, self.conv2, self.dense1, self.dense2):
            rectified = layer is not self.dense2
            first_weights(layer, rectified)
        assert sum(weights.numel() for weights in self.parameters()) == PARAMETERS

    def forward(self, views: Tensor) -> Tensor:
        x = views.to(torch.float32).unsqueeze(1) / 255
        x = x.contiguous(memory_format=torch.channels_last)
        x = torch.relu(self.pool(self.conv1(x)))
        x = torch.relu(self.pool(self.conv2(x)))
        x = x.permute(0, 2, 3, 1).flatten(1)
        return self.dense2(torch.relu(self.dense1(x)))


def first_weights(layer: nn.Module, rectified: bool) -> None:
    """What Pretty Tensor starts from: He's uniform before a ReLU, else Xavier's; no bias."""
    if rectified:
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
    else:
        nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)


class Probabilities(nn.Module):
    """What is written to ONNX: the network with the softmax in the graph."""

    def __init__(self, network: SpitPaper) -> None:
        super().__init__()
        self.network = network

    def forward(self, views: Tensor) -> Tensor:
        return F.softmax(self.network(views), dim=1)


def example_views(count: int) -> Tensor:
    """Blank views, uint8 [count, 210, 650]."""
    return torch.zeros(count, PICTURE_HEIGHT, PICTURE_WIDTH, dtype=torch.uint8)
