"""The network of Jankov & Prochaska (2018) and its training: the command `train-paper`."""

import argparse
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spit_train import TrainingError
from spit_train.dataset import (
    TYPES,
    Example,
    Versions,
    digest_examples,
    flip_image,
    hash_file,
    read_datasets,
)
from spit_train.networks import load_weights, save_weights
from spit_train.training import (
    choose_device,
    describe_frames,
    digest_weights,
    read_checkpoint,
    write_checkpoint,
)

# The types of the paper, in its order; it has none for dark frames.
CLASSES = ("bias", "science", "standard", "arc", "flat")
# Times 12 bytes (the weight and two moments of Adam): 810.6 MiB, the size of its checkpoint.
PARAMETERS = 70_830_061
FLIPS = 4
BATCH = 30
# Rate of the original's TensorFlow code; its later Keras code, never published on, has 1e-3.
RATE = 1e-4


class SpitPaper(nn.Module):
    """The network of the paper: logits of five types, [N, 5], from images uint8 [N, 210, 650].

    The `same` padding of TensorFlow's pooling pads the end of an axis, as `ceil_mode` does:
    210 x 650 becomes 105 x 325, then 53 x 163. Pooling comes before ReLU because the two
    commute and this order is faster. Maps are flattened row by row with the channels last,
    as in TensorFlow.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 36, 5, padding="same")
        self.conv2 = nn.Conv2d(36, 64, 5, padding="same")
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.dense1 = nn.Linear(53 * 163 * 64, 128)
        self.dense2 = nn.Linear(128, len(CLASSES))
        for layer in (self.conv1, self.conv2, self.dense1):
            # Initial weights as in Pretty Tensor: He's uniform before a ReLU, else Xavier's.
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        nn.init.xavier_uniform_(self.dense2.weight)
        nn.init.zeros_(self.dense2.bias)

    def forward(self, images: Tensor) -> Tensor:
        x = images.to(torch.float32).unsqueeze(1) / 255
        x = x.contiguous(memory_format=torch.channels_last)
        x = torch.relu(self.pool(self.conv1(x)))
        x = torch.relu(self.pool(self.conv2(x)))
        x = x.permute(0, 2, 3, 1).flatten(1)
        return self.dense2(torch.relu(self.dense1(x)))


def select_kast(examples: list[Example]) -> list[Example]:
    """Returns the Kast frames of the paper's five types."""
    labels = {TYPES.index(name) for name in CLASSES}
    return [one for one in examples if one.spectrograph == "kast" and one.label in labels]


def select_validation(examples: list[Example]) -> list[Example]:
    return [one for one in examples if one.source == "simulated" and one.split != "train"]


def class_index(example: Example) -> int:
    return CLASSES.index(TYPES[example.label])


def balance_classes(examples: list[Example], real_copies: int) -> list[int]:
    """Returns indices of examples, repeated until every class has as many.

    Each real frame is repeated `real_copies` times before that, because there are few.
    """
    by_class: list[list[int]] = [[] for _ in CLASSES]
    for index, one in enumerate(examples):
        by_class[class_index(one)] += [index] * (real_copies if one.source == "real" else 1)
    if not all(by_class):
        raise TrainingError("Cannot train: a type of the paper has no training frame")
    most = max(map(len, by_class))
    return [indices[i % len(indices)] for indices in by_class for i in range(most)]


