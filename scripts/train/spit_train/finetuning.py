"""Adapts a model to an instrument from a few dozen labelled frames: the command `finetune`.

`cli.ts dataset` makes the input images and features of the labelled frames, with the code
that classifies them later. Simulated frames are shown beside them so that the network
keeps what it had learned.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from spit_train import TrainingError
from spit_train.dataset import OTHER, TrainingData, check_versions, hash_file, read_datasets
from spit_train.export import read_card_versions
from spit_train.networks import load_weights
from spit_train.sampling import Sampling
from spit_train.training import (
    Schedule,
    choose_device,
    create_network,
    describe_training,
    fit,
    write_model,
)

ROOT = Path(__file__).resolve().parents[3]

# Number of simulated frames; two processes make them in about a minute.
SIMULATED = 720
# First seed of the simulated frames: none of the shipped networks was trained on these.
FIRST_SEED = 40_000_000
SAMPLING = Sampling(images=1440, real_share=0.6, ood_share=0.0)
SCHEDULE = Schedule(epochs=6, batch=32, rate=2e-3, seed=1)


def finetune(
    options: argparse.Namespace,
    sampling: Sampling = SAMPLING,
    schedule: Schedule = SCHEDULE,
    simulated: int = SIMULATED,
) -> None:
    device = choose_device(options.threads)
    card_path, weights = find_model(options.model)
    base = json.loads(card_path.read_text())
    data = make_training_data(options.manifest, simulated)
    check_versions(read_card_versions(base, card_path), data.versions, str(card_path), "this code")
    # Out-of-distribution frames are left out: the few that a manifest labels `other` do not
    # suffice to adapt the out-of-distribution score.
    examples = [one for one in data.examples if one.label != OTHER]
    labelled = [one for one in examples if one.source == "real"]
    if not labelled:
        raise TrainingError(f"Cannot fine-tune: {options.manifest} labels no frame with a type")
    print(f"{len(labelled)} labelled frames: {dict(Counter(one.type_name for one in labelled))}")
    network = create_network("spit-compact", examples, schedule.seed)
    load_weights(network, weights, data.versions, "this code")
    network = fit(network, examples, data.versions, sampling, schedule, device)
    name = options.out.name
    write_model(
        network,
        options.out / f"{name}.onnx",
        labelled,
        data.versions,
        version=base["version"],
        settings=read_settings(base),
        training=describe_training(
            examples,
            [],
            sampling,
            schedule,
            started_from=f"{base['name']}@{base['version']}",
            started_from_sha256=hash_file(weights),
            device=device,
        ),
        # Scores on frames that trained the network would not forecast its results on others.
        scores={},
    )
    print(f"--model {options.out / name}.json")


def find_model(model: str) -> tuple[Path, Path]:
    """Returns the card and the weights of a model, given by name or by the path of its card."""
    card = Path(model) if model.endswith(".json") else ROOT / "models" / f"{model}.json"
    weights = card.with_suffix(".pt")
    for path in (card, weights):
        if not path.is_file():
            raise TrainingError(
                f"Cannot find {path}: fine-tuning needs the model card and, beside it, the "
                "weights (.pt)"
            )
    return card, weights


def read_settings(card: dict) -> dict:
    """Returns temperature, thresholds and evidence weights, under the names used since 0.5.0."""
    old = {"confidence": "probability", "strangeness": "ood"}
    thresholds = {old.get(name, name): value for name, value in card["thresholds"].items()}
    settings = {"temperature": card["temperature"], "thresholds": thresholds}
    return settings | ({"evidence": card["evidence"]} if "evidence" in card else {})


def make_training_data(manifest: Path, simulated: int) -> TrainingData:
    """Makes the dataset of a manifest and one of simulated frames, and reads them into memory.

    Every example is on the training side.
    """
    if not (ROOT / "cli.ts").is_file():
        raise TrainingError(
            "Cannot run cli.ts: install this package from its repository, "
            "with `pip install -e scripts/train`"
        )
    with tempfile.TemporaryDirectory() as temporary:
        half = ["--simulated", str(simulated // 2), "--seed"]
        parts = [
            ["--manifest", str(manifest.resolve())],
            [*half, str(FIRST_SEED)],
            [*half, str(FIRST_SEED + simulated)],
        ]
        folders = [Path(temporary, str(k)) for k in range(len(parts))]
        command = [*find_deno(), "run", "-A", "cli.ts", "dataset"]
        processes = [
            subprocess.Popen([*command, str(folder), *part], cwd=ROOT)
            for folder, part in zip(folders, parts)
        ]
        if any([process.wait() for process in processes]):
            raise TrainingError(f"Cannot make the dataset of {manifest}: see the error above")
        data = read_datasets(folders)
        examples = [replace(one, image=one.image.copy(), split="train") for one in data.examples]
        return replace(data, examples=examples)


def find_deno() -> list[str]:
    """Returns the command that runs Deno: $DENO, `deno` on the PATH, or npm's package."""
    if found := os.environ.get("DENO") or shutil.which("deno"):
        return [found]
    return ["npx", "-y", "deno@2.9.6"]
