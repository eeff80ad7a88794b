"""Makes spit-compact from an empty folder: the command `reproduce`.

Members are trained on simulated frames alone: first on all layouts, then with residual blocks,
more frames of the layouts whose kind of light is found least often, and more frames that are
no spectra. Their mean is the model in `simulated/`, whose verdicts for the real frames show
how well unseen spectrographs are classified, and to which the evidence is fitted. With a
manifest of real frames, the members are then adapted to the frames on the training side of
its split. Their mean is the model in `models/`.

Every step writes a file when it is complete, so a run that was stopped continues with
what is missing. A training continues at its last epoch. `steps.json` has the time that each
step took, interrupted tries included, and the card of the model has it as well.
"""

import argparse
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spit_train import TrainingError
from spit_train.calibration import choose_settings
from spit_train.combination import combine
from spit_train.dataset import TYPES, read_datasets, split_examples
from spit_train.finetuning import ROOT, find_deno, make_datasets, tell
from spit_train.networks import open_network
from spit_train.scores import predict
from spit_train.training import train


@dataclass(frozen=True)
class Member:
    """A member of the ensemble and how it is trained, on simulated frames alone."""

    seed: int
    epochs: int
    images: int
    network: str = "spit-compact"
    crop_share: float = 0.5
    smallest_window: float = 0.6
    noise_share: float = 0.3
    hidden_features: float = 0.2
    kinds_weight: float = 1.0


@dataclass(frozen=True)
class Continuation:
    """How the training of a member is continued, with the datasets `layouts` and `more_ood`."""

    network: str = "spit-deep"
    epochs: int = 32
    images: int = 8000
    rate: float = 1.5e-3
    seed: int = 10  # added to that of the member, so that other images are drawn


@dataclass(frozen=True)
class Adaptation:
    """How a member is adapted to real frames."""

    epochs: int = 5
    images: int = 5000
    rate: float = 1e-3
    real_share: float = 0.5
    blend: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """The sizes and seeds of everything that is made. The command has no other choices."""

    simulated: tuple[tuple[int, int], ...]  # number of frames and first seed of each dataset
    layouts: tuple[tuple[int, int], ...]  # of `LAYOUTS`
    ood: tuple[tuple[int, int], ...]
    more_ood: tuple[tuple[int, int], ...]
    members: dict[str, Member]
    continuation: Continuation = Continuation()
    adaptation: Adaptation = Adaptation()
    version: str = "0.13.0"
    batch: int = 32
    rate: float = 3e-3
    ood_share: float = 0.2


# The frames that are added when the training is continued: with light, in layouts of many
# spectra, whose kind of light is found least often (docs/training.md, "By layout").
LAYOUTS = (
    *("--instrument", "slitlets", "echelle", "orders", "fibres"),
    *("--type", "arc", "flat", "standard", "science"),
)

FULL = Recipe(
    simulated=((9000, 0), (9000, 9000), (9000, 18_000), (9000, 27_000)),
    layouts=((5600, 36_000), (5600, 41_600)),
    ood=((5600, 8_000_000), (5600, 8_005_600)),
    more_ood=((2800, 8_011_200), (2800, 8_014_000)),
    members={
        "compact-1": Member(seed=1, epochs=48, images=10_000),
        "compact-2": Member(
            seed=2, epochs=48, images=10_000, smallest_window=0.5, hidden_features=0.35
        ),
    },
)

# Proves that the steps fit together; its network is of no use.
QUICK = Recipe(
    simulated=((120, 0), (60, 120)),
    layouts=((40, 180),),
    ood=((24, 8_000_000),),
    more_ood=((12, 8_000_024),),
    members={
        "compact-1": Member(seed=1, epochs=1, images=64),
        "compact-2": Member(seed=2, epochs=1, images=64, hidden_features=0.35),
    },
    continuation=Continuation(epochs=1, images=64),
    adaptation=Adaptation(epochs=1, images=64),
)


def reproduce(options: argparse.Namespace) -> None:
    """Runs the command `reproduce`."""
    recipe = QUICK if options.quick else FULL
    run = Run(recipe, options.out.resolve(), options.manifest, options.threads)
    check_run(run)
    steps = Steps(run.out / "steps.json")
    complete = all((folder / "index.csv").is_file() for folder in run.datasets)
    steps.run("datasets", complete, lambda: make_datasets(run.datasets))
    train_members(run, steps, "members", make_first_options)
    train_members(run, steps, "continuation", make_continuation_options)
    trained = [run.find_weights(name, "-continued") for name in recipe.members]
    card = make_model(run, steps, "simulated", trained)
    if options.manifest:
        rows = run.out / "rows.ndjson"
        steps.run("evidence rows", rows.is_file(), lambda: write_rows(options.manifest, card, rows))
        train_members(run, steps, "adaptation", make_adaptation_options)
        adapted = [run.find_weights(name, "-adapted") for name in recipe.members]
        card = make_model(run, steps, "models", adapted)
    print(f"--model {card}")


