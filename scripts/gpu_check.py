"""PyTorch's views a second, for scripts/gpu_check.ts; not of use by itself.

Reads a request as JSON from standard input:

    {"device": "cuda", "seconds": 2, "tf32": true, "compile": false, "batches": [1, 4],
     "networks": [{"name": "spit-compact", "card": "models/spit-compact.json"}]}

and writes what it measured as JSON to standard output. Views start and answers end in
the memory of the host, as they do for the toolkit (`host`); beside it the same with
views that lie on the device already (`device`). Weights do not matter for time: a
network whose weights are not beside its card gets new ones.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from flip_layers import CONVOLVE, FlipConv
from networks import NETWORKS, PICTURE_HEIGHT, PICTURE_WIDTH, Exported
from paper_network import Probabilities, SpitPaper
from torch import Tensor, nn
from torch.nn import functional as F

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


class Folded(nn.Module):
    """A FlipConv with its kernels spread out and its normalisation folded in, once.

    onnxruntime folds the same constants when it opens the network; PyTorch would do it
    at every pass.
    """

    def __init__(self, layer: FlipConv) -> None:
        super().__init__()
        scale, shift = layer.scale_and_shift()
        weights = layer.weights() * scale.view(-1, *[1] * (layer.axes + 1))
        self.weights, self.shift = nn.Parameter(weights), nn.Parameter(shift)
        self.axes, self.stride, self.padding = layer.axes, layer.stride, layer.padding

    def forward(self, maps: Tensor) -> Tensor:
        convolve = CONVOLVE[self.axes]
        return F.relu(convolve(maps, self.weights, self.shift, self.stride, self.padding))


def fold(network: nn.Module) -> None:
    for name, layer in network.named_children():
        if isinstance(layer, FlipConv):
            setattr(network, name, Folded(layer))
        else:
            fold(layer)


def network_of(card_path: Path) -> tuple[nn.Module, int]:
    """The network of a card with its softmax, and how many statistics it takes."""
    card = json.loads(card_path.read_text())
    if card["name"] not in NETWORKS:
        return Probabilities(SpitPaper()).eval(), 0
    count = card["statistics"]["length"]
    network = NETWORKS[card["name"]](len(card["classes"]), count).eval()
    weights = card_path.with_suffix(".pt")
    if weights.exists():
        network.load_state_dict(torch.load(weights, weights_only=True, map_location="cpu"))
    fold(network)
    return Exported(network).eval(), count


def measure(step: Callable[[], object], device: str, seconds: float) -> float:
    """Median seconds of a pass, by the device's own events where it has them."""
    for _ in range(3):
        step()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        if device == "cuda":
            start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            step()
            stop.record()
            stop.synchronize()
            times.append(start.elapsed_time(stop) / 1000)
        else:
            begin = time.perf_counter()
            step()
            times.append(time.perf_counter() - begin)
    return statistics.median(times)


def rates_of(network: nn.Module, inputs: tuple[Tensor, ...], request: dict) -> dict[str, float]:
    """Views a second from host to host, and with the views on the device already."""
    device, seconds = request["device"], request["seconds"]

    def from_host() -> object:
        answer = network(*(values.to(device) for values in inputs))
        outputs = answer if isinstance(answer, tuple) else (answer,)
        return [values.cpu() for values in outputs]

    there = tuple(values.to(device) for values in inputs)
    count = len(inputs[0])
    return {
        "host": count / measure(from_host, device, seconds),
        "device": count / measure(lambda: network(*there), device, seconds),
    }


def measured(request: dict, asked: dict) -> list[dict]:
    plain, statistics_count = network_of(Path(asked["card"]))
    rows = []
    for layout, memory_format in FORMATS.items():
        network = plain.to(request["device"], memory_format=memory_format)
        for compiled in [False, True] if request["compile"] else [False]:
            for batch in request["batches"]:
                runs = torch.compile(network, dynamic=False) if compiled else network
                row = {"batch": batch, "layout": layout, "compiled": compiled}
                views = torch.randint(
                    0, 256, (batch, PICTURE_HEIGHT, PICTURE_WIDTH), dtype=torch.uint8
                )
                inputs = (views, torch.zeros(batch, statistics_count))
                try:
                    row |= rates_of(runs, inputs if statistics_count else inputs[:1], request)
                except torch.cuda.OutOfMemoryError:
                    row["fault"] = "out of memory"
                    torch.cuda.empty_cache()
                rows.append(row)
    return rows


def main() -> None:
    request = json.load(sys.stdin)
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = request["tf32"]
    torch.backends.cuda.matmul.allow_tf32 = request["tf32"]
    with torch.inference_mode():
        networks = {asked["name"]: measured(request, asked) for asked in request["networks"]}
    on_gpu = request["device"] == "cuda"
    json.dump(
        {
            "torch": torch.__version__,
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version() if on_gpu else None,
            "threads": torch.get_num_threads(),
            "networks": networks,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
