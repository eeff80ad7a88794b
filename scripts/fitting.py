"""Gradient descent: a network, its frames and a schedule give a trained network."""

import copy
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from networks import NETWORKS
from sampling import Epoch, Shares
from shards import OTHER, TYPES, Row
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

# Weight of the question whether a frame has a type at all.
STRANGE_WEIGHT = 0.5


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    epochs: int
    batch: int
    rate: float


def new_network(name: str, rows: list[Row]) -> nn.Module:
    """An untrained network, its statistics on the scale of the frames given."""
    network = NETWORKS[name](len(TYPES), len(rows[0].statistics))
    network.statistics.fit_scale(torch.from_numpy(np.stack([row.statistics for row in rows])))
    return network


def fit(
    network: nn.Module,
    rows: list[Row],
    shares: Shares,
    schedule: Schedule,
    device: str,
    checkpoint: Path | None = None,
) -> nn.Module:
    """The network after the whole schedule: the running mean of its weights over steps.

    Writes a checkpoint after each epoch and goes on from it when it is there.
    """
    torch.manual_seed(shares.seed)
    network = network.to(device)
    mean = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=schedule.rate, weight_decay=0.02)
    steps = schedule.epochs * (shares.pictures // schedule.batch)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, steps, pct_start=0.1)
    parts = {"network": network, "mean": mean, "optimiser": optimiser, "rates": rates}
    first = resume(checkpoint, parts, device)
    for number in range(first, schedule.epochs):
        started, losses = time.monotonic(), []
        network.train()
        epoch = Epoch(rows, shares, number)
        for batch in DataLoader(epoch, schedule.batch, drop_last=True):
            pictures, statistics, labels = (part.to(device) for part in batch)
            with torch.autocast(device, torch.bfloat16):
                logits, strange = network(pictures, statistics)
            loss = loss_of(logits.float(), strange.float(), labels)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            rates.step()
            follow(mean, network, rates.last_epoch)
            losses.append(loss.item())
        if checkpoint:
            states = {name: part.state_dict() for name, part in parts.items()}
            torch.save({"epoch": number, **states}, checkpoint)
        seconds = time.monotonic() - started
        print(f"epoch {number}: loss {np.mean(losses):.4f}, {seconds:.0f} s", flush=True)
    return mean.cpu()


def loss_of(logits: Tensor, strange: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of the types where there is one, and of having none everywhere."""
    typed = labels != OTHER
    loss = F.cross_entropy(logits[typed], labels[typed], label_smoothing=0.05)
    none = (~typed).float()
    return loss + STRANGE_WEIGHT * F.binary_cross_entropy_with_logits(strange, none)


def resume(checkpoint: Path | None, parts: dict, device: str) -> int:
    """Take up a checkpoint; the epoch to begin with."""
    if checkpoint is None or not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True, map_location=device)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    print(f"going on from epoch {state['epoch'] + 1}", flush=True)
    return state["epoch"] + 1


def blended(before: nn.Module, after: nn.Module, share: float) -> nn.Module:
    """A network between one and what training made of it: `share` of the way.

    Keeps most of what the few cameras of the last step teach of themselves and most of
    what the network could do on others (Wortsman et al. 2022, CVPR, "Robust fine-tuning
    of zero-shot models").
    """
    out = copy.deepcopy(after)
    old = before.state_dict()
    with torch.no_grad():
        for name, value in out.state_dict().items():
            if value.dtype.is_floating_point:
                value.copy_(torch.lerp(old[name].to(value), value, share))
    return out


def follow(mean: nn.Module, network: nn.Module, step: int) -> None:
    """Move a running mean of the weights towards a network."""
    keep = min(0.998, step / (step + 10))
    with torch.no_grad():
        for slow, fast in zip(mean.state_dict().values(), network.state_dict().values()):
            if slow.dtype.is_floating_point:
                slow.lerp_(fast, 1 - keep)
            else:
                slow.copy_(fast)
