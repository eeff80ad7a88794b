"""Adapts a model to an instrument from a few dozen labelled frames: the command `finetune`.

`cli.ts dataset` makes the input images and features of the labelled frames, with the code
that classifies them later. Simulated frames are shown beside them so that the network
keeps what it had learned. The last layers of the network, or of every member of an
ensemble, are trained; the layers before them stay as they are.
"""

import argparse
import copy
import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

import numpy as np
from torch import nn

from spit_train import TrainingError
from spit_train.dataset import (
    OTHER,
    TYPES,
    Example,
    TrainingData,
    check_versions,
    hash_file,
    read_datasets,
)
from spit_train.export import read_card_versions
from spit_train.networks import freeze_first_layers, open_network
from spit_train.progress import Progress
from spit_train.sampling import Sampling
from spit_train.scores import predict
from spit_train.training import Schedule, choose_device, describe_training, fit, write_model

ROOT = Path(__file__).resolve().parents[3]

# Numbers of simulated frames and of simulated out-of-distribution frames.
SIMULATED = 360
OOD = 72
# Their first seeds: none of the shipped networks was trained on these.
FIRST_SEED = 40_000_000
FIRST_OOD_SEED = 48_000_000
# Frames that one process makes.
PART = 72
SAMPLING = Sampling(images=960, real_share=0.6, ood_share=0.1)
SCHEDULE = Schedule(epochs=4, batch=32, rate=2e-3, seed=1)
# With fewer labels none is held out: a quarter of them would decide nothing.
FEWEST_TO_HOLD_OUT = 8


def finetune(
    options: argparse.Namespace,
    sampling: Sampling = SAMPLING,
    schedule: Schedule = SCHEDULE,
    simulated: int = SIMULATED,
    ood: int = OOD,
) -> None:
    device = choose_device(options.threads)
    card_path, weights = find_model(options.model)
    base = json.loads(card_path.read_text())
    labels = hash_file(options.manifest)[:12]
    work = options.out / "work"
    data = make_training_data(options.manifest, simulated, ood, work)
    check_versions(read_card_versions(base, card_path), data.versions, str(card_path), "this code")
    labelled = [one for one in data.examples if one.source == "real" and one.label != OTHER]
    if not labelled:
        raise TrainingError(f"Cannot fine-tune: {options.manifest} labels no frame with a type")
    held_out, rule = hold_out_labels(labelled)
    # The few frames that a manifest labels `other` do not suffice to adapt the
    # out-of-distribution score, so they are left out.
    examples = [one for one in data.examples if one.source != "real"]
    names = {one.name for one in held_out}
    examples += [one for one in labelled if one.name not in names]
    counts = dict(Counter(one.type_name for one in labelled))
    tell(f"{len(labelled)} labelled frames: {counts}; {rule}")
    before = open_network(weights, len(TYPES), data.versions, "this code").eval()
    network = copy.deepcopy(before)
    freeze_first_layers(network)
    checkpoint = work / f"checkpoint-{labels}.pt"
    network = fit(network, examples, data.versions, sampling, schedule, device, checkpoint)
    network, scores = keep_better(before, network, held_out)
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
            held_out,
            sampling,
            schedule,
            started_from=f"{base['name']}@{base['version']}",
            started_from_sha256=hash_file(weights),
            device=device,
        ),
        # Scores on frames that trained the network would not forecast its results on others.
        scores=scores,
    )
    shutil.rmtree(work, ignore_errors=True)
    print(f"--model {options.out / name}.json")


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


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


def hold_out_labels(labelled: list[Example]) -> tuple[list[Example], str]:
    """Returns the labelled frames to judge the fine-tuning by, and the rule in words.

    These are the frames on the validation side, where the manifest names one. Otherwise
    they are a quarter of the labels in whole nights, in the order of a hash; nights that
    would leave less than half to train on are not taken. Labels without a night, or of a
    single one, are held out frame by frame. With fewer than eight labels none is.
    """
    if chosen := [one for one in labelled if one.split == "validation"]:
        return chosen, f"{len(chosen)} held out, as the manifest says (split)"
    if len(labelled) < FEWEST_TO_HOLD_OUT:
        return [], f"none held out, because there are fewer than {FEWEST_TO_HOLD_OUT}"
    nights, frames = defaultdict(list), defaultdict(list)
    for one in labelled:
        # The HDUs of a file are held out together.
        file = one.name.partition("[")[0]
        nights[(one.spectrograph, one.night) if one.night else file].append(one)
        frames[file].append(one)
    if held_out := take_groups(nights, len(labelled)):
        unit = "whole nights" if any(one.night for one in held_out) else "the manifest has no night"
        return held_out, f"{len(held_out)} held out ({unit})"
    held_out = take_groups(frames, len(labelled))
    return held_out, f"{len(held_out)} held out, of the night that is trained on"


