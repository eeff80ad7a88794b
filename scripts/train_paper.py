"""Train the paper's network on Kast frames, as the paper did.

    python scripts/train_paper.py --dataset data/kast --dataset data/real --out data/paper

Adam, batches of 30, types balanced by repeating frames, the four flips of each as
pictures, cross-entropy; the weights that do best on the validation frames are kept.
Training sees the rows whose split is `train`; what is kept is chosen on the first
`--validation` simulated validation rows; held-out real nights choose nothing. Writes
OUT/best.pt and, to go on from when started again, OUT/checkpoint.pt.
"""

import argparse
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
from paper_network import CLASSES, SpitPaper
from paper_pictures import FLIPS, balanced, batches, class_of, typed_rows, views_of
from shards import Row, read_shards
from torch import Tensor, nn
from torch.nn import functional as F

BATCH = 30
# The original's TensorFlow version; its later Keras version, never published on, has 1e-3.
RATE = 1e-4


def options_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dataset", type=Path, action="append", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights to start from, of an earlier run")
    parser.add_argument("--passes", type=float, default=10, help="over all flips of all frames")
    parser.add_argument("--minutes", type=float, help="stop after these, whatever is left")
    parser.add_argument("--look", type=int, default=40, help="batches between validations")
    parser.add_argument("--validation", type=int, default=150, help="simulated frames")
    parser.add_argument("--real-copies", type=int, default=10, help="of each real frame")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, help="of the processor; all when left out")
    return parser.parse_args()


def main() -> None:
    options = options_of()
    if options.threads:
        torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    rows = typed_rows(read_shards(options.dataset))
    training = [row for row in rows if row.split == "train"]
    validation = simulated_validation(rows)[: options.validation]
    counts = Counter((row.source, CLASSES[class_of(row)]) for row in training)
    print(f"{device}; {len(training)} training frames: {dict(sorted(counts.items()))}", flush=True)
    frames = balanced(training, options.real_copies)
    steps = int(options.passes * len(frames) * FLIPS / BATCH)
    options.out.mkdir(parents=True, exist_ok=True)
    record = {
        "simulated": sum(row.source == "simulated" for row in training),
        "real": sum(row.source == "real" for row in training),
        "real_by_type": dict(Counter(CLASSES[class_of(r)] for r in training if r.source == "real")),
        "real_nights": sorted({f"{r.instrument}/{r.night}" for r in training if r.night}),
        "real_copies": options.real_copies,
        "pictures_in_a_pass": len(frames) * FLIPS,
        "validation_frames": len(validation),
        "start": str(options.start) if options.start else None,
        "seed": options.seed,
        "device": device,
        "torch": torch.__version__,
    }
    stop = time.monotonic() + 60 * options.minutes if options.minutes else float("inf")
    network = new_network(options.seed).to(device)
    if options.start:
        network.load_state_dict(torch.load(options.start, weights_only=True, map_location=device))
    run = Run(network, options.out, record, device)
    run.resume()
    pictures = batches(training, frames, BATCH, options.seed, run.step)
    run.fit(pictures, validation, steps, options.look, stop)


def new_network(seed: int) -> SpitPaper:
    torch.manual_seed(seed)
    return SpitPaper().to(memory_format=torch.channels_last)


def simulated_validation(rows: list[Row]) -> list[Row]:
    """Simulated frames that training does not see, the types in turn."""
    return [row for row in rows if row.source == "simulated" and row.split != "train"]


class Run:
    """A training run that can be taken up again: network, optimiser, best so far."""

    def __init__(self, network: SpitPaper, out: Path, record: dict, device: str) -> None:
        self.network, self.out, self.record, self.device = network, out, record, device
        self.optimiser = torch.optim.Adam(network.parameters(), RATE, fused=True)
        self.step = 0
        self.best = (-1.0, 0.0)

    def resume(self) -> None:
        path = self.out / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True, map_location=self.device)
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.best = state["step"], tuple(state["best"])
        print(f"going on from batch {self.step}", flush=True)

    def fit(
        self,
        pictures: Iterator[tuple[Tensor, Tensor]],
        validation: list[Row],
        steps: int,
        look: int,
        stop: float,
    ) -> None:
        """Learn until `steps` batches or the time `stop`; validate and save every `look`."""
        started = time.monotonic()
        while self.step < steps and time.monotonic() < stop:
            count = min(look, steps - self.step)
            losses = [self.learn(*batch) for batch in itertools.islice(pictures, count)]
            self.step += count
            right, loss = self.validate(validation)
            better = (right, -loss) > self.best
            if better:
                self.best = (right, -loss)
                self.save_best()
            self.save()
            print(
                f"batch {self.step}: loss {sum(losses) / count:.4f}; validation "
                f"{100 * right:.1f} % right, loss {loss:.4f}{' *' if better else ''}; "
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )

    def learn(self, views: Tensor, classes: Tensor) -> float:
        self.network.train()
        with torch.autocast(self.device, torch.bfloat16):
            logits = self.network(views.to(self.device))
        loss = F.cross_entropy(logits.float(), classes.to(self.device))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def validate(self, rows: list[Row]) -> tuple[float, float]:
        """Share of frames right and mean cross-entropy, one view of each, full precision."""
        logits, classes = logits_of(self.network, rows, self.device)
        right = (logits.argmax(1) == classes).float().mean().item()
        return right, F.cross_entropy(logits, classes).item()

    def save_best(self) -> None:
        torch.save(self.network.state_dict(), self.out / "best.pt")
        chosen = {"batches": self.step, "pictures": self.step * BATCH}
        chosen |= {"validation_right": self.best[0], "validation_loss": -self.best[1]}
        text = json.dumps({**self.record, **chosen, "batch": BATCH, "rate": RATE}, indent=2)
        (self.out / "best.json").write_text(text + "\n")

    def save(self) -> None:
        """Write the checkpoint; one cut short must not replace a good one."""
        state = {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}
        part = self.out / "checkpoint.part"
        torch.save({**state, "step": self.step, "best": self.best}, part)
        part.replace(self.out / "checkpoint.pt")


def logits_of(
    network: nn.Module, rows: list[Row], device: str, flips: int = 1
) -> tuple[Tensor, Tensor]:
    """Logits of the first `flips` views of each frame, [rows * flips, 5], and classes."""
    network.eval()
    logits, classes = [], []
    with torch.no_grad():
        for frame in range(len(rows)):
            views, labels = views_of(rows, [(frame, flip) for flip in range(flips)])
            logits.append(network(views.to(device)).float().cpu())
            classes.append(labels)
    return torch.cat(logits), torch.cat(classes)


if __name__ == "__main__":
    main()
