"""Reads the datasets that `deno task dataset` writes (docs/dataset.md)."""

import csv
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from spit_train import TrainingError

TYPES = ("bias", "dark", "arc", "flat", "standard", "science")
OTHER = 255
IMAGE_HEIGHT = 210
IMAGE_WIDTH = 650


@dataclass(frozen=True)
class Versions:
    """Versions of the code that made the input images and the features."""

    preprocessing: int
    features: int

    def __str__(self) -> str:
        return f"preprocessing {self.preprocessing}, features {self.features}"


@dataclass(frozen=True)
class Example:
    """One input image with its features, its label and its origin."""

    image: np.ndarray  # uint8 [210, 650], memory-mapped
    features: np.ndarray  # float32 [S], of the raw frame
    label: int  # index in TYPES, or OTHER
    split: str  # train | validation
    source: str  # simulated | real
    name: str
    instrument: str
    night: str
    confidence: str  # of the label: high | medium | low

    @property
    def spectrograph(self) -> str:
        """The part of the instrument's name that the arms of a spectrograph share."""
        return self.instrument.split("-")[0]

    @property
    def type_name(self) -> str:
        return "other" if self.label == OTHER else TYPES[self.label]


@dataclass(frozen=True)
class TrainingData:
    """The examples of one or more datasets made by the same versions of the code."""

    examples: list[Example]
    versions: Versions
    split: dict | None  # rule that assigned the real frames to train and validation


def read_datasets(folders: list[Path]) -> TrainingData:
    """Reads datasets in the order given; input images stay on disk until used.

    Raises TrainingError for an incomplete dataset and for datasets whose versions, list
    of types or number of features differ.
    """
    headers = [read_header(folder) for folder in folders]
    versions = [read_versions(folder, header) for folder, header in zip(folders, headers)]
    for folder, other in zip(folders, versions):
        check_versions(other, versions[0], str(folder), str(folders[0]))
    examples = [example for folder in folders for example in read_examples(folder)]
    if not examples:
        raise TrainingError(f"Cannot train: no example in {', '.join(map(str, folders))}")
    for example in examples:
        if example.features.shape != examples[0].features.shape:
            raise TrainingError(
                f"Cannot use the datasets together: {example.name} has "
                f"{len(example.features)} features, {examples[0].name} has "
                f"{len(examples[0].features)}. Make the datasets again with one version of SPIT."
            )
    rules = [header["split"] for header in headers if header.get("split")]
    return TrainingData(examples, versions[0], rules[0] if rules else None)


def read_header(folder: Path) -> dict:
    """Reads `dataset.json` and checks that the dataset is complete and its types are ours."""
    for name, meaning in {
        "index.csv": "it was not completed",
        "dataset.json": "it does not record the versions that made it",
    }.items():
        if not (folder / name).is_file():
            raise TrainingError(
                f"Cannot read the dataset {folder}: {name} is missing, so {meaning}. "
                f"Make it again with `deno task dataset {folder}`."
            )
    header = json.loads((folder / "dataset.json").read_text())
    if tuple(header.get("types", ())) != TYPES:
        raise TrainingError(
            f"Cannot read the dataset {folder}: its labels count the types "
            f"{header.get('types')}, this code {list(TYPES)}."
        )
    return header


def read_versions(folder: Path, header: dict) -> Versions:
    """Returns the versions in `dataset.json` or a model card's equivalent."""
    values = header.get("preprocessing"), header.get("features")
    if not all(type(value) is int for value in values):
        raise TrainingError(
            f"Cannot read {folder}: it needs the numbers `preprocessing` and `features`."
        )
    return Versions(*values)


def check_versions(found: Versions, wanted: Versions, name: str, reference: str) -> None:
    """Raises TrainingError when two inputs of a training come from different versions."""
    if found != wanted:
        raise TrainingError(
            f"Cannot use {name} ({found}) with {reference} ({wanted}): they were made by "
            "different versions of the code. Make the older one again."
        )


def read_examples(folder: Path) -> list[Example]:
    arrays: dict[str, tuple[np.ndarray, ...]] = {}
    examples = []
    fields = ("split", "source", "name", "instrument", "night", "confidence")
    with open(folder / "index.csv", newline="") as file:
        for entry in csv.DictReader(file):
            number = f"{int(entry['shard']):04d}"
            if number not in arrays:
                images = np.load(folder / f"input_images-{number}.npy", mmap_mode="r")
                features = np.load(folder / f"features-{number}.npy")
                arrays[number] = images, features, np.load(folder / f"labels-{number}.npy")
            image, features, label = (array[int(entry["row"])] for array in arrays[number])
            values = {field: entry[field] for field in fields}
            examples.append(Example(image, features, int(label), **values))
    return examples


def split_examples(
    examples: list[Example], hold_out: Path | None = None, only_simulated: bool = False
) -> tuple[list[Example], list[Example]]:
    """Returns the examples to train on and those held out.

    Without `hold_out` the `split` of each example decides. `hold_out` lists the names of
    real frames, one a line; a name stands for every HDU of its file. All other real frames
    and the simulated frames of the training side are then trained on.
    """
    if only_simulated:
        examples = [one for one in examples if one.source == "simulated"]
    if hold_out is None:
        training = [one for one in examples if one.split == "train"]
        return training, [one for one in examples if one.split != "train"]
    names = set(filter(None, hold_out.read_text().splitlines()))
    training, held_out, found = [], [], set()
    for one in examples:
        matches = names & {one.name, one.name.rpartition("[")[0]}
        if matches:
            held_out.append(one)
            found |= matches
        elif one.source == "real" or one.split == "train":
            training.append(one)
    if missing := names - found:
        raise TrainingError(
            f"Cannot hold out {min(missing)}, listed in {hold_out}: no dataset contains it"
        )
    return training, held_out


def digest_examples(examples: list[Example], versions: Versions) -> str:
    """Returns a SHA-256 that differs when other examples are trained on."""
    digest = hashlib.sha256(repr(asdict(versions)).encode())
    for one in examples:
        digest.update(f"{one.name}\0{one.label}\0{one.source}\0".encode())
        digest.update(np.ascontiguousarray(one.features).tobytes())
    return digest.hexdigest()


def describe_datasets(folders: list[Path]) -> list[dict]:
    """Returns name and SHA-256 of datasets, over the names and contents of their files."""
    described = []
    for folder in folders:
        digest = hashlib.sha256()
        for path in sorted(one for one in folder.iterdir() if one.is_file()):
            digest.update(f"{path.name}\0{hash_file(path)}\0".encode())
        described.append({"name": folder.name, "sha256": digest.hexdigest()})
    return described


def hash_file(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flip_image(image: np.ndarray) -> np.ndarray:
    """Returns the four flips: identity, rows flipped, columns flipped, both. uint8 [4, H, W]."""
    return np.stack([image, image[::-1], image[:, ::-1], image[::-1, ::-1]])