def take_groups(groups: dict, total: int) -> list[Example]:
    """Takes groups in the order of a hash until they have a quarter of all frames."""
    taken: list[Example] = []
    for key in sorted(groups, key=lambda key: hashlib.sha256(repr(key).encode()).digest()):
        if 4 * len(taken) < total and 2 * (len(taken) + len(groups[key])) <= total:
            taken += groups[key]
    return taken


def keep_better(
    before: nn.Module, after: nn.Module, held_out: list[Example]
) -> tuple[nn.Module, dict]:
    """Returns the adapted network unless it is worse on the held-out labels, and the scores.

    Fewer right types are worse; with as many, a lower mean log probability of the labels.
    """
    if not held_out:
        tell("no label was held out: whether the labels help was not tested")
        return after, {}
    old, new = score_labels(before, held_out), score_labels(after, held_out)
    kept = "adapted" if new >= old else "base"
    tell(
        f"held-out labels right: {old[0]} of {len(held_out)} before, {new[0]} after; "
        f"mean log probability {old[1]:.3f} and {new[1]:.3f}"
    )
    if kept == "base":
        tell("the labels made the network worse on the held-out ones: the old weights are kept")
    scores = {"n": len(held_out), "right_before": old[0], "right_after": new[0], "kept": kept}
    return (after if kept == "adapted" else before), {"held_out_labels": scores}


def score_labels(network: nn.Module, frames: list[Example]) -> tuple[int, float]:
    """Returns the number of right types and the mean log probability of the labels."""
    means = predict(network, frames)[0].mean(1)
    labels = np.array([one.label for one in frames])
    own = means[np.arange(len(labels)), labels].clip(1e-9)
    return int((means.argmax(1) == labels).sum()), float(np.log(own).mean())


def make_training_data(manifest: Path, simulated: int, ood: int, work: Path) -> TrainingData:
    """Makes the dataset of a manifest and those of simulated frames, and reads them into memory.

    As many processes as there are processors make the frames. Datasets that an interrupted
    run completed in the folder `work` are used again. Only frames that the manifest places
    in validation are on that side.
    """
    if not (ROOT / "cli.ts").is_file():
        raise TrainingError(
            "Cannot run cli.ts: install this package from its repository, "
            "with `pip install -e scripts/train`"
        )
    parts = {f"labels-{hash_file(manifest)[:12]}": ["--manifest", str(manifest.resolve())]}
    for option, total, seed in (
        ("--simulated", simulated, FIRST_SEED),
        ("--ood", ood, FIRST_OOD_SEED),
    ):
        for first in range(0, total, PART):
            count, own = min(PART, total - first), seed + first
            parts[f"{option[2:]}-{own}-{count}"] = [option, str(count), "--seed", str(own)]
    jobs = {work / name: arguments for name, arguments in parts.items()}
    make_datasets(jobs)
    data = read_datasets(list(jobs))
    validation = read_validation_paths(manifest)
    examples = [
        replace(
            one,
            image=one.image.copy(),
            split="validation" if is_listed(one, validation) else "train",
        )
        for one in data.examples
    ]
    return replace(data, examples=examples)


def make_datasets(jobs: dict[Path, list[str]], workers: int | None = None) -> None:
    """Runs `cli.ts dataset FOLDER ARGUMENTS` for each folder that is not complete yet."""
    waiting = {
        folder: arguments
        for folder, arguments in jobs.items()
        if not (folder / "index.csv").is_file()
    }
    progress = Progress("making frames", len(jobs), len(jobs) - len(waiting))

    def make(folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        command = [*find_deno(), "run", "-A", "--no-check", "cli.ts", "dataset"]
        command += [str(folder.resolve()), *waiting[folder]]
        made = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        if made.returncode:
            raise TrainingError(f"Cannot make the dataset {folder}: {made.stderr.strip()[-2000:]}")

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        made = [pool.submit(make, folder) for folder in waiting]
        try:
            for one in as_completed(made):
                one.result()
                progress.advance(always=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def read_validation_paths(manifest: Path) -> set[Path]:
    """Returns the paths of the frames with a `split` of validation in a label manifest."""
    with open(manifest, newline="", encoding="utf-8-sig") as file:
        return {
            (manifest.parent / row["path"]).resolve()
            for row in csv.DictReader(file)
            if row.get("split") == "validation" and row.get("path")
        }


def is_listed(example: Example, paths: set[Path]) -> bool:
    """Whether a real frame is one of the paths; its name is its path, perhaps with an HDU."""
    if example.source != "real":
        return False
    names = {example.name, example.name.rpartition("[")[0]} - {""}
    return any(Path(name).resolve() in paths for name in names)


def find_deno() -> list[str]:
    """Returns the command that runs Deno: $DENO, `deno` on the PATH, or npm's package."""
    if found := os.environ.get("DENO") or shutil.which("deno"):
        return [found]
    return ["npx", "-y", "deno@2.9.6"]