class Run:
    """The folder of a run, its recipe and its datasets."""

    def __init__(
        self, recipe: Recipe, out: Path, manifest: Path | None, threads: int | None
    ) -> None:
        self.recipe, self.out, self.threads = recipe, out, threads
        self.data = out / "data"
        # The arguments of `cli.ts dataset` for each folder, and the folders of the first training.
        self.datasets: dict[Path, list[str]] = {}
        self.first: list[Path] = []
        for name, option, parts, more in (
            ("simulated", "--simulated", recipe.simulated, ()),
            ("ood", "--ood", recipe.ood, ()),
            ("layouts", "--simulated", recipe.layouts, LAYOUTS),
            ("more-ood", "--ood", recipe.more_ood, ()),
        ):
            for number, (count, seed) in enumerate(parts):
                folder = self.data / f"{name}-{number}"
                self.datasets[folder] = [option, str(count), "--seed", str(seed), *more]
                if name in ("simulated", "ood"):
                    self.first.append(folder)
        self.real = self.data / "real"
        if manifest:
            self.datasets[self.real] = ["--manifest", str(manifest.resolve())]

    def find_weights(self, name: str, stage: str = "") -> Path:
        """Returns the file with the weights of a member."""
        return self.data / f"{name}{stage}.pt"

    def list_simulated(self) -> list[Path]:
        return [folder for folder in self.datasets if folder != self.real]


