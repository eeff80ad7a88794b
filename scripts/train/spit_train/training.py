"""Trains a network: gradient descent, checkpoints and the command `train`."""

import argparse
import copy
import hashlib
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from spit_train import TrainingError
from spit_train.dataset import (
    OTHER,
    TYPES,
    Example,
    Versions,
    describe_datasets,
    digest_examples,
    hash_file,
    read_datasets,
    split_examples,
)
from spit_train.export import export_onnx, write_card
from spit_train.networks import (
    NETWORKS,
    count_multiply_adds,
    get_members,
    load_weights,
    save_weights,
    set_training,
)
from spit_train.progress import Progress
from spit_train.sampling import Augmentation, Epoch, Sampling
from spit_train.scores import score_frames, write_predictions

# Weight of the out-of-distribution loss beside the cross-entropy of the types.
OOD_WEIGHT = 1.0


# The kind of light of each type: bias and dark have the same, and standard and science.
KINDS = torch.tensor([0, 0, 1, 2, 3, 3])


@dataclass(frozen=True)
class Schedule:
    """Length, rate and loss of a training, and the seed of everything random in it."""

    epochs: int
    batch: int
    rate: float
    seed: int
    kinds: float = 0.0  # weight of the cross-entropy of the kinds of light


def create_network(name: str, examples: list[Example], seed: int) -> nn.Module:
    """Returns an untrained network whose feature scaling is fitted to the examples."""
    torch.manual_seed(seed)
    network = NETWORKS[name](len(TYPES), len(examples[0].features))
    network.features.fit_scale(torch.from_numpy(np.stack([one.features for one in examples])))
    return network


def fit(
    network: nn.Module,
    examples: list[Example],
    versions: Versions,
    sampling: Sampling,
    schedule: Schedule,
    device: str,
    checkpoint: Path | None = None,
    name: str = "training",
) -> nn.Module:
    """Runs the whole schedule and returns the running mean of the network over the steps.

    Parameters that need no gradient stay as they are. Prints the progress on standard error.
    Writes a checkpoint after each epoch. If the checkpoint exists, continues from it and
    gives the same network as an uninterrupted run on the same machine. Raises
    TrainingError when the checkpoint is of another training.
    """
    half = can_use_bfloat16(device)
    settings = {
        "sampling": asdict(sampling),
        "schedule": asdict(schedule),
        "examples": digest_examples(examples, versions),
        "start": digest_weights(network),
        "precision": "bfloat16" if half else "float32",
        "hidden": [one.features.hidden for one in get_members(network)],
    }
    torch.manual_seed(schedule.seed)
    network = network.to(device)
    mean = copy.deepcopy(network).eval()
    trained = [weights for weights in network.parameters() if weights.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=schedule.rate, weight_decay=0.02)
    batches = sampling.images // schedule.batch
    steps = schedule.epochs * batches
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, steps, pct_start=0.1)
    parts = {"network": network, "mean": mean, "optimiser": optimiser, "rates": rates}
    first = 0
    if checkpoint and (saved := read_checkpoint(checkpoint, settings, parts, device)):
        first = saved["epochs"]
        print(f"continuing from {checkpoint} at epoch {first}", file=sys.stderr, flush=True)
    progress = Progress(name, steps, first * batches)
    for number in range(first, schedule.epochs):
        started, losses = time.monotonic(), []
        set_training(network)
        epoch = Epoch(examples, sampling, schedule.seed, number)
        for batch in DataLoader(epoch, schedule.batch, drop_last=True):
            images, features, labels = (part.to(device) for part in batch)
            with torch.autocast(device, torch.bfloat16, enabled=half):
                logits, ood = network(images, features)
            loss = compute_loss(logits.float(), ood.float(), labels, schedule.kinds)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            rates.step()
            update_mean(mean, network, rates.last_epoch)
            losses.append(loss.item())
            progress.advance(f"epoch {number} of {schedule.epochs}, loss {np.mean(losses):.4f}")
        if checkpoint:
            write_checkpoint(checkpoint, settings, parts, {"epochs": number + 1})
        seconds = time.monotonic() - started
        progress.report(f"epoch {number} done: loss {np.mean(losses):.4f}, {seconds:.0f} s")
    return mean.cpu()


