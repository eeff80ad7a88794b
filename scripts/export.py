"""Export to ONNX, the check that nothing changed on the way, and the model card."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from networks import PICTURE_HEIGHT, PICTURE_WIDTH, Exported
from scores import four_views
from shards import Row
from torch import nn

OPSET = 18
TOLERANCE = 1e-4


def export_onnx(network: nn.Module, path: Path, rows: list[Row]) -> float:
    """Write a network with its scaling and softmax; the batch is the only free axis.

    Runs both on the four views of the frames given and raises when a probability
    differs by more than TOLERANCE, also between the views of a frame: the card says
    that they are alike. Returns the largest difference from PyTorch.
    """
    exported = Exported(network.eval()).eval()
    count = network.statistics.centre.numel()
    example = torch.zeros(2, PICTURE_HEIGHT, PICTURE_WIDTH, dtype=torch.uint8)
    batch = torch.export.Dim("views", min=1)
    torch.onnx.export(
        exported,
        (example, torch.zeros(2, count)),
        path,
        input_names=["views", "statistics"],
        output_names=["probabilities", "strangeness"],
        dynamic_shapes={"views": {0: batch}, "statistics": {0: batch}},
        opset_version=OPSET,
        external_data=False,
        dynamo=True,
        verbose=False,
    )
    forget_origins(path)
    onnx.checker.check_model(str(path))
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    worst = 0.0
    with torch.no_grad():
        for row in rows:
            views = four_views(np.asarray(row.picture))
            statistics = np.repeat(row.statistics[None], len(views), axis=0)
            there = session.run(None, {"views": views, "statistics": statistics})
            here = exported(torch.from_numpy(views), torch.from_numpy(statistics))
            for one, other in zip(there, here):
                worst = max(worst, float(np.abs(one - other.numpy()).max()))
                if (apart := float(np.ptp(one, axis=0).max())) > TOLERANCE:
                    raise SystemExit(f"{path}: views of {row.name} differ by {apart}")
    if worst > TOLERANCE:
        raise SystemExit(f"{path}: onnxruntime differs from PyTorch by {worst}")
    return worst


def forget_origins(path: Path) -> None:
    """Remove what the exporter notes of this machine: source paths of every node."""
    model = onnx.load(path)
    graph = model.graph
    notes = [model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output]
    for noted in [*notes, *graph.initializer, *model.functions]:
        noted.ClearField("doc_string")
        noted.ClearField("metadata_props")
    onnx.save(model, path)


def write_card(onnx_path: Path, **card: object) -> None:
    """Write the card beside the network: what code needs first, then what a reader asks."""
    name = card.pop("name")
    whole = {
        "name": name,
        "version": card.pop("version"),
        "onnx": onnx_path.name,
        "sha256": hashlib.sha256(onnx_path.read_bytes()).hexdigest(),
        "classes": card.pop("classes"),
        "input": {"name": "views", "type": "uint8", "shape": ["N", PICTURE_HEIGHT, PICTURE_WIDTH]},
        "statistics": {"name": "statistics", "version": 1, "length": card.pop("statistics")},
        "output": {"name": "probabilities"},
        "strangeness": {"name": "strangeness"},
        "preprocessing": 1,
        "vote": {"views": 4, "majority": 0.75, "alike": True},
        "temperature": card.pop("temperature"),
        "thresholds": card.pop("thresholds"),
        "opset": OPSET,
        **card,
    }
    onnx_path.with_suffix(".json").write_text(json.dumps(whole, indent=2) + "\n")
