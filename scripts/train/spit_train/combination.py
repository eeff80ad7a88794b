"""Makes one model of several trained networks: the command `combine`."""

import argparse
import json
from pathlib import Path

import numpy as np
from torch import nn

from spit_train import TrainingError
from spit_train.calibration import choose_settings
from spit_train.dataset import (
    OTHER,
    TYPES,
    Example,
    Versions,
    describe_datasets,
    hash_file,
    read_datasets,
    split_examples,
)
from spit_train.networks import Ensemble, count_multiply_adds, find_name, open_network
from spit_train.scores import predict, score_frames, write_predictions
from spit_train.training import choose_device, describe_frames, read_commit, write_model

# A shipped model may have this many weights and multiply-adds (two operations each) for a
# frame, members included.
MOST_PARAMETERS = 2_000_000
MOST_MULTIPLY_ADDS = 200_000_000


def combine(options: argparse.Namespace, **details: object) -> None:
    """Runs the command `combine`. `details` are added to `training` in the card."""
    choose_device(options.threads)
    data = read_datasets(options.dataset)
    training, held_out = split_examples(data.examples, options.hold_out, options.only_simulated)
    files = options.member
    network = combine_weights(files, data.versions, str(options.dataset[0]))
    scores = {
        source: score_frames(network, [one for one in held_out if one.source == source])
        for source in ("real", "simulated")
    }
    print(json.dumps(scores, indent=2), flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    write_predictions(options.out / "held-out.npz", network, held_out)
    if options.thresholds:
        settings = json.loads(options.thresholds.read_text())
    else:
        settings = choose_simulated_settings(network, held_out)
    write_model(
        network,
        options.out / f"{options.name}.onnx",
        held_out[:100] or training[:100],
        data.versions,
        version=options.version,
        settings=settings,
        training={
            **describe_frames(training, held_out),
            "members": [
                describe_member(path, member) for path, member in zip(files, network.members)
            ],
            "datasets": describe_datasets(options.dataset),
            "split": data.split if options.hold_out is None else None,
            **details,
            "commit": read_commit(),
        },
        scores=scores,
    )


def combine_weights(files: list[Path], versions: Versions, data: str) -> Ensemble:
    """Returns the ensemble of the networks in files of weights.

    Raises TrainingError when a file is missing, was trained on data of other versions or
    with other features, and when the ensemble exceeds the budget of a shipped model.
    """
    for path in files:
        if not path.is_file():
            raise TrainingError(f"Cannot combine: there is no file {path}")
    members = [open_network(path, len(TYPES), versions, data) for path in files]
    for path, member in zip(files, members):
        if isinstance(member, Ensemble):
            raise TrainingError(f"Cannot combine {path}: it is an ensemble. Name its members.")
        if member.feature_count != members[0].feature_count:
            raise TrainingError(
                f"Cannot combine {path}: it reads {member.feature_count} features, "
                f"{files[0]} reads {members[0].feature_count}"
            )
    names = [find_name(member) for member in members]
    network = Ensemble(len(TYPES), members[0].feature_count, names)
    for own, member in zip(network.members, members):
        own.load_state_dict(member.state_dict())
    network.eval()
    check_budget(network)
    return network


def check_budget(network: nn.Module) -> None:
    parameters = sum(weights.numel() for weights in network.parameters())
    multiply_adds = count_multiply_adds(network)
    if parameters > MOST_PARAMETERS or multiply_adds > MOST_MULTIPLY_ADDS:
        raise TrainingError(
            f"Cannot combine: {parameters / 1e6:.2f} million weights and "
            f"{multiply_adds / 1e6:.0f} million multiply-adds for a frame; at "
            f"most {MOST_PARAMETERS / 1e6:.0f} and {MOST_MULTIPLY_ADDS / 1e6:.0f} million may "
            "ship. Give fewer members."
        )


def choose_simulated_settings(network: nn.Module, held_out: list[Example]) -> dict:
    """Returns the temperature and the thresholds chosen on the held-out simulated frames."""
    frames = [one for one in held_out if one.source == "simulated"]
    if all(one.label == OTHER for one in frames):
        raise TrainingError(
            "Cannot choose thresholds: no simulated frame with a type was held out. "
            "Give --thresholds."
        )
    probabilities, ood = predict(network, frames)
    labels = np.array([one.label for one in frames])
    chosen_on = {"probabilities": probabilities, "ood": ood, "labels": labels}
    return choose_settings(chosen_on, "simulated")


def describe_member(path: Path, member: nn.Module) -> dict:
    """Returns the entry of a member in the card of the ensemble."""
    return {
        "network": find_name(member),
        "weights": path.name,
        "sha256": hash_file(path),
        "parameters": sum(weights.numel() for weights in member.parameters()),
        "multiply_adds": count_multiply_adds(member),
    }