def compute_loss(logits: Tensor, ood: Tensor, labels: Tensor, kinds: float = 0.0) -> Tensor:
    """Returns the cross-entropy of the frames with a type plus the out-of-distribution loss.

    The cross-entropy of the kinds of light, with the weight `kinds`, makes a network learn
    rather what the light shows than what no image tells: a standard from a science frame.
    """
    typed = labels != OTHER
    logits, types = logits[typed], labels[typed].long()
    loss = F.cross_entropy(logits, types, label_smoothing=0.05)
    if kinds:
        of_type = KINDS.to(types.device)
        logs = F.log_softmax(logits, 1)
        sums = [torch.logsumexp(logs[:, of_type == kind], 1) for kind in of_type.unique()]
        loss = loss + kinds * F.nll_loss(torch.stack(sums, 1), of_type[types])
    return loss + OOD_WEIGHT * F.binary_cross_entropy_with_logits(ood, (~typed).float())


def update_mean(mean: nn.Module, network: nn.Module, step: int) -> None:
    """Moves the running mean of the weights towards a network."""
    keep = min(0.998, step / (step + 10))
    with torch.no_grad():
        for slow, fast in zip(mean.state_dict().values(), network.state_dict().values()):
            if slow.dtype.is_floating_point:
                slow.lerp_(fast, 1 - keep)
            else:
                slow.copy_(fast)


def blend(before: nn.Module, after: nn.Module, share: float) -> nn.Module:
    """Returns the network `share` of the way from `before` to `after`.

    Blending keeps most of what the network could do on other cameras before its last step
    (Wortsman et al. 2022, CVPR, "Robust fine-tuning of zero-shot models").
    """
    out = copy.deepcopy(after)
    old = before.state_dict()
    with torch.no_grad():
        for name, value in out.state_dict().items():
            if value.dtype.is_floating_point:
                value.copy_(torch.lerp(old[name].to(value), value, share))
    return out


def digest_weights(network: nn.Module) -> str:
    digest = hashlib.sha256()
    for name, value in network.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def write_checkpoint(path: Path, settings: dict, parts: dict, progress: dict) -> None:
    """Writes all that a training needs to continue, replacing the file at once.

    `parts` are modules, optimisers and schedulers by name. The draws of the sampler follow
    from the seed and the progress and need no state.
    """
    state = {
        "settings": settings,
        "parts": {name: part.state_dict() for name, part in parts.items()},
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        **progress,
    }
    temporary = path.with_name(path.name + ".part")
    torch.save(state, temporary)
    temporary.replace(path)