def draw_batches(
    examples: list[Example], frames: list[int], size: int, seed: int, first: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields batches without end: images uint8 [size, 210, 650] and classes [size].

    Each epoch shows every flip of every frame once, in random order. `first` is the number
    of the first batch: a resumed training sees the same batches as an uninterrupted one.
    """
    per_epoch = len(frames) * FLIPS // size
    number = first
    while True:
        random = np.random.default_rng((seed, number // per_epoch))
        order = random.permutation(len(frames) * FLIPS)
        for position in range(number % per_epoch, per_epoch):
            chosen = order[position * size : (position + 1) * size]
            yield stack_flips(examples, [(frames[i // FLIPS], int(i % FLIPS)) for i in chosen])
            number += 1


def stack_flips(examples: list[Example], chosen: list[tuple[int, int]]) -> tuple[Tensor, Tensor]:
    """Returns images uint8 [n, 210, 650] by index and flip, and their classes [n]."""
    images = np.stack([flip_image(np.asarray(examples[i].image))[flip] for i, flip in chosen])
    classes = [class_index(examples[i]) for i, _ in chosen]
    return torch.from_numpy(images), torch.tensor(classes)


class PaperTraining:
    """A training of the paper's network that can be resumed.

    Writes to the folder `out`: best.pt and best.json, the weights with the best validation
    accuracy and how they came about, and checkpoint.pt, from which `resume` continues.
    `record` is what best.json and the card say about the training.
    """

    def __init__(
        self, network: nn.Module, out: Path, versions: Versions, record: dict, settings: dict
    ) -> None:
        self.network, self.out, self.versions, self.record = network, out, versions, record
        self.device = next(network.parameters()).device.type
        self.settings = {**settings, "weights": digest_weights(network)}
        self.optimiser = torch.optim.Adam(network.parameters(), RATE, fused=True)
        self.parts = {"network": network, "optimiser": self.optimiser}
        self.checkpoint = out / "checkpoint.pt"
        self.batches = 0
        self.best = (-1.0, 0.0)

    def resume(self) -> None:
        if state := read_checkpoint(self.checkpoint, self.settings, self.parts, self.device):
            self.batches, self.best = state["batches"], tuple(state["best"])
            print(f"continuing from {self.checkpoint} at batch {self.batches}", flush=True)

    def fit(
        self,
        batches: Iterator[tuple[Tensor, Tensor]],
        validation: list[Example],
        total: int,
        interval: int,
        deadline: float = float("inf"),
    ) -> None:
        """Trains until `total` batches or the deadline (a time of time.monotonic).

        Validates and saves after every `interval` batches.
        """
        started = time.monotonic()
        while self.batches < total and time.monotonic() < deadline:
            count = min(interval, total - self.batches)
            losses = [self.train_batch(*batch) for batch in itertools.islice(batches, count)]
            self.batches += count
            right, loss = self.validate(validation)
            better = (right, -loss) > self.best
            if better:
                self.best = (right, -loss)
                self.save_best()
            progress = {"batches": self.batches, "best": self.best}
            write_checkpoint(self.checkpoint, self.settings, self.parts, progress)
            print(
                f"batch {self.batches}: loss {sum(losses) / count:.4f}; validation "
                f"{100 * right:.1f} % right, loss {loss:.4f}{' *' if better else ''}; "
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )

    def train_batch(self, images: Tensor, classes: Tensor) -> float:
        self.network.train()
        with torch.autocast(self.device, torch.bfloat16):
            logits = self.network(images.to(self.device))
        loss = F.cross_entropy(logits.float(), classes.to(self.device))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def validate(self, examples: list[Example]) -> tuple[float, float]:
        """Returns the share of frames right and the mean cross-entropy, without flips."""
        self.network.eval()
        images, labels = stack_flips(examples, [(i, 0) for i in range(len(examples))])
        with torch.no_grad():
            # One by one, which needs the least memory.
            logits = [self.network(image[None].to(self.device)).float().cpu() for image in images]
        outputs = torch.cat(logits)
        right = (outputs.argmax(1) == labels).float().mean().item()
        return right, F.cross_entropy(outputs, labels).item()

    def save_best(self) -> None:
        save_weights(self.out / "best.pt", self.network, self.versions)
        record = {
            **self.record,
            "batches": self.batches,
            "images": self.batches * BATCH,
            "validation_right": self.best[0],
            "validation_loss": -self.best[1],
            "batch": BATCH,
            "rate": RATE,
        }
        (self.out / "best.json").write_text(json.dumps(record, indent=2) + "\n")


def train_paper(options: argparse.Namespace) -> None:
    """Runs the command `train-paper`.

    As in the paper: Adam, batches of 30, classes balanced by repeating frames, the four
    flips of each frame as images, cross-entropy; the weights that do best on the validation
    frames are kept. Validation frames are simulated; held-out real nights choose nothing.
    """
    device = choose_device(options.threads)
    data = read_datasets(options.dataset)
    examples = select_kast(data.examples)
    training = [one for one in examples if one.split == "train"]
    validation = select_validation(examples)[: options.validation_frames]
    counts = Counter((one.source, one.type_name) for one in training)
    print(f"{device}; {len(training)} training frames: {dict(sorted(counts.items()))}", flush=True)
    frames = balance_classes(training, options.real_copies)
    described = describe_frames(training, [])
    record = {
        **{name: described[name] for name in ("simulated", "real", "real_by_type")},
        "real_nights": sorted({f"{one.instrument}/{one.night}" for one in training if one.night}),
        "real_copies": options.real_copies,
        "images_per_epoch": len(frames) * FLIPS,
        "validation_frames": len(validation),
        "started_from": options.start.name if options.start else None,
        "started_from_sha256": hash_file(options.start) if options.start else None,
        "seed": options.seed,
        "device": device,
        "torch": torch.__version__,
    }
    torch.manual_seed(options.seed)
    network = SpitPaper().to(memory_format=torch.channels_last)
    if options.start:
        load_weights(network, options.start, data.versions, str(options.dataset[0]))
    settings = {
        "seed": options.seed,
        "real_copies": options.real_copies,
        "examples": digest_examples(training, data.versions),
        "validation": digest_examples(validation, data.versions),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    run = PaperTraining(network.to(device), options.out, data.versions, record, settings)
    run.resume()
    run.fit(
        draw_batches(training, frames, BATCH, options.seed, run.batches),
        validation,
        int(options.epochs * len(frames) * FLIPS / BATCH),
        options.validate_every,
        time.monotonic() + 60 * options.minutes if options.minutes else float("inf"),
    )
