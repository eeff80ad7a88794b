"""Makes spit-compact from an empty folder: the command `reproduce`.

Every step writes a file when it is complete, so a run that was stopped continues with
what is missing. A training continues at its last epoch. `steps.json` has the time that each
step took, interrupted tries included, and the card of the model has it as well.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spit_train import TrainingError
from spit_train.combination import combine
from spit_train.dataset import hash_file
from spit_train.finetuning import ROOT, find_deno, make_datasets, tell
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


@dataclass(frozen=True)
class Recipe:
    """The sizes and seeds of everything that is made. The command has no other choices."""

    simulated: tuple[tuple[int, int], ...]  # number of frames and first seed of each dataset
    ood: tuple[tuple[int, int], ...]
    members: dict[str, Member]
    version: str = "0.4.0"
    batch: int = 32
    rate: float = 3e-3
    ood_share: float = 0.15


FULL = Recipe(
    simulated=((6000, 0), (6000, 6000), (6000, 12_000)),
    ood=((1800, 8_000_000), (1800, 8_001_800)),
    members={
        "compact-1": Member(seed=1, epochs=30, images=10_000),
        "compact-2": Member(
            seed=2, epochs=30, images=10_000, smallest_window=0.5, hidden_features=0.35
        ),
    },
)

# Proves that the steps fit together; its network is of no use.
QUICK = Recipe(
    simulated=((120, 0), (60, 120)),
    ood=((24, 8_000_000),),
    members={
        "compact-1": Member(seed=1, epochs=1, images=64),
        "compact-2": Member(seed=2, epochs=1, images=64, hidden_features=0.35),
    },
)


def reproduce(options: argparse.Namespace) -> None:
    """Runs the command `reproduce`: datasets, members, thresholds, model, evidence rows."""
    recipe = QUICK if options.quick else FULL
    out = options.out.resolve()
    check_run(out, recipe)
    data = out / "data"
    jobs = list_datasets(recipe, data)
    steps = Steps(out / "steps.json")
    complete = all((folder / "index.csv").is_file() for folder in jobs)
    steps.run("datasets", complete, lambda: make_datasets(jobs))
    waiting = [name for name in recipe.members if not (data / f"{name}.pt").is_file()]
    steps.run("members", not waiting, lambda: train_members(recipe, waiting, data, jobs, options))
    card = out / "models" / "spit-compact.json"
    steps.run("model", card.is_file(), lambda: combine_members(recipe, options, out, jobs, steps))
    if options.manifest:
        rows = out / "rows.ndjson"
        steps.run("evidence rows", rows.is_file(), lambda: write_rows(options.manifest, card, rows))
    print(f"--model {card}")


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


def check_run(out: Path, recipe: Recipe) -> None:
    """Raises TrainingError when a folder has the run of another recipe."""
    out.mkdir(parents=True, exist_ok=True)
    path, text = out / "recipe.txt", f"{recipe}\n"
    if path.is_file() and path.read_text() != text:
        raise TrainingError(
            f"Cannot continue in {out}: it has a run of another recipe ({path.name}). "
            "Give another --out, or remove it."
        )
    path.write_text(text)


def list_datasets(recipe: Recipe, data: Path) -> dict[Path, list[str]]:
    """Returns the arguments of `cli.ts dataset` for each folder."""
    jobs = {}
    for option, parts in (("simulated", recipe.simulated), ("ood", recipe.ood)):
        for number, (count, seed) in enumerate(parts):
            jobs[data / f"{option}-{number}"] = [f"--{option}", str(count), "--seed", str(seed)]
    return jobs


def train_members(
    recipe: Recipe,
    names: list[str],
    data: Path,
    jobs: dict[Path, list[str]],
    options: argparse.Namespace,
) -> None:
    """Trains members side by side, which share the threads of the processor.

    Two trainings on one thread each take two thirds of the time of one after the other on
    two threads.
    """
    threads = max(1, (options.threads or os.cpu_count() or 1) // len(names))
    # A forked process could not use the threads of PyTorch that its parent has started.
    context = multiprocessing.get_context("spawn")
    trainings = {}
    for name in names:
        arguments = make_training_options(
            recipe, recipe.members[name], data / name, list(jobs), threads
        )
        trainings[name] = context.Process(target=train, args=(arguments,), name=name)
    try:
        for training in trainings.values():
            training.start()
        for training in trainings.values():
            training.join()
    finally:
        for training in trainings.values():
            if training.is_alive():
                training.terminate()
    if failed := [name for name, training in trainings.items() if training.exitcode]:
        raise TrainingError(f"Cannot train {', '.join(failed)}: see the messages above")


def make_training_options(
    recipe: Recipe, member: Member, path: Path, datasets: list[Path], threads: int | None
) -> argparse.Namespace:
    """Returns the options of the command `train` for a member, whose weights go to PATH.pt."""
    return argparse.Namespace(
        **vars(member),
        dataset=datasets,
        batch=recipe.batch,
        rate=recipe.rate,
        real_share=0.0,
        ood_share=recipe.ood_share,
        only_simulated=True,
        hold_out=None,
        start=None,
        blend=1.0,
        save=path.with_suffix(".pt"),
        checkpoint=path.with_suffix(".checkpoint"),
        out=None,
        threads=threads,
    )


def combine_members(
    recipe: Recipe,
    options: argparse.Namespace,
    out: Path,
    jobs: dict[Path, list[str]],
    steps: Steps,
) -> None:
    members = {name: out / "data" / f"{name}.pt" for name in recipe.members}
    combine(
        argparse.Namespace(
            dataset=list(jobs),
            member=list(members.values()),
            name="spit-compact",
            version=recipe.version,
            out=out / "models",
            only_simulated=True,
            hold_out=None,
            thresholds=None,
            threads=options.threads,
        ),
        command="python -m spit_train reproduce" + (" --quick" if options.quick else ""),
        recipe={
            "batch": recipe.batch,
            "rate": recipe.rate,
            "ood_share": recipe.ood_share,
            "datasets": {folder.name: " ".join(jobs[folder]) for folder in jobs},
            "members": {
                name: {**vars(recipe.members[name]), "sha256": hash_file(path)}
                for name, path in members.items()
            },
        },
        seconds=dict(steps.seconds),
    )


def write_rows(manifest: Path, card: Path, rows: Path) -> None:
    """Writes the verdicts for labelled real frames, to which `fit_evidence.ts` fits its tables."""
    part = rows.with_suffix(".part")
    command = [*find_deno(), "run", "-A", "--no-check", "cli.ts", "evaluate"]
    command += [str(manifest.resolve()), "--split", "all", "--model", str(card)]
    code = subprocess.run(
        [*command, "--predictions", str(part)], cwd=ROOT, check=False, stdout=subprocess.DEVNULL
    ).returncode
    if code:
        raise TrainingError(f"Cannot evaluate {card}: cli.ts ended with {code}, see above")
    part.replace(rows)