def read_checkpoint(path: Path, settings: dict, parts: dict, device: str) -> dict | None:
    """Loads a checkpoint into `parts`, restores the random state and returns the checkpoint.

    Returns None when there is none. Raises TrainingError when it has other settings.
    """
    if not path.exists():
        return None
    state = torch.load(path, weights_only=True, map_location=device)
    saved = state.get("settings", {})
    if changed := [name for name in settings if settings[name] != saved.get(name)]:
        raise TrainingError(
            f"Cannot continue from {path}: it was written with other settings "
            f"({', '.join(changed)}). Remove it or name another file."
        )
    for name, part in parts.items():
        part.load_state_dict(state["parts"][name])
    torch.set_rng_state(state["random"].cpu())
    if state["random_cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([one.cpu() for one in state["random_cuda"]])
    return state


def can_use_bfloat16(device: str) -> bool:
    """Whether bfloat16 is faster than float32 on a device.

    On a processor without instructions for it, training in bfloat16 takes three to four
    times as long as in float32.
    """
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def choose_device(threads: int | None) -> str:
    """Sets the number of CPU threads and returns `cuda` where PyTorch has it, else `cpu`."""
    if threads:
        torch.set_num_threads(threads)
    return "cuda" if torch.cuda.is_available() else "cpu"


def train(options: argparse.Namespace) -> None:
    device = choose_device(options.threads)
    data = read_datasets(options.dataset)
    training, held_out = split_examples(data.examples, options.hold_out, options.only_simulated)
    counts = Counter((one.source, one.type_name) for one in training)
    print(f"{device}; {len(training)} training frames: {dict(sorted(counts.items()))}", flush=True)

    augmentation = Augmentation(options.crop_share, options.smallest_window, options.noise_share)
    sampling = Sampling(options.images, options.real_share, options.ood_share, augmentation)
    schedule = Schedule(
        options.epochs, options.batch, options.rate, options.seed, options.kinds_weight
    )
    network = create_network(options.network, training, schedule.seed)
    network.features.hidden = options.hidden_features
    if options.start:
        load_weights(network, options.start, data.versions, str(options.dataset[0]))
    start = copy.deepcopy(network)
    name = f"training {options.save.stem if options.save else options.network}"
    network = fit(
        network, training, data.versions, sampling, schedule, device, options.checkpoint, name
    )
    network = blend(start, network, options.blend)
    if options.save:
        save_weights(options.save, network, data.versions)
    scores = {
        source: score_frames(network, [one for one in held_out if one.source == source])
        for source in ("real", "simulated")
    }
    print(json.dumps(scores, indent=2), flush=True)
    if not options.out:
        return

    options.out.mkdir(parents=True, exist_ok=True)
    write_predictions(options.out / "held-out.npz", network, held_out)
    settings = {"temperature": 1.0, "thresholds": {"probability": 0.0, "ood": 0.5}}
    if options.thresholds:
        settings = json.loads(options.thresholds.read_text())
    write_model(
        network,
        options.out / f"{options.network}.onnx",
        held_out[:100] or training[:100],
        data.versions,
        version=options.version,
        settings=settings,
        training=describe_training(
            training,
            held_out,
            sampling,
            schedule,
            split=data.split if options.hold_out is None else None,
            started_from=options.start.name if options.start else None,
            started_from_sha256=hash_file(options.start) if options.start else None,
            blend=options.blend,
            hidden_features=options.hidden_features,
            datasets=describe_datasets(options.dataset),
            device=device,
        ),
        scores=scores,
    )


def write_model(
    network: nn.Module,
    onnx: Path,
    frames: list[Example],
    versions: Versions,
    *,
    version: str,
    settings: dict,
    **details: object,
) -> None:
    """Writes the `.onnx`, checked on `frames`, its card, and its weights for fine-tuning.

    `settings` are the temperature, the thresholds and what the calibration adds to them.
    """
    onnx.parent.mkdir(parents=True, exist_ok=True)
    difference = export_onnx(network, onnx, frames)
    print(f"PyTorch and onnxruntime differ by at most {difference:.1e} on {len(frames)} frames")
    save_weights(onnx.with_suffix(".pt"), network, versions)
    length = network.feature_count
    write_card(
        onnx,
        versions,
        version,
        TYPES,
        {
            "features": {"name": "features", "version": versions.features, "length": length},
            "output": {"name": "probabilities"},
            "ood": {"name": "ood"},
        },
        {"flips": 4, "majority": 0.75, "flip_invariant": network.flip_invariant},
        **settings,
        parameters=sum(weights.numel() for weights in network.parameters()),
        multiply_adds=count_multiply_adds(network),
        **details,
    )


def describe_training(
    training: list[Example],
    held_out: list[Example],
    sampling: Sampling,
    schedule: Schedule,
    **details: object,
) -> dict:
    """Returns the `training` of a model card: the frames, the settings and the code."""
    return {
        **describe_frames(training, held_out),
        "sampling": asdict(sampling),
        **asdict(schedule),
        "optimiser": "AdamW, one-cycle rate, running mean of weights",
        **details,
        "torch": torch.__version__,
        "commit": read_commit(),
    }


def describe_frames(training: list[Example], held_out: list[Example]) -> dict:
    real = [one for one in training if one.source == "real"]
    unseen = [one for one in held_out if one.source == "real"]
    return {
        "simulated": sum(one.source == "simulated" for one in training),
        "real": len(real),
        "real_by_type": dict(Counter(one.type_name for one in real)),
        "instruments": sorted({one.instrument for one in real}),
        "nights": list_nights(real),
        "held_out_nights": list_nights(unseen),
    }


def list_nights(frames: list[Example]) -> list[str]:
    return sorted({f"{one.instrument}/{one.night}" for one in frames})


def read_commit() -> str:
    """Returns the short hash of the commit checked out, empty outside of a clone."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
