"""Makes tests/fixtures/model/{tiny,wary}.onnx and their model cards: networks that are
small enough to commit and whose output can be computed by hand.

    python scripts/reference/make_tiny_model.py            # writes the models
    python scripts/reference/make_tiny_model.py --check    # compares with the committed ones

Both take input images, `views`, uint8 [N, 210, 650], and return `probabilities`,
float32 [N, 6]. The means q of the four quadrants (scaled to 0..1; top left, top right,
bottom left, bottom right; row 0 is the top) go through one linear layer and a softmax:

    bias      6 - 16 mean(q)          dark input images
    dark      0
    arc       20 (left - right) - 4   brighter on the left; a flip of the columns undoes it
    flat      16 mean(q) - 10         bright input images
    standard  20 (top - bottom) - 4   brighter at the top; a flip of the rows undoes it
    science   0.5                     the rest

`wary` also takes the features, `statistics`, float32 [N, 47], and returns an
out-of-distribution score, `strangeness`, float32 [N], which depends on one feature:

    ood = sigmoid(2 (asinh counts: 50 %) - 18)    0.5 at 4052 counts

The names of the tensors are those of version 0.4, so that the files do not change. The
names and the version of the features are read from lib/preprocess/features.ts with deno:
make the models again when they change.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).parents[2]
CLASSES = ["bias", "dark", "arc", "flat", "standard", "science"]
OUT = ROOT / "tests" / "fixtures" / "model"
BRIGHTNESS = "asinh counts: 50 %"
INPUT_IMAGES = helper.make_tensor_value_info("views", TensorProto.UINT8, ["N", 210, 650])
PROBABILITIES = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 6])
CLASS_NODES = [
    helper.make_node("Cast", ["views"], ["floats"], to=TensorProto.FLOAT),
    helper.make_node("Mul", ["floats", "scale"], ["scaled"]),
    helper.make_node("Reshape", ["scaled", "quarters"], ["blocks"]),
    helper.make_node("ReduceMean", ["blocks"], ["means"], axes=[2, 4], keepdims=0),
    helper.make_node("Flatten", ["means"], ["quadrants"]),
    helper.make_node("Gemm", ["quadrants", "weights", "offsets"], ["logits"]),
    helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--check", action="store_true", help="compare with the committed models")
    tiny = helper.make_graph(CLASS_NODES, "tiny", [INPUT_IMAGES], [PROBABILITIES], class_weights())
    files = make_model(tiny, {"thresholds": {"probability": 0.0}}) | make_wary()
    if options.parse_args().check:
        differing = [name for name, content in files.items() if read(name) != content]
        print("\n".join(f"{name} differs" for name in differing) or "all the same")
        return len(differing)
    OUT.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (OUT / name).write_bytes(content)
    return 0


def read(name: str) -> bytes | None:
    path = OUT / name
    return path.read_bytes() if path.exists() else None


def make_wary() -> dict[str, bytes]:
    version, names = read_features()
    pick = np.zeros((len(names), 1), np.float32)
    pick[names.index(BRIGHTNESS)] = 2
    nodes = [
        *CLASS_NODES,
        helper.make_node("Gemm", ["statistics", "pick", "dimness"], ["brightness"]),
        helper.make_node("Squeeze", ["brightness", "last"], ["doubt"]),
        helper.make_node("Sigmoid", ["doubt"], ["strangeness"]),
    ]
    features = helper.make_tensor_value_info("statistics", TensorProto.FLOAT, ["N", len(names)])
    ood = helper.make_tensor_value_info("strangeness", TensorProto.FLOAT, ["N"])
    weights = [
        *class_weights(),
        numpy_helper.from_array(pick, "pick"),
        numpy_helper.from_array(np.array([-18], np.float32), "dimness"),
        numpy_helper.from_array(np.array([1], np.int64), "last"),
    ]
    outputs = [PROBABILITIES, ood]
    graph = helper.make_graph(nodes, "wary", [INPUT_IMAGES, features], outputs, weights)
    card = {
        "features": {"name": "statistics", "version": version, "length": len(names)},
        "ood": {"name": "strangeness"},
        "thresholds": {"probability": 0.0, "ood": 0.5},
    }
    return make_model(graph, card)


def read_features() -> tuple[int, list[str]]:
    """Version and names of the features, from their source."""
    script = (
        'import { FEATURES, FEATURES_VERSION } from "./lib/preprocess/features.ts";'
        "console.log(JSON.stringify([FEATURES_VERSION, FEATURES]));"
    )
    result = subprocess.run(["deno", "eval", script], cwd=ROOT, check=True, capture_output=True)
    return tuple(json.loads(result.stdout))


def class_weights() -> list[onnx.TensorProto]:
    mean = np.array([0.25, 0.25, 0.25, 0.25])
    left = np.array([0.5, -0.5, 0.5, -0.5])
    top = np.array([0.5, 0.5, -0.5, -0.5])
    rows = [-16 * mean, 0 * mean, 20 * left, 16 * mean, 20 * top, 0 * mean]
    weights = np.array(rows, np.float32).T
    return [
        numpy_helper.from_array(np.array(1 / 255, np.float32), "scale"),
        numpy_helper.from_array(np.array([-1, 2, 105, 2, 325], np.int64), "quarters"),
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array([6, 0, -4, -10, -4, 0.5], np.float32), "offsets"),
    ]


def make_model(graph: onnx.GraphProto, extras: dict) -> dict[str, bytes]:
    """The files of a model by name."""
    name = graph.name
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
        "vote": {"flips": 4, "majority": 0.75},
        "temperature": 1.0,
        **extras,
        "evidence": {"between": 2, "within": 0.25, "margin": 0.1},
        "training": {"note": "not trained: weights set by hand, for tests"},
        "scores": {},
    }
    text = json.dumps(card, indent=2) + "\n"
    return {f"{name}.onnx": content, f"{name}.json": text.encode()}


if __name__ == "__main__":
    sys.exit(main())
