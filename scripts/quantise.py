"""Store a large layer of an ONNX network in 8 bits.

Weights only: one byte a weight, one float32 scale for each output of the layer, and
rounding that leaves no drift. What is computed with them is float32 as before.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper


def store_in_bytes(model: onnx.ModelProto, weights: np.ndarray, block: int) -> None:
    """Replace a float32 initializer, known by its values [outputs, inputs], in place.

    `block` is the number of neighbouring inputs that see the same place of a picture.
    """
    graph = model.graph
    place = next(i for i in graph.initializer if list(i.dims) == list(weights.shape))
    assert np.array_equal(numpy_helper.to_array(place), weights)
    name = place.name
    codes, scales = in_bytes(weights, block)
    graph.initializer.remove(place)
    graph.initializer.append(numpy_helper.from_array(codes, f"{name}.codes"))
    graph.initializer.append(numpy_helper.from_array(scales, f"{name}.scales"))
    graph.initializer.append(numpy_helper.from_array(np.zeros_like(codes[:, 0]), f"{name}.zeros"))
    for value in [v for v in graph.value_info if v.name == name]:
        graph.value_info.remove(value)
    inputs = [f"{name}.codes", f"{name}.scales", f"{name}.zeros"]
    graph.node.insert(0, helper.make_node("DequantizeLinear", inputs, [name], axis=0))


def in_bytes(weights: np.ndarray, block: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes int8 [outputs, inputs] and scales float32 [outputs]; weights are nearly their product.

    What rounding takes from an input is handed on to the same channel at the next place.
    Neighbouring places have much the same light, so that the errors of a sum cancel.
    """
    scales = (np.abs(weights).max(1) / 127).astype(np.float32)
    outputs, inputs = weights.shape
    steps = (weights / scales[:, None]).reshape(outputs, inputs // block, block)
    codes = np.empty(steps.shape, np.int8)
    carried = np.zeros((outputs, block), np.float32)
    for place in range(inputs // block):
        wanted = steps[:, place] + carried
        codes[:, place] = np.clip(np.rint(wanted), -127, 127)
        carried = wanted - codes[:, place]
    return codes.reshape(weights.shape), scales
