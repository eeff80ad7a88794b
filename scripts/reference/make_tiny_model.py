"""Makes tests/fixtures/model/tiny.onnx and its card: a network small enough to
commit, whose answer can be worked out by hand.

    python3 scripts/reference/make_tiny_model.py

Input `views`, uint8 [N, 210, 650]; output `probabilities`, float32 [N, 6].
The four quadrant means q (scaled to 0..1; top-left, top-right, bottom-left,
bottom-right; row 0 is the top) go through one linear layer and a softmax:

    bias      6 - 16 mean(q)          black pictures
    dark      0
    arc       20 (left - right) - 4   brighter on the left: a flip undoes it
    flat      16 mean(q) - 10         white pictures
    standard  20 (top - bottom) - 4   brighter at the top: a flip undoes it
    science   0.5                     what is left
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES = ["bias", "dark", "arc", "flat", "standard", "science"]
OUT = Path(__file__).parents[2] / "tests" / "fixtures" / "model"


def main() -> None:
    mean, left, top = [0.25] * 4, [0.5, -0.5, 0.5, -0.5], [0.5, 0.5, -0.5, -0.5]
    weights = np.array(
        [
            np.multiply(-16, mean),
            np.zeros(4),
            np.multiply(20, left),
            np.multiply(16, mean),
            np.multiply(20, top),
            np.zeros(4),
        ],
        np.float32,
    ).T
    offsets = np.array([6, 0, -4, -10, -4, 0.5], np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["views"], ["floats"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["floats", "scale"], ["scaled"]),
            helper.make_node("Reshape", ["scaled", "quarters"], ["blocks"]),
            helper.make_node("ReduceMean", ["blocks"], ["means"], axes=[2, 4], keepdims=0),
            helper.make_node("Flatten", ["means"], ["quadrants"]),
            helper.make_node("Gemm", ["quadrants", "weights", "offsets"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        ],
        "tiny",
        [helper.make_tensor_value_info("views", TensorProto.UINT8, ["N", 210, 650])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 6])],
        [
            numpy_helper.from_array(np.array(1 / 255, np.float32), "scale"),
            numpy_helper.from_array(np.array([-1, 2, 105, 2, 325], np.int64), "quarters"),
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(offsets, "offsets"),
        ],
    )
    model = helper.make_model(
        graph,
        producer_name="make_tiny_model.py",
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    content = model.SerializeToString(deterministic=True)

    card = {
        "name": "tiny",
        "version": "1.0.0",
        "onnx": "tiny.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
        "classes": CLASSES,
        "input": {"name": "views", "type": "uint8", "shape": ["N", 210, 650]},
        "output": {"name": "probabilities"},
        "preprocessing": 1,
        "vote": {"views": 4, "majority": 0.75},
        "temperature": 1.0,
        "thresholds": {"confidence": 0.0},
        "training": {"note": "not trained: weights set by hand, for tests"},
        "scores": {},
    }
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "tiny.onnx").write_bytes(content)
    (OUT / "tiny.json").write_text(json.dumps(card, indent=2) + "\n")


if __name__ == "__main__":
    main()
