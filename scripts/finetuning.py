"""Adapt a network to an instrument from a few dozen labelled frames.

The frames are those of a label manifest; `cli.ts dataset` makes their pictures
and statistics, by the very code that types them later. Simulated frames are
shown beside them, so that what the network knew is not forgotten.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import torch
from fitting import Schedule, fit, new_network
from sampling import Shares
from shards import OTHER, Row, read_shards
from torch import nn

ROOT = Path(__file__).resolve().parent.parent

# Simulated frames beside the labelled ones; two processes make them in about a minute.
SIMULATED = 720
# A seed that no shipped network was trained on.
SEED = 40_000_000
SHARES = Shares(pictures=1440, real=0.6, impostors=0.0, seed=1)
SCHEDULE = Schedule(epochs=6, batch=32, rate=2e-3)


def model_files(model: str) -> tuple[Path, Path]:
    """Card and weights of a model, by its name in models/ or the path of its card."""
    card = Path(model) if model.endswith(".json") else ROOT / "models" / f"{model}.json"
    weights = card.with_suffix(".pt")
    for path in (card, weights):
        if not path.is_file():
            raise SystemExit(f"no {path}: fine-tuning needs a model's card and, beside it, its .pt")
    return card, weights


def labelled_rows(manifest: Path, simulated: int = SIMULATED) -> list[Row]:
    """Frames of a manifest, and simulated ones, each with picture and statistics."""
    with tempfile.TemporaryDirectory() as folder:
        parts = [
            ["--manifest", str(manifest.resolve())],
            *(
                ["--simulated", str(simulated // 2), "--seed", str(SEED + k * simulated)]
                for k in range(2)
            ),
        ]
        folders = [Path(folder, str(k)) for k in range(len(parts))]
        runs = [
            subprocess.Popen([*deno(), "run", "-A", "cli.ts", "dataset", str(out), *part], cwd=ROOT)
            for out, part in zip(folders, parts)
        ]
        codes = [run.wait() for run in runs]
        if any(codes):
            raise SystemExit(f"the pictures of {manifest} could not be made; see above")
        rows = read_shards(folders)
        # The folder goes, and the shards are only mapped.
        return [in_memory(row) for row in rows]


def in_memory(row: Row) -> Row:
    fields = {name: getattr(row, name) for name in Row.__dataclass_fields__}
    return Row(**{**fields, "picture": row.picture.copy(), "split": "train"})


def deno() -> list[str]:
    """The command that runs Deno."""
    if found := os.environ.get("DENO") or shutil.which("deno"):
        return [found]
    return ["npx", "-y", "deno@2.9.6"]


def finetune(weights: Path, rows: list[Row], device: str) -> nn.Module:
    """A network that starts from weights and has seen the rows too."""
    network = new_network("spit-compact", rows)
    network.load_state_dict(torch.load(weights, weights_only=True))
    # Whatever has no type teaches nothing here without impostors beside it.
    typed = [row for row in rows if row.label != OTHER]
    return fit(network, typed, SHARES, SCHEDULE, device)
