"""Train a network on dataset shards, export it to ONNX and write its card.

    python scripts/train.py --dataset data/simulated --only-simulated --save data/start.pt
    python scripts/train.py --dataset data/simulated --dataset data/real --start data/start.pt
    python scripts/train.py --finetune spit-compact --manifest labels.csv --out mine

The shards come from `deno task dataset` (docs/dataset.md). Training sees the
rows whose split is `train` (with `--hold-out`, all but the frames listed there),
and runs a fixed schedule to its end: no epoch, threshold or other choice is made
on the frames held out, which are scored once, after the last. The same seed,
shards and machine give the same network. `--finetune` is for your own labels:
scripts/finetuning.py.
"""

import argparse
import copy
import json
import subprocess
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import torch
from export import export_onnx, write_card
from finetuning import SCHEDULE, SHARES, finetune, labelled_rows, model_files
from fitting import Schedule, blended, fit, new_network
from networks import NETWORKS, multiply_adds
from sampling import Shares
from scores import score, write_verdicts
from shards import OTHER, TYPES, Row, read_shards
from torch import nn


def options_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dataset", type=Path, action="append", default=[])
    parser.add_argument("--finetune", metavar="MODEL", help="name or card of a model to adapt")
    parser.add_argument("--manifest", type=Path, help="labelled frames to adapt it to, CSV")
    parser.add_argument("--network", choices=NETWORKS, default="spit-compact")
    parser.add_argument("--version", default="0.3.0")
    parser.add_argument("--out", type=Path, help="folder of the .onnx and its card")
    parser.add_argument("--save", type=Path, help="file for the weights alone, to start from")
    parser.add_argument("--start", type=Path, help="weights to start from")
    parser.add_argument(
        "--blend", type=float, default=1.0, help="share of the new weights; the rest is --start's"
    )
    parser.add_argument("--checkpoint", type=Path, help="written after each epoch, taken up again")
    parser.add_argument("--only-simulated", action="store_true")
    parser.add_argument("--hold-out", type=Path, help="real frames left out, one a line")
    parser.add_argument("--thresholds", type=Path, help="temperature and thresholds, as JSON")
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--pictures", type=int, default=9000, help="drawn for each epoch")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--real-share", type=float, default=0.5)
    parser.add_argument("--impostor-share", type=float, default=0.12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, help="of the processor; all when left out")
    options = parser.parse_args()
    if options.finetune and not (options.manifest and options.out):
        parser.error("--finetune needs --manifest, the labels, and --out, a folder for the model")
    if options.blend != 1 and not options.start:
        parser.error("--blend needs --start, the weights to blend with")
    if not options.finetune and not options.dataset:
        parser.error("give --dataset, or --finetune with --manifest")
    return options


def sides(rows: list[Row], options: argparse.Namespace) -> tuple[list[Row], list[Row]]:
    """Rows to train on and rows held out."""
    if options.only_simulated:
        rows = [row for row in rows if row.source == "simulated"]
    if options.hold_out is None:
        return [r for r in rows if r.split == "train"], [r for r in rows if r.split != "train"]
    names = set(options.hold_out.read_text().splitlines())
    # A row for each HDU of a file is named after the file.
    out = [row for row in rows if row.name in names or row.name.rpartition("[")[0] in names]
    if missing := names - {row.name for row in out} - {r.name.rpartition("[")[0] for r in out}:
        raise SystemExit(f"{options.hold_out}: in no dataset: {min(missing)}")
    held = {id(row) for row in out}
    kept = [r for r in rows if id(r) not in held and (r.source == "real" or r.split == "train")]
    return kept, out


