"""Exports a network to ONNX, compares it with PyTorch and writes its model card."""

import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from spit_train import TrainingError
from spit_train.dataset import IMAGE_HEIGHT, IMAGE_WIDTH, Example, Versions, flip_image, hash_file
from spit_train.merging import merge_network
from spit_train.networks import Exported

OPSET = 18
TOLERANCE = 1e-4


def export_onnx(network: nn.Module, path: Path, frames: list[Example]) -> float:
    """Writes a network with its scaling and softmax; the batch is the only free axis.

    The members of an ensemble are merged (`merge_network`).

    Runs the four flips of each frame in PyTorch and in onnxruntime. Raises TrainingError
    when a probability differs by more than TOLERANCE, or differs as much between the flips
    of a frame although the network is invariant under flips. Returns the largest
    difference between PyTorch and onnxruntime.
    """
    exported = Exported(network.eval()).eval()
    features = torch.zeros(2, network.feature_count)
    inputs = {"images": blank_images(2), "features": features}
    write_onnx(merge_network(network), inputs, ["probabilities", "ood"], path)
    session = open_session(path)
    largest = 0.0
    for frame in frames:
        images = flip_image(np.asarray(frame.image))
        features = np.repeat(frame.features[None], len(images), axis=0)
        outputs = session.run(None, {"images": images, "features": features})
        with torch.no_grad():
            expected = exported(torch.from_numpy(images), torch.from_numpy(features))
        for output, wanted in zip(outputs, expected):
            largest = max(largest, float(np.abs(output - wanted.numpy()).max()))
            spread = float(np.ptp(output, axis=0).max())
            if network.flip_invariant and not spread <= TOLERANCE:
                raise TrainingError(
                    f"Cannot export {path}: the flips of {frame.name} differ by {spread}"
                )
        if not largest <= TOLERANCE:
            raise TrainingError(
                f"Cannot export {path}: onnxruntime differs from PyTorch by {largest} "
                f"on {frame.name}"
            )
    return largest


def write_onnx(
    module: nn.Module, inputs: dict[str, torch.Tensor], outputs: list[str], path: Path
) -> None:
    """Writes a module as one ONNX file; the first axis of every input is free."""
    batch = torch.export.Dim("batch", min=1)
    with warnings.catch_warnings():
        # The exporter warns of its own deprecated calls.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            path,
            input_names=list(inputs),
            output_names=outputs,
            dynamic_shapes=tuple({0: batch} for _ in inputs),
            opset_version=OPSET,
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    model = onnx.load(path)
    remove_metadata(model)
    onnx.save(model, path)
    onnx.checker.check_model(str(path))


def remove_metadata(model: onnx.ModelProto) -> None:
    """Removes the notes of the exporter, among them the paths of this machine's source files."""
    graph = model.graph
    parts = [model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output]
    for part in [*parts, *graph.initializer, *model.functions]:
        part.ClearField("doc_string")
        part.ClearField("metadata_props")


def open_session(path: Path, threads: int | None = None) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def blank_images(count: int) -> torch.Tensor:
    """Returns blank input images, uint8 [count, 210, 650]."""
    return torch.zeros(count, IMAGE_HEIGHT, IMAGE_WIDTH, dtype=torch.uint8)


def write_card(
    onnx_path: Path,
    versions: Versions,
    version: str,
    classes: tuple[str, ...],
    tensors: dict,
    vote: dict,
    *,
    temperature: float,
    thresholds: dict,
    **details: object,
) -> None:
    """Writes a model card beside its network: the fields that code needs, then the others.

    The versions are those recorded in the datasets.
    """
    card = {
        "name": onnx_path.stem,
        "version": version,
        "onnx": onnx_path.name,
        "sha256": hash_file(onnx_path),
        "classes": classes,
        "input": {"name": "images", "type": "uint8", "shape": ["N", IMAGE_HEIGHT, IMAGE_WIDTH]},
        **tensors,
        "preprocessing": versions.preprocessing,
        "vote": vote,
        "temperature": temperature,
        "thresholds": thresholds,
        "opset": OPSET,
        **details,
    }
    onnx_path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")


def read_card_versions(card: dict, path: Path) -> Versions:
    """Returns the versions in the card of a network that reads features."""
    # Cards written before 0.5.0 call the features statistics.
    features = card.get("features") or card.get("statistics")
    if not features:
        raise TrainingError(f"Cannot use {path}: its network reads no features")
    return Versions(card["preprocessing"], features["version"])