class Steps:
    """Runs steps that are not complete and records the time that each has taken so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = json.loads(path.read_text()) if path.is_file() else {}

    def run(self, name: str, complete: bool, work: Callable[[], None]) -> None:
        if complete:
            tell(f"{name}: complete")
            return
        tell(f"{name}: started")
        before, started = self.seconds.get(name, 0), time.monotonic()
        try:
            work()
        finally:
            self.seconds[name] = round(before + time.monotonic() - started, 1)
            self.path.write_text(json.dumps(self.seconds, indent=2) + "\n")


def check_run(run: Run) -> None:
    """Raises TrainingError when a folder has the run of another recipe."""
    run.out.mkdir(parents=True, exist_ok=True)
    path, text = run.out / "recipe.txt", f"{run.recipe}\n"
    if path.is_file() and path.read_text() != text:
        raise TrainingError(
            f"Cannot continue in {run.out}: it has a run of another recipe ({path.name}). "
            "Give another --out, or remove it."
        )
    path.write_text(text)


def train_members(
    run: Run, steps: Steps, step: str, make_options: Callable[[Run, str], argparse.Namespace]
) -> None:
    """Trains the members side by side, which share the threads of the processor.

    Two trainings on one thread each take two thirds of the time of one after the other on
    two threads.
    """
    jobs = {name: make_options(run, name) for name in run.recipe.members}
    jobs = {name: job for name, job in jobs.items() if not job.save.is_file()}
    steps.run(step, not jobs, lambda: train_together(jobs, run.threads))


def train_together(jobs: dict[str, argparse.Namespace], threads: int | None) -> None:
    # A forked process could not use the threads of PyTorch that its parent has started.
    context = multiprocessing.get_context("spawn")
    trainings = {}
    for name, job in jobs.items():
        job.threads = max(1, (threads or os.cpu_count() or 1) // len(jobs))
        trainings[name] = context.Process(target=train, args=(job,), name=name)
    # Without a handler, SIGTERM would end this process alone, and leave the trainings running.
    handler = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        for training in trainings.values():
            training.start()
        for training in trainings.values():
            training.join()
    finally:
        for training in trainings.values():
            if training.is_alive():
                training.terminate()
        signal.signal(signal.SIGTERM, handler)
    if failed := [name for name, training in trainings.items() if training.exitcode]:
        raise TrainingError(f"Cannot train {', '.join(failed)}: see the messages above")


def make_first_options(run: Run, name: str) -> argparse.Namespace:
    """Returns the options of the command `train` for a member, on simulated frames alone."""
    path = run.find_weights(name)
    return argparse.Namespace(
        **vars(run.recipe.members[name]),
        dataset=run.first,
        batch=run.recipe.batch,
        rate=run.recipe.rate,
        real_share=0.0,
        ood_share=run.recipe.ood_share,
        only_simulated=True,
        hold_out=None,
        start=None,
        blend=1.0,
        save=path,
        checkpoint=path.with_suffix(".checkpoint"),
        out=None,
    )


def make_continuation_options(run: Run, name: str) -> argparse.Namespace:
    """Returns the options of the command `train` to continue the training of a member."""
    first = make_first_options(run, name)
    continuation = run.recipe.continuation
    path = run.find_weights(name, "-continued")
    return argparse.Namespace(
        **{
            **vars(first),
            **vars(continuation),
            "seed": first.seed + continuation.seed,
            "dataset": run.list_simulated(),
            "start": first.save,
            "save": path,
            "checkpoint": path.with_suffix(".checkpoint"),
        }
    )


def make_adaptation_options(run: Run, name: str) -> argparse.Namespace:
    """Returns the options of the command `train` for the adaptation of a member."""
    first = make_first_options(run, name)
    path = run.find_weights(name, "-adapted")
    return argparse.Namespace(
        **{
            **vars(first),
            **vars(run.recipe.adaptation),
            "network": run.recipe.continuation.network,
            "dataset": [run.real, *run.list_simulated()],
            "only_simulated": False,
            "start": run.find_weights(name, "-continued"),
            "save": path,
            "checkpoint": path.with_suffix(".checkpoint"),
        }
    )


def make_model(run: Run, steps: Steps, folder: str, weights: list[Path]) -> Path:
    """Combines members to a model in a folder of the run, and returns its card."""
    card = run.out / folder / "spit-compact.json"
    steps.run(folder, card.is_file(), lambda: combine_members(run, steps, card, weights))
    return card


def combine_members(run: Run, steps: Steps, card: Path, weights: list[Path]) -> None:
    recipe = run.recipe
    is_adapted = run.real in run.datasets and card.parent.name == "models"
    combine(
        argparse.Namespace(
            dataset=list(run.datasets) if is_adapted else run.list_simulated(),
            member=weights,
            name="spit-compact",
            version=recipe.version,
            out=card.parent,
            only_simulated=not is_adapted,
            hold_out=None,
            thresholds=write_settings(run) if is_adapted else None,
            threads=run.threads,
        ),
        command="python -m spit_train reproduce" + (" --quick" if recipe is QUICK else ""),
        recipe={
            "batch": recipe.batch,
            "rate": recipe.rate,
            "ood_share": recipe.ood_share,
            "datasets": {
                folder.name: " ".join(arguments)
                for folder, arguments in run.datasets.items()
                if folder != run.real
            },
            "members": {name: vars(member) for name, member in recipe.members.items()},
            "continuation": vars(recipe.continuation),
            "adaptation": vars(recipe.adaptation) if is_adapted else None,
        },
        seconds=dict(steps.seconds),
    )


def write_settings(run: Run) -> Path:
    """Writes the temperature and the thresholds of the model that ships, and returns the file.

    They are chosen on the real frames of the training side, with the networks that saw none.
    Chosen on simulated frames, which are easier than real ones but more often unusual, the
    temperature gives probabilities that are too high, and the threshold of the
    out-of-distribution score accepts too much.
    """
    data = read_datasets([run.real])
    weights = run.out / "simulated" / "spit-compact.pt"
    network = open_network(weights, len(TYPES), data.versions, str(run.real))
    frames, _ = split_examples(data.examples)
    probabilities, ood = predict(network, frames)
    labels = np.array([one.label for one in frames])
    settings = choose_settings({"probabilities": probabilities, "ood": ood, "labels": labels})
    path = run.data / "settings.json"
    path.write_text(json.dumps(settings, indent=2) + "\n")
    return path


def write_rows(manifest: Path, card: Path, rows: Path) -> None:
    """Writes the verdicts for labelled real frames, to which `fit_evidence.ts` fits its tables.

    The model must not have been trained on a real frame.
    """
    part = rows.with_suffix(".part")
    command = [*find_deno(), "run", "-A", "--no-check", "cli.ts", "evaluate"]
    command += [str(manifest.resolve()), "--split", "all", "--model", str(card)]
    code = subprocess.run(
        [*command, "--predictions", str(part)], cwd=ROOT, check=False, stdout=subprocess.DEVNULL
    ).returncode
    if code:
        raise TrainingError(f"Cannot evaluate {card}: cli.ts ended with {code}, see above")
    part.replace(rows)
