"""Small datasets for the tests of scripts/train."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from spit_train.__main__ import main
from spit_train.dataset import (
    IMAGE_HEIGHT,
    IMAGE_WIDTH,
    OTHER,
    TYPES,
    Example,
    hash_file,
)

# Threads of one small training hinder each other on a busy machine.
torch.set_num_threads(1)

ROOT = Path(__file__).parents[3]
FEATURES = 47
SPLIT = {"seed": "8", "instruments": 0, "nights": 0.25}


def make_example(label: int, number: int, **fields: str) -> Example:
    """An image with a pattern of its type and noise of its own."""
    random = np.random.default_rng((label, number))
    image = random.integers(0, 60, (IMAGE_HEIGHT, IMAGE_WIDTH), np.uint8)
    image[:, 20 * label % 600 : 20 * label % 600 + 40] += 100
    image[: 10 + label] += 50
    values = {
        "split": "train",
        "source": "simulated",
        "name": f"{label}/{number}",
        "instrument": "kast-red",
        "night": "",
        "confidence": "high",
        **fields,
    }
    features = random.normal(label % 7, 1, FEATURES).astype(np.float32)
    return Example(image, features, label, **values)


def make_examples(count: int, **fields: str) -> list[Example]:
    """`count` examples of each type."""
    return [
        make_example(label, k, **fields)
        for label in range(len(TYPES))
        for k in range(count)
    ]


def write_dataset(folder: Path, examples: list[Example], **header: object) -> Path:
    """Writes a dataset in two shards, as lib/evaluation/dataset.ts does."""
    folder.mkdir(parents=True)
    description = {
        "preprocessing": 1,
        "features": 1,
        "types": TYPES,
        "split": None,
        **header,
    }
    (folder / "dataset.json").write_text(json.dumps(description))
    size = (len(examples) + 1) // 2
    fields = ("split", "source", "name", "instrument", "night", "confidence")
    with open(folder / "index.csv", "w", newline="") as file:
        index = csv.DictWriter(file, ("shard", "row", "label", *fields))
        index.writeheader()
        for number in range(2):
            shard = examples[number * size : (number + 1) * size]
            np.save(
                folder / f"input_images-{number:04d}.npy", [one.image for one in shard]
            )
            np.save(
                folder / f"features-{number:04d}.npy", [one.features for one in shard]
            )
            labels = np.array([one.label for one in shard], np.uint8)
            np.save(folder / f"labels-{number:04d}.npy", labels)
            for row, one in enumerate(shard):
                values = {field: getattr(one, field) for field in fields}
                index.writerow(
                    {"shard": number, "row": row, "label": one.type_name, **values}
                )
    return folder


class Trained:
    """A model trained for one tiny epoch by the command `train`."""

    def __init__(self, folder: Path) -> None:
        self.dataset = write_dataset(
            folder / "data",
            make_examples(2)
            + make_examples(1, source="real", night="2020-01-01", instrument="sprat")
            + make_examples(1, source="real", night="2020-01-02", split="validation")
            + make_examples(1, split="validation")
            + [make_example(OTHER, 0), make_example(OTHER, 1, split="validation")],
            preprocessing=7,
            features=9,
            split=SPLIT,
        )
        self.start = folder / "start.pt"
        common = [
            "--dataset",
            str(self.dataset),
            "--images",
            "8",
            "--batch",
            "4",
            "--epochs",
            "1",
        ]
        assert (
            main(["train", *common, "--only-simulated", "--save", str(self.start)]) == 0
        )
        self.start_sha256 = hash_file(self.start)
        self.out = folder / "out"
        arguments = [
            "--start",
            str(self.start),
            "--blend",
            "0.5",
            "--out",
            str(self.out),
        ]
        assert main(["train", *common, *arguments]) == 0
        self.onnx = self.out / "spit-compact.onnx"
        self.card = json.loads((self.out / "spit-compact.json").read_text())


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return Trained(tmp_path_factory.mktemp("trained"))
