"""Train a network on dataset shards, export it to ONNX and write its card.

    python scripts/train.py --dataset data/simulated --dataset data/real

The shards come from `deno task dataset` (docs/dataset.md). Training sees the
rows whose split is `train`, and runs a fixed schedule to its end: no epoch,
threshold or other choice is made on the validation rows, which are scored once,
after the last. The same seed, shards and machine give the same network.
"""

import argparse
import copy
import json
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from augment import augment
from export import export_onnx, write_card
from networks import NETWORKS, multiply_adds
from scores import probabilities_of, score
from shards import OTHER, TYPES, Row, read_shards
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    epochs: int
    pictures: int  # drawn for each epoch
    batch: int
    rate: float
    real_share: float
    seed: int


class Epoch(Dataset):
    """Pictures drawn for one epoch, the types balanced as in the paper.

    The paper repeats the frames of rarer types until all are as many. Drawing
    with replacement does the same without copies on disk. Real and simulated
    frames are mixed at a fixed share, and among the real ones of a type every
    spectrograph counts the same, so that one with many frames does not rule.
    """

    def __init__(self, rows: list[Row], schedule: Schedule, number: int) -> None:
        self.rows = rows
        self.seed = (schedule.seed, number)
        random = np.random.default_rng(self.seed)
        pools = [pools_of(rows, label) for label in range(len(TYPES))]
        self.draws = []
        for i in range(schedule.pictures):
            simulated, real = pools[i % len(TYPES)]
            use_real = bool(real) and (not simulated or random.random() < schedule.real_share)
            pool = real[random.integers(len(real))] if use_real else simulated
            self.draws.append(pool[random.integers(len(pool))])
        random.shuffle(self.draws)

    def __len__(self) -> int:
        return len(self.draws)

    def __getitem__(self, position: int) -> tuple[torch.Tensor, int]:
        row = self.rows[self.draws[position]]
        random = np.random.default_rng((*self.seed, position))
        return torch.from_numpy(augment(row.picture, random)), row.label


def pools_of(rows: list[Row], label: int) -> tuple[list[int], list[list[int]]]:
    """Indices of the simulated rows of a type, and of its real ones by spectrograph."""
    simulated = []
    real: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.label != label:
            continue
        if row.source == "simulated":
            simulated.append(index)
        else:
            real.setdefault(row.spectrograph, []).append(index)
    return simulated, list(real.values())


def fit(
    name: str, rows: list[Row], schedule: Schedule, device: str, checkpoint: Path, workers: int
) -> nn.Module:
    """A network after the whole schedule: the running mean of its weights over steps.

    Writes a checkpoint after each epoch and goes on from it when it is there.
    """
    torch.manual_seed(schedule.seed)
    network = NETWORKS[name](len(TYPES)).to(device)
    mean = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=schedule.rate, weight_decay=0.02)
    steps = schedule.epochs * (schedule.pictures // schedule.batch)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, steps, pct_start=0.1)
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=device)
        network.load_state_dict(state["network"])
        mean.load_state_dict(state["mean"])
        optimiser.load_state_dict(state["optimiser"])
        rates.load_state_dict(state["rates"])
        first = state["epoch"] + 1
        print(f"going on from epoch {first}", flush=True)
    for number in range(first, schedule.epochs):
        started, losses = time.monotonic(), []
        network.train()
        epoch = Epoch(rows, schedule, number)
        batches = DataLoader(
            epoch, schedule.batch, num_workers=workers, drop_last=True, pin_memory=device == "cuda"
        )
        for pictures, labels in batches:
            pictures, labels = pictures.to(device), labels.to(device)
            with torch.autocast(device, torch.bfloat16):
                logits = network(pictures)
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=0.05)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            rates.step()
            follow(mean, network, rates.last_epoch)
            losses.append(loss.item())
        torch.save(
            {
                "epoch": number,
                "network": network.state_dict(),
                "mean": mean.state_dict(),
                "optimiser": optimiser.state_dict(),
                "rates": rates.state_dict(),
            },
            checkpoint,
        )
        seconds = time.monotonic() - started
        print(f"epoch {number}: loss {np.mean(losses):.4f}, {seconds:.0f} s", flush=True)
    return mean.cpu()


def follow(mean: nn.Module, network: nn.Module, step: int) -> None:
    """Move a running mean of the weights towards a network."""
    keep = min(0.998, step / (step + 10))
    with torch.no_grad():
        for slow, fast in zip(mean.state_dict().values(), network.state_dict().values()):
            if slow.dtype.is_floating_point:
                slow.lerp_(fast, 1 - keep)
            else:
                slow.copy_(fast)


