"""Makes tests/fixtures/model/{tiny,wary}.onnx and their cards: networks small
enough to commit, whose answers can be worked out by hand.

    python3 scripts/reference/make_tiny_model.py

Both: input `views`, uint8 [N, 210, 650]; output `probabilities`, float32 [N, 6].
The four quadrant means q (scaled to 0..1; top-left, top-right, bottom-left,
bottom-right; row 0 is the top) go through one linear layer and a softmax:

    bias      6 - 16 mean(q)          black pictures
    dark      0
    arc       20 (left - right) - 4   brighter on the left: a flip undoes it
    flat      16 mean(q) - 10         white pictures
    standard  20 (top - bottom) - 4   brighter at the top: a flip undoes it
    science   0.5                     what is left

`wary` also takes `statistics`, float32 [N, S], and gives `strangeness`, float32
[N]. What it finds strange are bright frames, by one statistic alone:

    strangeness = sigmoid(2 (asinh counts: 50 %) - 18)    0.5 at 4052 counts

The names of the statistics are asked of lib/preprocess/features.ts, by deno:
make the networks anew when they change.
"""

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).parents[2]
CLASSES = ["bias", "dark", "arc", "flat", "standard", "science"]
OUT = ROOT / "tests" / "fixtures" / "model"
BRIGHTNESS = "asinh counts: 50 %"


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    write(
        "tiny",
        helper.make_graph(typing_nodes(), "tiny", [views()], [probabilities()], typing_weights()),
        {"thresholds": {"confidence": 0.0}},
    )

    version, names = statistics()
    pick = np.zeros((len(names), 1), np.float32)
    pick[names.index(BRIGHTNESS)] = 2
    statistics_input = helper.make_tensor_value_info(
        "statistics", TensorProto.FLOAT, ["N", len(names)]
    )
    write(
        "wary",
        helper.make_graph(
            [
                *typing_nodes(),
                helper.make_node("Gemm", ["statistics", "pick", "dimness"], ["brightness"]),
                helper.make_node("Squeeze", ["brightness", "last"], ["doubt"]),
                helper.make_node("Sigmoid", ["doubt"], ["strangeness"]),
            ],
            "wary",
            [views(), statistics_input],
            [
                probabilities(),
                helper.make_tensor_value_info("strangeness", TensorProto.FLOAT, ["N"]),
            ],
            [
                *typing_weights(),
                numpy_helper.from_array(pick, "pick"),
                numpy_helper.from_array(np.array([-18], np.float32), "dimness"),
                numpy_helper.from_array(np.array([1], np.int64), "last"),
            ],
        ),
        {
            "statistics": {"name": "statistics", "version": version, "length": len(names)},
            "strangeness": {"name": "strangeness"},
            "thresholds": {"confidence": 0.0, "strangeness": 0.5},
        },
    )


def statistics() -> tuple[int, list[str]]:
    """Version and names of the statistics, from where they are made."""
    script = (
        'import { STATISTICS, STATISTICS_VERSION } from "./lib/preprocess/features.ts";'
        "console.log(JSON.stringify([STATISTICS_VERSION, STATISTICS]));"
    )
    said = subprocess.run(["deno", "eval", script], cwd=ROOT, check=True, capture_output=True)
    version, names = json.loads(said.stdout)
    return version, names


def views() -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info("views", TensorProto.UINT8, ["N", 210, 650])


def probabilities() -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 6])


def typing_nodes() -> list[onnx.NodeProto]:
    return [
        helper.make_node("Cast", ["views"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["scaled"]),
        helper.make_node("Reshape", ["scaled", "quarters"], ["blocks"]),
        helper.make_node("ReduceMean", ["blocks"], ["means"], axes=[2, 4], keepdims=0),
        helper.make_node("Flatten", ["means"], ["quadrants"]),
        helper.make_node("Gemm", ["quadrants", "weights", "offsets"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]


def typing_weights() -> list[onnx.TensorProto]:
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
    return [
        numpy_helper.from_array(np.array(1 / 255, np.float32), "scale"),
        numpy_helper.from_array(np.array([-1, 2, 105, 2, 325], np.int64), "quarters"),
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array([6, 0, -4, -10, -4, 0.5], np.float32), "offsets"),
    ]


def write(name: str, graph: onnx.GraphProto, extras: dict) -> None:
    model = helper.make_model(
        graph,
        producer_name="make_tiny_model.py",
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    content = model.SerializeToString(deterministic=True)
    card = {
        "name": name,
        "version": "1.0.0",
        "onnx": f"{name}.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
        "classes": CLASSES,
        "input": {"name": "views", "type": "uint8", "shape": ["N", 210, 650]},
        "output": {"name": "probabilities"},
        "preprocessing": 1,
        "vote": {"views": 4, "majority": 0.75},
        "temperature": 1.0,
        **extras,
        "training": {"note": "not trained: weights set by hand, for tests"},
        "scores": {},
    }
    (OUT / f"{name}.onnx").write_bytes(content)
    (OUT / f"{name}.json").write_text(json.dumps(card, indent=2) + "\n")


if __name__ == "__main__":
    main()
