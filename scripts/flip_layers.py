"""Layers that commute with flips: a flipped picture gives the same maps, flipped.

A field is a set of maps, one for each flip: two of a profile (as it is, reversed),
four of a picture (as it is, rows flipped, columns flipped, both). Bit 0 of a map's
number stands for the last axis but one, bit 1 for the last; of a profile, bit 0 for
its only axis. A flip of what comes in flips each map and exchanges the maps of each
field, and nothing else. After Cohen & Welling (2016, ICML, "Group equivariant
convolutional networks", section 6), for flips in place of turns.

Maps lie side by side in the channels: [N, fields * flips, ...].
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CONVOLVE = {1: F.conv1d, 2: F.conv2d}


def flipped(kernels: Tensor, flip: int, axes: int) -> Tensor:
    """Kernels whose last axes are flipped as the bits of a flip say."""
    dims = [axis - axes for axis in range(axes) if flip >> axis & 1]
    return torch.flip(kernels, dims) if dims else kernels


class FlipConv(nn.Module):
    """A convolution of fields, normalised and rectified.

    `inputs` is a number of fields; None stands for a plain picture of one map, which
    `fields` fields are made of.
    """

    def __init__(
        self,
        inputs: int | None,
        fields: int,
        size: int | tuple[int, ...],
        *,
        axes: int = 2,
        stride: int = 1,
        padding: int | tuple[int, ...] = 0,
    ) -> None:
        super().__init__()
        self.axes, self.flips, self.stride, self.padding = axes, 2**axes, stride, padding
        shape = (1,) if inputs is None else (inputs, self.flips)
        sizes = (size,) * axes if isinstance(size, int) else size
        self.kernels = nn.Parameter(torch.empty(fields, *shape, *sizes))
        nn.init.normal_(self.kernels, 0, (2 / self.kernels[0].numel()) ** 0.5)
        self.lifts = inputs is None
        self.norm = nn.BatchNorm1d(fields)

    def weights(self) -> Tensor:
        """The kernels of an ordinary convolution: [fields * flips, maps in, size, ...]."""
        flips = range(self.flips)
        if self.lifts:
            every = [flipped(self.kernels, flip, self.axes) for flip in flips]
        else:
            # What map h gives to map g is what map g ^ h gives to map 0, flipped by g.
            every = [
                flipped(self.kernels[:, :, [g ^ h for h in flips]], g, self.axes).flatten(1, 2)
                for g in flips
            ]
        return torch.stack(every, 1).flatten(0, 1)

    def scale_and_shift(self) -> tuple[Tensor, Tensor]:
        """What the normalisation does outside of training, for each map."""
        norm = self.norm
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        shift = norm.bias - norm.running_mean * scale
        return scale.repeat_interleave(self.flips), shift.repeat_interleave(self.flips)

    def forward(self, maps: Tensor) -> Tensor:
        convolve = CONVOLVE[self.axes]
        if self.training:
            out = convolve(maps, self.weights(), None, self.stride, self.padding)
            # The maps of a field share their mean and spread.
            fields = out.view(len(out), self.norm.num_features, -1)
            return F.relu(self.norm(fields).view_as(out))
        scale, shift = self.scale_and_shift()
        weights = self.weights() * scale.view(-1, *[1] * (self.axes + 1))
        return F.relu(convolve(maps, weights, shift, self.stride, self.padding))


class FlipProfile(nn.Module):
    """Collapse one axis by mean and maximum, then read the profile that remains.

    What tells a trace from an arc line is along which axis light varies; a profile along
    either axis says so at any slit length and dispersion. [N, 2 * outputs], the same for
    all flips.
    """

    def __init__(self, inputs: int, outputs: int, axis: int) -> None:
        super().__init__()
        self.inputs, self.axis = inputs, axis
        self.read = FlipConv(2 * inputs, outputs, 5, axes=1, padding=2)

    def forward(self, maps: Tensor) -> Tensor:
        n, _, height, width = maps.shape
        # [N, fields, columns flipped, rows flipped, rows, columns]
        maps = maps.view(n, self.inputs, 2, 2, height, width)
        gone = (3, 4) if self.axis == 0 else (2, 5)
        profile = torch.cat([maps.mean(gone), maps.amax(gone)], 1)
        profile = self.read(profile.flatten(1, 2))
        profile = profile.view(n, -1, 2 * profile.shape[2])
        return torch.cat([profile.mean(2), profile.amax(2)], 1)


def invariants(maps: Tensor) -> Tensor:
    """What no flip changes of fields: [N, 5 * fields].

    Of each field the largest value, the mean, and by how much the means of its maps
    differ under either flip and under both: a field that answers to a tilt differs.
    """
    n, channels = maps.shape[:2]
    fields = maps.view(n, channels // 4, 4, -1)
    none, rows, columns, both = fields.mean(3).unbind(2)
    return torch.cat(
        [
            fields.amax((2, 3)),
            (none + rows + columns + both) / 4,
            (none - rows + columns - both).abs() / 4,
            (none + rows - columns - both).abs() / 4,
            (none - rows - columns + both).abs() / 4,
        ],
        1,
    )
