"""The network that is exported: the members of an ensemble merged into the same layers."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spit_train.networks import SpitCompact, SpitDeep, get_members


@torch.no_grad()
def merge_network(network: nn.Module) -> "MergedCompact":
    """Returns the module to export. The answers are those of `Exported`, to within rounding."""
    return MergedCompact(get_members(network)).eval()


class MergedCompact(nn.Module):
    """Members of type `SpitCompact`, or all of type `SpitDeep`, in one network, for inference only.

    Each convolution contains those of all members as groups of channels, with the
    normalisation folded into its weights; the first one is shared, because all members read
    the same image. Profiles are pooled, which onnxruntime does in the layout of its
    convolutions. The last layers read the pooled channels once for both answers, with the
    features and without.

    `forward` takes the inputs of `SpitCompact`, and returns what `Exported` returns:
    probabilities [N, K] and out-of-distribution scores [N].
    """

    def __init__(self, members: list[SpitCompact]) -> None:
        super().__init__()
        self.count = len(members)
        self.early = nn.ModuleList(
            merge_convolutions([member.early[k] for member in members], shared=k == 0)
            for k in range(2)
        )
        # `pool_image` returns values between -127.5 and 127.5, the members read -1 to 1.
        self.early[0].weight.div_(127.5)
        self.late = nn.ModuleList(
            merge_convolutions([member.late[k] for member in members]) for k in range(2)
        )
        self.refine = nn.ModuleList()
        if isinstance(members[0], SpitDeep):
            self.refine.extend(
                nn.ModuleList(
                    merge_convolutions([member.refine[k].added[at : at + 2] for member in members])
                    for at in (0, 3)
                )
                for k in range(2)
            )
        self.over_rows = MergedProfile([member.over_rows[0] for member in members], 2)
        self.over_columns = MergedProfile([member.over_columns[0] for member in members], 3)
        self.head = MergedHead(members)

    def forward(self, images: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        early = orient_image(*pool_image(images))
        for layer in self.early:
            early = F.relu(layer(early))
        late = early
        for k, layer in enumerate(self.late):
            late = F.relu(layer(late))
            if self.refine:
                inner, added = self.refine[k]
                late = F.relu(late + added(F.relu(inner(late))))
        pooled = pool_channels(late)
        pooled += self.over_rows(early) + self.over_columns(early)
        pooled = [one.reshape(-1, self.count, 1, one.shape[1] // self.count) for one in pooled]
        return self.head(torch.cat(pooled, 3), features)


def pool_image(images: Tensor) -> tuple[Tensor, Tensor]:
    """Returns mean and maximum of blocks of 2 x 2 pixels, both float32 [N, 1, 105, 325]."""
    x = images.to(torch.float32).unsqueeze(1)
    return F.avg_pool2d(x, 2), F.max_pool2d(x, 2)


def orient_image(mean: Tensor, largest: Tensor) -> Tensor:
    """Returns both channels, less 127.5, flipped as `orient` does: [N, 2, 105, 325].

    The differences between the halves are sums of quarters, which float32 adds without
    rounding, so that the flips of an image give the same bits. Rows are copied whole: to
    flip the columns, the image is transposed and transposed back.
    """
    height, width = mean.shape[2:]
    over_rows = torch.stack([torch.ones(height), subtract_halves(height)])
    sums = over_rows @ mean.squeeze(1)
    flip_rows = sums[:, 1].sum(1) < 0
    flip_columns = sums[:, 0] @ subtract_halves(width) < 0
    x = torch.cat([mean, largest], 1) - 127.5
    rows = torch.arange(2 * height).reshape(2, height)
    x = select_rows(x.flatten(1, 2), flip_rows, rows.flip(1).flatten())
    x = select_rows(x.transpose(1, 2), flip_columns, torch.arange(width).flip(0))
    return x.transpose(1, 2).reshape(-1, 2, height, width)


def subtract_halves(length: int) -> Tensor:
    """Returns weights that subtract the second half of an axis from the first, without the
    element between them: 1 and -1 [length]."""
    half = torch.ones(length // 2)
    return torch.cat([half, torch.zeros(length % 2), -half])


def select_rows(x: Tensor, selected: Tensor, order: Tensor) -> Tensor:
    """Returns [N, R, W] with the rows of the selected images [N] in another order [R]."""
    count, rows, width = x.shape
    chosen = torch.where(selected[:, None], order, torch.arange(rows))
    chosen = chosen + torch.arange(count)[:, None] * rows
    return x.flatten(0, 1).index_select(0, chosen.flatten()).reshape(count, rows, width)


def pool_channels(x: Tensor) -> list[Tensor]:
    """Returns mean and maximum of each channel of [N, C, H, W], both [N, C, 1, 1]."""
    return [F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 1)]


def merge_convolutions(layers: list[nn.Sequential], shared: bool = False) -> nn.Conv2d:
    """Returns the convolutions of all members with their normalisations, as groups of
    channels, or as one group when their input is shared."""
    weights, biases = [], []
    for convolve, norm, *_ in layers:
        scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
        weights.append(convolve.weight.double() * scale[:, None, None, None])
        biases.append(norm.bias.double() - norm.running_mean.double() * scale)
    weight, bias = torch.cat(weights), torch.cat(biases)
    size = weight.shape[2]
    groups = 1 if shared else len(layers)
    merged = nn.Conv2d(
        weight.shape[1] * groups, len(weight), size, convolve.stride, size // 2, groups=groups
    ).requires_grad_(False)
    merged.weight.copy_(weight)
    merged.bias.copy_(bias)
    return merged


class MergedProfile(nn.Module):
    """The convolutions of a profile, as a sum of one over the means and one over the maxima.

    `axis` of [N, C, H, W] remains, the other one is pooled.
    """

    def __init__(self, layers: list[nn.Conv1d], axis: int) -> None:
        super().__init__()
        self.axis = axis
        weight = torch.cat([layer.weight for layer in layers]).unsqueeze(5 - axis)
        inputs = weight.shape[1] // 2
        size = (weight.shape[2], 1) if axis == 2 else (1, weight.shape[3])
        padding = (size[0] // 2, size[1] // 2)
        self.of_means, self.of_maxima = (
            nn.Conv2d(
                inputs * len(layers),
                len(weight),
                size,
                padding=padding,
                groups=len(layers),
                bias=bias,
            ).requires_grad_(False)
            for bias in (True, False)
        )
        self.of_means.weight.copy_(weight[:, :inputs])
        self.of_maxima.weight.copy_(weight[:, inputs:])
        self.of_means.bias.copy_(torch.cat([layer.bias for layer in layers]))

    def forward(self, x: Tensor) -> list[Tensor]:
        size = (1, x.shape[3]) if self.axis == 2 else (x.shape[2], 1)
        means, maxima = F.avg_pool2d(x, size), F.max_pool2d(x, size)
        return pool_channels(F.relu(self.of_means(means) + self.of_maxima(maxima)))


class MergedHead(nn.Module):
    """The last layers: the mean of the answers with and without features, of all members.

    The answer without features is a constant up to the last hidden layer, and the layer
    after that is linear, so that it runs once. Reads the pooled channels [N, M, 1, P] of M
    members, and the features [N, S].
    """

    def __init__(self, members: list[SpitCompact]) -> None:
        super().__init__()
        reads = [member.features.read[0] for member in members]
        mixes = [(member.to_types[1], member.to_ood[1]) for member in members]
        lasts = [(member.to_types[4], member.to_ood[4]) for member in members]
        own = reads[0].out_features
        weights = [torch.cat([layer.weight for layer in pair]) for pair in mixes]
        biases = [torch.cat([layer.bias for layer in pair]) for pair in mixes]
        of_features = [weight[:, -own:] for weight in weights]
        alone = [
            weight @ F.relu(read.bias) + bias
            for weight, read, bias in zip(of_features, reads, biases)
        ]
        tensors = {
            "centre": [member.features.centre for member in members],
            "spread": [member.features.spread for member in members],
            "read": [read.weight.T for read in reads],
            "read_bias": [read.bias for read in reads],
            "mix_pooled": [weight[:, :-own].T for weight in weights],
            "mix_features": [weight.T for weight in of_features],
            "mix_bias": biases,
            "alone": alone,
            "answer": [torch.block_diag(*(layer.weight for layer in pair)).T for pair in lasts],
            "answer_bias": [torch.cat([layer.bias for layer in pair]) for pair in lasts],
        }
        for name, parts in tensors.items():
            # [M, inputs, outputs], or [M, 1, outputs].
            stacked = torch.stack([part.detach() for part in parts])
            stacked = stacked if stacked.ndim == 3 else stacked.unsqueeze(1)
            self.register_buffer(name, stacked.contiguous())

    def forward(self, pooled: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        scaled = ((features[:, None, None] - self.centre) / self.spread).clamp(-4, 4)
        read = F.relu(scaled @ self.read + self.read_bias)
        mixed = pooled @ self.mix_pooled
        known = F.relu(mixed + (read @ self.mix_features + self.mix_bias))
        hidden = (known + F.relu(mixed + self.alone)) / 2
        answers = (hidden @ self.answer + self.answer_bias).squeeze(2)
        probabilities = F.softmax(answers[:, :, :-1], 2).mean(1)
        scores = torch.sigmoid(answers[:, :, -1]).mean(1)
        # The limits are those of `Ensemble`.
        return probabilities.clamp(min=1e-12), scores.clamp(1e-6, 1 - 1e-6)
