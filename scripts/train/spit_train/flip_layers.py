"""Layers that commute with flips: flipping the input flips the maps and nothing else.

A field is a set of maps, one for each flip: two for a profile (identity, reversed), four
for an image (identity, rows flipped, columns flipped, both). In the number of a map, bit 0
is the last axis but one and bit 1 the last; for a profile, bit 0 is its only axis. A flip of
the input flips each map and permutes the maps within each field. After Cohen & Welling
(2016, ICML, "Group equivariant convolutional networks", section 6), with flips instead of
rotations.

Maps are stored in the channels: [N, fields * flips, ...].
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CONVOLVE = {1: F.conv1d, 2: F.conv2d}


def flip_kernels(kernels: Tensor, flip: int, axes: int) -> Tensor:
    """Flips the last axes of kernels, as the bits of `flip` say."""
    dims = [axis - axes for axis in range(axes) if flip >> axis & 1]
    return torch.flip(kernels, dims) if dims else kernels


class FlipConv(nn.Module):
    """A convolution of fields with batch normalisation and ReLU.

    `inputs` is the number of input fields; None stands for a plain image of one map.
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
        """Returns the kernels of the equivalent convolution: [fields * flips, maps, size, ...]."""
        flips = range(self.flips)
        if self.lifts:
            every = [flip_kernels(self.kernels, flip, self.axes) for flip in flips]
        else:
            # The kernel from map h to map g is the one from map g ^ h to map 0, flipped by g.
            every = [
                flip_kernels(self.kernels[:, :, [g ^ h for h in flips]], g, self.axes).flatten(1, 2)
                for g in flips
            ]
        return torch.stack(every, 1).flatten(0, 1)

    def scale_and_shift(self) -> tuple[Tensor, Tensor]:
        """Returns what the normalisation does in evaluation mode, for each map."""
        norm = self.norm
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        shift = norm.bias - norm.running_mean * scale
        return scale.repeat_interleave(self.flips), shift.repeat_interleave(self.flips)

    def forward(self, maps: Tensor) -> Tensor:
        convolve = CONVOLVE[self.axes]
        if self.training:
            out = convolve(maps, self.weights(), None, self.stride, self.padding)
            # The maps of a field share their mean and variance.
            fields = out.view(len(out), self.norm.num_features, -1)
            return F.relu(self.norm(fields).view_as(out))
        scale, shift = self.scale_and_shift()
        weights = self.weights() * scale.view(-1, *[1] * (self.axes + 1))
        return F.relu(convolve(maps, weights, shift, self.stride, self.padding))


class FlipProfile(nn.Module):
    """Collapses one axis by mean and maximum and convolves the profile that remains.

    A trace and an arc line differ in the axis along which the light varies, at any slit
    length and dispersion. Output: [N, 2 * outputs], invariant under flips.
    """

    def __init__(self, inputs: int, outputs: int, axis: int) -> None:
        super().__init__()
        self.inputs, self.axis = inputs, axis
        self.read = FlipConv(2 * inputs, outputs, 5, axes=1, padding=2)

    def forward(self, maps: Tensor) -> Tensor:
        n, _, height, width = maps.shape
        # [N, fields, columns flipped, rows flipped, rows, columns]
        maps = maps.view(n, self.inputs, 2, 2, height, width)
        collapsed = (3, 4) if self.axis == 0 else (2, 5)
        profile = torch.cat([maps.mean(collapsed), maps.amax(collapsed)], 1)
        profile = self.read(profile.flatten(1, 2))
        profile = profile.view(n, -1, 2 * profile.shape[2])
        return torch.cat([profile.mean(2), profile.amax(2)], 1)


def pool_invariants(maps: Tensor) -> Tensor:
    """Returns quantities of fields that are invariant under flips: [N, 5 * fields].

    For each field: the maximum, the mean, and how much the means of its maps differ under
    either flip and under both. The differences respond to asymmetry, such as a tilt.
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