def main() -> None:
    options = options_of()
    if options.threads:
        torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if options.finetune:
        adapt(options, device)
        return
    rows = read_shards(options.dataset)
    training, held_out = sides(rows, options)
    counts = Counter((row.source, type_name(row)) for row in training)
    print(f"{device}; {len(training)} training frames: {dict(sorted(counts.items()))}", flush=True)

    network = new_network(options.network, training)
    if options.start:
        network.load_state_dict(torch.load(options.start, weights_only=True))
    shares = Shares(options.pictures, options.real_share, options.impostor_share, options.seed)
    schedule = Schedule(options.epochs, options.batch, options.rate)
    started = copy.deepcopy(network)
    network = fit(network, training, shares, schedule, device, options.checkpoint)
    network = blended(started, network, options.blend)
    if options.save:
        torch.save(network.state_dict(), options.save)
    scores = {
        source: score(network, [row for row in held_out if row.source == source])
        for source in ("real", "simulated")
    }
    print(json.dumps(scores, indent=2), flush=True)
    if not options.out:
        return

    options.out.mkdir(parents=True, exist_ok=True)
    write_verdicts(options.out / "held-out.npz", network, held_out)
    settings = {"temperature": 1.0, "thresholds": {"confidence": 0.0, "strangeness": 0.5}}
    if options.thresholds:
        settings = json.loads(options.thresholds.read_text())
    write_model(
        network,
        options.out / f"{options.network}.onnx",
        held_out[:100],
        version=options.version,
        **settings,
        training={
            **described(training, held_out),
            "split": rule_of(options.dataset) if options.hold_out is None else None,
            **asdict(shares),
            **asdict(schedule),
            "started_from": options.start.name if options.start else None,
            "blend": options.blend,
            "device": device,
            **origin(),
        },
        scores=scores,
    )


def adapt(options: argparse.Namespace, device: str) -> None:
    """Adapt a model to the labelled frames of a manifest; write it with its card."""
    card, weights = model_files(options.finetune)
    rows = labelled_rows(options.manifest)
    own = [row for row in rows if row.source == "real" and row.label != OTHER]
    print(f"{len(own)} labelled frames: {dict(Counter(type_name(row) for row in own))}")
    network = finetune(weights, rows, device)
    base = json.loads(card.read_text())
    name = options.out.name
    write_model(
        network,
        options.out / f"{name}.onnx",
        own,
        version=base["version"],
        temperature=base["temperature"],
        thresholds=base["thresholds"],
        training={
            **described(own, []),
            **asdict(SHARES),
            **asdict(SCHEDULE),
            "simulated": sum(row.source == "simulated" for row in rows),
            "real": len(own),
            "started_from": f"{base['name']}@{base['version']}",
            "device": device,
            **origin(),
        },
        # Frames that training saw say nothing of others.
        scores={},
    )
    print(f"--model {options.out / name}.json")


def write_model(network: nn.Module, onnx: Path, frames: list[Row], **card: object) -> None:
    """The network as .onnx, proven on some frames; its card; its weights, to start from."""
    onnx.parent.mkdir(parents=True, exist_ok=True)
    worst = export_onnx(network, onnx, frames)
    print(f"PyTorch and onnxruntime differ by at most {worst:.1e} on {len(frames)} frames")
    torch.save(network.state_dict(), onnx.with_suffix(".pt"))
    write_card(
        onnx,
        name=onnx.stem,
        classes=TYPES,
        statistics=network.statistics.centre.numel(),
        parameters=sum(p.numel() for p in network.parameters()),
        multiply_adds=multiply_adds(network),
        **card,
    )


def described(training: list[Row], held_out: list[Row]) -> dict:
    """What a network was trained on, and which nights it has not seen."""
    real = [row for row in training if row.source == "real"]
    out = [row for row in held_out if row.source == "real"]
    return {
        "simulated": sum(row.source == "simulated" for row in training),
        "real": len(real),
        "real_by_type": dict(Counter(type_name(row) for row in real)),
        "instruments": sorted({row.instrument for row in real}),
        "held_out_nights": sorted({f"{row.instrument}/{row.night}" for row in out}),
    }


def rule_of(folders: list[Path]) -> dict | None:
    """The rule that decided which real frames are held out, as the dataset records it."""
    files = [folder / "split.json" for folder in folders]
    return next((json.loads(file.read_text()) for file in files if file.exists()), None)


def type_name(row: Row) -> str:
    return "other" if row.label == OTHER else TYPES[row.label]


def origin() -> dict:
    """How the weights were found, and by which code."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return {
        "optimiser": "AdamW, one-cycle rate, running mean of weights",
        "torch": torch.__version__,
        "commit": done.stdout.strip(),
    }


if __name__ == "__main__":
    main()
