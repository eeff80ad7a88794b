"""Exports the paper's network with its dense layer in 8 bits: the command `export-paper`."""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from torch import nn
from torch.nn import functional as F

from spit_train import TrainingError
from spit_train.dataset import Example, check_versions, flip_image, read_datasets
from spit_train.export import blank_images, open_session, write_card, write_onnx
from spit_train.networks import load_weights
from spit_train.paper import CLASSES, SpitPaper, class_index, select_kast, select_validation
from spit_train.scores import compute_wilson, count_votes
from spit_train.training import choose_device, read_commit

TOLERANCE = 0.01
MAX_BYTES = 75_000_000
# Channels of the second convolution: this many neighbouring weights see one pixel.
CHANNELS = 64
# Scores of the paper: 626 test frames, all of nights that its training saw (35 of 35).
PAPER_SCORES = {
    "n": 626,
    "every_flip_normalised_percent": 98.7,
    "right_percent": 98.2,
    "wrong_percent": 0.9,
    "unknown_percent": 0.8,
    "nights": "35 test nights, each of them also a training night",
}


def export_paper(options: argparse.Namespace) -> None:
    """Runs the command `export-paper`.

    Evaluates the four flips of every held-out real Kast frame and of every frame of
    `--test`. Raises TrainingError when quantisation changes the type of one of them or a
    probability by more than TOLERANCE. The temperature is fitted on the simulated
    validation frames that did not choose the weights.
    """
    choose_device(options.threads)
    record = json.loads((options.folder / "best.json").read_text())
    data = read_datasets(options.dataset)
    test = read_datasets([options.test])
    check_versions(test.versions, data.versions, str(options.test), str(options.dataset[0]))
    network = SpitPaper().eval()
    load_weights(network, options.folder / "best.pt", data.versions, str(options.dataset[0]))

    held_out = [one for one in select_kast(data.examples) if one.split != "train"]
    frames = {
        "real_held_out_nights": [one for one in held_out if one.source == "real"],
        "simulated": select_kast(test.examples),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "spit-paper.onnx"
    export_quantised(network, path)
    session = open_session(path, options.threads)
    scores, difference = {}, 0.0
    for name, some in frames.items():
        probabilities, largest = compare_quantised(network, session, some)
        difference = max(difference, largest)
        scores[name] = score_paper(probabilities, np.array([class_index(one) for one in some]))
    compared = 4 * sum(map(len, frames.values()))
    print(f"{compared} images: same types; probabilities within {difference:.5f} of float32")
    print(json.dumps(scores, indent=2), flush=True)
    calibration = select_validation(held_out)[record["validation_frames"] :]
    temperature = fit_paper_temperature(
        np.stack([predict_flips(session, one) for one in calibration]),
        np.array([class_index(one) for one in calibration]),
    )
    checkpoint = options.folder / "checkpoint.pt"
    unseen = [one for one in data.examples if one.source == "real" and one.split != "train"]
    write_card(
        path,
        data.versions,
        options.version,
        CLASSES,
        {"output": {"name": "probabilities"}},
        {"flips": 4, "majority": 0.75},
        temperature=temperature,
        thresholds={"probability": 0},
        training={
            **record,
            # The best weights may be earlier ones.
            "batches_run": torch.load(checkpoint, weights_only=True, mmap=True)["batches"],
            "optimiser": "Adam",
            "split": data.split,
            "held_out_nights": sorted({f"{one.instrument}/{one.night}" for one in unseen}),
            "calibrated_on": f"{len(calibration)} simulated frames",
            "commit": read_commit(),
        },
        parameters=sum(weights.numel() for weights in network.parameters()),
        eight_bits={
            "layer": "dense1",
            "images_compared": compared,
            "largest_difference_of_a_probability": round(difference, 5),
        },
        scores={**scores, "papers_own": PAPER_SCORES},
    )


def export_quantised(network: SpitPaper, path: Path) -> None:
    exported = nn.Sequential(network, nn.Softmax(dim=1))
    write_onnx(exported, {"images": blank_images(2)}, ["probabilities"], path)
    model = onnx.load(path)
    quantise_initializer(model, network.dense1.weight.detach().numpy(), CHANNELS)
    onnx.save(model, path)
    onnx.checker.check_model(str(path))
    if path.stat().st_size > MAX_BYTES:
        raise TrainingError(
            f"Cannot export {path}: it has {path.stat().st_size} bytes, more than {MAX_BYTES}"
        )


def quantise_initializer(model: onnx.ModelProto, weights: np.ndarray, block: int) -> None:
    """Replaces a float32 initializer, found by its values [outputs, inputs], with int8 codes.

    A DequantizeLinear node turns the codes into float32, so the arithmetic is as before.
    `block` is the number of neighbouring inputs that see the same pixel.
    """
    graph = model.graph
    initializer = next(
        one
        for one in graph.initializer
        if list(one.dims) == list(weights.shape)
        and np.array_equal(numpy_helper.to_array(one), weights)
    )
    name = initializer.name
    codes, scales = quantise(weights, block)
    parts = {"codes": codes, "scales": scales, "zeros": np.zeros_like(codes[:, 0])}
    graph.initializer.remove(initializer)
    graph.initializer.extend(
        numpy_helper.from_array(part, f"{name}.{suffix}") for suffix, part in parts.items()
    )
    for value in [one for one in graph.value_info if one.name == name]:
        graph.value_info.remove(value)
    inputs = [f"{name}.{suffix}" for suffix in parts]
    graph.node.insert(0, helper.make_node("DequantizeLinear", inputs, [name], axis=0))


def quantise(weights: np.ndarray, block: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns codes int8 [outputs, inputs] and scales float32 [outputs] with weights nearly
    equal to their product.

    The rounding error of a weight is added to the same channel of the next pixel before
    that is rounded. Neighbouring pixels have similar values, so the errors of a sum cancel.
    """
    scales = (np.abs(weights).max(1) / 127).astype(np.float32)
    outputs, inputs = weights.shape
    steps = (weights / scales[:, None]).reshape(outputs, inputs // block, block)
    codes = np.empty(steps.shape, np.int8)
    carried = np.zeros((outputs, block), np.float32)
    for pixel in range(inputs // block):
        wanted = steps[:, pixel] + carried
        codes[:, pixel] = np.clip(np.rint(wanted), -127, 127)
        carried = wanted - codes[:, pixel]
    return codes.reshape(weights.shape), scales


def compare_quantised(
    network: nn.Module, session: onnxruntime.InferenceSession, frames: list[Example]
) -> tuple[np.ndarray, float]:
    """Returns the probabilities of the exported network, [frames, 4, classes], and their
    largest difference from the float32 network.

    Raises TrainingError when a type changes or a difference exceeds TOLERANCE.
    """
    probabilities, largest = [], 0.0
    for frame in frames:
        found = predict_flips(session, frame)
        with torch.no_grad():
            logits = network(torch.from_numpy(flip_image(np.asarray(frame.image))))
        wanted = torch.softmax(logits, 1).numpy()
        difference = float(np.abs(found - wanted).max())
        if not difference <= TOLERANCE or (found.argmax(1) != wanted.argmax(1)).any():
            raise TrainingError(
                f"Cannot export: quantisation changes {frame.name} from {wanted} to {found}"
            )
        largest = max(largest, difference)
        probabilities.append(found)
    return np.stack(probabilities), largest


def predict_flips(session: onnxruntime.InferenceSession, frame: Example) -> np.ndarray:
    """Returns the probabilities of the four flips of a frame, float32 [4, classes]."""
    return session.run(None, {"images": flip_image(np.asarray(frame.image))})[0]


def score_paper(probabilities: np.ndarray, classes: np.ndarray) -> dict:
    """Returns the scores of [frames, 4, classes] under the two protocols of the paper.

    Section 4.1: share of flips right, with the same weight for every type. Section 4.2: the
    type on which three of four flips agree. The flips of a frame are not independent, so n
    and the interval count frames.
    """
    choices = probabilities.argmax(2)
    present = sorted(set(classes.tolist()))
    by_flip = [(choices[classes == k] == k).mean() for k in present]
    choice, decided = count_votes(probabilities)
    right = decided & (choice == classes)
    n, hits = len(classes), int(right.sum())
    return {
        "n": n,
        "every_flip_normalised_percent": round(100 * float(np.mean(by_flip)), 1),
        "right": hits,
        "wrong": int((decided & ~right).sum()),
        "unknown": int((~decided).sum()),
        "right_percent": round(100 * hits / n, 1),
        "right_interval_95": compute_wilson(hits, n),
        "by_type": {
            CLASSES[k]: f"{int(right[classes == k].sum())}/{int((classes == k).sum())}"
            for k in present
        },
    }


def fit_paper_temperature(probabilities: np.ndarray, classes: np.ndarray) -> float:
    """Returns the temperature with the least cross-entropy over all flips of the frames."""
    logits = torch.from_numpy(np.log(np.maximum(probabilities, 1e-12))).flatten(0, 1)
    labels = torch.from_numpy(np.repeat(classes, probabilities.shape[1]))
    temperatures = np.geomspace(0.2, 20, 400)
    losses = [float(F.cross_entropy(logits / t, labels)) for t in temperatures]
    return round(float(temperatures[int(np.argmin(losses))]), 3)