def fit_temperature(network: nn.Module, rows: list[Row]) -> float:
    """The temperature that makes held-out real frames most likely (Guo et al. 2017)."""
    logs = torch.from_numpy(np.log(probabilities_of(network, rows).clip(1e-12)))
    labels = torch.tensor([row.label for row in rows]).repeat_interleave(4)
    temperatures = np.exp(np.linspace(np.log(0.3), np.log(5), 200))
    losses = [
        float(F.cross_entropy(logs.reshape(-1, len(TYPES)) / t, labels)) for t in temperatures
    ]
    return round(float(temperatures[int(np.argmin(losses))]), 3)


def held_out(rows: list[Row], share: float, seed: int) -> set[str]:
    """Spectrographs, drawn until they hold a share of the real rows."""
    real = [row for row in rows if row.source == "real"]
    names = sorted({row.spectrograph for row in real})
    np.random.default_rng(seed).shuffle(names)
    chosen: set[str] = set()
    for name in names:
        if sum(row.spectrograph in chosen for row in real) >= share * len(real):
            break
        chosen.add(name)
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dataset", type=Path, action="append", required=True)
    parser.add_argument("--network", choices=NETWORKS, default="spit-compact")
    parser.add_argument("--version", default="0.1.1")
    parser.add_argument("--out", type=Path, default=Path("models"))
    parser.add_argument("--work", type=Path, default=Path("data/training"), help="checkpoints")
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--pictures", type=int, default=9000, help="drawn for each epoch")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--real-share", type=float, default=0.35)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument(
        "--calibration-share",
        type=float,
        default=0.3,
        help="share of the real training frames, by spectrograph, left out of a first run that "
        "gives the temperature; 0 skips that run and leaves the temperature at 1",
    )
    options = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    options.work.mkdir(parents=True, exist_ok=True)
    rows = [row for row in read_shards(options.dataset) if row.label != OTHER]
    training = [row for row in rows if row.split == "train"]
    validation = [row for row in rows if row.split == "validation" and row.source == "real"]
    simulated = [row for row in rows if row.split == "validation" and row.source == "simulated"]
    counts = Counter((row.source, TYPES[row.label]) for row in training)
    print(
        f"{device}; {len(training)} training pictures: {dict(sorted(counts.items()))}", flush=True
    )

    schedule = Schedule(
        options.epochs,
        options.pictures,
        options.batch,
        options.rate,
        options.real_share,
        options.seed,
    )
    temperature, calibrated_on = 1.0, []
    if options.calibration_share > 0:
        out = held_out(training, options.calibration_share, options.seed)
        kept = [row for row in training if row.source == "simulated" or row.spectrograph not in out]
        left = [row for row in training if row.source == "real" and row.spectrograph in out]
        checkpoint = options.work / f"{options.network}-calibration.pt"
        network = fit(options.network, kept, schedule, device, checkpoint, options.workers)
        temperature, calibrated_on = fit_temperature(network, left), sorted(out)
        print(f"temperature {temperature} on {len(left)} frames of {calibrated_on}")
        print("  these, unseen:", score(network, left), flush=True)

    checkpoint = options.work / f"{options.network}.pt"
    network = fit(options.network, training, schedule, device, checkpoint, options.workers)
    scores = {"real": score(network, validation), "simulated": score(network, simulated)}
    print(json.dumps(scores, indent=2))

    options.out.mkdir(parents=True, exist_ok=True)
    onnx = options.out / f"{options.network}.onnx"
    worst = export_onnx(network, onnx, [row.picture for row in (validation + simulated)[:100]])
    print(f"PyTorch and onnxruntime differ by at most {worst:.1e} on 100 pictures")
    write_card(
        onnx,
        name=options.network,
        version=options.version,
        classes=TYPES,
        temperature=temperature,
        training={
            "simulated": sum(row.source == "simulated" for row in training),
            "real": sum(row.source == "real" for row in training),
            "real_by_type": dict(
                Counter(TYPES[row.label] for row in training if row.source == "real")
            ),
            "instruments": sorted({r.instrument for r in training if r.source == "real"}),
            "validation_unseen_instruments": sorted(
                {r.instrument for r in validation}
                - {r.instrument for r in training if r.source == "real"}
            ),
            "validation_unseen_nights": sorted(
                {
                    f"{r.instrument}/{r.night}"
                    for r in validation
                    if r.instrument in {t.instrument for t in training if t.source == "real"}
                }
            ),
            "calibrated_on": calibrated_on,
            **vars(schedule),
            "optimiser": "AdamW, one-cycle rate, running mean of weights",
            "device": device,
            "torch": torch.__version__,
            "commit": subprocess.run(
                ["git", "rev-parse", "--short", "HEAD"], check=False, capture_output=True, text=True
            ).stdout.strip(),
        },
        parameters=sum(p.numel() for p in network.parameters()),
        multiply_adds=multiply_adds(network),
        scores=scores,
    )


if __name__ == "__main__":
    main()
